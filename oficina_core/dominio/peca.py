"""Peça: o que a oficina vende. Saldo e custo ficam no estoque de cada loja."""

from dataclasses import dataclass
from decimal import Decimal

from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.entidade import Cadastro


@dataclass(kw_only=True, slots=True)
class Peca(Cadastro):
    """`preco` é por unidade comercial."""

    codigo: str
    nome: str
    unidade: Unidade = Unidade.UN
    preco: Decimal
