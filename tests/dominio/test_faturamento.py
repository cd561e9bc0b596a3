from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.faturamento import (
    Faturamento,
    OrdemFaturada,
    a_receber,
    agrupar,
    por_cento,
)
from oficina_core.dominio.orcamento import ItemOrcamento, StatusItem, TipoItem


def servico(valor: str, numero: int = 1, desconto: str = "0.00") -> ItemOrcamento:
    return ItemOrcamento(
        tipo=TipoItem.SERVICO,
        servico_id=numero,
        descricao="Mão de obra",
        preco_unitario=Decimal(valor),
        quantidade=1,
        desconto=Decimal(desconto),
        total=Decimal(valor) - Decimal(desconto),
        status=StatusItem.APROVADO,
    )


def oleo(usada: int | None, desconto: str = "0.00") -> ItemOrcamento:
    """Três litros e meio aprovados."""
    return ItemOrcamento(
        tipo=TipoItem.PECA,
        peca_id=1,
        descricao="Óleo",
        unidade=Unidade.L,
        preco_unitario=Decimal("39.90"),
        quantidade=3500,
        desconto=Decimal(desconto),
        total=Decimal("139.65") - Decimal(desconto),
        status=StatusItem.APROVADO,
        usada=usada,
    )


def ordem(*itens: ItemOrcamento, id: int = 1, mecanico: int | None = None) -> OrdemFaturada:
    return OrdemFaturada(
        id=id,
        loja_id=1,
        mecanico_id=mecanico,
        dia=date(2026, 11, 23),
        execucao=timedelta(hours=2),
        itens=itens,
    )


def test_sem_ordens_tudo_e_zero() -> None:
    nada = Faturamento.de([])
    assert (nada.ordens, nada.total, nada.pecas, nada.ticket, nada.desconto) == (0, 0, 0, 0, 0)


def test_soma_o_que_se_cobrou_e_nao_o_que_se_aprovou() -> None:
    dito = Faturamento.de([ordem(servico("75.00"), oleo(3200)), ordem(oleo(None))])
    assert (dito.ordens, dito.total, dito.pecas) == (2, Decimal("342.33"), Decimal("267.33"))
    assert dito.mao_de_obra == Decimal("75.00")


def test_a_media_arredonda_meio_centavo_para_cima() -> None:
    dois = [ordem(servico("0.01")), ordem(servico("0.02"))]
    assert Faturamento.de(dois).ticket == Decimal("0.02")
    tres = [ordem(servico(valor)) for valor in ("10.00", "0.00", "0.00")]
    assert Faturamento.de(tres).ticket == Decimal("3.33")


def test_o_desconto_e_so_o_do_que_se_cobrou() -> None:
    """Do óleo que sobrou, nem se cobra nem se descontou."""
    inteiro = Faturamento.de([ordem(servico("75.00", desconto="5.00"), oleo(3500, "7.00"))])
    assert (inteiro.desconto, inteiro.total) == (Decimal("12.00"), Decimal("202.65"))
    metade = Faturamento.de([ordem(oleo(1750, "7.00"))])
    assert (metade.desconto, metade.total) == (Decimal("3.50"), Decimal("66.33"))
    nada = Faturamento.de([ordem(oleo(0, "7.00"))])
    assert (nada.desconto, nada.total) == (0, 0)
    recusada = oleo(None, "7.00")
    recusada.status = StatusItem.RECUSADO
    assert recusada.descontado == 0


precos = st.integers(0, 99_999).map(lambda n: Decimal(n).scaleb(-2))


