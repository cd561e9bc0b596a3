"""Comandos dos parâmetros da oficina."""

from typing import Annotated

from typer import Argument

from oficina_cli import leitura
from oficina_cli.comando import comando, grupo
from oficina_core.casos.parametros import DefinirParametro, VerParametros

app = grupo("Os limites que a oficina escolhe.")


@comando(app, "parametro ver")
def ver() -> VerParametros:
    return VerParametros()


@comando(app, "parametro definir validade_dias 15")
def definir(
    nome: Annotated[str, Argument(metavar="NOME", help="O nome, como em oficina parametro ver.")],
    valor: Annotated[int, Argument(parser=leitura.inteiro, metavar="VALOR", help="O valor novo.")],
) -> DefinirParametro:
    return DefinirParametro(nome=nome.strip().lower().replace("-", "_"), valor=valor)
