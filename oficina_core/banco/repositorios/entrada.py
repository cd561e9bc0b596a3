"""O que prova quem é de fora: as tentativas contadas e os códigos. Não deixa evento."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import LOTE, Sessao
from oficina_core.dominio.codigo import Codigo
from oficina_core.dominio.tentativa import HORA, LEMBRANCA, Tentativa

T, ORI, COD = tabelas.tentativas, tabelas.origens, tabelas.codigos
CAMPOS = tabelas.nomes(COD, menos=("id",))


def _paradas(tabela: Table) -> tuple[Executable, Executable]:
    """Como se leem as chaves que pararam, e como se apagam as que não voltaram a andar."""
    parada = tabela.c.ultima < bindparam("antes", type_=tabela.c.ultima.type)
    estas = tabela.c.chave.in_(bindparam("chaves", expanding=True))
    return select(tabela.c.chave).where(parada).limit(LOTE), delete(tabela).where(estas, parada)


CONTAGENS_PARADAS, LUGARES_PARADOS = _paradas(T), _paradas(ORI)

_esta = T.c.chave == bindparam("esta")
TRAVA = update(T).where(_esta).values(chave=T.c.chave)
LEITURA = select(T.c.chave, T.c.falhas, T.c.ultima).where(_esta)
NOVA = insert(T)
CONTAGEM = update(T).where(_esta)
ZERA = delete(T).where(_esta)

_lugar = ORI.c.chave == bindparam("lugar")
_recente = ORI.c.ultima >= bindparam("desde", type_=ORI.c.ultima.type)
CONHECIDA = select(ORI.c.chave).where(_lugar, _recente)
OUTRA_VEZ = update(ORI).where(_lugar)
PRIMEIRA_VEZ = insert(ORI)

NOVO_CODIGO = insert(COD)
ULTIMO = (
    select(COD).where(COD.c.cliente_id == bindparam("cliente")).order_by(COD.c.id.desc()).limit(1)
)
USO = update(COD).where(COD.c.id == bindparam("este"))
VENCIDOS = (
    select(COD.c.id)
    .where(COD.c.vale_ate < bindparam("antes", type_=COD.c.vale_ate.type))
    .limit(LOTE)
)
APAGA = delete(COD).where(COD.c.id.in_(bindparam("ids", expanding=True)))


class TentativasSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao

    def tomar(self, chave: str) -> Tentativa:
        """A contagem, travada até o fim da transação: duas tentativas ao mesmo tempo são duas."""
        esta = {"esta": chave}
        if not self._executar(TRAVA, esta).rowcount:
            self._abrir(chave)
            self._executar(TRAVA, esta)
        return Tentativa(**self._executar(LEITURA, esta).mappings().one())

    def _abrir(self, chave: str) -> None:
        nova = {"chave": chave, "falhas": 0, "ultima": self._sessao.agora}
        try:
            self._executar(NOVA, nova)
        except IntegrityError:
            return  # outra transação a abriu neste instante; a trava seguinte espera por ela

    def salvar(self, tentativa: Tentativa) -> None:
        valores = {"falhas": tentativa.falhas, "ultima": tentativa.ultima}
        self._executar(CONTAGEM, valores | {"esta": tentativa.chave})

    def zerar(self, chave: str) -> None:
        self._executar(ZERA, {"esta": chave})

    def conhece(self, lugar: str, desde: datetime) -> bool:
        return self._executar(CONHECIDA, {"lugar": lugar, "desde": desde}).first() is not None

    def conhecer(self, lugar: str) -> None:
        agora = {"ultima": self._sessao.agora}
        if not self._executar(OUTRA_VEZ, agora | {"lugar": lugar}).rowcount:
            with suppress(IntegrityError):  # outra transação acaba de a escrever
                self._executar(PRIMEIRA_VEZ, agora | {"chave": lugar})

    def _executar(self, comando: Any, valores: dict[str, Any]) -> Any:
        return self._sessao.conexao.execute(comando, valores)


class CodigosSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao

    def adicionar(self, codigo: Codigo) -> None:
        codigo.id = self._sessao.conexao.execute(NOVO_CODIGO, _campos(codigo)).lastrowid

    def ultimo(self, cliente_id: int) -> Codigo | None:
        linha = self._sessao.conexao.execute(ULTIMO, {"cliente": cliente_id}).mappings().first()
        return Codigo(**linha) if linha else None

    def salvar(self, codigo: Codigo) -> None:
        self._sessao.conexao.execute(USO, _campos(codigo) | {"este": codigo.id})


def _campos(codigo: Codigo) -> dict[str, Any]:
    return {campo: getattr(codigo, campo) for campo in CAMPOS}


def limpar(conexao: Any, agora: datetime) -> None:
    """Esquece, um tanto por vez, o que já não serve a quem entra.

    São as contagens paradas e os códigos vencidos há uma hora, e os lugares de LEMBRANCA atrás.
    """
    _esquecer(conexao, CONTAGENS_PARADAS, agora - HORA)
    if ids := conexao.scalars(VENCIDOS, {"antes": agora - HORA}).all():
        conexao.execute(APAGA, {"ids": ids})
    _esquecer(conexao, LUGARES_PARADOS, agora - LEMBRANCA)


def _esquecer(conexao: Any, comandos: tuple[Executable, Executable], antes: datetime) -> None:
    ler, apagar = comandos
    if chaves := conexao.scalars(ler, {"antes": antes}).all():
        conexao.execute(apagar, {"antes": antes, "chaves": chaves})
