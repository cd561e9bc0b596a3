"""O faturamento: o mesmo número em toda parte, e o que falta para ele dizer tudo."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem, PecaUsada
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.portas import Oficina
from oficina_core.casos.relatorios import VerPainel
from oficina_core.casos.relatorios_faturamento import FichaFaturamento, VerFaturamento
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import AcessoNegado
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.dominio.periodo import Passo
from tests import cenario
from tests.conftest import Relogio

AbrirPara = Callable[[Sujeito], Oficina]
F = FormaPagamento


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    return oficina


def faturamento(oficina: Oficina, **pedido: Any) -> FichaFaturamento:
    return oficina.executar(VerFaturamento(**pedido))


def em(relogio: Relogio, dia: str, hora: str = "12:00") -> None:
    """Põe o relógio nesse dia e hora, em UTC."""
    relogio.agora = datetime.fromisoformat(f"2026-{dia}T{hora}:00+00:00")


def terminada(oficina: Oficina, *, usada: str | None = None, **campos: Any) -> FichaOrdem:
    """Uma troca de óleo: R$ 75,00 de mão de obra e R$ 174,65 de peças, que custaram R$ 107,50."""
    ordem = cenario.em_execucao(oficina, **campos)
    oleos = [item.id for item in ordem.orcamentos[0].itens if item.descricao == "Oleo-5w30"]
    usadas = tuple(PecaUsada(linha=oleo, quantidade=Decimal(usada)) for oleo in oleos if usada)
    return oficina.executar(FinalizarOrdem(ordem_id=ordem.id, usadas=usadas))


def pagar(oficina: Oficina, ordem: int, forma: FormaPagamento, valor: str) -> FichaOrdem:
    return oficina.executar(RegistrarPagamento(ordem_id=ordem, forma=forma, valor=Decimal(valor)))


def test_sem_ordem_finalizada_tudo_e_zero_e_se_diz_o_que_fazer(oficina: Oficina) -> None:
    ficha = faturamento(oficina)
    assert (ficha.de, ficha.ate) == (date(2026, 11, 1), date(2026, 11, 23))
    assert (ficha.ordens, ficha.faturado, ficha.ticket_medio, ficha.recebido) == (0, 0, 0, 0)
    assert (ficha.margem_por_cento, ficha.recusado_por_cento) == (None, None)
    assert (ficha.por_periodo, ficha.por_loja, ficha.por_forma, ficha.recusas) == ((), (), (), ())
    assert ficha.aviso == (
        "Nenhuma ordem foi finalizada de 01/11/2026 a 23/11/2026; peça outros dias, ou outro mês."
    )


def test_mao_de_obra_mais_pecas_e_o_faturado_e_a_margem_e_so_das_pecas(balcao: Oficina) -> None:
    terminada(balcao)
    terminada(balcao, usada="3.2")
    ficha = faturamento(balcao)
    assert (ficha.ordens, ficha.mao_de_obra, ficha.pecas) == (2, 150, Decimal("337.33"))
    assert ficha.faturado == ficha.mao_de_obra + ficha.pecas == Decimal("487.33")
    assert ficha.ticket_medio == Decimal("243.67")
    assert ficha.custo_pecas == Decimal("207.50")  # 6,7 l de óleo e dois filtros
    assert ficha.margem_pecas == Decimal("129.83")
    assert ficha.margem_por_cento == Decimal("38.5")
    assert ficha.aviso is None


def test_o_faturado_do_painel_e_o_do_faturamento_do_mesmo_mes_sao_o_mesmo(
    balcao: Oficina, relogio: Relogio
) -> None:
    for dia in ("10-30", "11-02", "11-20"):
        em(relogio, dia)
        terminada(balcao, usada="2.777")
    em(relogio, "11-23")
    for mes in ("2026-10", "2026-11"):
        painel = balcao.executar(VerPainel(mes=mes))
        ficha = faturamento(balcao, mes=mes)
        assert (ficha.faturado, ficha.pecas) == (painel.faturado, painel.faturado_pecas)
        assert (ficha.ticket_medio, ficha.ate) == (painel.ticket_medio, painel.ate)


def test_o_desconto_e_o_custo_ficam_como_no_dia(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    proposta = CriarOrcamento(
        ordem_id=ordem.id, kits=("TROCA-OLEO",), desconto=Decimal("24.96"), enviar=True
    )
    balcao.executar(AprovarOrcamento(orcamento_id=balcao.executar(proposta).id))
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(50), custo=Decimal("90.00"))
    balcao.executar(entrada)
    ficha = faturamento(balcao)
    assert (ficha.faturado, ficha.desconto) == (Decimal("224.69"), Decimal("24.96"))
    assert ficha.custo_pecas == Decimal("107.50")


def test_peca_sem_custo_conhecido_se_diz(balcao: Oficina) -> None:
    cenario.peca(balcao, "PANO", "10.00", estoque="3")
    terminada(balcao, pecas=("PANO", "FILTRO"))
    ficha = faturamento(balcao)
    assert (ficha.custo_pecas, ficha.margem_pecas) == (20, 25)
    assert ficha.aviso is not None
    assert "1 peça saiu sem que se saiba o custo" in ficha.aviso


def test_a_ordem_cancelada_e_a_que_nao_acabou_nao_se_faturam(balcao: Oficina) -> None:
    desistiu = cenario.em_execucao(balcao)
    balcao.executar(CancelarOrdem(ordem_id=desistiu.id, motivo="desistiu"))
    cenario.em_execucao(balcao)
    assert faturamento(balcao).ordens == 0


def test_o_recebido_e_do_dia_em_que_entrou_e_o_estorno_do_dia_em_que_se_devolveu(
    balcao: Oficina, relogio: Relogio
) -> None:
    em(relogio, "10-30")
    aberta = cenario.em_execucao(balcao)
    pagar(balcao, aberta.id, F.PIX, "100.00")
    em(relogio, "11-10")
    balcao.executar(FinalizarOrdem(ordem_id=aberta.id))
    engano = pagar(balcao, aberta.id, F.DINHEIRO, "49.65").pagamentos[-1]
    balcao.executar(EstornarPagamento(pagamento_id=engano.id))
    pagar(balcao, aberta.id, F.CARTAO_CREDITO, "49.65")
    outubro = faturamento(balcao, mes="2026-10")
    assert [(linha.forma, linha.recebido) for linha in outubro.por_forma] == [(F.PIX, 100)]
    assert (outubro.recebido, outubro.a_receber) == (100, 0)
    novembro = faturamento(balcao, mes="2026-11")
    assert [(linha.forma, linha.recebido) for linha in novembro.por_forma] == [
        (F.DINHEIRO, 0),
        (F.CARTAO_CREDITO, Decimal("49.65")),
    ]
    assert (novembro.recebido, novembro.a_receber) == (Decimal("49.65"), 100)


def test_o_que_se_recusou_e_por_que(balcao: Oficina) -> None:
    inteiro = cenario.enviado(balcao, servicos=("PAST",))
    balcao.executar(RecusarOrcamento(orcamento_id=inteiro.id, motivo="Achou caro."))
    outro = cenario.enviado(balcao, servicos=("OLEO",))
    balcao.executar(RecusarOrcamento(orcamento_id=outro.id, motivo="achou caro"))
    parte = cenario.enviado(balcao, servicos=("OLEO",), pecas=("FILTRO",))
    primeira = (parte.itens[0].id,)
    balcao.executar(AprovarOrcamento(orcamento_id=parte.id, linhas=primeira, motivo="sem tempo"))
    cenario.enviado(balcao, servicos=("PAST",))
    ficha = faturamento(balcao)
    assert (ficha.linhas_respondidas, ficha.respondido) == (4, 335)
    assert (ficha.linhas_recusadas, ficha.recusado) == (3, 260)
    assert ficha.recusado_por_cento == Decimal("77.6")
    assert [(linha.motivo, linha.linhas, linha.recusado) for linha in ficha.recusas] == [
        ("Achou caro.", 2, 225),
        ("sem tempo", 1, 35),
    ]
    assert faturamento(balcao, mes="2026-10").linhas_respondidas == 0


def test_dos_motivos_vem_os_cinco_que_mais_pesam(balcao: Oficina) -> None:
    for numero in range(7):
        orcamento = cenario.enviado(balcao, servicos=("OLEO",))
        balcao.executar(RecusarOrcamento(orcamento_id=orcamento.id, motivo=f"motivo {numero}"))
    ficha = faturamento(balcao)
    assert [linha.motivo for linha in ficha.recusas] == [f"motivo {n}" for n in range(5)]
    assert ficha.linhas_recusadas == 7


def test_os_passos_cobrem_o_periodo_e_somam_o_todo(balcao: Oficina, relogio: Relogio) -> None:
    for dia in ("11-01", "11-02", "11-08", "11-16"):
        em(relogio, dia, "15:00")
        terminada(balcao)
    em(relogio, "11-23")
    semanas = faturamento(balcao)
    assert [(linha.de.day, linha.ordens) for linha in semanas.por_periodo] == [
        *((1, 1), (2, 2), (9, 0), (16, 1), (23, 0))
    ]
    dias = faturamento(balcao, passo=Passo.DIA)
    assert len(dias.por_periodo) == 23
    mes = faturamento(balcao, passo=Passo.MES)
    assert [linha.de.day for linha in mes.por_periodo] == [1]
    for ficha in (semanas, dias, mes):
        for campo in ("ordens", "mao_de_obra", "pecas", "faturado"):
            assert sum(getattr(linha, campo) for linha in ficha.por_periodo) == getattr(
                ficha, campo
            )


def test_a_ordem_conta_no_dia_em_que_acabou_na_loja(balcao: Oficina, relogio: Relogio) -> None:
    """Às 23h30 de sábado em São Paulo já é domingo em UTC."""
    em(relogio, "11-22", "02:30")
    terminada(balcao)
    em(relogio, "11-23")
    sabado, domingo = date(2026, 11, 21), date(2026, 11, 22)
    assert faturamento(balcao, de=sabado, ate=sabado).ordens == 1
    assert faturamento(balcao, de=domingo, ate=domingo).ordens == 0


def test_so_o_gerente_ve_o_dinheiro(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    atendente = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, Papel.ATENDENTE)))
    with pytest.raises(AcessoNegado):
        faturamento(atendente)
    gerente = cenario.funcionario(sistema, Papel.GERENTE, cenario.CPF_BIA)
    assert faturamento(em_nome_de(cenario.sujeito(gerente))) == faturamento(sistema)
