"""O que se imprime: o orçamento ou a ordem, e o que só o papel diz, lidos de uma vez."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self

from oficina_core.casos.clientes import documento_para, telefone_para
from oficina_core.casos.orcamentos import LinhaItem
from oficina_core.casos.ordens import FichaOrdem, ficha
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.orcamento import Meio, Orcamento, Produto, StatusOrcamento
from oficina_core.dominio.ordem import OrdemServico


@dataclass(frozen=True, kw_only=True)
class ItemImpresso(LinhaItem):
    """A linha do orçamento, com o código de hoje do serviço ou da peça."""

    codigo: str


@dataclass(frozen=True, kw_only=True)
class OrcamentoImpresso:
    """Um orçamento, com quem respondeu a ele, quando e por que meio."""

    id: int
    status: StatusOrcamento
    revisao: int
    complementar_de: int | None
    descricao: str
    validade: date | None
    motivo: str | None
    decidido_por: str | None
    decidido_meio: Meio | None
    decidido_em: datetime | None
    itens: tuple[ItemImpresso, ...]
    criado_em: datetime

    @classmethod
    def de(cls, orcamento: Orcamento, codigos: Mapping[Produto, str], hoje: date) -> Self:
        return cls(
            id=orcamento.id,
            status=orcamento.situacao(hoje),
            revisao=orcamento.revisao,
            complementar_de=orcamento.complementar_de,
            descricao=orcamento.descricao,
            validade=orcamento.validade,
            motivo=orcamento.motivo,
            decidido_por=orcamento.decidido_por,
            decidido_meio=orcamento.decidido_meio,
            decidido_em=orcamento.decidido_em,
            itens=tuple(
                ItemImpresso(
                    **asdict(LinhaItem.de(item, {}, executa=False)), codigo=codigos[item.produto]
                )
                for item in orcamento.itens
            ),
            criado_em=orcamento.criado_em,
        )


@dataclass(frozen=True, kw_only=True)
class FichaImpressao:
    """O que se imprime, com a loja, o cliente e o carro.

    As horas se mostram no fuso da loja. O cliente lê o seu documento e o seu telefone inteiros; o
    mecânico, mascarados (LGPD).
    """

    loja: str
    fuso: str
    cliente: str
    documento: str | None
    telefone: str | None
    placa: str
    veiculo: str
    ano: int | None
    cor: str | None
    ordem: FichaOrdem | None
    orcamentos: tuple[OrcamentoImpresso, ...]


@dataclass(frozen=True, kw_only=True)
class FichaImpressaoOrdem(FichaImpressao):
    """O que se imprime de uma ordem: ela vem sempre."""

    ordem: FichaOrdem


@dataclass(frozen=True, kw_only=True)
class ImprimirOrcamento:
    """Mostra o que se imprime de um orçamento; se há ordem, também ela."""

    orcamento_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaImpressao:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        ordem = uow.ordens.obter(orcamento.ordem_id) if orcamento.ordem_id else None
        return FichaImpressao(
            ordem=ficha(uow, ordem) if ordem else None, **_cercanias(uow, orcamento, [orcamento])
        )


@dataclass(frozen=True, kw_only=True)
class ImprimirOrdem:
    """Mostra o que se imprime de uma ordem de serviço, com todos os orçamentos dela."""

    ordem_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaImpressaoOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        orcamentos = uow.orcamentos.da_ordem(ordem.id)
        return FichaImpressaoOrdem(ordem=ficha(uow, ordem), **_cercanias(uow, ordem, orcamentos))


def _cercanias(
    uow: UnidadeDeTrabalho, impresso: Orcamento | OrdemServico, orcamentos: Sequence[Orcamento]
) -> dict[str, Any]:
    """A loja, o cliente, o carro e os orçamentos do que se imprime."""
    loja = uow.lojas.obter(impresso.loja_id)
    cliente = uow.clientes.citado(impresso.cliente_id)
    veiculo = uow.veiculos.citado(impresso.veiculo_id)
    codigos = uow.orcamentos.codigos([orcamento.id for orcamento in orcamentos])
    hoje = uow.hoje(loja.id)
    return {
        "loja": loja.nome,
        "fuso": loja.fuso,
        "cliente": cliente.nome,
        "documento": documento_para(uow.ator, cliente),
        "telefone": telefone_para(uow.ator, cliente),
        "placa": veiculo.placa,
        "veiculo": f"{veiculo.marca} {veiculo.modelo}",
        "ano": veiculo.ano,
        "cor": veiculo.cor,
        "orcamentos": tuple(OrcamentoImpresso.de(o, codigos, hoje) for o in orcamentos),
    }
