"""Peças: o cadastro, a prateleira e o custo, que só o gerente vê."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.pecas import (
    CriarPeca,
    DesativarPeca,
    EditarPeca,
    FichaPeca,
    LinhaPeca,
    ListarPecas,
    ReativarPeca,
    VerPeca,
)
from oficina_core.casos.pecas_importacao import LinhaImportadaPeca
from oficina_core.casos.portas import PEDIDO, Oficina, Pedido
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, VersaoAntiga
from tests import cenario

AbrirPara = Callable[[Sujeito], Oficina]


@pytest.fixture
def oleo(oficina: Oficina) -> FichaPeca:
    return oficina.executar(
        CriarPeca(
            codigo="oleo-5w30",
            nome="Óleo 5W30",
            preco=Decimal("39.90"),
            unidade=Unidade.L,
            minimo=Decimal("2.5"),
            localizacao="Corredor 3",
        )
    )


def ver(oficina: Oficina, ficha: FichaPeca) -> FichaPeca:
    return oficina.executar(VerPeca(peca_id=ficha.id))


def editar(ficha: FichaPeca, **campos: Any) -> EditarPeca:
    dados: dict[str, Any] = {
        "peca_id": ficha.id,
        "versao": ficha.versao,
        "codigo": ficha.codigo,
        "nome": ficha.nome,
        "preco": ficha.preco,
    }
    return EditarPeca(**(dados | campos))


def test_peca_criada_se_ve_inteira_e_sem_estoque(oficina: Oficina, oleo: FichaPeca) -> None:
    assert oleo == FichaPeca(
        id=oleo.id,
        codigo="OLEO-5W30",
        nome="Óleo 5W30",
        unidade=Unidade.L,
        preco=Decimal("39.90"),
        estoque=Decimal(0),
        reservado=Decimal(0),
        disponivel=Decimal(0),
        minimo=Decimal("2.5"),
        localizacao="Corredor 3",
        custo=None,
        ativo=True,
        versao=1,
    )
    assert ver(oficina, oleo) == oleo


def test_lista_mostra_o_que_ha_e_o_que_esta_livre(oficina: Oficina, oleo: FichaPeca) -> None:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    oficina.executar(EntradaEstoque(peca_id="OLEO-5W30", quantidade=Decimal("3.5")))
    orcamento = oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, pecas=("OLEO-5W30",)))
    oficina.executar(AprovarOrcamento(orcamento_id=orcamento.id))
    assert oficina.executar(ListarPecas()).itens == (
        LinhaPeca(
            id=oleo.id,
            codigo="OLEO-5W30",
            nome="Óleo 5W30",
            unidade=Unidade.L,
            preco=Decimal("39.90"),
            estoque=Decimal("3.5"),
            disponivel=Decimal("2.5"),
            minimo=Decimal("2.5"),
            localizacao="Corredor 3",
            ativo=True,
        ),
    )
    vista = ver(oficina, oleo)
    assert (vista.estoque, vista.reservado, vista.disponivel) == (
        Decimal("3.5"),
        Decimal(1),
        Decimal("2.5"),
    )


def test_so_o_gerente_ve_o_custo(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    id = cenario.peca(sistema, "FILTRO", "35.00", estoque="10", custo="20.00")
    for papel, cpf, custo in (
        (Papel.MECANICO, cenario.CPF_ANA, None),
        (Papel.ATENDENTE, cenario.CPF_ZE, None),
        (Papel.GERENTE, cenario.CPF_BIA, Decimal("20.00")),
    ):
        oficina = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, papel, cpf)))
        assert oficina.executar(VerPeca(peca_id=id)).custo == custo, papel
    assert sistema.executar(VerPeca(peca_id=id)).custo == Decimal("20.00")


def test_atendente_da_entrada_com_custo_e_nao_o_ve(em_nome_de: AbrirPara) -> None:
    sistema = em_nome_de(SISTEMA)
    id = cenario.peca(sistema, "FILTRO")
    atendente = em_nome_de(cenario.sujeito(cenario.funcionario(sistema, Papel.ATENDENTE)))
    entrada = EntradaEstoque(peca_id=id, quantidade=Decimal(1), custo=Decimal("20.00"))
    assert atendente.executar(entrada).peca.custo is None
    assert sistema.executar(VerPeca(peca_id=id)).custo == Decimal("20.00")


def test_lista_so_o_que_esta_abaixo_do_minimo(oficina: Oficina, oleo: FichaPeca) -> None:
    cenario.peca(oficina, "FILTRO", estoque="1")
    assert [x.codigo for x in oficina.executar(ListarPecas()).itens] == ["FILTRO", "OLEO-5W30"]
    abaixo = ListarPecas(abaixo_do_minimo=True)
    assert [x.id for x in oficina.executar(abaixo).itens] == [oleo.id]
    oficina.executar(EntradaEstoque(peca_id=oleo.id, quantidade=Decimal("2.499")))
    assert [x.id for x in oficina.executar(abaixo).itens] == [oleo.id]
    oficina.executar(EntradaEstoque(peca_id=oleo.id, quantidade=Decimal("0.001")))
    assert oficina.executar(abaixo).itens == (), "no mínimo ainda não está abaixo"


LUGARES = {"ANEL": "Galpão B3", "GALPAO": "A1", "PINO": "GALPÃO B4", "VELA": None}


def guardar(oficina: Oficina, pedido: Pedido = PEDIDO) -> None:
    for codigo, lugar in LUGARES.items():
        peca = CriarPeca(codigo=codigo, nome="x", preco=Decimal(1), localizacao=lugar)
        oficina.executar(peca, pedido)


def achadas(oficina: Oficina, busca: str, **como: Any) -> list[str]:
    return [linha.codigo for linha in oficina.executar(ListarPecas(busca=busca, **como)).itens]


@pytest.mark.parametrize(
    ("busca", "codigos"),
    [
        ("galpao", ["ANEL", "GALPAO", "PINO"]),
        ("GALPÃO B", ["ANEL", "PINO"]),
        ("b4", ["PINO"]),
        ("b_", []),
        ("%", []),
        ("none", []),
    ],
)
def test_a_busca_acha_tambem_pelo_lugar(oficina: Oficina, busca: str, codigos: list[str]) -> None:
    guardar(oficina)
    assert achadas(oficina, busca) == codigos


def test_a_busca_pelo_lugar_vale_em_todas_as_paginas_e_com_as_outras_condicoes(
    oficina: Oficina,
) -> None:
    guardar(oficina)
    primeira = oficina.executar(ListarPecas(busca="galpao", limite=2))
    assert [linha.codigo for linha in primeira.itens] == ["ANEL", "GALPAO"]
    assert achadas(oficina, "galpao", limite=2, cursor=primeira.proximo) == ["PINO"]
    oficina.executar(DefinirPrateleira(peca_id="PINO", minimo=Decimal(1), localizacao="Galpão"))
    assert achadas(oficina, "galpao", abaixo_do_minimo=True) == ["PINO"]
    oficina.executar(DesativarPeca(peca_id=oficina.executar(ListarPecas()).itens[0].id))
    assert achadas(oficina, "galpao") == ["GALPAO", "PINO"]
    assert achadas(oficina, "galpao", inativos=True) == ["ANEL"]


def test_o_lugar_que_se_busca_e_o_da_loja(local: OficinaLocal) -> None:
    matriz = local.executar(ListarLojas()).itens[0].id
    filial = cenario.filial(local)
    guardar(local, Pedido(loja=matriz))
    la = Pedido(loja=filial)
    local.executar(DefinirPrateleira(peca_id="VELA", minimo=Decimal(1), localizacao="B5"), la)
    achada = [linha.codigo for linha in local.executar(ListarPecas(busca="b5"), la).itens]
    assert achada == ["VELA"]
    assert local.executar(ListarPecas(busca="b4"), la).itens == ()
    assert local.executar(ListarPecas(busca="b5"), Pedido(loja=matriz)).itens == ()


def test_prateleira_se_define_e_se_limpa(oficina: Oficina, oleo: FichaPeca) -> None:
    definida = oficina.executar(
        DefinirPrateleira(peca_id="OLEO-5W30", minimo=Decimal("0.75"), localizacao="[/] x")
    )
    assert definida == replace(oleo, minimo=Decimal("0.75"), localizacao="[/] x")
    assert ver(oficina, oleo) == definida
    limpa = oficina.executar(DefinirPrateleira(peca_id=oleo.id, minimo=Decimal(0)))
    assert (limpa.minimo, limpa.localizacao) == (Decimal(0), None)
    assert ver(oficina, oleo) == limpa


def test_editar_nao_mexe_na_prateleira_nem_no_saldo(oficina: Oficina, oleo: FichaPeca) -> None:
    oficina.executar(EntradaEstoque(peca_id=oleo.id, quantidade=Decimal(4), custo=Decimal("25.00")))
    cheia = ver(oficina, oleo)
    assert cheia.versao == oleo.versao, "movimento de estoque não é edição da peça"
    editada = oficina.executar(editar(oleo, codigo="OLEO", nome="Óleo", preco=Decimal("45.00")))
    assert editada == replace(cheia, codigo="OLEO", nome="Óleo", preco=Decimal("45.00"), versao=2)
    assert ver(oficina, oleo) == editada


def test_codigo_repetido_e_conflito_ativa_ou_nao(oficina: Oficina, oleo: FichaPeca) -> None:
    with pytest.raises(Conflito, match=f"{oleo.id}"):
        cenario.peca(oficina, "OLEO-5W30")
    oficina.executar(DesativarPeca(peca_id=oleo.id))
    with cenario.recusa(Conflito, conserta=f"peca reativar id:{oleo.id}"):
        cenario.peca(oficina, "OLEO-5W30")
    assert oficina.executar(ListarPecas()).itens == ()


def test_editar_com_o_codigo_de_outra_e_conflito(oficina: Oficina, oleo: FichaPeca) -> None:
    filtro = cenario.peca(oficina, "FILTRO")
    with pytest.raises(Conflito, match=f"{filtro}"):
        oficina.executar(editar(oleo, codigo="filtro"))
    assert ver(oficina, oleo) == oleo


def test_quem_viu_a_versao_antiga_nao_grava_por_cima(oficina: Oficina, oleo: FichaPeca) -> None:
    cara = oficina.executar(editar(oleo, preco=Decimal("99.00")))
    with pytest.raises(VersaoAntiga):
        oficina.executar(editar(oleo, preco=Decimal("1.00")))
    assert ver(oficina, oleo) == cara


def test_desativar_tira_da_lista_e_reativar_devolve_com_o_saldo(
    oficina: Oficina, oleo: FichaPeca
) -> None:
    oficina.executar(EntradaEstoque(peca_id=oleo.id, quantidade=Decimal(4)))
    cheia = ver(oficina, oleo)
    desativada = oficina.executar(DesativarPeca(peca_id=oleo.id))
    assert desativada == replace(cheia, ativo=False, versao=2)
    assert oficina.executar(ListarPecas()).itens == ()
    assert [x.id for x in oficina.executar(ListarPecas(inativos=True)).itens] == [oleo.id]
    assert oficina.executar(ReativarPeca(peca_id=oleo.id)) == replace(cheia, versao=3)
    assert [x.estoque for x in oficina.executar(ListarPecas()).itens] == [Decimal(4)]


@pytest.mark.parametrize("tipo", [CriarPeca, LinhaImportadaPeca])
@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("codigo", "FILTRO:2"),
        ("preco", Decimal(-1)),
        ("minimo", Decimal(-1)),
        ("minimo", Decimal("1.5")),
        ("minimo", Decimal(1_000_001)),
        ("minimo", Decimal("NaN")),
        ("minimo", Decimal("Infinity")),
        ("localizacao", "x" * 31),
    ],
)
def test_peca_com_campo_errado_e_recusada(
    tipo: type[CriarPeca | LinhaImportadaPeca], campo: str, valor: object
) -> None:
    linha = {"linha": 2, "unidade": Unidade.UN} if tipo is LinhaImportadaPeca else {}
    dados: dict[str, Any] = {"codigo": "FILTRO", "nome": "Filtro", "preco": Decimal(1)} | linha
    with pytest.raises(DadoInvalido) as recusa:
        tipo(**(dados | {campo: valor}))
    assert recusa.value.campo == campo


@pytest.mark.parametrize("caso", [VerPeca, DesativarPeca, ReativarPeca])
def test_peca_que_nao_existe_nao_se_acha(
    oficina: Oficina, caso: type[VerPeca | DesativarPeca | ReativarPeca]
) -> None:
    with pytest.raises(NaoEncontrado, match="peça 7"):
        oficina.executar(caso(peca_id=7))
