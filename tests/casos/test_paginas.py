"""Páginas com cursor, que só serve à lista em que nasceu."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from oficina_core.casos.paginas import LIMITE_MAXIMO, Lista, Pagina
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.ordem import StatusOrdem


@dataclass(frozen=True, kw_only=True)
class Buscar(Lista):
    busca: str | None = "óleo"
    inativos: bool = False


class Achar(Buscar):
    pass


def pagina(linhas: list[int], limite: int) -> Pagina[str]:
    return Buscar(limite=limite).paginar(linhas, lambda linha: (linha,), str)


def com_cursor(*chave: object) -> Buscar:
    return Buscar(cursor=Buscar().cursor_em(chave))


@pytest.mark.parametrize("limite", [1, LIMITE_MAXIMO])
def test_limite_na_faixa_passa(limite: int) -> None:
    assert Buscar(limite=limite).limite == limite


@pytest.mark.parametrize("limite", [-1, 0, LIMITE_MAXIMO + 1])
def test_limite_fora_da_faixa_se_recusa(limite: int) -> None:
    with pytest.raises(DadoInvalido, match="1 a 100") as recusa:
        Buscar(limite=limite)
    assert recusa.value.campo == "limite"


@pytest.mark.parametrize("linhas", [[], [1], [1, 2]])
def test_ultima_pagina_nao_tem_cursor(linhas: list[int]) -> None:
    assert pagina(linhas, 2) == Pagina(itens=tuple(map(str, linhas)))


def test_cursor_continua_da_ultima_linha_que_se_viu() -> None:
    primeira = pagina([1, 2, 3], 2)
    assert primeira.itens == ("1", "2")
    assert Buscar(cursor=primeira.proximo).depois(int) == (2,)


def test_sem_cursor_se_comeca_do_inicio() -> None:
    assert Buscar().depois(int) is None


def test_chave_volta_como_foi_com_os_tipos_dela() -> None:
    agora = datetime(2026, 11, 23, 12, tzinfo=UTC)
    lista = com_cursor("Óleo 5W30", StatusOrdem.EM_EXECUCAO, agora.isoformat(), 7)
    chave = ("Óleo 5W30", StatusOrdem.EM_EXECUCAO, agora, 7)
    assert lista.depois(str, StatusOrdem, datetime, int) == chave


@pytest.mark.parametrize("tipo", [str, bool, StatusOrdem, datetime])
def test_chave_trocada_por_outra_coisa_se_recusa(tipo: type) -> None:
    with pytest.raises(DadoInvalido):
        com_cursor(7).depois(tipo)


@pytest.mark.parametrize(
    "outra", [Achar(), Buscar(inativos=True), Buscar(busca="oleo"), Buscar(busca=None)]
)
def test_cursor_de_outra_lista_se_recusa(outra: Buscar) -> None:
    with pytest.raises(DadoInvalido, match="não é desta lista") as recusa:
        replace(outra, cursor=com_cursor(2).cursor).depois(int)
    assert recusa.value.campo == "cursor"


def test_cursor_com_chave_de_outro_tamanho_se_recusa() -> None:
    with pytest.raises(DadoInvalido, match="não é desta lista"):
        com_cursor(2).depois(int, int)


def test_pagina_de_outro_tamanho_continua_a_mesma_lista() -> None:
    assert replace(com_cursor(2), limite=7).depois(int) == (2,)


def cifrado(conteudo: bytes) -> str:
    return urlsafe_b64encode(conteudo).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "ação",
        "\ud800",
        cifrado(b"\xff\xfe\xfd"),
        cifrado(b"nada"),
        cifrado(b"7"),
        cifrado(b"{}"),
        cifrado(b"[]"),
        cifrado(b"null"),
        cifrado(b"[" * 100_000),
    ],
    ids=lambda cursor: ascii(cursor)[:12],
)
def test_cursor_inventado_se_recusa(cursor: str) -> None:
    with pytest.raises(DadoInvalido, match="não é desta lista"):
        Buscar(cursor=cursor).depois(int)
