"""Lojas: o nome e o fuso, que diz que dia é hoje."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Never

import pytest

from oficina_core.casos import lojas
from oficina_core.casos.lojas import EditarLoja, FichaLoja, ListarLojas
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.erros import DadoInvalido, NaoEncontrado, VersaoAntiga
from tests import cenario
from tests.conftest import Relogio

SAO_PAULO = "America/Sao_Paulo"


@pytest.fixture
def matriz(oficina: Oficina) -> Iterator[FichaLoja]:
    """A loja que nasce com o banco; no fim volta a ser o que era, que o MySQL é de todos."""
    antes = a_loja(oficina)
    yield antes
    depois = a_loja(oficina)
    oficina.executar(
        EditarLoja(loja_id=antes.id, versao=depois.versao, nome=antes.nome, fuso=antes.fuso)
    )


def a_loja(oficina: Oficina) -> FichaLoja:
    (loja,) = oficina.executar(ListarLojas()).itens
    return loja


def test_a_oficina_nasce_com_a_matriz(oficina: Oficina, matriz: FichaLoja) -> None:
    assert (matriz.nome, matriz.fuso) == ("Matriz", SAO_PAULO)


def test_editar_troca_nome_e_fuso(oficina: Oficina, matriz: FichaLoja) -> None:
    editada = oficina.executar(
        EditarLoja(
            loja_id=matriz.id, versao=matriz.versao, nome="[/] Centro", fuso="America/Manaus"
        )
    )
    assert editada == replace(
        matriz, nome="[/] Centro", fuso="America/Manaus", versao=matriz.versao + 1
    )
    assert a_loja(oficina) == editada


def test_quem_viu_a_versao_antiga_nao_grava_por_cima(oficina: Oficina, matriz: FichaLoja) -> None:
    mudanca = EditarLoja(loja_id=matriz.id, versao=matriz.versao, nome="Centro", fuso=SAO_PAULO)
    editada = oficina.executar(mudanca)
    with pytest.raises(VersaoAntiga):
        oficina.executar(replace(mudanca, nome="Bairro"))
    assert a_loja(oficina) == editada


def test_loja_que_nao_existe_nao_se_edita(oficina: Oficina) -> None:
    with pytest.raises(NaoEncontrado, match="loja 999"):
        oficina.executar(EditarLoja(loja_id=999_999, versao=1, nome="Centro", fuso=SAO_PAULO))


@pytest.mark.parametrize(
    "fuso",
    [
        "",
        "Brasília",
        "America",
        "America/Lins",
        "../../etc/passwd",
        "/etc/passwd",
        "zone.tab",
        "x" * 300,
        "\x00",
        "\ud800",
    ],
)
def test_fuso_que_nao_existe_e_recusado(fuso: str) -> None:
    with pytest.raises(DadoInvalido, match="America/Sao_Paulo") as recusa:
        EditarLoja(loja_id=1, versao=1, nome="Centro", fuso=fuso)
    assert recusa.value.campo == "fuso"


def test_fuso_que_e_pasta_da_tabela_e_recusado(monkeypatch: pytest.MonkeyPatch) -> None:
    """Onde a tabela de fusos é o pacote tzdata, o Python até o 3.11 tenta abrir a pasta."""

    def abrir(_: str) -> Never:
        raise IsADirectoryError

    monkeypatch.setattr(lojas, "ZoneInfo", abrir)
    with pytest.raises(DadoInvalido, match="America/Sao_Paulo"):
        EditarLoja(loja_id=1, versao=1, nome="Centro", fuso="America")


@pytest.mark.parametrize("nome", ["", " ", "x" * 61, "\x1b[2J"])
def test_nome_de_loja_errado_e_recusado(nome: str) -> None:
    with pytest.raises(DadoInvalido):
        EditarLoja(loja_id=1, versao=1, nome=nome, fuso=SAO_PAULO)


def test_o_fuso_diz_que_dia_e_hoje(oficina: Oficina, matriz: FichaLoja, relogio: Relogio) -> None:
    relogio.agora = datetime(2026, 11, 24, 1, tzinfo=UTC)
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    orcar = CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
    assert oficina.executar(orcar).validade == date(2026, 12, 3)
    oficina.executar(
        EditarLoja(loja_id=matriz.id, versao=matriz.versao, nome="Matriz", fuso="Asia/Tokyo")
    )
    assert oficina.executar(orcar).validade == date(2026, 12, 4)
