"""Casos de uso do kit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import (
    Busca,
    Recurso,
    ativar,
    exigir_ativo,
    por_nome,
    recusar_repetido,
)
from oficina_core.casos.campos import Referencia
from oficina_core.casos.estoque import disponiveis
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import (
    ZERO,
    Quantidade,
    Reais,
    Unidade,
    conferir_quantidade,
    total_da_linha,
)
from oficina_core.dominio.erros import DadoInvalido, NaoEncontrado
from oficina_core.dominio.kit import ItemKit, Kit
from oficina_core.dominio.orcamento import TipoItem
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.servico import Servico
from oficina_core.dominio.valores import Codigo

ITENS_MAXIMO = 100


@dataclass(frozen=True, kw_only=True)
class LinhaItemKit:
    """Um item do kit, com o preço de hoje e, se é peça, o que a loja de quem pede tem dela."""

    tipo: TipoItem
    servico_id: int | None
    peca_id: int | None
    codigo: str
    nome: str
    quantidade: Quantidade
    unidade: Unidade
    disponivel: Quantidade | None
    preco: Reais
    total: Reais


@dataclass(frozen=True, kw_only=True)
class FichaKit:
    """O kit e o que vale hoje."""

    id: int
    codigo: str
    nome: str
    total: Reais
    itens: tuple[LinhaItemKit, ...]
    ativo: bool
    versao: int


@dataclass(frozen=True, kw_only=True)
class LinhaKit:
    """O kit em uma lista: o que vale hoje, e quantos itens leva."""

    id: int
    codigo: str
    nome: str
    itens: int
    total: Reais
    ativo: bool

    @classmethod
    def de(cls, linha: Linha, itens: Sequence[Linha]) -> Self:
        return cls(
            id=linha["id"],
            codigo=linha["codigo"],
            nome=linha["nome"],
            itens=len(itens),
            total=total_de_hoje(itens),
            ativo=linha["ativo"],
        )


@dataclass(frozen=True, kw_only=True)
class ItemPedido:
    """Um serviço ou peça pedido: id ou código, quantidade na unidade comercial, desconto em R$."""

    id: Referencia
    quantidade: Quantidade = Decimal(1)
    desconto: Reais = ZERO

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            id=campos.referencia(self.id, Codigo),
            quantidade=conferir_quantidade(self.quantidade),
            desconto=campos.reais(self.desconto, "desconto"),
        )


@dataclass(frozen=True, kw_only=True)
class DadosKit:
    """O que compõe um kit; cada serviço ou peça é um id, um código ou um pedido inteiro."""

    codigo: str
    nome: str
    servicos: tuple[Referencia | ItemPedido, ...] = ()
    pecas: tuple[Referencia | ItemPedido, ...] = ()

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            codigo=Codigo(self.codigo),
            nome=campos.nome(self.nome),
            servicos=campos.referencias(self.servicos, Codigo),
            pecas=campos.referencias(self.pecas, Codigo),
        )
        if self.tamanho > ITENS_MAXIMO:
            raise DadoInvalido(
                f"O kit {self.codigo} tem mais de {ITENS_MAXIMO} itens; divida-o.", "pecas"
            )
        if any(item.desconto for item in (*pedidos(self.servicos), *pedidos(self.pecas))):
            raise DadoInvalido("O kit não guarda desconto; dê-o no orçamento.", "desconto")

    @property
    def tamanho(self) -> int:
        return len(self.servicos) + len(self.pecas)

    def compor(self, kit: Kit, citados: "Citados") -> None:
        """Dá ao kit o nome e os itens pedidos."""
        kit.codigo, kit.nome = self.codigo, self.nome
        kit.compor(
            [
                *(citados.servico(item) for item in pedidos(self.servicos)),
                *(citados.peca(item) for item in pedidos(self.pecas)),
            ]
        )


def pedidos(itens: tuple[Referencia | ItemPedido, ...]) -> list[ItemPedido]:
    """Cada item na forma inteira: o id ou código solto pede um."""
    return [item if isinstance(item, ItemPedido) else ItemPedido(id=item) for item in itens]


@dataclass(frozen=True, kw_only=True)
class Citados:
    """Os serviços e as peças que uns kits citam, achados de uma vez."""

    servicos: Mapping[Referencia, Servico]
    pecas: Mapping[Referencia, Peca]

    @classmethod
    def por(cls, uow: UnidadeDeTrabalho, kit: DadosKit) -> Self:
        """Levanta NaoEncontrado no primeiro que falta, e RegraViolada se está desativado."""
        citados = cls(
            servicos=uow.servicos.achar_varios([i.id for i in pedidos(kit.servicos)]),
            pecas=uow.pecas.achar_varios([i.id for i in pedidos(kit.pecas)]),
        )
        citados.exigir_ativos(kit)
        return citados

    @classmethod
    def que_ha(cls, uow: UnidadeDeTrabalho, kits: Sequence[DadosKit]) -> Self:
        """Só os que existem, ativos ou não."""
        return cls(
            servicos=uow.servicos.que_ha([i.id for k in kits for i in pedidos(k.servicos)]),
            pecas=uow.pecas.que_ha([i.id for k in kits for i in pedidos(k.pecas)]),
        )

    def exigir_ativos(self, kit: DadosKit) -> None:
        for servico in pedidos(kit.servicos):
            exigir_ativo(self.servicos[servico.id], Recurso.SERVICO)
        for peca in pedidos(kit.pecas):
            exigir_ativo(self.pecas[peca.id], Recurso.PECA)

    def servico(self, item: ItemPedido) -> ItemKit:
        servico = self.servicos.get(item.id)
        if servico is None:
            raise NaoEncontrado(f"não há o serviço {item.id}; importe os serviços antes.")
        return ItemKit(servico_id=servico.id, quantidade=Unidade.UN.base(item.quantidade))

    def peca(self, item: ItemPedido) -> ItemKit:
        peca = self.pecas.get(item.id)
        if peca is None:
            raise NaoEncontrado(f"não há a peça {item.id}; importe as peças antes.")
        return ItemKit(peca_id=peca.id, quantidade=peca.unidade.base(item.quantidade))


@dataclass(frozen=True, kw_only=True)
class CriarKit(DadosKit):
    """Junta serviços e peças que se orçam de uma vez."""

    def executar(self, uow: UnidadeDeTrabalho) -> FichaKit:
        recusar_repetido(uow.kits, self.codigo, Recurso.KIT)
        kit = Kit(codigo=self.codigo, nome=self.nome)
        self.compor(kit, Citados.por(uow, self))
        uow.kits.adicionar(kit)
        return ficha(uow, kit)


@dataclass(frozen=True, kw_only=True)
class EditarKit(DadosKit):
    """Troca o nome e o conteúdo do kit; os orçamentos já feitos não mudam."""

    kit_id: int
    versao: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaKit:
        kit = uow.kits.obter(self.kit_id)
        kit.conferir_versao(self.versao)
        recusar_repetido(uow.kits, self.codigo, Recurso.KIT, kit.id)
        self.compor(kit, Citados.por(uow, self))
        uow.kits.salvar(kit)
        return ficha(uow, kit)


@dataclass(frozen=True, kw_only=True)
class VerKit:
    """Mostra um kit e o preço dele hoje."""

    kit_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaKit:
        return ficha(uow, uow.kits.obter(self.kit_id))


@dataclass(frozen=True, kw_only=True)
class ListarKits(Busca):
    """Lista os kits por código."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaKit]:
        kits = self.linhas(uow.kits)
        itens = uow.kits.itens_de([kit["id"] for kit in kits])
        return self.paginar(kits, por_nome, lambda kit: LinhaKit.de(kit, itens[kit["id"]]))


