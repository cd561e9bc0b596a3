"""A borda: o que vale para toda resposta, também a do erro que ninguém esperava.

Por ela passa todo pedido antes de qualquer outra parte: número, cabeçalhos de segurança, registro
de acesso, medidas e o último recurso.
"""

import logging
import re
from collections.abc import Collection
from threading import Event
from time import perf_counter
from typing import Any
from uuid import uuid4

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oficina_api import problemas
from oficina_api.metricas import OUTRO, Metricas
from oficina_api.observabilidade import ATENDENDO
from oficina_core.dominio.erros import DadoInvalido, ErroOficina

registro = logging.getLogger("oficina.api")

# Um UUID, ou de 16 a 64 hexadecimais com uma letra: nenhum telefone ou documento tem essa forma.
REQUISICAO = re.compile(
    "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{16,64}", re.IGNORECASE
)
TRACEPARENT = re.compile(
    "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)

# Sem HSTS: quem fala TLS é quem está na frente, e só ele sabe se o nome inteiro o fala.
SEGURANCA = {
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
    b"referrer-policy": b"no-referrer",
}

CORS_ACEITOS = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"),
    *("X-Loja", "X-Request-ID", "traceparent"),
)
CORS_MOSTRADOS = (*("ETag", "Link", "Retry-After", "X-Request-ID", "X-Total"),)


def camadas(
    origens: Collection[str], metricas: Metricas | None, saindo: Event
) -> tuple[Middleware, ...]:
    """A borda, o CORS das páginas que possam chamar a API, se há, e o último recurso, nesta ordem.

    O CORS fica por fora do erro inesperado: a página também lê esse problema.
    """
    if "*" in origens:
        raise DadoInvalido("CORS_ORIGINS diz cada origem por inteiro; * não serve.", "cors_origins")
    cors = Middleware(
        CORSMiddleware,
        allow_origins=origens,
        allow_methods=("GET", "POST", "PUT"),
        allow_headers=CORS_ACEITOS,
        expose_headers=CORS_MOSTRADOS,
    )
    recurso = Middleware(UltimoRecurso)
    borda = Middleware(Borda, metricas or Metricas(), saindo)
    return (borda, *([cors] if origens else []), recurso)


class Borda:
    """Fica por fora de todas as camadas da aplicação; `saindo` diz que o processo se despede."""

    def __init__(self, app: ASGIApp, metricas: Metricas, saindo: Event) -> None:
        self._app, self._metricas, self._saindo = app, metricas, saindo

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # HEAD é o GET sem o corpo: as rotas só conhecem o GET.
        sem_corpo = scope["method"] == "HEAD"
        dentro = {**scope, "method": "GET"} if sem_corpo else scope
        passagem = Passagem(dentro, send, sem_corpo=sem_corpo, saindo=self._saindo)
        ATENDENDO.set(passagem.correlacao)
        with self._metricas.atendendo():
            try:
                await self._app(passagem.scope, receive, passagem.enviar)
            finally:
                self._contar(passagem)

    def _contar(self, passagem: "Passagem") -> None:
        """Uma linha e uma medida; o endereço entra só como o modelo da rota que o atendeu."""
        rota = getattr(passagem.scope.get("route"), "path", OUTRO)
        segundos = (passagem.fim or perf_counter()) - passagem.inicio
        status = passagem.status or 0
        self._metricas.respondeu(passagem.metodo, rota, status, segundos)
        numero = passagem.scope["state"].get("erro_do_banco")
        registro.info(
            "pedido",
            extra={
                "metodo": passagem.metodo,
                "rota": rota,
                "resposta": status,
                "duracao_ms": round(segundos * 1000, 1),
                **({} if numero is None else {"erro_do_banco": numero}),
            },
        )


class UltimoRecurso:
    """O que se responde quando o pedido já chega recusado, ou quando ninguém esperava o erro."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        recusa: ErroOficina | None = scope["state"].get("recusa")
        requisicao, comecou = scope["state"]["requisicao"], False

        async def enviar(mensagem: Message) -> None:
            nonlocal comecou
            comecou = True
            await send(mensagem)

        app = self._app if recusa is None else problemas.problema(recusa, requisicao)
        try:
            await app(scope, receive, enviar)
        except Exception:
            if comecou:
                raise  # o servidor registra o erro e corta a conexão
            registro.exception("erro inesperado")
            await problemas.inesperado(requisicao)(scope, receive, send)


class Passagem:
    """Um pedido que atravessa a borda, e o que se sabe da resposta dele."""

    def __init__(self, scope: Scope, send: Send, *, sem_corpo: bool, saindo: Event) -> None:
        self.scope, self._send, self._sem_corpo, self._saindo = scope, send, sem_corpo, saindo
        self.metodo = "HEAD" if sem_corpo else str(scope["method"])
        self.inicio, self.fim = perf_counter(), 0.0
        self.status: int | None = None
        ditos = {nome: valor.decode("latin-1") for nome, valor in scope["headers"]}
        veio = ditos.get(b"x-request-id", "")
        self.requisicao = veio if REQUISICAO.fullmatch(veio) else str(uuid4())
        scope.setdefault("state", {})["requisicao"] = self.requisicao
        self.correlacao = {"requisicao": self.requisicao}
        if lido := TRACEPARENT.fullmatch(ditos.get(b"traceparent", "")):
            self.correlacao["trace_id"] = lido[1]

    async def enviar(self, mensagem: Message) -> None:
        if mensagem["type"] == "http.response.start":
            self.status = mensagem["status"]
            mensagem = {**mensagem, "headers": self._cabecalhos(mensagem.get("headers", ()))}
        elif self._sem_corpo:
            if self.fim:
                return  # o que seria o resto do corpo
            mensagem = {**mensagem, "body": b"", "more_body": False}
        if mensagem["type"] == "http.response.body" and not mensagem.get("more_body", False):
            self.fim = perf_counter()
        await self._send(mensagem)

    def _cabecalhos(self, ditos: Any) -> list[tuple[bytes, bytes]]:
        """Os da resposta, que valem mais, e os que faltam: a página do cliente tem a CSP dela."""
        cabecalhos = list(ditos)
        presentes = {nome for nome, _ in cabecalhos}
        cabecalhos += [par for par in SEGURANCA.items() if par[0] not in presentes]
        cabecalhos.append((b"x-request-id", self.requisicao.encode()))
        if self._saindo.is_set():
            cabecalhos.append((b"connection", b"close"))
        return cabecalhos
