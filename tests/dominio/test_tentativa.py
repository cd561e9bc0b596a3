"""O freio de quem adivinha: quanto se espera, e quando se esquece."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oficina_core.dominio.tentativa import (
    CODIGOS,
    CONTA,
    CONTA_TODA,
    JANELA,
    ORIGEM,
    Freio,
    Tentativa,
)

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)
SEGUNDO = timedelta(seconds=1)
INSTANTE = timedelta(microseconds=1)


def com(falhas: int) -> Tentativa:
    return Tentativa(chave="conta", falhas=falhas, ultima=AGORA)


@pytest.mark.parametrize(
    "freio", [CONTA, CONTA_TODA, ORIGEM, CODIGOS], ids=lambda freio: freio.nome
)
def test_ate_o_limite_nao_se_espera(freio: Freio) -> None:
    assert com(0).espera(AGORA, freio) == 0
    assert com(freio.limite - 1).espera(AGORA, freio) == 0
    assert com(freio.limite).espera(AGORA, freio) > 0


@pytest.mark.parametrize(
    ("falhas", "segundos"),
    [(4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (10**6, 900)],
)
def test_a_espera_dobra_e_nunca_passa_de_quinze_minutos(falhas: int, segundos: int) -> None:
    assert com(falhas).espera(AGORA, CONTA) == segundos


def test_depois_do_limite_de_codigos_se_espera_uma_hora() -> None:
    assert com(CODIGOS.limite).espera(AGORA, CODIGOS) == 3600


def test_a_espera_se_diz_em_segundos_inteiros_e_nunca_de_menos() -> None:
    cinco = com(5)
    assert cinco.espera(AGORA + INSTANTE, CONTA) == 30
    assert cinco.espera(AGORA + 29 * SEGUNDO, CONTA) == 1
    assert cinco.espera(AGORA + 30 * SEGUNDO - INSTANTE, CONTA) == 1
    assert cinco.espera(AGORA + 30 * SEGUNDO, CONTA) == 0
    assert cinco.espera(AGORA + timedelta(days=1), CONTA) == 0


def test_contar_soma_uma_e_guarda_quando() -> None:
    tentativa = com(2)
    tentativa.contar(AGORA + SEGUNDO, CONTA)
    assert (tentativa.falhas, tentativa.ultima) == (3, AGORA + SEGUNDO)


def test_a_contagem_recomeca_so_depois_da_janela_inteira_sem_tentar() -> None:
    na_borda, depois = com(9), com(9)
    na_borda.contar(AGORA + JANELA, CONTA)
    depois.contar(AGORA + JANELA + INSTANTE, CONTA)
    assert (na_borda.falhas, depois.falhas) == (10, 1)


def test_a_chave_nao_diz_de_quem_e_nem_se_confunde_com_a_de_outro_freio() -> None:
    chaves = {freio.chave("52998224725", AGORA) for freio in (CONTA, ORIGEM, CODIGOS)}
    assert len(chaves | {CONTA.chave("11144477735", AGORA)}) == 4
    assert all(len(chave) == 64 and "52998224725" not in chave for chave in chaves)


def test_a_conta_e_a_mesma_a_qualquer_hora_e_a_origem_so_no_mesmo_quarto_de_hora() -> None:
    fim = AGORA + JANELA - INSTANTE
    assert CONTA.chave("x", AGORA) == CONTA.chave("x", AGORA + JANELA)
    assert ORIGEM.chave("x", AGORA) == ORIGEM.chave("x", fim)
    assert ORIGEM.chave("x", fim) != ORIGEM.chave("x", AGORA + JANELA)
    assert ORIGEM.chave("x", AGORA) != replace(ORIGEM, nome="outra").chave("x", AGORA)
