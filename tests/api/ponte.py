"""Um TCP no meio do caminho: o que a rede faz de pior, e quem distribui com a lista atrasada."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import Enum, auto
from itertools import count
from threading import Thread
from time import monotonic
from typing import Any, Self, TypeVar

from tests.servidor_programa import porta_livre

T = TypeVar("T")


class Modo(Enum):
    PASSA = auto()
    RECUSA = auto()  # ninguém ouve na porta, e o que estava aberto cai
    EMUDECE = auto()  # aceita a conexão, e nada chega de um lado ao outro
    PERDE = auto()  # leva o pedido, engole a resposta e corta


class Ponte:
    """Leva cada conexão à porta que `escolher` disser; sem porta, corta."""

    def __init__(self, escolher: Callable[[], int | None]) -> None:
        self._escolher = escolher
        self._modo = Modo.PASSA
        self._laco = asyncio.new_event_loop()
        self._servidor: asyncio.Server | None = None
        self._conexoes: set[asyncio.StreamWriter] = set()
        self._tarefas: set[asyncio.Task[None]] = set()
        self._passa = asyncio.Event()
        self.porta = porta_livre()

    def __enter__(self) -> Self:
        self._fio = Thread(target=self._laco.run_forever, daemon=True)
        self._fio.start()
        self.mudar(Modo.PASSA)
        return self

    def __exit__(self, *_: object) -> None:
        self._fazer(self._encerrar())
        self._laco.call_soon_threadsafe(self._laco.stop)
        self._fio.join()
        self._laco.close()

    def mudar(self, modo: Modo) -> None:
        self._fazer(self._mudar(modo))

    def _fazer(self, tarefa: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(tarefa, self._laco).result(10)

    async def _mudar(self, modo: Modo) -> None:
        self._modo = modo
        if modo is Modo.RECUSA:
            await self._encerrar()
            return
        if self._servidor is None:
            self._servidor = await asyncio.start_server(self._atender, "127.0.0.1", self.porta)
        (self._passa.clear if modo is Modo.EMUDECE else self._passa.set)()

    async def _encerrar(self) -> None:
        if self._servidor is not None:
            self._servidor.close()
            self._servidor = None
        for conexao in self._conexoes:
            conexao.transport.abort()
        self._passa.set()
        if self._tarefas:
            await asyncio.wait(self._tarefas)

    async def _atender(self, de_ca: asyncio.StreamReader, para_ca: asyncio.StreamWriter) -> None:
        tarefa = asyncio.current_task()
        assert tarefa
        self._tarefas.add(tarefa)
        tarefa.add_done_callback(self._tarefas.discard)
        self._conexoes.add(para_ca)
        with suppress(OSError):
            await self._ligar(de_ca, para_ca)
        self._conexoes.discard(para_ca)
        para_ca.close()

    async def _ligar(self, de_ca: asyncio.StreamReader, para_ca: asyncio.StreamWriter) -> None:
        perde = self._modo is Modo.PERDE
        await self._passa.wait()
        porta = self._escolher()
        if porta is None or para_ca.transport.is_closing():
            return
        de_la, para_la = await asyncio.open_connection("127.0.0.1", porta)
        self._conexoes.add(para_la)
        ida = asyncio.create_task(self._levar(de_ca, para_la))
        volta = asyncio.create_task(_engolir(de_la) if perde else self._levar(de_la, para_ca))
        await asyncio.wait((ida, volta), return_when=asyncio.FIRST_COMPLETED)
        for tarefa in (ida, volta):
            tarefa.cancel()
        await asyncio.gather(ida, volta, return_exceptions=True)
        self._conexoes.discard(para_la)
        para_la.close()

    async def _levar(self, de: asyncio.StreamReader, para: asyncio.StreamWriter) -> None:
        while parte := await de.read(65536):
            await self._passa.wait()
            para.write(parte)
            await para.drain()


async def _engolir(de: asyncio.StreamReader) -> None:
    """A resposta chegou até aqui: o que ela diz já vale, e quem pediu não vai saber."""
    await de.read(1)


class ListaAtrasada:
    """As portas que atendem, como as vê quem distribui: cada mudança chega com atraso."""

    def __init__(self, *portas: int, atraso: float) -> None:
        self._atraso = atraso
        self._mudancas: list[tuple[float, tuple[int, ...]]] = [(0.0, portas)]
        self._vez = count()

    def trocar(self, velha: int, nova: int) -> None:
        portas = tuple(nova if porta == velha else porta for porta in self._mudancas[-1][1])
        self._mudancas.append((monotonic() + self._atraso, portas))

    def escolher(self) -> int:
        """A da vez, entre as que já se sabem."""
        agora = monotonic()
        *_, portas = (portas for quando, portas in self._mudancas if quando <= agora)
        return portas[next(self._vez) % len(portas)]
