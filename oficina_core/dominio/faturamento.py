"""Faturamento: o que se cobrou das ordens finalizadas; nada dele se grava."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from oficina_core.dominio.dinheiro import ZERO, centavos, de_centavos, dividir
from oficina_core.dominio.orcamento import ItemOrcamento, TipoItem

G = TypeVar("G", bound=Hashable)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrdemFaturada:
    """Uma ordem finalizada: em que dia da loja, quanto se executou, e as linhas aprovadas dela."""

    id: int
    loja_id: int
    mecanico_id: int | None
    dia: date
    execucao: timedelta
    itens: tuple[ItemOrcamento, ...]

    @property
    def total(self) -> Decimal:
        return sum((item.cobrado for item in self.itens), ZERO)

    def estimado(self, tempos: Mapping[int, int]) -> int:
        """Os minutos que os serviços dela deviam levar, pelo tempo de cada serviço."""
        return sum(
            tempos[item.servico_id] * item.quantidade
            for item in self.itens
            if item.servico_id is not None
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Faturamento:
    """De quantas ordens, quanto em mão de obra e em peças, e de quanto se abriu mão."""

    ordens: int
    mao_de_obra: Decimal
    pecas: Decimal
    desconto: Decimal

    @classmethod
    def de(cls, ordens: Collection[OrdemFaturada]) -> "Faturamento":
        itens = [item for ordem in ordens for item in ordem.itens]
        return cls(
            ordens=len(ordens),
            mao_de_obra=_cobrado(item for item in itens if item.tipo is TipoItem.SERVICO),
            pecas=_cobrado(item for item in itens if item.tipo is TipoItem.PECA),
            desconto=sum((item.descontado for item in itens), ZERO),
        )

    @property
    def total(self) -> Decimal:
        return self.mao_de_obra + self.pecas

    @property
    def ticket(self) -> Decimal:
        """Quanto deu cada ordem, em média; zero se não houve nenhuma."""
        return de_centavos(dividir(centavos(self.total), self.ordens)) if self.ordens else ZERO


def agrupar(
    ordens: Iterable[OrdemFaturada], por: Callable[[OrdemFaturada], G]
) -> dict[G, list[OrdemFaturada]]:
    """As ordens de cada um: cada ordem está em um grupo, e um só."""
    grupos: dict[G, list[OrdemFaturada]] = defaultdict(list)
    for ordem in ordens:
        grupos[por(ordem)].append(ordem)
    return grupos


def a_receber(ordens: Iterable[OrdemFaturada], pagos: Mapping[int, Decimal]) -> Decimal:
    """O que falta pagar delas; o que se pagou a mais em uma não abate de outra."""
    return sum((max(ZERO, o.total - pagos.get(o.id, ZERO)) for o in ordens), ZERO)


def por_cento(parte: Decimal, todo: Decimal) -> Decimal | None:
    """Quanto a parte é do todo, com um decimal; None se não há de quê."""
    if not todo:
        return None
    return Decimal(dividir(centavos(parte) * 1000, centavos(todo))) / 10


def _cobrado(itens: Iterable[ItemOrcamento]) -> Decimal:
    return sum((item.cobrado for item in itens), ZERO)
