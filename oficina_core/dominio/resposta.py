"""Resposta: o que os clientes aprovaram e recusaram do que se lhes propôs, e por quê."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.orcamento import StatusItem
from oficina_core.texto import sem_acento


@dataclass(frozen=True, kw_only=True, slots=True)
class Resposta:
    """Linhas respondidas do mesmo jeito, com o mesmo motivo: quantas, e quanto valiam."""

    status: StatusItem
    motivo: str | None
    linhas: int
    valor: Decimal

    @property
    def recusa(self) -> bool:
        return self.status is StatusItem.RECUSADO


def somar(respostas: Iterable[Resposta]) -> tuple[int, Decimal]:
    """Quantas linhas, e quanto valiam."""
    ditas = list(respostas)
    return sum(r.linhas for r in ditas), sum((r.valor for r in ditas), ZERO)


def por_motivo(respostas: Iterable[Resposta]) -> list[Resposta]:
    """As recusas, uma por motivo, da que mais vale à que menos vale.

    O mesmo motivo se escreve com e sem acento, maiúscula e ponto; mostra-se o que mais valeu.
    """
    grupos: dict[str, list[Resposta]] = defaultdict(list)
    for resposta in respostas:
        if resposta.recusa:
            grupos[_simples(resposta.motivo)].append(resposta)
    somadas = []
    for grupo in grupos.values():
        linhas, valor = somar(grupo)
        motivo = max(grupo, key=lambda r: (r.valor, r.motivo or "")).motivo
        somadas.append(
            Resposta(status=StatusItem.RECUSADO, motivo=motivo, linhas=linhas, valor=valor)
        )
    return sorted(somadas, key=lambda r: (-r.valor, r.motivo or ""))


def _simples(motivo: str | None) -> str:
    return " ".join(sem_acento(motivo or "").rstrip(".! ").split())
