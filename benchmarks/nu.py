"""O trabalhador nu: um FastAPI sem nada, com as mesmas bibliotecas da API já importadas."""

import importlib
import os
import sys
from pathlib import Path

from benchmarks.pisos import app

__all__ = ["app"]

BIBLIOTECAS = "MEDIDAS_BIBLIOTECAS"  # o arquivo com um nome de módulo por linha
NOSSOS = ("oficina_", "benchmarks", "tests")


def carregadas() -> list[str]:
    """As bibliotecas deste processo, sem o que é nosso, na ordem em que se importaram."""
    return [nome for nome in sys.modules if not nome.startswith((*NOSSOS, "__"))]


if BIBLIOTECAS in os.environ:
    for nome in Path(os.environ[BIBLIOTECAS]).read_text(encoding="utf-8").split():
        importlib.import_module(nome)
