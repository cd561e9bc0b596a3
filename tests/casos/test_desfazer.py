"""Desfazer: cada ação da lista tem a sua volta, que não apaga nada."""

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.clientes import DesativarCliente, VerCliente
from oficina_core.casos.desfazer import (
    MOSTRADAS,
    PARES,
    POR_ACAO,
    LinhaDesfazivel,
    ListarDesfaziveis,
    Par,
)
from oficina_core.casos.estoque import (
    AjustarEstoque,
    ConferirEstoque,
    EntradaEstoque,
    ListarMovimentos,
)
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import EnviarOrcamento, RevisarOrcamento, VerOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import IniciarDiagnostico, VerOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.pecas import VerPeca
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.catalogo import CATALOGO, ROTAS
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import AcessoNegado, Conflito, DadoInvalido, RegraViolada
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario

# O que se prometeu que tem volta, ou explicação; a tabela é que o diz ao programa.
PROMETIDAS = {
    *("EnviarOrcamento", "IniciarDiagnostico", "RegistrarPagamento"),
    *("EntradaEstoque", "AjustarEstoque", "ConferirEstoque"),
    *(rota.caso.__name__ for rota in CATALOGO if rota.caso.__name__.startswith("Desativar")),
}


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    return oficina


def ultima(oficina: Oficina) -> LinhaDesfazivel:
    return oficina.executar(ListarDesfaziveis()).itens[0]


def desfazer(oficina: Oficina, linha: LinhaDesfazivel, motivo: str | None = "engano") -> Any:
    return oficina.executar(POR_ACAO[linha.acao].volta(linha.entidade_id, motivo))


def test_tudo_o_que_se_prometeu_esta_na_tabela_uma_vez() -> None:
    assert set(POR_ACAO) == PROMETIDAS
    assert len(PARES) == len(POR_ACAO)


@pytest.mark.parametrize("par", PARES, ids=lambda par: par.acao.__name__)
def test_cada_par_e_de_casos_do_catalogo_que_gravam(par: Par) -> None:
    assert ROTAS[par.acao].escreve
    assert par.explicacao.endswith(".")
    if par.inverso is None:
        return
    assert ROTAS[par.inverso].escreve
    assert par.campo in {campo.name for campo in fields(par.inverso)}  # type: ignore[arg-type]
    if par.acao.__name__.startswith("Desativar"):
        assert par.inverso.__name__ == par.acao.__name__.replace("Desativar", "Reativar")
    assert isinstance(par.volta(7, "engano"), par.inverso)


def test_a_lista_e_da_mais_nova_a_mais_antiga_e_diz_o_comando(balcao: Oficina) -> None:
    cliente = cenario.cliente(balcao)
    balcao.executar(DesativarCliente(cliente_id=cliente.id))
    balcao.executar(AjustarEstoque(peca_id="FILTRO", delta=Decimal(-1), motivo="quebrou"))
    vistas = balcao.executar(ListarDesfaziveis()).itens
    ajuste, desativacao, *entradas = vistas
    numero = ajuste.entidade_id
    assert (ajuste.acao, ajuste.comando) == (
        "AjustarEstoque",
        f"estoque estornar {numero} --motivo TEXTO",
    )
    assert (desativacao.entidade, desativacao.comando) == (
        "clientes",
        f"cliente reativar id:{cliente.id}",
    )
    assert [linha.acao for linha in entradas] == ["EntradaEstoque"] * 3
    assert [linha.id for linha in vistas] == sorted((v.id for v in vistas), reverse=True)
    assert not any(linha.desfeita for linha in vistas)


@pytest.mark.parametrize(
    "caso",
    [
        EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(5), custo=Decimal("50.00")),
        AjustarEstoque(peca_id="FILTRO", delta=Decimal(-2), motivo="quebrou"),
        ConferirEstoque(peca_id="FILTRO", contado=Decimal(7)),
    ],
    ids=lambda caso: type(caso).__name__,
)
def test_o_que_se_moveu_no_estoque_volta_por_um_estorno_com_o_motivo(
    balcao: Oficina, caso: Any
) -> None:
    balcao.executar(caso)
    linha = ultima(balcao)
    volta = desfazer(balcao, linha, "digitado errado")
    assert (volta.peca.estoque, volta.peca.custo) == (10, Decimal("20.00"))
    estorno, movimento = balcao.executar(ListarMovimentos(peca_id="FILTRO", limite=2)).itens
    assert (estorno.motivo, movimento.id) == ("digitado errado", linha.entidade_id)


def test_estoque_sem_motivo_nao_se_desfaz(balcao: Oficina) -> None:
    with cenario.recusa(DadoInvalido, conserta="--motivo TEXTO"):
        desfazer(balcao, ultima(balcao), None)


def test_o_que_ja_se_desfez_sai_da_lista_e_a_volta_diz_que_ja_foi(balcao: Oficina) -> None:
    linha = ultima(balcao)
    desfazer(balcao, linha)
    restam = balcao.executar(ListarDesfaziveis()).itens
    assert linha.id not in [outra.id for outra in restam]
    todas = balcao.executar(ListarDesfaziveis(desfeitas=True)).itens
    assert [outra.id for outra in todas if outra.desfeita] == [linha.id]
    with pytest.raises(Conflito, match="já foi estornado"):
        desfazer(balcao, linha)


def test_a_entrada_que_ja_se_usou_e_recusada_pelo_proprio_estorno(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao, pecas=(ItemPedido(id="PASTILHA", quantidade=Decimal(1)),))
    balcao.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id))
    linha = ultima(balcao)
    with pytest.raises(RegraViolada, match="PASTILHA tem 1 un em estoque, 1 un reservados"):
        desfazer(balcao, linha)


