"""Os programas de .ci, que se rodam por caminho e não se importam por nome."""

from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from tests.api.programa import RAIZ


def ferramenta(nome: str) -> Any:
    especificacao = spec_from_file_location(nome, RAIZ / f".ci/{nome}.py")
    assert especificacao
    assert especificacao.loader
    modulo = module_from_spec(especificacao)
    especificacao.loader.exec_module(modulo)
    return modulo
