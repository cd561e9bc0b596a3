"""O que toda resposta leva, venha de onde vier."""

import logging
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from oficina_api.app import criar_app
from oficina_core.dominio import erros
from oficina_core.dominio.acesso import SISTEMA
from oficina_core.dominio.erros import DadoInvalido
from tests.api.test_erros import NUMERO, SEGREDO, Recusante

TRACO = "4bf92f3577b34da6a3ce929d0e0e4736"
PAGINA = "https://oficina.exemplo.com.br"
CSP = "default-src 'self'"


@pytest.fixture
def http(recusante: Recusante) -> Iterator[TestClient]:
    app = criar_app(recusante, lambda: SISTEMA, origens=(PAGINA,))

    def pagina() -> Response:
        cabecalhos = {"Content-Security-Policy": CSP, "Cache-Control": "private"}
        return HTMLResponse("<p>oi", headers=cabecalhos)

    def pela_metade() -> Response:
        def partes() -> Iterator[bytes]:
            yield b"oi"
            raise ZeroDivisionError(SEGREDO)

        return StreamingResponse(partes())

    async def numero(request: Request) -> str:
        return str(request.state.requisicao)

    for responder in (pagina, pela_metade, numero):
        app.add_api_route(f"/{responder.__name__}", responder)
    with TestClient(app) as cliente:
        yield cliente


@pytest.mark.parametrize(
    ("pedido", "erro", "status"),
    [
        ("GET /numero", None, 200),
        ("GET /clientes/7", erros.NaoEncontrado("Não há."), 404),
        ("GET /nada", None, 404),
        ("TRACE /clientes", None, 405),
        ("OPTIONS /clientes", None, 405),
        ("POST /pecas", None, 415),
        ("GET /clientes/x", None, 422),
        ("GET /clientes/7", erros.Indisponivel("Tente depois."), 503),
        ("GET /clientes/7", ZeroDivisionError(SEGREDO), 500),
    ],
)
def test_toda_resposta_leva_o_mesmo(
    http: TestClient, recusante: Recusante, pedido: str, erro: Exception | None, status: int
) -> None:
    recusante.erro = erro or recusante.erro
    verbo, caminho = pedido.split()
    resposta = http.request(verbo, caminho, content=b"{}" if verbo == "POST" else None)
    assert resposta.status_code == status
    assert re.fullmatch("[0-9a-f-]{36}", resposta.headers["X-Request-ID"])
    assert resposta.headers["X-Content-Type-Options"] == "nosniff"
    assert resposta.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert resposta.headers["Cache-Control"] == "no-store"
    assert resposta.headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in resposta.headers
    assert SEGREDO not in resposta.text


def test_o_numero_e_um_so_na_resposta_no_problema_e_por_dentro(http: TestClient) -> None:
    for meu in (NUMERO, str(uuid4()), str(uuid4()).upper(), "0f8fad5bd9cb469f" * 4):
        assert http.get("/numero", headers={"X-Request-ID": meu}).json() == meu
        recusa = http.get("/nada", headers={"X-Request-ID": meu})
        assert recusa.json()["request_id"] == recusa.headers["X-Request-ID"] == meu


def test_pagina_tem_a_politica_dela(http: TestClient) -> None:
    resposta = http.get("/pagina")
    assert resposta.headers.get_list("Content-Security-Policy") == [CSP]
    assert resposta.headers.get_list("Cache-Control") == ["private"]
    assert resposta.headers["X-Content-Type-Options"] == "nosniff"


def test_resposta_que_falha_no_meio_nao_finge_que_acabou(http: TestClient) -> None:
    with pytest.raises(ZeroDivisionError):
        http.get("/pela_metade")


def test_o_registro_diz_com_que_numero_o_banco_falhou(
    http: TestClient, recusante: Recusante, caplog: pytest.LogCaptureFixture
) -> None:
    """Sem ele, todo 503 é igual; com a mensagem, iriam os valores."""
    caplog.set_level(logging.INFO, "oficina.api")
    recusante.erro = erros.Indisponivel("Tente depois.")
    http.get("/clientes/7")
    recusante.erro.__cause__ = OperationalError("INSERT", None, Exception(3100, SEGREDO))
    http.get("/clientes/7")
    de_nos, do_banco = [vars(linha) for linha in caplog.records if linha.message == "pedido"]
    assert "erro_do_banco" not in de_nos
    assert do_banco["erro_do_banco"] == 3100
    assert SEGREDO not in str(do_banco)


