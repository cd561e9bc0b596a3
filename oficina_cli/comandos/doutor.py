"""O comando que examina a instalação."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from oficina_cli import paginador, saida
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando
from oficina_cli.erros import CODIGOS, dizer
from oficina_cli.opcoes import Formato
from oficina_core.dominio.erros import RegraViolada

raiz = typer.Typer()


@comando(raiz, "doutor", "doutor -o json", "doutor --relatorio exame.zip", painel="A casa")
def doutor(
    atendimento: Atendimento,
    *,
    relatorio: Annotated[
        Path | None,
        Option(
            "--relatorio",
            parser=Path,
            metavar="ARQUIVO",
            help="Guarda o exame em um zip para quem ajuda, sem segredos nem dados pessoais.",
        ),
    ] = None,
    json: Annotated[bool, Option("--json", help="O mesmo que -o json.")] = False,
) -> None:
    """Examina a instalação: o programa, a máquina, a configuração e o banco ou a API.

    Nada muda. Cada conferência diz o que se achou e como se conserta. Sai com 0 se não há falha, e
    com 6 se há.
    """
    from oficina_cli.doutor import examinar, quadro
    from oficina_cli.doutor.parecer import Achado, Situacao

    formato = Formato.JSON if json else atendimento.formato
    saida.conferir(tuple[Achado, ...], formato, atendimento.campos)
    achados = tuple(examinar(atendimento.conexao))
    if relatorio:
        from oficina_cli.doutor.relatorio import gravar

        gravar(relatorio, achados, atendimento.conexao)
    if formato is Formato.TABELA and not atendimento.campos:
        paginador.escrever(quadro.desenhar(achados))
        dizer(quadro.resumir(achados))
    else:
        saida.mostrar(achados, tuple[Achado, ...], formato, "", campos=atendimento.campos)
    if relatorio:
        dizer(f"Relatório em {relatorio}; leia-o antes de o mandar a alguém.")
    if any(achado.situacao is Situacao.FALHA for achado in achados):
        raise typer.Exit(CODIGOS[RegraViolada])
