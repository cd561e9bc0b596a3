"""Quando se leem as chaves do emissor externo, e o que vale enquanto ele não responde."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from oficina_api import jwks
from oficina_api.jwks import JWKS, TAMANHO
from tests.api.emissor import Cena, Fonte, ficha, publica, servir


@pytest.fixture
def fonte() -> Iterator[Fonte]:
    with servir() as fonte:
        yield fonte


@pytest.fixture
def cena(fonte: Fonte) -> Cena:
    fonte.publicar(publica("a"))
    return Cena(fonte)


def test_aceita_o_que_a_chave_publicada_assinou(cena: Cena) -> None:
    lido = cena.tokens.ler(ficha("a", sub="12345678909"))
    assert (lido.sub, lido.amr) == ("12345678909", ())
    assert cena.fonte.pedidos == ["/jwks.json"]


def test_uma_leitura_serve_a_todos(cena: Cena) -> None:
    assert all(cena.aceita(ficha("a")) for _ in range(5))
    cena.passar(599)
    assert cena.aceita(ficha("a"))
    cena.esperar()
    assert len(cena.fonte.pedidos) == 1
    assert cena.falhas == 0


class TestTrocaDeChave:
    def test_chave_nova_entra_em_um_minuto_e_a_velha_sai(self, cena: Cena) -> None:
        assert cena.aceita(ficha("a"))
        cena.fonte.publicar(publica("b"))
        cena.passar(59)
        assert not cena.aceita(ficha("b"))
        cena.passar(1)
        assert cena.aceita(ficha("b"))
        assert not cena.aceita(ficha("a"))
        assert len(cena.fonte.pedidos) == 2

    def test_publicada_antes_de_usada_a_troca_nao_recusa_ninguem(self, cena: Cena) -> None:
        assert cena.aceita(ficha("a"))
        cena.fonte.publicar(publica("a"), publica("b"))
        cena.passar(60)
        assert cena.aceita(ficha("b"))
        assert cena.aceita(ficha("a"))

    def test_chave_que_saiu_cai_na_leitura_dos_dez_minutos(self, cena: Cena) -> None:
        assert cena.aceita(ficha("a"))
        cena.fonte.publicar(publica("b"))
        cena.passar(600)
        assert cena.aceita(ficha("a"))
        cena.esperar()
        assert not cena.aceita(ficha("a"))

    def test_revogar_todas_vale(self, cena: Cena) -> None:
        assert cena.aceita(ficha("a"))
        cena.fonte.publicar()
        cena.passar(600)
        cena.aceita(ficha("a"))
        cena.esperar()
        assert not cena.aceita(ficha("a"))
        assert cena.falhas == 1

    def test_kid_inventado_le_no_maximo_uma_vez_por_minuto(self, cena: Cena) -> None:
        with ThreadPoolExecutor(20) as grupo:
            for _ in range(3):
                inventados = [ficha("b", kid=f"k{numero}") for numero in range(20)]
                assert not any(grupo.map(cena.aceita, inventados))
                cena.passar(19)
        assert len(cena.fonte.pedidos) == 1
        cena.passar(3)
        assert not any(cena.aceita(inventado) for inventado in inventados)
        assert len(cena.fonte.pedidos) == 2

    def test_no_comeco_todos_esperam_a_mesma_leitura(self, cena: Cena) -> None:
        cena.fonte.segurar = threading.Event()
        with ThreadPoolExecutor(10) as grupo:
            futuros = [grupo.submit(cena.aceita, ficha("a")) for _ in range(10)]
            time.sleep(0.1)
            assert not any(futuro.done() for futuro in futuros)
            cena.fonte.segurar.set()
            assert all(futuro.result() for futuro in futuros)
        assert len(cena.fonte.pedidos) == 1


class TestFonteForaDoAr:
    def test_as_ultimas_chaves_valem_uma_hora(self, cena: Cena) -> None:
        assert cena.aceita(ficha("a"))
        cena.fonte.status = 503
        cena.passar(600)
        for _ in range(3):
            assert cena.aceita(ficha("a"))
        cena.esperar()
        assert (cena.falhas, len(cena.fonte.pedidos)) == (1, 2)
        cena.passar(2999)
        assert cena.aceita(ficha("a"))
        cena.esperar()
        cena.passar(1)
        assert not cena.aceita(ficha("a"))

    def test_quem_tem_a_chave_nao_espera(self, cena: Cena, monkeypatch: pytest.MonkeyPatch) -> None:
        """O prazo é longo: quem esperasse voltaria com a leitura acabada."""
        monkeypatch.setattr(jwks, "PRAZO", 60)
        assert cena.aceita(ficha("a"))
        cena.fonte.segurar = threading.Event()
        cena.passar(600)
        assert cena.aceita(ficha("a"))
        assert not cena.chaves._acabou.is_set()

    def test_volta_dez_segundos_depois(self, cena: Cena) -> None:
        cena.fonte.status = 500
        assert not cena.aceita(ficha("a"))
        cena.fonte.status = 200
        cena.passar(9)
        assert not cena.aceita(ficha("a"))
        cena.passar(1)
        assert cena.aceita(ficha("a"))
        assert cena.falhas == 1

    def test_sem_ninguem_na_porta(self, fonte: Fonte) -> None:
        fonte.url = "http://127.0.0.1:1/jwks.json"
        cena = Cena(fonte)
        assert not cena.aceita(ficha("a"))
        assert cena.falhas == 1

    @pytest.mark.parametrize("como", ["calada", "em gotas"])
    def test_lenta(self, cena: Cena, como: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jwks, "PRAZO", 0.2)
        if como == "calada":
            cena.fonte.segurar = threading.Event()
        else:
            cena.fonte.gotas = 0.01
        assert not cena.aceita(ficha("a"))
        cena.esperar()
        assert cena.falhas == 1

    def test_quem_espera_nao_espera_um_cabecalho_sem_fim(
        self, cena: Cena, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jwks, "PRAZO", 0.2)
        cena.fonte.enrolar = 2.5
        assert not cena.aceita(ficha("a"))
        assert not cena.chaves._acabou.is_set()

    @pytest.mark.parametrize(
        "corpo",
        [
            b"",
            b"<html>",
            b"[]",
            b"null",
            b'{"keys": {}}',
            b'{"keys": [',
            b"[" * 100_000,
            b"\xff\xfe",
            b'{"keys": [], "keys": []}',
            json.dumps({"keys": [], "x": "x" * TAMANHO}).encode(),
        ],
        ids=lambda corpo: repr(corpo[:24]),
    )
    def test_lixo_nao_apaga_o_que_se_tinha(
        self, cena: Cena, corpo: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        assert cena.aceita(ficha("a"))
        cena.fonte.corpo = corpo
        cena.passar(600)
        assert cena.aceita(ficha("a"))
        cena.esperar()
        assert cena.aceita(ficha("a"))
        assert cena.falhas == 1
        assert [registro.getMessage() for registro in caplog.records] == [
            "As chaves de JWT_JWKS_URL não se leram: DadoInvalido."
        ]

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_desvio_nao_se_segue(self, cena: Cena, status: int) -> None:
        cena.fonte.status = status
        cena.fonte.cabecalhos = {"Location": "/outro.json"}
        assert not cena.aceita(ficha("a"))
        assert cena.fonte.pedidos == ["/jwks.json"]
        assert cena.falhas == 1

    def test_intermediario_do_ambiente_nao_se_usa(
        self, cena: Cena, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        assert cena.aceita(ficha("a"))

    def test_sem_quem_avisar(self, fonte: Fonte, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)
        fonte.status = 500
        assert JWKS(fonte.url).candidatas("a") == ()
        assert [registro.levelno for registro in caplog.records] == [logging.WARNING]
