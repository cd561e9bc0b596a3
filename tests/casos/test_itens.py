"""O que se põe em um orçamento, achado por um pedaço do código ou do nome."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.busca import Localizar
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.estoque import AjustarEstoque
from oficina_core.casos.itens import BuscarItens, ItemAchado, TipoAchado
from oficina_core.casos.kits import CriarKit, DesativarKit, VerKit
from oficina_core.casos.pecas import DesativarPeca
from oficina_core.casos.portas import Oficina
from oficina_core.casos.servicos import CriarServico, DesativarServico
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido
from tests import cenario

K, S, P = TipoAchado


@pytest.fixture
def loja(oficina: Oficina) -> Oficina:
    cenario.catalogo(oficina)
    return oficina


def achados(oficina: Oficina, texto: str, **campos: Any) -> list[tuple[TipoAchado, str]]:
    itens = oficina.executar(BuscarItens(texto=texto, **campos))
    return [(item.tipo, item.codigo) for item in itens]


def kit(oficina: Oficina) -> ItemAchado:
    return oficina.executar(BuscarItens(texto="troca-oleo"))[0]


def id_de(oficina: Oficina, recurso: Recurso, nome: str) -> int:
    return oficina.executar(Localizar(recurso=recurso, nome=nome)).id


def test_acha_kits_servicos_e_pecas_com_o_preco_de_hoje(loja: Oficina) -> None:
    troca, oleo, frasco = loja.executar(BuscarItens(texto="óle"))
    assert replace(troca, id=0) == ItemAchado(
        tipo=K,
        id=0,
        codigo="TROCA-OLEO",
        nome="Troca de óleo 1.0",
        preco=loja.executar(VerKit(kit_id=troca.id)).total,
        unidade=Unidade.UN,
        disponivel=None,
        tempo_estimado=None,
        completo=True,
    )
    assert replace(oleo, id=0) == ItemAchado(
        tipo=S,
        id=0,
        codigo="OLEO",
        nome="Troca de óleo",
        preco=Decimal("75.00"),
        unidade=Unidade.UN,
        disponivel=None,
        tempo_estimado=30,
        completo=None,
    )
    assert replace(frasco, id=0) == ItemAchado(
        tipo=P,
        id=0,
        codigo="OLEO-5W30",
        nome="Oleo-5w30",
        preco=Decimal("39.90"),
        unidade=Unidade.L,
        disponivel=Decimal(40),
        tempo_estimado=None,
        completo=None,
    )
    ids = id_de(loja, Recurso.KIT, "TROCA-OLEO"), id_de(loja, Recurso.PECA, "OLEO-5W30")
    assert (troca.id, frasco.id) == ids


@pytest.mark.parametrize(
    ("texto", "esperados"),
    [
        ("OLEO", [(S, "OLEO"), (K, "TROCA-OLEO"), (P, "OLEO-5W30")]),
        ("óleo", [(S, "OLEO"), (K, "TROCA-OLEO"), (P, "OLEO-5W30")]),
        ("oleo-5w30", [(P, "OLEO-5W30")]),
        ("ÓLEO 1", [(K, "TROCA-OLEO")]),
        ("past", [(S, "PAST"), (P, "PASTILHA")]),
        ("nada", []),
        ("%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_o_codigo_exato_vem_antes_e_o_resto_em_ordem(
    loja: Oficina, texto: str, esperados: list[tuple[TipoAchado, str]]
) -> None:
    assert achados(loja, texto) == esperados


def test_de_cada_tipo_so_ate_o_limite_que_nao_deixa_fora_o_exato(loja: Oficina) -> None:
    for codigo in ("A-OLEO", "B-OLEO", "Z"):
        cenario.peca(loja, codigo)
    loja.executar(CriarServico(codigo="A-PAST", nome="Outra", preco=Decimal(1)))
    assert achados(loja, "oleo", limite=1) == [
        (S, "OLEO"),
        (K, "TROCA-OLEO"),
        (P, "OLEO-5W30"),
    ]
    assert achados(loja, "past", limite=1) == [(S, "PAST"), (P, "PASTILHA")]
    assert achados(loja, "z") == [(P, "Z")]


def test_o_desativado_nao_se_acha(loja: Oficina) -> None:
    loja.executar(DesativarKit(kit_id=id_de(loja, Recurso.KIT, "TROCA-OLEO")))
    loja.executar(DesativarServico(servico_id=id_de(loja, Recurso.SERVICO, "OLEO")))
    loja.executar(DesativarPeca(peca_id=id_de(loja, Recurso.PECA, "OLEO-5W30")))
    assert achados(loja, "oleo") == []


def test_o_reservado_nao_esta_disponivel(loja: Oficina) -> None:
    cenario.em_execucao(loja)
    assert loja.executar(BuscarItens(texto="filtro"))[0].disponivel == Decimal(9)


def test_o_kit_so_e_completo_com_toda_peca_que_leva(loja: Oficina) -> None:
    cenario.em_execucao(loja)
    assert kit(loja).completo
    loja.executar(AjustarEstoque(peca_id="FILTRO", delta=Decimal(-9), motivo="quebrou"))
    assert kit(loja).completo is False


def test_o_kit_com_item_desativado_nao_se_vende(loja: Oficina) -> None:
    loja.executar(CriarKit(codigo="SO-MAO", nome="Mão de obra", servicos=("OLEO",)))
    assert loja.executar(BuscarItens(texto="so-mao"))[0].completo
    loja.executar(DesativarServico(servico_id=id_de(loja, Recurso.SERVICO, "OLEO")))
    assert [item.completo for item in loja.executar(BuscarItens(texto="so-mao"))] == [False]


@pytest.mark.parametrize(
    ("campos", "campo"),
    [
        ({"texto": " "}, "texto"),
        ({"texto": "x" * 121}, "texto"),
        ({"texto": "oleo", "limite": 0}, "limite"),
        ({"texto": "oleo", "limite": 101}, "limite"),
    ],
)
def test_pedido_sem_sentido_se_recusa(campos: dict[str, Any], campo: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        BuscarItens(**campos)
    assert recusa.value.campo == campo


def test_o_que_comeca_pelo_que_se_digitou_vem_antes_do_que_so_o_tem(loja: Oficina) -> None:
    """`filt` é o FILTRO, e não o serviço que troca o filtro."""
    loja.executar(CriarServico(codigo="ALINHA-FILTRO", nome="Troca do filtro", preco=Decimal(10)))
    achados = loja.executar(BuscarItens(texto="filt"))
    assert achados[0].codigo.startswith("FILTRO")
    assert "ALINHA-FILTRO" in [achado.codigo for achado in achados]
