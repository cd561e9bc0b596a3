"""Lojas: o nome e o fuso, que diz que dia é hoje."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Never

import pytest

from oficina_core.casos import lojas
from oficina_core.casos.estoque import EntradaEstoque
from oficina_core.casos.funcionarios import CriarFuncionario, DesativarFuncionario
from oficina_core.casos.lojas import CriarLoja, EditarLoja, FichaLoja, ListarLojas, VerLoja
from oficina_core.casos.orcamentos import CriarOrcamento, ListarOrcamentos
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem
from oficina_core.casos.pecas import ListarPecas
from oficina_core.casos.pecas_importacao import ImportarPecas, LinhaImportadaPeca
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    VersaoAntiga,
)
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
    """A primeira, que nasce com o banco."""
    return oficina.executar(ListarLojas()).itens[0]


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


# --- Outra loja


def test_a_loja_nova_tem_o_estoque_de_todas_as_pecas_em_zero(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    filial = cenario.filial(oficina)
    la = Pedido(loja=filial)
    vistas = oficina.executar(ListarPecas(), la).itens
    assert [(linha.codigo, linha.estoque, linha.minimo) for linha in vistas] == [
        ("FILTRO", 0, 0),
        ("OLEO-5W30", 0, 0),
        ("PASTILHA", 0, 0),
    ]
    entrada = oficina.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(2)), la)
    assert (entrada.peca.estoque, entrada.peca.custo) == (2, None)


def test_a_peca_que_nasce_depois_tem_estoque_em_todas(oficina: Oficina, matriz: FichaLoja) -> None:
    filial = cenario.filial(oficina)
    oficina.executar(
        ImportarPecas(
            linhas=(
                LinhaImportadaPeca(
                    linha=1, codigo="VELA", nome="Vela", preco=Decimal(9), estoque=Decimal(4)
                ),
            )
        ),
        Pedido(loja=filial),
    )
    saldos = [
        [linha.estoque for linha in oficina.executar(ListarPecas(), Pedido(loja=loja)).itens]
        for loja in (matriz.id, filial)
    ]
    assert saldos == [[0], [4]]


def test_criar_responde_a_loja_e_ela_entra_na_lista(oficina: Oficina, matriz: FichaLoja) -> None:
    criada = oficina.executar(CriarLoja(nome="  Filial   Norte ", fuso="America/Manaus"))
    assert criada == FichaLoja(id=criada.id, nome="Filial Norte", fuso="America/Manaus", versao=1)
    assert oficina.executar(ListarLojas()).itens == (matriz, criada)
    assert oficina.executar(CriarLoja(nome="Sul")).fuso == SAO_PAULO


@pytest.mark.parametrize("nome", ["Filial São João", "filial sao joao", " FILIAL  SÃO JOÃO "])
def test_nome_de_loja_nao_se_repete(oficina: Oficina, matriz: FichaLoja, nome: str) -> None:
    filial = oficina.executar(CriarLoja(nome="Filial São João"))
    with cenario.recusa(Conflito, conserta="loja listar"):
        oficina.executar(CriarLoja(nome=nome))
    with cenario.recusa(Conflito, conserta="loja listar"):
        oficina.executar(EditarLoja(loja_id=matriz.id, versao=1, nome=nome, fuso=SAO_PAULO))
    trocar = EditarLoja(loja_id=filial.id, versao=1, nome=nome, fuso=SAO_PAULO)
    assert oficina.executar(trocar).versao == 2, "o próprio nome, escrito de outro modo"
    assert len(oficina.executar(ListarLojas()).itens) == 2


def test_ver_conta_quem_trabalha_na_loja_e_as_ordens_abertas_dela(
    oficina: Oficina, matriz: FichaLoja
) -> None:
    filial = cenario.filial(oficina)
    cenario.funcionario(oficina, Papel.GERENTE, cenario.CPF_BIA)
    dela = CriarFuncionario(cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.ATENDENTE, loja_id=filial)
    oficina.executar(dela)
    saiu = CriarFuncionario(cpf=cenario.CPF_ANA, nome="Ana", papel=Papel.ATENDENTE, loja_id=filial)
    oficina.executar(DesativarFuncionario(funcionario_id=oficina.executar(saiu).id))
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    for _ in range(3):
        abrir = AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Barulho")
        ordem = oficina.executar(abrir, Pedido(loja=filial))
    oficina.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    vistas = [oficina.executar(VerLoja(loja_id=loja)) for loja in (matriz.id, filial)]
    assert [(v.nome, v.funcionarios, v.ordens_abertas) for v in vistas] == [
        ("Matriz", 1, 0),
        ("Filial", 2, 2),
    ]
    with pytest.raises(NaoEncontrado, match="loja 999"):
        oficina.executar(VerLoja(loja_id=999_999))


def test_quem_e_de_uma_loja_nao_abre_outra_nem_ve_o_movimento_dela(
    em_nome_de: Callable[[Sujeito], Oficina], matriz: FichaLoja
) -> None:
    sistema = em_nome_de(SISTEMA)
    filial = cenario.filial(sistema)
    ficha = sistema.executar(
        CriarFuncionario(cpf=cenario.CPF_ZE, nome="Zé", papel=Papel.GERENTE, loja_id=filial)
    )
    gerente = em_nome_de(cenario.sujeito(ficha))
    for caso in (CriarLoja(nome="Minha"), VerLoja(loja_id=matriz.id)):
        with pytest.raises(AcessoNegado, match="uma loja só"):
            gerente.executar(caso)
    assert gerente.executar(VerLoja(loja_id=filial)).nome == "Filial"
    da_rede = em_nome_de(
        cenario.sujeito(cenario.funcionario(sistema, Papel.GERENTE, cenario.CPF_BIA))
    )
    assert da_rede.executar(CriarLoja(nome="Outra")).nome == "Outra"


@pytest.mark.parametrize("fuso", ["", "America", "Brasília"])
def test_loja_nova_com_fuso_errado_e_recusada(fuso: str) -> None:
    with pytest.raises(DadoInvalido, match="America/Sao_Paulo"):
        CriarLoja(nome="Centro", fuso=fuso)


def test_nas_listas_da_rede_cada_linha_diz_a_loja(oficina: Oficina, matriz: FichaLoja) -> None:
    cenario.catalogo(oficina)
    filial = cenario.filial(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    for loja in (matriz.id, filial):
        abrir = AbrirOrdem(veiculo_id=cenario.PLACA, servicos=("OLEO",), queixa="Barulho")
        oficina.executar(abrir, Pedido(loja=loja))
    for lista in (ListarOrdens(todas_lojas=True), ListarOrcamentos(todas_lojas=True)):
        vistas: Any = oficina.executar(lista)
        assert {linha.loja_id for linha in vistas.itens} == {matriz.id, filial}
