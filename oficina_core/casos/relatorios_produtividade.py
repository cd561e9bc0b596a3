"""Relatório de produtividade: o que cada mecânico entregou, e em quanto tempo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.casos.relatorios import MINUTO
from oficina_core.casos.relatorios_periodo import (
    DoPeriodo,
    mecanicos_citados,
    nada_finalizado,
    recortar,
    servicos_citados,
)
from oficina_core.dominio.dinheiro import Reais
from oficina_core.dominio.faturamento import Faturamento, OrdemFaturada, agrupar
from oficina_core.dominio.permanencia import Permanencia


@dataclass(frozen=True, kw_only=True)
class LinhaMecanico:
    """O que um mecânico entregou; sem mecânico, o que não era de ninguém.

    `minutos_vendidos` é a soma do tempo estimado dos serviços aprovados, o de hoje no cadastro;
    `minutos_execucao`, a do tempo das ordens em execução, de relógio: com a noite, o fim de semana
    e a espera por peça.
    """

    mecanico: str | None
    ordens: int
    mao_de_obra: Reais
    ticket_medio: Reais
    minutos_vendidos: int
    minutos_execucao: int
    minutos_medios: int

    @classmethod
    def de(
        cls, mecanico: str | None, ordens: Sequence[OrdemFaturada], tempos: Mapping[int, int]
    ) -> Self:
        faturado = Faturamento.de(ordens)
        execucao = [ordem.execucao for ordem in ordens]
        return cls(
            mecanico=mecanico,
            ordens=faturado.ordens,
            mao_de_obra=faturado.mao_de_obra,
            ticket_medio=faturado.ticket,
            minutos_vendidos=sum(ordem.estimado(tempos) for ordem in ordens),
            minutos_execucao=sum(execucao, timedelta()) // MINUTO,
            minutos_medios=Permanencia.de(execucao).media // MINUTO,
        )


@dataclass(frozen=True, kw_only=True)
class FichaProdutividade:
    """O período, por mecânico; os dele somam o que o faturamento do mesmo período diz."""

    de: date
    ate: date
    ordens: int
    mao_de_obra: Reais
    faturado: Reais
    mecanicos: tuple[LinhaMecanico, ...]
    aviso: str | None


@dataclass(frozen=True, kw_only=True)
class VerProdutividade(DoPeriodo):
    """Mostra o que cada mecânico entregou: ordens, mão de obra, tempo vendido e tempo gasto.

    Conta a ordem finalizada nos dias pedidos, e ela é inteira do mecânico que a tinha no fim; sem
    dias, os deste mês até hoje.
    """

    def executar(self, uow: UnidadeDeTrabalho) -> FichaProdutividade:
        periodo = self.periodo(uow.hoje())
        ordens = uow.relatorios.faturadas(recortar(periodo, self.lojas(uow)))
        servicos, nomes = servicos_citados(uow, ordens), mecanicos_citados(uow, ordens)
        tempos = {id: servico.tempo_estimado for id, servico in servicos.items()}
        faturado = Faturamento.de(ordens)
        linhas = [
            LinhaMecanico.de(None if id is None else nomes[id], dele, tempos)
            for id, dele in agrupar(ordens, lambda ordem: ordem.mecanico_id).items()
        ]
        return FichaProdutividade(
            de=periodo.de,
            ate=periodo.ate,
            ordens=faturado.ordens,
            mao_de_obra=faturado.mao_de_obra,
            faturado=faturado.total,
            mecanicos=tuple(
                sorted(linhas, key=lambda linha: (-linha.mao_de_obra, linha.mecanico or ""))
            ),
            aviso=nada_finalizado(periodo, faturado.ordens),
        )
