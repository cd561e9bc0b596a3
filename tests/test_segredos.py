"""Os segredos: o que se sorteia sempre serve. O que se adivinha está em `api/test_partida.py`."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256

import pytest

from oficina_core.segredos import adivinhavel


@pytest.mark.parametrize(
    "escrever", [bytes, lambda sorteado: sorteado.hex().encode(), urlsafe_b64encode]
)
def test_o_que_se_sorteia_nunca_parece_adivinhavel(escrever: Callable[[bytes], bytes]) -> None:
    sorteados = (escrever(sha256(b"%d" % numero).digest()) for numero in range(10_000))
    assert not [sorteado for sorteado in sorteados if adivinhavel(sorteado)]
