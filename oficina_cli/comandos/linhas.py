"""As linhas de um rascunho, de volta à forma em que se pedem."""

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal

from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import LinhaItem
from oficina_core.dominio.dinheiro import CENTAVO, ZERO
from oficina_core.dominio.erros import NaoEncontrado

Pedidos = tuple[ItemPedido, ...]


def mudar(
    itens: Sequence[LinhaItem],
    tirar: Collection[int],
    quantidades: Mapping[int, Decimal],
    *,
    sem_desconto: bool,
) -> tuple[Pedidos, Pedidos]:
    """Os serviços e as peças que ficam, com as quantidades novas.

    O desconto da linha acompanha a quantidade dela; com `sem_desconto`, dá lugar a outro.
    """
    if estranhas := {*tirar, *quantidades} - {item.id for item in itens}:
        raise NaoEncontrado(f"A linha {min(estranhas)} não é deste orçamento.")
    servicos: list[ItemPedido] = []
    pecas: list[ItemPedido] = []
    for item in itens:
        if item.id in tirar:
            continue
        quantidade = quantidades.get(item.id, item.quantidade)
        desconto = ZERO if sem_desconto else item.desconto * quantidade / item.quantidade
        pedido = ItemPedido(
            id=item.servico_id or item.peca_id or 0,
            quantidade=quantidade,
            desconto=desconto.quantize(CENTAVO, ROUND_DOWN),
        )
        (servicos if item.servico_id else pecas).append(pedido)
    return tuple(servicos), tuple(pecas)
