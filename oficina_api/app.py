"""A API: uma rota por caso de uso do catálogo, e nada mais."""

from collections.abc import Callable
from hashlib import sha256
from inspect import getdoc
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request, Response

from oficina_api import esquemas, problemas
from oficina_api.pedidos import ler_caso, ler_pedido, ler_simular, receber
from oficina_api.problemas import requisicao
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Recepcao
from oficina_core.casos.traducao import canonico
from oficina_core.catalogo import PUBLICADAS, Rota
from oficina_core.dominio.acesso import Sujeito

Identificar = Callable[..., Any]  # dependência do FastAPI que devolve o Sujeito


def criar_app(oficina: Recepcao, identificar: Identificar) -> FastAPI:
    """A API desta oficina; `identificar` diz em nome de quem cada pedido chega."""
    app = FastAPI(
        title="Oficina",
        description="Gestão de oficina mecânica.",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    problemas.instalar(app)
    for rota in PUBLICADAS:
        _publicar(app, rota, oficina, identificar)
    esquemas.instalar(app)
    return app


def _publicar(app: FastAPI, rota: Rota, oficina: Recepcao, identificar: Identificar) -> None:
    async def ler_corpo(request: Request) -> bytes:
        return await receber(request, rota.limite)

    def atender(
        request: Request,
        sujeito: Annotated[Sujeito, Depends(identificar)],
        corpo: Annotated[bytes, Depends(ler_corpo)],
    ) -> Response:
        caso, pedido = ler_caso(rota, request, corpo), ler_pedido(request)
        balcao = oficina.como(sujeito)
        if ler_simular(request):
            return _responder(request, 200, balcao.simular(caso, pedido))
        return _responder(request, rota.status, balcao.executar(caso, pedido))

    app.add_api_route(
        rota.caminho,
        atender,
        methods=[rota.verbo],
        status_code=rota.status,
        operation_id=rota.caso.__name__,
        summary=(getdoc(rota.caso) or "").partition("\n")[0],
        description=getdoc(rota.caso),
        tags=[rota.caminho.split("/")[1]],
    )


def _responder(request: Request, status: int, resultado: Any) -> Response:
    cabecalhos = {"X-Request-ID": requisicao(request)}
    if isinstance(resultado, Pagina):
        cabecalhos |= _da_pagina(request, resultado)
        resultado = resultado.itens
    corpo = canonico(resultado).encode()
    if (versao := getattr(resultado, "versao", None)) is not None:
        cabecalhos["ETag"] = f'"{versao}-{sha256(corpo).hexdigest()[:16]}"'
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
