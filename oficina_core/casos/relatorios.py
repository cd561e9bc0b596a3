"""Relatórios: como a oficina vai, em números que ninguém digita."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from oficina_core.casos import campos
from oficina_core.casos.pecas import LinhaPeca
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import Reais
from oficina_core.dominio.faturamento import Faturamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.periodo import Periodo, Recorte, conferir_mes
from oficina_core.dominio.permanencia import Permanencia, permanencias

MOSTRADOS_MAXIMO = 7
VENCENDO = timedelta(days=7)
PASSADO = timedelta(days=90)  # a ordem mais antiga que isto já não diz como a oficina anda
MINUTO = timedelta(minutes=1)
MEDIDOS = (
    StatusOrdem.RECEBIDA,
    StatusOrdem.EM_DIAGNOSTICO,
    StatusOrdem.AGUARDANDO_APROVACAO,
    StatusOrdem.EM_EXECUCAO,
)


@dataclass(frozen=True, kw_only=True)
class TempoNoStatus:
    """O que metade dos carros leva em um status; zero se nenhum saiu dele."""

    status: StatusOrdem
    minutos: int


@dataclass(frozen=True, kw_only=True)
class LinhaVencendo:
    """Um orçamento que espera resposta e logo vence."""

    orcamento_id: int
    placa: str
    cliente: str
    validade: date
    valor_total: Reais


@dataclass(frozen=True, kw_only=True)
class FichaPainel:
    """O mês da loja até `ate`; os campos com `antes` são os mesmos dias do mês anterior.

    De agora, seja qual for o mês: `em_aberto`, que são as linhas aprovadas das ordens sem fim,
    `em_falta`, as peças mais longe do mínimo, e `vencendo`, nos próximos 7 dias; das listas, só o
    começo. `por_dia` são os carros que chegaram em cada dia.
    """

    mes: str
    ate: date
    carros: int
    carros_antes: int
    ticket_medio: Reais
    ticket_antes: Reais
    faturado: Reais
    faturado_pecas: Reais
    em_aberto: Reais
    ordens_abertas: int
    por_dia: tuple[int, ...]
    tempos: tuple[TempoNoStatus, ...]
    abaixo_do_minimo: int
    em_falta: tuple[LinhaPeca, ...]
    vencendo: tuple[LinhaVencendo, ...]
    vencendo_total: int


@dataclass(frozen=True, kw_only=True)
class VerPainel:
    """Mostra o mês da loja: carros, dinheiro, tempo em cada status e o que pede atenção.

    Sem `mes`, o de hoje. Faturada é a ordem finalizada no mês, e o tempo é o das ordens abertas
    até 90 dias antes dele.
    """

    mes: str | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, mes=None if self.mes is None else conferir_mes(self.mes))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPainel:
        loja = uow.lojas.obter(uow.ator.loja_certa)
        fuso, hoje = loja.zona, uow.hoje()
        periodo = Periodo.do_mes(self.mes or f"{hoje:%Y-%m}", hoje)
        mes, antes = periodo.instantes(fuso), periodo.anterior.instantes(fuso)
        recortes = periodo.recortes({loja.id: fuso})
        chegadas = uow.relatorios.chegadas(*mes)
        faturado = Faturamento.de(uow.relatorios.faturadas(recortes))
        de_antes = periodo.anterior.recortes({loja.id: fuso})
        ordens_abertas, em_aberto = uow.relatorios.em_aberto()
        em_falta = uow.relatorios.em_falta((loja.id,), MOSTRADOS_MAXIMO)
        vencendo = uow.relatorios.vencendo(hoje, hoje + VENCENDO, MOSTRADOS_MAXIMO)
        return FichaPainel(
            mes=periodo.mes,
            ate=periodo.ate,
            carros=len(chegadas),
            carros_antes=len(uow.relatorios.chegadas(*antes)),
            ticket_medio=faturado.ticket,
            ticket_antes=Faturamento.de(uow.relatorios.faturadas(de_antes)).ticket,
            faturado=faturado.total,
            faturado_pecas=faturado.pecas,
            em_aberto=em_aberto,
            ordens_abertas=ordens_abertas,
            por_dia=periodo.por_dia(chegadas, fuso),
            tempos=_tempos(uow, recortes),
            abaixo_do_minimo=ao_todo(em_falta),
            em_falta=tuple(map(LinhaPeca.de, em_falta)),
            vencendo=tuple(map(_vencendo, vencendo)),
            vencendo_total=ao_todo(vencendo),
        )


def permanencias_no_periodo(
    uow: UnidadeDeTrabalho, recortes: Sequence[Recorte]
) -> Mapping[StatusOrdem, list[timedelta]]:
    """Quanto levou em cada status cada ordem que saiu dele no período."""
    tempos: dict[StatusOrdem, list[timedelta]] = {}
    for recorte in recortes:
        mudancas = uow.relatorios.mudancas(recorte, recorte.de - PASSADO)
        for status, deste in permanencias(mudancas, recorte.de).items():
            tempos.setdefault(status, []).extend(deste)
    return tempos


def _tempos(uow: UnidadeDeTrabalho, recortes: Sequence[Recorte]) -> tuple[TempoNoStatus, ...]:
    tempos = permanencias_no_periodo(uow, recortes)
    return tuple(
        TempoNoStatus(
            status=status, minutos=Permanencia.de(tempos.get(status, [])).mediana // MINUTO
        )
        for status in MEDIDOS
    )


def ao_todo(linhas: Sequence[Linha]) -> int:
    """Quantas são, com as que não vieram: cada uma o sabe."""
    return linhas[0]["ao_todo"] if linhas else 0


def _vencendo(linha: Linha) -> LinhaVencendo:
    return LinhaVencendo(
        orcamento_id=linha["orcamento_id"],
        placa=linha["placa"],
        cliente=linha["cliente"],
        validade=linha["validade"],
        valor_total=linha["valor_total"],
    )
