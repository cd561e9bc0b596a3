"""Do HTTP ao pedido: endereço, consulta, corpo e cabeçalhos viram o caso e o Pedido."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, get_args, get_type_hints

from fastapi import Request

from oficina_api.problemas import CorpoGrande, TipoErrado, VersaoAusente, requisicao
from oficina_core.casos import traducao
from oficina_core.casos.portas import CasoDeUso, Pedido
from oficina_core.catalogo import MIB, Rota
from oficina_core.dominio.erros import DadoInvalido

INTEIRO = re.compile("-?[0-9]{1,19}")
LOGICOS = {"true": True, "false": False}
VERSAO = re.compile(r'"([0-9]{1,18})-[!#-~]*"')


async def receber(request: Request, limite: int) -> bytes:
    """O corpo inteiro; CorpoGrande assim que ele passa do limite."""
    corpo = bytearray()
    async for parte in request.stream():
        corpo += parte
        if len(corpo) > limite:
            raise CorpoGrande(f"O corpo passa de {limite // MIB} MiB; divida o pedido.", "corpo")
    return bytes(corpo)


def ler_pedido(request: Request) -> Pedido:
    """O que viaja ao lado do caso; da chave e da loja, quem julga é a oficina."""
    loja = request.headers.get("X-Loja")
    return Pedido(
        chave=request.headers.get("Idempotency-Key"),
        requisicao=requisicao(request),
        loja=None if loja is None else traducao.ler(int, _valor(int, loja), "loja"),
    )


def ler_simular(request: Request) -> bool:
    texto = request.query_params.get("simular", "false")
    if texto not in LOGICOS:
        raise DadoInvalido("O campo simular é true ou false.", "simular")
    return LOGICOS[texto]


def ler_caso(rota: Rota, request: Request, corpo: bytes) -> CasoDeUso[Any]:
    """O caso, com cada campo vindo só do seu lugar: endereço, If-Match, e consulta ou corpo."""
    tipos = _tipos(rota.caso)
    dados = _consulta(request, tipos)
    if rota.verbo != "GET":
        if dados:
            raise DadoInvalido("Esse pedido leva os dados no corpo, e não no endereço.")
        dados = _objeto(request, corpo)
    if "versao" in dados:
        raise DadoInvalido("A versão viaja em If-Match: o ETag da última leitura.", "versao")
    if fora := sorted(dados.keys() & rota.no_caminho):
        raise DadoInvalido(f"O campo {fora[0]} só viaja no endereço.", fora[0])
    endereco = {nome: _valor(tipos[nome], texto) for nome, texto in request.path_params.items()}
    caso: CasoDeUso[Any] = traducao.ler(rota.caso, dados | endereco | _versao(rota, request))
    return caso


@cache
def _tipos(caso: type) -> Mapping[str, Any]:
    return get_type_hints(caso)


def _consulta(request: Request, tipos: Mapping[str, Any]) -> dict[str, Any]:
    dados: dict[str, Any] = {}
    for nome, texto in request.query_params.multi_items():
        if nome in dados:
            raise DadoInvalido("O endereço repete um campo.")
        dados[nome] = _valor(tipos.get(nome, str), texto)
    dados.pop("simular", None)
    return dados


def _valor(tipo: Any, texto: str) -> Any:
    """O valor JSON de um texto do endereço, conforme o que o campo aceita.

    Em campo que aceita id ou nome, número é o id; o nome feito só de números vem entre aspas.
    """
    aceitos = {tipo, *get_args(tipo)}
    if bool in aceitos:
        return LOGICOS.get(texto, texto)
    if int in aceitos and INTEIRO.fullmatch(texto):
        return int(texto)
    if {int, str} <= aceitos and re.fullmatch('".+"', texto):
        return texto[1:-1]
    return texto


def _objeto(request: Request, corpo: bytes) -> dict[str, Any]:
    """O corpo já lido; vazio vale por um objeto sem campos."""
    if not corpo:
        return {}
    tipo = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if tipo != "application/json":
        raise TipoErrado("Mande o corpo em JSON, com Content-Type: application/json.", "corpo")
    dados = traducao.carregar(corpo)
    if not isinstance(dados, dict):
        raise DadoInvalido("O corpo é um objeto JSON.", "corpo")
    return dados


def _versao(rota: Rota, request: Request) -> dict[str, int]:
    """A versão que quem pede viu: o começo do ETag que vem em If-Match."""
    campo = next((c for c in fields(rota.caso) if c.name == "versao"), None)  # type: ignore[arg-type]
    etag = request.headers.get("If-Match")
    if etag is None:
        if campo and campo.default is MISSING:
            raise VersaoAusente("Diga em If-Match o ETag da última leitura.", "versao")
        return {}
    if campo is None:
        raise DadoInvalido("Esse pedido não confere versão; mande-o sem If-Match.", "versao")
    if not (lido := VERSAO.fullmatch(etag)):
        raise DadoInvalido('If-Match é o ETag da última leitura, como "3-…".', "versao")
    return {"versao": int(lido[1])}
