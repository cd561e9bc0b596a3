"""Serviços: a tabela de mão de obra."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from oficina_core.casos.portas import Oficina
from oficina_core.casos.servicos import (
    MINUTOS_MAXIMO,
    CriarServico,
    DesativarServico,
    EditarServico,
    FichaServico,
    LinhaServico,
    ListarServicos,
    ReativarServico,
    VerServico,
)
from oficina_core.dominio.erros import Conflito, DadoInvalido, NaoEncontrado, VersaoAntiga
from tests import cenario


@pytest.fixture
def oleo(oficina: Oficina) -> FichaServico:
    return oficina.executar(
        CriarServico(
            codigo=" oleo-5w30 ", nome="Troca de óleo", preco=Decimal("75.5"), tempo_estimado=30
        )
    )


def ver(oficina: Oficina, ficha: FichaServico) -> FichaServico:
    return oficina.executar(VerServico(servico_id=ficha.id))


def editar(ficha: FichaServico, **campos: Any) -> EditarServico:
    dados: dict[str, Any] = {
        "servico_id": ficha.id,
        "versao": ficha.versao,
        "codigo": ficha.codigo,
        "nome": ficha.nome,
        "preco": ficha.preco,
        "tempo_estimado": ficha.tempo_estimado,
    }
    return EditarServico(**(dados | campos))


def test_servico_criado_se_ve_inteiro(oficina: Oficina, oleo: FichaServico) -> None:
    assert oleo == FichaServico(
        id=oleo.id,
        codigo="OLEO-5W30",
        nome="Troca de óleo",
        preco=Decimal("75.50"),
        tempo_estimado=30,
        ativo=True,
        versao=1,
    )
    assert ver(oficina, oleo) == oleo
    assert oficina.executar(ListarServicos()).itens == (
        LinhaServico(
            id=oleo.id,
            codigo="OLEO-5W30",
            nome="Troca de óleo",
            preco=Decimal("75.50"),
            tempo_estimado=30,
            ativo=True,
        ),
    )


def test_codigo_repetido_e_conflito_ativo_ou_nao(oficina: Oficina, oleo: FichaServico) -> None:
    outro = CriarServico(codigo="Oleo-5W30", nome="Outro", preco=Decimal(1))
    with pytest.raises(Conflito, match=f"{oleo.id}"):
        oficina.executar(outro)
    oficina.executar(DesativarServico(servico_id=oleo.id))
    with cenario.recusa(Conflito, conserta=f"servico reativar id:{oleo.id}"):
        oficina.executar(outro)
    assert ver(oficina, oleo).nome == oleo.nome


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("codigo", "OLEO:5"),
        ("codigo", "OLEO 5"),
        ("codigo", "ÓLEO"),
        ("codigo", "-OLEO"),
        ("codigo", ""),
        ("codigo", "X" * 31),
        ("nome", " "),
        ("nome", "x" * 121),
        ("preco", Decimal("-0.01")),
        ("preco", Decimal("0.001")),
        ("preco", Decimal("100000000.00")),
        ("preco", Decimal("NaN")),
        ("preco", Decimal("Infinity")),
        ("tempo_estimado", -1),
        ("tempo_estimado", MINUTOS_MAXIMO + 1),
    ],
)
def test_servico_com_campo_errado_e_recusado(campo: str, valor: object) -> None:
    dados: dict[str, Any] = {"codigo": "OLEO", "nome": "Óleo", "preco": Decimal(1)}
    with pytest.raises(DadoInvalido) as recusa:
        CriarServico(**(dados | {campo: valor}))
    assert recusa.value.campo == campo


def test_preco_vai_do_zero_ao_maximo_sem_perder_centavo(
    oficina: Oficina, oleo: FichaServico
) -> None:
    for preco in (Decimal("0.00"), Decimal("0.01"), Decimal("99999999.99")):
        oleo = oficina.executar(editar(oleo, preco=preco))
        assert ver(oficina, oleo).preco == preco


def test_editar_troca_tudo(oficina: Oficina, oleo: FichaServico) -> None:
    novos: dict[str, Any] = {
        "codigo": "FREIO",
        "nome": "Freio",
        "preco": Decimal("9.90"),
        "tempo_estimado": 0,
    }
    editado = oficina.executar(editar(oleo, **novos))
    assert editado == replace(oleo, versao=2, **novos)
    assert ver(oficina, oleo) == editado


def test_editar_com_o_codigo_de_outro_e_conflito(oficina: Oficina, oleo: FichaServico) -> None:
    freio = oficina.executar(CriarServico(codigo="FREIO", nome="Freio", preco=Decimal(1)))
    with pytest.raises(Conflito, match=f"{freio.id}"):
        oficina.executar(editar(oleo, codigo="freio"))
    assert ver(oficina, oleo) == oleo


def test_quem_viu_a_versao_antiga_nao_grava_por_cima(oficina: Oficina, oleo: FichaServico) -> None:
    caro = oficina.executar(editar(oleo, preco=Decimal("99.00")))
    with pytest.raises(VersaoAntiga):
        oficina.executar(editar(oleo, preco=Decimal("1.00")))
    assert ver(oficina, oleo) == caro


def test_desativar_tira_da_lista_e_reativar_devolve(oficina: Oficina, oleo: FichaServico) -> None:
    desativado = oficina.executar(DesativarServico(servico_id=oleo.id))
    assert desativado == replace(oleo, ativo=False, versao=2)
    assert oficina.executar(ListarServicos()).itens == ()
    assert [x.id for x in oficina.executar(ListarServicos(inativos=True)).itens] == [oleo.id]
    assert oficina.executar(ReativarServico(servico_id=oleo.id)) == replace(oleo, versao=3)
    assert [x.id for x in oficina.executar(ListarServicos()).itens] == [oleo.id]


@pytest.mark.parametrize("caso", [VerServico, DesativarServico, ReativarServico])
def test_servico_que_nao_existe_nao_se_acha(
    oficina: Oficina, caso: type[VerServico | DesativarServico | ReativarServico]
) -> None:
    with pytest.raises(NaoEncontrado, match="serviço 7"):
        oficina.executar(caso(servico_id=7))
