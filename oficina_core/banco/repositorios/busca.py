"""O que o balcão procura por um pedaço: só as colunas que se mostram, sem entidades."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, Executable, Select, bindparam, literal, or_, select

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios import alcance
from oficina_core.banco.repositorios.base import Sessao, nome_de
from oficina_core.banco.repositorios.cadastros import pedaco, sem_curingas
from oficina_core.banco.repositorios.ordens import DA_LISTA
from oficina_core.dominio.ordem import FILA, StatusOrdem

C, V, OS = tabelas.clientes, tabelas.veiculos, tabelas.ordens
NA_CASA = (*FILA, StatusOrdem.FINALIZADA)

ATIVO = literal(value=True)
_limite: BindParameter[int] = bindparam("limite")
_clientes = select(C.c.id, C.c.nome, C.c.documento, C.c.telefone, C.c.ativo).where(
    C.c.ativo == ATIVO
)
POR_NOME = (
    _clientes.where(C.c.busca.like(bindparam("pedaco"), escape="\\"))
    .order_by(C.c.busca, C.c.id)
    .limit(_limite)
)
POR_NUMERO = (
    _clientes.where(
        or_(C.c.telefone.like(bindparam("pedaco")), C.c.documento.like(bindparam("pedaco")))
    )
    .order_by(C.c.busca, C.c.id)
    .limit(_limite)
)
DO_TELEFONE = _clientes.where(C.c.telefone == bindparam("telefone")).order_by(C.c.id)
_veiculos = (
    select(
        *(V.c.id, V.c.placa, V.c.marca, V.c.modelo, V.c.ano, V.c.ativo),
        nome_de(C, V.c.cliente_id, "cliente"),
    )
    .where(V.c.ativo == ATIVO)
    .order_by(V.c.placa_canonica, V.c.id)
    .limit(_limite)
)
VEICULOS = _veiculos.where(V.c.busca.like(bindparam("pedaco"), escape="\\"))
DE_PLACAS = _veiculos.where(V.c.placa_canonica.in_(bindparam("placas", expanding=True)))
DOS_CLIENTES = _veiculos.where(V.c.cliente_id.in_(bindparam("donos", expanding=True)))
ORDEM = alcance.por_visao(
    lambda visao: alcance.restringir(DA_LISTA.where(OS.c.id == bindparam("numero")), OS, visao)
)
ORDENS_NA_CASA = alcance.por_visao(
    lambda visao: alcance.restringir(
        DA_LISTA.where(
            OS.c.veiculo_id.in_(bindparam("veiculos", expanding=True)), OS.c.status.in_(NA_CASA)
        )
        .order_by(OS.c.criado_em.desc(), OS.c.id.desc())
        .limit(_limite),
        OS,
        visao,
    )
)


def _por_codigo(tabela: Any, *colunas: Any) -> Select[Any]:
    """O de código igual e os que começam por ele vêm antes, que o limite não os deixa de fora."""
    return (
        select(tabela.c.id, tabela.c.codigo, tabela.c.nome, *colunas)
        .where(tabela.c.ativo == ATIVO, tabela.c.busca.like(bindparam("pedaco"), escape="\\"))
        .order_by(
            tabela.c.codigo != bindparam("codigo"),
            tabela.c.codigo.not_like(bindparam("comeco"), escape="\\"),
            tabela.c.codigo,
        )
        .limit(_limite)
    )


KITS = _por_codigo(tabelas.kits)
SERVICOS = _por_codigo(
    tabelas.servicos, tabelas.servicos.c.preco, tabelas.servicos.c.tempo_estimado
)
PECAS = _por_codigo(tabelas.pecas, tabelas.pecas.c.preco, tabelas.pecas.c.unidade)


class BuscaSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao
        self._visao = alcance.visao(sessao.ator, todas_lojas=False)

    @property
    def _alcance(self) -> dict[str, Any]:
        return alcance.valores(self._sessao.ator, self._visao)

    def clientes_por_nome(self, nome: str, limite: int) -> Sequence[Any]:
        return self._linhas(POR_NOME, pedaco=pedaco(nome), limite=limite)

    def clientes_por_numero(self, digitos: str, limite: int) -> Sequence[Any]:
        return self._linhas(POR_NUMERO, pedaco=f"%{digitos}%", limite=limite)

    def clientes_do_telefone(self, telefone: str) -> Sequence[Any]:
        return self._linhas(DO_TELEFONE, telefone=telefone)

    def veiculos(self, texto: str, limite: int) -> Sequence[Any]:
        return self._linhas(VEICULOS, pedaco=pedaco(texto), limite=limite)

    def veiculos_de_placas(self, canonicas: Collection[str], limite: int) -> Sequence[Any]:
        return self._linhas(DE_PLACAS, placas=list(canonicas), limite=limite) if canonicas else ()

    def veiculos_dos_clientes(self, clientes: Collection[int], limite: int) -> Sequence[Any]:
        return self._linhas(DOS_CLIENTES, donos=list(clientes), limite=limite) if clientes else ()

    def ordem(self, numero: int) -> Sequence[Any]:
        return self._linhas(ORDEM[self._visao], numero=numero, **self._alcance)

    def ordens_na_casa(self, veiculos: Collection[int], limite: int) -> Sequence[Any]:
        if not veiculos:
            return ()
        consulta = ORDENS_NA_CASA[self._visao]
        return self._linhas(consulta, veiculos=list(veiculos), limite=limite, **self._alcance)

    def kits(self, texto: str, codigo: str, limite: int) -> Sequence[Any]:
        return self._por_codigo(KITS, texto, codigo, limite)

    def servicos(self, texto: str, codigo: str, limite: int) -> Sequence[Any]:
        return self._por_codigo(SERVICOS, texto, codigo, limite)

    def pecas(self, texto: str, codigo: str, limite: int) -> Sequence[Any]:
        return self._por_codigo(PECAS, texto, codigo, limite)

    def _por_codigo(
        self, consulta: Executable, texto: str, codigo: str, limite: int
    ) -> Sequence[Any]:
        comeco = f"{sem_curingas(codigo)}%"
        return self._linhas(
            consulta, pedaco=pedaco(texto), codigo=codigo, comeco=comeco, limite=limite
        )

    def _linhas(self, consulta: Executable, **valores: Any) -> Sequence[Any]:
        return self._sessao.conexao.execute(consulta, valores).mappings().all()
