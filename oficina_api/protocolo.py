"""O HTTP de cada conexão: quem não manda o pedido a tempo, ou manda demais, é cortado.

O uvicorn espera para sempre por cabeçalhos e corpo que pingam. Vale também sem `oficina api
servir`: `uvicorn --http oficina_api.protocolo:Prazos oficina_api.asgi:app`, ou UVICORN_HTTP.
"""

import asyncio
import logging
from collections import Counter
from enum import Enum, auto
from typing import Any
from uuid import uuid4

from starlette.responses import Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from oficina_api import problemas
from oficina_api.acesso import de_onde
from oficina_api.borda import SEGURANCA
from oficina_core.dominio.erros import ErroOficina, Indisponivel

registro = logging.getLogger("oficina.api")

KIB = 1024
DEMORA = "O pedido não chegou inteiro a tempo; mande-o de novo."


class Fase(Enum):
    """O que se espera de quem está do outro lado."""

    NADA = auto()
    CABECALHOS = auto()
    CORPO = auto()


class Prazos(HttpToolsProtocol):
    """Os cabeçalhos chegam em `prazo` segundos; o corpo, no mesmo prazo mais o que o ritmo dá.

    Com a resposta já dada, o resto do corpo se joga fora por um prazo só, para que quem o manda
    chegue a ler a recusa. Um endereço só, que não é o do proxy, não toma o lugar dos outros; e,
    com a casa cheia, quem está há mais tempo sem pedir nada inteiro cede o seu. A resposta que não
    se lê em `prazo` se larga: quem a deixa parada prende um pedido.
    """

    prazo = 10.0  # segundos
    ritmo = 16 * KIB  # bytes do corpo que compram mais um segundo
    cabecalhos_maximo = 32 * KIB
    pedidos_maximo = 200
    conexoes_maximo = 500
    por_endereco = 100
    pedidos_por_endereco = 40

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._vence: float | None = None  # no relógio do laço; None se nada se espera de lá
        self._vigia: asyncio.TimerHandle | None = None
        self._leitor: asyncio.TimerHandle | None = None  # conta até quando se espera que leia
        self._fase = Fase.NADA
        self._lidos = 0  # do endereço e dos cabeçalhos
        self.parada_desde = self.loop.time()
        self.origem: str | None = None  # None se daí fala mais de um: o proxy, um soquete local

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.transport.set_write_buffer_limits(high=0)  # qualquer byte que não saia já é espera
        self.origem = self._ler_origem()
        self._esperar()
        self._caber()

    def connection_lost(self, exc: Exception | None) -> None:
        for conta in (self._vigia, self._leitor):
            if conta is not None:
                conta.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._leitor = self.loop.call_later(self.prazo, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._leitor is not None:
            self._leitor.cancel()

    def data_received(self, data: bytes) -> None:
        if self._vence is None and not self.atendendo:
            self._esperar()  # até as linhas em branco entre dois pedidos têm prazo
        if self._fase is not Fase.CORPO:
            self._lidos += len(data)
        super().data_received(data)
        if self._fase is Fase.CABECALHOS and self._lidos > self.cabecalhos_maximo:
            self._cortar(_cabecalho_grande())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._fase = Fase.CABECALHOS
        self._esperar()

    def on_headers_complete(self) -> None:
        self._fase = Fase.CORPO
        self._esperar()
        tamanho = len(self.url) + sum(len(nome) + len(valor) for nome, valor in self.headers)
        if tamanho > self.cabecalhos_maximo:
            self.scope["state"]["recusa"] = _cabecalho_grande()
        elif not self.url.startswith(b"/health") and (self._lotado or self._demais_daqui):
            self.scope["state"]["recusa"] = Indisponivel("A oficina está lotada; tente de novo.")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._vence is not None and self.atendendo:
            self._vence += len(body) / self.ritmo
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._vence, self._fase, self._lidos = None, Fase.NADA, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.parada_desde = self.loop.time()
        if self._fase is Fase.CORPO:
            self._esperar()

    def send_400_response(self, msg: str) -> None:
        self._responder(problemas.Malfeito("O que chegou não é um pedido HTTP que se leia."))

    @property
    def atendendo(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _ler_origem(self) -> str | None:
        if self.client is None or (
            isinstance(self.app, ProxyHeadersMiddleware)
            and self.client[0] in self.app.trusted_hosts
        ):
            return None
        return de_onde(self.client[0])

    @property
    def parada(self) -> bool:
        """Não pede nada agora."""
        return self._fase is Fase.NADA and not self.atendendo

    @property
    def pela_metade(self) -> bool:
        """Falta chegar parte do pedido."""
        return self._fase is not Fase.NADA and (self.chegando or not self.atendendo)

    @property
    def chegando(self) -> bool:
        """O pedido já se atende, e o corpo dele, não o do seguinte, ainda não chegou."""
        return self._fase is Fase.CORPO and self.atendendo and not self.pipeline

    @property
    def _abertas(self) -> "list[Prazos]":
        return [uma for uma in self.connections if not uma.transport.is_closing()]  # type: ignore[misc]

    @property
    def _lotado(self) -> bool:
        """O pedido cujo corpo ainda não chegou não ocupa ninguém, e não conta."""
        conexoes, pedidos = len(self.connections), len(self.tasks)
        if conexoes <= self.conexoes_maximo and pedidos < self.pedidos_maximo:
            return False
        abertas = self._abertas
        chegando = sum(uma.chegando for uma in abertas)
        return len(abertas) > self.conexoes_maximo or pedidos - chegando >= self.pedidos_maximo

    @property
    def _demais_daqui(self) -> bool:
        if self.origem is None or len(self.tasks) < self.pedidos_por_endereco:
            return False
        em_curso = sum(uma.atendendo and uma.origem == self.origem for uma in self._abertas)
        return em_curso >= self.pedidos_por_endereco

    @property
    def _espera_por_nos(self) -> bool:
        """Quem paramos de ler, ou ainda não deixamos mandar, não está atrasado."""
        if not self.atendendo:
            return False
        if self._fase is Fase.CORPO:
            return self.flow.read_paused or self.cycle.waiting_for_100_continue
        return True

    def _caber(self) -> None:
        """Além do teto do endereço, ou do da casa, outra conexão se fecha por esta.

        Uma parada, ou um pedido pela metade: a mais antiga de onde vêm mais.
        """
        abertas = self._abertas
        daqui = [uma for uma in abertas if self.origem is not None and uma.origem == self.origem]
        demais = len(daqui) > self.por_endereco
        if not demais and len(abertas) <= self.conexoes_maximo:
            return
        outras = [uma for uma in (daqui if demais else abertas) if uma is not self]
        quantas = Counter(uma.origem for uma in outras)
        paradas = [uma for uma in outras if uma.parada]
        if cedem := paradas or [uma for uma in outras if uma.pela_metade]:
            min(cedem, key=lambda uma: (-quantas[uma.origem], uma.parada_desde)).transport.abort()
        elif demais:
            self.transport.abort()

    def _esperar(self) -> None:
        self._vence = self.loop.time() + self.prazo
        if self._vigia is None or self._vigia.when() > self._vence:
            self._vigiar(self._vence)

    def _vigiar(self, quando: float) -> None:
        if self._vigia is not None:
            self._vigia.cancel()
        self._vigia = self.loop.call_at(quando, self._conferir)

    def _conferir(self) -> None:
        """O vigia não anda a cada byte: ao acordar, vê se o prazo mudou e dorme o que falta."""
        self._vigia = None
        if self._vence is None or self.transport.is_closing():
            return
        if self._espera_por_nos:
            self._vence = self.loop.time() + self.prazo
        if self._vence > self.loop.time():
            self._vigiar(self._vence)
        else:
            self._cortar(problemas.Demora(DEMORA))

    def _cortar(self, motivo: ErroOficina) -> None:
        """Com a recusa, se ainda cabe: há pedido pela metade, e nada se respondeu a ele."""
        registro.info("conexão cortada", extra={"motivo": type(motivo).__name__})
        if self._fase is Fase.CORPO and self.atendendo and not self.cycle.response_started:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._responder(motivo)
        elif self._fase is Fase.CABECALHOS and not self.atendendo:
            self._responder(motivo)
        else:
            self.transport.close()

    def _responder(self, motivo: ErroOficina) -> None:
        """Fora do ciclo do ASGI: ainda não há pedido, ou ele não chegou a ser um."""
        numero = str(uuid4())
        resposta: Response = problemas.problema(motivo, numero)
        cabecalhos = [
            *self.server_state.default_headers,
            *resposta.raw_headers,
            *SEGURANCA.items(),
            (b"x-request-id", numero.encode()),
            (b"connection", b"close"),
        ]
        linhas = [b"%b: %b\r\n" % par for par in cabecalhos]
        self.transport.write(
            b"".join([STATUS_LINE[resposta.status_code], *linhas, b"\r\n", bytes(resposta.body)])
        )
        self.transport.close()


def _cabecalho_grande() -> ErroOficina:
    return problemas.CabecalhoGrande("O endereço e os cabeçalhos do pedido são grandes demais.")
