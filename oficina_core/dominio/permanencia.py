"""Permanência: quanto tempo as ordens passam em cada status."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from oficina_core.dominio.ordem import StatusOrdem


@dataclass(frozen=True, kw_only=True, slots=True)
class Mudanca:
    """A ordem passou a este status."""

    ordem_id: int
    status: StatusOrdem
    em: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Permanencia:
    """Quanto se demorou, de quantas ordens: em média, e o que metade delas levou."""

    ordens: int
    media: timedelta
    mediana: timedelta

    @classmethod
    def de(cls, tempos: Collection[timedelta]) -> "Permanencia":
        """De nenhum tempo, tudo é zero."""
        if not tempos:
            return cls(ordens=0, media=timedelta(), mediana=timedelta())
        return cls(
            ordens=len(tempos),
            media=sum(tempos, timedelta()) / len(tempos),
            mediana=mediana(tempos),
        )


def permanencias(
    mudancas: Iterable[Mudanca], desde: datetime
) -> Mapping[StatusOrdem, list[timedelta]]:
    """Quanto levou em cada status cada ordem das que saíram dele desde então.

    A ordem que voltou a um status soma as vezes. As mudanças de cada uma vêm juntas e em ordem.
    """
    tempos: dict[StatusOrdem, dict[int, timedelta]] = defaultdict(lambda: defaultdict(timedelta))
    sairam: dict[StatusOrdem, set[int]] = defaultdict(set)
    for entrou, saiu in pairwise(mudancas):
        if entrou.ordem_id != saiu.ordem_id:
            continue
        tempos[entrou.status][entrou.ordem_id] += saiu.em - entrou.em
        if saiu.em >= desde:
            sairam[entrou.status].add(entrou.ordem_id)
    return {
        status: [tempos[status][ordem] for ordem in ordens] for status, ordens in sairam.items()
    }


def mediana(tempos: Collection[timedelta]) -> timedelta:
    """O do meio, ou a média dos dois do meio; há ao menos um."""
    em_ordem, meio = sorted(tempos), len(tempos) // 2
    return (em_ordem[meio] + em_ordem[~meio]) / 2
