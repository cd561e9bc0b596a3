"""Pagamento: o que entrou por uma ordem, e o que se devolveu."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Self

from oficina_core.dominio.entidade import Registro
from oficina_core.dominio.erros import Conflito
from oficina_core.dominio.valores import Opcao


class FormaPagamento(Opcao):
    DINHEIRO = "DINHEIRO", "dinheiro"
    PIX = "PIX", "Pix"
    CARTAO_CREDITO = "CARTAO_CREDITO", "cartão de crédito"
    CARTAO_DEBITO = "CARTAO_DEBITO", "cartão de débito"
    BOLETO = "BOLETO", "boleto"


@dataclass(kw_only=True, slots=True)
class Pagamento(Registro):
    """Só se acrescenta: o estorno é outro pagamento, negativo, que cita o primeiro."""

    ordem_id: int
    forma: FormaPagamento
    valor: Decimal
    em: datetime
    ator: str
    estorno_de: int | None = None

    def estornar(self, em: datetime, ator: str) -> Self:
        """O pagamento que devolve este; Conflito se este já é um estorno."""
        if self.estorno_de is not None:
            raise Conflito("Isso já é um estorno; registre um pagamento novo.")
        return replace(self, id=0, valor=-self.valor, em=em, ator=ator, estorno_de=self.id)
