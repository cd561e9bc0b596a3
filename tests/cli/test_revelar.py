"""Os dados pessoais à mostra: só os que se mostram ficam no registro como vistos."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes_importacao import ImportarClientes, LinhaImportadaCliente
from tests import cenario
from tests.cli.conftest import Rodar

RAIZ = Path(__file__).parents[2]
MUITOS = 300


@pytest.fixture
def arquivo(url_sqlite: str) -> Path:
    """Uma oficina de muitos clientes."""
    oficina = OficinaLocal.em(url_sqlite)
    linhas = (
        LinhaImportadaCliente(linha=n, nome=f"Cliente {n:03}", telefone=f"11 98765-{n:04}")
        for n in range(1, MUITOS + 1)
    )
    oficina.executar(ImportarClientes(linhas=tuple(linhas)))
    oficina.fechar()
    return Path(url_sqlite.removeprefix("sqlite:///"))


def vistas(arquivo: Path) -> int:
    """Quantas vezes se revelou."""
    with sqlite3.connect(arquivo) as conexao:
        contar = "SELECT COUNT(*) FROM eventos WHERE acao = 'RevelarClientes'"
        return int(conexao.execute(contar).fetchone()[0])


def listar(arquivo: Path, *mais: str) -> subprocess.Popen[str]:
    comando = (sys.executable, "-m", "oficina_cli", "--banco", str(arquivo))
    return subprocess.Popen(
        [*comando, "cliente", "listar", "--revelar", *mais],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=RAIZ,
    )


def test_o_campo_que_nao_ha_se_recusa_antes_de_revelar(arquivo: Path) -> None:
    processo = listar(arquivo, "--campos", "nome,endereco")
    _, erro = processo.communicate()
    assert processo.returncode == 2
    assert 'Não há o campo "endereco"' in erro
    assert vistas(arquivo) == 0


def test_so_os_campos_que_se_pedem_aparecem(rodar: Rodar, oficina: OficinaLocal) -> None:
    cenario.cliente(oficina)
    pedido = ("cliente", "listar", "--revelar", "--campos", "documento,nome", "-o", "json")
    revelados = json.loads(rodar(*pedido).stdout)
    assert revelados == [{"documento": "52998224725", "nome": "Ana Conceição"}]


def test_tudo_sao_todas_as_paginas(arquivo: Path) -> None:
    saida, erro = listar(arquivo, "--tudo", "--limite", "100", "-o", "ndjson").communicate()
    nomes = [json.loads(linha)["nome"] for linha in saida.splitlines()]
    assert nomes == [f"Cliente {n:03}" for n in range(1, MUITOS + 1)]
    assert erro == ""
    assert vistas(arquivo) == 3


def test_a_quem_para_de_ler_nao_se_revela_o_resto(arquivo: Path) -> None:
    with listar(arquivo, "--tudo", "--limite", "1", "-o", "ndjson") as processo:
        assert processo.stdout is not None
        processo.stdout.close()
        processo.wait()
    assert 0 < vistas(arquivo) < MUITOS
