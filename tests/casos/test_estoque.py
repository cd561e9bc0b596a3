from decimal import Decimal

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.estoque import (
    AjustarEstoque,
    ConferirEstoque,
    DefinirPrateleira,
    EntradaEstoque,
    EstornarMovimento,
    LinhaMovimento,
    ListarMovimentos,
)
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import VerOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem, PecaUsada
from oficina_core.casos.pecas import FichaPeca, ListarPecas, VerPeca
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, RegraViolada
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    return oficina


def ver(oficina: Oficina, codigo: str) -> FichaPeca:
    achada = oficina.executar(Localizar(recurso=Recurso.PECA, nome=codigo))
    return oficina.executar(VerPeca(peca_id=achada.id))


def saldo(oficina: Oficina, codigo: str) -> tuple[Decimal, Decimal]:
    ficha = ver(oficina, codigo)
    return ficha.estoque, ficha.reservado


def movimentos(oficina: Oficina, codigo: str) -> tuple[LinhaMovimento, ...]:
    return oficina.executar(ListarMovimentos(peca_id=codigo)).itens


def test_aprovar_reserva_e_finalizar_baixa_o_usado_num_movimento_por_peca(
    balcao: Oficina,
) -> None:
    ordem = cenario.em_execucao(balcao)
    extra = cenario.complementar(
        balcao, ordem.id, ItemPedido(id="FILTRO", quantidade=Decimal(2)), "PASTILHA"
    )
    balcao.executar(AprovarOrcamento(orcamento_id=extra.id))
    assert saldo(balcao, "OLEO-5W30") == (40, Decimal("3.5"))
    assert saldo(balcao, "FILTRO") == (10, 3)
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    assert saldo(balcao, "OLEO-5W30") == (Decimal("36.5"), 0)
    assert saldo(balcao, "FILTRO") == (7, 0)
    saida, entrada = movimentos(balcao, "FILTRO")
    assert (saida.causa, saida.delta, saida.saldo_apos) == (CausaMovimento.SAIDA_OS, -3, 7)
    assert (saida.ordem_id, saida.custo_unitario) == (ordem.id, Decimal("20.00"))
    assert entrada.causa is CausaMovimento.ENTRADA


