"""O giro do estoque: a curva ABC, o que está parado, o que falta e quanto vale."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.estoque import AjustarEstoque, DefinirPrateleira, EntradaEstoque
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.casos.relatorios import VerPainel
from oficina_core.casos.relatorios_estoque import FichaGiro, VerGiroEstoque
from oficina_core.casos.relatorios_faturamento import VerFaturamento
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.giro import ClasseABC
from tests import cenario
from tests.conftest import Relogio


def giro(oficina: Oficina, **pedido: Any) -> FichaGiro:
    return oficina.executar(VerGiroEstoque(**pedido))


def em(relogio: Relogio, dia: str) -> None:
    relogio.agora = datetime.fromisoformat(f"2026-{dia}T12:00:00+00:00")


def gastar(oficina: Oficina, *pecas: ItemPedido | str) -> None:
    ordem = cenario.em_execucao(oficina, pecas=pecas)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))


def test_a_oficina_sem_pecas_diz_que_nada_saiu(oficina: Oficina) -> None:
    ficha = giro(oficina)
    assert (ficha.pecas_em_estoque, ficha.valor_em_estoque, ficha.consumido) == (0, 0, 0)
    assert (ficha.classes, ficha.curva, ficha.paradas, ficha.em_falta) == ((), (), (), ())
    assert ficha.aviso is not None
    assert "Nenhuma peça saiu para ordem de 01/11/2026 a 23/11/2026" in ficha.aviso


def test_o_estoque_vale_o_custo_medio_de_cada_peca(oficina: Oficina) -> None:
    cenario.catalogo(oficina)  # 10 × 20,00, 40 l × 25,00 e 1 × 100,00
    entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(10), custo=Decimal("30.00"))
    oficina.executar(entrada)
    cenario.peca(oficina, "ZERADA")
    ficha = giro(oficina)
    assert (ficha.pecas_em_estoque, ficha.valor_em_estoque) == (3, 1600)


def test_peca_sem_custo_vale_zero_e_se_diz(oficina: Oficina) -> None:
    cenario.peca(oficina, "PANO", estoque="3")
    ficha = giro(oficina)
    assert (ficha.pecas_em_estoque, ficha.valor_em_estoque) == (1, 0)
    assert ficha.aviso is not None
    assert "1 peça está no estoque sem que se saiba o custo" in ficha.aviso


def test_a_curva_poe_o_que_mais_se_consumiu_antes(oficina: Oficina) -> None:
    for codigo, custo in (("A", "80.00"), ("B", "15.00"), ("C", "4.00"), ("D", "1.00")):
        cenario.peca(oficina, codigo, estoque="10", custo=custo)
    gastar(oficina, "A", "B", "C", "D")
    ficha = giro(oficina)
    assert [(p.classe, p.codigo, p.consumido, p.acumulado_por_cento) for p in ficha.curva] == [
        (ClasseABC.A, "A", 80, 80),
        (ClasseABC.B, "B", 15, 95),
        (ClasseABC.C, "C", 4, 99),
        (ClasseABC.C, "D", 1, 100),
    ]
    assert [(c.classe, c.pecas, c.consumido, c.por_cento) for c in ficha.classes] == [
        (ClasseABC.A, 1, 80, 80),
        (ClasseABC.B, 1, 15, 15),
        (ClasseABC.C, 2, 5, 5),
    ]
    assert ficha.consumido == 100


def test_o_limite_corta_as_listas_e_nao_os_totais(oficina: Oficina, relogio: Relogio) -> None:
    for codigo in "ABCDE":
        cenario.peca(oficina, codigo, estoque="10", custo="10.00")
        oficina.executar(DefinirPrateleira(peca_id=codigo, minimo=Decimal(20)))
    relogio.passar(days=-40)
    gastar(oficina, *"ABCDE")
    relogio.passar(days=40)
    ficha = giro(oficina, de=date(2026, 9, 1), limite=2, parada_ha=1)
    assert (len(ficha.curva), ficha.consumido) == (2, 50)
    assert (len(ficha.em_falta), ficha.abaixo_do_minimo) == (2, 5)
    assert sum(classe.pecas for classe in ficha.classes) == 5


def test_o_consumido_e_o_custo_do_faturamento_do_mesmo_periodo(
    oficina: Oficina, relogio: Relogio
) -> None:
    cenario.catalogo(oficina)
    for dia, quanto in (("10-30", "1.333"), ("11-03", "2.777"), ("11-20", "0.001")):
        em(relogio, dia)
        gastar(oficina, ItemPedido(id="OLEO-5W30", quantidade=Decimal(quanto)), "FILTRO")
    em(relogio, "11-23")
    for mes in ("2026-10", "2026-11"):
        faturado = oficina.executar(VerFaturamento(mes=mes))
        assert giro(oficina, mes=mes).consumido == faturado.custo_pecas
    assert giro(oficina, mes="2026-11").consumido == Decimal("109.45")  # 2,778 l e dois filtros


def test_o_ajuste_nao_e_consumo(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    oficina.executar(AjustarEstoque(peca_id="FILTRO", delta=Decimal(-2), motivo="quebrou"))
    ficha = giro(oficina)
    assert (ficha.consumido, ficha.curva) == (0, ())


def test_parada_e_a_que_ja_havia_e_nao_saiu_desde_entao(oficina: Oficina, relogio: Relogio) -> None:
    em(relogio, "08-01")
    for codigo, estoque in (("NUNCA", "4"), ("ANTES", "9"), ("AGORA", "9"), ("ACABOU", "1")):
        cenario.peca(oficina, codigo, estoque=estoque, custo="10.00")
    cenario.peca(oficina, "FLUIDO", estoque="2.5", custo="30.00", unidade=Unidade.L)
    gastar(oficina, "ACABOU", "ANTES")
    em(relogio, "11-20")
    gastar(oficina, "AGORA")
    cenario.peca(oficina, "NOVA", estoque="50", custo="10.00")
    em(relogio, "11-23")
    ficha = giro(oficina)
    assert (ficha.dias_parada, ficha.pecas_paradas, ficha.valor_parado) == (90, 3, 195)
    assert [(p.codigo, p.estoque, p.ultima_saida, p.valor) for p in ficha.paradas] == [
        ("ANTES", 8, date(2026, 8, 1), 80),
        ("FLUIDO", Decimal("2.5"), None, 75),
        ("NUNCA", 4, None, 40),
    ]
    assert giro(oficina, parada_ha=114).pecas_paradas == 0  # desde 1º de agosto, quando chegaram
    assert giro(oficina, parada_ha=1).pecas_paradas == 5


def test_abaixo_do_minimo_e_o_que_o_painel_diz(oficina: Oficina) -> None:
    for codigo, estoque in (("A", "3"), ("B", "0"), ("C", "9")):
        cenario.peca(oficina, codigo, estoque=estoque)
        oficina.executar(DefinirPrateleira(peca_id=codigo, minimo=Decimal(4)))
    ficha = giro(oficina)
    painel = oficina.executar(VerPainel())
    assert ficha.abaixo_do_minimo == painel.abaixo_do_minimo == 2
    assert [linha.codigo for linha in ficha.em_falta] == [p.codigo for p in painel.em_falta]
    assert [(linha.disponivel, linha.minimo, linha.loja) for linha in ficha.em_falta] == [
        (0, 4, None),
        (3, 4, None),
    ]


@pytest.mark.parametrize("pedido", [{"parada_ha": 0}, {"parada_ha": 367}, {"limite": 0}])
def test_o_que_passa_da_faixa_se_recusa(pedido: dict[str, int]) -> None:
    with pytest.raises(DadoInvalido, match="vai de 1 a"):
        VerGiroEstoque(**pedido)  # type: ignore[arg-type]
