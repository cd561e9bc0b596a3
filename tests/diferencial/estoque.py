"""Pedidos sorteados de estoque."""

from oficina_core.casos import estoque
from tests.diferencial.mundos import Dito
from tests.diferencial.roteiro import Roteiro


def entrar_estoque(r: Roteiro) -> Dito:
    campos = {"peca_id": r.referencia("pecas", "codigo"), "quantidade": r.quantidade()}
    custo = r.talvez(r.reais(), 60)
    return Dito(
        estoque.EntradaEstoque, {**campos, "custo": custo, "motivo": r.talvez(r.nota(), 20)}
    )


def ajustar_estoque(r: Roteiro) -> Dito:
    delta = r.quantidade() * r.um((1, -1))
    campos = {"peca_id": r.referencia("pecas", "codigo"), "delta": delta}
    return Dito(estoque.AjustarEstoque, {**campos, "motivo": r.nota()})


def conferir_estoque(r: Roteiro) -> Dito:
    campos = {"peca_id": r.referencia("pecas", "codigo"), "contado": r.quantidade()}
    return Dito(estoque.ConferirEstoque, campos)


def estornar_movimento(r: Roteiro) -> Dito:
    numero = r.numero("movimentos_estoque")
    return Dito(estoque.EstornarMovimento, {"movimento_id": numero, "motivo": r.nota()})


def definir_prateleira(r: Roteiro) -> Dito:
    campos = {"peca_id": r.referencia("pecas", "codigo"), "minimo": r.quantidade()}
    return Dito(estoque.DefinirPrateleira, {**campos, "localizacao": r.talvez(r.nome())})
