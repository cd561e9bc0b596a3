"""A produtividade: de quem é cada ordem, o que ela rendeu, e quanto levou."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import AtribuirMecanico, FichaOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.casos.relatorios_faturamento import VerFaturamento
from oficina_core.casos.relatorios_produtividade import FichaProdutividade, VerProdutividade
from oficina_core.casos.relatorios_tempos import VerTempos
from oficina_core.dominio.acesso import Papel
from tests import cenario
from tests.conftest import Relogio


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    cenario.funcionario(oficina, Papel.MECANICO, cenario.CPF_ZE)
    return oficina


def produtividade(oficina: Oficina, **pedido: Any) -> FichaProdutividade:
    return oficina.executar(VerProdutividade(**pedido))


def feita(
    oficina: Oficina,
    relogio: Relogio,
    minutos: int,
    mecanico: str | None = None,
    **proposta: Any,
) -> FichaOrdem:
    """Uma ordem que ficou tantos minutos em execução."""
    ordem = cenario.em_execucao(oficina, **proposta)
    if mecanico:
        oficina.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=mecanico))
    relogio.passar(minutes=minutos)
    return oficina.executar(FinalizarOrdem(ordem_id=ordem.id))


def test_sem_ordem_finalizada_nao_ha_linhas_e_se_diz_o_que_fazer(balcao: Oficina) -> None:
    cenario.em_execucao(balcao)
    ficha = produtividade(balcao)
    assert (ficha.ordens, ficha.mecanicos) == (0, ())
    assert ficha.aviso is not None
    assert "peça outros dias" in ficha.aviso


def test_cada_mecanico_com_o_que_entregou_e_em_quanto_tempo(
    balcao: Oficina, relogio: Relogio
) -> None:
    feita(balcao, relogio, 60, cenario.CPF_ZE)
    feita(balcao, relogio, 121, cenario.CPF_ZE, servicos=("OLEO", "PAST"))
    feita(balcao, relogio, 30, servicos=("OLEO",))
    ze, ninguem = produtividade(balcao).mecanicos
    assert (ze.mecanico, ze.ordens, ze.mao_de_obra) == ("Zé mecânico", 2, 300)
    assert ze.ticket_medio == Decimal("237.33")  # 249,65 e 225,00
    assert (ze.minutos_vendidos, ze.minutos_execucao, ze.minutos_medios) == (120, 181, 90)
    assert (ninguem.mecanico, ninguem.ordens, ninguem.minutos_vendidos) == (None, 1, 30)


def test_os_mecanicos_somam_o_faturamento(balcao: Oficina, relogio: Relogio) -> None:
    feita(balcao, relogio, 10, cenario.CPF_ZE)
    feita(balcao, relogio, 10, pecas=("FILTRO",))
    ficha = produtividade(balcao)
    todo = balcao.executar(VerFaturamento())
    assert (ficha.ordens, ficha.mao_de_obra, ficha.faturado) == (
        *(todo.ordens, todo.mao_de_obra, todo.faturado),
    )
    assert sum(linha.ordens for linha in ficha.mecanicos) == todo.ordens
    assert sum(linha.mao_de_obra for linha in ficha.mecanicos) == todo.mao_de_obra


def test_o_tempo_em_execucao_e_o_mesmo_que_os_eventos_contam(
    balcao: Oficina, relogio: Relogio
) -> None:
    for minutos in (30, 95, 400):
        feita(balcao, relogio, minutos, cenario.CPF_ZE)
    (ze,) = produtividade(balcao).mecanicos
    execucao = balcao.executar(VerTempos()).por_status[-1]
    assert (ze.ordens, ze.minutos_medios) == (execucao.ordens, execucao.minutos_medios) == (3, 175)


def test_o_complementar_e_do_mesmo_mecanico_e_da_mesma_ordem(
    balcao: Oficina, relogio: Relogio
) -> None:
    ordem = cenario.em_execucao(balcao, servicos=("OLEO",))
    balcao.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=cenario.CPF_ZE))
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    balcao.executar(AprovarOrcamento(orcamento_id=extra.id))
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    (ze,) = produtividade(balcao).mecanicos
    assert (ze.ordens, ze.mao_de_obra, ze.ticket_medio) == (1, 75, 255)


def test_a_ordem_conta_no_mes_em_que_acabou(balcao: Oficina, relogio: Relogio) -> None:
    ordem = cenario.em_execucao(balcao)
    relogio.agora += timedelta(days=10)
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    assert produtividade(balcao, mes="2026-11").ordens == 0
    (linha,) = produtividade(balcao, mes="2026-12").mecanicos
    assert linha.minutos_execucao == 10 * 24 * 60
