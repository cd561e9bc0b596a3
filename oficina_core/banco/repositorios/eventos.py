"""A auditoria: o que se escreve sozinho, e o que se lê dela."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, select, union_all

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Comandos, Sessao
from oficina_core.dominio.evento import Evento

EVT = tabelas.eventos

EVENTOS = Comandos(EVT, Evento, "evento")


def _eventos(entidade: str, ids: Any) -> Select[Any]:
    return select(*EVENTOS.colunas).where(EVT.c.entidade == entidade, EVT.c.entidade_id.in_(ids))


def _da_ordem(tabela: Table) -> Select[Any]:
    """Os eventos do que pertence à ordem."""
    return _eventos(tabela.name, select(tabela.c.id).where(tabela.c.ordem_id == bindparam("ordem")))


_itens = (
    select(tabelas.orcamento_itens.c.id)
    .join(tabelas.orcamentos)
    .where(tabelas.orcamentos.c.ordem_id == bindparam("ordem"))
)
_links = (
    select(tabelas.links.c.id)
    .join(tabelas.orcamentos)
    .where(tabelas.orcamentos.c.ordem_id == bindparam("ordem"))
)
# Uma união, e não um OR: cada parte usa o índice de eventos.
DA_ORDEM = union_all(
    _eventos("ordens_servico", [bindparam("ordem")]),
    _eventos("orcamento_itens", _itens),
    _eventos("links_aprovacao", _links),
    _da_ordem(tabelas.orcamentos),
    _da_ordem(tabelas.pagamentos),
    _da_ordem(tabelas.anotacoes),
    _da_ordem(tabelas.movimentos),
).order_by("id")


def _pagina(consulta: Select[Any], *, crescente: bool) -> dict[bool, Select[Any]]:
    """Sem loja, tudo; com loja, os dela e os de nenhuma: cada parte para no fim da página.

    Com um OR, o banco leria e poria em ordem a história inteira da loja.
    """

    def cortar(consulta: Select[Any], id: ColumnElement[int]) -> Select[Any]:
        return consulta.order_by(id if crescente else id.desc()).limit(bindparam("limite"))

    das_duas = (EVT.c.loja_id == bindparam("loja"), EVT.c.loja_id.is_(None))
    partes = (select(cortar(consulta.where(esta), EVT.c.id).subquery()) for esta in das_duas)
    unidas = union_all(*partes).subquery()
    return {False: cortar(consulta, EVT.c.id), True: cortar(select(unidas), unidas.c.id)}


_todos = select(*EVENTOS.colunas)
DEPOIS = _pagina(_todos.where(EVT.c.id > bindparam("marca")), crescente=True)
ULTIMOS = _pagina(_todos, crescente=False)
# Quem fez pouco do que se procura faria ler a história toda; depois de um dia, já não se desfaz.
RECENTES = 20_000
_cada = EVT.alias()
_ultimo = select(func.max(_cada.c.id)).scalar_subquery()
DAS_ACOES = _pagina(
    _todos.where(EVT.c.id > _ultimo - RECENTES, EVT.c.acao.in_(bindparam("acoes", expanding=True))),
    crescente=False,
)


class EventosSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao

    def da_ordem(self, ordem_id: int) -> list[Evento]:
        return self._ler(DA_ORDEM, ordem=ordem_id)

    def depois_de(self, marca: int, limite: int) -> list[Evento]:
        return self._da_loja(DEPOIS, marca=marca, limite=limite)

    def ultimos(self, limite: int) -> list[Evento]:
        return self._da_loja(ULTIMOS, limite=limite)

    def das_acoes(self, acoes: Collection[str], limite: int) -> list[Evento]:
        return self._da_loja(DAS_ACOES, acoes=sorted(acoes), limite=limite)

    def revelou(self, clientes: Sequence[int]) -> None:
        """Não é de uma tabela: o número é o instante, em microssegundos, e não se repete."""
        numero = int(self._sessao.agora.timestamp() * 1_000_000)
        vistos = {"clientes": ", ".join(map(str, clientes))}
        self._sessao.diario.gravou("revelacoes", numero, vistos, 1, lambda: vistos)

    def _da_loja(self, consultas: dict[bool, Select[Any]], **valores: Any) -> list[Evento]:
        """Só o que é da loja de quem pede, ou de nenhuma; a rede toda, se não há loja."""
        loja = self._sessao.ator.loja
        if loja is not None:
            valores["loja"] = loja
        return self._ler(consultas[loja is not None], **valores)

    def _ler(self, consulta: Any, **valores: Any) -> list[Evento]:
        linhas = self._sessao.conexao.execute(consulta, valores).mappings()
        return [Evento(**linha) for linha in linhas]
