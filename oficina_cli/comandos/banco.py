"""Comandos que se fazem direto no banco."""

from typing import TYPE_CHECKING

import typer

from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_cli.erros import CODIGOS, dizer
from oficina_core.dominio.erros import RegraViolada

if TYPE_CHECKING:
    from oficina_core.banco.manutencao import EstadoBanco

app = grupo("O banco de dados: em que revisão está, e como chegar à do programa.")
raiz = typer.Typer()


@comando(app, "banco status")
def status(atendimento: Atendimento) -> "EstadoBanco":
    """Mostra em que revisão está o banco, e qual o programa espera."""
    from oficina_core.banco import manutencao

    situacao = manutencao.estado(atendimento.conexao.banco_direto())
    if not situacao.em_dia:
        dizer("O banco não está na revisão deste programa; rode: oficina banco migrar")
    return situacao


@comando(app, "banco migrar")
def migrar(atendimento: Atendimento) -> "EstadoBanco":
    """Leva o banco à revisão do programa; repetir não faz mal."""
    from oficina_core.banco import manutencao

    return manutencao.migrar(atendimento.conexao.banco_direto())


@comando(raiz, "verificar", "verificar -o json", painel="A casa")
def verificar(atendimento: Atendimento) -> None:
    """Refaz as contas do banco e aponta o que não fecha.

    Sai com 0 se tudo confere e com 6 se algo diverge.
    """
    from oficina_core.banco import verificacao

    divergencias = verificacao.verificar(atendimento.conexao.banco_direto())
    tipo = tuple[verificacao.Divergencia, ...]
    atendimento.mostrar(divergencias, tipo, vazio="Tudo confere.")
    if divergencias:
        raise typer.Exit(CODIGOS[RegraViolada])