def test_cancelar_devolve_a_reserva_sem_movimento(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    balcao.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    assert saldo(balcao, "OLEO-5W30") == (40, 0)
    assert len(movimentos(balcao, "OLEO-5W30")) == 1


def test_sem_estoque_diz_todas_as_pecas_que_faltam_e_nao_muda_nada(balcao: Oficina) -> None:
    ordem = cenario.abrir(
        balcao,
        pecas=(
            ItemPedido(id="PASTILHA", quantidade=Decimal(2)),
            ItemPedido(id="OLEO-5W30", quantidade=Decimal("40.5")),
            "FILTRO",
        ),
    )
    with pytest.raises(
        RegraViolada, match=r"OLEO-5W30.*40,5 l e há 40 l.*PASTILHA.*2 un e há 1 un"
    ):
        balcao.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    assert balcao.executar(VerOrdem(ordem_id=ordem.id)) == ordem
    assert [saldo(balcao, c)[1] for c in ("FILTRO", "OLEO-5W30", "PASTILHA")] == [0, 0, 0]


def test_com_falta_permitida_a_entrada_completa_a_aprovacao_mais_antiga(balcao: Oficina) -> None:
    def aprovar(placa: str, quantas: int) -> int:
        ordem = cenario.abrir(
            balcao,
            placa=placa,
            pecas=(ItemPedido(id="PASTILHA", quantidade=Decimal(quantas)),),
        )
        numero = ordem.orcamentos[0].id
        aprovada = balcao.executar(AprovarOrcamento(orcamento_id=numero, permitir_falta=True))
        assert aprovada.falta_peca
        return ordem.id

    primeira, segunda = aprovar("AAA1A11", 3), aprovar("BBB2B22", 2)
    assert saldo(balcao, "PASTILHA") == (1, 1)
    with pytest.raises(RegraViolada, match="Falta peça: 2 un de Pastilha"):
        balcao.executar(FinalizarOrdem(ordem_id=primeira))
    entradas = [
        balcao.executar(EntradaEstoque(peca_id="PASTILHA", quantidade=Decimal(quantas)))
        for quantas in (2, 1)
    ]
    atendidas = [(a.ordem_id, a.quantidade) for e in entradas for a in e.atendidas]
    assert atendidas == [(primeira, 2), (segunda, 1)]
    assert saldo(balcao, "PASTILHA") == (4, 4)
    pronta = balcao.executar(FinalizarOrdem(ordem_id=primeira))
    assert pronta.status is StatusOrdem.FINALIZADA
    with pytest.raises(RegraViolada, match="1 un de Pastilha"):
        balcao.executar(FinalizarOrdem(ordem_id=segunda))
    ultima = balcao.executar(EntradaEstoque(peca_id="PASTILHA", quantidade=Decimal(5)))
    assert [(a.ordem_id, a.quantidade) for a in ultima.atendidas] == [(segunda, 1)]
    assert not balcao.executar(VerOrdem(ordem_id=segunda)).falta_peca
    assert saldo(balcao, "PASTILHA") == (6, 2)


@pytest.mark.parametrize(("usada", "fica"), [(0, (1, 0)), (1, (0, 0))])
def test_o_que_se_usou_menos_nao_espera_a_peca_que_ja_nao_vem(
    balcao: Oficina, usada: int, fica: tuple[int, int]
) -> None:
    tres = ItemPedido(id="PASTILHA", quantidade=Decimal(3))
    ordem = cenario.abrir(balcao, servicos=("PAST",), pecas=(tres,))
    orcamento = ordem.orcamentos[0].id
    aprovada = balcao.executar(AprovarOrcamento(orcamento_id=orcamento, permitir_falta=True))
    linha = next(item.id for item in aprovada.orcamentos[0].itens if item.peca_id)
    with pytest.raises(RegraViolada, match=r"Falta peça: 1 un de Pastilha.*usou menos"):
        balcao.executar(
            FinalizarOrdem(
                ordem_id=ordem.id, usadas=(PecaUsada(linha=linha, quantidade=Decimal(2)),)
            )
        )
    pronta = balcao.executar(
        FinalizarOrdem(
            ordem_id=ordem.id, usadas=(PecaUsada(linha=linha, quantidade=Decimal(usada)),)
        )
    )
    assert (pronta.status, pronta.falta_peca) == (StatusOrdem.FINALIZADA, False)
    assert pronta.total == 150 + 180 * usada
    assert saldo(balcao, "PASTILHA") == fica


def test_quem_nao_teve_peca_nenhuma_finaliza_sem_ela(balcao: Oficina) -> None:
    cenario.peca(balcao, "RADIADOR", "500.00")
    ordem = cenario.abrir(balcao, servicos=("PAST",), pecas=("RADIADOR",))
    orcamento = ordem.orcamentos[0].id
    aprovada = balcao.executar(AprovarOrcamento(orcamento_id=orcamento, permitir_falta=True))
    linha = next(item.id for item in aprovada.orcamentos[0].itens if item.peca_id)
    pronta = balcao.executar(
        FinalizarOrdem(ordem_id=ordem.id, usadas=(PecaUsada(linha=linha, quantidade=Decimal(0)),))
    )
    assert (pronta.status, pronta.total) == (StatusOrdem.FINALIZADA, 150)
    assert saldo(balcao, "RADIADOR") == (0, 0)


def test_so_a_ordem_em_execucao_tem_peca_faltando(balcao: Oficina) -> None:
    tres = ItemPedido(id="PASTILHA", quantidade=Decimal(3))
    ordem = cenario.abrir(balcao, pecas=(tres,))
    orcamento = ordem.orcamentos[0].id

    def faltam() -> list[Decimal]:
        da_ordem = balcao.executar(VerOrdem(ordem_id=ordem.id)).orcamentos[0].itens[0]
        do_orcamento = balcao.executar(VerOrcamento(orcamento_id=orcamento)).itens[0]
        return [da_ordem.falta, do_orcamento.falta]

    balcao.executar(AprovarOrcamento(orcamento_id=orcamento, permitir_falta=True))
    assert faltam() == [2, 2]
    balcao.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    assert faltam() == [0, 0]


def test_entrada_nao_completa_ordem_cancelada(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao, pecas=(ItemPedido(id="PASTILHA", quantidade=Decimal(3)),))
    balcao.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id, permitir_falta=True))
    balcao.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    entrada = balcao.executar(EntradaEstoque(peca_id="PASTILHA", quantidade=Decimal(3)))
    assert entrada.atendidas == ()
    assert saldo(balcao, "PASTILHA") == (4, 0)


def test_sobra_nao_usada_volta_ao_disponivel(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao, pecas=("FILTRO",))
    (item,) = ordem.orcamentos[0].itens
    balcao.executar(
        FinalizarOrdem(ordem_id=ordem.id, usadas=(PecaUsada(linha=item.id, quantidade=Decimal(0)),))
    )
    assert saldo(balcao, "FILTRO") == (10, 0)
    assert len(movimentos(balcao, "FILTRO")) == 1


def test_custo_e_a_media_movel_com_centavo_arredondado(balcao: Oficina) -> None:
    balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(5), custo=Decimal("23.00")))
    assert ver(balcao, "FILTRO").custo == Decimal("21.00")
    balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1)))
    assert ver(balcao, "FILTRO").custo == Decimal("21.00")


def test_ajuste_pede_motivo_e_nao_come_o_reservado(balcao: Oficina) -> None:
    cenario.em_execucao(balcao)
    feito = balcao.executar(
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(-9), motivo="quebrou na prateleira")
    )
    assert (feito.delta, feito.peca.estoque, feito.peca.disponivel) == (-9, 1, 0)
    with pytest.raises(RegraViolada, match="1 un em estoque, 1 un reservados"):
        balcao.executar(AjustarEstoque(peca_id="FILTRO", delta=Decimal(-1), motivo="sumiu"))
    with pytest.raises(DadoInvalido, match="motivo"):
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(1), motivo=" ")
    with pytest.raises(DadoInvalido, match="para mais ou para menos"):
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(0), motivo="nada")


