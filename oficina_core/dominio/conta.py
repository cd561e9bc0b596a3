"""Conta: o que uma ordem custa, o que já se pagou e o que ainda se propõe ao cliente."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.orcamento import (
    ItemOrcamento,
    Proposto,
    StatusOrcamento,
    a_aprovar,
    situacao,
)
from oficina_core.dominio.ordem import StatusOrdem


@dataclass(frozen=True, kw_only=True, slots=True)
class Conta:
    """A mesma conta na ficha, na fila e no histórico; nada dela se grava."""

    total: Decimal
    pago: Decimal
    a_aprovar: Decimal
    aguarda_complementar: bool
    falta_peca: bool
    orcamento_vencido: bool

    @property
    def saldo(self) -> Decimal:
        """O que falta receber; negativo, o que se deve devolver."""
        return self.total - self.pago

    @classmethod
    def de(
        cls,
        status: StatusOrdem,
        itens: Collection[ItemOrcamento],
        abertos: Collection[Proposto],
        pagos: Iterable[Decimal],
        hoje: date,
    ) -> "Conta":
        """A conta de uma ordem: as linhas, os orçamentos sem resposta e os pagamentos dela."""
        cobrados = () if status is StatusOrdem.CANCELADA else itens
        executa = status is StatusOrdem.EM_EXECUCAO
        espera = any(o.status is StatusOrcamento.AGUARDANDO_APROVACAO for o in abertos)
        return cls(
            total=sum((item.cobrado for item in cobrados), ZERO),
            pago=sum(pagos, ZERO),
            a_aprovar=a_aprovar(abertos),
            aguarda_complementar=executa and espera,
            falta_peca=executa and any(item.falta for item in itens),
            orcamento_vencido=any(
                situacao(o.status, o.validade, hoje) is StatusOrcamento.EXPIRADO for o in abertos
            ),
        )
