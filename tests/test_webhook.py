"""A mensagem entregue a um webhook: assinada, numerada, e só ao endereço configurado."""

import hmac
import json
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from oficina_core.correio import CarteiroWebhook
from oficina_core.dominio.erros import Indisponivel
from tests.carteiros import CARTA, URL, carteiro, com

SEGREDO = "o segredo do webhook, com acentuação"


class Gancho:
    """Um sistema da oficina que recebe as mensagens."""

    def __init__(self) -> None:
        self.recebidos: list[tuple[str, dict[str, str], bytes]] = []
        self.linha = b"HTTP/1.1 204 No Content\r\n"


@pytest.fixture
def gancho() -> Gancho:
    return Gancho()


@pytest.fixture
def endereco(gancho: Gancho) -> Iterator[str]:
    class Atendente(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            corpo = self.rfile.read(int(self.headers["Content-Length"]))
            gancho.recebidos.append((self.path, dict(self.headers), corpo))
            self.wfile.write(gancho.linha + b"Connection: close\r\n\r\n")

        do_GET = do_POST  # noqa: N815 — o nome que o http.server procura

        def log_message(self, *_: object) -> None:
            """Calado."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Atendente) as servidor:
        threading.Thread(target=servidor.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{servidor.server_address[1]}/gancho"
        servidor.shutdown()


@pytest.mark.parametrize("nome", ["Ana Conceição", "[/] x", '"},{"id":8'])
def test_o_webhook_recebe_assinado_e_com_o_numero_da_mensagem(
    gancho: Gancho, endereco: str, nome: str
) -> None:
    CarteiroWebhook(URL, endereco, SEGREDO).entregar(com(nome=nome))
    ((caminho, cabecalhos, corpo),) = gancho.recebidos
    assinatura = hmac.new(SEGREDO.encode(), corpo, sha256).hexdigest()
    assert cabecalhos["X-Oficina-Assinatura"] == f"sha256={assinatura}"
    assert cabecalhos["Idempotency-Key"] == "mensagem-7"
    assert caminho == "/gancho"
    dados = json.loads(corpo)
    assert dados["nome"] == nome
    assert (dados["id"], dados["tipo"]) == (7, "ORCAMENTO")
    assert (dados["email"], dados["telefone"]) == ("ana@exemplo.com.br", "+5511987654321")
    assert dados["texto"].endswith(f"{URL}/aprovar/{'s' * 43}")


@pytest.mark.parametrize(
    "linha",
    [
        b"HTTP/1.1 500 Ops\r\n",
        b"HTTP/1.1 404 Nada\r\n",
        b"HTTP/1.1 304 Igual\r\n",
        b"isto nao e HTTP\r\n",
        b"",
    ],
)
def test_webhook_que_nao_aceita_se_tenta_mais_tarde(
    gancho: Gancho, endereco: str, linha: bytes
) -> None:
    gancho.linha = linha
    with pytest.raises(Indisponivel, match="webhook não aceitou"):
        CarteiroWebhook(URL, endereco, SEGREDO).entregar(CARTA)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_o_webhook_nao_segue_desvio(gancho: Gancho, endereco: str, status: int) -> None:
    alvo = endereco.replace("/gancho", "/outro")
    gancho.linha = f"HTTP/1.1 {status} Desvio\r\nLocation: {alvo}\r\n".encode()
    with pytest.raises(Indisponivel, match="webhook não aceitou"):
        CarteiroWebhook(URL, endereco, SEGREDO).entregar(CARTA)
    assert [caminho for caminho, _, _ in gancho.recebidos] == ["/gancho"]


def test_o_segredo_e_a_senha_nao_se_mostram() -> None:
    assert SEGREDO not in repr(CarteiroWebhook(URL, "http://x.test", SEGREDO))
    assert "s3nh4" not in repr(carteiro(25, senha="s3nh4"))
    assert CARTA.segredo not in repr(CARTA)
