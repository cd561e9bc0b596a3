"""O que vale para todo comando que grava: simular, repetir sem repetir, versão, confirmação."""

import pytest

from oficina_cli import pergunta
from oficina_core.casos.portas import Oficina
from tests.cenario import CPF_ANA, catalogo
from tests.cli.conftest import Pedir, Rodar

ANA = ("cliente", "criar", "--nome", "Ana Souza", "--documento", CPF_ANA)


def test_simular_mostra_e_nao_grava(pedir: Pedir, rodar: Rodar) -> None:
    resposta = rodar(*ANA, "--simular")
    assert resposta.exit_code == 0
    assert "Efeitos" in resposta.stdout
    assert "Simulação: nada foi gravado." in resposta.stderr
    assert pedir("cliente", "listar") == []


def test_simulacao_em_json_traz_resultado_e_efeitos(pedir: Pedir) -> None:
    simulacao = pedir(*ANA, "--simular")
    assert simulacao["resultado"]["nome"] == "Ana Souza"
    assert [efeito["acao"] for efeito in simulacao["efeitos"]] == ["CriarCliente"]


def test_a_mesma_chave_nao_repete_o_efeito(oficina: Oficina, pedir: Pedir) -> None:
    catalogo(oficina)
    entrada = ("estoque", "entrada", "FILTRO", "2", "--chave", "nota-1234-item-1")
    assert pedir(*entrada) == pedir(*entrada)
    assert pedir("peca", "ver", "FILTRO")["estoque"] == 12


def test_editar_conserva_o_que_nao_se_disse(pedir: Pedir) -> None:
    pedir(*ANA, "--telefone", "11987654321")
    editado = pedir("cliente", "editar", CPF_ANA, "--email", "ana@exemplo.com.br")
    assert (editado["telefone"], editado["email"]) == ("+5511987654321", "ana@exemplo.com.br")
    assert pedir("cliente", "editar", CPF_ANA, "--email", "")["email"] is None


def test_versao_antiga_se_recusa(pedir: Pedir, rodar: Rodar) -> None:
    pedir(*ANA)
    pedir("cliente", "editar", CPF_ANA, "--nome", "Ana Maria")
    resposta = rodar("cliente", "editar", CPF_ANA, "--nome", "Ana Lima", "--versao", "1")
    assert resposta.exit_code == 5
    assert pedir("cliente", "ver", CPF_ANA)["nome"] == "Ana Maria"


@pytest.mark.parametrize("calado", [[], ["--sem-perguntas"]])
def test_sem_ninguem_a_perguntar_a_opcao_se_diz(
    pedir: Pedir, rodar: Rodar, calado: list[str]
) -> None:
    pedir(*ANA)
    resposta = rodar("cliente", "desativar", CPF_ANA, *calado)
    assert resposta.exit_code == 2
    assert "--sim" in resposta.stderr
    assert pedir("cliente", "ver", CPF_ANA)["ativo"] is True


@pytest.mark.parametrize(("resposta", "ativo"), [("s\n", False), ("não\n", True), ("", True)])
def test_na_tela_se_pergunta(
    pedir: Pedir, rodar: Rodar, monkeypatch: pytest.MonkeyPatch, resposta: str, *, ativo: bool
) -> None:
    pedir(*ANA)
    monkeypatch.setattr(pergunta, "ha_alguem", lambda: True)
    monkeypatch.setattr(pergunta, "_ouvir", lambda: resposta)
    terminou = rodar("cliente", "desativar", CPF_ANA)
    assert f"Desativar o cliente {CPF_ANA}? [s/N]" in terminou.stderr
    assert terminou.exit_code == int(ativo)
    assert pedir("cliente", "ver", CPF_ANA)["ativo"] is ativo


def test_desativado_se_oferece_para_voltar(pedir: Pedir, rodar: Rodar) -> None:
    numero = pedir(*ANA)["id"]
    pedir("cliente", "desativar", CPF_ANA, "--sim")
    resposta = rodar(*ANA)
    assert resposta.exit_code == 5
    assert f"oficina cliente reativar id:{numero}" in resposta.stderr
    assert pedir("cliente", "reativar", f"id:{numero}")["ativo"] is True
