"""Relatório de tempos: quanto os carros esperam, e quanto cada serviço demora de verdade."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.casos.relatorios import MEDIDOS, MINUTO, permanencias_no_periodo
from oficina_core.casos.relatorios_periodo import (
    DoPeriodo,
    mecanicos_citados,
    nada_finalizado,
    recortar,
    servicos_citados,
)
from oficina_core.dominio.faturamento import OrdemFaturada, agrupar
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.permanencia import Permanencia
from oficina_core.dominio.servico import Servico


@dataclass(frozen=True, kw_only=True)
class LinhaTempo:
    """Quanto se fica em um status: de quantas ordens que saíram dele, em média e pela metade."""

    status: StatusOrdem
    ordens: int
    minutos_medios: int
    minutos_medianos: int


@dataclass(frozen=True, kw_only=True)
class LinhaTempoMecanico:
    """Quanto as ordens de um mecânico ficam em execução; None, as que não eram de ninguém."""

    mecanico: str | None
    ordens: int
    minutos_medios: int
    minutos_medianos: int


@dataclass(frozen=True, kw_only=True)
class LinhaTempoServico:
    """Um serviço, e quanto ficaram em execução as ordens que o tinham.

    `minutos_estimados` é o tempo dele no cadastro; `minutos_das_ordens`, a média do que se estima
    para as ordens inteiras, que costumam ter mais serviços: é com este que
    `minutos_medianos` se compara.
    """

    codigo: str
    nome: str
    ordens: int
    minutos_estimados: int
    minutos_das_ordens: int
    minutos_medianos: int


@dataclass(frozen=True, kw_only=True)
class FichaTempos:
    """Os tempos do período, em minutos de relógio: com a noite e o fim de semana.

    `minutos_medianos` é o que metade das ordens levou; `minutos_medios`, a média, que poucas ordens
    muito demoradas puxam.
    """

    de: date
    ate: date
    por_status: tuple[LinhaTempo, ...]
    execucao_por_mecanico: tuple[LinhaTempoMecanico, ...]
    execucao_por_servico: tuple[LinhaTempoServico, ...]
    aviso: str | None


@dataclass(frozen=True, kw_only=True)
class VerTempos(DoPeriodo):
    """Mostra quanto as ordens ficam em cada status, e em execução por mecânico e por serviço.

    No status conta a ordem que saiu dele nos dias pedidos, se foi aberta até 90 dias antes; em
    execução, a que foi finalizada neles. Sem dias, os deste mês até hoje.
    """

    def executar(self, uow: UnidadeDeTrabalho) -> FichaTempos:
        periodo = self.periodo(uow.hoje())
        recortes = recortar(periodo, self.lojas(uow))
        ordens = uow.relatorios.faturadas(recortes)
        tempos = permanencias_no_periodo(uow, recortes)
        return FichaTempos(
            de=periodo.de,
            ate=periodo.ate,
            por_status=tuple(_do_status(status, tempos.get(status, [])) for status in MEDIDOS),
            execucao_por_mecanico=_por_mecanico(mecanicos_citados(uow, ordens), ordens),
            execucao_por_servico=_por_servico(servicos_citados(uow, ordens), ordens),
            aviso=nada_finalizado(periodo, len(ordens)),
        )


def _do_status(status: StatusOrdem, tempos: Sequence[timedelta]) -> LinhaTempo:
    tempo = Permanencia.de(tempos)
    return LinhaTempo(
        status=status,
        ordens=tempo.ordens,
        minutos_medios=tempo.media // MINUTO,
        minutos_medianos=tempo.mediana // MINUTO,
    )


def _por_mecanico(
    nomes: Mapping[int, str], ordens: Sequence[OrdemFaturada]
) -> tuple[LinhaTempoMecanico, ...]:
    linhas = [
        LinhaTempoMecanico(
            mecanico=None if id is None else nomes[id],
            ordens=tempo.ordens,
            minutos_medios=tempo.media // MINUTO,
            minutos_medianos=tempo.mediana // MINUTO,
        )
        for id, dele in agrupar(ordens, lambda ordem: ordem.mecanico_id).items()
        for tempo in [_em_execucao(dele)]
    ]
    return tuple(sorted(linhas, key=lambda linha: (-linha.ordens, linha.mecanico or "")))


def _por_servico(
    servicos: Mapping[int, Servico], ordens: Sequence[OrdemFaturada]
) -> tuple[LinhaTempoServico, ...]:
    """A ordem de vários serviços conta em cada um deles."""
    com_ele: dict[int, list[OrdemFaturada]] = defaultdict(list)
    for ordem in ordens:
        for id in {item.servico_id for item in ordem.itens if item.servico_id is not None}:
            com_ele[id].append(ordem)
    estimados = {id: servico.tempo_estimado for id, servico in servicos.items()}
    linhas = [
        LinhaTempoServico(
            codigo=servicos[id].codigo,
            nome=servicos[id].nome,
            ordens=len(destas),
            minutos_estimados=servicos[id].tempo_estimado,
            minutos_das_ordens=sum(o.estimado(estimados) for o in destas) // len(destas),
            minutos_medianos=_em_execucao(destas).mediana // MINUTO,
        )
        for id, destas in com_ele.items()
    ]
    return tuple(sorted(linhas, key=lambda linha: (-linha.ordens, linha.codigo)))


def _em_execucao(ordens: Sequence[OrdemFaturada]) -> Permanencia:
    return Permanencia.de([ordem.execucao for ordem in ordens])
