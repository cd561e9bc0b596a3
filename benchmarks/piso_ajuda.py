"""O menor programa com Typer que tem dois comandos."""

import typer

app = typer.Typer()


@app.command()
def fila(status: str = "") -> None:
    """Mostra a fila."""


@app.command()
def ver(ordem: int) -> None:
    """Mostra uma ordem."""


if __name__ == "__main__":
    app()
