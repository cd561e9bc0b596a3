"""Como o balcão se abre em um terminal, e o que se diz quando ele fecha."""

from pathlib import Path

from oficina_cli.conexao import Conexao
from oficina_cli.erros import registrar
from oficina_cli.tui.app import Balcao


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
    )
    app.run()
    return registrar(app.falha) if app.falha else 0
