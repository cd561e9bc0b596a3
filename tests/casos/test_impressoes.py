"""O que vai para o papel: quem atende, quem é atendido, que carro é e o que se propôs."""

from collections.abc import Callable

import pytest

from oficina_core.casos.impressoes import ImprimirOrcamento, ImprimirOrdem
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.pecas import EditarPeca, VerPeca
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import NaoEncontrado
from oficina_core.dominio.orcamento import Meio, StatusOrcamento
from oficina_core.dominio.valores import CPF
from tests.cenario import (
    CPF_ANA,
    PLACA,
    abrir,
    acesso,
    catalogo,
    cliente,
    complementar,
    em_execucao,
    enviado,
    funcionario,
    sujeito,
    veiculo,
)

AbrirPara = Callable[[Sujeito], Oficina]

CODIGOS = {"OLEO": "Troca de óleo", "OLEO-5W30": "Oleo-5w30", "FILTRO": "Filtro"}


@pytest.fixture(autouse=True)
def produtos(oficina: Oficina) -> None:
    catalogo(oficina)


def test_o_orcamento_traz_a_loja_o_cliente_e_o_carro(oficina: Oficina) -> None:
    orcamento = enviado(oficina)
    ficha = oficina.executar(ImprimirOrcamento(orcamento_id=orcamento.id))
    assert (ficha.loja, ficha.fuso) == ("Matriz", "America/Sao_Paulo")
    assert (ficha.cliente, ficha.documento) == ("Ana Conceição", CPF(CPF_ANA))
    assert (ficha.placa, ficha.veiculo, ficha.ano) == (PLACA, "VW Gol 1.0", 2015)
    assert ficha.ordem is not None
    assert ficha.ordem == oficina.executar(VerOrdem(ordem_id=ficha.ordem.id))
    (impresso,) = ficha.orcamentos
    assert (impresso.id, impresso.status) == (orcamento.id, StatusOrcamento.AGUARDANDO_APROVACAO)
    assert {item.codigo: item.descricao for item in impresso.itens} == CODIGOS


def test_o_orcamento_de_balcao_ainda_nao_tem_ordem(oficina: Oficina) -> None:
    cliente(oficina)
    veiculo(oficina)
    feito = oficina.executar(CriarOrcamento(veiculo_id=PLACA, servicos=("OLEO",)))
    ficha = oficina.executar(ImprimirOrcamento(orcamento_id=feito.id))
    assert ficha.ordem is None
    assert ficha.orcamentos[0].status is StatusOrcamento.RASCUNHO


def test_a_ordem_traz_todos_os_orcamentos_e_quem_respondeu(oficina: Oficina) -> None:
    ordem = em_execucao(oficina)
    outro = complementar(oficina, ordem.id, "PASTILHA")
    oficina.executar(
        AprovarOrcamento(orcamento_id=outro.id, meio=Meio.TELEFONE, por="Maria, a esposa")
    )
    ficha = oficina.executar(ImprimirOrdem(ordem_id=ordem.id))
    assert ficha.ordem.total == ordem.total + outro.valor_total
    principal, segundo = ficha.orcamentos
    assert (principal.complementar_de, segundo.complementar_de) == (None, principal.id)
    assert (segundo.decidido_por, segundo.decidido_meio) == ("Maria, a esposa", Meio.TELEFONE)


def test_a_ordem_sem_orcamento_se_imprime(oficina: Oficina) -> None:
    ordem = abrir(oficina)
    ficha = oficina.executar(ImprimirOrdem(ordem_id=ordem.id))
    assert (ficha.ordem.queixa, ficha.orcamentos) == ("Barulho no freio", ())


def test_o_codigo_e_o_de_hoje_e_o_preco_o_da_proposta(oficina: Oficina) -> None:
    orcamento = enviado(oficina, pecas=("FILTRO",))
    filtro = oficina.executar(VerPeca(peca_id=orcamento.itens[0].peca_id or 0))
    oficina.executar(
        EditarPeca(
            peca_id=filtro.id,
            versao=filtro.versao,
            codigo="FILTRO-NOVO",
            nome=filtro.nome,
            preco=filtro.preco * 2,
        )
    )
    ficha = oficina.executar(ImprimirOrcamento(orcamento_id=orcamento.id))
    (item,) = ficha.orcamentos[0].itens
    assert (item.codigo, item.preco_unitario) == ("FILTRO-NOVO", filtro.preco)


def test_no_papel_do_mecanico_os_dados_pessoais_vao_mascarados(em_nome_de: AbrirPara) -> None:
    oficina = em_nome_de(SISTEMA)
    ordem = em_execucao(oficina)
    ze = em_nome_de(sujeito(funcionario(oficina, Papel.MECANICO)))
    for ficha in (
        ze.executar(ImprimirOrdem(ordem_id=ordem.id)),
        ze.executar(ImprimirOrcamento(orcamento_id=ordem.orcamentos[0].id)),
    ):
        assert ficha.documento == "***.982.247-**"


def test_o_cliente_imprime_o_que_e_seu_inteiro_e_o_alheio_nao_existe(
    em_nome_de: AbrirPara,
) -> None:
    oficina = em_nome_de(SISTEMA)
    orcamento = enviado(oficina)
    ordem = oficina.executar(VerOrdem(ordem_id=orcamento.ordem_id or 0))
    ana = em_nome_de(Sujeito.de(f"cliente:{ordem.cliente_id}"))
    ficha = ana.executar(ImprimirOrcamento(orcamento_id=orcamento.id))
    assert ficha.documento == CPF(CPF_ANA)
    assert {item.codigo: item.descricao for item in ficha.orcamentos[0].itens} == CODIGOS
    assert ana.executar(ImprimirOrdem(ordem_id=ordem.id)).ordem.id == ordem.id
    outra = em_nome_de(acesso(cliente(oficina, "Bia", "123.456.789-09")))
    with pytest.raises(NaoEncontrado):
        outra.executar(ImprimirOrcamento(orcamento_id=orcamento.id))
    with pytest.raises(NaoEncontrado):
        outra.executar(ImprimirOrdem(ordem_id=ordem.id))
