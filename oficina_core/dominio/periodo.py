"""Período: dias seguidos, como a loja os conta no fuso dela."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from oficina_core.dominio.erros import DadoInvalido

MES = "20[0-9]{2}-(0[1-9]|1[0-2])"


def conferir_mes(valor: str) -> str:
    """O mesmo texto, se é um mês escrito como 2026-11."""
    if not re.fullmatch(MES, valor):
        raise DadoInvalido("O mês se escreve com o ano antes, como 2026-11.", "mes")
    return valor


@dataclass(frozen=True, kw_only=True, slots=True)
class Periodo:
    """De um dia a outro do mesmo mês, os dois inclusive."""

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

    @property
    def mes(self) -> str:
        return f"{self.de:%Y-%m}"

    @property
    def anterior(self) -> "Periodo":
        """Os mesmos dias do mês anterior, que pode acabar antes."""
        fim = self.de - timedelta(days=1)
        return Periodo(de=fim.replace(day=1), ate=fim.replace(day=min(fim.day, self.ate.day)))

    def instantes(self, fuso: tzinfo) -> tuple[datetime, datetime]:
        """O primeiro instante e o primeiro que já não é dele."""
        seguinte = self.ate + timedelta(days=1)
        return datetime.combine(self.de, time.min, fuso), datetime.combine(seguinte, time.min, fuso)

    def por_dia(self, momentos: Iterable[datetime], fuso: tzinfo) -> tuple[int, ...]:
        """Quantos momentos em cada dia, na ordem dos dias."""
        dias = Counter(momento.astimezone(fuso).date() for momento in momentos)
        return tuple(dias[self.de + timedelta(days=n)] for n in range(self.ate.day))
