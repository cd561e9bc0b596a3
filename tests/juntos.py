"""Várias pessoas na mesma largada, cada uma em um fio, com a sua conexão."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from oficina_core.dominio.erros import ErroOficina

PRAZO = 20  # segundos; quem passa dele reprova o teste, em vez de parar a bateria
CONEXOES = 3  # as que um processo abre no MySQL: mais gente que isso espera fora do banco


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


@contextmanager
def encontro(motor: Engine, pessoas: int, comeco: str) -> Iterator[None]:
    """Ninguém passa do primeiro comando que começa assim antes que todas cheguem a ele.

    É o pior caso, sem contar com a sorte: todas leram antes que alguma gravasse. No SQLite quem
    grava está só desde o começo da transação, e não há o que esperar.
    """
    if motor.dialect.name == "sqlite":
        yield
        return
    porta = threading.Barrier(pessoas, timeout=PRAZO)
    chegaram: set[int] = set()

    def esperar(_: Any, __: Any, comando: str, *___: Any) -> None:
        eu = threading.get_ident()
        if comando.startswith(comeco) and eu not in chegaram:
            chegaram.add(eu)
            porta.wait()

    event.listen(motor, "before_cursor_execute", esperar)
    try:
        yield
    finally:
        event.remove(motor, "before_cursor_execute", esperar)
    assert len(chegaram) == pessoas
