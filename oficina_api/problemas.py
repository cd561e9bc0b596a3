"""Todo erro sai como application/problem+json (RFC 9457), de uma tabela só.

O que se mostra é o texto final do erro; o valor que alguém mandou não volta na resposta.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from oficina_core.catalogo import PUBLICADAS
from oficina_core.dominio import erros


class CorpoGrande(erros.DadoInvalido):
    """O corpo passa do limite da rota."""


class TipoErrado(erros.DadoInvalido):
    """O corpo não é JSON, ou vem comprimido."""


class VersaoAusente(erros.DadoInvalido):
    """Quem troca um registro diz que versão viu."""


class Malfeito(erros.DadoInvalido):
    """O que chegou não é HTTP."""


class Demora(erros.DadoInvalido):
    """O pedido não chegou inteiro no prazo."""


class CabecalhoGrande(erros.DadoInvalido):
    """O endereço e os cabeçalhos passam do que se lê."""


TABELA: Mapping[type[erros.ErroOficina], tuple[int, str]] = {
    erros.DadoInvalido: (422, "Dado inválido"),
    Malfeito: (400, "Pedido malfeito"),
    Demora: (408, "Pedido incompleto"),
    CorpoGrande: (413, "Corpo grande demais"),
    TipoErrado: (415, "Tipo de conteúdo não aceito"),
    VersaoAusente: (428, "Falta a versão"),
    CabecalhoGrande: (431, "Cabeçalhos grandes demais"),
    erros.NaoEncontrado: (404, "Não encontrado"),
    erros.NaoIdentificado: (401, "Não identificado"),
    erros.AcessoNegado: (403, "Acesso negado"),
    erros.Conflito: (409, "Conflito"),
    erros.VersaoAntiga: (412, "Versão antiga"),
    erros.RegraViolada: (409, "Regra da oficina"),
    erros.Indisponivel: (503, "Indisponível"),
    erros.MuitasTentativas: (429, "Tentativas demais"),
    erros.ErroOficina: (500, "Erro inesperado"),
}

CABECALHOS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": "1"},
}

VERBOS = {
    rota.caminho: {str(outra.verbo) for outra in PUBLICADAS if outra.caminho == rota.caminho}
    for rota in PUBLICADAS
}

# O que o endereço fixo não atende e o que tem um id no lugar atenderia: PUT /kits/importacao.
ENCOBERTOS = {
    fixo: deles - seus
    for fixo, seus in VERBOS.items()
    for outro, deles in VERBOS.items()
    if "{" not in fixo and "{" in outro and re.fullmatch(re.sub("{.+?}", "[^/]+", outro), fixo)
}


def instalar(app: FastAPI) -> None:
    app.add_exception_handler(erros.ErroOficina, _recusar)
    app.add_exception_handler(RequestValidationError, _recusar_forma)
    app.add_exception_handler(HTTPException, _recusar_http)
    app.add_exception_handler(ClientDisconnect, _recusar_metade)


def requisicao(request: Request) -> str:
    """O número do pedido, que a borda deu ou aceitou."""
    return str(request.state.requisicao)


def situar(erro: erros.ErroOficina) -> tuple[int, str]:
    """O status e o título que a tabela dá a um erro, pelo parente mais próximo."""
    return next(TABELA[tipo] for tipo in type(erro).__mro__ if tipo in TABELA)


def problema(erro: erros.ErroOficina, requisicao: str) -> Response:
    """A resposta que a tabela dá a um erro; também a de quem responde antes do roteador."""
    return _montar(erro, requisicao, *situar(erro))


def inesperado(requisicao: str) -> Response:
    """O que se diz de um defeito do programa: nada dele, só por onde o achar no registro."""
    return problema(
        erros.ErroOficina(
            "A oficina teve um erro inesperado; tente de novo e, se repetir, informe o número "
            f"{requisicao}."
        ),
        requisicao,
    )


def nao_atende(caminho: str) -> Callable[[], Awaitable[Response]]:
    """O que responde aos verbos que esse endereço não tem."""

    async def recusar() -> Response:
        raise HTTPException(
            HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(VERBOS[caminho])}
        )

    return recusar


# Todas no laço: fora dele esperariam um fio, e é com todos presos que mais se recusa.


async def _recusar(request: Request, erro: Any) -> Response:
    if erro.__cause__ is not None:
        from oficina_core.banco.falhas import numero_do_banco

        request.state.erro_do_banco = numero_do_banco(erro.__cause__)
    return problema(erro, requisicao(request))


async def _recusar_forma(request: Request, _: Exception) -> Response:
    return await _recusar(request, erros.DadoInvalido("O pedido não tem a forma que a API aceita."))


async def _recusar_metade(request: Request, _: Exception) -> Response:
    return await _recusar(request, Demora("O pedido não chegou inteiro; mande-o de novo."))


async def _recusar_http(request: Request, erro: Exception) -> Response:
    """O que o próprio roteador recusa: endereço ou verbo que não existe."""
    status = erro.status_code if isinstance(erro, HTTPException) else 500
    if status == HTTPStatus.NOT_FOUND:
        return await _recusar(request, erros.NaoEncontrado("Este endereço não existe; veja /docs."))
    recusa = erros.DadoInvalido("A API não atende esse pedido neste endereço; veja /docs.")
    resposta = _montar(recusa, requisicao(request), status, "Pedido não atendido")
    resposta.headers.update(getattr(erro, "headers", None) or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        resposta.headers["Allow"] = _verbos(request, resposta.headers["Allow"])
    return resposta


def _verbos(request: Request, ditos: str) -> str:
    """Todos os que o endereço atende; o roteador só sabe os da primeira rota que achou."""
    caminho = getattr(request.scope.get("route"), "path", "")
    verbos = {*ditos.split(", ")} | VERBOS.get(caminho, set())
    verbos -= ENCOBERTOS.get(caminho, set())
    if "GET" in verbos:
        verbos.add("HEAD")
    return ", ".join(sorted(verbos))


def corpo(erro: erros.ErroOficina, requisicao: str, status: int, titulo: str) -> dict[str, Any]:
    """Um erro como a RFC 9457 o escreve."""
    conserta = {"comando": erro.comando} if erro.comando else {}
    return {
        "type": f"urn:oficina:erro:{erro.codigo}",
        "title": titulo,
        "status": status,
        "detail": str(erro),
        "codigo": erro.codigo,
        "request_id": requisicao,
        "erros": _linhas(erro),
        **conserta,
    }


def _montar(erro: erros.ErroOficina, requisicao: str, status: int, titulo: str) -> Response:
    resposta = Response(
        json.dumps(corpo(erro, requisicao, status, titulo), ensure_ascii=False),
        status,
        headers=dict(CABECALHOS.get(status, {})),
        media_type="application/problem+json",
    )
    if isinstance(erro, erros.MuitasTentativas):
        resposta.headers["Retry-After"] = str(erro.espera)
    return resposta


def _linhas(erro: erros.ErroOficina) -> list[dict[str, str]]:
    """O campo que não serve e, um por linha, o que há a corrigir."""
    campo = getattr(erro, "campo", None)
    onde = {} if campo is None else {"campo": campo}
    return [onde | {"detalhe": detalhe} for detalhe in erro.detalhes] or ([onde] if onde else [])
