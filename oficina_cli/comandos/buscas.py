"""Os comandos que acham qualquer coisa no balcão."""

from typing import Annotated

import typer
from typer import Argument

from oficina_cli.comando import comando
from oficina_core.casos.busca import Buscar
from oficina_core.casos.itens import BuscarItens

raiz = typer.Typer()


@comando(
    raiz,
    'buscar "maria souza"',
    "buscar abc1d",
    "buscar 98765-4321",
    "buscar 123",
    painel="Atendimento",
)
def buscar(
    texto: Annotated[
        list[str],
        Argument(
            metavar="TEXTO", help="Placa, nome, telefone, documento ou número da OS; um pedaço."
        ),
    ],
) -> Buscar:
    return Buscar(texto=" ".join(texto))


@comando(raiz, "item oleo", 'item "filtro de ar"', painel="Atendimento")
def item(
    texto: Annotated[list[str], Argument(metavar="TEXTO", help="Um pedaço do código ou do nome.")],
) -> BuscarItens:
    return BuscarItens(texto=" ".join(texto))
