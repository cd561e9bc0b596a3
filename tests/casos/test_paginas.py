"""Páginas com cursor, que só serve à lista em que nasceu."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from oficina_core.casos.paginas import (
    LIMITE_MAXIMO,
    Pagina,
    abrir,
    conferir_limite,
    fechar,
    paginar,
)
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.ordem import StatusOrdem

FILTRO = ("óleo", False)


def pagina(linhas: list[int], limite: int) -> Pagina[str]:
    return paginar(linhas, limite, lambda linha: (linha,), str, *FILTRO)


@pytest.mark.parametrize("limite", [1, LIMITE_MAXIMO])
def test_limite_na_faixa_passa(limite: int) -> None:
    assert conferir_limite(limite) == limite


@pytest.mark.parametrize("limite", [-1, 0, LIMITE_MAXIMO + 1])
def test_limite_fora_da_faixa_se_recusa(limite: int) -> None:
    with pytest.raises(DadoInvalido, match="1 a 100") as recusa:
        conferir_limite(limite)
    assert recusa.value.campo == "limite"


@pytest.mark.parametrize("linhas", [[], [1], [1, 2]])
def test_ultima_pagina_nao_tem_cursor(linhas: list[int]) -> None:
    assert pagina(linhas, 2) == Pagina(itens=tuple(map(str, linhas)))


def test_cursor_continua_da_ultima_linha_que_se_viu() -> None:
    primeira = pagina([1, 2, 3], 2)
    assert primeira.itens == ("1", "2")
    assert abrir(primeira.proximo, (int,), *FILTRO) == (2,)


def test_sem_cursor_se_comeca_do_inicio() -> None:
    assert abrir(None, (int,), *FILTRO) is None


def test_chave_volta_como_foi_com_os_tipos_dela() -> None:
    agora = datetime(2026, 11, 23, 12, tzinfo=UTC)
    cursor = fechar(("Óleo 5W30", StatusOrdem.EM_EXECUCAO, agora.isoformat(), 7), *FILTRO)
    tipos = (str, StatusOrdem, datetime, int)
    assert abrir(cursor, tipos, *FILTRO) == ("Óleo 5W30", StatusOrdem.EM_EXECUCAO, agora, 7)


@pytest.mark.parametrize("tipo", [str, bool, StatusOrdem, datetime])
def test_chave_trocada_por_outra_coisa_se_recusa(tipo: type) -> None:
    with pytest.raises(DadoInvalido):
        abrir(fechar((7,), *FILTRO), (tipo,), *FILTRO)


@pytest.mark.parametrize("filtro", [(), ("óleo",), ("óleo", True), ("oleo", False), (None, False)])
def test_cursor_de_outra_lista_se_recusa(filtro: tuple[object, ...]) -> None:
    cursor = fechar((2,), *FILTRO)
    with pytest.raises(DadoInvalido, match="não é desta lista") as recusa:
        abrir(cursor, (int,), *filtro)
    assert recusa.value.campo == "cursor"


def test_cursor_com_chave_de_outro_tamanho_se_recusa() -> None:
    with pytest.raises(DadoInvalido, match="não é desta lista"):
        abrir(fechar((2,), *FILTRO), (int, int), *FILTRO)


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
        abrir(cursor, (int,), *FILTRO)
