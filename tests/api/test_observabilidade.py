"""O registro: uma linha de JSON por acontecimento, com o pedido e sem dado de ninguém."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_api.observabilidade import UmaLinha, configurar, mascarar
from oficina_core.dominio.acesso import SISTEMA
from tests.api.test_erros import NUMERO, Recusante

LINK = "q7Zr3_Kx-Yt0mVbN8sLdFgHjPwEaUiOc2R5T6y1B4nM"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl"
CPF, CNPJ = "52998224725", "12ABC34501DE35"
SEGREDO = "Maria das Dores"

Linhas = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def linhas() -> Iterator[Linhas]:
    """O que se registrou, lido de volta."""
    saida = io.StringIO()
    alca = logging.StreamHandler(saida)
    alca.setFormatter(UmaLinha())
    registro = logging.getLogger("oficina")
    registro.addHandler(alca)
    registro.setLevel(logging.INFO)
    yield lambda: [json.loads(linha) for linha in saida.getvalue().splitlines()]
    registro.removeHandler(alca)
    registro.setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    "segredo",
    [
        CPF,
        "529.982.247-25",
        CNPJ,
        "12.ABC.345/01DE-35",
        "+5511987654321",
        "11987654321",
        "1134567890",
        "(11) 98765-4321",
        "11 98765-4321",
        "11 3456-7890",
        "ana.silva+loja@oficina.com.br",
        f"Bearer {LINK[:20]}",
        f"bearer {JWT}",
        JWT,
        LINK,
    ],
)
@pytest.mark.parametrize("frase", ["{}", "veio {}.", "/aprovar/{}?x=1", "a={}&b", "'{}'"])
def test_o_que_e_de_alguem_nao_passa(segredo: str, frase: str) -> None:
    mascarado = mascarar(frase.format(segredo))
    assert segredo not in mascarado
    assert "***" in mascarado


@pytest.mark.parametrize(
    "texto",
    [
        "2026-11-23T12:00:00.123456+00:00",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "/clientes/{cliente_id}",
        "12345678901",  # onze números que não são um CPF
        "a ordem 1234567 levou 0.123456789012 s",
        "1790000000",  # um instante, em segundos
        "OLEO-5W30",
        "sem_segredo_nenhum_e_com_mais_de_43_letras_aqui",
    ],
)
def test_o_que_nao_e_de_ninguem_se_le(texto: str) -> None:
    assert mascarar(texto) == texto


def test_mascara_vale_em_toda_parte_da_linha(linhas: Linhas) -> None:
    logging.getLogger("oficina.x").info(
        "veio %s", CPF, extra={"onde": {"lista": [JWT, (CNPJ,)]}, "numero": 11987654321, "n": 7}
    )
    (linha,) = linhas()
    assert (linha["message"], linha["numero"], linha["n"]) == ("veio ***", "***", 7)
    assert linha["onde"] == {"lista": ["***", ["***"]]}


def test_linha_e_uma_so_e_nao_mexe_com_o_terminal(linhas: Linhas) -> None:
    logging.getLogger("oficina.x").info("a\nb\x1b[2J\x9b2J\u2028fim")
    (linha,) = linhas()
    assert linha["message"].startswith("a\nb")
    assert UmaLinha().format(logging.makeLogRecord({"msg": "\x9b\u2028é\n"})).isprintable()


def test_rastro_diz_onde_e_nao_o_que(linhas: Linhas) -> None:
    try:
        _falhar()
    except RuntimeError:
        logging.getLogger("oficina.x").exception("falhou")
    (linha,) = linhas()
    assert SEGREDO not in str(linha)
    assert "builtins.RuntimeError" in linha["exc_info"]
    assert "builtins.ValueError" in linha["exc_info"]
    assert f"{__file__}:" in linha["exc_info"]
    assert "_falhar" in linha["exc_info"]


def test_cada_linha_leva_o_pedido_que_se_atende(linhas: Linhas) -> None:
    """Também a que se escreve no fio que fala com o banco."""

    class Falante(Recusante):
        def como(self, *_: object) -> Any:
            logging.getLogger("oficina.nucleo").info("trabalhando")
            return self

    with TestClient(criar_app(Falante(), lambda: SISTEMA)) as http:
        traco = "4bf92f3577b34da6a3ce929d0e0e4736"
        valido = {"X-Request-ID": NUMERO, "traceparent": f"00-{traco}-{'1' * 16}-01"}
        http.get("/clientes/7", headers=valido)
        http.get("/clientes/7", headers={"traceparent": f"00-{'0' * 32}-{'1' * 16}-01"})
    primeiras, segundas = linhas()[:2], linhas()[2:]
    assert {(linha["requisicao"], linha["trace_id"]) for linha in primeiras} == {(NUMERO, traco)}
    assert [linha["message"] for linha in segundas] == ["trabalhando", "pedido"]
    assert len({linha["requisicao"] for linha in segundas}) == 1
    assert not any("trace_id" in linha for linha in segundas)


@pytest.mark.parametrize(
    "traceparent",
    [
        f"ff-{'4' * 32}-{'1' * 16}-01",
        f"00-{'4' * 32}-{'0' * 16}-01",
        f"00-{'G' * 32}-{'1' * 16}-01",
        f"00-{'4' * 31}-{'1' * 16}-01",
        f"00-{'4' * 32}-{'1' * 16}",
        "",
    ],
)
def test_rastreio_malfeito_nao_entra(linhas: Linhas, traceparent: str) -> None:
    with TestClient(criar_app(Recusante(), lambda: SISTEMA)) as http:
        http.get("/clientes/7", headers={"traceparent": traceparent})
    assert "trace_id" not in linhas()[-1]


def test_erro_inesperado_se_registra_com_rastro_e_sem_a_mensagem(linhas: Linhas) -> None:
    recusante = Recusante()
    recusante.erro = ZeroDivisionError(SEGREDO)
    with TestClient(criar_app(recusante, lambda: SISTEMA)) as http:
        numero = http.get("/clientes/7").json()["request_id"]
    erro, acesso = linhas()
    assert (erro["level"], erro["requisicao"]) == ("ERROR", numero)
    assert "ZeroDivisionError" in erro["exc_info"]
    assert (acesso["resposta"], acesso["rota"]) == (500, "/clientes/{cliente_id}")
    assert SEGREDO not in str(linhas())


@pytest.fixture
def registros_de_antes() -> Iterator[None]:
    """`configurar` vale para o processo; o teste devolve o que achou."""
    nomes = ("", "uvicorn", "uvicorn.error", "uvicorn.access")
    registros = [logging.getLogger(nome) for nome in nomes]
    antes = [(r, r.handlers[:], r.level, r.propagate) for r in registros]
    yield
    for registro, alcas, nivel, propaga in antes:
        registro.handlers[:], registro.propagate = alcas, propaga
        registro.setLevel(nivel)


@pytest.mark.usefixtures("registros_de_antes")
def test_uvicorn_fala_pela_mesma_saida_e_nao_registra_enderecos(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configurar("INFO")
    logging.getLogger("uvicorn.error").warning("parou")
    logging.getLogger("uvicorn.access").info("GET /aprovar/%s", LINK)
    assert not logging.getLogger("uvicorn.access").hasHandlers()
    assert [json.loads(linha)["message"] for linha in capsys.readouterr().err.splitlines()] == [
        "parou"
    ]


def _falhar() -> None:
    try:
        int(SEGREDO)
    except ValueError as erro:
        raise RuntimeError(f"não achei {SEGREDO}") from erro
