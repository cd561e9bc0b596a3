"""A oficina do outro lado da rede: o que se repete, o que se entende e o que se diz."""

from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_cli import remota
from oficina_cli.remota import OficinaRemota
from oficina_core.casos.clientes import EditarCliente, ListarClientes
from oficina_core.casos.mensagens import TomarMensagem
from oficina_core.casos.portas import Pedido
from oficina_core.dominio import erros
from oficina_core.dominio.acesso import SISTEMA
from tests.cli.rede import ANA, VER, Rede, problema

pytestmark = pytest.mark.usefixtures("esperas")


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


@pytest.mark.parametrize(
    "erro",
    [
        erros.NaoEncontrado("Não há esse cliente."),
        erros.NaoIdentificado("Entre antes."),
        erros.AcessoNegado("Chame o gerente."),
        erros.Conflito("Já existe."),
        erros.Conflito("Já existe.", comando="cliente ver id:1"),
        erros.VersaoAntiga("Veja de novo."),
        erros.RegraViolada("Falta peça.", detalhes=("1 un de óleo", "2 un de filtro")),
        erros.Indisponivel("O banco não respondeu."),
        erros.MuitasTentativas("Espere um pouco.", 9),
        erros.DadoInvalido("Placa errada.", "placa"),
        erros.DadoInvalido("Há 2 erros.", "linhas", detalhes=("linha 1", "linha 2")),
        erros.DadoInvalido("Há um erro.", detalhes=("linha 1",)),
        erros.DadoInvalido("Diga o cliente."),
        erros.ErroOficina("O que ninguém esperava."),
        erros.FaltaPeca("Falta peça.", comando="--permitir-falta"),
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
    assert pego.value.comando == erro.comando
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
        http.headers["X-Request-ID"] = "0f8fad5bd9cb469f"
        with pytest.raises(erros.ErroOficina, match="informe o número 0f8fad5bd9cb469f"):
            OficinaRemota(http).executar(VER)


@pytest.mark.parametrize("fazer", ["executar", "simular"])
def test_o_que_e_interno_nao_se_pede_pela_rede(fazer: str) -> None:
    rede = Rede(httpx2.Response(200))
    with pytest.raises(erros.DadoInvalido, match="direto no banco"):
        getattr(rede.oficina, fazer)(TomarMensagem())
    assert rede.pedidos == []


def test_quem_nao_se_reconhece_ouve_como_entrar() -> None:
    rede = Rede(problema(erros.NaoIdentificado("Quem pede?", detalhes=("a",)), 401))
    http = rede.oficina._http
    http.headers["Authorization"] = "Bearer x"
    oficina = OficinaRemota(http, "Entre assim.")
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
