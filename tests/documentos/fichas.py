"""Fichas prontas para imprimir, sem oficina: só o que o teste quer ver muda."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from oficina_core.casos.impressoes import (
    FichaImpressao,
    FichaImpressaoOrdem,
    ItemImpresso,
    OrcamentoImpresso,
)
from oficina_core.casos.ordens import FichaOrdem, LinhaPagamento
from oficina_core.dominio.dinheiro import ZERO, Unidade
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento, TipoItem
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento

AGORA = datetime(2026, 11, 23, 12, tzinfo=UTC)


def item(numero: int = 1, **campos: Any) -> ItemImpresso:
    dados: dict[str, Any] = {
        "id": numero,
        "tipo": TipoItem.PECA,
        "codigo": f"PECA-{numero}",
        "descricao": f"Peça número {numero}",
        "quantidade": Decimal(2),
        "unidade": Unidade.UN,
        "disponivel": None,
        "preco_unitario": Decimal("35.00"),
        "desconto": ZERO,
        "total": Decimal("70.00"),
        "status": StatusItem.PENDENTE,
        "motivo": None,
        "falta": ZERO,
        "usada": None,
        "cobrado": None,
        "servico_id": None,
        "peca_id": numero,
    }
    return ItemImpresso(**(dados | campos))


def servico(numero: int = 1, **campos: Any) -> ItemImpresso:
    dados: dict[str, Any] = {
        "tipo": TipoItem.SERVICO,
        "codigo": f"SERVICO-{numero}",
        "descricao": f"Serviço número {numero}",
        "quantidade": Decimal(1),
        "preco_unitario": Decimal("150.00"),
        "total": Decimal("150.00"),
        "servico_id": numero,
        "peca_id": None,
    }
    return item(numero, **(dados | campos))


def proposta(*itens: ItemImpresso, **campos: Any) -> OrcamentoImpresso:
    dados: dict[str, Any] = {
        "id": 12,
        "status": StatusOrcamento.AGUARDANDO_APROVACAO,
        "revisao": 1,
        "complementar_de": None,
        "descricao": "Troca das pastilhas",
        "validade": date(2026, 12, 3),
        "motivo": None,
        "decidido_por": None,
        "decidido_meio": None,
        "decidido_em": None,
        "itens": itens or (servico(), item(), item(2, descricao="Óleo – 5W30 “sintético”")),
        "criado_em": AGORA,
    }
    return OrcamentoImpresso(**(dados | campos))


def aprovada(*itens: ItemImpresso, **campos: Any) -> OrcamentoImpresso:
    """Um orçamento aprovado; a linha que não diz outra coisa também o está."""
    decididos = tuple(
        replace(x, status=StatusItem.APROVADO) if x.status is StatusItem.PENDENTE else x
        for x in itens or proposta().itens
    )
    dados: dict[str, Any] = {
        "status": StatusOrcamento.APROVADO,
        "decidido_por": "Ana Conceição",
        "decidido_meio": Meio.WHATSAPP,
        "decidido_em": AGORA,
    }
    return proposta(*decididos, **(dados | campos))


def _cercanias(campos: dict[str, Any]) -> dict[str, Any]:
    return {
        "loja": "Auto Mecânica São Jorge",
        "fuso": "America/Sao_Paulo",
        "cliente": "Ana Conceição",
        "documento": "52998224725",
        "telefone": "+5511987654321",
        "placa": "ABC1D23",
        "veiculo": "VW Gol 1.0",
        "ano": 2015,
        "cor": "prata",
    } | campos


def do_orcamento(orcamento: OrcamentoImpresso | None = None, **campos: Any) -> FichaImpressao:
    dados = {"ordem": None, "orcamentos": (orcamento or proposta(),)}
    return FichaImpressao(**(_cercanias(dados) | campos))


def da_ordem(*orcamentos: OrcamentoImpresso, **campos: Any) -> FichaImpressaoOrdem:
    dados = {"ordem": ordem(), "orcamentos": orcamentos or (aprovada(),)}
    return FichaImpressaoOrdem(**(_cercanias(dados) | campos))


def ordem(**campos: Any) -> FichaOrdem:
    dados: dict[str, Any] = {
        "id": 7,
        "status": StatusOrdem.EM_EXECUCAO,
        "placa": "ABC1D23",
        "veiculo": "VW Gol 1.0",
        "cliente_id": 1,
        "cliente": "Ana Conceição",
        "telefone": "+5511987654321",
        "queixa": "Barulho no freio",
        "mecanico": "Zé da Silva",
        "km_entrada": 98500,
        "km_saida": None,
        "aguarda_complementar": False,
        "falta_peca": False,
        "a_aprovar": ZERO,
        "total": Decimal("290.00"),
        "pago": ZERO,
        "saldo": Decimal("290.00"),
        "aviso": None,
        "motivo_cancelamento": None,
        "orcamentos": (),
        "sugestoes": (),
        "pagamentos": (),
        "anotacoes": (),
        "criado_em": AGORA,
        "data_inicio": AGORA,
        "data_fim": None,
        "versao": 1,
    }
    return FichaOrdem(**(dados | campos))


def pagamento(numero: int, valor: str, estorno_de: int | None = None) -> LinhaPagamento:
    return LinhaPagamento(
        id=numero,
        forma=FormaPagamento.PIX,
        valor=Decimal(valor),
        em=AGORA,
        ator="sistema",
        estorno_de=estorno_de,
    )
