"""O painel: o mês da loja, comparado com o anterior, e o que pede atenção agora."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.estoque import DefinirPrateleira
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    RevisarOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import FichaOrdem, IniciarDiagnostico
from oficina_core.casos.ordens_encerramento import (
    CancelarOrdem,
    EntregarOrdem,
    FinalizarOrdem,
    PecaUsada,
)
from oficina_core.casos.pecas import DesativarPeca
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.casos.relatorios import FichaPainel, VerPainel
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import AcessoNegado, DadoInvalido
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.conftest import Relogio

AbrirPara = Callable[[Sujeito], Oficina]
HOJE = date(2026, 11, 23)  # a do relógio dos testes, que marca 9 horas na loja


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    return oficina


def painel(oficina: Oficina, mes: str | None = None) -> FichaPainel:
    return oficina.executar(VerPainel(mes=mes))


def em(relogio: Relogio, dia: str, hora: str = "12:00") -> None:
    """Põe o relógio nesse dia e hora, em UTC."""
    relogio.agora = datetime.fromisoformat(f"2026-{dia}T{hora}:00+00:00")


def terminada(oficina: Oficina, *, usada: str | None = None, **campos: Any) -> FichaOrdem:
    """Uma troca de óleo finalizada: R$ 249,65, ou menos se sobrou óleo."""
    ordem = cenario.em_execucao(oficina, **campos)
    oleo = next(item for item in ordem.orcamentos[0].itens if item.descricao == "Oleo-5w30")
    usadas = () if usada is None else (PecaUsada(linha=oleo.id, quantidade=Decimal(usada)),)
    return oficina.executar(FinalizarOrdem(ordem_id=ordem.id, usadas=usadas))


def minutos(ficha: FichaPainel) -> list[int]:
    return [tempo.minutos for tempo in ficha.tempos]


def test_a_oficina_que_nao_comecou_tem_tudo_em_zero(oficina: Oficina) -> None:
    ficha = painel(oficina)
    assert (ficha.mes, ficha.ate) == ("2026-11", HOJE)
    assert ficha.por_dia == (0,) * 23
    assert [tempo.status for tempo in ficha.tempos] == [
        StatusOrdem.RECEBIDA,
        StatusOrdem.EM_DIAGNOSTICO,
        StatusOrdem.AGUARDANDO_APROVACAO,
        StatusOrdem.EM_EXECUCAO,
    ]
    assert minutos(ficha) == [0, 0, 0, 0]
    assert (ficha.em_falta, ficha.vencendo) == ((), ())
    numeros = (
        *(ficha.carros, ficha.carros_antes, ficha.ticket_medio, ficha.ticket_antes),
        *(ficha.faturado, ficha.faturado_pecas, ficha.em_aberto, ficha.ordens_abertas),
        *(ficha.abaixo_do_minimo, ficha.vencendo_total),
    )
    assert set(numeros) == {0}


def test_o_carro_conta_no_dia_da_loja_e_contra_os_mesmos_dias(
    balcao: Oficina, relogio: Relogio
) -> None:
    """À meia-noite da loja são três horas em UTC."""
    for dia, hora in (
        ("10-01", "02:59"),  # ainda é setembro
        ("10-01", "03:00"),
        ("10-24", "02:58"),  # o fim do dia 23
        ("10-24", "03:00"),  # depois dele
        ("11-01", "02:58"),  # ainda é outubro
        ("11-01", "03:00"),
        ("11-02", "02:58"),
        ("11-23", "12:00"),
    ):
        em(relogio, dia, hora)
        ordem = cenario.abrir(balcao)
    balcao.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    ficha = painel(balcao)
    assert (ficha.carros, ficha.carros_antes) == (3, 2)
    assert (ficha.por_dia[0], ficha.por_dia[1], ficha.por_dia[22]) == (2, 0, 1)
    outubro = painel(balcao, "2026-10")
    assert (outubro.ate, len(outubro.por_dia)) == (date(2026, 10, 31), 31)
    assert (outubro.carros, outubro.carros_antes) == (4, 1)


def test_o_faturado_e_o_que_se_cobrou_das_que_acabaram_no_mes(
    balcao: Oficina, relogio: Relogio
) -> None:
    em(relogio, "10-20")
    terminada(balcao)
    em(relogio, "10-30")
    aberta = cenario.em_execucao(balcao)
    em(relogio, "11-10")
    balcao.executar(FinalizarOrdem(ordem_id=aberta.id))
    entregue = terminada(balcao, usada="3.2")
    balcao.executar(EntregarOrdem(ordem_id=entregue.id))
    em(relogio, "11-23")
    ficha = painel(balcao)
    assert (ficha.faturado, ficha.faturado_pecas) == (Decimal("487.33"), Decimal("337.33"))
    assert (ficha.ticket_medio, ficha.ticket_antes) == (Decimal("243.67"), Decimal("249.65"))
    outubro = painel(balcao, "2026-10")
    assert (outubro.faturado, outubro.ticket_antes) == (Decimal("249.65"), 0)


def test_o_complementar_entra_na_conta_da_mesma_ordem(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    extra = cenario.complementar(balcao, ordem.id, "PASTILHA")
    balcao.executar(AprovarOrcamento(orcamento_id=extra.id))
    assert painel(balcao).em_aberto == Decimal("429.65")
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    ficha = painel(balcao)
    assert (ficha.faturado, ficha.ticket_medio) == (Decimal("429.65"), Decimal("429.65"))


def test_em_aberto_e_o_aprovado_das_ordens_que_nao_acabaram(balcao: Oficina) -> None:
    cenario.abrir(balcao, kits=("TROCA-OLEO",))
    cenario.em_execucao(balcao)
    parcial = cenario.enviado(balcao, servicos=("OLEO",), pecas=("FILTRO",))
    balcao.executar(AprovarOrcamento(orcamento_id=parcial.id, linhas=(parcial.itens[0].id,)))
    desistiu = cenario.em_execucao(balcao, servicos=("PAST",))
    balcao.executar(CancelarOrdem(ordem_id=desistiu.id, motivo="desistiu"))
    terminada(balcao)
    ficha = painel(balcao)
    assert (ficha.ordens_abertas, ficha.em_aberto) == (3, Decimal("324.65"))
    assert painel(balcao, "2026-10").em_aberto == ficha.em_aberto


def test_o_tempo_em_cada_status_vem_dos_eventos(balcao: Oficina, relogio: Relogio) -> None:
    ordem = cenario.abrir(balcao, kits=("TROCA-OLEO",))
    orcamento = ordem.orcamentos[0].id
    for horas, caso in (
        (0.75, IniciarDiagnostico(ordem_id=ordem.id)),
        (3.5, EnviarOrcamento(orcamento_id=orcamento)),
        (0.25, AprovarOrcamento(orcamento_id=orcamento)),
        (2, FinalizarOrdem(ordem_id=ordem.id)),
        (9, EntregarOrdem(ordem_id=ordem.id)),
    ):
        relogio.passar(hours=horas)
        balcao.executar(caso)
    assert minutos(painel(balcao)) == [45, 210, 15, 120]


def test_o_tempo_e_o_das_ordens_que_sairam_do_status_no_mes(
    balcao: Oficina, relogio: Relogio
) -> None:
    em(relogio, "10-30", "12:00")
    velha = cenario.abrir(balcao, kits=("TROCA-OLEO",), queixa='a luz "status": acesa')
    cenario.abrir(balcao)
    relogio.passar(minutes=59, seconds=30)
    balcao.executar(IniciarDiagnostico(ordem_id=velha.id))
    em(relogio, "11-10", "13:00")
    balcao.executar(EnviarOrcamento(orcamento_id=velha.orcamentos[0].id))
    novembro = painel(balcao)
    assert minutos(novembro) == [0, 11 * 24 * 60, 0, 0]
    assert minutos(painel(balcao, "2026-10")) == [59, 0, 0, 0]
    relogio.passar(days=1, seconds=30)
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=velha.orcamentos[0].id))
    relogio.passar(hours=2)
    balcao.executar(EnviarOrcamento(orcamento_id=revisao.id))
    assert minutos(painel(balcao)) == [0, 11 * 24 * 60 + 120, 24 * 60, 0]


def test_a_ordem_esquecida_ha_meses_nao_conta_no_tempo(balcao: Oficina, relogio: Relogio) -> None:
    for dia in ("08-02", "08-05"):
        em(relogio, dia)
        ordem = cenario.abrir(balcao)
        em(relogio, "11-20")
        balcao.executar(IniciarDiagnostico(ordem_id=ordem.id))
    assert minutos(painel(balcao))[0] == 107 * 24 * 60


def test_em_falta_as_pecas_mais_longe_do_minimo_primeiro(oficina: Oficina) -> None:
    for codigo, estoque, minimo in (
        *(("A", "3", "4"), ("B", "0", "2"), ("C", "1", "3"), ("D", "4", "4"), ("E", "0", "0")),
        *(("F", "3", "12"), ("G", "0", "1"), ("H", "9", "10"), ("I", "1", "2"), ("J", "0", "5")),
        *(("K", "99", "100"), ("L", "0", "9")),
    ):
        cenario.peca(oficina, codigo, estoque=estoque)
        oficina.executar(DefinirPrateleira(peca_id=codigo, minimo=Decimal(minimo)))
    desativada = painel(oficina).em_falta[3]
    oficina.executar(DesativarPeca(peca_id=desativada.id))
    ficha = painel(oficina)
    assert desativada.codigo == "L"
    assert "".join(linha.codigo for linha in ficha.em_falta) == "BGJFCIA"
    assert ficha.abaixo_do_minimo == 9
    filtro = ficha.em_falta[3]
    assert (filtro.nome, filtro.disponivel, filtro.minimo) == ("F", 3, 12)


def test_o_reservado_nao_esta_disponivel(balcao: Oficina) -> None:
    balcao.executar(DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(10)))
    assert painel(balcao).abaixo_do_minimo == 0
    cenario.em_execucao(balcao)
    (linha,) = painel(balcao).em_falta
    assert (linha.codigo, linha.estoque, linha.disponivel) == ("FILTRO", 10, 9)


def test_vencendo_o_que_espera_resposta_e_vence_em_sete_dias(
    balcao: Oficina, relogio: Relogio
) -> None:
    def enviar(validade: date | None) -> int:
        return balcao.executar(
            CriarOrcamento(
                veiculo_id=cenario.PLACA, kits=("TROCA-OLEO",), validade=validade, enviar=True
            )
        ).id

    cenario.cliente(balcao)
    cenario.veiculo(balcao)
    relogio.passar(days=-1)
    enviar(HOJE - timedelta(days=1))
    relogio.passar(days=1)
    dias = {dia: enviar(HOJE + timedelta(days=dia)) for dia in (8, 7, 6, 5, 4, 3, 2, 1, 0)}
    balcao.executar(CriarOrcamento(veiculo_id=cenario.PLACA, kits=("TROCA-OLEO",), validade=HOJE))
    enviar(None)
    for dia, feito in ((1, CancelarOrcamento), (2, AprovarOrcamento)):
        motivo = {"motivo": "desistiu"} if feito is CancelarOrcamento else {}
        balcao.executar(feito(orcamento_id=dias[dia], **motivo))  # type: ignore[arg-type]
    ficha = painel(balcao)
    assert [linha.orcamento_id for linha in ficha.vencendo] == [
        dias[dia] for dia in (0, 3, 4, 5, 6, 7)
    ]
    assert ficha.vencendo_total == 6
    primeiro = ficha.vencendo[0]
    assert (primeiro.placa, primeiro.cliente) == (cenario.PLACA, "Ana Conceição")
    assert (primeiro.validade, primeiro.valor_total) == (HOJE, Decimal("249.65"))
    for _ in range(3):
        enviar(HOJE)
    cheia = painel(balcao)
    assert (len(cheia.vencendo), cheia.vencendo_total) == (7, 9)


def test_mes_torto_e_mes_que_nao_chegou_se_recusam(oficina: Oficina) -> None:
    for torto in ("", "2026-1", "11/2026", "\x1b[2J"):
        with pytest.raises(DadoInvalido, match="como 2026-11"):
            VerPainel(mes=torto)
    with pytest.raises(DadoInvalido, match="ainda não chegou") as recusa:
        painel(oficina, "2026-12")
    assert recusa.value.campo == "mes"


def test_o_mes_muda_a_meia_noite_da_loja(oficina: Oficina, relogio: Relogio) -> None:
    em(relogio, "12-01", "02:58")
    assert painel(oficina).mes == "2026-11"
    em(relogio, "12-01", "03:00")
    assert painel(oficina).mes == "2026-12"


def test_o_atendente_ve_o_painel_e_o_mecanico_nao(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    atendente = cenario.funcionario(sistema, Papel.ATENDENTE)
    mecanico = cenario.funcionario(sistema, Papel.MECANICO, cenario.CPF_BIA)
    assert painel(em_nome_de(cenario.sujeito(atendente))) == painel(sistema)
    with pytest.raises(AcessoNegado):
        painel(em_nome_de(cenario.sujeito(mecanico)))


def test_cada_loja_tem_o_seu_painel(local: OficinaLocal, relogio: Relogio) -> None:
    """A filial é uma hora mais cedo, e às três da manhã em UTC ainda está no dia anterior."""
    (matriz,) = local.executar(ListarLojas()).itens
    cenario.catalogo(local)
    filial = cenario.filial(local)
    cenario.cliente(local)
    cenario.veiculo(local)
    relogio.agora = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
    proposta = CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
    for loja in (matriz.id, filial, filial):
        orcamento = local.executar(proposta, Pedido(loja=loja))
        local.executar(AprovarOrcamento(orcamento_id=orcamento.id), Pedido(loja=loja))
    vistos = {loja: local.executar(VerPainel(), Pedido(loja=loja)) for loja in (matriz.id, filial)}
    assert [(ficha.mes, ficha.carros, ficha.em_aberto) for ficha in vistos.values()] == [
        ("2026-12", 1, Decimal("75.00")),
        ("2026-11", 2, Decimal("150.00")),
    ]
    assert vistos[filial].por_dia[29] == 2
    with cenario.recusa(DadoInvalido, conserta="--loja NÚMERO"):
        local.executar(VerPainel())
