"""O que só os testes do banco usam."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.banco.bancos import Novo
from tests.servidor_mysql import Servidor


@pytest.fixture(params=["sqlite", "mysql"])
def novo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Novo]:
    """Um banco vazio a cada vez que se pede."""
    criados: list[str] = []

    def criar() -> str:
        nome = f"oficina_teste_migracao_{os.getpid()}_{len(criados)}"
        criados.append(nome)
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{nome}.db"
        servidor: Servidor = request.getfixturevalue("mysql")
        return servidor.criar_banco(nome)

    yield criar
    if request.param == "mysql":
        for nome in criados:
            request.getfixturevalue("mysql").apagar_banco(nome)
