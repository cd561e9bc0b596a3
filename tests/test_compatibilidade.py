"""O que docs/compatibilidade.md diz que continua, continua: cada chamada e comando se executa."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from oficina_api.montagem import montar
from oficina_cli import demonstracao
from oficina_cli.app import app
from tests.api.elenco import configuracao

PAGINA = Path(__file__).parents[1] / "docs" / "compatibilidade.md"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A demonstração, como `oficina demo --servidor` a põe no ar."""
    arquivo = tmp_path_factory.mktemp("demo") / "demo.db"
    demonstracao.preparar(arquivo).fechar()
    api = montar(configuracao(f"sqlite:///{arquivo}", auth_somente_cpf=True))
    with TestClient(api, "http://localhost", client=("127.0.0.1", 5000)) as http:
        yield http


@pytest.fixture(scope="module")
def token(http: TestClient) -> str:
    resposta = http.post("/auth", json={"cpf": "12345678909"})
    assert resposta.json()["token_type"] == "bearer"  # noqa: S105
    return str(resposta.json()["access_token"])


def test_a_raiz_responde(http: TestClient) -> None:
    assert http.get("/").status_code == 200


def test_os_veiculos_sao_uma_lista(http: TestClient, token: str) -> None:
    resposta = http.get("/veiculos", headers={"Authorization": f"Bearer {token}"})
    assert resposta.status_code == 200
    assert isinstance(resposta.json(), list)


def test_o_orcamento_se_cria_como_estava_escrito(http: TestClient, token: str) -> None:
    corpo: dict[str, Any] = {
        "veiculo_id": 1,
        "servicos": [1, 2],
        "pecas": [{"id": 1, "quantidade": 2}],
        "descricao": "Troca de óleo e filtros",
    }
    resposta = http.post("/orcamentos", json=corpo, headers={"Authorization": f"Bearer {token}"})
    assert resposta.status_code == 201
    assert len(resposta.json()["itens"]) == 3


def continuam() -> list[str]:
    """Cada comando das linhas da página que dizem que ele continua."""
    achados: list[str] = []
    for linha in PAGINA.read_text(encoding="utf-8").splitlines():
        celulas = re.split(r"(?<!\\)\|", linha)
        if len(celulas) > 2 and "`oficina" in celulas[1] and "continuam" in celulas[2]:
            achados += _comandos(celulas[1].replace("\\|", "|"))
    return achados


def _comandos(celula: str) -> Iterator[str]:
    """`oficina a b|c` são dois; os grupos antes dos dois pontos têm, cada um, todos os verbos."""
    grupos, _, verbos = celula.partition(":")
    ditos = re.findall("`([^`]+)`", grupos)
    if verbos:
        for grupo in ditos:
            for verbo in re.findall("`([^`]+)`", verbos):
                yield f"{grupo.removeprefix('oficina ')} {verbo}"
        return
    for dito in ditos:
        *antes, ultimo = dito.removeprefix("oficina ").split()
        yield from (" ".join([*antes, verbo]) for verbo in ultimo.split("|"))


@pytest.mark.parametrize("comando", continuam())
def test_o_comando_continua(comando: str) -> None:
    saida = CliRunner().invoke(app, [*comando.split(), "--help"], prog_name="oficina")
    assert saida.exit_code == 0, saida.stderr
    assert f"oficina {comando}" in saida.stdout


def test_a_pagina_cita_os_comandos_que_se_esperam() -> None:
    assert {"orcamento aprovar", "kit desativar", "auth quem-sou", "verificar"} <= {*continuam()}
