"""Os tempos: quanto o carro espera em cada status, e quanto cada serviço demora de verdade."""

from datetime import datetime
from typing import Any

import pytest

from oficina_core.casos.orcamentos import EnviarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import AtribuirMecanico, IniciarDiagnostico
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.casos.relatorios import VerPainel
from oficina_core.casos.relatorios_tempos import FichaTempos, VerTempos
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.conftest import Relogio


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    cenario.funcionario(oficina, Papel.MECANICO, cenario.CPF_ZE)
    return oficina


def tempos(oficina: Oficina, **pedido: Any) -> FichaTempos:
    return oficina.executar(VerTempos(**pedido))


def feita(oficina: Oficina, relogio: Relogio, minutos: int, **proposta: Any) -> int:
    ordem = cenario.em_execucao(oficina, **proposta)
    relogio.passar(minutes=minutos)
    return oficina.executar(FinalizarOrdem(ordem_id=ordem.id)).id


def test_sem_ordens_nao_ha_tempos_e_se_diz_o_que_fazer(balcao: Oficina) -> None:
    ficha = tempos(balcao)
    assert [(linha.ordens, linha.minutos_medianos) for linha in ficha.por_status] == [(0, 0)] * 4
    assert (ficha.execucao_por_mecanico, ficha.execucao_por_servico) == ((), ())
    assert ficha.aviso is not None
    assert "Nenhuma ordem foi finalizada" in ficha.aviso


def test_o_tempo_de_cada_status_em_media_e_na_metade(balcao: Oficina, relogio: Relogio) -> None:
    for horas in (1, 2, 9):
        ordem = cenario.abrir(balcao, kits=("TROCA-OLEO",))
        relogio.passar(hours=horas)
        balcao.executar(IniciarDiagnostico(ordem_id=ordem.id))
        relogio.passar(minutes=30)
        balcao.executar(EnviarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    linhas = [
        (linha.status, linha.ordens, linha.minutos_medios, linha.minutos_medianos)
        for linha in tempos(balcao).por_status
    ]
    assert linhas == [
        (StatusOrdem.RECEBIDA, 3, 240, 120),
        (StatusOrdem.EM_DIAGNOSTICO, 3, 30, 30),
        (StatusOrdem.AGUARDANDO_APROVACAO, 0, 0, 0),
        (StatusOrdem.EM_EXECUCAO, 0, 0, 0),
    ]


def test_a_metade_e_a_que_o_painel_do_mesmo_mes_diz(balcao: Oficina, relogio: Relogio) -> None:
    for minutos in (20, 45, 300, 70):
        feita(balcao, relogio, minutos)
    painel = balcao.executar(VerPainel())
    ficha = tempos(balcao)
    assert [linha.minutos_medianos for linha in ficha.por_status] == [
        tempo.minutos for tempo in painel.tempos
    ]


def test_por_mecanico_so_as_finalizadas_e_as_sem_dono_a_parte(
    balcao: Oficina, relogio: Relogio
) -> None:
    dele = cenario.em_execucao(balcao)
    balcao.executar(AtribuirMecanico(ordem_id=dele.id, mecanico_id=cenario.CPF_ZE))
    relogio.passar(minutes=50)
    balcao.executar(FinalizarOrdem(ordem_id=dele.id))
    feita(balcao, relogio, 10)
    feita(balcao, relogio, 30)
    desistiu = cenario.em_execucao(balcao)
    relogio.passar(minutes=999)
    balcao.executar(CancelarOrdem(ordem_id=desistiu.id, motivo="desistiu"))
    ficha = tempos(balcao)
    assert [
        (linha.mecanico, linha.ordens, linha.minutos_medios, linha.minutos_medianos)
        for linha in ficha.execucao_por_mecanico
    ] == [(None, 2, 20, 20), ("Zé mecânico", 1, 50, 50)]
    assert ficha.por_status[-1].ordens == 4  # a que se cancelou também saiu da execução


def test_por_servico_o_estimado_ao_lado_do_que_se_levou(balcao: Oficina, relogio: Relogio) -> None:
    feita(balcao, relogio, 40, servicos=("OLEO",))
    feita(balcao, relogio, 120, servicos=("OLEO", "PAST"))
    feita(balcao, relogio, 15, pecas=("FILTRO",))
    assert [
        (s.codigo, s.ordens, s.minutos_estimados, s.minutos_das_ordens, s.minutos_medianos)
        for s in tempos(balcao).execucao_por_servico
    ] == [("OLEO", 2, 30, 60, 80), ("PAST", 1, 60, 90, 120)]


def test_o_servico_recusado_nao_conta(balcao: Oficina, relogio: Relogio) -> None:
    orcamento = cenario.enviado(balcao, servicos=("OLEO", "PAST"))
    linhas = (orcamento.itens[0].id,)
    ordem = balcao.executar(AprovarOrcamento(orcamento_id=orcamento.id, linhas=linhas))
    relogio.passar(minutes=40)
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    (oleo,) = tempos(balcao).execucao_por_servico
    assert (oleo.codigo, oleo.minutos_das_ordens) == ("OLEO", 30)


def test_no_status_nao_conta_a_aberta_ha_mais_de_noventa_dias(
    balcao: Oficina, relogio: Relogio
) -> None:
    relogio.agora = datetime.fromisoformat("2026-07-01T12:00:00+00:00")
    velha = cenario.em_execucao(balcao)
    relogio.agora = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    balcao.executar(FinalizarOrdem(ordem_id=velha.id))
    ficha = tempos(balcao)
    assert ficha.por_status[-1].ordens == 0
    assert ficha.execucao_por_mecanico[0].ordens == 1
