"""Onde está o que o programa guarda: diz-se sem abrir nem criar nada."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oficina_cli.lugares import sem_conta
from tests.tui.terminal import ambiente_limpo

SENHA = "s3nh4-do-banco"


@pytest.fixture
def casa(tmp_path: Path) -> Path:
    pasta = tmp_path / "casa"
    pasta.mkdir()
    return pasta


def rodar(casa: Path, *argumentos: str, **ambiente: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oficina_cli", *argumentos],
        env=ambiente_limpo(casa) | ambiente,
        cwd=casa,
        capture_output=True,
        text=True,
        check=False,
    )


def lugares(casa: Path, *argumentos: str, **ambiente: str) -> dict[str, Any]:
    resposta = rodar(casa, *argumentos, "onde", "-o", "json", **ambiente)
    assert (resposta.returncode, resposta.stderr) == (0, "")
    return {lugar["nome"]: lugar for lugar in json.loads(resposta.stdout)}


def test_em_casa_nova_nada_existe_e_nada_nasce(casa: Path) -> None:
    ditos = lugares(casa)
    assert ditos.keys() == {
        *("configuração", "banco", "credenciais", "registro", "rascunhos", "cache")
    }
    assert ditos["banco"]["caminho"] == str(casa / "data" / "oficina" / "oficina.db")
    assert not any(lugar["existe"] for lugar in ditos.values())
    assert list(casa.iterdir()) == []


def test_o_que_existe_tem_o_tamanho(casa: Path) -> None:
    rascunhos = casa / "state" / "oficina" / "rascunhos" / "x"
    rascunhos.mkdir(parents=True)
    (rascunhos / "a.json").write_text("12345")
    (rascunhos / "b.json").write_text("123")
    dito = lugares(casa)["rascunhos"]
    assert (dito["existe"], dito["bytes"]) == (True, 8)


def test_o_banco_e_o_que_se_configurou(casa: Path) -> None:
    outro = casa / "outro.db"
    outro.write_bytes(b"x" * 10)
    assert lugares(casa, "--banco", str(outro))["banco"]["bytes"] == 10
    assert lugares(casa, OFICINA_BANCO=str(outro))["banco"]["caminho"] == str(outro)
    api = lugares(casa, OFICINA_API="https://oficina.exemplo.com.br")["API"]
    assert (api["caminho"], api["existe"]) == ("https://oficina.exemplo.com.br", None)


@pytest.mark.parametrize(
    "url", [f"mysql://ana:{SENHA}@db/oficina", f"mysql://ana:{SENHA}/x@db/y", f"mysql://{SENHA}#@d"]
)
def test_a_senha_do_banco_nao_aparece(casa: Path, url: str) -> None:
    resposta = rodar(casa, "onde", OFICINA_BANCO=url)
    assert resposta.returncode == 0
    assert SENHA not in resposta.stdout + resposta.stderr


def test_do_endereco_fica_so_o_que_nao_e_da_conta() -> None:
    assert sem_conta("mysql+pymysql://u:p@db:3307/oficina") == "mysql://db:3307/oficina"
    for torto in ("mysql://u:p/w@db/x", "mysql://u:12#w@db/x", "mysql://[::1", "mysql:///x"):
        assert sem_conta(torto) == ""


def test_com_a_configuracao_torta_diz_o_resto(casa: Path) -> None:
    ditos = lugares(casa, DB_PORT="nada")
    assert "oficina doutor" in ditos["banco"]["caminho"]
    assert ditos["registro"]["existe"] is False


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="o root lê tudo")
def test_casa_que_nao_se_le_nao_e_erro(casa: Path) -> None:
    (casa / "state" / "oficina").mkdir(parents=True)
    (casa / "state").chmod(0)
    assert lugares(casa)["registro"]["existe"] is None
    (casa / "state").chmod(0o700)


def test_em_csv(casa: Path) -> None:
    primeira, *resto = rodar(casa, "onde", "-o", "csv").stdout.splitlines()
    assert primeira == "nome,caminho,existe,bytes"
    assert len(resto) == 6
    so_nomes = rodar(casa, "onde", "--campos", "nome", "-o", "csv").stdout.split()
    assert so_nomes[:2] == ["nome", "configuração"]
    assert rodar(casa, "onde", "--campos", "nomee").returncode == 2
