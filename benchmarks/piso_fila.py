"""O menor programa que mostra 50 ordens com as bibliotecas que a fila usa."""

import os
import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
CONSULTA = """
    SELECT o.id, o.status, v.placa, v.modelo, c.nome, o.queixa, o.criado_em
    FROM ordens_servico o JOIN veiculos v ON v.id = o.veiculo_id
    JOIN clientes c ON c.id = o.cliente_id
    WHERE o.status = 'EM_EXECUCAO' ORDER BY o.criado_em, o.id LIMIT 50
"""


@app.command()
def fila(status: Annotated[str | None, typer.Option()] = None) -> None:
    """Mostra a fila."""
    from pydantic_settings import BaseSettings
    from rich.console import Console
    from rich.table import Table
    from sqlalchemy import create_engine, text

    class Ajustes(BaseSettings):
        oficina_banco: str

    tabela = Table("Nº", "Status", "Placa", "Veículo", "Cliente", "Queixa", "Chegou", box=None)
    ajustes = Ajustes(oficina_banco=os.environ["OFICINA_BANCO"])
    with create_engine(ajustes.oficina_banco).connect() as conexao:
        for linha in conexao.execute(text(CONSULTA)):
            tabela.add_row(*map(str, linha))
    Console(file=sys.stdout, width=200).print(tabela)


@app.command()
def ver(ordem: int) -> None:
    """Mostra uma ordem."""


if __name__ == "__main__":
    app()
