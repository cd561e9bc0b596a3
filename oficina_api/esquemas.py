"""O contrato da API em OpenAPI, tirado do catálogo e dos tipos dos casos."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from oficina_api.contrato import recusas
from oficina_api.contrato.avulsas import completar
from oficina_api.contrato.comuns import ASSUNTOS, CABECALHOS, PARAMETROS, cabecalhos
from oficina_api.contrato.operacoes import operacao
from oficina_api.contrato.tipos import Json
from oficina_core import versao
from oficina_core.catalogo import PUBLICADAS

APRESENTACAO = Path(__file__).with_name("contrato") / "apresentacao.md"
NAO_MUDOU: Json = {
    "description": "Nada mudou desde a resposta que se tem; vem sem corpo.",
    "headers": cabecalhos("ETag"),
}
TOKEN: Json = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "O `access_token` de `POST /auth`.",
}


def instalar(app: FastAPI) -> None:
    """Troca o OpenAPI do FastAPI pelo contrato, montado na primeira vez em que alguém o pede."""
    basico = app.openapi

    @cache
    def openapi() -> Json:
        return montar(basico())

    app.openapi = openapi  # type: ignore[method-assign]


def montar(basico: Json) -> Json:
    """O contrato inteiro; de `basico` vem o que a API publica fora do catálogo."""
    proprios: Json = {"Problema": recusas.PROBLEMA}
    caminhos = _caminhos(basico, proprios)
    esquemas = basico.get("components", {}).get("schemas", {}) | proprios
    citados = _citados([caminhos, proprios], esquemas)
    return {
        "openapi": basico["openapi"],
        "info": _apresentar(),
        "servers": [{"url": "/", "description": "Este servidor."}],
        "security": [{"token": []}],
        "tags": _assuntos(caminhos),
        "paths": caminhos,
        "components": {
            "schemas": {nome: esquemas[nome] for nome in sorted(citados | proprios.keys())},
            "responses": recusas.componentes() | {"NaoMudou": NAO_MUDOU},
            "parameters": PARAMETROS,
            "headers": CABECALHOS,
            "securitySchemes": {"token": TOKEN},
        },
    }


def _apresentar() -> Json:
    texto = APRESENTACAO.read_text(encoding="utf-8")
    return {"title": "Oficina · API", "version": versao.instalada(), "description": texto}


def _caminhos(basico: Json, componentes: Json) -> Json:
    """As operações por endereço: as do catálogo, na ordem dele, e depois as outras."""
    caminhos: Json = {}
    for rota in PUBLICADAS:
        caminhos.setdefault(rota.caminho, {})[rota.verbo.lower()] = operacao(rota, componentes)
    for caminho, verbos in basico["paths"].items():
        for verbo, publicada in verbos.items():
            operacoes = caminhos.setdefault(caminho, {})
            operacoes.setdefault(verbo, completar(verbo, caminho, publicada))
    return caminhos


def _assuntos(caminhos: Json) -> list[Json]:
    """Os assuntos que têm operações, na ordem em que se leem."""
    usados = {nome for verbos in caminhos.values() for op in verbos.values() for nome in op["tags"]}
    ditos = dict(ASSUNTOS.values())
    return [{"name": nome, "description": ditos[nome]} for nome in ditos if nome in usados]


def _citados(partes: Any, esquemas: Json) -> set[str]:
    """Os esquemas que o contrato cita, direto ou por outro."""
    achados: set[str] = set()
    novos = set(_citacoes(partes))
    while novos:
        achados |= novos
        novos = set(_citacoes([esquemas[nome] for nome in novos])) - achados
    return achados


def _citacoes(parte: Any) -> Iterator[str]:
    if isinstance(parte, dict):
        comeco, _, nome = str(parte.get("$ref", "")).rpartition("/")
        if comeco == "#/components/schemas":
            yield nome
        parte = [*parte.values()]
    if isinstance(parte, list):
        for item in parte:
            yield from _citacoes(item)
