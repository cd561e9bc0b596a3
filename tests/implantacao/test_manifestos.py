"""As regras da pesquisa de confiabilidade (§4.9), uma a uma, sobre o que se aplica de verdade."""

import pytest

from tests.implantacao.regras import REGRAS
from tests.implantacao.regras.nucleo import Estrago, Regra
from tests.manifestos import OVERLAYS, lidos

ONDE = [(regra, overlay) for regra in REGRAS for overlay in regra.em]
ESTRAGOS = [
    pytest.param(regra, estrago, overlay, id=f"{regra}-{posicao}-{overlay}")
    for regra, overlay in ONDE
    for posicao, estrago in enumerate(regra.estragos, start=1)
]


@pytest.mark.parametrize(("regra", "overlay"), ONDE, ids=str)
def test_os_manifestos_cumprem(regra: Regra, overlay: str) -> None:
    assert list(regra.exame(lidos(overlay))) == []


@pytest.mark.parametrize(("regra", "estrago", "overlay"), ESTRAGOS)
def test_a_regra_ve_o_estrago(regra: Regra, estrago: Estrago, overlay: str) -> None:
    """O controle: sem ele, uma regra que nunca falha passaria por boa."""
    manifestos = lidos(overlay)
    estrago(manifestos)
    assert list(regra.exame(manifestos))


def test_cada_regra_tem_o_seu_estrago() -> None:
    assert len(REGRAS) >= 30
    assert all(regra.estragos and set(regra.em) <= set(OVERLAYS) for regra in REGRAS)
