"""Os programas de .ci, que se rodam por caminho e não se importam por nome."""

from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest

from tests.api.programa import RAIZ


def ferramenta(nome: str) -> Any:
    especificacao = spec_from_file_location(nome, RAIZ / f".ci/{nome}.py")
    assert especificacao
    assert especificacao.loader
    modulo = module_from_spec(especificacao)
    with pytest.MonkeyPatch.context() as caminho:
        caminho.syspath_prepend(RAIZ / ".ci")  # como quando se roda um: acha os outros
        especificacao.loader.exec_module(modulo)
    return modulo
