"""Como uma linha se compõe: texto literal, em colunas, que começa sempre na mesma margem.

Todo texto de gente passa por aqui e sai limpo; nada se lê como marcação.
"""

from collections.abc import Iterable
from decimal import Decimal

from rich.cells import cell_len, chop_cells, set_cell_size
from textual.content import Content

from oficina_core.texto import limpar, reais

SUAVE, ACENTO, ALERTA, FORTE, TRACO = "$suave", "$acento", "bold $alerta", "bold", "$traco"
TECLA_ACESA = "bold $acento"
NA_SELECAO = {SUAVE: "", "": FORTE}
MARGEM = 2
FUNDEM = dict.fromkeys(map(ord, "\u200d\ufe0f"))

Celula = tuple[str, str]
NADA = Content("")


def uma_linha(valor: str) -> str:
    """O texto limpo, com as quebras de linha feitas em espaços, e medido igual onde quer que caia.

    O que funde dois caracteres em um, como nos emojis compostos, cada terminal mede de um jeito.
    """
    return limpar(" ".join(valor.split()).translate(FUNDEM)) if valor else ""


def caber(valor: str, largura: int) -> str:
    """O texto em exatamente `largura` células; o que não cabe termina em reticências."""
    dito = uma_linha(valor)
    if cell_len(dito) > largura:
        dito = f"{set_cell_size(dito, max(0, largura - 1)).rstrip()}…" if largura > 0 else ""
    return set_cell_size(dito, max(0, largura))


def _ate(valor: str, largura: int) -> str:
    """O texto em no máximo `largura` células."""
    dito = uma_linha(valor)
    return caber(dito, min(cell_len(dito), largura))


def esq(valor: str, largura: int, estilo: str = "") -> Celula:
    return caber(valor, largura), estilo


def dir_(valor: str, largura: int, estilo: str = "") -> Celula:
    dito = caber(valor, largura).rstrip()
    return " " * max(0, largura - cell_len(dito)) + dito, estilo


def linha(*celulas: Celula | str | Content, foco: bool = False, vao: int = 2) -> Content:
    """As células lado a lado; com foco, o marcador na margem e o suave mais legível."""
    partes: list[Celula | str | Content] = [("▌ ", ACENTO) if foco else "  "]
    for indice, celula in enumerate(celulas):
        if indice:
            partes.append(" " * vao)
        if foco and not isinstance(celula, Content):
            texto, estilo = (celula, "") if isinstance(celula, str) else celula
            partes.append((texto, NA_SELECAO.get(estilo, estilo)))
        else:
            partes.append(celula)
    return Content.assemble(*partes)


def solta(*celulas: Celula | str | Content) -> Content:
    """As células sem margem nem vão, para as pontas de uma linha."""
    return Content.assemble(*celulas)


def registro(cliente: str, placa: str, *resto: str) -> Content:
    """O registro em foco: de quem é e que carro é, em negrito, e o que mais o distingue."""
    partes = [solta((uma_linha(cliente), FORTE)), solta((uma_linha(placa), FORTE))]
    return solta((" · ", SUAVE)).join([*partes, *(solta(uma_linha(dito)) for dito in resto)])


def secao(titulo: str, largura: int, meta: str = "", estilo: str = SUAVE) -> Content:
    """O título em negrito, o fio, e o que se diz à direita."""
    meta = _ate(meta, largura - 1)
    direita = f" {meta}" if meta else ""
    titulo = _ate(titulo, largura - cell_len(direita) - 1)
    risco = largura - cell_len(titulo) - cell_len(direita) - 1
    return Content.assemble(
        ("  ", ""),
        (titulo, FORTE),
        (" "[: risco + 1], ""),
        ("─" * risco, TRACO),
        (direita, estilo),
    )


def pontas(esquerda: Content, direita: Content, largura: int) -> Content:
    """Uma ponta em cada margem; se não cabem, a esquerda cede."""
    direita = direita.truncate(max(0, largura), ellipsis=True)
    sobra = largura - direita.cell_length - (1 if direita.cell_length else 0)
    esquerda = esquerda.truncate(max(0, sobra), ellipsis=True)
    vao = largura - esquerda.cell_length - direita.cell_length
    return Content.assemble("  ", esquerda, " " * max(0, vao), direita)


def teclas(pares: Iterable[tuple[str, str]]) -> Content:
    """`enter abrir   a aprovar`."""
    return Content("   ").join(
        [Content.assemble((tecla, FORTE), (f" {nome}", SUAVE)) for tecla, nome in pares]
    )


def juntar(linhas: Iterable[Content]) -> Content:
    return Content("\n").join(list(linhas))


def valor(dinheiro: Decimal | None) -> str:
    """1.234,56: o `R$` só aparece no total que decide; — é que não há."""
    if not dinheiro:
        return "—"
    return reais(dinheiro).replace("R$ ", "").replace("-", "−")


def trecho(valor: str, largura: int, estilo: str = "") -> list[Celula]:
    """O texto inteiro em tantas linhas quantas pedir, dobrado entre palavras."""
    from textwrap import wrap

    cabe = max(1, largura)
    paragrafos = [uma_linha(p) for p in valor.splitlines()] or [""]
    dobras = [d for p in paragrafos for d in wrap(p, cabe) or [""]]
    return [(parte, estilo) for d in dobras for parte in chop_cells(d, cabe) or [""]]
