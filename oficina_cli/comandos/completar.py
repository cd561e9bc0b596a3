"""O comando que ensina o shell a completar."""

import sys
from typing import Annotated

import typer
from typer import Argument

from oficina_cli import leitura
from oficina_cli.atalhos import DADOS
from oficina_cli.comando import comando
from oficina_core.dominio.valores import Opcao

raiz = typer.Typer()


class Shell(Opcao):
    """O que sabemos ensinar."""

    BASH = "bash", "bash"
    ZSH = "zsh", "zsh"
    FISH = "fish", "fish"
    POWERSHELL = "powershell", "powershell"


@comando(
    raiz,
    "completar bash > ~/.local/share/bash-completion/completions/oficina",
    "completar fish > ~/.config/fish/completions/oficina.fish",
    painel="A casa",
)
def completar(
    shell: Annotated[
        Shell,
        Argument(
            parser=leitura.opcao(Shell),
            metavar="SHELL",
            help="bash, zsh, fish ou powershell.",
            autocompletion=lambda incomplete: [s for s in Shell if s.startswith(incomplete)],
        ),
    ],
) -> None:
    """Escreve o que ensina o shell a completar comandos, placas, códigos e ordens com Tab.

    A pasta em que se guarda pode ainda não existir: crie-a antes, com mkdir -p.
    """
    roteiro = DADOS / f"completar.{shell.value.lower()}"
    sys.stdout.write(roteiro.read_text(encoding="utf-8"))
