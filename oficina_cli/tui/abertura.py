"""Como o balcão se abre em um terminal, e o que se diz quando ele fecha."""

import gc
from pathlib import Path

from oficina_cli.conexao import Conexao
from oficina_cli.erros import registrar
from oficina_cli.tui.app import Balcao

CRIADOS = 10_000  # objetos entre uma coleta e outra


def poupar_a_coleta() -> None:
    """O que já se carregou não se examina mais: a coleta inteira pararia a tela 0,1 s ou mais."""
    gc.freeze()
    gc.set_threshold(CRIADOS, 20, 100)


def abrir(conexao: Conexao, *, demonstracao: bool = False, rascunhos: Path | None = None) -> int:
    """Roda o balcão até que se saia dele; devolve o código de saída.

    Se ainda não se sabe onde a oficina fica, pergunta antes.
    """
    from oficina_cli.tui.rascunhos import Rascunhos

    guardados = Rascunhos(lambda: rascunhos) if rascunhos else None
    app = Balcao(
        conexao,
        demonstracao=demonstracao,
        rascunhos=guardados,
        inicio=conexao.por_escolher,
        ao_chegar=poupar_a_coleta,
    )
    app.run()
    return registrar(app.falha) if app.falha else 0
