"""Período: dias seguidos, como a loja os conta no fuso dela."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import data

MES = "20[0-9]{2}-(0[1-9]|1[0-2])"
DIA = timedelta(days=1)
DIAS_MAXIMO = 366
PRIMEIRO, ULTIMO = date(2000, 1, 1), date(2099, 12, 31)
POR_DIA, POR_SEMANA = 14, 92  # até quantos dias de período cada passo se lê bem


def conferir_mes(valor: str) -> str:
    """O mesmo texto, se é um mês escrito como 2026-11."""
    if not re.fullmatch(MES, valor):
        raise DadoInvalido("O mês se escreve com o ano antes, como 2026-11.", "mes")
    return valor


def conferir_dias(de: date | None, ate: date | None) -> None:
    """Levanta DadoInvalido se de um dia ao outro não há período; sem `ate`, vai até hoje."""
    for campo, dia in (("de", de), ("ate", ate)):
        if dia is not None and not PRIMEIRO <= dia <= ULTIMO:
            raise DadoInvalido("O dia do período vai de 2000 a 2099; confira o ano.", campo)
    if ate is None:
        return
    if de is None:
        raise DadoInvalido("Diga também o dia em que o período começa.", "de")
    if ate < de:
        raise DadoInvalido(
            f"O período acaba em {data(ate)}, antes de começar, em {data(de)}; troque as datas.",
            "ate",
        )


class Passo(Opcao):
    """De quanto em quanto tempo um período se mostra."""

    DIA = "DIA", "dia"
    SEMANA = "SEMANA", "semana"
    MES = "MES", "mês"

    def comeco(self, dia: date) -> date:
        """O primeiro dia do passo em que este dia está; a semana começa na segunda."""
        match self:
            case Passo.DIA:
                return dia
            case Passo.SEMANA:
                return dia - dia.weekday() * DIA
        return dia.replace(day=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorte:
    """Um período nas lojas de um mesmo fuso: o primeiro instante, e o primeiro já fora."""

    lojas: tuple[int, ...]
    fuso: tzinfo
    de: datetime
    ate: datetime

    def dia(self, momento: datetime) -> date:
        """O dia em que a loja o viveu."""
        return momento.astimezone(self.fuso).date()


@dataclass(frozen=True, kw_only=True, slots=True)
class Periodo:
    """De um dia a outro, os dois inclusive."""

    de: date
    ate: date

    @classmethod
    def do_mes(cls, mes: str, hoje: date) -> "Periodo":
        """O mês até onde ele foi; DadoInvalido se ainda não começou."""
        de = date.fromisoformat(f"{mes}-01")
        if de > hoje:
            raise DadoInvalido(f"O mês {mes} ainda não chegou; peça até {hoje:%Y-%m}.", "mes")
        fim = de.replace(day=monthrange(de.year, de.month)[1])
        return cls(de=de, ate=min(fim, hoje))

    @classmethod
    def entre(cls, de: date, ate: date | None, hoje: date) -> "Periodo":
        """De um dia a outro, até onde se chegou; DadoInvalido se não começou ou é longo demais."""
        if de > hoje:
            raise DadoInvalido(f"{data(de)} ainda não chegou; peça até {data(hoje)}.", "de")
        ate = min(ate or hoje, hoje)
        if (ate - de).days >= DIAS_MAXIMO:
            raise DadoInvalido(
                f"De {data(de)} a {data(ate)} é mais que {DIAS_MAXIMO} dias; peça um ano por vez.",
                "de",
            )
        return cls(de=de, ate=ate)

    @property
    def mes(self) -> str:
        return f"{self.de:%Y-%m}"

    @property
    def anterior(self) -> "Periodo":
        """Os mesmos dias do mês anterior, que pode acabar antes."""
        fim = self.de - DIA
        return Periodo(de=fim.replace(day=1), ate=fim.replace(day=min(fim.day, self.ate.day)))

    def instantes(self, fuso: tzinfo) -> tuple[datetime, datetime]:
        """O primeiro instante e o primeiro que já não é dele."""
        seguinte = self.ate + DIA
        return datetime.combine(self.de, time.min, fuso), datetime.combine(seguinte, time.min, fuso)

    def recortes(self, fusos: Mapping[int, tzinfo]) -> tuple[Recorte, ...]:
        """O período em cada fuso destas lojas: a meia-noite de uma pode não ser a de outra."""
        lojas: dict[tzinfo, list[int]] = {}
        for loja, fuso in fusos.items():
            lojas.setdefault(fuso, []).append(loja)
        return tuple(
            Recorte(lojas=tuple(destas), fuso=fuso, de=de, ate=ate)
            for fuso, destas in lojas.items()
            for de, ate in [self.instantes(fuso)]
        )

    @property
    def passo(self) -> Passo:
        """O que dá poucas linhas, sem esconder o movimento."""
        dias = (self.ate - self.de).days + 1
        return Passo.DIA if dias <= POR_DIA else Passo.SEMANA if dias <= POR_SEMANA else Passo.MES

    def comecos(self, passo: Passo) -> tuple[date, ...]:
        """O primeiro dia de cada passo; o do primeiro é o do período."""
        return tuple(dict.fromkeys(max(self.de, passo.comeco(dia)) for dia in self._dias()))

    def por_dia(self, momentos: Iterable[datetime], fuso: tzinfo) -> tuple[int, ...]:
        """Quantos momentos em cada dia, na ordem dos dias."""
        contados = Counter(momento.astimezone(fuso).date() for momento in momentos)
        return tuple(contados[dia] for dia in self._dias())

    def _dias(self) -> Iterator[date]:
        return (self.de + n * DIA for n in range((self.ate - self.de).days + 1))
