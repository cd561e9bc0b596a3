"""Quem ouve GET /eventos, aviso por aviso, como um navegador."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Self

from oficina_api.contrato.avulsas import EVENTO

PACIENCIA = 10  # segundos
TIPOS = EVENTO["properties"]["event"]["enum"]


@dataclass(frozen=True)
class Ouvido:
    """Um evento da transmissão."""

    id: str
    tipo: str
    dados: Any


class Escuta:
    """Uma transmissão aberta."""

    def __init__(self, porta: int, **cabecalhos: str) -> None:
        self._http = HTTPConnection("127.0.0.1", porta, timeout=PACIENCIA)
        nomes = {nome.replace("_", "-"): valor for nome, valor in cabecalhos.items()}
        self._http.request("GET", "/eventos", headers=nomes)
        self.resposta = self._http.getresponse()
        self._linhas = self._ler()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.resposta.close()
        self._http.close()

    def proximo(self) -> Ouvido | None:
        """O que vem a seguir; None se a transmissão terminou em ordem."""
        campos: dict[str, str] = {}
        for linha in self._linhas:
            nome, _, valor = linha.partition(": ")
            if nome:
                campos[nome] = valor
            elif campos and not linha:  # o comentário é um campo sem nome, e não se guarda
                assert campos["event"] in TIPOS
                return Ouvido(campos["id"], campos["event"], json.loads(campos["data"]))
        return None

    def _ler(self) -> Iterator[str]:
        """As linhas; IncompleteRead se cortam a transmissão no meio."""
        resto = b""
        while parte := self.resposta.read1(65536):
            *linhas, resto = (resto + parte).split(b"\n")
            yield from (linha.decode() for linha in linhas)

    def ate(self, cliente_id: int) -> list[Ouvido]:
        """O que se ouve de clientes, até o aviso deste."""
        ouvidos: list[Ouvido] = []
        while not ouvidos or ouvidos[-1].dados["entidade_id"] != cliente_id:
            ouvido = self.proximo()
            assert ouvido is not None, ouvidos
            if ouvido.dados.get("entidade") == "clientes":
                ouvidos.append(ouvido)
        return ouvidos
