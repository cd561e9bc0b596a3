"""O resumo do pedido, que diz se a mesma chave voltou com o mesmo pedido."""

from dataclasses import dataclass

from oficina_core.banco.idempotencia import Chave


def test_campo_novo_no_padrao_nao_muda_o_pedido_de_ontem() -> None:
    """Quem repete, depois de atualizar o programa, recebe a resposta que já teve."""

    @dataclass(frozen=True)
    class Pedir:
        nome: str

    de_ontem = Chave.de("sistema", Pedir("Ana"), "chave", None).resumo

    @dataclass(frozen=True)
    class PedirMais(Pedir):
        urgente: bool = False

    assert Chave.de("sistema", PedirMais("Ana"), "chave", None).resumo == de_ontem
    assert Chave.de("sistema", PedirMais("Ana", urgente=True), "chave", None).resumo != de_ontem
    assert Chave.de("sistema", PedirMais("Ana"), "chave", 2).resumo != de_ontem
