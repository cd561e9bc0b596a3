"""O que os comandos `importar` têm em comum: de onde vêm as linhas e que coluna é o quê."""

from pathlib import Path
from typing import Annotated, TypeAlias

from typer import Argument, Option

from oficina_cli import leitura
from oficina_core.dominio.erros import DadoInvalido

Arquivo: TypeAlias = Annotated[
    Path | None,
    Argument(
        parser=Path, metavar="ARQUIVO", help="A planilha, salva como CSV; - lê a entrada padrão."
    ),
]
Mapa: TypeAlias = Annotated[
    list[tuple[str, str]] | None,
    Option(
        "--mapa",
        parser=leitura.troca,
        metavar="COLUNA=CAMPO",
        help='De que campo é uma coluna, como "Preço de venda=preco"; repita para cada uma.',
    ),
]
Atualizar: TypeAlias = Annotated[
    bool, Option("--atualizar", help="Onde difere, fica o que está na planilha.")
]
Inicial: TypeAlias = Annotated[
    bool, Option("--inicial", help="Usa o catálogo de partida, que vem com o programa.")
]

ENTRADA = Path("/dev/stdin")


def escolher(nome: str, arquivo: Path | None, *, inicial: bool) -> Path:
    """O arquivo dito, a entrada padrão, ou o catálogo de partida."""
    from oficina_cli import planilha

    if (arquivo is None) is not inicial:
        raise DadoInvalido("Diga o ARQUIVO da planilha, ou --inicial: um dos dois.", "arquivo")
    return ENTRADA if arquivo == Path("-") else arquivo or planilha.inicial(nome)
