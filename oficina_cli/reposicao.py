"""A lista de compras em colunas: a de sempre, com as ordens que esperam cada peça."""

from collections.abc import Sequence

from oficina_cli import tabela
from oficina_cli.tabela import Coluna
from oficina_core.casos.reposicao import LinhaReposicao


def colunas(linhas: Sequence[LinhaReposicao]) -> list[Coluna]:
    todas = tabela.colunas(linhas)
    nomes = [coluna.nome for coluna in todas]
    if "falta" in nomes:
        celulas = [", ".join(map(str, linha.ordens)) or "–" for linha in linhas]
        ordens = Coluna("ordens", "Ordens", celulas, ao_menos=tabela.MINIMA, linhas=3)
        todas.insert(nomes.index("falta") + 1, ordens)
    return todas
