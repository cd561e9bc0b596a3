"""O comando que diz onde está tudo o que o programa guarda."""

import typer

from oficina_cli import lugares
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando

raiz = typer.Typer()


@comando(raiz, "onde", "onde -o json", painel="A casa")
def onde(atendimento: Atendimento) -> None:
    """Diz onde está tudo o que o programa guarda, e de que tamanho é; não abre nem cria nada.

    Apagar esses arquivos é apagar tudo o que ele deixou nesta máquina.
    """
    achados = tuple(lugares.todos(atendimento.conexao))
    atendimento.mostrar(achados, tuple[lugares.Lugar, ...])
