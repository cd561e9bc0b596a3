"""Uma senha, digitada sem se ver ou lida da entrada; nunca da linha de comando."""

from typing import Annotated, TypeAlias

from typer import Option

from oficina_cli.atendimento import Atendimento
from oficina_cli.pergunta import ler_segredo, pedir_segredo
from oficina_core.casos.entrada import conferir_senha
from oficina_core.dominio.erros import DadoInvalido

FALTA = "Falta a senha, que se digita no terminal; em um programa, mande-a com --senha-stdin."

SenhaStdin: TypeAlias = Annotated[
    bool, Option("--senha-stdin", help="Lê a senha da entrada padrão, em vez de a perguntar.")
]


def pedir(atendimento: Atendimento, pergunta: str = "Senha", *, da_entrada: bool) -> str:
    """A senha que a pessoa já tem."""
    return ler_segredo() if da_entrada else _perguntar(pergunta, atendimento)


def pedir_nova(atendimento: Atendimento, *, da_entrada: bool) -> str:
    """Uma senha que serve, digitada duas vezes: quem a digita não a vê."""
    if da_entrada:
        return ler_segredo()
    senha = conferir_senha(_perguntar("Senha nova", atendimento))
    if _perguntar("A mesma, de novo", atendimento) != senha:
        raise DadoInvalido("As duas senhas não são iguais; nada mudou. Repita o comando.", "senha")
    return senha


def _perguntar(pergunta: str, atendimento: Atendimento) -> str:
    return pedir_segredo(pergunta, pode_perguntar=atendimento.pode_perguntar, falta=FALTA)
