"""A conferência insiste enquanto o balanceador se acerta, e só no que passa sozinho."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from tests.implantacao.ferramentas import ferramenta


class Balanceador(BaseHTTPRequestHandler):
    """Responde, a cada pedido, o que está por responder."""

    respostas: ClassVar[list[int]] = []

    def do_GET(self) -> None:
        self.send_response(self.respostas.pop(0))
        self.end_headers()
        self.wfile.write(b'{"nome": "oficina"}')

    def log_message(self, *_: object) -> None:
        """Sem nada na tela."""


@pytest.fixture
def endereco() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Balanceador) as servidor:
        fio = Thread(target=servidor.serve_forever, args=(0.01,))
        fio.start()
        yield f"http://127.0.0.1:{servidor.server_port}/"
        servidor.shutdown()
        fio.join()


@pytest.fixture
def fumaca(monkeypatch: pytest.MonkeyPatch) -> Any:
    modulo = ferramenta("fumaca")
    monkeypatch.setattr(modulo, "INTERVALO", 0)
    return modulo


def test_insiste_enquanto_nao_ha_para_quem_mandar(fumaca: Any, endereco: str) -> None:
    Balanceador.respostas[:] = [503, 502, 200]
    assert fumaca.pedir(endereco) == {"nome": "oficina"}
    assert Balanceador.respostas == []


def test_desiste_depois_de_dez(fumaca: Any, endereco: str) -> None:
    Balanceador.respostas[:] = [503] * 11
    with pytest.raises(fumaca.Falhou, match="503"):
        fumaca.pedir(endereco)
    assert Balanceador.respostas == [503]


@pytest.mark.parametrize("erro", [401, 404, 500])
def test_erro_que_nao_passa_sozinho_se_diz_logo(fumaca: Any, endereco: str, erro: int) -> None:
    Balanceador.respostas[:] = [erro, 200]
    with pytest.raises(fumaca.Falhou, match=str(erro)):
        fumaca.pedir(endereco)
    assert Balanceador.respostas == [200]
