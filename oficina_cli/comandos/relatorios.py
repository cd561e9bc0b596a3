"""Comandos dos relatórios."""

from typing import Annotated

from oficina_cli import opcoes
from oficina_cli.comando import comando, grupo
from oficina_core.casos.relatorios import VerPainel

app = grupo("Como a oficina vai.")


@comando(
    app,
    "relatorio painel",
    "relatorio painel --mes 2026-11",
    "relatorio painel -o json",
    sem=frozenset({"por_dia"}),
)
def painel(
    mes: Annotated[str | None, opcoes.texto("--mes", "O mês, como 2026-11; sem ele, este.")] = None,
) -> VerPainel:
    return VerPainel(mes=mes)
