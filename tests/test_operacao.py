"""O que se diz a quem opera não mente: cada comando roda, e o do cluster cita o que há lá."""

import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests import leiame
from tests.manifestos import OVERLAYS, lidos
from tests.servidor_mysql import Servidor

OPERACAO = Path(__file__).parents[1] / "docs" / "operacao.md"
BLOCO = re.compile(r"<!-- com a conta (que migra|do programa) -->\n```sh\n(.*?)```", re.DOTALL)
BANCO, MIGRACAO = f"oficina_teste_operacao_{os.getpid()}", f"migracao_{os.getpid()}"
PROGRAMA, NOVO = f"programa_{os.getpid()}", f"{BANCO}_novo"
NOMES = {"oficina_migracao": MIGRACAO, "oficina_app": PROGRAMA, "oficina_nova": NOVO}
DIGITADA = "uma senha bem comprida"


@pytest.fixture
def contas(mysql: Servidor) -> Iterator[dict[str, dict[str, str]]]:
    """O ambiente de cada conta, sobre um banco vazio, criado como a página manda."""
    senha, senha_do_programa = secrets.token_hex(16), secrets.token_hex(16)
    mysql.criar_banco(BANCO)
    with mysql.conectar() as conexao, conexao.cursor() as cursor:
        for comando in _sql_da_pagina(senha):
            cursor.execute(comando)
        onde = make_url(mysql.url(BANCO))
        comum = {"DB_HOST": onde.host or "", "DB_PORT": str(onde.port or 3306), "DB_NAME": BANCO}
        yield {
            "que migra": comum
            | {"DB_USER": MIGRACAO, "DB_PASSWORD": senha, "OFICINA_CONTA_SENHA": senha_do_programa},
            "do programa": comum | {"DB_USER": PROGRAMA, "DB_PASSWORD": senha_do_programa},
        }
        for conta in (MIGRACAO, PROGRAMA):
            cursor.execute(f"DROP USER IF EXISTS '{conta}'@'%'")
    for banco in (BANCO, NOVO):
        mysql.apagar_banco(banco)


def _sql_da_pagina(senha: str) -> list[str]:
    blocos = re.findall(r"```sql\n(.*?)```", OPERACAO.read_text(encoding="utf-8"), re.DOTALL)
    escrito = desta_vez("".join(blocos)).replace("sorteie uma", senha)
    _, *comandos = escrito.replace("oficina.*", f"{BANCO}.*").split(";\n")  # o banco já existe
    return [comando for comando in comandos if comando]


def desta_vez(texto: str) -> str:
    """As contas e o banco novo com o nome que têm neste teste."""
    for nome, deste in NOMES.items():
        texto = texto.replace(nome, deste)
    return texto


def test_cada_comando_da_pagina_roda(contas: dict[str, dict[str, str]], tmp_path: Path) -> None:
    feitos = 0
    for conta, bloco in BLOCO.findall(OPERACAO.read_text(encoding="utf-8")):
        for linha in bloco.splitlines():
            _rodar(linha, contas[conta], tmp_path)
            feitos += 1
            if "< nova.txt" in linha:  # e, como a página manda, a nova vai para o segredo
                contas["que migra"]["OFICINA_CONTA_SENHA"] = DIGITADA
                contas["do programa"]["DB_PASSWORD"] = DIGITADA
    assert feitos > 15


def _rodar(linha: str, conta: dict[str, str], pasta: Path) -> None:
    ditos = shlex.split(desta_vez(linha).partition(" <")[0])
    variaveis = dict(dito.split("=") for dito in takewhile(lambda dito: "=" in dito, ditos))
    programa, *argumentos = ditos[len(variaveis) :]
    assert programa == "oficina"
    if "--confirmar" in argumentos:
        argumentos[argumentos.index("--confirmar") + 1] = BANCO
    if "--primeiro" in argumentos:
        argumentos.append("--senha-stdin")
    feito = subprocess.run(
        [sys.executable, "-m", "oficina_cli", *argumentos],
        env=leiame.neutro() | conta | variaveis | {"PYTHONPATH": str(OPERACAO.parents[1])},
        cwd=pasta,
        input=f"{DIGITADA}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert feito.returncode == 0, (linha, feito.stdout, feito.stderr)


def test_o_comando_que_a_pagina_cita_no_meio_do_texto_existe() -> None:
    conhecidos = (OPERACAO.parent / "comandos.md").read_text(encoding="utf-8")
    texto = OPERACAO.read_text(encoding="utf-8")
    citados = re.findall(r"(?:-- |`|^)oficina ([a-z]+ [a-z]+)", texto, re.MULTILINE)
    assert citados
    assert [citado for citado in citados if f"oficina {citado}" not in conhecidos] == []


ESPECIES = {"deploy": "Deployment", "deployment": "Deployment", "job": "Job", "cronjob": "CronJob"}
ESPECIES |= {"service": "Service", "ingress": "Ingress", "externalsecret": "ExternalSecret"}
CITADO = re.compile(rf"\b({'|'.join(ESPECIES)})[/ ](oficina-[a-z]+)")


def test_o_que_a_pagina_cita_do_cluster_existe_nos_manifestos() -> None:
    existentes = {
        (documento["kind"], documento["metadata"]["name"])
        for overlay in OVERLAYS
        for documento in lidos(overlay)
    }
    texto = OPERACAO.read_text(encoding="utf-8")
    citados = {(ESPECIES[especie], nome) for especie, nome in CITADO.findall(texto)}
    assert len(citados) > 4
    assert citados <= existentes
