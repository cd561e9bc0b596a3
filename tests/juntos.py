"""Várias pessoas na mesma largada, cada uma em um fio, com a sua conexão."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from oficina_core.dominio.erros import ErroOficina

PRAZO = 60  # segundos; quem passa dele reprova o teste, em vez de parar a bateria


def largar(fazer: Sequence[Callable[[], Any]]) -> list[Any]:
    """O que cada uma respondeu, ou o erro da oficina que ouviu."""
    largada = threading.Barrier(len(fazer), timeout=PRAZO)

    def correr(um: Callable[[], Any]) -> Any:
        largada.wait()
        try:
            return um()
        except ErroOficina as erro:
            return erro

    with ThreadPoolExecutor(len(fazer)) as pessoas:
        return list(pessoas.map(correr, fazer))
