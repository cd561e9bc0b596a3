"""`oficina api servir`: parte, atende e para; ou diz tudo o que a impede de partir."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

RAIZ = Path(__file__).parents[2]


def ambiente(pasta: Path, **ditos: str) -> dict[str, str]:
    base = {k: v for k, v in os.environ.items() if not k.startswith(("OFICINA_", "DB_", "JWT_"))}
    return base | {"OFICINA_BANCO": f"sqlite:///{pasta / 'oficina.db'}"} | ditos


def porta_livre() -> int:
    with socket.create_server(("127.0.0.1", 0)) as livre:
        porta: int = livre.getsockname()[1]
        return porta


@contextmanager
def servindo(pasta: Path, *argumentos: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    porta = porta_livre()
    programa = subprocess.Popen(
        [sys.executable, "-m", "oficina_cli", *argumentos, "--porta", str(porta)],
        cwd=pasta,
        env=ambiente(pasta) | {"PYTHONPATH": str(RAIZ)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield programa, f"http://127.0.0.1:{porta}"
    finally:
        programa.kill()
        programa.communicate()


def esperar(endereco: str) -> str:
    for _ in range(200):
        try:
            with urlopen(endereco, timeout=1) as resposta:  # noqa: S310 — loopback
                return str(resposta.read().decode())
        except OSError:
            time.sleep(0.1)
    pytest.fail("a API não respondeu")


def test_atende_e_para_em_paz_quando_mandam(tmp_path: Path) -> None:
    with servindo(tmp_path, "api", "servir", "--espera", "0") as (programa, endereco):
        assert '"nome":"oficina"' in esperar(f"{endereco}/")
        assert "pronta" in esperar(f"{endereco}/health/ready")
        programa.send_signal(signal.SIGTERM)
        assert programa.wait(timeout=20) == 0


def test_o_banco_dito_vence_o_do_env(tmp_path: Path) -> None:
    outro = "DB_HOST=127.0.0.1\nDB_PORT=1\nDB_USER=oficina\nDB_NAME=outra\n"
    (tmp_path / ".env").write_text(outro, encoding="utf-8")
    dito = ("--banco", str(tmp_path / "o.db"))
    with servindo(tmp_path, *dito, "api", "servir", "--espera", "0") as (_, endereco):
        assert "pronta" in esperar(f"{endereco}/health/ready")
    assert (tmp_path / "o.db").exists()
    assert not (tmp_path / "oficina.db").exists()


def test_a_demonstracao_se_poe_no_ar_com_os_documentos(tmp_path: Path) -> None:
    with servindo(tmp_path, "demo", "--servidor") as (_, endereco):
        assert "<html" in esperar(f"{endereco}/docs")


def test_em_producao_diz_tudo_o_que_falta_de_uma_vez(tmp_path: Path) -> None:
    inseguro = ambiente(
        tmp_path,
        APP_ENV="production",
        AUTH_SOMENTE_CPF="true",
        CORS_ORIGINS="*",
        JWT_SECRET="x" * 40,
    )
    recusa = subprocess.run(
        [sys.executable, "-m", "oficina_cli", "api", "servir", "--porta", str(porta_livre())],
        env=inseguro,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert recusa.returncode == 78
    for nome in ("AUTH_SOMENTE_CPF", "CORS_ORIGINS", "JWT_SECRET", "SQLite"):
        assert nome in recusa.stderr
    assert "x" * 40 not in recusa.stderr
    assert "Traceback" not in recusa.stderr
