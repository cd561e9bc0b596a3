"""O que todo repositório faz: ler, adicionar e salvar com a versão conferida."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Label,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from oficina_core.banco.diario import Diario
from oficina_core.banco.lote import Insercao
from oficina_core.banco.tabelas import nomes
from oficina_core.dominio.acesso import Ator
from oficina_core.dominio.entidade import Entidade, Registro
from oficina_core.dominio.erros import NaoEncontrado, VersaoAntiga

E = TypeVar("E", bound=Entidade)
G = TypeVar("G", bound=Registro)

LOTE = 1000


@dataclass(frozen=True, slots=True)
class Sessao:
    """A transação aberta, quem pede, o diário e o instante dela."""

    conexao: Connection
    ator: Ator
    diario: Diario
    agora: datetime


def lotes(itens: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (itens[i : i + LOTE] for i in range(0, len(itens), LOTE))


def nome_de(tabela: Table, id: ColumnElement[Any], rotulo: str) -> Label[Any]:
    """O nome do que cada linha de uma lista cita.

    Por subconsulta: se a tabela tem até três linhas, com junção o MySQL a lê inteira, perde a ordem
    do índice e põe em ordem a lista toda para dar uma página.
    """
    return select(tabela.c.nome).where(tabela.c.id == id).scalar_subquery().label(rotulo)


class Comandos(Generic[G]):
    """O SQL de uma tabela e como uma linha vira entidade; montado uma vez, ao importar."""

    def __init__(self, tabela: Table, tipo: Callable[..., G], nome: str) -> None:
        self.tabela, self.tipo, self.nome = tabela, tipo, nome
        self.entidade = str(tabela.name)
        self.campos = nomes(tabela, menos=("id", "busca"))
        self.colunas = [tabela.c.id, *(tabela.c[campo] for campo in self.campos)]
        self.leitura = select(*self.colunas).where(tabela.c.id == bindparam("este"))
        self.insercao = insert(tabela)
        self.em_lote = Insercao(tabela, nomes(tabela, menos=("id",)))
        if "versao" in tabela.c:
            self.alteracao = update(tabela).where(
                tabela.c.id == bindparam("este"), tabela.c.versao == bindparam("lida")
            )


class Registros(Generic[G]):
    """Coleção do que se escreve uma vez."""

    def __init__(self, sessao: Sessao, comandos: Comandos[G]) -> None:
        self._sessao, self._comandos = sessao, comandos

    def obter(self, id: int) -> G:
        return self._um(id, self._comandos.leitura)

    def citado(self, id: int) -> G:
        """O que um registro à vista cita, seja de quem for."""
        return self._um(id, self._comandos.leitura)

    def _um(self, id: int, leitura: Executable, **valores: Any) -> G:
        achadas = self._ler(leitura, este=id, **valores)
        if not achadas:
            raise NaoEncontrado(f"Não há {self._comandos.nome} {id}; confira o número.")
        return achadas[0]

    def adicionar(self, entidade: G) -> None:
        linha = self._linha(entidade)
        resultado = self._executar(self._comandos.insercao, self._guardar(entidade, linha))
        entidade.id = resultado.lastrowid
        self._gravou(entidade, linha)

    def _executar(self, comando: Executable, *valores: Any) -> Any:
        return self._sessao.conexao.execute(comando, *valores)

    def _ler(self, consulta: Executable, **valores: Any) -> list[G]:
        """As entidades de uma consulta, contadas ao diário."""
        return [self._entidade(linha) for linha in self._linhas(consulta, **valores)]

    def _linhas(self, consulta: Executable, **valores: Any) -> list[dict[str, Any]]:
        resultado = self._executar(consulta, valores)
        ditos = [*map(str, resultado.keys())]
        return [dict(zip(ditos, linha, strict=True)) for linha in resultado]

    def _entidade(self, linha: Any) -> G:
        entidade = self._comandos.tipo(**linha)
        campos = {campo: linha[campo] for campo in self._comandos.campos}
        self._sessao.diario.leu(
            self._comandos.entidade,
            entidade.id,
            campos,
            getattr(entidade, "versao", 1),
            lambda: self._linha(entidade),
        )
        return entidade

    def _linha(self, entidade: G) -> dict[str, Any]:
        """Os campos da entidade, como o diário os compara."""
        return {campo: getattr(entidade, campo) for campo in self._comandos.campos}

    def _guardar(self, entidade: G, linha: dict[str, Any]) -> dict[str, Any]:
        """O que vai para a tabela; quem guarda mais que os campos, acrescenta."""
        return linha

    def _gravou(self, entidade: G, linha: dict[str, Any]) -> None:
        self._sessao.diario.gravou(
            self._comandos.entidade,
            entidade.id,
            linha,
            getattr(entidade, "versao", 1),
            lambda: self._linha(entidade),
        )


class Entidades(Registros[E]):
    """Coleção do que muda."""

    def salvar(self, entidade: E) -> None:
        lida = entidade.versao
        linha = self._linha(entidade) | {"versao": lida + 1}
        valores = self._guardar(entidade, linha) | {"este": entidade.id, "lida": lida}
        if not self._executar(self._comandos.alteracao, valores).rowcount:
            raise VersaoAntiga(
                f"Outra pessoa mudou {self._comandos.nome} {entidade.id}; veja de novo e repita."
            )
        entidade.versao = lida + 1
        self._gravou(entidade, linha)
