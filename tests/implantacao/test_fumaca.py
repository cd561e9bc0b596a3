"""A conferência insiste enquanto o balanceador se acerta, e só no que passa sozinho."""

import os
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from tests.implantacao.ferramentas import ferramenta


class Balanceador(BaseHTTPRequestHandler):
    """Responde, a cada pedido, o que está por responder; anota quem pediu o quê."""

    corpo: ClassVar[bytes] = b'{"nome": "oficina", "access_token": "abc"}'
    respostas: ClassVar[list[int]] = []
    pedidos: ClassVar[list[tuple[str, str, str | None]]] = []

    def do_GET(self) -> None:
        self.pedidos.append((self.command, self.path, self.headers["Authorization"]))
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(self.respostas.pop(0))
        self.send_header("Location", "/de-outro")
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(self.corpo)

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
    fumaca.conferir(endereco, fumaca.quem_confere("oficina/fumaca"))
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


def test_quem_desvia_nao_leva_o_token(fumaca: Any, endereco: str) -> None:
    Balanceador.respostas[:], Balanceador.pedidos[:] = [302, 200], []
    with pytest.raises(fumaca.Falhou, match="302"):
        fumaca.pedir(endereco, token="segredo")  # noqa: S106
    assert [caminho for _, caminho, _ in Balanceador.pedidos] == ["/"]


@pytest.mark.parametrize(
    "corpo", [b"", b"[1]", b"<html>", b"[" * 100_000, b" " * (3 * 1024 * 1024)], ids=len
)
def test_o_que_nao_e_da_oficina_se_diz_sem_rastro(
    fumaca: Any, endereco: str, monkeypatch: pytest.MonkeyPatch, corpo: bytes
) -> None:
    monkeypatch.setattr(Balanceador, "corpo", corpo)
    monkeypatch.setattr(fumaca, "TENTATIVAS", 1)
    Balanceador.respostas[:] = [200]
    with pytest.raises(fumaca.Falhou, match=r"não respondeu bem|não é a oficina"):
        fumaca.conferir(endereco, {})
