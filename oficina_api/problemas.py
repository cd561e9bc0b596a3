"""Todo erro sai como application/problem+json (RFC 9457), de uma tabela só.

O que se mostra é o texto final do erro; o valor que alguém mandou não volta na resposta.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from oficina_core.dominio import erros


class CorpoGrande(erros.DadoInvalido):
    """O corpo passa do limite da rota."""


class TipoErrado(erros.DadoInvalido):
    """O corpo não é JSON."""


class VersaoAusente(erros.DadoInvalido):
    """Quem troca um registro diz que versão viu."""


TABELA: Mapping[type[erros.ErroOficina], tuple[int, str]] = {
    erros.DadoInvalido: (422, "Dado inválido"),
    CorpoGrande: (413, "Corpo grande demais"),
    TipoErrado: (415, "Tipo de conteúdo não aceito"),
    VersaoAusente: (428, "Falta a versão"),
    erros.NaoEncontrado: (404, "Não encontrado"),
    erros.NaoIdentificado: (401, "Não identificado"),
    erros.AcessoNegado: (403, "Acesso negado"),
    erros.Conflito: (409, "Conflito"),
    erros.VersaoAntiga: (412, "Versão antiga"),
    erros.RegraViolada: (409, "Regra da oficina"),
    erros.Indisponivel: (503, "Indisponível"),
    erros.ErroOficina: (500, "Erro inesperado"),
}

CABECALHOS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": "1"},
}

REQUISICAO = re.compile("[A-Za-z0-9-]{8,64}")


def instalar(app: FastAPI) -> None:
    app.add_exception_handler(erros.ErroOficina, _recusar)
    app.add_exception_handler(RequestValidationError, _recusar_forma)
    app.add_exception_handler(HTTPException, _recusar_http)
    app.add_exception_handler(Exception, _recusar_inesperado)


def requisicao(request: Request) -> str:
    """O número do pedido: o que veio em X-Request-ID, se serve, ou um novo; sempre o mesmo."""
    if not hasattr(request.state, "requisicao"):
        veio = request.headers.get("X-Request-ID", "")
        request.state.requisicao = veio if REQUISICAO.fullmatch(veio) else str(uuid4())
    return str(request.state.requisicao)


def _recusar(request: Request, erro: Exception) -> Response:
    tabelados = (TABELA[tipo] for tipo in type(erro).__mro__ if tipo in TABELA)
    return _problema(request, erro, *next(tabelados))


def _recusar_forma(request: Request, _: Exception) -> Response:
    return _recusar(request, erros.DadoInvalido("O pedido não tem a forma que a API aceita."))


def _recusar_http(request: Request, erro: Exception) -> Response:
    """O que o próprio roteador recusa: endereço ou verbo que não existe."""
    status = erro.status_code if isinstance(erro, HTTPException) else 500
    if status == HTTPStatus.NOT_FOUND:
        return _recusar(request, erros.NaoEncontrado("Este endereço não existe; veja /docs."))
    recusa = erros.DadoInvalido("A API não atende esse pedido neste endereço; veja /docs.")
    resposta = _problema(request, recusa, status, HTTPStatus(status).phrase)
    resposta.headers.update(getattr(erro, "headers", None) or {})
    return resposta


def _recusar_inesperado(request: Request, _: Exception) -> Response:
    return _recusar(
        request,
        erros.ErroOficina(
            "A oficina teve um erro inesperado; tente de novo e, se repetir, informe o número "
            f"{requisicao(request)}."
        ),
    )


def _problema(request: Request, erro: Exception, status: int, titulo: str) -> Response:
    codigo = getattr(erro, "codigo", erros.ErroOficina.codigo)
    corpo = {
        "type": f"urn:oficina:erro:{codigo}",
        "title": titulo,
        "status": status,
        "detail": str(erro),
        "codigo": codigo,
        "request_id": requisicao(request),
        "erros": _linhas(erro),
    }
    return Response(
        json.dumps(corpo, ensure_ascii=False),
        status,
        headers={"X-Request-ID": requisicao(request), **CABECALHOS.get(status, {})},
        media_type="application/problem+json",
    )


def _linhas(erro: Exception) -> list[dict[str, str]]:
    """O campo que não serve e, um por linha, o que há a corrigir."""
    campo = getattr(erro, "campo", None)
    onde = {} if campo is None else {"campo": campo}
    detalhes = getattr(erro, "detalhes", ())
    return [onde | {"detalhe": detalhe} for detalhe in detalhes] or ([onde] if onde else [])
