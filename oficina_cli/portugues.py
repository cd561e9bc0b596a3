"""O Typer em português: os títulos da ajuda, a forma de uso e as recusas.

O que passa por gettext se troca no catálogo; o resto, na frase já pronta, sem tocar no Typer.
"""

import gettext
import re
from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption

FRASES = {
    "Arguments": "Argumentos",
    "Options": "Opções",
    "Commands": "Comandos",
    "[default: {}]": "[padrão: {}]",
    "[required]": "[obrigatório]",
}

RECUSAS = (
    (r"Invalid value for '(.+?)': (.+)", r"\1: \2"),
    (r"Missing option '(.+)'\.", r"Falta a opção \1."),
    (r"Missing argument '(.+)'\.", r"Falta dizer \1."),
    (r"Missing command\.", "Falta o comando."),
    (r"No such command '(.+)'\. Did you mean (.+)\?", r'Não há o comando "\1"; seria \2?'),
    (r"No such command '(.+)'\.", r'Não há o comando "\1".'),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"Não há a opção \1; seria \2?"),
    (r"No such option: (\S+)", r"Não há a opção \1."),
    (r"Option '(.+)' requires an argument\.", r"A opção \1 pede um valor."),
    (r"Option '(.+)' does not take a value\.", r"A opção \1 não leva valor."),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", r"Sobrou na linha: \1"),
)

_original = gettext.gettext


def _traduzir(message: str) -> str:
    return FRASES.get(message) or _original(message)


gettext.gettext = _traduzir


def recusa(frase: str) -> str:
    """A recusa do Typer, em português; a nossa, como veio."""
    for ingles, nossa in RECUSAS:
        if achado := re.fullmatch(ingles, frase, re.DOTALL):
            return achado.expand(nossa)
    return frase


def _ajuda(opcao: TyperOption | None) -> TyperOption | None:
    if opcao:
        opcao.help, opcao.metavar = "Mostra esta ajuda.", ""
    return opcao


class Comando(TyperCommand):
    """Um comando que se explica em português."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **{**extra, "options_metavar": "[OPÇÕES]"})

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage: ", "Uso: ", 1)

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _ajuda(super().get_help_option(ctx))


class Grupo(TyperGroup):
    """O mesmo, para um grupo de comandos."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        metavars = {"options_metavar": "[OPÇÕES]", "subcommand_metavar": "COMANDO [ARGUMENTOS]..."}
        super().__init__(*args, **{**extra, **metavars})

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage: ", "Uso: ", 1)

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _ajuda(super().get_help_option(ctx))
