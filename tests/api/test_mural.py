"""O quadro que reparte os avisos: o que ele não lê agora, lê depois."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from anyio import CapacityLimiter

from oficina_api.mural import Quadro, Recado
from oficina_core.casos.eventos import Aviso, Novidades
from oficina_core.dominio.erros import Indisponivel

AVISO = Aviso(
    id=1,
    entidade="clientes",
    entidade_id=7,
    acao="CriarCliente",
    em=datetime(2026, 11, 23, 12, tzinfo=UTC),
)


def leituras() -> Iterator[Novidades | Exception]:
    yield Novidades(avisos=(), marca=0)
    yield ZeroDivisionError()
    yield Indisponivel("O banco não respondeu.")
    while True:
        yield Novidades(avisos=(AVISO,), marca=1)


async def ouvir_um() -> Recado:
    vem = leituras()

    def ler(_: int | None) -> Novidades:
        lido = next(vem)
        if isinstance(lido, Exception):
            raise lido
        return lido

    quadro = Quadro(ler, CapacityLimiter(1), 0.01)
    ouvinte = quadro.entrar()
    try:
        return await asyncio.wait_for(ouvinte.fila.get(), 5)
    finally:
        quadro.sair(ouvinte)


def test_nem_o_erro_que_ninguem_esperava_deixa_quem_ouve_sem_avisos() -> None:
    assert asyncio.run(ouvir_um()).aviso == AVISO
