"""Cada porta só carrega o que usa; vale para o tempo de partida e para as camadas."""

import subprocess
import sys

import pytest

PESADOS = {
    "alembic",
    "argon2",
    "fastapi",
    "fpdf",
    "httpx2",
    "keyring",
    "pydantic",
    "pydantic_settings",
    "sqlalchemy",
    "textual",
}


@pytest.mark.parametrize(
    ("modulo", "proibidos"),
    [
        ("oficina_core.catalogo", PESADOS | {"rich", "typer"}),
        ("oficina_cli.__main__", PESADOS | {"rich", "typer"}),
        ("oficina_cli.remota", {"fastapi", "keyring", "pydantic", "sqlalchemy", "textual"}),
        ("oficina_cli.tui.vigia", PESADOS | {"rich", "typer"}),
        ("oficina_core.banco.local", {"alembic", "argon2", "pydantic", "sqlalchemy.orm", "typer"}),
        ("oficina_api.app", {"httpx2", "rich", "sqlalchemy", "textual", "typer"}),
    ],
)
def test_importa_so_o_necessario(modulo: str, proibidos: set[str]) -> None:
    assert _carregados(f"import {modulo}") & proibidos == set()


@pytest.mark.parametrize(
    ("argumentos", "inevitaveis"),
    [
        (["--help"], set()),
        (["ajuda"], set()),
        (["ajuda", "saida"], set()),
        (["onde"], {"pydantic", "pydantic_settings"}),  # só a configuração diz onde está o banco
        (["orcamento", "criar", "--help"], set()),
    ],
    ids=["oficina", "assuntos", "assunto", "onde", "comando"],
)
def test_o_que_so_explica_nao_abre_nada(argumentos: list[str], inevitaveis: set[str]) -> None:
    codigo = f"from oficina_cli.app import app; app({argumentos!r}, standalone_mode=False)"
    assert _carregados(codigo) & PESADOS <= inevitaveis


def _carregados(codigo: str) -> set[str]:
    """Os módulos que o código carregou em um processo só dele."""
    programa = f"import sys\ntry:\n    {codigo}\nfinally:\n    print('\\n', *sys.modules)"
    saida = subprocess.run(
        [sys.executable, "-c", programa], check=True, capture_output=True, text=True
    ).stdout
    return set(saida.rpartition("\n ")[2].split())
