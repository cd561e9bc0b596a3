"""Como a linha de comando põe a API no ar: outro programa, chamado pelo nome."""

import os
import runpy
import sys
from importlib.util import find_spec

from oficina_core.dominio.erros import DadoInvalido


def servir(*argumentos: str, **ambiente: str) -> None:
    """Roda `python -m oficina_api` neste processo, com estes valores no ambiente.

    Os argumentos não passam por outro processo: quem usa a máquina não os vê na lista deles.
    Levanta DadoInvalido se a instalação não tem as bibliotecas da API.
    """
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise DadoInvalido("Esta instalação não tem a API; instale com: pip install 'oficina[api]'")
    os.environ.update(ambiente)
    sys.argv = ["oficina api servir", *argumentos]
    runpy.run_module("oficina_api", run_name="__main__", alter_sys=True)
