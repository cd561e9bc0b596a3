"""O OpenAPI dos casos, tirado dos mesmos tipos que o tradutor lê e escreve."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from functools import cache
from inspect import getdoc
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from fastapi import FastAPI

from oficina_core.casos.paginas import Pagina
from oficina_core.catalogo import PUBLICADAS, Rota
from oficina_core.dominio.valores import INTEIRO_MAXIMO, Opcao

Json: TypeAlias = dict[str, Any]

TEXTO: Json = {"type": "string"}
LOGICO: Json = {"type": "boolean"}
INTEIRO: Json = {"type": "integer", "format": "int64", "maximum": INTEIRO_MAXIMO}
DECIMAL: Json = {"anyOf": [{"type": "number"}, TEXTO | {"pattern": r"^-?\d+(\.\d+)?$"}]}

SIMPLES: Mapping[Any, Json] = {
    int: INTEIRO,
    str: TEXTO,
    bool: LOGICO,
    date: TEXTO | {"format": "date"},
    datetime: TEXTO | {"format": "date-time"},
    type(None): {"type": "null"},
}
ENTRADA: Mapping[str, Json] = {"reais": DECIMAL, "quantidade": DECIMAL}
SAIDA: Mapping[str, Json] = {
    "reais": TEXTO | {"pattern": r"^-?\d+\.\d{2}$"},
    "quantidade": {"type": "number", "multipleOf": 0.001},
}
PROBLEMA: Json = {
    "type": "object",
    "description": "O que não deu certo (RFC 9457); `codigo` é estável e serve para distinguir.",
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "codigo", "request_id"), TEXTO),
        "status": {"type": "integer"},
        "erros": {
            "type": "array",
            "items": {"type": "object", "properties": {"campo": TEXTO, "detalhe": TEXTO}},
        },
    },
}


def instalar(app: FastAPI) -> None:
    """Completa o OpenAPI do FastAPI, na primeira vez em que alguém o pede."""
    basico = app.openapi

    @cache
    def openapi() -> Json:
        contrato = basico()
        componentes: dict[str, Json] = {"Problema": PROBLEMA}
        for rota in PUBLICADAS:
            operacao = contrato["paths"][rota.caminho][rota.verbo.lower()]
            operacao["parameters"] = _parametros(rota)
            operacao["responses"] = _respostas(rota, componentes)
            if rota.verbo != "GET":
                operacao["requestBody"] = _corpo(rota, componentes)
        contrato.setdefault("components", {}).setdefault("schemas", {}).update(componentes)
        return contrato

    app.openapi = openapi  # type: ignore[method-assign]


def _parametros(rota: Rota) -> list[Json]:
    tipos = get_type_hints(rota.caso)
    campos = {campo.name: campo for campo in fields(rota.caso)}  # type: ignore[arg-type]
    parametros = [_parametro("path", nome, tipos[nome]) for nome in sorted(rota.no_caminho)]
    if rota.verbo == "GET":
        consulta = [nome for nome in campos if nome not in rota.no_caminho]
        parametros += [
            _parametro("query", nome, tipos[nome], exigido=_exigido(campos[nome]))
            for nome in consulta
        ]
    if rota.escreve:
        parametros.append(_parametro("query", "simular", bool, exigido=False))
        parametros.append(_parametro("header", "Idempotency-Key", str, exigido=False))
    if versao := campos.get("versao"):
        parametros.append(_parametro("header", "If-Match", str, exigido=_exigido(versao)))
    return [*parametros, _parametro("header", "X-Loja", int, exigido=False)]


def _parametro(onde: str, nome: str, tipo: Any, *, exigido: bool = True) -> Json:
    return {"in": onde, "name": nome, "required": exigido, "schema": _esquema(tipo, ENTRADA, {})}


def _corpo(rota: Rota, componentes: dict[str, Json]) -> Json:
    esquema = _objeto(rota.caso, ENTRADA, componentes, rota.no_caminho | {"versao"})
    conteudo = {"application/json": {"schema": esquema}}
    return {"required": bool(esquema["required"]), "content": conteudo}


def _respostas(rota: Rota, componentes: dict[str, Json]) -> Json:
    resultado = _esquema(rota.resultado, SAIDA, componentes)
    problema = {"schema": {"$ref": "#/components/schemas/Problema"}}
    return {
        str(rota.status): {
            "description": "Feito." if rota.escreve else "A resposta.",
            "content": {"application/json": {"schema": resultado}},
        },
        "default": {
            "description": "O que não deu certo.",
            "content": {"application/problem+json": problema},
        },
    }


def _esquema(tipo: Any, marcas: Mapping[str, Json], componentes: dict[str, Json]) -> Json:
    origem, partes = get_origin(tipo), get_args(tipo)
    if origem is Annotated:
        return marcas[partes[1]]
    if origem in (Union, UnionType):
        return {"anyOf": [_esquema(parte, marcas, componentes) for parte in partes]}
    if origem in (tuple, Pagina):
        return {"type": "array", "items": _esquema(partes[0], marcas, componentes)}
    if tipo in SIMPLES:
        return SIMPLES[tipo]
    nome = tipo.__name__
    if nome not in componentes:
        opcao = issubclass(tipo, Opcao)
        componentes[nome] = _opcao(tipo) if opcao else _objeto(tipo, marcas, componentes)
    return {"$ref": f"#/components/schemas/{nome}"}


def _opcao(tipo: type[Opcao]) -> Json:
    rotulos = "; ".join(f"{opcao.value}: {opcao.rotulo}" for opcao in tipo)
    return {"type": "string", "enum": [opcao.value for opcao in tipo], "description": rotulos}


def _objeto(
    tipo: Any,
    marcas: Mapping[str, Json],
    componentes: dict[str, Json],
    fora: Collection[str] = (),
) -> Json:
    tipos = get_type_hints(tipo, include_extras=True)
    campos = [campo for campo in fields(tipo) if campo.name not in fora]
    return {
        "type": "object",
        "description": getdoc(tipo),
        "properties": {c.name: _esquema(tipos[c.name], marcas, componentes) for c in campos},
        "required": [c.name for c in campos if marcas is SAIDA or _exigido(c)],
        "additionalProperties": False,
    }


def _exigido(campo: Field[Any]) -> bool:
    return campo.default is MISSING and campo.default_factory is MISSING
