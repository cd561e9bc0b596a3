"""Os programas de .ci, que se rodam por caminho, e o overlay de uma loja, que eles leem."""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from tests.api.programa import RAIZ
from tests.certificado import certificado
from tests.manifestos import K8S, descomentado


def ferramenta(nome: str) -> Any:
    especificacao = spec_from_file_location(nome, RAIZ / f".ci/{nome}.py")
    assert especificacao
    assert especificacao.loader
    modulo = module_from_spec(especificacao)
    with pytest.MonkeyPatch.context() as caminho:
        caminho.syspath_prepend(RAIZ / ".ci")  # como quando se roda um: acha os outros
        especificacao.loader.exec_module(modulo)
    return modulo


def preenchido(pasta: Path) -> Path:
    """O overlay como o de uma loja: o exemplo, com o que é dela."""
    overlay = pasta / "overlay"
    shutil.rmtree(overlay, ignore_errors=True)
    overlay.mkdir()
    for exemplo in (K8S / "overlays/eks").glob("*.exemplo"):
        da_loja = descomentado(exemplo).replace("exemplo", "loja")
        escrito = da_loja.replace("111122223333", "123456789012")
        (overlay / exemplo.stem).write_text(escrito, encoding="utf-8")
    (overlay / "rds-ca.pem").write_bytes(certificado(pasta).read_bytes())
    return overlay
