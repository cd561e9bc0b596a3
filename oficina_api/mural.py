"""Quem lê a tabela de eventos e reparte o que há de novo entre os que ouvem.

Cada processo lê uma vez por segundo para cada loja que alguém ouve, sejam quantos forem.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread

from oficina_core.casos.eventos import EVENTOS_MAXIMO, Aviso, ListarEventos, Novidades
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.dominio.erros import ErroOficina

REGISTRO = logging.getLogger(__name__)
INTERVALO = 1.0  # segundos entre leituras
FILA_MAXIMA = 1000  # avisos que um ouvinte pode deixar acumular
PAGINAS_MAXIMO = 3  # além disso, ler tudo de novo custa menos que repetir o que se perdeu

Ler = Callable[[int | None], Novidades]


@dataclass(frozen=True)
class Recado:
    """Um aviso, e a marca de onde continuar depois dele."""

    marca: int
    aviso: Aviso


class Ouvinte:
    """A fila de quem ouve; `perdido` se ela encheu, e então é preciso recomeçar da última marca."""

    def __init__(self) -> None:
        self.fila: asyncio.Queue[Recado] = asyncio.Queue(FILA_MAXIMA)
        self.perdido = False

    def avisar(self, recado: Recado) -> None:
        try:
            self.fila.put_nowait(recado)
        except asyncio.QueueFull:
            self.perdido = True


class Quadro:
    """Os avisos de uma loja, enquanto alguém os ouve."""

    def __init__(self, ler: Ler, fios: CapacityLimiter, intervalo: float) -> None:
        self._ler, self._fios, self._intervalo = ler, fios, intervalo
        self._ouvintes: set[Ouvinte] = set()
        self._tarefa: asyncio.Task[None] | None = None

    def entrar(self) -> Ouvinte:
        ouvinte = Ouvinte()
        self._ouvintes.add(ouvinte)
        if self._tarefa is None or self._tarefa.done():
            self._tarefa = asyncio.create_task(self._acompanhar())
        return ouvinte

    def sair(self, ouvinte: Ouvinte) -> None:
        self._ouvintes.discard(ouvinte)

    async def ler(self, marca: int | None) -> Novidades:
        return await to_thread.run_sync(self._ler, marca, limiter=self._fios)

    async def _acompanhar(self) -> None:
        """Enquanto houver quem ouça; o banco fora do ar só adia."""
        marca: int | None = None
        vistos: set[int] = set()
        while self._ouvintes:
            try:
                marca, novos = await self.novos(marca, vistos)
            except ErroOficina as erro:
                REGISTRO.warning("Eventos por ler: %s.", erro.codigo)
            except Exception:  # noqa: BLE001 — quem ouve não sabe que o quadro morreu
                REGISTRO.exception("Eventos por ler: erro inesperado.")
            else:
                self._repartir(marca, novos)
            await asyncio.sleep(self._intervalo)

    async def novos(self, marca: int | None, vistos: set[int]) -> tuple[int, list[Aviso] | None]:
        """A marca nova, e o que apareceu desde a outra e ainda não se viu; None, se é demais."""
        if marca is None:
            marca = (await self.ler(None)).marca
        achados: list[Aviso] = []
        depois, nova = marca, marca
        for _ in range(PAGINAS_MAXIMO):
            pagina = await self.ler(depois)
            if depois == nova:
                nova = pagina.marca
            achados += [aviso for aviso in pagina.avisos if aviso.id not in vistos]
            if len(pagina.avisos) < EVENTOS_MAXIMO:
                vistos.update(aviso.id for aviso in achados)
                vistos -= {id for id in vistos if id <= nova}
                return nova, achados
            depois = pagina.avisos[-1].id
        return (await self.ler(None)).marca, None

    def _repartir(self, marca: int, novos: list[Aviso] | None) -> None:
        """Quem não pode receber tudo se perde, e volta de onde parou."""
        for ouvinte in self._ouvintes:
            ouvinte.perdido |= novos is None
            for aviso in novos or ():
                ouvinte.avisar(Recado(marca, aviso))


class Mural:
    """Os quadros de cada loja; None é a rede toda."""

    def __init__(self, oficina: Oficina, intervalo: float = INTERVALO) -> None:
        self._oficina, self._intervalo = oficina, intervalo
        self._fios = CapacityLimiter(2)  # quem espera por avisos não ocupa os fios de quem pede
        self._quadros: dict[int | None, Quadro] = {}

    def da_loja(self, loja: int | None) -> Quadro:
        if loja not in self._quadros:
            pedido = Pedido(loja=loja)

            def ler(marca: int | None) -> Novidades:
                return self._oficina.executar(ListarEventos(marca=marca), pedido)

            self._quadros[loja] = Quadro(ler, self._fios, self._intervalo)
        return self._quadros[loja]