def test_contagem_vira_ajuste_so_da_diferenca(balcao: Oficina) -> None:
    igual = balcao.executar(ConferirEstoque(peca_id="FILTRO", contado=Decimal(10)))
    assert (igual.movimento_id, igual.atendidas) == (None, ())
    menos = balcao.executar(ConferirEstoque(peca_id="OLEO-5W30", contado=Decimal("38.25")))
    assert (menos.delta, menos.peca.estoque) == (Decimal("-1.75"), Decimal("38.25"))
    mais = balcao.executar(ConferirEstoque(peca_id="OLEO-5W30", contado=Decimal(50)))
    assert mais.peca.estoque == 50
    with pytest.raises(DadoInvalido, match="negativo"):
        ConferirEstoque(peca_id="FILTRO", contado=Decimal(-1))


def test_entrada_errada_se_estorna_uma_vez(balcao: Oficina) -> None:
    entrada = balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(100)))
    numero = entrada.movimento_id or 0
    balcao.executar(EstornarMovimento(movimento_id=numero, motivo="eram 10"))
    assert saldo(balcao, "FILTRO") == (10, 0)
    with pytest.raises(Conflito, match="já foi estornado"):
        balcao.executar(EstornarMovimento(movimento_id=numero, motivo="de novo"))
    with pytest.raises(NaoEncontrado, match="Não há movimento"):
        balcao.executar(EstornarMovimento(movimento_id=99_999, motivo="nada"))
    ordem = cenario.em_execucao(balcao)
    balcao.executar(FinalizarOrdem(ordem_id=ordem.id))
    saida = movimentos(balcao, "FILTRO")[0]
    with pytest.raises(Conflito, match="Só entrada e ajuste"):
        balcao.executar(EstornarMovimento(movimento_id=saida.id, motivo="nada"))


def test_entrada_recusa_quantidade_negativa_e_fracao_do_que_nao_se_parte(
    balcao: Oficina,
) -> None:
    with pytest.raises(DadoInvalido, match="maior que zero"):
        EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(-1))
    with pytest.raises(DadoInvalido, match="inteira"):
        balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal("0.5")))
    with pytest.raises(DadoInvalido, match="grande demais"):
        balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1_000_001)))
    with pytest.raises(NaoEncontrado, match="peça com esse código"):
        balcao.executar(EntradaEstoque(peca_id="NADA", quantidade=Decimal(1)))


def test_prateleira_marca_o_que_esta_abaixo_do_minimo(balcao: Oficina) -> None:
    feita = balcao.executar(
        DefinirPrateleira(peca_id="PASTILHA", minimo=Decimal(2), localizacao="A1-03")
    )
    assert (feita.minimo, feita.localizacao) == (2, "A1-03")
    abaixo = balcao.executar(ListarPecas(abaixo_do_minimo=True)).itens
    assert [linha.codigo for linha in abaixo] == ["PASTILHA"]
    with pytest.raises(DadoInvalido, match="negativo"):
        DefinirPrateleira(peca_id="PASTILHA", minimo=Decimal(-1))


def test_livro_pagina_do_mais_novo_ao_mais_antigo(balcao: Oficina) -> None:
    for _ in range(3):
        balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1)))
    primeira = balcao.executar(ListarMovimentos(limite=4))
    segunda = balcao.executar(ListarMovimentos(limite=4, cursor=primeira.proximo))
    numeros = [linha.id for linha in (*primeira.itens, *segunda.itens)]
    assert numeros == sorted(numeros, reverse=True)
    assert (len(numeros), segunda.proximo) == (6, None)


def test_estorno_da_entrada_tira_da_media_o_que_ela_custou(balcao: Oficina) -> None:
    """10 filtros a 20,00 e mais 10 a 40,00: a média sobe a 30,00 e, desfeita a compra, volta."""
    cara = balcao.executar(
        EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(10), custo=Decimal(40))
    )
    assert cara.peca.custo == Decimal(30)
    desfeita = balcao.executar(
        EstornarMovimento(movimento_id=cara.movimento_id or 0, motivo="nota errada")
    )
    assert (desfeita.peca.estoque, desfeita.peca.custo) == (10, Decimal(20))


def test_estorno_do_ajuste_nao_mexe_no_custo(balcao: Oficina) -> None:
    ajuste = balcao.executar(AjustarEstoque(peca_id="FILTRO", delta=Decimal(5), motivo="achei"))
    desfeito = balcao.executar(
        EstornarMovimento(movimento_id=ajuste.movimento_id or 0, motivo="engano")
    )
    assert (desfeito.peca.estoque, desfeito.peca.custo) == (10, Decimal(20))
