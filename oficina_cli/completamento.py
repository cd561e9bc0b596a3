"""O que se oferece a quem aperta Tab: comandos, opções, e os nomes do que há na oficina.

Responde sem carregar o programa: os comandos estão em `dados/comandos.json`, e os nomes se leem
do arquivo SQLite ou do que os últimos comandos lembraram. Qualquer falha é silêncio.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from oficina_cli import lembranca
from oficina_cli.atalhos import DADOS
from oficina_core.texto import limpar, sem_acento

COMANDOS = DADOS / "comandos.json"  # o que `python -m tests.referencia` tira dos de verdade
SINONIMOS = {"os": "ordem", "parametros": "parametro", "doctor": "doutor", "help": "ajuda"}
# O que o shell põe na linha sem interpretar: um nome, com ou sem a opção, ou a opção só.
SEGUROS = re.compile("(--[a-z-]+=)?[A-Za-z0-9][A-Za-z0-9._:/+-]*|--?[a-z][a-z-]*")
ARQUIVOS = 3  # o código de saída que diz ao shell: aqui vai um arquivo
ESCOLHEM = ("--banco", "--api")  # em que oficina se procura

Candidato = tuple[str, str]


def responder(palavras: list[str]) -> int:
    """Uma linha por candidato, com a descrição depois do Tab; a última palavra está incompleta."""
    with suppress(Exception):
        achados = candidatos(palavras or [""])
        if achados is None:
            return ARQUIVOS
        for valor, descricao in achados:
            if SEGUROS.fullmatch(valor):
                sys.stdout.write(f"{valor}\t{limpar(descricao)}\n")
    return 0


def candidatos(palavras: list[str]) -> Iterable[Candidato] | None:
    """Os que servem no lugar da última palavra; None se ali vai um arquivo."""
    *antes, atual = palavras
    linha = Linha(antes)
    no, opcoes = linha.no, linha.no["opcoes"]
    if linha.espera:
        return _valores(opcoes[linha.espera], atual, linha.ditos)
    nome, igual, valor = atual.partition("=")
    if igual and nome in opcoes:
        valores = _valores(opcoes[nome], valor, linha.ditos)
        return valores and ((f"{nome}={dito}", descricao) for dito, descricao in valores)
    if atual.startswith("-"):
        return _que_comecam(atual, ((o, dita["ajuda"]) for o, dita in opcoes.items()))
    if "comandos" in no:
        return _que_comecam(atual, ((c, dito["ajuda"]) for c, dito in no["comandos"].items()))
    esperados = no.get("argumentos", [])[linha.argumentos :]
    return _valores(esperados[0], atual, linha.ditos) if esperados else ()


class Linha:
    """O que já se digitou: até que comando se chegou, o que se disse e o que se espera agora."""

    def __init__(self, palavras: list[str]) -> None:
        self.no: dict[str, Any] = json.loads(COMANDOS.read_text(encoding="utf-8"))
        self.ditos: dict[str, str] = {}
        self.argumentos = 0
        self.espera = ""
        for palavra in palavras:
            self._andar(palavra)

    def _andar(self, palavra: str) -> None:
        if self.espera:
            self.ditos[self.espera], self.espera = palavra, ""
        elif palavra.startswith("-"):
            nome, igual, valor = palavra.partition("=")
            if igual:
                self.ditos[nome] = valor
            elif "valor" in self.no["opcoes"].get(nome, {}):
                self.espera = nome
        elif "comandos" in self.no:
            achado = self.no["comandos"].get(SINONIMOS.get(palavra, palavra))
            self.no = achado or {"opcoes": {}}
        else:
            self.argumentos += 1


def _valores(
    pedido: dict[str, Any], atual: str, ditos: dict[str, str]
) -> Iterable[Candidato] | None:
    """Os códigos da opção ou os nomes do que há; None se se pede um arquivo."""
    if pedido.get("arquivo"):
        return None
    if "codigos" in pedido:
        return _que_comecam(atual, ((codigo, "") for codigo in pedido["codigos"]))
    escolhidos = [ditos[nome] for nome in ESCOLHEM if nome in ditos]
    return lembranca.nomes(pedido.get("tipo", ""), sem_acento(atual), escolhidos)


def _que_comecam(atual: str, todos: Iterable[Candidato]) -> Iterator[Candidato]:
    comeco = sem_acento(atual)
    return ((valor, descricao) for valor, descricao in todos if valor.startswith(comeco))
