"""O que se diz quando não há nada: uma frase, e as teclas que começam algo."""

from collections.abc import Sequence

from textual.content import Content

from oficina_cli.tui.widgets.desenho import FORTE, TECLA_ACESA, juntar, solta

LARGURA = 46


def vazio(titulo: str, frase: str, saidas: Sequence[tuple[str, str]]) -> Content:
    """O bloco, para centrar em um Static."""
    linhas = [solta((titulo, FORTE)), solta(frase), solta("")]
    linhas += [solta((tecla.ljust(8), TECLA_ACESA), nome) for tecla, nome in saidas]
    largura = max(linha.cell_length for linha in linhas)
    return juntar(linha.pad_right(largura - linha.cell_length) for linha in linhas)
