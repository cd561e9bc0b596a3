"""Os comandos, rodados no mesmo processo contra a oficina de cada mundo.

Quem chama entrega a oficina pronta em `obj`: nem o ambiente nem o disco se leem.
"""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner, Result

from oficina_cli.app import app
from oficina_core.casos.portas import Oficina

Rodar: TypeAlias = Callable[..., Result]
Pedir: TypeAlias = Callable[..., Any]


@pytest.fixture
def rodar(oficina: Oficina) -> Rodar:
    """Roda um comando e devolve o código, a saída e a saída de erros."""

    def chamar(*argumentos: str) -> Result:
        return CliRunner().invoke(app, list(argumentos), prog_name="oficina", obj=oficina)

    return chamar


@pytest.fixture
def pedir(rodar: Rodar) -> Pedir:
    """Roda um comando que dá certo e devolve a resposta, lida do JSON."""

    def chamar(*argumentos: str) -> Any:
        resposta = rodar(*argumentos, "-o", "json")
        assert resposta.exit_code == 0, resposta.stderr
        return json.loads(resposta.stdout)

    return chamar
