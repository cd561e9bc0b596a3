"""Dinheiro e quantidades, contra uma conta independente em frações exatas (I6, I7)."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oficina_core.dominio.dinheiro import (
    QUANTIDADE_MAXIMA,
    REAIS_MAXIMO,
    Unidade,
    centavos,
    conferir_quantidade,
    conferir_reais,
    de_centavos,
    ler_quantidade,
    ler_reais,
    ratear,
    total_da_linha,
)
from oficina_core.dominio.erros import DadoInvalido

PRECOS = st.integers(0, centavos(REAIS_MAXIMO)).map(de_centavos)
BASES = st.integers(1, QUANTIDADE_MAXIMA)
FATORES = st.sampled_from([unidade.fator for unidade in Unidade])


def arredondado(exato: Fraction) -> Decimal:
    """Ao centavo mais próximo; o meio sobe."""
    return Decimal(floor(exato * 100 + Fraction(1, 2))) / 100


@st.composite
def linhas(sorteia: st.DrawFn) -> tuple[Decimal, int, int, Decimal]:
    """Preço, quantidade de base, fator e um desconto que cabe na linha."""
    preco, base, fator = sorteia(PRECOS), sorteia(BASES), sorteia(FATORES)
    bruto = arredondado(Fraction(preco) * base / fator)
    return preco, base, fator, de_centavos(sorteia(st.integers(0, centavos(bruto))))


@settings(deadline=None)
@given(linhas())
@example((Decimal("10.01"), 500, 1000, Decimal(0)))
@example((Decimal("89.99"), 500, 1000, Decimal("45.00")))
def test_linha_e_preco_vezes_quantidade_menos_desconto(
    linha: tuple[Decimal, int, int, Decimal],
) -> None:
    preco, base, fator, desconto = linha
    total = total_da_linha(preco, base, fator, desconto)
    assert total == arredondado(Fraction(preco) * base / fator - Fraction(desconto))
    assert total >= 0


@settings(deadline=None)
@given(linhas(), st.data())
def test_linha_usada_em_parte_leva_o_desconto_na_mesma_proporcao(
    linha: tuple[Decimal, int, int, Decimal], data: st.DataObject
) -> None:
    preco, base, fator, desconto = linha
    usada = data.draw(st.integers(0, base))
    total = total_da_linha(preco, usada, fator, desconto, de=base)
    exato = Fraction(preco) * usada / fator - Fraction(desconto) * usada / base
    assert total == arredondado(exato)
    assert 0 <= total <= total_da_linha(preco, base, fator, desconto)


@pytest.mark.parametrize(
    ("preco", "base", "unidade", "desconto", "total"),
    [
        ("89.90", 2, Unidade.UN, "0", "179.80"),
        ("89.90", 2, Unidade.UN, "9.80", "170.00"),
        ("42.90", 3500, Unidade.L, "0", "150.15"),
        ("10.01", 500, Unidade.KG, "0", "5.01"),
        ("0.01", 499, Unidade.M, "0", "0.00"),
    ],
)
def test_linha_confere_na_calculadora(
    preco: str, base: int, unidade: Unidade, desconto: str, total: str
) -> None:
    calculado = total_da_linha(Decimal(preco), base, unidade.fator, Decimal(desconto))
    assert calculado == Decimal(total)


@st.composite
def rateios(sorteia: st.DrawFn) -> tuple[Decimal, list[Decimal]]:
    """Um desconto e as linhas em que ele cabe."""
    totais = sorteia(st.lists(st.integers(0, 10**10), min_size=1, max_size=30).filter(any))
    desconto = sorteia(st.integers(0, sum(totais)))
    return de_centavos(desconto), list(map(de_centavos, totais))


@settings(deadline=None)
@given(rateios())
def test_rateio_fecha_no_centavo_sem_passar_de_nenhuma_linha(
    rateio: tuple[Decimal, list[Decimal]],
) -> None:
    desconto, totais = rateio
    cotas = ratear(desconto, totais)
    assert sum(cotas) == desconto
    for cota, total in zip(cotas, totais, strict=True):
        assert 0 <= cota <= total
        proporcional = Fraction(desconto) * Fraction(total) / Fraction(sum(totais))
        assert abs(Fraction(cota) - proporcional) < Fraction(1, 100)


def test_centavo_que_sobra_no_empate_vai_para_a_primeira_linha() -> None:
    assert ratear(Decimal("0.01"), [Decimal(5), Decimal(5)]) == [Decimal("0.01"), 0]


@pytest.mark.parametrize(
    ("digitado", "valor"),
    [
        ("1234", "1234"),
        ("1234,5", "1234.5"),
        ("1234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234", "1234"),
        ("12.345.678,90", "12345678.90"),
        ("R$ 10", "10"),
        ("R$10,50", "10.50"),
        ("R$\u00a01.234,56", "1234.56"),
        ("  0,05 ", "0.05"),
        ("-3,00", "-3"),
    ],
)
def test_dinheiro_se_escreve_como_no_brasil(digitado: str, valor: str) -> None:
    assert ler_reais(digitado) == Decimal(valor)


@pytest.mark.parametrize(
    "digitado",
    [
        "",
        "R$",
        "dez",
        "1,234.56",
        "10,505",
        "1.23,45",
        "1234.567,89",
        "12.34.567",
        "1 234,56",
        ",50",
        "10,",
        "--1",
        "1e3",
        "NaN",
        "١٠",
        "１０",
        "US$ 10",
    ],
)
def test_dinheiro_que_nao_se_entende_se_recusa(digitado: str) -> None:
    with pytest.raises(DadoInvalido, match=r"1\.234,56") as recusa:
        ler_reais(digitado, "preco")
    assert recusa.value.campo == "preco"


@pytest.mark.parametrize(("digitado", "certo"), [("10.50", "10,50"), ("1234.5", "1234,5")])
def test_ponto_nos_centavos_se_recusa_e_diz_como_escrever(digitado: str, certo: str) -> None:
    with pytest.raises(DadoInvalido, match=f"Use vírgula para os centavos: {certo}, e não"):
        ler_reais(digitado)


@pytest.mark.parametrize(
    ("digitada", "valor"),
    [
        ("2", "2"),
        ("3,5", "3.5"),
        (" 0,125 ", "0.125"),
        ("1.234,5", "1234.5"),
        ("-1,5", "-1.5"),
    ],
)
def test_quantidade_se_escreve_com_virgula(digitada: str, valor: str) -> None:
    assert ler_quantidade(digitada) == Decimal(valor)


@pytest.mark.parametrize("digitada", ["", "dois", "3,5 l", "500 ml", "1,2345", "1,234.5", "٢"])
def test_quantidade_que_nao_se_entende_se_recusa(digitada: str) -> None:
    with pytest.raises(DadoInvalido, match="2 ou 3,5") as recusa:
        ler_quantidade(digitada, "delta")
    assert recusa.value.campo == "delta"


@pytest.mark.parametrize(
    ("digitada", "diz"),
    [("0.5", "Use vírgula: 0,5, e não"), ("1.234", "dois sentidos; escreva 1,234 ou 1234")],
)
def test_quantidade_com_ponto_se_recusa_e_diz_como_se_escreve(digitada: str, diz: str) -> None:
    with pytest.raises(DadoInvalido, match=diz):
        ler_quantidade(digitada)


@pytest.mark.parametrize(
    ("unidade", "comercial", "base"),
    [
        (Unidade.UN, "3", 3),
        (Unidade.L, "3.5", 3500),
        (Unidade.KG, "0.001", 1),
        (Unidade.M, "-2", -2000),
        (Unidade.UN, "1000000", 1_000_000),
    ],
)
def test_unidade_comercial_vai_e_volta_da_base(unidade: Unidade, comercial: str, base: int) -> None:
    assert unidade.base(Decimal(comercial)) == base
    assert unidade.comercial(base) == Decimal(comercial)


@pytest.mark.parametrize(
    ("unidade", "comercial", "explica"),
    [
        (Unidade.UN, "1.5", "inteira"),
        (Unidade.L, "0.0005", "até três decimais"),
        (Unidade.UN, "1000001", "grande demais"),
        (Unidade.UN, "-1000001", "grande demais"),
        (Unidade.L, "1000.001", "grande demais"),
    ],
)
def test_quantidade_que_nao_cabe_na_unidade_se_recusa(
    unidade: Unidade, comercial: str, explica: str
) -> None:
    """I3."""
    with pytest.raises(DadoInvalido, match=explica) as recusa:
        unidade.base(Decimal(comercial), "usada")
    assert recusa.value.campo == "usada"


@pytest.mark.parametrize(
    ("valor", "canonico"),
    [("0", "0.00"), ("0.01", "0.01"), ("10.500", "10.50"), ("99999999.99", "99999999.99")],
)
def test_valor_que_cabe_na_tabela_passa_com_dois_decimais(valor: str, canonico: str) -> None:
    assert str(conferir_reais(Decimal(valor), "preco")) == canonico


@pytest.mark.parametrize(
    ("valor", "explica"),
    [
        ("10.005", "dois decimais"),
        ("NaN", "dois decimais"),
        ("Infinity", "dois decimais"),
        ("-0.01", "negativo"),
        ("100000000", "fora do que a oficina aceita"),
        ("9" * 30, "fora do que a oficina aceita"),
    ],
)
def test_valor_que_nao_cabe_na_tabela_se_recusa(valor: str, explica: str) -> None:
    with pytest.raises(DadoInvalido, match=explica) as recusa:
        conferir_reais(Decimal(valor), "preco")
    assert recusa.value.campo == "preco"


def test_quantidade_pedida_e_maior_que_zero() -> None:
    assert conferir_quantidade(Decimal("0.5")) == Decimal("0.5")
    for errada in ("0", "-1", "NaN", "Infinity"):
        with pytest.raises(DadoInvalido, match="maior que zero"):
            conferir_quantidade(Decimal(errada))