def test_acesso_se_registra_pelo_modelo_da_rota(
    http: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "oficina.api")
    http.get("/clientes/42424242?busca=Ana", headers={"traceparent": f"00-{TRACO}-{'1' * 16}-01"})
    http.get(f"/{SEGREDO}")
    vistos = [vars(linha) for linha in caplog.records if linha.message == "pedido"]
    assert [(linha["metodo"], linha["rota"], linha["resposta"]) for linha in vistos] == [
        ("GET", "/clientes/{cliente_id}", 422),
        ("GET", "outro", 404),
    ]
    assert not any(segredo in str(vistos) for segredo in ("42424242", "Ana", SEGREDO))


def test_head_e_o_get_sem_corpo(com_clientes: TestClient) -> None:
    inteira, cabeca = com_clientes.get("/clientes"), com_clientes.head("/clientes")
    assert (cabeca.status_code, cabeca.content) == (200, b"")
    assert cabeca.headers["ETag"] == inteira.headers["ETag"]
    assert cabeca.headers["Content-Length"] == str(len(inteira.content))


@pytest.mark.parametrize(
    ("caminho", "verbos"),
    [
        ("/clientes", "GET, HEAD, POST"),
        ("/clientes/7", "GET, HEAD, PUT"),
        ("/orcamentos/7/envio", "POST"),
        ("/numero", "GET, HEAD"),
    ],
)
def test_verbo_que_nao_ha_diz_os_que_ha(http: TestClient, caminho: str, verbos: str) -> None:
    resposta = http.delete(caminho)
    assert (resposta.status_code, resposta.headers["Allow"]) == (405, verbos)
    assert resposta.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("verbo", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("o_que", ["kits", "pecas", "servicos"])
def test_endereco_fixo_nao_se_le_como_id(http: TestClient, verbo: str, o_que: str) -> None:
    """PUT /kits/importacao não é PUT /kits/{kit_id}."""
    resposta = http.request(verbo, f"/{o_que}/importacao")
    assert (resposta.status_code, resposta.headers["Allow"]) == (405, "POST")


def test_so_a_pagina_da_lista_chama_a_api(http: TestClient) -> None:
    resposta = http.get("/numero", headers={"Origin": PAGINA})
    assert resposta.headers["Access-Control-Allow-Origin"] == PAGINA
    assert "Access-Control-Allow-Credentials" not in resposta.headers
    assert {"ETag", "Link", "Retry-After", "X-Request-ID", "X-Total"} <= {
        *resposta.headers["Access-Control-Expose-Headers"].split(", ")
    }
    outra = http.get("/numero", headers={"Origin": "https://mal.exemplo.com"})
    assert "Access-Control-Allow-Origin" not in outra.headers


def test_pagina_da_lista_le_tambem_o_erro_inesperado(
    http: TestClient, recusante: Recusante
) -> None:
    recusante.erro = ZeroDivisionError(SEGREDO)
    resposta = http.get("/clientes/7", headers={"Origin": PAGINA})
    assert resposta.status_code == 500
    assert resposta.headers["Access-Control-Allow-Origin"] == PAGINA
    assert "X-Request-ID" in resposta.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(("origem", "status"), [(PAGINA, 200), ("https://mal.exemplo.com", 400)])
def test_navegador_pergunta_antes(http: TestClient, origem: str, status: int) -> None:
    pergunta = {
        "Origin": origem,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, if-match, idempotency-key, x-loja",
    }
    resposta = http.options("/clientes/7", headers=pergunta)
    assert resposta.status_code == status
    assert "X-Request-ID" in resposta.headers


def test_sem_lista_nao_ha_cors() -> None:
    with TestClient(criar_app(Recusante(), lambda: SISTEMA)) as http:
        resposta = http.get("/clientes/7", headers={"Origin": PAGINA})
    assert not [nome for nome in resposta.headers if nome.startswith("access-control")]


def test_cors_nao_se_abre_a_todos() -> None:
    with pytest.raises(DadoInvalido, match="cada origem"):
        criar_app(Recusante(), lambda: SISTEMA, origens=("*",))


def test_tentativas_demais_dizem_quanto_esperar(http: TestClient, recusante: Recusante) -> None:
    recusante.erro = erros.MuitasTentativas("Espere um pouco.", 42)
    resposta = http.get("/clientes/7")
    assert (resposta.status_code, resposta.headers["Retry-After"]) == (429, "42")
    assert resposta.json()["codigo"] == "muitas_tentativas"
