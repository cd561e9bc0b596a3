"""A configuração em vigor, ajuste por ajuste: o valor, quem o disse e o que não se conhece."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import SecretStr

from oficina_core.configuracao import Camada, Configuracao

GUARDADA = "(guardada)"
DO_BALCAO = {"teclas"}  # o que mais se escreve no config.toml, e que outro lê
PESSOAIS = {"oficina_operador"}  # um CPF
CONTA = re.compile("(?<=//)[^/]*@")


@dataclass(frozen=True, kw_only=True)
class Ajuste:
    """Um nome e o que vale nele; o que é segredo, ou de uma pessoa, não se mostra."""

    nome: str
    valor: str | None


@dataclass(frozen=True, kw_only=True)
class AjusteComOrigem(Ajuste):
    """O mesmo, e a camada que o disse."""

    origem: Camada


def em_vigor(
    configuracao: Configuracao, camadas: Mapping[Camada, Mapping[str, Any]]
) -> Iterator[AjusteComOrigem]:
    for nome in Configuracao.model_fields:
        yield AjusteComOrigem(
            nome=nome.upper(),
            valor=_mostravel(nome, getattr(configuracao, nome)),
            origem=origem(nome, camadas),
        )


def sem_origem(ajuste: Ajuste) -> Ajuste:
    return Ajuste(nome=ajuste.nome, valor=ajuste.valor)


def origem(nome: str, camadas: Mapping[Camada, Mapping[str, Any]]) -> Camada:
    return next((camada for camada, ditos in camadas.items() if nome in ditos), Camada.PADRAO)


def desconhecidos(camadas: Mapping[Camada, Mapping[str, Any]]) -> Iterator[str]:
    """Uma frase por nome do `config.toml` que ninguém lê."""
    conhecidos = [*Configuracao.model_fields, *DO_BALCAO]
    for nome in camadas[Camada.CONFIG]:
        if nome not in conhecidos:
            parecidos = get_close_matches(nome.lower(), conhecidos, n=1)
            seria = f"; seria {parecidos[0]}?" if parecidos else ", e não vale."
            yield f"config.toml diz {nome}, que não se conhece{seria}"


def _mostravel(nome: str, valor: Any) -> str | None:
    if isinstance(valor, SecretStr):
        valor = valor.get_secret_value() and GUARDADA
    match valor:
        case None | "":
            return None
        case _ if nome in PESSOAIS:
            return GUARDADA
        case bool():
            return str(valor).lower()
        case _:
            return CONTA.sub("***@", str(valor))
