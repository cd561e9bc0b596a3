"""O MySQL do overlay local, com o certificado e os direitos dele, e os trabalhos que o usam.

O programa o chama pelo nome, e por isso fala TLS e confere o certificado; só o endereço a que o
nome leva é desta máquina.
"""

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from oficina_cli.app import app
from tests.manifestos import K8S, Documento, lidos, sortear
from tests.servidor_debian import SemPrograma, cache
from tests.servidor_mysql import ServidorProprio, iniciar

NOME = "oficina-mysql"
LOCAL = lidos("local")
TLS = "/etc/oficina/tls"
MIGRAR, DAR_DIREITOS = LOCAL.pod("oficina-migracao").conteineres
(VERIFICAR,) = LOCAL.pod("oficina-verificar").conteineres
SENHAS = {nome: secrets.token_hex(16) for nome in ("oficina_app", "oficina_migracao")}

Rodar = Callable[[Documento, str], tuple[int, str]]


@pytest.fixture(scope="module")
def segredos() -> Iterator[Path]:
    """O que o preparar.sh sorteia, em uma pasta que o servidor alcança."""
    if shutil.which("openssl") is None:
        pytest.skip("não há openssl nesta máquina")
    with tempfile.TemporaryDirectory(prefix="tls-", dir=cache()) as pasta:
        assert sortear(Path(pasta)).returncode == 0
        sorteados = Path(pasta) / "segredos"
        for lugar in (Path(pasta), sorteados, *sorteados.iterdir()):
            lugar.chmod(0o755)
        yield sorteados


@pytest.fixture(scope="module")
def servidor(segredos: Path) -> Iterator[ServidorProprio]:
    """Nasce como na imagem oficial: o banco, a conta que migra, e depois o direitos.sql."""
    ditos = LOCAL.pod(NOME).spec["containers"][0]["args"]
    opcoes = [dito.replace(TLS, str(segredos)) for dito in ditos if TLS in dito]
    try:
        servidor = iniciar(opcoes=opcoes)
    except SemPrograma as motivo:
        if os.environ.get("CI"):
            pytest.fail(str(motivo))
        pytest.skip(str(motivo))
    with servidor, servidor.conectar() as conexao, conexao.cursor() as cursor:
        cursor.execute("CREATE DATABASE oficina")
        senha = SENHAS["oficina_migracao"]
        cursor.execute("CREATE USER oficina_migracao IDENTIFIED BY %s", (senha,))
        cursor.execute("GRANT ALL ON oficina.* TO oficina_migracao")
        for direito in _direitos():
            cursor.execute(direito)
        cursor.execute("SET GLOBAL require_secure_transport = ON")
        yield servidor


def _direitos() -> list[str]:
    texto = (K8S / "overlays/local/direitos.sql").read_text(encoding="utf-8")
    linhas = [linha for linha in texto.splitlines() if not linha.startswith("--")]
    return [dito for dito in "\n".join(linhas).split(";\n") if dito.strip("; \n")]


@pytest.fixture
def rodar(servidor: ServidorProprio, segredos: Path, monkeypatch: pytest.MonkeyPatch) -> Rodar:
    """Roda o que o contêiner roda, com o que ele vê; o erro e a saída juntos."""
    de_verdade = socket.getaddrinfo

    def achar(host: Any, *resto: Any, **opcoes: Any) -> Any:
        return de_verdade("127.0.0.1" if host == NOME else host, *resto, **opcoes)

    monkeypatch.setattr(socket, "getaddrinfo", achar)

    def rodar(conteiner: Documento, conta: str) -> tuple[int, str]:
        visto = LOCAL.ambiente(conteiner) | {
            "DB_USER": conta,
            "DB_PASSWORD": SENHAS[conta],
            "DB_PORT": str(servidor.porta),
            "DB_SSL_CA": str(segredos / "ca.pem"),
            "OFICINA_CONTA_SENHA": SENHAS["oficina_app"],
        }
        feito = CliRunner().invoke(app, conteiner["args"], env=visto)
        return feito.exit_code, feito.output

    return rodar


def test_os_trabalhos_se_entendem_com_o_banco_do_overlay_local(rodar: Rodar) -> None:
    antes = rodar(VERIFICAR, "oficina_app")
    assert (antes[0], "recusou o usuário" in antes[1]) == (7, True)
    for passo in (MIGRAR, DAR_DIREITOS, MIGRAR, DAR_DIREITOS):
        codigo, dito = rodar(passo, "oficina_migracao")
        assert codigo == 0, dito
    codigo, dito = rodar(VERIFICAR, "oficina_app")
    assert (codigo, "Tudo confere" in dito) == (0, True)
