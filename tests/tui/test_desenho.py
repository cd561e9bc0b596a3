"""As linhas: a largura é a que se pediu, em células, seja qual for o texto."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from oficina_cli.tui.widgets.desenho import (
    caber,
    dir_,
    esq,
    linha,
    pontas,
    secao,
    solta,
    trecho,
    uma_linha,
)
from oficina_core.texto import COMANDAM, inofensivo
from tests.tui.hostis import HOSTIS

MUITO = 1000
textos = st.one_of(
    st.sampled_from([hostil for hostil in HOSTIS if len(hostil) < MUITO]),
    st.text(max_size=60),
    st.lists(st.sampled_from([*"aé汉한🔧🇧🇷👩\u200d\ufe0f\u0301\u200b\ufeff[]\\$\x1b\x00\n\t\u202e"]))
    .map("".join),
)  # fmt: skip
larguras = st.integers(-3, 90)
uteis = st.integers(0, 90)


def manso(texto: str) -> bool:
    """Nada comanda o terminal nem inverte a leitura."""
    return all(inofensivo(c) and unicodedata.category(c) not in COMANDAM for c in texto)


@given(textos, larguras)
@example("👩‍🔧" * 3, 5)
@example("e\u0301" * 9, 4)
@example("汉字", 3)
@example("汉", 1)
def test_cabe_em_exatamente_a_largura(texto: str, largura: int) -> None:
    for dito in (caber(texto, largura), esq(texto, largura)[0], dir_(texto, largura)[0]):
        assert cell_len(dito) == max(0, largura)
        assert manso(dito)


@given(textos)
def test_o_que_cabe_fica_inteiro(texto: str) -> None:
    dito = caber(texto, 500).rstrip()
    assert "…" not in dito or "…" in texto
    assert caber(dito, cell_len(dito) or 1).rstrip() == dito


@given(st.lists(st.tuples(textos, st.integers(0, 20)), min_size=1, max_size=6), st.booleans())
def test_a_linha_soma_as_celulas(celulas: list[tuple[str, int]], foco: bool) -> None:  # noqa: FBT001
    feita = linha(*(esq(texto, n) for texto, n in celulas), foco=foco)
    assert feita.cell_length == 2 + sum(n for _, n in celulas) + 2 * (len(celulas) - 1)
    assert cell_len(feita.plain) == feita.cell_length
    assert manso(feita.plain)


@given(textos, uteis, textos)
@example("汉" * 50, 40, "R$ 10,00")
@example("título", 10, "x" * 50)
def test_a_secao_vai_de_margem_a_margem(titulo: str, largura: int, meta: str) -> None:
    feita = secao(titulo, largura, meta)
    assert cell_len(feita.plain) == 2 + largura
    assert manso(feita.plain)


@given(textos, textos, uteis)
@example("a" * 90, "b" * 90, 30)
@example("汉" * 20, "x", 10)
def test_as_pontas_ficam_nas_margens(esquerda: str, direita: str, largura: int) -> None:
    na_esquerda, na_direita = (solta((uma_linha(lado), "")) for lado in (esquerda, direita))
    feita = pontas(na_esquerda, na_direita, largura)
    assert cell_len(feita.plain) == 2 + largura


@given(textos, st.integers(0, 60))
def test_o_trecho_nao_passa_da_largura(texto: str, largura: int) -> None:
    for dobra, _ in trecho(texto, largura):
        assert cell_len(dobra) <= max(2, largura)
        assert manso(dobra)


def test_nada_se_le_como_marcacao() -> None:
    for hostil in HOSTIS:
        feita = linha(esq(hostil, 30), ("$texto", "$suave"))
        assert isinstance(feita, Content)
        assert feita.plain == f"  {caber(hostil, 30)}  $texto"
        assert len(feita.spans) <= 1
