"""Até onde quem pede enxerga, em SQL: um comando por visão, e nunca um filtro depois."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from sqlalchemy import Select, Table, and_, bindparam, or_, select

from oficina_core.banco import tabelas
from oficina_core.dominio.acesso import Alcance, Ator, Papel
from oficina_core.dominio.orcamento import StatusOrcamento

OS, ORC, LINK = tabelas.ordens, tabelas.orcamentos, tabelas.links

# O que um dia se enviou tem validade; o rascunho pode ter a que se escolheu, e cancelado a perde.
ENVIADO = and_(ORC.c.status != StatusOrcamento.RASCUNHO, ORC.c.validade.is_not(None))


class Visao(Enum):
    """O que se vê: REDE, todas as lojas; LOJA, uma; BANCADA, nela o que é seu ou de ninguém.

    De fora: DONO, o que é do cliente; LINK, o orçamento do link e a ordem dele. Nenhum dos dois vê
    rascunho, nem o que se cancelou sem enviar.
    """

    REDE = auto()
    LOJA = auto()
    BANCADA = auto()
    DONO = auto()
    DO_LINK = auto()


DE_FORA = (Visao.DONO, Visao.DO_LINK)


def visao(ator: Ator, *, todas_lojas: bool) -> Visao:
    match ator.alcance:
        case Alcance.ATRIBUIDOS:
            return Visao.BANCADA
        case Alcance.PROPRIOS | Alcance.IDENTIFICADO:
            return Visao.DONO
        case Alcance.LINK:
            return Visao.DO_LINK
    sem_escolher = ator.loja is None and ator.papel is Papel.GERENTE
    rede = ator.da_rede and (todas_lojas or sem_escolher)
    return Visao.REDE if rede else Visao.LOJA


def valores(ator: Ator, visao: Visao) -> dict[str, Any]:
    """Os parâmetros que a visão pede."""
    match visao:
        case Visao.REDE:
            return {}
        case Visao.LOJA:
            return {"loja": ator.loja_certa}
        case Visao.BANCADA:
            return {"loja": ator.loja_certa, "mecanico": ator.id}
        case Visao.DONO | Visao.DO_LINK:
            return {"de_fora": ator.id}


def restringir(consulta: Select[Any], tabela: Table, visao: Visao) -> Select[Any]:
    """A consulta só com o que se vê da tabela, que é a das ordens ou a dos orçamentos."""
    if visao is Visao.REDE:
        return consulta
    if visao in DE_FORA:
        return _de_fora(consulta, tabela, visao)
    consulta = consulta.where(tabela.c.loja_id == bindparam("loja"))
    if visao is Visao.LOJA:
        return consulta
    return consulta.where(
        or_(OS.c.mecanico_id == bindparam("mecanico"), OS.c.mecanico_id.is_(None))
    )


def _de_fora(consulta: Select[Any], tabela: Table, visao: Visao) -> Select[Any]:
    if tabela is ORC:
        consulta = consulta.where(ENVIADO)
    if visao is Visao.DONO:
        return consulta.where(tabela.c.cliente_id == bindparam("de_fora"))
    citado = ORC.c.id if tabela is ORC else ORC.c.ordem_id
    do_link = (
        select(citado)
        .join_from(LINK, ORC, LINK.c.orcamento_id == ORC.c.id)
        .where(LINK.c.id == bindparam("de_fora"))
    )
    return consulta.where(tabela.c.id.in_(do_link.correlate(None)))


def por_visao(montar: Callable[[Visao], Select[Any]]) -> dict[Visao, Select[Any]]:
    return {visao: montar(visao) for visao in Visao}
