"""Fora do laço da tela: o que espera o banco ou a rede espera em um fio à parte."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar

R = TypeVar("R")


async def em_fio(fazer: Callable[[], R]) -> R:
    """O que `fazer` devolve ou levanta, sem parar a tela.

    O fio não segura o programa: quem sai não espera por um banco que não responde.
    """
    laco = asyncio.get_running_loop()
    futuro: asyncio.Future[R] = laco.create_future()

    def concluir(marcar: Callable[[Any], None], valor: Any) -> None:
        if not futuro.done():
            marcar(valor)

    def rodar() -> None:
        marcar: Callable[[Any], None] = futuro.set_result
        valor: Any
        try:
            valor = fazer()
        except BaseException as erro:  # noqa: BLE001 — quem espera é que sabe o que fazer
            marcar, valor = futuro.set_exception, erro
        with suppress(RuntimeError):  # a tela fechou antes da resposta
            laco.call_soon_threadsafe(concluir, marcar, valor)

    Thread(target=rodar, daemon=True).start()
    return await futuro
