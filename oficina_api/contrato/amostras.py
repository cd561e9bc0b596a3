"""Um exemplo de cada pedido e de cada resposta, montado pelos tipos e pelo dicionário."""

import re
from collections.abc import Collection, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from oficina_api.contrato.dicionario import Json, procurar
from oficina_api.contrato.exemplos import DEPOIS, DIGITADOS, EXEMPLOS, PEDIDOS
from oficina_api.contrato.tipos import exigido
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Efeito
from oficina_core.casos.traducao import escrever
from oficina_core.catalogo import Rota
from oficina_core.dominio.valores import Opcao

SIMPLES: Mapping[Any, Json] = {
    int: 1,
    str: "texto",
    bool: False,
    date: "2026-11-23",
    datetime: "2026-11-23T14:30:00+00:00",
    NoneType: None,
}
MARCAS: Mapping[str, Json] = {"reais": "80.00", "quantidade": 1, "segredo": "cavalo bateria grampo"}


def pedido(caso: type, fora: Collection[str] = ()) -> Json:
    """O corpo de um pedido: o que se exige e o que se costuma dizer."""
    if caso.__name__ in PEDIDOS:
        return PEDIDOS[caso.__name__]
    campos = [campo for campo in fields(caso) if campo.name not in fora]
    montado = {campo.name: _mandado(caso, campo) for campo in campos}
    return {nome: valor for nome, valor in montado.items() if valor is not None}


def resposta(tipo: Any) -> Json:
    """O que se recebe, com todos os campos."""
    origem, partes = get_origin(tipo), get_args(tipo)
    if origem in (tuple, Pagina):
        return [resposta(partes[0])]
    if is_dataclass(tipo):
        return _objeto(tipo)
    return _simples(tipo)


def feito(rota: Rota) -> Json:
    """O que o caso responde, depois do que acabou de fazer."""
    nome = rota.caso.__name__
    depois = DEPOIS.get(nome) or DEPOIS.get(re.findall("[A-Z][^A-Z]*", nome)[0], {})
    pronto = resposta(rota.resultado)
    return pronto | depois if depois else pronto


def simulacao(rota: Rota) -> Json:
    """A mesma resposta, sem gravar, e o que mudaria."""
    efeito = resposta(Efeito) | {
        "entidade": rota.caminho.split("/")[1],
        "acao": rota.caso.__name__,
        "diferenca": procurar(EXEMPLOS, rota.resultado.__name__, "diferenca"),
    }
    return {"resultado": feito(rota), "efeitos": [efeito]}


def parametro(caso: type, campo: str) -> Json:
    """O valor de um campo que viaja no endereço."""
    tipo = get_type_hints(caso)[campo]
    dito = procurar(EXEMPLOS, caso.__name__, campo)
    return dito if _serve(tipo, dito) else _simples(tipo)


def _objeto(tipo: Any) -> Json:
    tipos = get_type_hints(tipo, include_extras=True)
    return {campo.name: _recebido(tipo, campo.name, tipos[campo.name]) for campo in fields(tipo)}


def _recebido(dono: type, campo: str, tipo: Any) -> Json:
    dito = procurar(EXEMPLOS, dono.__name__, campo)
    if dito is not None and _serve(tipo, dito):
        return dito
    return None if NoneType in get_args(tipo) else resposta(tipo)


def _mandado(dono: type, campo: Field[Any]) -> Json:
    """O valor do campo em um pedido; None se dá para não dizer, e ninguém costuma."""
    tipo = get_type_hints(dono, include_extras=True)[campo.name]
    for dito in (DIGITADOS.get(campo.name), procurar(EXEMPLOS, dono.__name__, campo.name)):
        if dito is not None and _serve(tipo, dito):
            return dito
    return _sem_dito(tipo) if exigido(campo) else None


def _sem_dito(tipo: Any) -> Json:
    if get_origin(tipo) is tuple:
        return [_sem_dito(get_args(tipo)[0])]
    return pedido(tipo) if is_dataclass(tipo) and isinstance(tipo, type) else _simples(tipo)


def _simples(tipo: Any) -> Json:
    origem, partes = get_origin(tipo), get_args(tipo)
    if origem is Annotated:
        return MARCAS[partes[1]]
    if origem in (Union, UnionType):
        return _simples(partes[0])
    return SIMPLES[tipo] if tipo in SIMPLES else escrever(next(iter(tipo)))


def _serve(tipo: Any, valor: Json) -> bool:
    """Se o exemplo que o nome sugere é do tipo que o campo tem."""
    origem, partes = get_origin(tipo), get_args(tipo)
    if origem is Annotated:
        return isinstance(valor, int | float if partes[1] == "quantidade" else str)
    if origem in (Union, UnionType):
        return any(_serve(parte, valor) for parte in partes)
    if tipo in SIMPLES:
        return type(valor) is type(SIMPLES[tipo])
    return isinstance(tipo, type) and issubclass(tipo, Opcao) and valor in list(tipo)