@dataclass(frozen=True, kw_only=True)
class DesativarKit:
    """Tira o kit das listas."""

    kit_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaKit:
        return ficha(uow, ativar(uow.kits, self.kit_id, ativo=False))


@dataclass(frozen=True, kw_only=True)
class ReativarKit:
    """Devolve o kit às listas."""

    kit_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaKit:
        return ficha(uow, ativar(uow.kits, self.kit_id, ativo=True))


def ficha(uow: UnidadeDeTrabalho, kit: Kit) -> FichaKit:
    servicos = uow.servicos.achar_varios([i.servico_id for i in kit.itens if i.servico_id])
    pecas = uow.pecas.achar_varios([i.peca_id for i in kit.itens if i.peca_id])
    loja = uow.ator.loja
    ha = disponiveis(uow, loja, [peca.id for peca in pecas.values()]) if loja else {}
    itens = tuple(
        _linha(servicos[item.servico_id] if item.servico_id else pecas[item.peca_id or 0], item, ha)
        for item in kit.itens
    )
    return FichaKit(
        id=kit.id,
        codigo=kit.codigo,
        nome=kit.nome,
        total=sum((item.total for item in itens), ZERO),
        itens=itens,
        ativo=kit.ativo,
        versao=kit.versao,
    )


def total_de_hoje(itens: Sequence[Linha]) -> Decimal:
    """O que um kit custa agora, arredondado linha a linha, como na ficha dele."""
    return sum((_custa(item) for item in itens), ZERO)


def _custa(item: Linha) -> Decimal:
    unidade = item["unidade"] or Unidade.UN
    return total_da_linha(item["preco"], item["quantidade"], unidade.fator)


def _linha(produto: Peca | Servico, item: ItemKit, ha: Mapping[int, int]) -> LinhaItemKit:
    unidade = produto.unidade if isinstance(produto, Peca) else Unidade.UN
    disponivel = ha.get(item.peca_id or 0)
    return LinhaItemKit(
        tipo=TipoItem.PECA if isinstance(produto, Peca) else TipoItem.SERVICO,
        servico_id=item.servico_id,
        peca_id=item.peca_id,
        disponivel=None if disponivel is None else unidade.comercial(disponivel),
        codigo=produto.codigo,
        nome=produto.nome,
        quantidade=unidade.comercial(item.quantidade),
        unidade=unidade,
        preco=produto.preco,
        total=total_da_linha(produto.preco, item.quantidade, unidade.fator),
    )
