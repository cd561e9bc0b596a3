"""A resposta mais alta que a tela, lida por um paginador em um terminal de verdade."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tui.terminal import Terminal, ambiente_limpo

ULTIMA = "pecas.csv"  # o fim da ajuda geral, que não cabe em 24 linhas
LONGA = ("ajuda", "saida")
PRECISA_DO_LESS = pytest.mark.skipif(shutil.which("less") is None, reason="esta máquina não o tem")


@pytest.fixture
def casa(tmp_path: Path) -> Path:
    return tmp_path / "casa"


def roteiro(casa: Path, texto: str) -> str:
    """Um paginador que faz o que o teste quer."""
    programa = casa.parent / "paginador"
    programa.write_text(f"#!/bin/sh\n{texto}\n")
    programa.chmod(0o755)
    return str(programa)


def rodar(casa: Path, ambiente: dict[str, str], *argumentos: str, **outros: Any) -> Terminal:
    """O comando até o fim, em 80x24; o que ele escreveu fica em `bruto`."""
    with Terminal(casa, ambiente, *argumentos, **outros) as terminal:
        assert terminal.acabar() == 0
        assert terminal.depois[:4] == terminal.antes[:4]
    return terminal


@PRECISA_DO_LESS
def test_o_que_nao_cabe_na_tela_para_nela_e_q_sai(casa: Path) -> None:
    with Terminal(casa, {}, *LONGA) as terminal:
        terminal.ate("oficina").ate_que(lambda: terminal.tela.rstrip().endswith(":"), "parar")
        assert terminal.vivo
        terminal.teclar("ctrl+c")
        terminal.ate_que(lambda: not terminal.teclar("q").vivo, "sair")  # o less esquece o digitado
        assert terminal.acabar() == 0
        assert terminal.depois[:4] == terminal.antes[:4]
        assert "Traceback" not in terminal.tela
        assert "Interrompido" not in terminal.tela


@PRECISA_DO_LESS
def test_o_que_cabe_na_tela_nao_para(casa: Path) -> None:
    assert b"oficina" in rodar(casa, {}, *LONGA, tamanho=(80, 200)).bruto


@pytest.mark.parametrize(
    ("ambiente", "quem"),
    [
        ({"OFICINA_PAGER": "sed 's/^/A/'", "PAGER": "sed 's/^/B/'"}, b"A"),
        ({"PAGER": "sed 's/^/B/'"}, b"B"),
        ({"OFICINA_PAGER": "", "PAGER": "sed 's/^/B/'"}, b""),
    ],
    ids=["oficina", "pager", "nenhum"],
)
def test_vale_o_da_oficina_e_depois_o_de_todos(
    casa: Path, ambiente: dict[str, str], quem: bytes
) -> None:
    primeira = bytes(rodar(casa, ambiente, *LONGA).bruto).splitlines()[0]
    assert primeira.startswith(quem)
    assert not (primeira[:1] in (b"A", b"B") and not quem)


@pytest.mark.parametrize("argumentos", [("--sem-pager", *LONGA), (*LONGA, "--sem-pager")])
def test_a_opcao_o_dispensa_antes_ou_depois_do_comando(
    casa: Path, argumentos: tuple[str, ...]
) -> None:
    marcado = {"OFICINA_PAGER": "sed 's/^/PAGINADO/'"}
    assert b"PAGINADO" not in rodar(casa, marcado, *argumentos).bruto


@pytest.mark.parametrize("formato", ["json", "ndjson", "csv"])
def test_o_que_e_para_programas_nao_se_pagina(casa: Path, formato: str) -> None:
    marcado = {"OFICINA_PAGER": "sed 's/^/PAGINADO/'", "COLUMNS": "80", "LINES": "5"}
    argumentos = ("config", "mostrar")
    assert b"PAGINADO" not in rodar(casa, marcado, *argumentos, "-o", formato).bruto
    assert b"PAGINADO" in rodar(casa, marcado, *argumentos).bruto


def test_fora_do_terminal_nao_se_pagina(casa: Path) -> None:
    resposta = subprocess.run(
        [sys.executable, "-m", "oficina_cli", *LONGA],
        env=ambiente_limpo(casa) | {"OFICINA_PAGER": "sed 's/^/PAGINADO/'", "LINES": "5"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PAGINADO" not in resposta.stdout
    assert resposta.stderr == ""


def test_o_paginador_nao_passa_por_um_shell(casa: Path, tmp_path: Path) -> None:
    rodar(casa, {"OFICINA_PAGER": f"cat; touch {tmp_path}/feito"}, *LONGA)
    assert not (tmp_path / "feito").exists()


@pytest.mark.parametrize("torto", ["nao-existe-este", "'sem fim", "/"])
def test_paginador_que_nao_ha_se_avisa_e_a_resposta_sai(casa: Path, torto: str) -> None:
    bruto = rodar(casa, {"OFICINA_PAGER": torto}, *LONGA).bruto.decode()
    assert "não existe; confira OFICINA_PAGER ou PAGER" in bruto
    assert "csv" in bruto


def test_quem_para_de_ler_no_meio_nao_e_erro(casa: Path) -> None:
    bruto = rodar(casa, {"OFICINA_PAGER": "head -1"}, *LONGA).bruto.decode()
    assert "Erro" not in bruto
    assert "Traceback" not in bruto


def test_o_paginador_que_morre_sem_arrumar_o_terminal_deixa_o_como_estava(casa: Path) -> None:
    ruim = roteiro(casa, "stty raw -echo < /dev/tty; kill -9 $$")
    rodar(casa, {"OFICINA_PAGER": ruim}, *LONGA)


@PRECISA_DO_LESS
def test_quem_manda_acabar_acaba_com_os_dois_e_o_terminal_fica_arrumado(casa: Path) -> None:
    with Terminal(casa, {}, *LONGA) as terminal:
        terminal.ate_que(lambda: terminal.tela.rstrip().endswith(":"), "parar")
        os.kill(terminal.processo.pid, signal.SIGTERM)
        terminal.acabar()
        assert terminal.depois[:4] == terminal.antes[:4]
