"""A peça que vai de uma loja a outra: nem se perde, nem se faz duas."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.estoque import (
    AjustarEstoque,
    EntradaEstoque,
    EstornarMovimento,
    LinhaMovimento,
    ListarMovimentos,
)
from oficina_core.casos.estoque_transferencia import FichaTransferencia, TransferirEstoque
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.pecas import DesativarPeca, FichaPeca, VerPeca
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    RegraViolada,
)
from oficina_core.dominio.estoque import CausaMovimento
from tests import cenario

Lojas = tuple[int, int]


@pytest.fixture
def lojas(oficina: Oficina) -> Lojas:
    """A matriz, com o catálogo, e a filial, que ainda não tem nada."""
    cenario.catalogo(oficina)
    return oficina.executar(ListarLojas()).itens[0].id, cenario.filial(oficina)


def ver(oficina: Oficina, codigo: str, loja: int) -> FichaPeca:
    achada = oficina.executar(Localizar(recurso=Recurso.PECA, nome=codigo))
    return oficina.executar(VerPeca(peca_id=achada.id), Pedido(loja=loja))


def saldos(oficina: Oficina, codigo: str, lojas: Lojas) -> list[tuple[Decimal, Decimal]]:
    """Quanto há e quanto está livre, na matriz e na filial."""
    fichas = [ver(oficina, codigo, loja) for loja in lojas]
    return [(ficha.estoque, ficha.disponivel) for ficha in fichas]


def livro(oficina: Oficina, codigo: str, loja: int) -> tuple[LinhaMovimento, ...]:
    return oficina.executar(ListarMovimentos(peca_id=codigo), Pedido(loja=loja)).itens


def levar(
    oficina: Oficina, quantos: str, de: int, para: int, codigo: str = "FILTRO"
) -> FichaTransferencia:
    return oficina.executar(
        TransferirEstoque(peca_id=codigo, quantidade=Decimal(quantos), de=de, para=para)
    )


def test_sai_de_uma_loja_chega_na_outra_e_os_movimentos_dizem_um_do_outro(
    oficina: Oficina, lojas: Lojas
) -> None:
    matriz, filial = lojas
    feita = oficina.executar(
        TransferirEstoque(
            peca_id="OLEO-5W30",
            quantidade=Decimal("2.5"),
            de=matriz,
            para=filial,
            motivo="repor a filial",
        )
    )
    (saida, _), (chegada,) = (livro(oficina, "OLEO-5W30", loja) for loja in lojas)
    assert (saida.causa, saida.delta, saida.saldo_apos) == (
        CausaMovimento.AJUSTE,
        Decimal("-2.5"),
        Decimal("37.5"),
    )
    assert (chegada.causa, chegada.delta, chegada.saldo_apos) == (
        CausaMovimento.ENTRADA,
        Decimal("2.5"),
        Decimal("2.5"),
    )
    assert saida.motivo == (
        f"transferência para a loja {filial} (Filial), 1º movimento da peça lá: repor a filial"
    )
    assert chegada.motivo == (
        f"transferência da loja {matriz} (Matriz), 2º movimento da peça lá: repor a filial"
    )
    assert [(lado.movimento_id, lado.loja_id, lado.delta) for lado in feita.lojas] == [
        (saida.id, matriz, Decimal("-2.5")),
        (chegada.id, filial, Decimal("2.5")),
    ]
    assert [lado.disponivel for lado in feita.lojas] == [Decimal("37.5"), Decimal("2.5")]
    assert (feita.codigo, feita.quantidade, feita.custo) == (
        "OLEO-5W30",
        Decimal("2.5"),
        Decimal("25.00"),
    )


def test_chega_pelo_custo_medio_de_onde_saiu(oficina: Oficina, lojas: Lojas) -> None:
    """3 filtros a 20,00 sobre 1 a 30,00 fazem 22,50; na origem o custo não muda."""
    matriz, filial = lojas
    oficina.executar(
        EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1), custo=Decimal("30.00")),
        Pedido(loja=filial),
    )
    levar(oficina, "3", matriz, filial)
    assert [ver(oficina, "FILTRO", loja).custo for loja in lojas] == [
        Decimal("20.00"),
        Decimal("22.50"),
    ]


def test_peca_sem_custo_na_origem_nao_mexe_no_do_destino(oficina: Oficina, lojas: Lojas) -> None:
    matriz, filial = lojas
    oficina.executar(
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(2), motivo="achado"), Pedido(loja=filial)
    )
    feita = levar(oficina, "2", filial, matriz)
    assert feita.custo is None
    assert ver(oficina, "FILTRO", matriz).custo == Decimal("20.00")


def test_so_sai_o_que_esta_livre_nunca_o_reservado(oficina: Oficina, lojas: Lojas) -> None:
    matriz, filial = lojas
    ordem = oficina.executar(
        AbrirOrdem(
            veiculo_id=novo_carro(oficina),
            pecas=(ItemPedido(id="FILTRO", quantidade=Decimal(4)),),
            queixa="Revisão",
        ),
        Pedido(loja=matriz),
    )
    oficina.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    with pytest.raises(RegraViolada, match="FILTRO tem 10 un em estoque, 4 un reservados"):
        levar(oficina, "7", matriz, filial)
    assert saldos(oficina, "FILTRO", lojas) == [(10, 6), (0, 0)]
    levar(oficina, "6", matriz, filial)
    assert saldos(oficina, "FILTRO", lojas) == [(4, 0), (6, 6)]


def novo_carro(oficina: Oficina) -> str:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    return cenario.PLACA


def test_o_que_chega_atende_primeiro_quem_esperava(oficina: Oficina, lojas: Lojas) -> None:
    matriz, filial = lojas
    ordem = oficina.executar(
        AbrirOrdem(
            veiculo_id=novo_carro(oficina),
            pecas=(ItemPedido(id="FILTRO", quantidade=Decimal(3)),),
            queixa="Revisão",
        ),
        Pedido(loja=filial),
    )
    orcamento = ordem.orcamentos[0].id
    oficina.executar(AprovarOrcamento(orcamento_id=orcamento, permitir_falta=True))
    feita = levar(oficina, "4", matriz, filial)
    assert [(a.ordem_id, a.quantidade) for a in feita.atendidas] == [(ordem.id, 3)]
    assert [lado.disponivel for lado in feita.lojas] == [6, 1]
    assert not oficina.executar(VerOrdem(ordem_id=ordem.id)).falta_peca


@pytest.mark.parametrize("lado", [0, 1], ids=["saída", "chegada"])
def test_um_lado_so_nao_se_estorna_e_diz_se_como_voltar(
    oficina: Oficina, lojas: Lojas, lado: int
) -> None:
    matriz, filial = lojas
    feita = levar(oficina, "1.5", matriz, filial, "OLEO-5W30")
    movimento = feita.lojas[lado].movimento_id
    volta = f"estoque transferir OLEO-5W30 1,5 --de {filial} --para {matriz}"
    with cenario.recusa(Conflito, conserta=volta):
        oficina.executar(
            EstornarMovimento(movimento_id=movimento, motivo="engano"), Pedido(loja=lojas[lado])
        )
    assert saldos(oficina, "OLEO-5W30", lojas) == [
        (Decimal("38.5"), Decimal("38.5")),
        (Decimal("1.5"), Decimal("1.5")),
    ]
    levar(oficina, "1.5", filial, matriz, "OLEO-5W30")
    assert saldos(oficina, "OLEO-5W30", lojas) == [(40, 40), (0, 0)]


def test_ajuste_com_motivo_parecido_continua_a_se_estornar(oficina: Oficina, lojas: Lojas) -> None:
    """Quem diz que é transferência é o par do movimento, e não o texto."""
    matriz, _ = lojas
    dito = "transferência para a loja 2 (Filial), 1º movimento da peça lá"
    feito = oficina.executar(
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(-1), motivo=dito), Pedido(loja=matriz)
    )
    oficina.executar(
        EstornarMovimento(movimento_id=feito.movimento_id or 0, motivo="engano"),
        Pedido(loja=matriz),
    )
    assert ver(oficina, "FILTRO", matriz).estoque == 10


def test_a_mesma_chave_leva_uma_vez_so_e_simular_nao_leva(oficina: Oficina, lojas: Lojas) -> None:
    matriz, filial = lojas
    caso = TransferirEstoque(peca_id="FILTRO", quantidade=Decimal(2), de=matriz, para=filial)
    simulada = oficina.simular(caso)
    assert [efeito.entidade for efeito in simulada.efeitos] == ["movimentos_estoque"] * 2
    assert saldos(oficina, "FILTRO", lojas) == [(10, 10), (0, 0)]
    for _ in range(2):
        oficina.executar(caso, Pedido(chave="chave-0001"))
    assert saldos(oficina, "FILTRO", lojas) == [(8, 8), (2, 2)]


def test_o_que_nao_serve_se_recusa_e_nada_muda(oficina: Oficina, lojas: Lojas) -> None:
    matriz, filial = lojas
    with pytest.raises(DadoInvalido, match="duas lojas"):
        TransferirEstoque(peca_id="FILTRO", quantidade=Decimal(1), de=matriz, para=matriz)
    with pytest.raises(DadoInvalido, match="maior que zero"):
        TransferirEstoque(peca_id="FILTRO", quantidade=Decimal(0), de=matriz, para=filial)
    with pytest.raises(DadoInvalido, match="motivo"):
        TransferirEstoque(
            peca_id="FILTRO", quantidade=Decimal(1), de=matriz, para=filial, motivo="x" * 801
        )
    with pytest.raises(DadoInvalido, match="inteira"):
        levar(oficina, "0.5", matriz, filial)
    for de, para in ((matriz, 999_999), (999_999, filial)):
        with pytest.raises(NaoEncontrado, match="loja 999"):
            levar(oficina, "1", de, para)
    with pytest.raises(NaoEncontrado, match="peça com esse código"):
        levar(oficina, "1", matriz, filial, "NADA")
    oficina.executar(DesativarPeca(peca_id=ver(oficina, "FILTRO", matriz).id), Pedido(loja=matriz))
    with pytest.raises(RegraViolada, match="desativado"):
        levar(oficina, "1", matriz, filial)
    assert saldos(oficina, "FILTRO", lojas) == [(10, 10), (0, 0)]


def test_o_motivo_mais_longo_cabe_com_o_nome_mais_longo(oficina: Oficina, lojas: Lojas) -> None:
    matriz, _ = lojas
    longe = cenario.filial(oficina, "N" * 60)
    caso = TransferirEstoque(
        peca_id="FILTRO", quantidade=Decimal(1), de=matriz, para=longe, motivo="x" * 800
    )
    oficina.executar(caso)
    assert (livro(oficina, "FILTRO", matriz)[0].motivo or "").endswith(f": {'x' * 800}")


def test_so_quem_e_da_rede_leva_de_uma_loja_a_outra(
    em_nome_de: Callable[[Sujeito], Oficina], lojas: Lojas
) -> None:
    matriz, filial = lojas
    sistema = em_nome_de(SISTEMA)
    ficha = sistema.executar(
        CriarFuncionario(cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.GERENTE, loja_id=matriz)
    )
    with pytest.raises(AcessoNegado, match="uma loja só"):
        levar(em_nome_de(cenario.sujeito(ficha)), "1", matriz, filial)
    da_rede = cenario.funcionario(sistema, Papel.GERENTE, cenario.CPF_BIA)
    levar(em_nome_de(cenario.sujeito(da_rede)), "1", matriz, filial)
    assert saldos(sistema, "FILTRO", lojas) == [(9, 9), (1, 1)]
