"""O que comprar: abaixo do mínimo, ou à espera de uma ordem."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque, EstornarMovimento
from oficina_core.casos.estoque_transferencia import TransferirEstoque
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens_encerramento import CancelarOrdem
from oficina_core.casos.pecas import DesativarPeca
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.casos.reposicao import LinhaReposicao, ListarReposicao
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import DadoInvalido
from tests import cenario


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    return oficina


def minimo(oficina: Oficina, codigo: str, quanto: str, lugar: str | None = None) -> None:
    oficina.executar(DefinirPrateleira(peca_id=codigo, minimo=Decimal(quanto), localizacao=lugar))


def esperar(oficina: Oficina, codigo: str, quanto: str) -> int:
    """Uma ordem aprovada com esta peça, haja ou não."""
    ordem = cenario.abrir(oficina, pecas=(ItemPedido(id=codigo, quantidade=Decimal(quanto)),))
    aprovar = AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id, permitir_falta=True)
    return oficina.executar(aprovar).id


def a_comprar(oficina: Oficina) -> tuple[LinhaReposicao, ...]:
    return oficina.executar(ListarReposicao()).itens


def test_nada_a_comprar_se_nada_falta(balcao: Oficina) -> None:
    minimo(balcao, "FILTRO", "10")
    assert a_comprar(balcao) == ()


def test_abaixo_do_minimo_compra_se_ate_ele(balcao: Oficina) -> None:
    minimo(balcao, "OLEO-5W30", "52.5", "A1")
    (linha,) = a_comprar(balcao)
    assert (linha.codigo, linha.disponivel, linha.minimo, linha.localizacao) == (
        "OLEO-5W30",
        40,
        Decimal("52.5"),
        "A1",
    )
    assert (linha.sugestao, linha.falta, linha.ordens) == (Decimal("12.5"), 0, ())


def test_o_reservado_conta_como_saido(balcao: Oficina) -> None:
    minimo(balcao, "FILTRO", "10")
    esperar(balcao, "FILTRO", "3")
    (linha,) = a_comprar(balcao)
    assert (linha.disponivel, linha.falta, linha.sugestao) == (7, 0, 3)


def test_o_que_falta_as_ordens_se_soma_ao_minimo_e_diz_quais_sao(balcao: Oficina) -> None:
    minimo(balcao, "PASTILHA", "2")
    primeira, segunda = (esperar(balcao, "PASTILHA", quanto) for quanto in ("3", "1"))
    (linha,) = a_comprar(balcao)
    assert (linha.codigo, linha.disponivel) == ("PASTILHA", 0)
    assert (linha.falta, linha.ordens, linha.sugestao) == (3, (primeira, segunda), 5)
    balcao.executar(CancelarOrdem(ordem_id=segunda, motivo="desistiu"))
    (linha,) = a_comprar(balcao)
    assert (linha.falta, linha.ordens, linha.sugestao) == (2, (primeira,), 4)
    balcao.executar(EntradaEstoque(peca_id="PASTILHA", quantidade=linha.sugestao))
    assert a_comprar(balcao) == (), "o que se sugeriu basta"


def test_a_mesma_ordem_diz_se_uma_vez_so(balcao: Oficina) -> None:
    ordem = esperar(balcao, "PASTILHA", "2")
    extra = cenario.complementar(balcao, ordem, "PASTILHA")
    balcao.executar(AprovarOrcamento(orcamento_id=extra.id, permitir_falta=True))
    (linha,) = a_comprar(balcao)
    assert (linha.falta, linha.ordens) == (2, (ordem,))


def test_o_que_se_soltou_e_ninguem_tomou_desconta_do_que_se_compra(balcao: Oficina) -> None:
    """Cancelada a ordem que tinha a peça, ela fica livre, e a outra continua a esperar."""
    com_peca, sem_peca = (esperar(balcao, "PASTILHA", "1") for _ in range(2))
    balcao.executar(CancelarOrdem(ordem_id=com_peca, motivo="desistiu"))
    (linha,) = a_comprar(balcao)
    assert (linha.disponivel, linha.falta, linha.ordens) == (1, 1, (sem_peca,))
    assert linha.sugestao == 0


def test_peca_desativada_so_se_compra_para_uma_ordem(balcao: Oficina) -> None:
    minimo(balcao, "FILTRO", "50")
    minimo(balcao, "PASTILHA", "50")
    esperar(balcao, "PASTILHA", "2")
    for codigo in ("FILTRO", "PASTILHA"):
        numero = balcao.executar(Localizar(recurso=Recurso.PECA, nome=codigo)).id
        balcao.executar(DesativarPeca(peca_id=numero))
    assert [linha.codigo for linha in a_comprar(balcao)] == ["PASTILHA"]


def test_o_custo_e_o_da_ultima_compra_que_nao_se_estornou(balcao: Oficina) -> None:
    minimo(balcao, "FILTRO", "99")

    def comprar(custo: str) -> int:
        entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1), custo=Decimal(custo))
        return balcao.executar(entrada).movimento_id or 0

    assert a_comprar(balcao)[0].custo == Decimal("20.00")
    comprar("26.00")
    errada = comprar("260.00")
    assert a_comprar(balcao)[0].custo == Decimal("260.00")
    balcao.executar(EstornarMovimento(movimento_id=errada, motivo="digitado errado"))
    assert a_comprar(balcao)[0].custo == Decimal("26.00")


def test_peca_que_nunca_entrou_nao_tem_custo(balcao: Oficina) -> None:
    cenario.peca(balcao, "RADIADOR")
    minimo(balcao, "RADIADOR", "1")
    assert a_comprar(balcao)[0].custo is None


@pytest.mark.parametrize("papel", [Papel.ATENDENTE, Papel.MECANICO])
def test_custo_so_para_o_gerente(em_nome_de: Callable[[Sujeito], Oficina], papel: Papel) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    minimo(sistema, "FILTRO", "99")
    oficina = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, papel)))
    (linha,) = a_comprar(oficina)
    assert (linha.codigo, linha.custo) == ("FILTRO", None)


def test_paginas_em_ordem_de_codigo(balcao: Oficina) -> None:
    for codigo in ("PASTILHA", "FILTRO", "OLEO-5W30"):
        minimo(balcao, codigo, "99")
    primeira = balcao.executar(ListarReposicao(limite=2))
    segunda = balcao.executar(ListarReposicao(limite=2, cursor=primeira.proximo))
    assert [linha.codigo for linha in (*primeira.itens, *segunda.itens)] == [
        "FILTRO",
        "OLEO-5W30",
        "PASTILHA",
    ]
    assert segunda.proximo is None


def test_cada_loja_compra_o_que_lhe_falta(balcao: Oficina) -> None:
    matriz = balcao.executar(ListarLojas()).itens[0].id
    esperar(balcao, "PASTILHA", "2")
    filial = cenario.filial(balcao)
    balcao.executar(DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(4)), Pedido(loja=filial))
    vistas = [
        [
            (linha.codigo, linha.sugestao)
            for linha in balcao.executar(ListarReposicao(), Pedido(loja=loja)).itens
        ]
        for loja in (matriz, filial)
    ]
    assert vistas == [[("PASTILHA", 1)], [("FILTRO", 4)]]
    with pytest.raises(DadoInvalido, match="diga em qual"):
        balcao.executar(ListarReposicao())


def test_o_que_veio_de_outra_loja_nao_e_compra(balcao: Oficina) -> None:
    """O custo médio de lá, 20,00, não é o que se pagou da última vez aqui."""
    matriz, filial = balcao.executar(ListarLojas()).itens[0].id, cenario.filial(balcao)
    comprar = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1), custo=Decimal("26.00"))
    balcao.executar(comprar, Pedido(loja=filial))
    definir = DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(99))
    balcao.executar(definir, Pedido(loja=filial))
    for quantos in (2, 3):
        levar = TransferirEstoque(
            peca_id="FILTRO", quantidade=Decimal(quantos), de=matriz, para=filial
        )
        balcao.executar(levar)
        (linha,) = balcao.executar(ListarReposicao(), Pedido(loja=filial)).itens
        assert linha.custo == Decimal("26.00")
    assert linha.disponivel == 6
