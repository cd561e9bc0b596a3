"""As linhas e as somas de um orçamento e de uma ordem, como se cobram."""

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from oficina_core.casos.impressoes import ItemImpresso, OrcamentoImpresso
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.documentos.folha import Conta, Grupo, Linha, Parte
from oficina_core.dominio.dinheiro import ZERO, desconto_da_linha
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento, TipoItem
from oficina_core.texto import data, momento, quantidade, reais

GRUPOS = {TipoItem.SERVICO: "Mão de obra", TipoItem.PECA: "Peças"}
TOTAIS = {
    StatusOrcamento.APROVADO: "Total aprovado",
    StatusOrcamento.RECUSADO: "Total recusado",
}
RECUSADA = "Recusado"  # a nota da linha


def parte(titulo: str, orcamento: OrcamentoImpresso, fuso: ZoneInfo) -> Parte:
    """O orçamento; as linhas recusadas de um que se aprovou ficam à vista, mas não somam.

    Sem título, é o único da folha, que já diz em que pé ele está.
    """
    contados = [item for item in orcamento.itens if _conta(item, orcamento)]
    total = sum(map(_cobrado, contados), ZERO)
    desconto = sum(map(_desconto, contados), ZERO)
    return Parte(
        titulo=titulo,
        resposta=_resposta(orcamento, fuso) if titulo or orcamento.decidido_em else "",
        grupos=tuple(_grupos(orcamento)),
        contas=tuple(_contas(orcamento, total, desconto)),
    )


def da_ordem(ordem: FichaOrdem) -> Iterator[Conta]:
    """O que a ordem custa, o que já se pagou e o que falta."""
    if ordem.a_aprovar:
        yield Conta(rotulo="À espera de resposta", valor=reais(ordem.a_aprovar))
    yield Conta(rotulo="Total da ordem", valor=reais(ordem.total), forte=not ordem.pago)
    if not ordem.pago:
        return
    yield Conta(rotulo="Pago", valor=reais(ordem.pago))
    rotulo = "Falta pagar" if ordem.saldo >= 0 else "A favor do cliente"
    yield Conta(rotulo=rotulo, valor=reais(abs(ordem.saldo)), forte=True)


def _contas(orcamento: OrcamentoImpresso, total: Decimal, desconto: Decimal) -> Iterator[Conta]:
    vale = orcamento.status is not StatusOrcamento.RECUSADO
    finalizado = any(item.usada is not None for item in orcamento.itens)
    rotulo = "Total" if finalizado else TOTAIS.get(orcamento.status, "Total")
    if desconto and vale:
        yield Conta(rotulo="Sem desconto", valor=reais(total + desconto))
        yield Conta(rotulo="Desconto", valor=reais(-desconto))
    yield Conta(rotulo=rotulo, valor=reais(total), forte=vale)


def _grupos(orcamento: OrcamentoImpresso) -> Iterator[Grupo]:
    for tipo, titulo in GRUPOS.items():
        itens = [item for item in orcamento.itens if item.tipo is tipo]
        if itens:
            soma = sum((_cobrado(item) for item in itens if _conta(item, orcamento)), ZERO)
            vale = orcamento.status is not StatusOrcamento.RECUSADO
            linhas = tuple(_linha(item, orcamento) for item in itens)
            yield Grupo(titulo=titulo, linhas=linhas, soma=reais(soma) if vale else "")


def _linha(item: ItemImpresso, orcamento: OrcamentoImpresso) -> Linha:
    desconto = _desconto(item)
    return Linha(
        codigo=item.codigo,
        descricao=item.descricao,
        quantidade=quantidade(_gasta(item), item.unidade),
        preco=_numero(item.preco_unitario),
        desconto=_numero(-desconto) if desconto else "",
        total=_numero(_cobrado(item)),
        nota=_nota(item, orcamento),
        fora=item.status is StatusItem.RECUSADO,
    )


def _nota(item: ItemImpresso, orcamento: OrcamentoImpresso) -> str:
    if not _conta(item, orcamento):
        return f"{RECUSADA}: {item.motivo}" if item.motivo else RECUSADA
    if item.usada is not None and item.usada != item.quantidade:
        return f"Aprovado: {quantidade(item.quantidade, item.unidade)}; cobra-se o que se usou"
    return ""


def _conta(item: ItemImpresso, orcamento: OrcamentoImpresso) -> bool:
    """Se a linha entra na soma: a que se recusou, de um orçamento aprovado, não entra."""
    return (
        orcamento.status is not StatusOrcamento.APROVADO or item.status is not StatusItem.RECUSADO
    )


def _gasta(item: ItemImpresso) -> Decimal:
    return item.quantidade if item.usada is None else item.usada


def _cobrado(item: ItemImpresso) -> Decimal:
    return item.total if item.cobrado is None else item.cobrado


def _desconto(item: ItemImpresso) -> Decimal:
    """O da linha, na proporção do que se usou dela."""
    base, fator = item.unidade.base(_gasta(item)), item.unidade.fator
    return desconto_da_linha(item.preco_unitario, base, fator, _cobrado(item))


def _resposta(orcamento: OrcamentoImpresso, fuso: ZoneInfo) -> str:
    """Quem respondeu, quando e por que meio; sem resposta, em que pé está."""
    situacao = orcamento.status.rotulo.capitalize()
    motivo = f": {orcamento.motivo}" if orcamento.motivo else "."
    if not orcamento.decidido_em:
        prazo = f", válido até {data(orcamento.validade)}" if orcamento.validade else ""
        return f"{situacao}{prazo}{motivo}"
    quem = f" por {orcamento.decidido_por}" if orcamento.decidido_por else ""
    meio = f" ({orcamento.decidido_meio.rotulo})" if orcamento.decidido_meio else ""
    return f"{situacao} em {momento(orcamento.decidido_em, fuso)}{quem}{meio}{motivo}"


def _numero(valor: Decimal) -> str:
    """Na coluna, que já diz que são reais."""
    return reais(valor).replace("R$ ", "")
