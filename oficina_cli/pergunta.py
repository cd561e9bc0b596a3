"""O que se pergunta a quem está diante do terminal, e só a quem está."""

import sys

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import limpar


def confirmar(pergunta: str, *, pode_perguntar: bool) -> bool:
    """Verdadeiro para "s" ou "sim"; na dúvida é não. DadoInvalido se não há a quem perguntar."""
    if not (pode_perguntar and _ha_alguem()):
        raise DadoInvalido(f"Falta confirmar: {pergunta} Repita com --sim.")
    sys.stderr.write(f"{limpar(pergunta)} [s/N] ")
    sys.stderr.flush()
    return _ouvir().strip().casefold() in ("s", "sim", "y")


def _ha_alguem() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ouvir() -> str:
    return sys.stdin.readline()
