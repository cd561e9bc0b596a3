"""Os comandos, rodados no mesmo processo contra a oficina de cada mundo.

Quem chama entrega a oficina pronta em `obj`: nem o ambiente nem o disco se leem.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner, Result

from oficina_cli.app import app
from oficina_core.casos.portas import Oficina
from tests.cli.api_de_mentira import Api, no_ar

Rodar: TypeAlias = Callable[..., Result]
Pedir: TypeAlias = Callable[..., Any]


@pytest.fixture(autouse=True)
def guardadas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Onde ficam as entradas deste teste, e nenhum chaveiro: o da máquina é de quem testa."""
    pasta = tmp_path / "guardadas"
    monkeypatch.setattr("oficina_cli.credenciais.user_data_path", lambda *_, **__: pasta)
    monkeypatch.setitem(sys.modules, "keyring", None)
    return pasta / "credenciais.json"


@pytest.fixture
def esperas(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """As esperas pedidas, que nenhum teste espera."""
    pedidas: list[float] = []
    monkeypatch.setattr("oficina_cli.remota.sleep", pedidas.append)
    return pedidas


@pytest.fixture
def api() -> Iterator[Api]:
    with no_ar() as atendendo:
        yield atendendo


@pytest.fixture
def rodar(oficina: Oficina) -> Rodar:
    """Roda um comando e devolve o código, a saída e a saída de erros."""

    def chamar(*argumentos: str, entrada: str | None = None) -> Result:
        return CliRunner().invoke(
            app, list(argumentos), prog_name="oficina", obj=oficina, input=entrada
        )

    return chamar


@pytest.fixture
def pedir(rodar: Rodar) -> Pedir:
    """Roda um comando que dá certo e devolve a resposta, lida do JSON."""

    def chamar(*argumentos: str) -> Any:
        resposta = rodar(*argumentos, "-o", "json")
        assert resposta.exit_code == 0, resposta.stderr
        return json.loads(resposta.stdout)

    return chamar
