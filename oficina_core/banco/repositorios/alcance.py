"""Até onde quem pede enxerga ordens e orçamentos, em SQL: um comando por alcance."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from sqlalchemy import Select, bindparam, or_

from oficina_core.banco import tabelas
from oficina_core.dominio.acesso import Alcance, Ator, Papel

OS = tabelas.ordens


class Visao(Enum):
    """REDE vê todas as lojas; LOJA, uma; BANCADA, nela o que é seu ou de ninguém."""

    REDE = auto()
    LOJA = auto()
    BANCADA = auto()


def visao(ator: Ator, *, todas_lojas: bool) -> Visao:
    if ator.alcance is Alcance.ATRIBUIDOS:
        return Visao.BANCADA
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


def restringir(consulta: Select[Any], loja: Any, visao: Visao) -> Select[Any]:
    """A consulta só com o que se vê; `loja` é a coluna da loja do que se lista."""
    if visao is Visao.REDE:
        return consulta
    consulta = consulta.where(loja == bindparam("loja"))
    if visao is Visao.LOJA:
        return consulta
    return consulta.where(
        or_(OS.c.mecanico_id == bindparam("mecanico"), OS.c.mecanico_id.is_(None))
    )


def por_visao(montar: Callable[[Visao], Select[Any]]) -> dict[Visao, Select[Any]]:
    return {visao: montar(visao) for visao in Visao}
