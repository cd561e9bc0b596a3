"""Serviço: a mão de obra que a oficina oferece."""

from dataclasses import dataclass
from decimal import Decimal

from oficina_core.dominio.entidade import Cadastro


@dataclass(kw_only=True, slots=True)
class Servico(Cadastro):
    """`tempo_estimado` em minutos."""

    codigo: str
    nome: str
    preco: Decimal
    tempo_estimado: int