@st.composite
def itens(sorteio: st.DrawFn) -> ItemOrcamento:
    peca = sorteio(st.booleans())
    unidade = sorteio(st.sampled_from(Unidade)) if peca else Unidade.UN
    quantidade = sorteio(st.integers(1, 9_000))
    item = ItemOrcamento(
        tipo=TipoItem.PECA if peca else TipoItem.SERVICO,
        peca_id=1 if peca else None,
        servico_id=None if peca else sorteio(st.integers(1, 3)),
        descricao="x",
        unidade=unidade,
        preco_unitario=sorteio(precos),
        quantidade=quantidade,
        status=StatusItem.APROVADO,
    )
    item.desconto = item.bruto * sorteio(st.integers(0, 100)) // 100
    item.calcular()
    item.usada = sorteio(st.integers(0, quantidade)) if peca else quantidade
    return item


ordens = st.lists(
    st.builds(
        lambda linhas, mecanico: ordem(*linhas, mecanico=mecanico),
        st.lists(itens(), min_size=1, max_size=4),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=6,
)


def no_papel(item: ItemOrcamento) -> Decimal:
    """O que se cobra de uma linha, em frações exatas, com um arredondamento no fim."""
    preco, desconto = Fraction(item.preco_unitario), Fraction(item.desconto)
    usada = Fraction(item.usada or 0)
    exato = preco * usada / item.unidade.fator - desconto * usada / item.quantidade
    centavos = Decimal(exato.numerator * 100) / Decimal(exato.denominator)
    return centavos.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)


@given(ordens)
def test_mao_de_obra_e_pecas_dao_o_total_e_o_desconto_o_cheio(ditas: list[OrdemFaturada]) -> None:
    faturado = Faturamento.de(ditas)
    linhas = [item for dita in ditas for item in dita.itens]
    assert faturado.total == sum(map(no_papel, linhas), Decimal(0))
    assert faturado.total == faturado.mao_de_obra + faturado.pecas
    assert faturado.total == sum((dita.total for dita in ditas), Decimal(0))
    cheios = [
        Decimal(item.preco_unitario * (item.usada or 0) / item.unidade.fator).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
        for item in linhas
    ]
    assert faturado.total + faturado.desconto == sum(cheios, Decimal(0))


@given(ordens)
def test_por_mecanico_soma_o_todo(ditas: list[OrdemFaturada]) -> None:
    partes = [
        Faturamento.de(dele) for dele in agrupar(ditas, lambda dita: dita.mecanico_id).values()
    ]
    todo = Faturamento.de(ditas)
    for campo in ("ordens", "mao_de_obra", "pecas", "desconto", "total"):
        assert sum(getattr(parte, campo) for parte in partes) == getattr(todo, campo)


def test_o_estimado_e_a_soma_dos_servicos_e_peca_nao_tem_tempo() -> None:
    duas = servico("10.00", 2)
    duas.quantidade = 2
    assert ordem(servico("75.00", 1), duas, oleo(3500)).estimado({1: 30, 2: 45}) == 120


@pytest.mark.parametrize(
    ("pagos", "falta"),
    [
        ({}, "300.00"),
        ({1: "40.00"}, "260.00"),
        ({1: "100.00", 2: "200.00"}, "0.00"),
        ({1: "150.00", 2: "50.00"}, "150.00"),  # os 50 a mais da primeira não pagam a segunda
    ],
)
def test_a_receber_e_o_que_falta_de_cada_ordem(pagos: dict[int, str], falta: str) -> None:
    ditas = [ordem(servico("100.00"), id=1), ordem(servico("200.00"), id=2)]
    lidos = {id: Decimal(valor) for id, valor in pagos.items()}
    assert a_receber(ditas, lidos) == Decimal(falta)


@pytest.mark.parametrize(
    ("parte", "todo", "dito"),
    [("1", "3", "33.3"), ("2", "3", "66.7"), ("-5", "10", "-50"), ("0.05", "100", "0.1")],
)
def test_por_cento_tem_um_decimal(parte: str, todo: str, dito: str) -> None:
    assert por_cento(Decimal(parte), Decimal(todo)) == Decimal(dito)


def test_por_cento_de_nada_nao_ha() -> None:
    assert por_cento(Decimal(0), Decimal(0)) is None
