"""Relatório de faturamento: o que se cobrou, o que custou, o que se recebeu e o que se recusou."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.casos.relatorios_periodo import DoPeriodo, nada_finalizado, recortar
from oficina_core.dominio.dinheiro import ZERO, Quantidade, Reais
from oficina_core.dominio.faturamento import (
    Faturamento,
    OrdemFaturada,
    a_receber,
    agrupar,
    por_cento,
)
from oficina_core.dominio.giro import juntar
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.dominio.periodo import Passo, Periodo
from oficina_core.dominio.resposta import por_motivo, somar
from oficina_core.texto import quantos

MOTIVOS_MAXIMO = 5


@dataclass(frozen=True, kw_only=True)
class LinhaFaturamento:
    """O faturado de um dia, semana ou mês, que começa em `de`."""

    de: date
    ordens: int
    mao_de_obra: Reais
    pecas: Reais
    faturado: Reais


@dataclass(frozen=True, kw_only=True)
class LinhaLoja:
    """O faturado de uma loja."""

    loja: str
    ordens: int
    mao_de_obra: Reais
    pecas: Reais
    faturado: Reais


@dataclass(frozen=True, kw_only=True)
class LinhaRecebida:
    """O que entrou por uma forma de pagamento, menos o que se devolveu."""

    forma: FormaPagamento
    recebido: Reais


@dataclass(frozen=True, kw_only=True)
class LinhaRecusa:
    """Um motivo de recusa: em quantas linhas, e quanto valiam; None, se ninguém disse por quê."""

    motivo: str | None
    linhas: int
    recusado: Reais


@dataclass(frozen=True, kw_only=True)
class FichaFaturamento:
    """O dinheiro do período, em reais.

    `faturado` é `mao_de_obra` mais `pecas`, o que se cobrou das `ordens` finalizadas nele, já sem o
    `desconto`. `margem_pecas` é `pecas` menos `custo_pecas`, o que essas peças tinham custado
    quando saíram; não conta imposto nem despesa. `recebido` é o que entrou no período por qualquer
    ordem, menos o que se devolveu; `a_receber`, o que hoje falta pagar das que finalizaram nele.
    Das linhas de orçamento respondidas no período, `recusado` é o que valiam as recusadas.
    """

    de: date
    ate: date
    ordens: int
    faturado: Reais
    mao_de_obra: Reais
    pecas: Reais
    desconto: Reais
    ticket_medio: Reais
    custo_pecas: Reais
    margem_pecas: Reais
    margem_por_cento: Quantidade | None
    recebido: Reais
    a_receber: Reais
    respondido: Reais
    recusado: Reais
    recusado_por_cento: Quantidade | None
    linhas_respondidas: int
    linhas_recusadas: int
    por_periodo: tuple[LinhaFaturamento, ...]
    por_loja: tuple[LinhaLoja, ...]
    por_forma: tuple[LinhaRecebida, ...]
    recusas: tuple[LinhaRecusa, ...]
    aviso: str | None


@dataclass(frozen=True, kw_only=True)
class VerFaturamento(DoPeriodo):
    """Mostra o que se faturou, o que custou, o que se recebeu e o que o cliente recusou.

    Faturada é a ordem finalizada nos dias pedidos, contados no fuso da loja; sem eles, os deste
    mês até hoje.
    """

    passo: Passo | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFaturamento:
        periodo, lojas = self.periodo(uow.hoje()), self.lojas(uow)
        recortes = recortar(periodo, lojas)
        ordens = uow.relatorios.faturadas(recortes)
        faturado = Faturamento.de(ordens)
        consumo = juntar(uow.relatorios.consumo(recortes))
        custo = sum((porcao.valor for porcao in consumo), ZERO)
        recebido = uow.relatorios.recebido(recortes)
        respostas = uow.relatorios.respostas(recortes)
        linhas_respondidas, respondido = somar(respostas)
        linhas_recusadas, recusado = somar(r for r in respostas if r.recusa)
        margem = faturado.pecas - custo
        avisos = (
            nada_finalizado(periodo, faturado.ordens),
            _sem_custo(sum(porcao.sem_custo > 0 for porcao in consumo)),
        )
        return FichaFaturamento(
            de=periodo.de,
            ate=periodo.ate,
            ordens=faturado.ordens,
            faturado=faturado.total,
            mao_de_obra=faturado.mao_de_obra,
            pecas=faturado.pecas,
            desconto=faturado.desconto,
            ticket_medio=faturado.ticket,
            custo_pecas=custo,
            margem_pecas=margem,
            margem_por_cento=por_cento(margem, faturado.pecas),
            recebido=sum(recebido.values(), ZERO),
            a_receber=a_receber(ordens, uow.relatorios.pago(recortes)),
            respondido=respondido,
            recusado=recusado,
            recusado_por_cento=por_cento(recusado, respondido),
            linhas_respondidas=linhas_respondidas,
            linhas_recusadas=linhas_recusadas,
            por_periodo=_por_periodo(periodo, self.passo or periodo.passo, ordens),
            por_loja=_por_loja(lojas, ordens) if len(lojas) > 1 else (),
            por_forma=tuple(
                LinhaRecebida(forma=forma, recebido=recebido[forma])
                for forma in FormaPagamento
                if forma in recebido
            ),
            recusas=tuple(
                LinhaRecusa(motivo=r.motivo, linhas=r.linhas, recusado=r.valor)
                for r in por_motivo(respostas)[:MOTIVOS_MAXIMO]
            ),
            aviso=" ".join(filter(None, avisos)) or None,
        )


def _sem_custo(pecas: int) -> str | None:
    if not pecas:
        return None
    saiu = quantos(pecas, "peça saiu", "peças saíram")
    return f"{saiu} sem que se saiba o custo: a margem é menor que a dita. Diga-o na entrada."


def _por_periodo(
    periodo: Periodo, passo: Passo, ordens: Sequence[OrdemFaturada]
) -> tuple[LinhaFaturamento, ...]:
    """Também os dias sem nada, para que se vejam; se não houve ordem nenhuma, nenhum."""
    grupos = agrupar(ordens, lambda ordem: max(periodo.de, passo.comeco(ordem.dia)))
    return tuple(
        LinhaFaturamento(
            de=de,
            ordens=faturado.ordens,
            mao_de_obra=faturado.mao_de_obra,
            pecas=faturado.pecas,
            faturado=faturado.total,
        )
        for de in periodo.comecos(passo)
        if ordens
        for faturado in [Faturamento.de(grupos.get(de, []))]
    )


def _por_loja(lojas: Sequence[Loja], ordens: Sequence[OrdemFaturada]) -> tuple[LinhaLoja, ...]:
    grupos = agrupar(ordens, lambda ordem: ordem.loja_id)
    linhas = [
        LinhaLoja(
            loja=loja.nome,
            ordens=faturado.ordens,
            mao_de_obra=faturado.mao_de_obra,
            pecas=faturado.pecas,
            faturado=faturado.total,
        )
        for loja in lojas
        for faturado in [Faturamento.de(grupos.get(loja.id, []))]
    ]
    return tuple(sorted(linhas, key=lambda linha: (-linha.faturado, linha.loja)))
