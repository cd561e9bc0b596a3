"""A oficina do outro lado da rede: o que se repete, o que se entende e o que se diz."""

import socket
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_cli import remota
from oficina_cli.remota import OficinaRemota
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente, EditarCliente, ListarClientes, VerCliente
from oficina_core.casos.mensagens import TomarMensagem
from oficina_core.casos.portas import Pedido
from oficina_core.dominio import erros
from oficina_core.dominio.acesso import SISTEMA

ANA = CriarCliente(nome="Ana", telefone="11987654321")
VER = VerCliente(cliente_id=7)
Resposta = httpx2.Response | Exception


class FaltaPeca(erros.RegraViolada):
    codigo = "falta_peca"


class Rede:
    """Responde o que se combinou, em ordem, e guarda o que foi pedido; o fim se repete."""

    def __init__(self, *respostas: Resposta) -> None:
        self.pedidos: list[httpx2.Request] = []
        self._respostas = chain(respostas[:-1], repeat(respostas[-1]))

    def __call__(self, pedido: httpx2.Request) -> httpx2.Response:
        self.pedidos.append(pedido)
        resposta = next(self._respostas)
        if isinstance(resposta, Exception):
            raise resposta
        return resposta

    @property
    def oficina(self) -> OficinaRemota:
        transporte = httpx2.MockTransport(self)
        return OficinaRemota(httpx2.Client(transport=transporte, base_url="https://oficina.test/a"))

    def chaves(self) -> list[str | None]:
        return [pedido.headers.get("Idempotency-Key") for pedido in self.pedidos]


