"""As páginas do contrato: nada sai para fora, nada se mostra quando fechadas."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest
from fastapi.testclient import TestClient

from oficina_api import documentos
from oficina_api.app import criar_app
from oficina_api.documentos import MARCA_DE_FORA, PASTA
from oficina_core.casos.portas import Recepcao
from oficina_core.dominio.acesso import SISTEMA

TERCEIROS = sorted(a for a in PASTA.rglob("*") if a.is_file() and a.parent != PASTA)
ENDERECOS = ("/docs", "/redoc", "/openapi.json", "/estaticos/docs.js")


def _abrir(*, abertos: bool) -> TestClient:
    app = criar_app(cast("Recepcao", None), lambda: SISTEMA)  # as páginas não pedem nada
    documentos.instalar(app, abertos=abertos)
    return TestClient(app)


@pytest.fixture
def http() -> Iterator[TestClient]:
    with _abrir(abertos=True) as cliente:
        yield cliente


@pytest.mark.parametrize("endereco", ENDERECOS)
def test_fechados_sao_enderecos_que_nao_existem(endereco: str) -> None:
    with _abrir(abertos=False) as http:
        fechado, inexistente = http.get(endereco), http.get("/nao-ha")
    assert fechado.status_code == inexistente.status_code == 404
    assert fechado.json() | {"request_id": ""} == inexistente.json() | {"request_id": ""}


@pytest.mark.parametrize("pagina", ["/docs", "/redoc"])
def test_pagina_so_pede_ao_proprio_endereco_e_tudo_existe(http: TestClient, pagina: str) -> None:
    resposta = http.get(pagina)
    assert resposta.headers["Content-Type"] == "text/html; charset=utf-8"
    assert resposta.headers["Cache-Control"] == "no-store"
    assert '<html lang="pt-BR">' in resposta.text
    assert "<title>Oficina · API</title>" in resposta.text
    assert not re.search(r"<script>|<style|style=|://", resposta.text)
    citados = re.findall(r'(?:src|href)="([^"]+)"', resposta.text)
    assert {http.get(f"/{citado}").status_code for citado in citados} == {200}


@pytest.mark.parametrize("pagina", ["/docs", "/redoc"])
def test_politica_nao_deixa_script_solto_nem_endereco_de_fora(
    http: TestClient, pagina: str
) -> None:
    politica = http.get(pagina).headers["Content-Security-Policy"]
    diretivas = dict(parte.strip().split(" ", 1) for parte in politica.split(";"))
    assert diretivas["default-src"] == diretivas["frame-ancestors"] == "'none'"
    assert diretivas["script-src"] == diretivas["connect-src"] == "'self'"
    assert "unsafe" not in politica
    assert "http" not in politica


def test_o_de_terceiros_se_guarda_e_o_nosso_nao(http: TestClient) -> None:
    guardado = http.get("/estaticos/redoc-2.5.4/redoc.standalone.js").headers["Cache-Control"]
    assert guardado == "public, max-age=31536000, immutable"
    for endereco in ENDERECOS:
        assert http.get(endereco).headers["Cache-Control"] == "no-store"


def test_o_contrato_da_pagina_e_o_da_api(http: TestClient) -> None:
    resposta = http.get("/openapi.json")
    assert resposta.headers["Content-Type"] == "application/json"
    assert resposta.json()["info"]["title"] == "Oficina · API"


@pytest.mark.parametrize(
    "nome",
    ["LEIAME.md", "nao-ha.js", "..%2Fapp.py", "redoc-2.5.4/LICENSE", "redoc-2.5.4/..%2Fx.js"],
)
def test_so_se_serve_o_que_as_paginas_usam(http: TestClient, nome: str) -> None:
    assert http.get(f"/estaticos/{nome}").status_code == 404


def test_a_marca_de_fora_nao_se_busca(http: TestClient) -> None:
    """Se o Redoc novo a escrever de outro jeito, este teste diz antes do navegador."""
    arquivo = PASTA / "redoc-2.5.4" / "redoc.standalone.js"
    assert arquivo.read_bytes().count(MARCA_DE_FORA) == 1
    assert MARCA_DE_FORA not in http.get("/estaticos/redoc-2.5.4/redoc.standalone.js").content


@pytest.mark.parametrize("arquivo", TERCEIROS, ids=lambda arquivo: arquivo.name)
def test_cada_arquivo_de_terceiros_e_o_que_o_leiame_diz(arquivo: Path) -> None:
    nome = arquivo.relative_to(PASTA).as_posix()
    leiame = (PASTA / "LEIAME.md").read_text(encoding="utf-8")
    assert f"`{nome}` | `{sha256(arquivo.read_bytes()).hexdigest()}`" in leiame


def test_cada_pasta_de_terceiros_traz_a_licenca() -> None:
    pastas = {arquivo.parent for arquivo in TERCEIROS}
    assert all((pasta / "LICENSE").is_file() for pasta in pastas)
