from decimal import Decimal

from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.faturamento import Faturamento
from oficina_core.dominio.orcamento import ItemOrcamento, StatusItem, TipoItem


def servico(valor: str) -> ItemOrcamento:
    return ItemOrcamento(
        tipo=TipoItem.SERVICO,
        descricao="Mão de obra",
        preco_unitario=Decimal(valor),
        quantidade=1,
        total=Decimal(valor),
        status=StatusItem.APROVADO,
    )


def oleo(usada: int | None) -> ItemOrcamento:
    """Três litros e meio aprovados."""
    return ItemOrcamento(
        tipo=TipoItem.PECA,
        descricao="Óleo",
        unidade=Unidade.L,
        preco_unitario=Decimal("39.90"),
        quantidade=3500,
        total=Decimal("139.65"),
        status=StatusItem.APROVADO,
        usada=usada,
    )


def test_sem_ordens_tudo_e_zero() -> None:
    nada = Faturamento.de([])
    assert (nada.ordens, nada.total, nada.pecas, nada.ticket) == (0, 0, 0, 0)


def test_soma_o_que_se_cobrou_e_nao_o_que_se_aprovou() -> None:
    dito = Faturamento.de([(7, servico("75.00")), (7, oleo(3200)), (8, oleo(None))])
    assert (dito.ordens, dito.total, dito.pecas) == (2, Decimal("342.33"), Decimal("267.33"))


def test_a_media_arredonda_meio_centavo_para_cima() -> None:
    assert Faturamento.de([(1, servico("0.01")), (2, servico("0.02"))]).ticket == Decimal("0.02")
    tres = Faturamento.de([(1, servico("10.00")), (2, servico("0.00")), (3, servico("0.00"))])
    assert tres.ticket == Decimal("3.33")
