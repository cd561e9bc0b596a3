"""O comando que explica um assunto, ou outro comando."""

from typing import Annotated

import typer
from typer import Argument

from oficina_cli import paginador, temas
from oficina_cli.comando import comando

raiz = typer.Typer()


@comando(raiz, "ajuda", "ajuda primeiros-passos", "ajuda ordem abrir", painel="A casa")
def ajuda(
    tema: Annotated[
        list[str] | None,
        Argument(
            metavar="TEMA",
            help="Um assunto, como primeiros-passos, ou um comando; sem ele, a lista de assuntos.",
            autocompletion=lambda incomplete: [t for t in temas.TEMAS if t.startswith(incomplete)],
        ),
    ] = None,
) -> None:
    """Explica um assunto, como códigos de saída ou cópia de segurança, ou outro comando."""
    paginador.escrever(temas.explicar(tema) if tema else temas.listar())
