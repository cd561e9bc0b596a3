"""Os três passos da cópia de segurança, rodados como o CronJob os roda."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.manifestos import K8S, lidos

DIA, GUARDAM = 86400, 14
COPIA = lidos("eks").pod("oficina-backup")
PASSOS = {conteiner["name"]: conteiner for conteiner in COPIA.conteineres}


@pytest.fixture
def copias(tmp_path: Path) -> Path:
    """A pasta das cópias, com as das últimas treze noites e uma de um mês atrás."""
    pasta = tmp_path / "copias"
    pasta.mkdir()
    for dias in (*range(1, GUARDAM), 30):
        copia = pasta / nome_de(dias)
        copia.touch()
        os.utime(copia, (time.time() - dias * DIA,) * 2)
    return pasta


def nome_de(dias: int) -> str:
    return time.strftime("oficina-%Y-%m-%d-0300.gz", time.gmtime(time.time() - dias * DIA))


def rodar(passo: str, copias: Path, banco: str = "") -> "subprocess.CompletedProcess[str]":
    """O que o contêiner roda, com as pastas dele nesta máquina e sem onde mais gravar."""
    conteiner = PASSOS[passo]
    ditos = conteiner.get("command", ["oficina", *conteiner.get("args", [])])
    ditos = [re.sub("^/(copias|tmp|programa)(?=/|$)", r"{\1}", dito) for dito in ditos]
    onde = {"copias": copias, "tmp": copias.parent, "programa": K8S / "base"}
    ditos = [dito.format(**onde) for dito in ditos]
    programas = {"oficina": ("-m", "oficina_cli"), "python": ()}
    comando = (sys.executable, *programas[ditos[0]], *ditos[1:])
    ambiente = {"HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    ambiente |= {"OFICINA_BANCO": banco} if banco else {}
    return subprocess.run(
        comando, env=ambiente, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_copia_conferida_ganha_o_nome_do_dia_e_a_velha_sai(copias: Path, url_sqlite: str) -> None:
    for passo in PASSOS:
        feito = rodar(passo, copias, url_sqlite if passo == "copiar" else "")
        assert feito.returncode == 0, feito.stderr
    hoje = time.strftime("oficina-%Y-%m-%d-", time.gmtime())
    *antes, ultima = sorted(arquivo.name for arquivo in copias.iterdir())
    assert ultima.startswith(hoje)
    assert antes == sorted(nome_de(dias) for dias in range(1, GUARDAM))
    assert not list(copias.parent.glob("conferir.db*"))


def test_a_copia_cortada_nao_ganha_nome_nem_apaga_as_outras(copias: Path, url_sqlite: str) -> None:
    antes = {copia.name for copia in copias.iterdir()}
    assert rodar("copiar", copias, url_sqlite).returncode == 0
    nova = copias / "nova.gz"
    nova.write_bytes(nova.read_bytes()[:-100])
    assert rodar("conferir", copias).returncode == 2
    assert {copia.name for copia in copias.iterdir()} == antes | {"nova.gz"}


def test_sem_copia_nova_nenhuma_se_apaga(copias: Path) -> None:
    assert rodar("guardar", copias).returncode == 1
    assert (copias / nome_de(30)).exists()


def test_o_relogio_adiantado_nao_apaga_as_que_ha(copias: Path) -> None:
    """Para ele, todas passaram do prazo."""
    for copia in copias.iterdir():
        os.utime(copia, (time.time() - 90 * DIA,) * 2)
    (copias / "nova.gz").touch()
    assert rodar("guardar", copias).returncode == 0
    assert len(list(copias.iterdir())) == GUARDAM
