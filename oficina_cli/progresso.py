"""O que demora conta-se a quem está diante do terminal, na saída de erros, e some quando acaba."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from oficina_core.texto import milhar

T = TypeVar("T")

DEMORA = 0.4  # segundos até valer a pena dizer
PASSO = 0.1
BLOCOS = 20
APAGAR = "\r\x1b[K"


@contextmanager
def contando(que: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Quem trabalha diz quantos registros a mais; se o total se sabe, uma barra os mostra."""
    feitos, proxima = 0, monotonic() + DEMORA

    def andar(quantos: int) -> None:
        nonlocal feitos, proxima
        feitos += quantos
        if (agora := monotonic()) >= proxima:
            proxima = agora + PASSO
            _dizer(_barra(que, feitos, total))

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield andar
    finally:
        _dizer("")


def contar(itens: Iterable[T], que: str, total: int) -> Iterator[T]:
    """Os mesmos itens, contados um a um."""
    with contando(que, total) as andar:
        for item in itens:
            yield item
            andar(1)


@contextmanager
def esperando(que: str) -> Iterator[None]:
    """Diz o que se espera, enquanto se espera: quanto falta não se sabe."""
    if not sys.stderr.isatty():
        yield
        return
    _dizer(f"{que}…")
    try:
        yield
    finally:
        _dizer("")


def _dizer(linha: str) -> None:
    """No lugar da que estava."""
    sys.stderr.write(f"{APAGAR}{linha}")
    sys.stderr.flush()


def _barra(que: str, feitos: int, total: int | None) -> str:
    if total is None:
        return f"{que}: {milhar(feitos)} registros"
    cheios = BLOCOS * min(feitos, total) // max(total, 1)
    desenho = "█" * cheios + "░" * (BLOCOS - cheios)
    return f"{que} {desenho} {milhar(feitos)} de {milhar(max(total, feitos))}"
