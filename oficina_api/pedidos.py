"""Do HTTP ao pedido: endereço, consulta, corpo e cabeçalhos viram o caso e o Pedido."""

import re
from collections.abc import Iterator, Mapping
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
KIB = 1024
JSON = {"application/json", "application/json;charset=utf-8"}
LOGICOS = {"true": True, "false": False}
TROCADO = "\ufffd"  # o que o servidor põe no lugar do que não é UTF-8
NIVEIS_MAXIMO = 20
UNICOS = (
    *("Authorization", "Content-Encoding", "Content-Type", "Idempotency-Key", "If-Match"),
    *("X-Loja", "X-Request-ID"),
)
VERSAO = re.compile(r'"([0-9]{1,18})-[!#-~]*"')


async def receber(request: Request, limite: int) -> bytes:
    """O corpo inteiro; CorpoGrande assim que ele passa do limite, ou se já diz que passará.

    Levanta TipoErrado se ele vem comprimido: o tamanho que importa é o que se lê.
    """
    _conferir_cabecalhos(request)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise TipoErrado("Mande o corpo sem compressão.", "corpo")
    corpo = bytearray()
    _conferir_tamanho(int(request.headers.get("Content-Length", 0)), limite)
    async for parte in request.stream():
        corpo += parte
        _conferir_tamanho(len(corpo), limite)
    return bytes(corpo)


def conhecido(request: Request, etag: str) -> bool:
    """Se quem pede já tem esta resposta; o `W/` que um intermediário põe não conta (RFC 9110)."""
    ditos = request.headers.getlist("If-None-Match")
    tem = {dito.strip().removeprefix("W/") for dito in ",".join(ditos).split(",")}
    return bool(tem & {etag, "*"})


def _conferir_cabecalhos(request: Request) -> None:
    """Repetidos, cada programa no caminho leria um; e só uma leitura dispensa o que já se tem."""
    nomes = [nome for nome, _ in request.headers.raw]
    if len(set(nomes)) < len(nomes):
        for nome in UNICOS:
            if nomes.count(nome.lower().encode()) > 1:
                raise DadoInvalido(f"O cabeçalho {nome} vem uma vez só.")
    if request.method != "GET" and "If-None-Match" in request.headers:
        raise DadoInvalido("If-None-Match só vale em leitura; para gravar, use If-Match.")


def _conferir_tamanho(tamanho: int, limite: int) -> None:
    if tamanho > limite:
        maximo = f"{limite // MIB} MiB" if limite >= MIB else f"{limite // KIB} KiB"
        raise CorpoGrande(f"O corpo passa de {maximo}; divida o pedido.", "corpo")


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
    if rota.verbo == "GET":
        if corpo:
            raise DadoInvalido("Esse pedido leva os dados no endereço, e não no corpo.")
    else:
        if dados:
            raise DadoInvalido("Esse pedido leva os dados no corpo, e não no endereço.")
        dados = ler_objeto(request, corpo)
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
    if set(texto) & {"\0", TROCADO}:
        raise DadoInvalido("O endereço tem um caractere que não se aceita.")
    aceitos = {tipo, *get_args(tipo)}
    if bool in aceitos:
        return LOGICOS.get(texto, texto)
    if int in aceitos and INTEIRO.fullmatch(texto):
        return int(texto)
    if {int, str} <= aceitos and re.fullmatch('".+"', texto):
        return texto[1:-1]
    return texto


def ler_objeto(request: Request, corpo: bytes) -> dict[str, Any]:
    """O corpo já lido; vazio vale por um objeto sem campos."""
    if not corpo:
        return {}
    tipo = re.sub(r"[\s\"]", "", request.headers.get("Content-Type", "")).lower()
    if tipo not in JSON:
        raise TipoErrado("Mande o corpo em JSON, com Content-Type: application/json.", "corpo")
    dados = traducao.carregar(corpo)
    if not isinstance(dados, dict):
        raise DadoInvalido("O corpo é um objeto JSON.", "corpo")
    _conferir_valores(dados)
    return dados


def _conferir_valores(dados: dict[str, Any]) -> None:
    """O que vale em qualquer campo, também no que o caso nem conhece."""
    nivel: list[Any] = [dados]
    for _ in range(NIVEIS_MAXIMO):
        if not (nivel := [item for valor in nivel for item in _dentro(valor)]):
            return
    raise DadoInvalido(f"O corpo tem mais de {NIVEIS_MAXIMO} níveis.", "corpo")


def _dentro(valor: dict[str, Any] | list[Any]) -> Iterator[Any]:
    """Os objetos e as listas deste."""
    for parte in [*valor, *valor.values()] if isinstance(valor, dict) else valor:
        if isinstance(parte, str) and "\0" in parte:
            raise DadoInvalido("O corpo tem um caractere que não se aceita.", "corpo")
        if isinstance(parte, dict | list):
            yield parte


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
