"""As regras que os manifestos cumprem, numeradas na ordem em que se leem."""

from tests.implantacao.regras import disponibilidade, nomes, nuvem, pods, rede, rotinas
from tests.implantacao.regras.nucleo import REGRAS

__all__ = ["REGRAS", "disponibilidade", "nomes", "nuvem", "pods", "rede", "rotinas"]
