"""Balcões que atendem sem parar, enquanto do outro lado se derruba o que houver."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import count
from threading import Event
from typing import Self, TypeAlias

from tests.api.programa import PACIENCIA
from tests.api.servico import aguardar

BALCOES = 4
Atender: TypeAlias = Callable[[int], None]


class Balcoes:
    """Cada um abre o seu `atendente`, que só volta de um número quando ele valeu."""

    def __init__(self, atendente: Callable[[], AbstractContextManager[Atender]]) -> None:
        self._atendente = atendente
        self._numeros, self._chega = count(), Event()
        self.confirmados: list[int] = []

    def __enter__(self) -> Self:
        self._fios = ThreadPoolExecutor(BALCOES)
        self._balcoes: list[Future[None]] = [
            self._fios.submit(self._atender) for _ in range(BALCOES)
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self._chega.set()
        self._fios.shutdown()
        for balcao in self._balcoes:
            balcao.result()

    def mais(self, quantos: int) -> None:
        """Espera por tantas confirmações a mais."""
        alvo = len(self.confirmados) + quantos
        aguardar(lambda: len(self.confirmados) >= alvo, PACIENCIA)

    def _atender(self) -> None:
        with self._atendente() as atender:
            while not self._chega.is_set():
                numero = next(self._numeros)
                atender(numero)
                self.confirmados.append(numero)
