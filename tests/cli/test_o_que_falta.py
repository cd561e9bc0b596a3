"""O que faltou dizer se pergunta, e o que se respondeu não se perde."""

import os
import sys
from pathlib import Path

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.pecas import ListarPecas
from tests.cli.conftest import Rodar
from tests.cli.teclado import Teclado

CRIAR = ("peca", "criar", "--codigo", "FILTRO")


@pytest.fixture
def banco(tmp_path: Path) -> Path:
    return tmp_path / "oficina.db"


def oficina(banco: Path, *argumentos: str) -> Teclado:
    pasta = str(banco.parent)
    ambiente = {
        "PATH": os.environ["PATH"],
        "HOME": pasta,
        "OFICINA_BANCO": str(banco),
        "COLUMNS": "200",
        "LC_ALL": "C.UTF-8",
    }
    return Teclado([sys.executable, "-m", "oficina_cli", *argumentos], ambiente)


def pecas(banco: Path) -> list[tuple[str, str]]:
    loja = OficinaLocal.em(f"sqlite:///{banco}")
    achadas = [(p.codigo, p.nome) for p in loja.executar(ListarPecas()).itens]
    loja.fechar()
    return achadas


def test_o_que_falta_se_pergunta_um_de_cada_vez(banco: Path) -> None:
    with oficina(banco, *CRIAR) as teclado:
        assert "Falta a opção --nome. Como se chama." in teclado.esperar("nome: ")
        teclado.digitar("Filtro de óleo\n", ate="preco: ")
        teclado.digitar("39,90\n", ate="R$ 39,90")
        assert teclado.acabar()[0] == 0
    assert pecas(banco) == [("FILTRO", "Filtro de óleo")]


def test_a_resposta_que_nao_serve_volta_para_corrigir(banco: Path) -> None:
    with oficina(banco, *CRIAR, "--nome", "Filtro") as teclado:
        teclado.esperar("preco: ")
        dito = teclado.digitar("39.90\n", ate="preco (Ctrl+U apaga): 39.90")
        assert "Use vírgula para os centavos" in dito
        teclado.digitar("\x15-1\n", ate="preco (Ctrl+U apaga): -1")
        teclado.digitar("\x1539,90\n", ate="R$ 39,90")
        assert teclado.acabar()[0] == 0


def test_a_que_a_oficina_recusa_tambem_volta(banco: Path) -> None:
    with oficina(banco, "peca", "criar", "--nome", "F", "--preco", "1,00") as teclado:
        teclado.esperar("codigo: ")
        teclado.digitar("com espaço\n", ate="codigo (Ctrl+U apaga): com espaço")
        teclado.digitar("\x15FILTRO\n", ate="R$ 1,00")
        assert teclado.acabar()[0] == 0
    assert pecas(banco) == [("FILTRO", "F")]


def test_o_comando_recusado_se_mostra_inteiro_para_repetir(banco: Path) -> None:
    with oficina(banco, *CRIAR, "--nome", "F", "--preco", "1,00") as teclado:
        assert teclado.acabar()[0] == 0
    with oficina(banco, *CRIAR, "--preco", "1,00") as teclado:
        teclado.esperar("nome: ")
        teclado.digitar("Filtro d'água\n", ate="\n")
        codigo, dito = teclado.acabar()
    assert codigo == 5
    assert """oficina peca criar --codigo FILTRO --preco 1,00 '--nome=Filtro d'"'"'água'""" in dito


@pytest.mark.parametrize(("tecla", "codigo"), [("\x03", 130), ("\x04", 2)])
def test_quem_desiste_no_meio_recebe_o_que_ja_respondeu(
    tecla: str, codigo: int, banco: Path
) -> None:
    with oficina(banco, *CRIAR) as teclado:
        teclado.esperar("nome: ")
        teclado.digitar("Filtro\n", ate="preco: ")
        teclado.digitar(tecla, ate="--nome=Filtro")
        assert teclado.acabar()[0] == codigo
    assert not banco.exists()


def test_o_argumento_que_falta_se_pergunta_e_pode_comecar_com_menos(banco: Path) -> None:
    with oficina(banco, "ordem", "anotar", "7") as teclado:
        teclado.esperar("TEXTO: ")
        teclado.digitar("-x\n", ate="\n")
        codigo, dito = teclado.acabar()
    assert codigo == 3
    assert "oficina ordem anotar 7 -- -x" in dito


def test_o_que_a_oficina_exige_tambem_se_pergunta(banco: Path) -> None:
    """A opção que se pode dispensar, menos desta vez."""
    with oficina(banco, "cliente", "criar", "--nome", "Ana") as teclado:
        dito = teclado.esperar("telefone: ")
        assert "Sem CPF ou CNPJ, informe ao menos o telefone." in dito
        teclado.digitar("119\n", ate="telefone (Ctrl+U apaga): 119")
        teclado.digitar("\x1511987654321\n", ate="Ana")
        assert teclado.acabar()[0] == 0
    with oficina(banco, "ordem", "abrir", "--placa", "ABC1D23") as teclado:
        teclado.esperar("queixa: ")
        teclado.digitar("freio\n", ate="\n")
        codigo, dito = teclado.acabar()
    assert codigo == 3
    assert "oficina ordem abrir --placa ABC1D23 --queixa=freio" in dito


def test_com_sem_perguntas_ou_sem_terminal_falta_e_erro(banco: Path, rodar: Rodar) -> None:
    with oficina(banco, *CRIAR, "--sem-perguntas") as teclado:
        codigo, dito = teclado.acabar()
    assert (codigo, "Falta a opção --nome" in dito) == (2, True)
    assert rodar(*CRIAR).exit_code == 2
