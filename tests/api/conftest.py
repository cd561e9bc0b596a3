"""O que os testes da API põem no ar."""

import logging
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from oficina_api import saude
from oficina_api.app import criar_app
from oficina_api.observabilidade import UmaLinha
from oficina_core import configuracao
from oficina_core.banco.local import OficinaLocal
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.acesso import SISTEMA, Sujeito
from tests.api.pessoais import achar
from tests.api.test_erros import Recusante
from tests.conftest import Relogio

DA_API = ("oficina", "uvicorn.error", "sqlalchemy", "asyncio")


@pytest.fixture(scope="session", autouse=True)
def nada_de_ninguem_no_registro() -> Iterator[None]:
    """Tudo o que estes testes fazem registrar, como sairia em produção, sem dado de ninguém."""
    vazados: list[str] = []
    chamar, forma = logging.Logger.callHandlers, UmaLinha()

    def espiar(registro: logging.Logger, ocorrido: logging.LogRecord) -> None:
        if ocorrido.name.startswith(DA_API) and achar(linha := forma.format(copy(ocorrido))):
            vazados.append(linha)
        chamar(registro, ocorrido)

    with pytest.MonkeyPatch.context() as remendo:
        remendo.setattr(logging.Logger, "callHandlers", espiar)
        yield
    assert vazados == []


@pytest.fixture
def recusante() -> Recusante:
    return Recusante()


@pytest.fixture
def com_clientes(url_sqlite: str, relogio: Relogio) -> Iterator[TestClient]:
    """Uma oficina de verdade, com três clientes."""
    oficina = OficinaLocal.em(url_sqlite, relogio)
    with TestClient(criar_app(oficina, lambda: SISTEMA)) as cliente:
        for nome in ("Ana", "Bia", "Caio"):
            assert cadastrar(cliente, nome).status_code == 201
        yield cliente
    oficina.fechar()


@pytest.fixture
def solta() -> Iterator[Event]:
    """Enquanto não se arma, quem pede /presa fica esperando com um fio ocupado."""
    evento = Event()
    yield evento
    evento.set()


@pytest.fixture
def app(solta: Event, recusante: Recusante) -> FastAPI:
    def presa() -> dict[str, str]:
        solta.wait()
        return {"situacao": "solta"}

    def identificar() -> Sujeito:
        sleep(0.01)
        return SISTEMA

    app = criar_app(recusante, identificar)
    saude.instalar(app, lambda: None)
    app.add_api_route("/presa", presa)
    return app


def cadastrar(http: TestClient, nome: str) -> Any:
    return http.post("/clientes", json={"nome": nome, "telefone": "(11) 98765-4321"})


@pytest.fixture(autouse=True)
def so_o_dito(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nada do ambiente nem dos arquivos de quem testa entra, e a pasta de dados é outra."""
    for nome in Configuracao.model_fields:
        monkeypatch.delenv(nome.upper(), raising=False)
    for pasta in ("user_config_path", "user_data_path"):
        monkeypatch.setattr(configuracao, pasta, lambda *_, **__: tmp_path / "sem nada")
