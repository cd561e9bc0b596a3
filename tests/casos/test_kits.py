"""Kits: serviços e peças que se orçam de uma vez, com o preço do dia."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.kits import (
    CriarKit,
    DesativarKit,
    EditarKit,
    FichaKit,
    ItemPedido,
    LinhaItemKit,
    LinhaKit,
    ListarKits,
    ReativarKit,
    VerKit,
)
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.pecas import DesativarPeca, EditarPeca
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import (
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    RegraViolada,
    VersaoAntiga,
)
from oficina_core.dominio.orcamento import TipoItem
from tests import cenario


@pytest.fixture
def kit(oficina: Oficina) -> FichaKit:
    cenario.catalogo(oficina)
    return oficina.executar(VerKit(kit_id=id_de(oficina, Recurso.KIT, "TROCA-OLEO")))


def id_de(oficina: Oficina, recurso: Recurso, nome: str) -> int:
    return oficina.executar(Localizar(recurso=recurso, nome=nome)).id


def ver(oficina: Oficina, ficha: FichaKit) -> FichaKit:
    return oficina.executar(VerKit(kit_id=ficha.id))


def editar(ficha: FichaKit, **campos: Any) -> EditarKit:
    dados: dict[str, Any] = {
        "kit_id": ficha.id,
        "versao": ficha.versao,
        "codigo": ficha.codigo,
        "nome": ficha.nome,
        "servicos": ("OLEO",),
        "pecas": ("FILTRO",),
    }
    return EditarKit(**(dados | campos))


def test_kit_soma_os_precos_de_hoje(oficina: Oficina, kit: FichaKit) -> None:
    oleo = LinhaItemKit(
        tipo=TipoItem.PECA,
        servico_id=None,
        peca_id=id_de(oficina, Recurso.PECA, "OLEO-5W30"),
        codigo="OLEO-5W30",
        nome="Oleo-5w30",
        quantidade=Decimal("3.5"),
        unidade=Unidade.L,
        disponivel=Decimal(40),
        preco=Decimal("39.90"),
        total=Decimal("139.65"),
    )
    assert oleo in kit.itens
    assert [(i.tipo, i.codigo) for i in kit.itens if i.tipo is TipoItem.SERVICO] == [
        (TipoItem.SERVICO, "OLEO")
    ]
    assert kit.total == Decimal("249.65")
    oficina.executar(
        EditarPeca(
            peca_id=id_de(oficina, Recurso.PECA, "FILTRO"),
            versao=1,
            codigo="FILTRO",
            nome="Filtro",
            preco=Decimal("45.00"),
        )
    )
    assert ver(oficina, kit).total == Decimal("259.65")
    assert oficina.executar(ListarKits()).itens == (
        LinhaKit(
            id=kit.id,
            codigo="TROCA-OLEO",
            nome="Troca de óleo 1.0",
            itens=3,
            total=Decimal("259.65"),
            ativo=True,
        ),
    )


def test_a_lista_diz_o_mesmo_total_da_ficha(oficina: Oficina, kit: FichaKit) -> None:
    """Também do que foi desativado, e do que um arredondamento por linha separa da soma."""
    cenario.peca(oficina, "GRAXA", "0.99", unidade=Unidade.KG)
    cenario.peca(oficina, "VEDANTE", "0.99", unidade=Unidade.L)
    meia = Decimal("0.5")
    pecas = (ItemPedido(id="GRAXA", quantidade=meia), ItemPedido(id="VEDANTE", quantidade=meia))
    oficina.executar(CriarKit(codigo="MEIAS", nome="Meias", servicos=("PAST",), pecas=pecas))
    peca = id_de(oficina, Recurso.PECA, "FILTRO")
    oficina.executar(DesativarPeca(peca_id=peca))
    oficina.executar(DesativarKit(kit_id=kit.id))
    inativas = oficina.executar(ListarKits(inativos=True)).itens
    for linha in (*oficina.executar(ListarKits()).itens, *inativas):
        ficha = oficina.executar(VerKit(kit_id=linha.id))
        assert (linha.total, linha.itens) == (ficha.total, len(ficha.itens))
    assert [linha.total for linha in inativas] == [Decimal("249.65")]
    (meias,) = oficina.executar(ListarKits(busca="meias")).itens
    assert meias.total == Decimal("151.00")


def test_kit_criado_se_ve_igual_por_codigo_ou_por_id(oficina: Oficina, kit: FichaKit) -> None:
    for codigo, oleo, filtro in (
        ("POR-CODIGO", "oleo-5w30", "FILTRO"),
        (
            "POR-ID",
            id_de(oficina, Recurso.PECA, "OLEO-5W30"),
            id_de(oficina, Recurso.PECA, "FILTRO"),
        ),
    ):
        criado = oficina.executar(CriarKit(codigo=codigo, nome="x", pecas=(oleo, filtro)))
        assert ver(oficina, criado) == criado


@pytest.mark.parametrize(
    ("itens", "erro", "diz"),
    [
        ({}, RegraViolada, "ao menos um"),
        ({"pecas": ("FILTRO", "filtro")}, RegraViolada, "repete"),
        ({"servicos": ("NADA",)}, NaoEncontrado, "com esse código"),
        ({"pecas": ("NADA",)}, NaoEncontrado, "com esse código"),
        ({"pecas": (999_999,)}, NaoEncontrado, "999"),
        ({"pecas": (2**63,)}, DadoInvalido, "grande demais"),
        ({"pecas": ("a b",)}, DadoInvalido, "código"),
        (
            {"servicos": (ItemPedido(id="OLEO", quantidade=Decimal("0.5")),)},
            DadoInvalido,
            "inteira",
        ),
        (
            {"pecas": (ItemPedido(id="OLEO-5W30", quantidade=Decimal("0.0001")),)},
            DadoInvalido,
            "três",
        ),
    ],
)
def test_kit_com_item_errado_nao_se_cria_nem_muda(
    oficina: Oficina, kit: FichaKit, itens: dict[str, Any], erro: type[Exception], diz: str
) -> None:
    with pytest.raises(erro, match=diz):
        oficina.executar(CriarKit(codigo="NOVO", nome="Novo", **itens))
    with pytest.raises(erro, match=diz):
        oficina.executar(editar(kit, **({"servicos": (), "pecas": ()} | itens)))
    assert [linha.id for linha in oficina.executar(ListarKits()).itens] == [kit.id]
    assert ver(oficina, kit) == kit


@pytest.mark.parametrize("quantidade", ["0", "-1", "NaN", "Infinity"])
def test_quantidade_de_item_e_maior_que_zero(quantidade: str) -> None:
    with pytest.raises(DadoInvalido, match="maior que zero"):
        ItemPedido(id="OLEO", quantidade=Decimal(quantidade))


def test_editar_troca_o_conteudo_e_nao_o_que_ja_se_orcou(oficina: Oficina, kit: FichaKit) -> None:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    antes = oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, kits=("TROCA-OLEO",)))
    editado = oficina.executar(
        editar(
            kit,
            codigo="FREIO",
            nome="Freio",
            servicos=("PAST",),
            pecas=(ItemPedido(id="PASTILHA", quantidade=Decimal(2)),),
        )
    )
    assert (editado.codigo, editado.nome, editado.versao) == ("FREIO", "Freio", 2)
    assert [(i.codigo, int(i.quantidade)) for i in editado.itens] == [("PAST", 1), ("PASTILHA", 2)]
    assert editado.total == Decimal("510.00")
    assert ver(oficina, kit) == editado
    assert antes.valor_total == Decimal("249.65")
    depois = oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, kits=("FREIO",)))
    assert depois.valor_total == Decimal("510.00")


def test_codigo_repetido_e_conflito_ativo_ou_nao(oficina: Oficina, kit: FichaKit) -> None:
    outro = CriarKit(codigo="troca-oleo", nome="Outro", servicos=("OLEO",))
    with pytest.raises(Conflito, match=f"{kit.id}"):
        oficina.executar(outro)
    oficina.executar(DesativarKit(kit_id=kit.id))
    with cenario.recusa(Conflito, conserta=f"kit reativar id:{kit.id}"):
        oficina.executar(outro)
    assert oficina.executar(ListarKits()).itens == ()


def test_editar_com_o_codigo_de_outro_e_conflito(oficina: Oficina, kit: FichaKit) -> None:
    outro = oficina.executar(CriarKit(codigo="OUTRO", nome="Outro", servicos=("PAST",)))
    with pytest.raises(Conflito, match=f"{outro.id}"):
        oficina.executar(editar(kit, codigo="OUTRO"))
    assert ver(oficina, kit) == kit


def test_quem_viu_a_versao_antiga_nao_grava_por_cima(oficina: Oficina, kit: FichaKit) -> None:
    menor = oficina.executar(editar(kit))
    with pytest.raises(VersaoAntiga):
        oficina.executar(editar(kit, nome="Outro"))
    assert ver(oficina, kit) == menor


def test_desativar_tira_da_lista_e_reativar_devolve_inteiro(
    oficina: Oficina, kit: FichaKit
) -> None:
    desativado = oficina.executar(DesativarKit(kit_id=kit.id))
    assert desativado == replace(kit, ativo=False, versao=2)
    assert ver(oficina, kit) == desativado
    assert oficina.executar(ListarKits()).itens == ()
    assert [x.id for x in oficina.executar(ListarKits(inativos=True)).itens] == [kit.id]
    assert oficina.executar(ReativarKit(kit_id=kit.id)) == replace(kit, versao=3)
    assert ver(oficina, kit) == replace(kit, versao=3)


@pytest.mark.parametrize("caso", [VerKit, DesativarKit, ReativarKit])
def test_kit_que_nao_existe_nao_se_acha(
    oficina: Oficina, caso: type[VerKit | DesativarKit | ReativarKit]
) -> None:
    with pytest.raises(NaoEncontrado, match="kit 7"):
        oficina.executar(caso(kit_id=7))


def test_kit_nao_guarda_desconto() -> None:
    with pytest.raises(DadoInvalido, match="não guarda desconto"):
        CriarKit(codigo="K", nome="K", pecas=(ItemPedido(id="OLEO", desconto=Decimal("1.00")),))
