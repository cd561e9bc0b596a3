"""O que aconteceu, para quem quer saber na hora: um aviso de que é preciso ler de novo."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.evento import Evento
from oficina_core.dominio.valores import INTEIRO_MAXIMO

EVENTOS_MAXIMO = 500
TRANSACAO_MAXIMA = timedelta(seconds=45)  # a que passa disso não se confirma
PRAZO_DA_TRANSACAO = timedelta(seconds=60)  # com a confirmação, nenhuma fica aberta mais que isso


@dataclass(frozen=True, kw_only=True)
class Aviso:
    """Que registro mudou, e por que ação; o que mudou nele se lê no próprio registro."""

    id: int
    entidade: str
    entidade_id: int
    acao: str
    em: datetime

    @classmethod
    def de(cls, evento: Evento) -> Self:
        return cls(
            id=evento.id,
            entidade=evento.entidade,
            entidade_id=evento.entidade_id,
            acao=evento.acao,
            em=evento.em,
        )


@dataclass(frozen=True, kw_only=True)
class Novidades:
    """Os avisos, e a `marca` de onde continuar: abaixo dela, nada mais vai aparecer."""

    avisos: tuple[Aviso, ...]
    marca: int


@dataclass(frozen=True, kw_only=True)
class ListarEventos:
    """Lista o que aconteceu depois da marca; sem marca, só diz de onde se começa a acompanhar.

    O banco numera os eventos quando se escrevem, e só os mostra quando a transação se confirma: o
    de número menor pode aparecer depois. Por isso a marca não passa de um número que falta, até
    que quem o tomou já não possa mais confirmar.
    """

    marca: int | None = None

    def __post_init__(self) -> None:
        campos.faixa(self.marca, "marca", 0, INTEIRO_MAXIMO)

    def executar(self, uow: UnidadeDeTrabalho) -> Novidades:
        antigos = uow.agora() - PRAZO_DA_TRANSACAO
        if self.marca is None:
            ultimos = uow.eventos.ultimos(EVENTOS_MAXIMO)
            passados = (evento.id for evento in ultimos if evento.em < antigos)
            return Novidades(avisos=(), marca=next(passados, ultimos[-1].id - 1 if ultimos else 0))
        eventos = uow.eventos.depois_de(self.marca, EVENTOS_MAXIMO)
        return Novidades(
            avisos=tuple(map(Aviso.de, eventos)), marca=avancar(self.marca, eventos, antigos)
        )


def avancar(marca: int, eventos: list[Evento], antigos: datetime) -> int:
    """Até onde se pode continuar sem perder ninguém: salta a falta que já não se preenche."""
    for evento in eventos:
        if evento.id != marca + 1 and evento.em >= antigos:
            break
        marca = evento.id
    return marca
