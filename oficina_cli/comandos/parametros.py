"""Comandos dos parâmetros da oficina."""

from dataclasses import dataclass
from typing import Annotated, Any

from typer import Argument, Typer

from oficina_cli import leitura
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando
from oficina_cli.opcoes import Formato
from oficina_cli.portugues import Grupo
from oficina_core.casos.parametros import DefinirParametro, VerParametros
from oficina_core.dominio.parametros import LIMITES, Parametros

AJUDA = ("-h", "--help")


class Mostra(Grupo):
    """O grupo que, sem comando, mostra os limites em vigor, como se diga nas opções."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        so_opcoes = not args or (args[0].startswith("-") and args[0] not in AJUDA)
        return super().parse_args(ctx, ["ver", *args] if so_opcoes else args)


app = Typer(cls=Mostra, help="Os limites que a oficina escolhe; sem mais nada, mostra-os.")


@dataclass(frozen=True, kw_only=True)
class LinhaParametro:
    """Um limite em vigor, e até onde ele vai."""

    nome: str
    valor: int
    unidade: str
    minimo: int
    maximo: int
    descricao: str


def _explicar(atendimento: Atendimento, parametros: Parametros) -> None:
    """A pessoas, um por linha, com o que quer dizer; a programas, o que a API responde."""
    linhas = tuple(
        LinhaParametro(valor=getattr(parametros, nome), nome=nome, **vars(limite))
        for nome, limite in LIMITES.items()
    )
    if atendimento.formato is Formato.TABELA:
        atendimento.mostrar(linhas, tuple[LinhaParametro, ...])
    else:
        atendimento.mostrar(parametros)


@comando(app, "parametro ver", como=_explicar)
def ver() -> VerParametros:
    return VerParametros()


@comando(app, "parametro definir validade_dias 15", como=_explicar)
def definir(
    nome: Annotated[str, Argument(metavar="NOME", help="O nome, como em oficina parametro ver.")],
    valor: Annotated[int, Argument(parser=leitura.inteiro, metavar="VALOR", help="O valor novo.")],
) -> DefinirParametro:
    return DefinirParametro(nome=nome.strip().lower().replace("-", "_"), valor=valor)
