"""A conferência insiste enquanto o balanceador se acerta, e só no que passa sozinho."""

import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from tests.implantacao.ferramentas import ferramenta


class Balanceador(BaseHTTPRequestHandler):
    """Responde, a cada pedido, o que está por responder; anota quem pediu o quê."""

    respostas: ClassVar[list[int]] = []
    pedidos: ClassVar[list[tuple[str, str, str | None]]] = []

    def do_GET(self) -> None:
        self.pedidos.append((self.command, self.path, self.headers["Authorization"]))
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(self.respostas.pop(0))
        self.end_headers()
        self.wfile.write(b'{"nome": "oficina", "access_token": "abc"}')

    do_POST = do_GET  # noqa: N815  (o nome é o que a biblioteca procura)

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
    assert fumaca.pedir(endereco)["nome"] == "oficina"
    assert Balanceador.respostas == []


def test_passa_pela_casa_pelo_banco_pela_entrada_e_le(
    fumaca: Any, endereco: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = tmp_path / "aws"
    aws.write_text('#!/bin/sh\necho \'{"cpf": "11144477735", "senha": "uma senha"}\'\n')
    aws.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    Balanceador.respostas[:], Balanceador.pedidos[:] = [200] * 4, []
    fumaca.conferir(endereco, "oficina/fumaca")
    assert Balanceador.pedidos == [
        ("GET", "/", None),
        ("GET", "/health/ready", None),
        ("POST", "/auth", None),
        ("GET", "/ordens?limite=1", "Bearer abc"),
    ]


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
