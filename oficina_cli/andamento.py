"""O que demora conta-se a quem está diante do terminal, e só a ele."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from oficina_core.texto import milhar

PASSO = 0.2  # segundos entre uma linha e outra
LIMPAR = "\r\x1b[K"


@contextmanager
def contando(o_que: str) -> Iterator[Callable[[int], None]]:
    """Quem trabalha diz quantos registros a mais; a linha some quando acaba."""
    total, visto = 0, monotonic()

    def andar(quantos: int) -> None:
        nonlocal total, visto
        total += quantos
        if monotonic() - visto > PASSO:
            visto = monotonic()
            sys.stderr.write(f"{LIMPAR}{o_que}: {milhar(total)} registros")
            sys.stderr.flush()

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield andar
    finally:
        sys.stderr.write(LIMPAR)
        sys.stderr.flush()
