"""Quem pede: uma conexão que fica aberta, sem biblioteca no meio para não se medir a ela."""

import socket
from dataclasses import dataclass
from time import perf_counter
from typing import Self

PACIENCIA = 60  # segundos
FIM_DOS_CABECALHOS = b"\r\n\r\n"
TAMANHO = b"\r\ncontent-length: "


def pedido(verbo: str, caminho: str, token: str = "", corpo: bytes = b"") -> bytes:
    """O pedido inteiro, montado uma vez só."""
    linhas = [f"{verbo} {caminho} HTTP/1.1", "Host: localhost"]
    if token:
        linhas.append(f"Authorization: Bearer {token}")
    if corpo:
        linhas += ["Content-Type: application/json", f"Content-Length: {len(corpo)}"]
    return "\r\n".join([*linhas, "", ""]).encode() + corpo


@dataclass(frozen=True, slots=True)
class Resposta:
    status: int
    corpo: bytes
    segundos: float


class Conexao:
    def __init__(self, porta: int) -> None:
        self._rede = socket.create_connection(("127.0.0.1", porta), timeout=PACIENCIA)
        self._rede.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rede.close()

    def pedir(self, pedido: bytes) -> Resposta:
        inicio = perf_counter()
        self._rede.sendall(pedido)
        lido = self._receber()
        while (fim := lido.find(FIM_DOS_CABECALHOS)) < 0:
            lido += self._receber()
        cabecalhos, corpo = lido[:fim], lido[fim + len(FIM_DOS_CABECALHOS) :]
        tamanho = int(cabecalhos.lower().partition(TAMANHO)[2].partition(b"\r\n")[0] or 0)
        while len(corpo) < tamanho:
            corpo += self._receber()
        return Resposta(int(cabecalhos[9:12]), corpo, perf_counter() - inicio)

    def exigir(self, pedido: bytes, status: int = 200) -> Resposta:
        """A resposta, se é a que se espera: erro também é rápido."""
        resposta = self.pedir(pedido)
        if resposta.status != status:
            raise RuntimeError(f"veio {resposta.status}: {resposta.corpo[:500]!r}")
        return resposta

    def _receber(self) -> bytes:
        if not (parte := self._rede.recv(1 << 18)):
            raise RuntimeError("o servidor fechou a conexão")
        return parte
