"""O cadastro de kits: serviços e peças que se orçam juntos."""

import re
from decimal import Decimal
from typing import Any

from oficina_cli.tui.cadastro import Cadastro, Coluna, Fichario
from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo, Tipo
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.kits import (
    CriarKit,
    DesativarKit,
    EditarKit,
    FichaKit,
    ItemPedido,
    LinhaKit,
    ListarKits,
    VerKit,
)
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.dinheiro import ler_quantidade
from oficina_core.dominio.orcamento import TipoItem
from oficina_core.texto import quantidade

ENTRE_ITENS = re.compile(r",?\s+|;\s*")  # a vírgula sem espaço é a da quantidade

Itens = tuple[ItemPedido, ...]


def ler_itens(dito: str) -> Itens:
    """`OLEO, 3,5*OLEO-5W30`: um do primeiro, três e meio do segundo."""
    junto = re.sub(r"\s*\*\s*", "*", dito.strip(" ,;"))
    return tuple(map(_ler_item, ENTRE_ITENS.split(junto)))


def _ler_item(dito: str) -> ItemPedido:
    vezes, estrela, codigo = dito.rpartition("*")
    return ItemPedido(id=codigo, quantidade=ler_quantidade(vezes) if estrela else Decimal(1))


def mostrar_itens(itens: Itens) -> str:
    return ", ".join(map(_mostrar_item, itens))


def _mostrar_item(item: ItemPedido) -> str:
    vezes = quantidade(item.quantidade).replace(".", "")
    return str(item.id) if vezes == "1" else f"{vezes}*{item.id}"


ITENS = Tipo(ler=ler_itens, mostrar=mostrar_itens, maximo=4000)


class CadastroKit(Cadastro):
    """Os códigos se escrevem em linha, com a quantidade antes: `3,5*OLEO-5W30`."""

    RECURSO = Recurso.KIT

    def perguntas(self) -> tuple[Campo, ...]:
        return (
            Campo(nome="codigo", rotulo="Código", tipo=campos.CODIGO, obrigatorio=True),
            Campo(nome="nome", rotulo="Nome", tipo=campos.NOME, obrigatorio=True),
            Campo(
                nome="servicos",
                rotulo="Códigos dos serviços",
                tipo=ITENS,
                dica="OLEO, 2*ALINHAMENTO",
            ),
            Campo(
                nome="pecas",
                rotulo="Códigos das peças",
                tipo=ITENS,
                dica="FILTRO-OLEO, 3,5*OLEO-5W30",
            ),
        )

    def valores_de(self, ficha: FichaKit) -> dict[str, Any]:
        return {
            "codigo": ficha.codigo,
            "nome": ficha.nome,
            "servicos": _do_tipo(ficha, TipoItem.SERVICO) or None,
            "pecas": _do_tipo(ficha, TipoItem.PECA) or None,
        }

    def caso(self, valores: dict[str, Any]) -> CasoDeUso[FichaKit]:
        ditos = {
            **valores,
            "servicos": valores["servicos"] or (),
            "pecas": valores["pecas"] or (),
        }
        if self.ficha is None:
            return CriarKit(**ditos)
        return EditarKit(**ditos, kit_id=self.ficha.id, versao=self.versao or 0)

    @staticmethod
    def ver(id: int) -> CasoDeUso[FichaKit]:
        return VerKit(kit_id=id)


def _do_tipo(ficha: FichaKit, tipo: TipoItem) -> Itens:
    return tuple(
        ItemPedido(id=item.codigo, quantidade=item.quantidade)
        for item in ficha.itens
        if item.tipo is tipo
    )


KITS = Fichario(
    nome="Kits",
    linha=LinhaKit,
    colunas=(
        Coluna("Código", lambda k: k.codigo, 16),
        Coluna("Kit", lambda k: k.nome),
    ),
    formulario=CadastroKit,
    listar=ListarKits,
    criar=CriarKit,
    editar=EditarKit,
    desativar=DesativarKit,
    dica="um pedaço do código ou do nome",
    efeito="Sai das listas e dos orçamentos novos; os orçamentos já feitos não mudam.",
)
