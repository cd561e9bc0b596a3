"""Pagamento: o que entrou por uma ordem, e o que se devolveu."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from oficina_core.dominio.entidade import Registro
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
