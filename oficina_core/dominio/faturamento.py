"""Faturamento: o que se cobrou das ordens terminadas; nada dele se grava."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from oficina_core.dominio.dinheiro import ZERO, centavos, de_centavos, dividir
from oficina_core.dominio.orcamento import ItemOrcamento, TipoItem


@dataclass(frozen=True, kw_only=True, slots=True)
class Faturamento:
    """De quantas ordens, quanto ao todo e quanto em peças."""

    ordens: int
    total: Decimal
    pecas: Decimal

    @classmethod
    def de(cls, linhas: Iterable[tuple[int, ItemOrcamento]]) -> "Faturamento":
        """Das linhas aprovadas, cada uma com o número da ordem dela."""
        ditas = list(linhas)
        pecas = [item for _, item in ditas if item.tipo is TipoItem.PECA]
        return cls(
            ordens=len({ordem for ordem, _ in ditas}),
            total=_cobrado([item for _, item in ditas]),
            pecas=_cobrado(pecas),
        )

    @property
    def ticket(self) -> Decimal:
        """Quanto deu cada ordem, em média; zero se não houve nenhuma."""
        return de_centavos(dividir(centavos(self.total), self.ordens)) if self.ordens else ZERO


def _cobrado(itens: Sequence[ItemOrcamento]) -> Decimal:
    return sum((item.cobrado for item in itens), ZERO)
