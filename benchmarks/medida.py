"""Como se mede em máquina barulhenta: um de cada, por vez, e só a razão entre eles."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from typing import Any

from benchmarks.cliente import Conexao
from benchmarks.processo import Processo

AQUECER = 30


@dataclass(frozen=True)
class Corrida:
    """Um servidor e os pedidos que se fazem a ele, em rodízio."""

    processo: Processo
    pedidos: Sequence[bytes]
    status: int = 200


@dataclass
class Tempos:
    """O que se viu de um deles, em microssegundos por pedido."""

    parede: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # um por rodada

    def resumo(self) -> dict[str, float]:
        return {
            "p50_us": round(median(self.parede), 1),
            "min_us": round(min(self.parede), 1),
            "cpu_us": round(median(self.cpu), 1),
            "cpu_min_us": round(min(self.cpu), 1),
        }


@dataclass(frozen=True)
class Figura:
    """Uma razão ao piso; `medida` diz qual delas é a que tem meta."""

    nome: str
    medida: str
    meta: float | None
    razoes: dict[str, float]
    nosso: dict[str, float]
    piso: dict[str, float]

    @property
    def razao(self) -> float:
        return self.razoes[self.medida]

    @classmethod
    def de(
        cls,
        nome: str,
        medida: str,
        meta: float | None,
        nosso: dict[str, float],
        piso: dict[str, float],
    ) -> "Figura":
        razoes = {medido: round(nosso[medido] / piso[medido], 2) for medido in nosso}
        return cls(nome, medida, meta, razoes, nosso, piso)

    def json(self) -> dict[str, Any]:
        return {
            "figura": self.nome,
            "medida": self.medida,
            "razao": self.razao,
            "meta": self.meta,
            "razoes": self.razoes,
            "nosso": self.nosso,
            "piso": self.piso,
        }


def intercalar(corridas: Sequence[Corrida], rodadas: int, pedidos: int) -> list[Tempos]:
    """Um pedido a cada servidor, por vez; o processador se lê a cada rodada de tantos pedidos."""
    with ExitStack() as abertas:
        lados = [
            (corrida, abertas.enter_context(corrida.processo.conectar()), cycle(corrida.pedidos))
            for corrida in corridas
        ]
        for lado in lados:
            _correr([lado], AQUECER)
        tempos = [Tempos() for _ in lados]
        for _ in range(rodadas):
            antes = [corrida.processo.cpu() for corrida in corridas]
            for tempo, segundos in zip(tempos, _correr(lados, pedidos), strict=True):
                tempo.parede += [1e6 * cada for cada in segundos]
            for tempo, corrida, cpu in zip(tempos, corridas, antes, strict=True):
                tempo.cpu.append(1e6 * (corrida.processo.cpu() - cpu) / pedidos)
        return tempos


def _correr(
    lados: Sequence[tuple[Corrida, Conexao, Iterator[bytes]]], pedidos: int
) -> list[list[float]]:
    segundos: list[list[float]] = [[] for _ in lados]
    for _ in range(pedidos):
        for anotados, (corrida, conexao, fila) in zip(segundos, lados, strict=True):
            anotados.append(conexao.exigir(next(fila), corrida.status).segundos)
    return segundos
