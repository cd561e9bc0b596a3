"""A transmissão de eventos, byte a byte: o que o padrão manda, e o que um estranho inventa."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx2
import pytest

from oficina_cli import remota
from oficina_cli.remota import OficinaRemota
from oficina_cli.transmissao import TAMANHO_MAXIMO, Mensagem, ler_mensagens
from oficina_core.dominio.erros import AcessoNegado, DadoInvalido, Indisponivel, NaoIdentificado
from tests.certificado import certificado
from tests.cli.rede import Rede, problema

PACIENCIA = 10  # segundos
TIPO = {"Content-Type": "text/event-stream; charset=utf-8"}
INICIO = b"id: 7\nevent: inicio\ndata: {}\n\n"
TUDO = (
    "\ufeff: oi\r\n\r\nid: 7\revent: mudou\rdata: ação\rdata\rdata:  b\r\r"
    "data: 2\n\nid\nid: 8\0\nretry: 5\nestranho: x\ndata:3\n\nevent: vazio\n\ndata: cortada\n"
).encode()
LIDAS = [
    Mensagem("7", "mudou", "ação\n\n b"),
    Mensagem("7", "message", "2"),
    Mensagem("", "message", "3"),
]


@pytest.mark.parametrize("tamanho", [1, 2, 3, 7, len(TUDO)])
def test_o_padrao_em_pedacos_de_qualquer_tamanho(tamanho: int) -> None:
    pedacos = [TUDO[inicio : inicio + tamanho] for inicio in range(0, len(TUDO), tamanho)]
    assert list(ler_mensagens(pedacos)) == LIDAS


@pytest.mark.parametrize(
    "pedaco",
    [b"\xff\xfe\n\n", b"x" * 5000, b"data: " + b"x" * 5000 + b"\n", b"data:\n" * 900],
    ids=["bytes", "linha", "dados", "linhas vazias"],
)
def test_o_que_nao_acaba_ou_nao_e_texto_se_larga(pedaco: bytes) -> None:
    def sem_fim() -> Iterator[bytes]:
        for _ in range(10 * TAMANHO_MAXIMO // len(pedaco)):
            yield pedaco
        pytest.fail("leu demais")

    with pytest.raises(ValueError, match=r"grande demais|decode"):
        list(ler_mensagens(sem_fim()))


def test_comentarios_nao_se_acumulam() -> None:
    vivo = [b": ainda aqui\n" * 10] * TAMANHO_MAXIMO
    assert list(ler_mensagens([*vivo, INICIO])) == [Mensagem("7", "inicio", "{}")]


def ouvir(*respostas: httpx2.Response | Exception) -> list[Mensagem]:
    with Rede(*respostas).oficina.acompanhar() as transmissao:
        return list(transmissao.mensagens)


def test_diz_de_onde_continuar_e_a_loja() -> None:
    rede = Rede(httpx2.Response(200, headers=TIPO, content=INICIO))
    with rede.oficina.acompanhar("41", 3) as transmissao:
        assert [mensagem.id for mensagem in transmissao.mensagens] == ["7"]
        transmissao.cortar()  # nada a desligar
    with rede.oficina.acompanhar():
        pass
    com, sem = rede.pedidos
    assert str(com.url) == "https://oficina.test/a/eventos"
    assert (com.headers["Last-Event-ID"], com.headers["X-Loja"]) == ("41", "3")
    assert com.headers["Accept"] == "text/event-stream"
    assert not {"Last-Event-ID", "X-Loja"} & {nome.title() for nome in sem.headers}


@pytest.mark.parametrize(
    "resposta",
    [
        httpx2.Response(200, text="<html>Aceite os termos</html>"),
        httpx2.Response(204),
        httpx2.Response(302, headers={"Location": "https://portal.test/entrar"}),
        httpx2.Response(502, text="<html>"),
        httpx2.Response(200, headers=TIPO, content=b"\xff\n\n"),
        httpx2.Response(200, headers=TIPO, content=b"x" * (TAMANHO_MAXIMO + 1)),
        httpx2.Response(503, text=""),
        httpx2.ConnectError("recusada"),
        httpx2.ReadTimeout("calada"),
    ],
    ids=repr,
)
def test_quem_nao_fala_como_a_api_e_falta_dela(resposta: httpx2.Response | Exception) -> None:
    with pytest.raises(Indisponivel):
        ouvir(resposta)


class Partes(httpx2.SyncByteStream):
    """Um corpo que chega aos pedaços, e pode falhar."""

    def __init__(self, *partes: bytes | Exception) -> None:
        self._partes = partes

    def __iter__(self) -> Iterator[bytes]:
        for parte in self._partes:
            if isinstance(parte, Exception):
                raise parte
            yield parte


@pytest.mark.parametrize(
    "queda",
    [httpx2.ReadError(""), httpx2.RemoteProtocolError(""), httpx2.ReadTimeout("")],
    ids=repr,
)
def test_a_que_cai_no_meio_so_acaba(queda: Exception) -> None:
    resposta = httpx2.Response(200, headers=TIPO, stream=Partes(INICIO, b"id: 8\n", queda))
    assert [mensagem.id for mensagem in ouvir(resposta)] == ["7"]


def test_compressao_que_nao_se_desfaz() -> None:
    cabecalhos = TIPO | {"Content-Encoding": "gzip"}
    with pytest.raises(Indisponivel, match="não entende"):
        ouvir(httpx2.Response(200, headers=cabecalhos, stream=Partes(b"isto nao e gzip")))


def test_a_recusa_e_a_mesma_dos_outros_pedidos() -> None:
    with pytest.raises(AcessoNegado, match="Só a equipe"):
        ouvir(problema(AcessoNegado("Só a equipe."), 403))
    rede = Rede(problema(NaoIdentificado("Quem pede?"), 401))
    oficina = OficinaRemota(rede.oficina._http, "Entre assim.")
    with pytest.raises(NaoIdentificado, match=r"Entre assim\."), oficina.acompanhar():
        pass


def test_o_token_nao_vai_as_claras() -> None:
    with pytest.raises(DadoInvalido, match="às claras"):
        OficinaRemota.em("http://oficina.test", "segredo")


@pytest.fixture
def cofre(tmp_path: Path) -> Iterator[tuple[socket.socket, Path]]:
    """Um servidor que fala TLS, aceita uma conexão, começa a transmitir e se cala."""
    arquivo = certificado(tmp_path)
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(arquivo)

    def atender() -> None:
        conexao, _ = escuta.accept()
        with conexao:
            try:
                segura = contexto.wrap_socket(conexao, server_side=True)
            except OSError:
                return
            with segura:
                segura.settimeout(PACIENCIA)
                segura.recv(4096)
                segura.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + INICIO
                )
                while segura.recv(4096):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as escuta:
        fio = Thread(target=atender)
        fio.start()
        yield escuta, arquivo
        fio.join()


@pytest.mark.parametrize("conhecido", [True, False])
def test_com_tls_se_corta_de_outro_fio_e_sem_certificado_nem_se_abre(
    cofre: tuple[socket.socket, Path], monkeypatch: pytest.MonkeyPatch, *, conhecido: bool
) -> None:
    escuta, arquivo = cofre
    monkeypatch.setattr(remota, "propria_maquina", lambda _: False)
    if conhecido:
        monkeypatch.setenv("SSL_CERT_FILE", str(arquivo))
    oficina = OficinaRemota.em(f"https://127.0.0.1:{escuta.getsockname()[1]}", "segredo")
    try:
        if not conhecido:
            with pytest.raises(Indisponivel, match="certificado"), oficina.acompanhar():
                pass
            return
        with oficina.acompanhar() as transmissao:
            assert next(transmissao.mensagens).tipo == "inicio"
            cortador = Thread(target=transmissao.cortar)
            cortador.start()
            assert list(transmissao.mensagens) == []
            cortador.join()
    finally:
        oficina.fechar()
