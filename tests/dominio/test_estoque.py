"""O custo médio, contra uma conta independente em frações exatas, e os saldos derivados."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oficina_core.dominio.dinheiro import QUANTIDADE_MAXIMA, de_centavos
from oficina_core.dominio.estoque import Saldo

CUSTOS = st.integers(0, 10**10).map(de_centavos)


def em_reais(texto: str | None) -> Decimal | None:
    return None if texto is None else Decimal(texto)


def saldo(
    estoque: int, custo: Decimal | None = None, *, reservado: int = 0, minimo: int = 0
) -> Saldo:
    return Saldo(
        loja_id=1,
        peca_id=2,
        estoque=estoque,
        reservado=reservado,
        custo=custo,
        minimo=minimo,
        localizacao=None,
        prateleira=1,
        seq=0,
    )


@settings(deadline=None)
@given(st.integers(1, 10**9), CUSTOS, st.integers(1, QUANTIDADE_MAXIMA), CUSTOS)
def test_custo_e_a_media_do_que_havia_e_do_que_entrou(
    havia: int, antigo: Decimal, entrada: int, novo: Decimal
) -> None:
    medio = saldo(havia + entrada, antigo).custo_medio(entrada, novo)
    soma = havia * Fraction(antigo) + entrada * Fraction(novo)
    centavos = floor(soma * 100 / (havia + entrada) + Fraction(1, 2))
    assert medio == Decimal(centavos) / 100


@pytest.mark.parametrize(
    ("antes", "custo", "entrada", "pago", "medio"),
    [
        (10, "20.00", 10, "30.00", "25.00"),
        (1, "10.00", 1, "20.00", "15.00"),
        (2, "10.00", 1, "10.01", "10.00"),
        (1, "10.00", 1, "10.01", "10.01"),
        (3500, "40.00", 500, "48.00", "41.00"),
        (0, "20.00", 5, "30.00", "30.00"),
        (10, None, 5, "30.00", "30.00"),
        (10, "20.00", 5, None, "20.00"),
        (0, None, 5, None, None),
    ],
)
def test_custo_medio_confere_na_calculadora(
    antes: int, custo: str | None, entrada: int, pago: str | None, medio: str | None
) -> None:
    depois = saldo(antes + entrada, em_reais(custo))
    assert depois.custo_medio(entrada, em_reais(pago)) == em_reais(medio)


def test_disponivel_e_o_que_nao_esta_reservado() -> None:
    assert saldo(10, reservado=4).disponivel == 6
