"""O README não mente: cada exemplo dele é executado, e a saída é a que está escrita."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oficina_api.montagem import montar
from oficina_cli import demonstracao
from tests import leiame
from tests.api.elenco import configuracao


def test_exemplos_imprimem_o_que_o_leiame_diz() -> None:
    escritos = leiame.blocos()
    assert escritos
    assert list(map(leiame.normalizar, leiame.executar(escritos))) == list(
        map(leiame.normalizar, escritos)
    )


def test_comando_de_testes_esta_marcado_para_o_ci() -> None:
    texto = leiame.LEIAME.read_text(encoding="utf-8")
    assert re.search(r"<!-- comando: testes -->\n```sh\n.*nox\n```", texto)


@pytest.fixture
def passeio() -> list[tuple[str, str]]:
    """Cada comando do passeio pela API e a resposta escrita."""
    texto = leiame.LEIAME.read_text(encoding="utf-8")
    achado = re.search(r"<!-- passeio -->\n```sh-session\n(.*?)```", texto, re.DOTALL)
    assert achado
    trocas = [bloco.strip().partition("\n") for bloco in achado[1].split("\n$ ")]
    return [(comando.removeprefix("$ "), resposta) for comando, _, resposta in trocas]


def test_o_passeio_pela_api_da_as_respostas_escritas(
    tmp_path: Path, passeio: list[tuple[str, str]]
) -> None:
    demonstracao.preparar(tmp_path / "demo.db").fechar()
    api = montar(configuracao(f"sqlite:///{tmp_path / 'demo.db'}", auth_somente_cpf=True))
    token, feitos = "", 0
    with TestClient(api, "http://localhost", client=("127.0.0.1", 5000)) as http:
        for comando, escrita in passeio:
            if not comando.startswith("curl"):
                continue
            resposta = chamar(http, comando.replace("$TOKEN", token))
            assert resposta.is_success, (comando, resposta.text)
            for campo, valor in re.findall(r'("\w+":)((?:"[^"]*"|\w+)(?=[,}]))?', escrita):
                dito = "" if "…" in valor or campo == '"versao":' else valor
                assert f"{campo}{dito}" in resposta.text, comando
            dada = resposta.json()
            token = dada.get("access_token", token) if isinstance(dada, dict) else token
            feitos += 1
    assert feitos >= 6


def chamar(http: TestClient, comando: str) -> Any:
    """O que o curl faria: endereço, -X, -H e -d."""
    partes = iter(shlex.split(comando)[1:])
    verbo, endereco, corpo, cabecalhos = "GET", "", None, {}
    for parte in partes:
        match parte:
            case "-s":
                continue
            case "-X":
                verbo = next(partes)
            case "-H":
                nome, _, valor = next(partes).partition(": ")
                cabecalhos[nome] = valor
            case "-d":
                corpo = next(partes)
            case _:
                endereco = parte.removeprefix("localhost:8000")
    return http.request(verbo, endereco, content=corpo, headers=cabecalhos)


def test_as_paginas_que_se_citam_existem() -> None:
    raiz = leiame.LEIAME.parent
    for pagina in (leiame.LEIAME, *raiz.glob("docs/*.md")):
        citadas = re.findall(r"`(docs/[\w.-]+)`", pagina.read_text(encoding="utf-8"))
        assert [citada for citada in citadas if not (raiz / citada).exists()] == [], pagina.name
