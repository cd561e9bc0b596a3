"""O que cada papel pode, dito antes que se digite."""

from typing import Any

from oficina_cli.tui.base import Tela
from oficina_core.casos.portas import CasoDeUso
from oficina_core.catalogo import PAPEIS
from oficina_core.dominio.acesso import recusa


def exigir_papel(tela: Tela, caso: type[CasoDeUso[Any]]) -> None:
    """AcessoNegado antes que se digite, e não só ao gravar."""
    perfil = tela.balcao.perfil
    if perfil and not tela.balcao.pode(caso):
        raise recusa(PAPEIS[perfil.papel])
