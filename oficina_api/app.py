"""A API: uma rota por caso de uso do catálogo, e nada mais."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from hashlib import sha256
from threading import Event
from typing import Annotated, Any
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import Depends, FastAPI, Request, Response
from starlette.background import BackgroundTask

from oficina_api import borda, esquemas, problemas
from oficina_api.metricas import Metricas
from oficina_api.pedidos import KIB, conhecido, ler_caso, ler_pedido, ler_simular, receber
from oficina_api.problemas import CorpoGrande
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Recepcao
from oficina_core.casos.traducao import canonico
from oficina_core.catalogo import PUBLICADAS, Rota
from oficina_core.dominio.acesso import Sujeito, recusa

Dependencia = Callable[..., Any]  # do FastAPI; a daqui devolve o Sujeito
Vida = Callable[[FastAPI], AbstractAsyncContextManager[None]]

SEM_PAGINAS: dict[str, Any] = {  # as do FastAPI buscam tudo fora; as nossas estão em documentos.py
    "docs_url": None,
    "redoc_url": None,
    "openapi_url": None,
    "redirect_slashes": False,
    "telemetry": {"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
}

# Tantos quantas as conexões do MySQL, mais dois para quem calcula sem elas: a fila que sobra espera
# na entrada, sem gastar fio. Com os 40 de fábrica, 37 esperariam no banco até virar 503.
FIOS = 5
CORPO_DE_FORA = 64 * KIB  # de quem não pode pedir: até aí se lê, e a oficina diz por que não


def criar_app(
    oficina: Recepcao,
    identificar: Dependencia,
    *,
    metricas: Metricas | None = None,
    origens: Collection[str] = (),
    vida: Vida | None = None,
) -> FastAPI:
    """A API desta oficina; `identificar` diz em nome de quem cada pedido chega.

    `origens` são as páginas que podem chamá-la (CORS) e `vida`, o que abre e fecha com ela. Em
    `app.state.saindo` se sabe que o processo se despede: quem transmite sem fim para por aí.
    """
    saindo = Event()
    app = FastAPI(
        **SEM_PAGINAS,
        middleware=borda.camadas(origens, metricas, saindo),
        lifespan=_viver(vida),
    )
    app.state.saindo = saindo
    problemas.instalar(app)
    for caminho, verbos in problemas.ENCOBERTOS.items():
        recusar = problemas.nao_atende(caminho)
        app.add_api_route(caminho, recusar, methods=sorted(verbos), include_in_schema=False)
    for rota in PUBLICADAS:
        _publicar(app, rota, _atendente(rota, oficina, identificar, metricas))
    esquemas.instalar(app)
    return app


def _viver(vida: Vida | None) -> Vida:
    @asynccontextmanager
    async def viver(app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = FIOS
        async with vida(app) if vida else nullcontext():
            yield

    return viver


def _atendente(
    rota: Rota, oficina: Recepcao, identificar: Dependencia, metricas: Metricas | None
) -> Callable[..., Response]:
    async def ler_corpo(
        request: Request, sujeito: Annotated[Sujeito, Depends(identificar)]
    ) -> bytes:
        """De quem é de fora não se espera o corpo grande de um pedido que não é dele."""
        if sujeito.externo is None or sujeito.externo in rota.papeis:
            return await receber(request, rota.limite)
        try:
            return await receber(request, CORPO_DE_FORA)
        except CorpoGrande:
            raise recusa(sujeito.externo) from None

    def atender(
        request: Request,
        sujeito: Annotated[Sujeito, Depends(identificar)],
        corpo: Annotated[bytes, Depends(ler_corpo)],
    ) -> Response:
        caso, pedido = ler_caso(rota, request, corpo), ler_pedido(request)
        balcao = oficina.como(sujeito)
        if ler_simular(request):
            return _responder(request, 200, balcao.simular(caso, pedido))
        if metricas is None:
            return _responder(request, rota.status, balcao.executar(caso, pedido))
        resultado, falta_medir = metricas.executar(balcao, caso, pedido)
        resposta = _responder(request, rota.status, resultado)
        resposta.background = BackgroundTask(falta_medir) if falta_medir else None
        return resposta

    return atender


def _publicar(app: FastAPI, rota: Rota, atender: Callable[..., Response]) -> None:
    app.add_api_route(rota.caminho, atender, methods=[rota.verbo], status_code=rota.status)


def _responder(request: Request, status: int, resultado: Any) -> Response:
    cabecalhos: dict[str, str] = {}
    if isinstance(resultado, Pagina):
        cabecalhos = _da_pagina(request, resultado)
        resultado = resultado.itens
    corpo = canonico(resultado).encode()
    versao = getattr(resultado, "versao", None)
    leitura = request.method == "GET"
    if leitura or versao is not None:
        conteudo = sha256("\n".join([*cabecalhos.values(), ""]).encode() + corpo).hexdigest()[:16]
        cabecalhos["ETag"] = f'"{conteudo}"' if versao is None else f'"{versao}-{conteudo}"'
    if leitura and conhecido(request, cabecalhos["ETag"]):
        return Response(status_code=304, headers=cabecalhos)
    return Response(corpo, status, cabecalhos, "application/json")


def _da_pagina(request: Request, pagina: Pagina[Any]) -> dict[str, str]:
    """A lista vai nua no corpo; de onde continuar e o total vão ao lado (RFC 8288)."""
    cabecalhos = {}
    if pagina.proximo is not None:
        filtro = {**request.query_params, "cursor": pagina.proximo}
        cabecalhos["Link"] = f'<{request.url.path}?{urlencode(filtro)}>; rel="next"'
    if pagina.total is not None:
        cabecalhos["X-Total"] = str(pagina.total)
    return cabecalhos