@pytest.fixture(autouse=True)
def esperas(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """As esperas pedidas, que nenhum teste espera."""
    pedidas: list[float] = []
    monkeypatch.setattr(remota, "sleep", pedidas.append)
    return pedidas


def problema(erro: erros.ErroOficina, status: int = 409, **cabecalhos: str) -> httpx2.Response:
    corpo = {"codigo": erro.codigo, "detail": str(erro), "erros": []}
    return httpx2.Response(status, json=corpo, headers=cabecalhos)


OCUPADA = problema(erros.Indisponivel("O banco não respondeu."), 503)


@pytest.mark.parametrize(
    "resposta",
    [
        httpx2.Response(502, text="<html>Bad gateway</html>"),
        httpx2.Response(500, text=""),
        httpx2.Response(302, headers={"Location": "https://portal.test/entrar"}),
        httpx2.Response(404, json={"detail": "Not Found"}),
        httpx2.Response(404, json={"codigo": "de_outra_versao", "detail": "x", "erros": []}),
        httpx2.Response(400, json=["x"]),
        httpx2.Response(200, text="<html>Aceite os termos</html>"),
        httpx2.Response(200, json={"id": "x"}),
        httpx2.Response(200, json=[]),
    ],
    ids=lambda resposta: f"{resposta.status_code} {resposta.text}",
)
def test_portal_nao_se_confunde_com_a_api(resposta: httpx2.Response) -> None:
    with pytest.raises(erros.Indisponivel, match=r"respond.*confira o endereço"):
        Rede(resposta).oficina.executar(VER)


def test_portal_no_lugar_de_uma_lista_e_de_uma_simulacao() -> None:
    oficina = Rede(httpx2.Response(200, json={"ok": True})).oficina
    with pytest.raises(erros.Indisponivel, match="não entende"):
        oficina.executar(ListarClientes())
    with pytest.raises(erros.Indisponivel, match="não entende"):
        oficina.simular(ANA)


def test_conexao_recusada(esperas: list[float]) -> None:
    with socket.socket() as ocupado:
        ocupado.bind(("127.0.0.1", 0))
        oficina = OficinaRemota.em(f"http://127.0.0.1:{ocupado.getsockname()[1]}")
        with pytest.raises(erros.Indisponivel, match=r"não respondeu em 127\.0\.0\.1"):
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
        (httpx2.ReadTimeout("x"), "confira antes de repetir"),
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


@pytest.fixture
def direta(url_sqlite: str) -> Iterator[OficinaLocal]:
    oficina = OficinaLocal.em(url_sqlite)
    yield oficina
    oficina.fechar()


@pytest.mark.parametrize(
    "erro",
    [
        erros.NaoEncontrado("Não há esse cliente."),
        erros.NaoIdentificado("Entre antes."),
        erros.AcessoNegado("Chame o gerente."),
        erros.Conflito("Já existe."),
        erros.VersaoAntiga("Veja de novo."),
        erros.RegraViolada("Falta peça.", detalhes=("1 un de óleo", "2 un de filtro")),
        erros.Indisponivel("O banco não respondeu."),
        erros.MuitasTentativas("Espere um pouco.", 9),
        erros.DadoInvalido("Placa errada.", "placa"),
        erros.DadoInvalido("Há 2 erros.", "linhas", detalhes=("linha 1", "linha 2")),
        erros.DadoInvalido("Há um erro.", detalhes=("linha 1",)),
        erros.DadoInvalido("Diga o cliente."),
        erros.ErroOficina("O que ninguém esperava."),
        FaltaPeca("Falta peça."),
    ],
    ids=repr,
)
def test_erro_volta_como_era(erro: erros.ErroOficina) -> None:
    class Recusante:
        def como(self, *_: object) -> "Recusante":
            return self

        def executar(self, *_: object) -> None:
            raise erro

        simular = executar

    with (
        TestClient(criar_app(Recusante(), lambda: SISTEMA)) as http,  # type: ignore[arg-type]
        pytest.raises(erros.ErroOficina) as pego,
    ):
        OficinaRemota(http).executar(VER)
    assert type(pego.value) is type(erro)
    assert (str(pego.value), pego.value.detalhes) == (str(erro), erro.detalhes)
    assert getattr(pego.value, "campo", None) == getattr(erro, "campo", None)
    assert getattr(pego.value, "espera", None) == getattr(erro, "espera", None)


@pytest.mark.parametrize(
    ("resposta", "frase"),
    [
        (httpx2.Response(500, text="<html>"), r"status 500, pedido abc-12345\)"),
        (httpx2.Response(200, json=[]), "não entende, pedido abc-12345;"),
    ],
    ids=["recusa", "resposta"],
)
def test_o_que_ninguem_esperava_se_diz_com_o_numero_do_pedido(
    resposta: httpx2.Response, frase: str
) -> None:
    resposta.headers["X-Request-ID"] = "abc-12345"
    with pytest.raises(erros.Indisponivel, match=frase):
        Rede(resposta).oficina.executar(VER)
    resposta.headers["X-Request-ID"] = "a\x1b[2J, pedido falso"
    with pytest.raises(erros.Indisponivel) as recusa:
        Rede(resposta).oficina.executar(VER)
    assert "falso" not in str(recusa.value)


def test_erro_inesperado_da_api_chega_com_o_numero_dele() -> None:
    class Quebrada:
        def como(self, *_: object) -> "Quebrada":
            raise RuntimeError

    app = criar_app(Quebrada(), lambda: SISTEMA)  # type: ignore[arg-type]
    with TestClient(app, raise_server_exceptions=False) as http:
        http.headers["X-Request-ID"] = "pedido-da-ana-7"
        with pytest.raises(erros.ErroOficina, match="informe o número pedido-da-ana-7"):
            OficinaRemota(http).executar(VER)


@pytest.mark.parametrize("fazer", ["executar", "simular"])
def test_o_que_e_interno_nao_se_pede_pela_rede(fazer: str) -> None:
    rede = Rede(httpx2.Response(200))
    with pytest.raises(erros.DadoInvalido, match="direto no banco"):
        getattr(rede.oficina, fazer)(TomarMensagem())
    assert rede.pedidos == []


def test_quem_nao_se_reconhece_ouve_como_entrar() -> None:
    rede = Rede(problema(erros.NaoIdentificado("Quem pede?", detalhes=("a",)), 401))
    oficina = OficinaRemota(rede.oficina._http, "Entre assim.")
    with pytest.raises(erros.NaoIdentificado) as recusa:
        oficina.executar(VER)
    assert recusa.value.detalhes == ("Entre assim.",)
    outra = Rede(problema(erros.AcessoNegado("Só o gerente."), 403))
    with pytest.raises(erros.AcessoNegado) as negado:
        OficinaRemota(outra.oficina._http, "Entre assim.").executar(VER)
    assert negado.value.detalhes == ()


@pytest.mark.parametrize(
    ("url", "origem"),
    [
        ("https://Oficina.Test:443/a/", "https://oficina.test"),
        ("https://oficina.test:8443", "https://oficina.test:8443"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://127.0.0.1:8000/x?y", "http://127.0.0.1:8000"),
    ],
)
def test_a_origem_e_esquema_servidor_e_porta(url: str, origem: str) -> None:
    assert remota.origem(url) == origem


@pytest.mark.parametrize("url", ["http://oficina.test", "http://127.0.0.1.oficina.test"])
def test_token_nao_sai_da_maquina_as_claras(url: str) -> None:
    with pytest.raises(erros.DadoInvalido, match="às claras"):
        OficinaRemota.em(url, "segredo")
    OficinaRemota.em(url).fechar()


@pytest.mark.parametrize("nome", ["HTTPS_PROXY", "SSL_CERT_FILE"])
def test_ambiente_que_nao_serve_se_diz(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nome: str
) -> None:
    monkeypatch.setenv(nome, "ftp://proxy.test" if "PROXY" in nome else str(tmp_path / "nada"))
    with pytest.raises(erros.DadoInvalido, match="confira-os"):
        OficinaRemota.em("https://oficina.test")


def test_cabecalhos_so_do_que_foi_dito() -> None:
    rede = Rede(problema(erros.Conflito("x")))
    editar = EditarCliente(cliente_id=7, versao=3, nome="Ana", telefone="11987654321")
    with pytest.raises(erros.Conflito):
        rede.oficina.executar(editar, Pedido(chave="chave-dita", requisicao="pedido-1", loja=2))
    with pytest.raises(erros.Conflito):
        rede.oficina.executar(VER)
    gravar, ler = rede.pedidos
    nomes = ("If-Match", "Idempotency-Key", "X-Request-ID", "X-Loja")
    assert [gravar.headers[nome] for nome in nomes] == ['"3-"', "chave-dita", "pedido-1", "2"]
    assert not any(nome in ler.headers for nome in nomes)
    assert str(gravar.url) == "https://oficina.test/a/clientes/7"


@pytest.mark.parametrize(
    "url",
    [
        *("", "oficina", "ftp://oficina.test", "https://", "http://[::1", "https://[x]/"),
        *("https://ana:senha@oficina.test", "https://ana@oficina.test"),
    ],
)
def test_endereco_que_nao_e_de_api(url: str) -> None:
    with pytest.raises(erros.DadoInvalido, match="https://"):
        OficinaRemota.em(url)


def test_proxy_do_ambiente_nao_vale_na_propria_maquina(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    for url, direto in (("http://127.0.0.1:8000", True), ("https://oficina.test", False)):
        oficina = OficinaRemota.em(url, token="segredo")  # noqa: S106
        assert oficina._http.trust_env is not direto
        assert oficina._http.headers["Authorization"] == "Bearer segredo"
        oficina.fechar()
