"""A configuração em vigor: o que vale, quem o disse, e nenhum segredo."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from oficina_cli.app import app
from oficina_core import configuracao
from oficina_core.configuracao import Configuracao


@pytest.fixture(autouse=True)
def casa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(configuracao, "user_config_path", lambda *_, **__: tmp_path)
    return tmp_path


def rodar(*argumentos: str) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina")


def mostrar(*antes: str) -> dict[str, Any]:
    resposta = rodar(*antes, "config", "mostrar", "--origem", "-o", "json")
    assert resposta.exit_code == 0, resposta.stderr
    return {ajuste["nome"]: ajuste for ajuste in json.loads(resposta.stdout)}


def test_todo_ajuste_aparece_uma_vez_com_o_que_vale() -> None:
    ditos = mostrar()
    assert [nome.lower() for nome in ditos] == [*Configuracao.model_fields]
    assert ditos["DB_PORT"] == {"nome": "DB_PORT", "valor": "3306", "origem": "PADRAO"}
    assert ditos["AUTH_SOMENTE_CPF"]["valor"] == "false"
    assert ditos["OFICINA_API"]["valor"] is None


def test_a_origem_e_a_camada_que_vence(casa: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vale(*antes: str) -> tuple[str, str]:
        dito = mostrar(*antes)["OFICINA_LOJA"]
        return dito["valor"], dito["origem"]

    (casa / "config.toml").write_text("oficina_loja = 1\n")
    (casa / "loja.env").write_text("OFICINA_LOJA=2\n")
    env = str(casa / "loja.env")
    assert vale() == ("1", "CONFIG")
    assert vale("--env", env) == ("2", "ENV")
    monkeypatch.setenv("OFICINA_LOJA", "3")
    assert vale("--env", env) == ("3", "AMBIENTE")
    assert vale("--env", env, "--loja", "4") == ("4", "OPCAO")


def test_a_tabela_diz_a_origem_por_extenso_so_se_pedem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFICINA_LOJA", "3")
    assert "ambiente" in rodar("config", "mostrar", "--origem").stdout
    assert "ambiente" not in rodar("config", "mostrar").stdout


def test_segredo_nunca_se_mostra(monkeypatch: pytest.MonkeyPatch) -> None:
    secretos = [n for n, c in Configuracao.model_fields.items() if "SecretStr" in str(c.annotation)]
    assert len(secretos) >= 6
    for nome in secretos:
        monkeypatch.setenv(nome.upper(), "s3nh4-oculta")
    monkeypatch.setenv("OFICINA_OPERADOR", "s3nh4-oculta")
    monkeypatch.setenv("OFICINA_API", "https://ana:s3nh4-oculta@api")
    for formato in ("tabela", "json", "csv", "ndjson"):
        resposta = rodar("config", "mostrar", "--origem", "-o", formato)
        assert resposta.exit_code == 0
        assert "s3nh4-oculta" not in resposta.output
    ditos = mostrar()
    assert {ditos[nome.upper()]["valor"] for nome in secretos} == {"(guardada)"}
    assert ditos["OFICINA_API"]["valor"] == "https://***@api"


def test_nome_que_ninguem_le_no_toml_se_aponta_com_o_parecido(casa: Path) -> None:
    (casa / "config.toml").write_text('oficina_bancoo = "x"\nxpto = 1\n')
    dito = rodar("config", "mostrar").stderr
    assert "config.toml diz oficina_bancoo, que não se conhece; seria oficina_banco?" in dito
    assert "config.toml diz xpto, que não se conhece, e não vale." in dito


def test_so_os_campos_que_se_pedem() -> None:
    assert rodar("config", "mostrar", "--campos", "nome", "-o", "csv").stdout.split()[0] == "nome"
    assert "origem" in rodar("config", "mostrar", "--campos", "origem").stderr


def test_as_teclas_do_balcao_nao_sao_estranhas(casa: Path) -> None:
    (casa / "config.toml").write_text('oficina_loja = 1\n[teclas]\nfila = "f3"\n')
    assert rodar("config", "mostrar").stderr == ""


def test_nome_hostil_no_toml_nao_comanda_o_terminal(casa: Path) -> None:
    (casa / "config.toml").write_text('"a\\u001b]0;x\\u0007b" = 1\n')
    assert "\x1b" not in rodar("config", "mostrar").output


def test_configuracao_torta_se_recusa_com_tudo_o_que_ha_a_corrigir(
    casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PORT", "s3nh4-oculta")
    monkeypatch.setenv("OFICINA_LOJA", "0")
    resposta = rodar("config", "mostrar")
    assert resposta.exit_code == 2
    assert "DB_PORT" in resposta.stderr
    assert "OFICINA_LOJA" in resposta.stderr
    assert "s3nh4-oculta" not in resposta.output
    (casa / "config.toml").write_text("isto não é toml")
    assert "não é TOML" in rodar("config", "mostrar").stderr


def test_config_que_nao_se_le_se_diz(casa: Path) -> None:
    (casa / "config.toml").mkdir()
    (casa / "loja.env").write_bytes(b"X=\xff")
    assert rodar("--env", str(casa / "loja.env"), "config", "mostrar").exit_code == 2
