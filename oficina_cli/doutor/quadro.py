"""O exame para pessoas: uma linha por conferência e, no que não está bom, o conserto."""

from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from textwrap import wrap

from oficina_cli.doutor.parecer import Achado, Situacao
from oficina_core.texto import limpar, quantos

SINAIS = {Situacao.BOM: "✔", Situacao.AVISO: "!", Situacao.FALHA: "✖"}
PALAVRA = max(len(situacao.rotulo) for situacao in Situacao)


def desenhar(achados: Sequence[Achado]) -> str:
    largura = get_terminal_size().columns
    nome = max(len(achado.nome) for achado in achados)
    linhas = [linha for achado in achados for linha in _linhas(achado, nome, largura)]
    return "\n".join(linhas) + "\n"


def resumir(achados: Sequence[Achado]) -> str:
    avisos = sum(achado.situacao is Situacao.AVISO for achado in achados)
    falhas = sum(achado.situacao is Situacao.FALHA for achado in achados)
    if not (avisos or falhas):
        return "Tudo bom."
    return f"{quantos(falhas, 'falha', 'falhas')}, {quantos(avisos, 'aviso', 'avisos')}."


def _linhas(achado: Achado, nome: int, largura: int) -> Iterator[str]:
    sinal = f"{SINAIS[achado.situacao]} {achado.situacao.rotulo:{PALAVRA}}"
    antes = f"{sinal}  {achado.nome:{nome}}  "
    recuo = " " * len(antes)
    yield from _dobrar(achado.achado, largura, antes, recuo)
    if achado.conserto and achado.conserto[0].islower():
        yield f"{' ' * len(sinal)}  → {limpar(achado.conserto)}"
    elif achado.conserto:
        yield from _dobrar(achado.conserto, largura, f"{recuo}→ ", f"{recuo}  ")


def _dobrar(texto: str, largura: int, antes: str, depois: str) -> list[str]:
    """Entre palavras, para que um caminho se copie inteiro."""
    return wrap(
        limpar(texto),
        largura,
        initial_indent=antes,
        subsequent_indent=depois,
        break_long_words=False,
        break_on_hyphens=False,
    )