def test_o_orcamento_enviado_volta_como_revisao_em_rascunho(balcao: Oficina) -> None:
    """O contrato não deixa mudar o que se enviou: nasce outro, e a ordem volta ao diagnóstico."""
    enviado = cenario.enviado(balcao)
    linha = ultima(balcao)
    assert (linha.acao, linha.entidade_id) == ("EnviarOrcamento", enviado.id)
    revisao = desfazer(balcao, linha)
    assert (revisao.status, revisao.revisao, revisao.substitui_id) == (
        StatusOrcamento.RASCUNHO,
        2,
        enviado.id,
    )
    assert balcao.executar(VerOrcamento(orcamento_id=enviado.id)).status is (
        StatusOrcamento.AGUARDANDO_APROVACAO
    )
    ordem = balcao.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    assert ordem.status is StatusOrdem.EM_DIAGNOSTICO
    assert ultima(balcao).acao != "EnviarOrcamento"


def test_enviada_a_revisao_quem_se_desfaz_e_ela_e_nao_o_substituido(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=enviado.id))
    balcao.executar(EnviarOrcamento(orcamento_id=revisao.id))
    enviados = [
        linha.entidade_id
        for linha in balcao.executar(ListarDesfaziveis()).itens
        if linha.acao == "EnviarOrcamento"
    ]
    assert enviados == [revisao.id]


def test_o_orcamento_ja_respondido_e_recusado_pela_propria_revisao(balcao: Oficina) -> None:
    enviado = cenario.enviado(balcao)
    linha = ultima(balcao)
    balcao.executar(AprovarOrcamento(orcamento_id=enviado.id))
    with pytest.raises(Conflito, match="aprovado"):
        desfazer(balcao, linha)


def test_o_diagnostico_nao_se_desfaz_e_diz_se_o_que_se_pode(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    balcao.executar(IniciarDiagnostico(ordem_id=ordem.id))
    linha = ultima(balcao)
    assert (linha.acao, linha.entidade_id, linha.comando) == ("IniciarDiagnostico", ordem.id, None)
    with cenario.recusa(Conflito, conserta=f"ordem atribuir {ordem.id} --ninguem"):
        desfazer(balcao, linha)
    assert not POR_ACAO[linha.acao].leva_motivo


def test_o_pagamento_se_estorna_e_o_motivo_fica_nas_notas_da_ordem(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    balcao.executar(
        RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(50))
    )
    volta = desfazer(balcao, ultima(balcao), "era de outra ordem")
    assert [pagamento.valor for pagamento in volta.pagamentos] == [50, -50]
    assert [nota.texto for nota in volta.anotacoes] == ["era de outra ordem"]
    assert ultima(balcao).acao != "RegistrarPagamento"


def test_o_pagamento_se_estorna_tambem_sem_dizer_por_que(balcao: Oficina) -> None:
    ordem = cenario.abrir(balcao)
    balcao.executar(
        RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(50))
    )
    assert desfazer(balcao, ultima(balcao), None).anotacoes == ()


def test_o_desativado_volta_e_desativado_outra_vez_se_desfaz_outra_vez(balcao: Oficina) -> None:
    cliente = cenario.cliente(balcao)
    for _ in range(2):
        balcao.executar(DesativarCliente(cliente_id=cliente.id))
        assert ultima(balcao).acao == "DesativarCliente"
        assert desfazer(balcao, ultima(balcao)).ativo
    assert balcao.executar(VerCliente(cliente_id=cliente.id)).ativo
    feitas = [
        linha.desfeita
        for linha in balcao.executar(ListarDesfaziveis(desfeitas=True)).itens
        if linha.acao == "DesativarCliente"
    ]
    assert feitas == [True, True]


def test_a_lista_mostra_so_as_ultimas(balcao: Oficina) -> None:
    for _ in range(MOSTRADAS):
        balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1)))
    assert len(balcao.executar(ListarDesfaziveis()).itens) == MOSTRADAS
    assert len(balcao.executar(ListarDesfaziveis(desfeitas=True)).itens) == MOSTRADAS + 3


def test_cada_um_desfaz_o_que_e_seu_e_so_se_tem_direito_a_volta(
    em_nome_de: Callable[[Sujeito], Oficina],
) -> None:
    sistema = em_nome_de(SISTEMA)
    cenario.catalogo(sistema)
    ficha = cenario.funcionario(sistema, Papel.ATENDENTE)
    atendente = em_nome_de(cenario.sujeito(ficha))
    assert atendente.executar(ListarDesfaziveis()).itens == ()
    entrada = atendente.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1)))
    (linha,) = atendente.executar(ListarDesfaziveis()).itens
    assert linha.entidade_id == entrada.movimento_id
    assert linha.id not in [outra.id for outra in sistema.executar(ListarDesfaziveis()).itens]
    with pytest.raises(AcessoNegado, match="atendente não pode"):
        desfazer(atendente, linha)
    desfazer(sistema, linha)
    assert atendente.executar(ListarDesfaziveis()).itens == (), "quem o desfez foi outro"


def test_da_loja_dita_se_ve_o_que_e_dela(balcao: Oficina) -> None:
    filial = cenario.filial(balcao)
    la = Pedido(loja=filial)
    feita = balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(1)), la)
    (linha,) = balcao.executar(ListarDesfaziveis(), la).itens
    assert linha.entidade_id == feita.movimento_id
    assert len(balcao.executar(ListarDesfaziveis()).itens) == 4
    balcao.executar(POR_ACAO[linha.acao].volta(linha.entidade_id, "engano"), la)
    assert balcao.executar(VerPeca(peca_id=feita.peca.id), la).estoque == 0
