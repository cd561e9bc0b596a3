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
from oficina_api.borda import SEGURANCA
from oficina_api.origem import de_onde
from oficina_core.dominio.erros import ErroOficina, Indisponivel

registro = logging.getLogger("oficina.api")

KIB = 1024
DEMORA = "O pedido não chegou inteiro a tempo; mande-o de novo."


class Fase(Enum):
    """O que se espera de quem está do outro lado."""

    NADA = auto()
    CABECALHOS = auto()
    CORPO = auto()


class Emendados(Exception):
    """O leitor para aqui: o que falta do que chegou não se lê."""


class Prazos(HttpToolsProtocol):
    """Os cabeçalhos chegam em `prazo` segundos; o corpo, no mesmo prazo mais o que o ritmo dá.

    Com a resposta já dada, o resto do corpo se joga fora por um prazo só, para que quem o manda
    chegue a ler a recusa; e quem não lê o que se lhe manda, nesse mesmo ritmo, também se corta. Um
    endereço só, que não é o do proxy, não toma o lugar dos outros; e, com a casa cheia, quem está
    há mais tempo sem pedir nada cede o seu; se todos pedem, quem deixou o pedido pela metade.
    """

    prazo = 10.0  # segundos
    ritmo = 16 * KIB  # bytes, de lá ou para lá, que compram mais um segundo
    cabecalhos_maximo = 32 * KIB
    pedidos_maximo = 200
    pedidos_por_endereco = 40
    conexoes_maximo = 500
    por_endereco = 100
    emendados_maximo = 4

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._vence: float | None = None  # no relógio do laço; None se nada se espera de lá
        self._vigia: asyncio.TimerHandle | None = None
        self._escoa: asyncio.TimerHandle | None = None
        self._fase = Fase.NADA
        self._lidos = 0  # do que não é corpo, desde o começo do pedido ou do último pedaço dele
        self.parada_desde = self.loop.time()
        self.origem: str | None = None  # None se daí fala mais de um: o proxy, um soquete local

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.origem = self._ler_origem()
        self._esperar()
        self._caber()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._vigia is not None:
            self._vigia.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._escoa = self.loop.call_later(self._paciencia, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._escoa is not None:
            self._escoa.cancel()

    def data_received(self, data: bytes) -> None:
        if self._vence is None and not self.atendendo:
            self._esperar()  # até as linhas em branco entre dois pedidos têm prazo
        self._lidos += len(data)
        super().data_received(data)
        if self._fase is not Fase.NADA and self._lidos > self.cabecalhos_maximo:
            self._cortar(_cabecalho_grande())

    def on_message_begin(self) -> None:
        """Quem emenda pedidos sem esperar as respostas, além de uns poucos, é cortado.

        O uvicorn lê de uma vez todos os que já chegaram: milhares, de quem nada lê de volta.
        """
        super().on_message_begin()
        if len(self.pipeline) >= self.emendados_maximo:
            self.transport.abort()
            raise Emendados
        self._fase = Fase.CABECALHOS
        self._esperar()

    def on_header(self, name: bytes, value: bytes) -> None:
        """O que vem depois do corpo não diz quem pede, nem de onde: se joga fora (RFC 9110)."""
        if self._fase is Fase.CABECALHOS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._fase, self._lidos = Fase.CORPO, 0
        self._esperar()
        if recusa := self._recusar():
            self.scope["state"]["recusa"] = recusa
        super().on_headers_complete()

    def _recusar(self) -> ErroOficina | None:
        """Por que o pedido nem se lê: não serve, ou não cabe agora; a saúde cabe sempre."""
        tamanho = len(self.url) + sum(len(nome) + len(valor) for nome, valor in self.headers)
        if tamanho > self.cabecalhos_maximo:
            return _cabecalho_grande()
        hosts = sum(nome == b"host" for nome, _ in self.headers)
        if hosts != 1 and self.parser.get_http_version() == "1.1":
            return problemas.Malfeito("O pedido diz em Host, uma vez só, a quem se dirige.")
        if self.url.startswith(b"/health"):
            return None
        if self._lotado:
            return Indisponivel("A oficina está lotada; tente de novo.")
        if self._demais_daqui:
            return Indisponivel(
                "Há pedidos demais deste endereço; espere a resposta de um e tente de novo."
            )
        return None

    def on_body(self, body: bytes) -> None:
        self._lidos = 0
        if self._vence is not None and self.atendendo:
            self._vence += len(body) / self.ritmo
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._vence, self._fase, self._lidos = None, Fase.NADA, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._fechar()
        self.parada_desde = self.loop.time()
        if self._fase is Fase.CORPO:
            self._esperar()

    def timeout_keep_alive_handler(self) -> None:
        self._fechar()

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
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
    def chegando(self) -> bool:
        """O pedido já se atende, e o corpo dele, não o do seguinte, ainda não chegou."""
        return self._fase is Fase.CORPO and self.atendendo and not self.pipeline

    @property
    def devendo(self) -> bool:
        """É o outro lado que não anda: o pedido não chegou inteiro, ou a resposta não se lê."""
        return self.flow.write_paused or self.chegando or not (self.atendendo or self.parada)

    @property
    def _abertas(self) -> "list[Prazos]":
        return [uma for uma in self.connections if not uma.transport.is_closing()]  # type: ignore[misc]

    @property
    def _lotado(self) -> bool:
        """O pedido que espera pelo outro lado não ocupa ninguém, e não conta."""
        conexoes, pedidos = len(self.connections), len(self.tasks)
        if conexoes <= self.conexoes_maximo and pedidos < self.pedidos_maximo:
            return False
        abertas = self._abertas
        esperam = sum(uma.atendendo and uma.devendo for uma in abertas)
        return len(abertas) > self.conexoes_maximo or pedidos - esperam >= self.pedidos_maximo

    @property
    def _daqui(self) -> "list[Prazos]":
        """As abertas do mesmo endereço; nenhuma, se daí fala mais de um."""
        return [uma for uma in self._abertas if self.origem and uma.origem == self.origem]

    @property
    def _demais_daqui(self) -> bool:
        if len(self.tasks) < self.pedidos_por_endereco:
            return False
        ocupadas = sum(uma.atendendo and not uma.devendo for uma in self._daqui)
        return ocupadas >= self.pedidos_por_endereco

    @property
    def _paciencia(self) -> float:
        """Segundos para o outro lado ler o que está por mandar."""
        return self.prazo + self.transport.get_write_buffer_size() / self.ritmo

    @property
    def _espera_por_nos(self) -> bool:
        """Quem paramos de ler, ou ainda não deixamos mandar, não está atrasado."""
        if not self.atendendo:
            return False
        if self._fase is Fase.CORPO:
            return self.flow.read_paused or self.cycle.waiting_for_100_continue
        return True

    def _caber(self) -> None:
        """Além do teto do endereço, ou do da casa, uma conexão cede o lugar a esta."""
        abertas, daqui = self._abertas, self._daqui
        if len(daqui) > self.por_endereco:
            (self._mais_parada(daqui) or self).transport.abort()
        elif len(abertas) > self.conexoes_maximo and (
            cede := self._mais_parada(abertas) or self._mais_devedora(abertas)
        ):
            cede.transport.abort()

    def _mais_parada(self, quais: "list[Prazos]") -> "Prazos | None":
        paradas = [uma for uma in quais if uma is not self and uma.parada]
        return min(paradas, key=lambda uma: uma.parada_desde, default=None)

    def _mais_devedora(self, quais: "list[Prazos]") -> "Prazos | None":
        """A mais antiga das que devem, do endereço que tem mais conexões."""
        quantas = Counter(uma.origem for uma in quais)
        devedoras = [uma for uma in quais if uma.devendo]
        return min(
            devedoras, key=lambda uma: (-quantas[uma.origem], uma.parada_desde), default=None
        )

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
            self._fechar()

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
        self._fechar()

    def _fechar(self) -> None:
        """O que falta mandar ainda se manda, mas quem não o lê não segura a conexão."""
        self.loop.call_later(self._paciencia, self.transport.abort)
        self.transport.close()


def _cabecalho_grande() -> ErroOficina:
    return problemas.CabecalhoGrande("O endereço e os cabeçalhos do pedido são grandes demais.")
