"""Quantos de cada um se atendem ao mesmo tempo, para que ninguém tome o lugar dos outros."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Lugares:
    """Os lugares tomados, por quem os tomou; quem não tem nenhum não ocupa memória."""

    def __init__(self) -> None:
        self._tomados: Counter[str] = Counter()

    def de(self, quem: str) -> int:
        return self._tomados[quem]

    def todos(self) -> int:
        return self._tomados.total()

    @contextmanager
    def tomar(self, quem: str) -> Iterator[None]:
        """Um lugar, enquanto dura o bloco; quantos cada um pode, decide quem chama."""
        self._tomados[quem] += 1
        try:
            yield
        finally:
            self._tomados[quem] -= 1
            if not self._tomados[quem]:
                del self._tomados[quem]
