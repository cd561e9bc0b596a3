"""Quem atende os comandos: o arquivo, o servidor ou a API."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oficina_cli.app import app
from tests.cenario import CPF_ANA, CPF_ZE


def rodar(*argumentos: str) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina")


@pytest.fixture(autouse=True)
def arquivo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    caminho = tmp_path / "oficina.db"
    monkeypatch.setenv("OFICINA_BANCO", str(caminho))
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)
    return caminho


def test_o_arquivo_nasce_no_primeiro_pedido(arquivo: Path) -> None:
    assert rodar("ordem", "fila", "--help").exit_code == 0
    assert not arquivo.exists()
    assert rodar("loja", "listar", "-o", "csv").stdout.splitlines()[1].startswith("1,Matriz")
    assert arquivo.exists()


def test_o_banco_do_argumento_vence(arquivo: Path, tmp_path: Path) -> None:
    assert rodar("--banco", str(tmp_path / "outro.db"), "loja", "listar").exit_code == 0
    assert not arquivo.exists()


def test_o_operador_age_em_seu_nome(monkeypatch: pytest.MonkeyPatch) -> None:
    zelador = ("funcionario", "criar", "--nome", "Zé", "--cpf", CPF_ZE, "--papel", "mecanico")
    assert rodar(*zelador).exit_code == 0
    monkeypatch.setenv("OFICINA_OPERADOR", CPF_ZE)
    negada = rodar("cliente", "criar", "--nome", "Ana", "--documento", CPF_ANA)
    assert negada.exit_code == 4
    monkeypatch.setenv("OFICINA_OPERADOR", CPF_ANA)
    assert rodar("loja", "listar").exit_code == 4


def test_api_e_banco_juntos_se_recusam() -> None:
    resposta = rodar("--api", "http://127.0.0.1:9", "--banco", "x.db", "loja", "listar")
    assert resposta.exit_code == 2
    assert "--api ou --banco" in resposta.stderr


def test_senha_na_linha_de_comando_se_avisa_sem_a_repetir() -> None:
    resposta = rodar("--banco", "mysql://ana:s3nh4@127.0.0.1:9/oficina", "loja", "listar")
    assert resposta.exit_code == 7
    assert "a senha em --banco fica à vista" in resposta.stderr
    assert "s3nh4" not in resposta.output
    calada = rodar("--banco", "mysql://ana@127.0.0.1:9/oficina", "loja", "listar")
    assert "à vista" not in calada.stderr


def test_api_fora_do_ar_se_diz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oficina_cli.remota.ESPERAS", ())
    resposta = rodar("--api", "http://127.0.0.1:9", "loja", "listar")
    assert resposta.exit_code == 7
    assert "não respondeu" in resposta.stderr


def test_o_que_e_do_banco_nao_passa_pela_api() -> None:
    resposta = rodar("--api", "http://127.0.0.1:9", "verificar")
    assert resposta.exit_code == 2
    assert "direto no banco" in resposta.stderr


def test_loja_que_nao_existe_se_recusa_nas_duas_posicoes() -> None:
    assert rodar("--loja", "99", "ordem", "fila").exit_code == 3
    assert rodar("ordem", "fila", "--loja", "99").exit_code == 3


def test_versao() -> None:
    resposta = rodar("--version")
    assert resposta.exit_code == 0
    assert resposta.stdout.startswith("oficina ")
