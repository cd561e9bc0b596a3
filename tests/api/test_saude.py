"""A saúde do processo: viva não pergunta ao banco; pronta pergunta, uma vez por vez."""

from collections.abc import Callable, Iterator
from threading import Event
from time import sleep

import pytest
from fastapi.testclient import TestClient

from oficina_api import saude
from oficina_api.app import criar_app
from oficina_core.banco import manutencao
from oficina_core.banco.motor import abrir, gravando
from oficina_core.dominio.acesso import SISTEMA
from oficina_core.dominio.erros import Indisponivel
from tests.api.test_erros import Recusante


class Banco:
    """Conta as perguntas, e responde o que o teste mandar."""

    def __init__(self) -> None:
        self.perguntas = 0
        self.responder: Callable[[], object] = lambda: None

    def __call__(self) -> None:
        self.perguntas += 1
        self.responder()

    def falhar(self) -> None:
        raise Indisponivel("O servidor do banco não respondeu.")


@pytest.fixture
def banco() -> Banco:
    return Banco()


@pytest.fixture
def http(banco: Banco) -> Iterator[TestClient]:
    app = criar_app(Recusante(), lambda: SISTEMA)
    saude.instalar(app, banco)
    with TestClient(app) as cliente:
        yield cliente


def test_raiz_diz_o_que_e(http: TestClient) -> None:
    resposta = http.get("/")
    assert (resposta.status_code, resposta.json()["nome"]) == (200, "oficina")
    assert resposta.json().keys() == {"nome", "versao", "saude"}
    assert http.get(resposta.json()["saude"]).status_code == 200


@pytest.mark.parametrize("caminho", ["/", "/health", "/health/live"])
def test_viva_nao_pergunta_ao_banco(http: TestClient, banco: Banco, caminho: str) -> None:
    banco.responder = banco.falhar
    assert http.get(caminho).status_code == 200
    assert http.head(caminho).status_code == 200
    assert banco.perguntas == 0


def test_pronta_quando_o_banco_responde(http: TestClient, banco: Banco) -> None:
    assert http.get("/health/ready").status_code == 200
    assert http.get("/health/ready").status_code == 200
    assert banco.perguntas == 1


def test_nao_pronta_quando_o_banco_falta(http: TestClient, banco: Banco) -> None:
    banco.responder = banco.falhar
    resposta = http.get("/health/ready")
    assert (resposta.status_code, resposta.headers["Retry-After"]) == (503, "1")
    assert resposta.headers["Content-Type"] == "application/problem+json"
    assert http.get("/health/ready").status_code == 503
    assert banco.perguntas == 1


def test_resposta_envelhece(
    http: TestClient, banco: Banco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saude, "VALIDADE", 0)
    banco.responder = banco.falhar
    assert http.get("/health/ready").status_code == 503
    banco.responder = lambda: None
    assert http.get("/health/ready").status_code == 200


def test_banco_mudo_nao_prende_quem_pergunta_nem_junta_perguntas(
    http: TestClient, banco: Banco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saude, "PRAZO", 0.05)
    monkeypatch.setattr(saude, "VALIDADE", 0)
    respondeu = Event()
    banco.responder = respondeu.wait
    assert [http.get("/health/ready").status_code for _ in range(3)] == [503, 503, 503]
    assert banco.perguntas == 1
    respondeu.set()
    for _ in range(100):
        if http.get("/health/ready").status_code == 200:
            break
        sleep(0.01)
    assert http.get("/health/ready").status_code == 200


def test_defeito_na_pergunta_e_erro_do_programa(http: TestClient, banco: Banco) -> None:
    banco.responder = lambda: 1 / 0
    resposta = http.get("/health/ready")
    assert (resposta.status_code, resposta.json()["codigo"]) == (500, "erro")
    assert http.get("/health/live").status_code == 200


def test_de_saida_nao_se_diz_pronta(http: TestClient) -> None:
    http.app.state.saindo.set()  # type: ignore[attr-defined]
    resposta = http.get("/health/ready")
    assert (resposta.status_code, resposta.headers["Connection"]) == (503, "close")
    assert http.get("/health/live").status_code == 200


def test_banco_de_outra_revisao_nao_esta_pronto(url_mysql: str) -> None:
    motor = abrir(url_mysql)
    app = criar_app(Recusante(), lambda: SISTEMA)
    saude.instalar(app, lambda: manutencao.conferir(motor))
    revisao = "UPDATE alembic_version SET version_num = "
    with TestClient(app) as http:
        assert http.get("/health/ready").status_code == 200
    with gravando(motor) as conexao:
        conexao.exec_driver_sql(f"{revisao}'0001'")
    try:
        with TestClient(app) as http:
            sleep(saude.VALIDADE)
            recusa = http.get("/health/ready")
    finally:
        with gravando(motor) as conexao:
            conexao.exec_driver_sql(f"{revisao}'{manutencao.revisao_do_programa()}'")
        motor.dispose()
    assert recusa.status_code == 503
    assert "oficina banco migrar" in recusa.json()["detail"]
