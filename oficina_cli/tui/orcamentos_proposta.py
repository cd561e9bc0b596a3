"""O rascunho de um orçamento como se edita no balcão: as linhas por produto, sem o banco."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple, Self

from oficina_cli.tui.widgets.conflito import Diferenca
from oficina_core.casos.itens import ItemAchado, TipoAchado
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import FichaOrcamento, LinhaItem
from oficina_core.dominio.dinheiro import CENTAVO, ZERO, ler_quantidade, ler_reais
from oficina_core.texto import quantidade, reais

VEZES = re.compile(r"\s*([0-9]+(?:,[0-9]{1,3})?)\s*\*\s*(\S.*)")


class Produto(NamedTuple):
    """O que uma linha vende: serviço ou peça."""

    servico_id: int | None
    peca_id: int | None

    @classmethod
    def de(cls, achado: ItemAchado) -> Self:
        """O de um serviço ou peça; um kit não é uma linha."""
        peca = achado.tipo is TipoAchado.PECA
        return cls(None if peca else achado.id, achado.id if peca else None)


@dataclass(frozen=True)
class Linha:
    """Quanto de um produto, e o desconto em reais."""

    nome: str
    quantidade: Decimal
    desconto: Decimal = ZERO

    def com(self, quantidade: Decimal) -> Self:
        """Em outra quantidade; o desconto é a mesma parte do preço, e nunca mais que ela."""
        parte = self.desconto * quantidade / self.quantidade
        desconto = parte.quantize(CENTAVO, ROUND_DOWN)
        return replace(self, quantidade=quantidade, desconto=desconto)


Linhas = Mapping[Produto, Linha]


def produto_de(item: LinhaItem) -> Produto:
    """O que a linha vende; não muda quando ela se grava de novo."""
    return Produto(item.servico_id, item.peca_id)


def linhas_de(ficha: FichaOrcamento | None) -> dict[Produto, Linha]:
    """As do orçamento, na ordem em que estão."""
    itens: tuple[LinhaItem, ...] = ficha.itens if ficha else ()
    return {
        produto_de(item): Linha(item.descricao, item.quantidade, item.desconto) for item in itens
    }


def pedido(linhas: Linhas) -> dict[str, Any]:
    """Os campos `servicos` e `pecas` de uma proposta."""
    servicos, pecas = list[ItemPedido](), list[ItemPedido]()
    for produto, linha in linhas.items():
        onde, id = (
            (servicos, produto.servico_id) if produto.servico_id else (pecas, produto.peca_id)
        )
        onde.append(ItemPedido(id=id or 0, quantidade=linha.quantidade, desconto=linha.desconto))
    return {"servicos": tuple(servicos), "pecas": tuple(pecas)}


def sem_desconto(linhas: Linhas) -> dict[Produto, Linha]:
    return {produto: replace(linha, desconto=ZERO) for produto, linha in linhas.items()}


def com(linhas: Linhas, achado: ItemAchado, quantas: Decimal) -> dict[str, Any]:
    """A proposta com mais este kit, serviço ou peça; o repetido soma na linha dele."""
    if achado.tipo is TipoAchado.KIT:
        vezes = max(1, int(quantas))
        return {**pedido(linhas), "kits": (achado.id,) * vezes}
    produto = Produto.de(achado)
    antes = linhas.get(produto)
    linha = antes.com(antes.quantidade + quantas) if antes else Linha(achado.nome, quantas)
    return pedido({**linhas, produto: linha})


def repetidas(antes: Linhas, agora: Linhas) -> list[str]:
    """As que já estavam, e ficaram com mais."""
    return [
        f"{linha.nome} já estava: agora são {quantidade(agora[produto].quantidade)}"
        for produto, linha in antes.items()
        if produto in agora and agora[produto].quantidade > linha.quantidade
    ]


def quantas_e_que(texto: str) -> tuple[Decimal, str]:
    """`2*OLEO` são dois de OLEO; sem número, um."""
    dito = VEZES.fullmatch(texto)
    return (ler_quantidade(dito[1]), dito[2].strip()) if dito else (Decimal(1), texto.strip())


def ler_desconto(dito: str) -> dict[str, Decimal]:
    """`50` ou `50,00` em reais, `10%`, ou `=500,00`, o valor por que se fecha."""
    if dito.startswith("="):
        return {"valor_final": ler_reais(dito[1:])}
    if dito.endswith("%"):
        return {"desconto_percentual": ler_quantidade(dito[:-1])}
    return {"desconto": ler_reais(dito)}


def diferencas(base: Linhas, seu: Linhas, atual: Linhas) -> list[Diferenca]:
    """As linhas em que o seu e o que está gravado não são iguais.

    Fica o seu onde só você mexeu, e o atual onde só o outro mexeu.
    """
    achadas = []
    for produto in dict.fromkeys([*seu, *atual]):
        um, outro, antes = seu.get(produto), atual.get(produto), base.get(produto)
        if um == outro:
            continue
        nome = (um or outro or Linha("", ZERO)).nome
        achadas.append(
            Diferenca(chave(produto), nome, dizer(um), dizer(outro), fica_o_seu=outro == antes)
        )
    return achadas


def fundir(seu: Linhas, atual: Linhas, ficam: Iterable[str]) -> dict[Produto, Linha]:
    """O que se escolheu, linha por linha."""
    escolhidas = set(ficam)
    juntas = {}
    for produto in dict.fromkeys([*atual, *seu]):
        de = seu if chave(produto) in escolhidas else atual
        if seu.get(produto) == atual.get(produto):
            de = atual
        if linha := de.get(produto):
            juntas[produto] = linha
    return juntas


def chave(produto: Produto) -> str:
    return f"{produto.servico_id}:{produto.peca_id}"


def dizer(linha: Linha | None) -> str:
    if linha is None:
        return "sem esta linha"
    desconto = f" · −{reais(linha.desconto)}" if linha.desconto else ""
    return f"{quantidade(linha.quantidade)}{desconto}"
