"""Quanto falta, na saída de erros e só no terminal, quando o trabalho é longo."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from oficina_core.texto import milhar

T = TypeVar("T")

DEMORA = 0.4  # segundos até valer a pena dizer
PASSO = 0.1
BLOCOS = 20
APAGAR = "\r\x1b[K"


def contar(itens: Iterable[T], que: str, total: int) -> Iterator[T]:
    """Os mesmos itens; se demoram, uma barra diz quantos já foram."""
    if not sys.stderr.isatty():
        yield from itens
        return
    proxima, mostrou = monotonic() + DEMORA, False
    try:
        for feitos, item in enumerate(itens, start=1):
            yield item
            if (agora := monotonic()) >= proxima:
                sys.stderr.write(f"{APAGAR}{_barra(que, feitos, total)}")
                sys.stderr.flush()
                proxima, mostrou = agora + PASSO, True
    finally:
        if mostrou:
            sys.stderr.write(APAGAR)
            sys.stderr.flush()


@contextmanager
def esperando(que: str) -> Iterator[None]:
    """Diz o que se espera, enquanto se espera: quanto falta não se sabe."""
    if not sys.stderr.isatty():
        yield
        return
    sys.stderr.write(f"{que}…")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write(APAGAR)
        sys.stderr.flush()


def _barra(que: str, feitos: int, total: int) -> str:
    cheios = BLOCOS * min(feitos, total) // max(total, 1)
    desenho = "█" * cheios + "░" * (BLOCOS - cheios)
    return f"{que} {desenho} {milhar(feitos)} de {milhar(max(total, feitos))}"
