"""Um uvicorn de verdade em uma porta desta máquina, e a conversa com ele byte a byte."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from time import monotonic, sleep
from typing import Any

from fastapi import FastAPI

from oficina_api.servidor import Servidor, preparar

PACIENCIA = 10  # segundos; nenhum teste mede tempo, só não espera para sempre


@dataclass
class NoAr:
    """O servidor, a porta e as conexões que um teste abriu."""

    servidor: Servidor
    porta: int
    conexoes: list[socket.socket] = field(default_factory=list)

    def conectar(self, inicio: bytes = b"", de: str = "127.0.0.1") -> socket.socket:
        conexao = socket.create_connection(
            ("127.0.0.1", self.porta), timeout=PACIENCIA, source_address=(de, 0)
        )
        self.conexoes.append(conexao)
        conexao.sendall(inicio)
        return conexao

    def pedir(self, verbo: str, caminho: str, corpo: bytes | None = None) -> HTTPResponse:
        http = HTTPConnection("127.0.0.1", self.porta, timeout=PACIENCIA)
        http.request(verbo, caminho, corpo, {"Content-Type": "application/json"})
        resposta = http.getresponse()
        self.conexoes.append(http.sock)
        return resposta


@contextmanager
def no_ar(app: FastAPI, local: str | None = None, **opcoes: Any) -> Iterator[NoAr]:
    """Em uma porta e, se se diz, também em um soquete local."""
    escutas = [socket.create_server(("127.0.0.1", 0))]
    if local is not None:
        escutas.append(socket.socket(socket.AF_UNIX))
        escutas[1].bind(local)
    servidor = preparar(app, **opcoes)
    fio = Thread(target=servidor.run, kwargs={"sockets": escutas})
    fio.start()
    aguardar(lambda: servidor.started)
    atendente = NoAr(servidor, escutas[0].getsockname()[1])
    try:
        yield atendente
    finally:
        for conexao in atendente.conexoes:
            if conexao is not None:
                conexao.close()
        servidor.should_exit = True
        fio.join()


def aguardar(pronto: Callable[[], bool], paciencia: float = PACIENCIA) -> None:
    fim = monotonic() + paciencia
    while not pronto():
        assert monotonic() < fim, "não aconteceu a tempo"
        sleep(0.01)


def ate_fechar(conexao: socket.socket) -> bytes:
    """Tudo o que o servidor ainda disse antes de cortar; vazio se cortou calado."""
    dito = b""
    try:
        while parte := conexao.recv(65536):
            dito += parte
    except ConnectionResetError:
        pass
    return dito


def pingar(conexoes: list[socket.socket], intervalo: float, paciencia: float) -> int:
    """Manda um byte por vez em todas; quantas o servidor cortou dentro da paciência."""
    abertas, fim = list(conexoes), monotonic() + paciencia
    while abertas and monotonic() < fim:
        for conexao in list(abertas):
            if _cortada(conexao):
                abertas.remove(conexao)
        sleep(intervalo)
    return len(conexoes) - len(abertas)


def _cortada(conexao: socket.socket) -> bool:
    conexao.settimeout(0)
    try:
        conexao.send(b"x")
        while conexao.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
