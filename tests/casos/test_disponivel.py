"""O que há de cada peça que se propõe: diz-se à oficina, e só enquanto o cliente não responde."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.estoque import AjustarEstoque, EntradaEstoque
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    LinhaItem,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.orcamento import StatusOrcamento
from tests import cenario
from tests.conftest import Relogio

AbrirPara = Callable[[Sujeito], Oficina]

HA_DE_TUDO = {"Troca de óleo": None, "Oleo-5w30": Decimal(40), "Filtro": Decimal(10)}
NADA = dict.fromkeys(HA_DE_TUDO)


@pytest.fixture
def balcao(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    return oficina


def orcar(oficina: Oficina, **proposta: Any) -> FichaOrcamento:
    dados: dict[str, Any] = proposta or {"kits": ("TROCA-OLEO",)}
    return oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, **dados))


def ver(oficina: Oficina, feito: FichaOrcamento) -> FichaOrcamento:
    return oficina.executar(VerOrcamento(orcamento_id=feito.id))


def ha(itens: tuple[LinhaItem, ...]) -> dict[str, Decimal | None]:
    return {item.descricao: item.disponivel for item in itens}


def test_a_peca_diz_o_que_ha_na_unidade_em_que_se_vende(balcao: Oficina) -> None:
    feito = orcar(balcao)
    assert ha(feito.itens) == HA_DE_TUDO
    assert feito.aviso is None
    assert not any(item.curta for item in feito.itens)


def test_o_que_ha_e_o_de_agora_sem_o_reservado(balcao: Oficina) -> None:
    feito = orcar(balcao)
    cenario.em_execucao(balcao)
    esperado = {"Troca de óleo": None, "Oleo-5w30": Decimal("36.5"), "Filtro": Decimal(9)}
    assert ha(ver(balcao, feito).itens) == esperado
    balcao.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(2)))
    assert ha(ver(balcao, feito).itens) == esperado | {"Filtro": Decimal(11)}


def test_enviado_e_vencido_ainda_o_dizem(balcao: Oficina, relogio: Relogio) -> None:
    feito = orcar(balcao)
    assert ha(balcao.executar(EnviarOrcamento(orcamento_id=feito.id)).itens) == HA_DE_TUDO
    relogio.passar(days=30)
    vencido = ver(balcao, feito)
    assert (vencido.status, ha(vencido.itens)) == (StatusOrcamento.EXPIRADO, HA_DE_TUDO)


def test_respondido_cancelado_ou_substituido_ja_nao_o_diz(balcao: Oficina) -> None:
    aprovado, recusado, revisto, cancelado = (orcar(balcao) for _ in range(4))
    for feito in (recusado, revisto):
        balcao.executar(EnviarOrcamento(orcamento_id=feito.id))
    balcao.executar(AprovarOrcamento(orcamento_id=aprovado.id))
    balcao.executar(RecusarOrcamento(orcamento_id=recusado.id, motivo="caro"))
    revisao = balcao.executar(RevisarOrcamento(orcamento_id=revisto.id, enviar=True))
    balcao.executar(CancelarOrcamento(orcamento_id=cancelado.id, motivo="engano"))
    for feito in (aprovado, recusado, revisto, cancelado):
        assert ha(ver(balcao, feito).itens) == NADA
    assert ha(revisao.itens) == HA_DE_TUDO | {"Oleo-5w30": Decimal("36.5"), "Filtro": Decimal(9)}


def test_a_linha_que_passa_do_que_ha_se_avisa(balcao: Oficina) -> None:
    pecas = (
        ItemPedido(id="PASTILHA", quantidade=Decimal(2)),
        ItemPedido(id="OLEO-5W30", quantidade=Decimal("40.5")),
        ItemPedido(id="FILTRO", quantidade=Decimal(10)),
    )
    feito = orcar(balcao, pecas=pecas)
    assert {item.descricao for item in feito.itens if item.curta} == {"Pastilha", "Oleo-5w30"}
    assert feito.aviso == (
        "Falta estoque: Oleo-5w30 (pede 40,5 l, há 40 l) e Pastilha (pede 2 un, há 1 un)."
    )


def test_sem_nenhuma_no_estoque_diz_que_ha_zero(balcao: Oficina) -> None:
    balcao.executar(AjustarEstoque(peca_id="PASTILHA", delta=Decimal(-1), motivo="quebrou"))
    assert orcar(balcao, pecas=("PASTILHA",)).aviso == (
        "Falta estoque: Pastilha (pede 1 un, há 0 un)."
    )


def test_na_ordem_so_o_orcamento_aberto_o_diz(balcao: Oficina) -> None:
    ordem = cenario.em_execucao(balcao)
    cenario.complementar(balcao, ordem.id, "FILTRO")
    principal, mais = balcao.executar(VerOrdem(ordem_id=ordem.id)).orcamentos
    assert ha(principal.itens) == NADA
    assert ha(mais.itens) == {"Filtro": Decimal(9)}


def test_o_mecanico_ve_o_que_ha(em_nome_de: AbrirPara) -> None:
    casa = em_nome_de(SISTEMA)
    cenario.catalogo(casa)
    feito = cenario.enviado(casa)
    mecanico = em_nome_de(cenario.sujeito(cenario.funcionario(casa, Papel.MECANICO)))
    assert ha(ver(mecanico, feito).itens) == HA_DE_TUDO


def test_quem_e_de_fora_nao_sabe_o_que_ha_nem_o_que_falta(em_nome_de: AbrirPara) -> None:
    casa = em_nome_de(SISTEMA)
    cenario.catalogo(casa)
    ana = cenario.cliente(casa)
    demais = ItemPedido(id="PASTILHA", quantidade=Decimal(2))
    feito = cenario.enviado(casa, pecas=(demais,))
    assert feito.aviso
    fora = em_nome_de(cenario.acesso(ana))
    visto = ver(fora, feito)
    assert (ha(visto.itens), visto.aviso) == ({"Pastilha": None}, None)
    ordem = fora.executar(VerOrdem(ordem_id=visto.ordem_id or 0))
    assert ha(ordem.orcamentos[0].itens) == {"Pastilha": None}
