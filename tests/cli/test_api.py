"""`oficina api servir`: parte, atende e para; ou diz tudo o que a impede de partir."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner, Result

from oficina_cli.app import app

RAIZ = Path(__file__).parents[2]


def ambiente(pasta: Path, **ditos: str) -> dict[str, str]:
    base = {k: v for k, v in os.environ.items() if not k.startswith(("OFICINA_", "DB_", "JWT_"))}
    return base | {"OFICINA_BANCO": f"sqlite:///{pasta / 'oficina.db'}"} | ditos


def rodar(*argumentos: str, entrada: str | None = None) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina", input=entrada)


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


def test_o_env_da_pasta_completa_o_que_esta_no_ambiente(tmp_path: Path) -> None:
    """E a pasta de dados, que o servidor pode não ter, não se cria."""
    dele = "DB_USER=oficina\nDB_NAME=outra\nDB_PORT=1\nJWT_SECRET=curto\n"
    (tmp_path / ".env").write_text(dele, encoding="utf-8")
    env = ambiente(tmp_path, DB_HOST="127.0.0.1", HOME=str(tmp_path / "casa"))
    del env["OFICINA_BANCO"]
    recusa = recusado("api", "servir", env=env | {"PYTHONPATH": str(RAIZ)}, pasta=tmp_path)
    assert recusa.returncode == 78, recusa.stderr
    assert "JWT_SECRET" in recusa.stderr
    assert not (tmp_path / "casa").exists()


def test_na_demonstracao_no_ar_se_entra_com_as_linhas_que_ela_mostra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)
    with servindo(tmp_path, "demo", "--servidor") as (programa, endereco):
        assert "<html" in esperar(f"{endereco}/docs")
        assert programa.stderr is not None
        linhas = map(bytes.decode, programa.stderr)
        dito = "".join(takewhile(lambda linha: "curl" not in linha, linhas))
        achado = re.search(
            r"senha é: (.+)\).*OFICINA_API=(\S+).*(auth entrar --cpf \S+)", dito, re.DOTALL
        )
        assert achado, dito
        senha, api, entrar = achado.groups()
        monkeypatch.setenv("OFICINA_API", api)
        entrou = rodar(*entrar.split(), "--senha-stdin", entrada=f"{senha}\n")
        assert entrou.exit_code == 0, entrou.stderr
        assert rodar("ordem", "fila").exit_code == 0
        assert "GERENTE" in rodar("auth", "quem-sou", "-o", "json").stdout


def recusado(
    *argumentos: str, env: dict[str, str], pasta: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oficina_cli", *argumentos],
        cwd=pasta,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("comando", [("api", "servir"), ("demo", "--servidor")], ids=" ".join)
def test_porta_ocupada_se_diz_em_uma_frase(tmp_path: Path, comando: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ocupada:
        porta = ocupada.getsockname()[1]
        recusa = recusado(*comando, "--porta", str(porta), env=ambiente(tmp_path))
    assert recusa.returncode == 7
    assert recusa.stderr.endswith(
        f"Erro: A porta {porta} já é de outro programa nesta máquina; encerre-o, ou escolha outra "
        "com --porta.\n"
    )
    assert "Errno" not in recusa.stderr


def test_porta_das_medidas_ocupada_se_diz_com_o_codigo_da_falta(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ocupada:
        medidas = str(ocupada.getsockname()[1])
        env = ambiente(tmp_path, METRICS_PORT=medidas)
        recusa = recusado("api", "servir", "--porta", str(porta_livre()), env=env)
    assert recusa.returncode == 7
    assert "confira METRICS_HOST e METRICS_PORT" in recusa.stderr


@pytest.mark.parametrize("onde", [("--porta", "99999"), ("--host", "nao-existe.invalid")])
def test_onde_nao_se_pode_atender_se_diz(tmp_path: Path, onde: tuple[str, str]) -> None:
    recusa = recusado("api", "servir", *onde, env=ambiente(tmp_path))
    assert recusa.returncode == 7
    assert "confira --host e --porta" in recusa.stderr
    assert "Traceback" not in recusa.stderr


def test_em_producao_diz_tudo_o_que_falta_de_uma_vez(tmp_path: Path) -> None:
    inseguro = ambiente(
        tmp_path,
        APP_ENV="production",
        AUTH_SOMENTE_CPF="true",
        CORS_ORIGINS="*",
        JWT_SECRET="x" * 40,
    )
    recusa = recusado("api", "servir", "--porta", str(porta_livre()), env=inseguro)
    assert recusa.returncode == 78
    for nome in ("AUTH_SOMENTE_CPF", "CORS_ORIGINS", "JWT_SECRET", "SQLite"):
        assert nome in recusa.stderr
    assert "x" * 40 not in recusa.stderr
    assert "Traceback" not in recusa.stderr
