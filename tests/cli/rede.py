"""Uma API combinada, para os testes da oficina remota."""

from itertools import chain, repeat

import httpx2

from oficina_cli.remota import OficinaRemota
from oficina_core.casos.clientes import CriarCliente, VerCliente
from oficina_core.dominio import erros

ANA = CriarCliente(nome="Ana", telefone="11987654321")
VER = VerCliente(cliente_id=7)
Resposta = httpx2.Response | Exception


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


def problema(erro: erros.ErroOficina, status: int = 409, **cabecalhos: str) -> httpx2.Response:
    corpo = {"codigo": erro.codigo, "detail": str(erro), "erros": []}
    return httpx2.Response(status, json=corpo, headers=cabecalhos)
