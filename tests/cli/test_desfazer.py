"""`oficina desfazer`: mostra o que se pode, confirma, e faz a volta pelo caso que a faz."""

import shlex

import pytest
from typer.testing import CliRunner

from oficina_cli.app import app
from oficina_core.casos.desfazer import PARES, Par
from oficina_core.casos.portas import Oficina
from tests import cenario
from tests.cli.conftest import Pedir, Rodar


@pytest.fixture
def entrada(oficina: Oficina, pedir: Pedir) -> str:
    """O número da ação que se vai desfazer: cinco filtros de mais."""
    cenario.peca(oficina, "FILTRO", estoque="10", custo="20.00")
    pedir("estoque", "entrada", "FILTRO", "5")
    return str(pedir("desfazer")[0]["id"])


def ha(pedir: Pedir) -> int:
    return int(pedir("peca", "ver", "FILTRO")["estoque"])


def test_sem_numero_mostra_as_acoes_e_o_comando_de_cada_uma(rodar: Rodar, entrada: str) -> None:
    vista = rodar("desfazer")
    assert vista.exit_code == 0
    cabeca, primeira, _ = vista.stdout.splitlines()
    assert cabeca.split()[:2] == ["Nº", "Quando"]
    assert primeira.split()[0] == entrada
    assert "entrada estoque" in primeira
    assert "estoque estornar" in primeira


def test_sem_nada_a_desfazer_diz_se(rodar: Rodar) -> None:
    assert "Nada por aqui." in rodar("desfazer").stderr


def test_com_o_numero_explica_confirma_e_desfaz(rodar: Rodar, pedir: Pedir, entrada: str) -> None:
    desfaz = ("desfazer", entrada, "--motivo", "digitado errado")
    sem_confirmar = rodar(*desfaz, "--sem-perguntas")
    assert sem_confirmar.exit_code == 2
    assert "Um estorno leva o saldo e o custo de volta" in sem_confirmar.stderr
    assert "--sim" in sem_confirmar.stderr
    assert "nada foi gravado" in rodar(*desfaz, "--simular").stderr
    assert ha(pedir) == 15
    assert rodar(*desfaz, "--sim").exit_code == 0
    assert ha(pedir) == 10
    assert pedir("estoque", "movimentos", "FILTRO")[0]["motivo"] == "digitado errado"


def test_a_mesma_chave_desfaz_uma_vez_e_sem_ela_diz_se_que_ja_foi(
    rodar: Rodar, pedir: Pedir, entrada: str
) -> None:
    desfaz = ("desfazer", entrada, "--motivo", "digitado errado", "--sim")
    for _ in range(2):
        assert rodar(*desfaz, "--chave", "chave-0001").exit_code == 0
    de_novo = rodar(*desfaz)
    assert de_novo.exit_code == 5
    assert "já foi estornado" in de_novo.stderr
    assert ha(pedir) == 10


def test_sem_motivo_onde_ele_se_guarda_nao_se_desfaz(rodar: Rodar, entrada: str) -> None:
    recusado = rodar("desfazer", entrada, "--sim")
    assert recusado.exit_code == 2
    assert "--motivo TEXTO" in recusado.stderr


def test_o_que_nao_esta_na_lista_nao_se_desfaz(rodar: Rodar, entrada: str) -> None:
    recusado = rodar("desfazer", "999999", "--motivo", "x", "--sim")
    assert recusado.exit_code == 3
    assert "Tente: oficina desfazer" in recusado.stderr
    assert rodar("desfazer", "nada").exit_code == 2


def test_onde_o_motivo_nao_se_guarda_avisa_se(rodar: Rodar, pedir: Pedir, oficina: Oficina) -> None:
    cliente = cenario.cliente(oficina)
    pedir("cliente", "desativar", f"id:{cliente.id}", "--sim")
    numero = str(pedir("desfazer")[0]["id"])
    feito = rodar("desfazer", numero, "--motivo", "engano", "--sim")
    assert feito.exit_code == 0
    assert "não guarda motivo" in feito.stderr
    assert pedir("cliente", "ver", f"id:{cliente.id}")["ativo"] is True


def test_o_diagnostico_explica_por_que_nao_e_o_que_se_pode(
    rodar: Rodar, pedir: Pedir, oficina: Oficina
) -> None:
    ordem = cenario.abrir(oficina)
    pedir("ordem", "diagnosticar", str(ordem.id))
    numero = str(pedir("desfazer")[0]["id"])
    recusado = rodar("desfazer", numero, "--sim")
    assert recusado.exit_code == 5
    assert "não se desfaz" in recusado.stderr
    assert f"Tente: oficina ordem atribuir {ordem.id} --ninguem" in recusado.stderr


@pytest.mark.parametrize("par", PARES, ids=lambda par: par.acao.__name__)
def test_o_comando_que_se_sugere_existe(par: Par) -> None:
    comando = shlex.split(par.comando.format(id=7))
    assert CliRunner().invoke(app, [*comando, "--help"], prog_name="oficina").exit_code == 0
