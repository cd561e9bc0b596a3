"""As linhas de um rascunho, de volta à forma em que se pedem."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import LinhaItem
from oficina_core.dominio.erros import NaoEncontrado

Pedidos = tuple[ItemPedido, ...]


def mudar(
    itens: Sequence[LinhaItem], tirar: Collection[int], quantidades: Mapping[int, Decimal]
) -> tuple[Pedidos, Pedidos]:
    """Os serviços e as peças que ficam, com as quantidades novas."""
    if estranhas := {*tirar, *quantidades} - {item.id for item in itens}:
        raise NaoEncontrado(f"A linha {min(estranhas)} não é deste orçamento.")
    ficam = [
        (
            item,
            ItemPedido(
                id=item.servico_id or item.peca_id or 0,
                quantidade=quantidades.get(item.id, item.quantidade),
                desconto=item.desconto,
            ),
        )
        for item in itens
        if item.id not in tirar
    ]
    servicos = tuple(pedido for item, pedido in ficam if item.servico_id)
    return servicos, tuple(pedido for item, pedido in ficam if item.peca_id)
