from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.giro import ClasseABC, Porcao, curva, juntar

A, B, C = ClasseABC


def porcao(peca: int, reais: str, *, base: int = 1, unidade: Unidade = Unidade.UN) -> Porcao:
    """Um tanto que custou esses reais."""
    return Porcao(
        peca_id=peca,
        codigo=f"P{peca:02}",
        nome="Peça",
        unidade=unidade,
        base=base,
        custo=int(Decimal(reais) * 100) * unidade.fator,
        sem_custo=0,
    )


def classes(*reais: str) -> str:
    return "".join(p.classe for p in curva(porcao(n, valor) for n, valor in enumerate(reais)))


@pytest.mark.parametrize(
    ("reais", "ditas"),
    [
        (("80", "15", "5"), "ABC"),
        (("79.99", "15.01", "5"), "AAC"),  # a que cruza os 80 % é A, e depois dela já há 95 %
        (("85", "12", "3"), "ABC"),  # a que sozinha passa do limite é A
        (("50", "30", "10", "5", "5"), "AABBC"),
        (("1", "1", "1", "1", "1"), "AAAAB"),
        (("7",), "A"),
        (("0", "0"), "CC"),
        (("9", "0"), "AC"),
    ],
)
def test_a_e_ate_80_por_cento_b_ate_95_e_c_o_resto(reais: tuple[str, ...], ditas: str) -> None:
    assert classes(*reais) == ditas


def test_sem_consumo_nao_ha_curva() -> None:
    assert curva([]) == []


def test_o_acumulado_acaba_em_cem() -> None:
    pontos = curva([porcao(1, "1"), porcao(2, "1"), porcao(3, "1")])
    assert [ponto.acumulado for ponto in pontos] == [Decimal("33.3"), Decimal("66.7"), 100]


@given(st.lists(st.integers(0, 10**7), max_size=30))
def test_a_curva_e_a_de_uma_planilha(centavos: list[int]) -> None:
    """O oráculo: em ordem, cada peça olha quanto as de antes somam."""
    pontos = curva(porcao(n, str(Decimal(c) / 100)) for n, c in enumerate(centavos))
    total, antes = sum(centavos), 0
    for ponto, valor in zip(pontos, sorted(centavos, reverse=True), strict=True):
        assert ponto.porcao.valor * 100 == valor
        parte = antes / total if total else 1
        esperada = A if parte < 0.8 else B if parte < 0.95 else C
        assert ponto.classe is (esperada if valor else C)
        antes += valor


def test_o_custo_se_arredonda_uma_vez_por_peca() -> None:
    """Três meios centavos são um centavo e meio: dois, e não três."""
    meio = Porcao(
        peca_id=1, codigo="OLEO", nome="Óleo", unidade=Unidade.L, base=5, custo=500, sem_custo=0
    )
    assert meio.valor == Decimal("0.01")
    (junta,) = juntar([meio, meio, meio])
    assert (junta.valor, junta.quantidade) == (Decimal("0.02"), Decimal("0.015"))


def test_juntar_soma_a_mesma_peca_e_poe_a_que_mais_vale_antes() -> None:
    cedo, tarde = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    campos = {"codigo": "P01", "nome": "Peça", "unidade": Unidade.UN, "custo": 100}
    partes = [
        Porcao(peca_id=1, base=1, sem_custo=1, ultima=cedo, **campos),  # type: ignore[arg-type]
        porcao(2, "5"),
        porcao(3, "5"),
        Porcao(peca_id=1, base=2, sem_custo=0, ultima=tarde, **campos),  # type: ignore[arg-type]
    ]
    juntas = juntar(partes)
    assert [p.codigo for p in juntas] == ["P02", "P03", "P01"]
    assert (juntas[2].base, juntas[2].sem_custo, juntas[2].ultima) == (3, 1, tarde)
    assert juntas[0].ultima is None
