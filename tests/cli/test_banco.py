"""O que se faz direto no banco, e a demonstração."""

import json
import shlex
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from oficina_cli.app import app


def rodar(*argumentos: str) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina")


@pytest.fixture(autouse=True)
def arquivo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    caminho = tmp_path / "oficina.db"
    monkeypatch.setenv("OFICINA_BANCO", str(caminho))
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)
    return caminho


def test_migrar_leva_o_banco_a_revisao_do_programa() -> None:
    antes = rodar("banco", "status", "-o", "json")
    assert json.loads(antes.stdout)["revisao"] is None
    assert "oficina banco migrar" in antes.stderr
    assert rodar("banco", "migrar").exit_code == 0
    depois = rodar("banco", "status", "-o", "json")
    situacao = json.loads(depois.stdout)
    assert situacao["revisao"] == situacao["esperada"]
    assert depois.stderr == ""


def test_verificar_nomeia_o_que_nao_fecha(arquivo: Path) -> None:
    rodar("peca", "criar", "--codigo", "X", "--nome", "X", "--preco", "1,00")
    assert rodar("verificar").exit_code == 0
    assert rodar("verificar", "-o", "json").stdout == "[]\n"
    motor = create_engine(f"sqlite:///{arquivo}")
    with motor.begin() as conexao:
        conexao.execute(text("UPDATE estoques SET estoque = 5"))
    motor.dispose()
    resposta = rodar("verificar", "-o", "json")
    assert resposta.exit_code == 6
    assert {d["entidade"] for d in json.loads(resposta.stdout)} == {"peca"}


def test_a_demonstracao_convida_com_comandos_que_dao_certo(tmp_path: Path) -> None:
    guardada = tmp_path / "demo.db"
    resposta = rodar("demo", "--sem-tui", "--manter", str(guardada), "--semente", "3")
    assert resposta.exit_code == 0
    assert "execução" in resposta.stdout
    convites = [x.strip() for x in resposta.stderr.splitlines() if x.startswith("  oficina ")]
    assert len(convites) == 3
    for convite in convites:
        assert rodar(*shlex.split(convite)[1:]).exit_code == 0
    assert rodar("demo", "--manter", str(guardada)).exit_code == 5
