"""A oficina remota insiste quando a rede ou a API tropeça, e sem efeito em dobro."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_cli.remota import OficinaRemota
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import ListarClientes, VerCliente
from oficina_core.dominio import erros
from oficina_core.dominio.acesso import SISTEMA
from tests.cli.rede import ANA, VER, Rede, Resposta, problema

pytestmark = pytest.mark.usefixtures("esperas")

OCUPADA = problema(erros.Indisponivel("O banco não respondeu."), 503)


@pytest.fixture
def direta(url_sqlite: str) -> Iterator[OficinaLocal]:
    oficina = OficinaLocal.em(url_sqlite)
    yield oficina
    oficina.fechar()


def test_conexao_recusada(esperas: list[float]) -> None:
    with socket.socket() as ocupado:
        ocupado.bind(("127.0.0.1", 0))
        porta = ocupado.getsockname()[1]
        oficina = OficinaRemota.em(f"http://127.0.0.1:{porta}")
        with pytest.raises(erros.Indisponivel, match=rf"não respondeu em 127\.0\.0\.1:{porta};"):
            oficina.executar(VER)
    oficina.fechar()
    assert len(esperas) == 2


@pytest.mark.parametrize(
    "tropeco",
    [OCUPADA, httpx2.Response(502), httpx2.ConnectError("x"), httpx2.ReadError("x")],
    ids=["503", "502", "recusada", "cortada"],
)
def test_insiste_com_a_mesma_chave(tropeco: Resposta, esperas: list[float]) -> None:
    rede = Rede(tropeco, tropeco, problema(erros.Conflito("Já existe.")))
    with pytest.raises(erros.Conflito):
        rede.oficina.executar(ANA)
    assert len(rede.chaves()) == 3
    assert len(set(rede.chaves())) == 1
    assert None not in rede.chaves()
    assert 0 < esperas[0] < esperas[1] < 2


def test_desiste_depois_de_tres(esperas: list[float]) -> None:
    rede = Rede(OCUPADA)
    with pytest.raises(erros.Indisponivel, match="O banco não respondeu"):
        rede.oficina.executar(VER)
    assert (len(rede.pedidos), len(esperas)) == (3, 2)


def test_recusa_nao_se_repete() -> None:
    rede = Rede(problema(erros.RegraViolada("Não pode.")))
    with pytest.raises(erros.RegraViolada):
        rede.oficina.executar(ANA)
    assert len(rede.pedidos) == 1


def test_espera_o_que_a_api_pediu(esperas: list[float]) -> None:
    pedida = problema(erros.Indisponivel("Espere."), 429, **{"Retry-After": "2"})
    rede = Rede(pedida, problema(erros.Conflito("Já existe.")))
    with pytest.raises(erros.Conflito):
        rede.oficina.executar(ANA)
    assert esperas[0] >= 2


@pytest.mark.parametrize("pedida", ["9" * 5000, "-1", "Wed, 25 Nov 2026 22:00:00 GMT", "1.5", "٣"])
def test_espera_que_nao_se_entende_nao_derruba_o_programa(
    esperas: list[float], pedida: str
) -> None:
    ocupada = httpx2.Response(
        503,
        json={"codigo": "indisponivel", "detail": "Espere.", "erros": []},
        headers=[(b"Retry-After", pedida.encode())],
    )
    with pytest.raises(erros.Indisponivel, match="Espere"):
        Rede(ocupada).oficina.executar(ANA)
    assert max(esperas) < 2


def test_tentativas_demais_dizem_quanto_esperar_sem_insistir() -> None:
    rede = Rede(problema(erros.MuitasTentativas("Espere."), 429, **{"Retry-After": "40"}))
    with pytest.raises(erros.MuitasTentativas, match="Espere") as recusa:
        rede.oficina.executar(ANA)
    assert (recusa.value.espera, len(rede.pedidos)) == (40, 1)


@pytest.mark.parametrize(
    ("resposta", "frase"),
    [
        (problema(erros.Indisponivel("Espere."), 429, **{"Retry-After": "900"}), "Espere"),
        (httpx2.ReadTimeout("x"), "ainda pode atender"),
    ],
)
def test_demora_nao_se_repete(resposta: Resposta, frase: str) -> None:
    rede = Rede(resposta)
    with pytest.raises(erros.Indisponivel, match=frase):
        rede.oficina.executar(ANA)
    assert len(rede.pedidos) == 1


def test_tropeco_depois_de_gravar_tem_um_efeito_so(
    direta: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A API grava, a resposta se perde no caminho e o cliente insiste."""
    quedas = [httpx2.ReadError("a conexão caiu")]

    def perder(*partes: Any, **resto: Any) -> httpx2.Response:
        resposta = pedir(*partes, **resto)
        if quedas:
            raise quedas.pop()
        return resposta

    with TestClient(criar_app(direta, lambda: SISTEMA)) as http:
        pedir = http.request
        monkeypatch.setattr(http, "request", perder)
        ficha = OficinaRemota(http).executar(ANA)
    assert direta.executar(VerCliente(cliente_id=ficha.id)) == ficha
    assert len(direta.executar(ListarClientes()).itens) == 1
