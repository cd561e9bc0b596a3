"""O que já se sabe da oficina, e o que a sorte escolhe nela.

A mesma semente dá sempre o mesmo roteiro. A maior parte do que se pede faz sentido; o resto erra o
número, a versão, o texto ou a hora, como as pessoas erram.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from oficina_core.casos.paginas import Pagina
from oficina_core.casos.perfil import FichaPerfil
from tests.diferencial.mundos import Dito, Passo
from tests.diferencial.ponte import FICHAS
from tests.diferencial.textos import (
    DINHEIRO,
    DINHEIRO_RUIM,
    ESTRANHOS,
    NOMES,
    NOMES_RUINS,
    NOTAS,
    NOTAS_RUINS,
    QUANTIDADES,
    QUANTIDADES_RUINS,
)

INICIO = datetime(2025, 11, 23, 12, tzinfo=UTC)  # no passado: o relógio dos tokens é o da máquina
DIA = 86_400
PAUSAS = {0: 10, 1: 30, 50: 30, 600: 18, DIA // 2 - 600: 5, DIA: 4, DIA * 11: 3}


class SemAlvo(Exception):
    """Não há em quem fazer isso agora; sorteia-se outra coisa."""


@dataclass
class Roteiro:
    """O que já se sabe da oficina e o que se pede em seguida."""

    semente: int
    agora: datetime = INICIO
    fichas: dict[str, dict[int, Any]] = field(default_factory=dict)
    continuacoes: list[Dito] = field(default_factory=list)
    passados: list[Passo] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sorte = Random(self.semente)  # noqa: S311

    # O que se aprende.

    def lembrar(self, passo: Passo, resposta: Any) -> None:
        self.passados.append(passo)
        if passo.simular:
            return
        if isinstance(resposta, Pagina) and resposta.proximo:
            campos = {**passo.dito.campos, "cursor": resposta.proximo}
            self.continuacoes.append(replace(passo.dito, campos=campos))
        self.aprender(resposta)

    def aprender(self, valor: Any) -> None:
        """Guarda cada registro que uma resposta mostra."""
        if isinstance(valor, tuple):
            for item in valor:
                self.aprender(item)
        elif is_dataclass(valor):
            self._guardar(valor)
            for campo in fields(valor):
                self.aprender(getattr(valor, campo.name))

    def _guardar(self, ficha: Any) -> None:
        """A linha de uma lista não toma o lugar da ficha, que diz mais."""
        especie = FICHAS.get(type(ficha))
        if especie and not isinstance(ficha, FichaPerfil):  # de quem pede, e não de um cadastro
            conhecidas = self.fichas.setdefault(especie, {})
            if not type(ficha).__name__.startswith("Linha") or ficha.id not in conhecidas:
                conhecidas[ficha.id] = ficha

    # O que se sorteia.

    def vezes(self, por_cento: int) -> bool:
        return self.sorte.randrange(100) < por_cento

    def um(self, opcoes: Any) -> Any:
        return self.sorte.choice(opcoes)

    def alguns(self, opcoes: Any, maximo: int = 3) -> list[Any]:
        return self.sorte.sample(opcoes, min(len(opcoes), self.sorte.randint(1, maximo)))

    def texto(self, bons: Any, ruins: Any) -> Any:
        return self.um(ruins if self.vezes(4) else bons)

    def nome(self) -> str:
        return str(self.texto(NOMES, NOMES_RUINS))

    def nota(self) -> str:
        return str(self.texto(NOTAS, NOTAS_RUINS))

    def reais(self) -> Decimal:
        return Decimal(self.texto(DINHEIRO[:-1] if self.vezes(95) else DINHEIRO, DINHEIRO_RUIM))

    def quantidade(self) -> Decimal:
        inteiras = self.vezes(70)
        return Decimal(self.texto(QUANTIDADES[:3] if inteiras else QUANTIDADES, QUANTIDADES_RUINS))

    def talvez(self, valor: Any, por_cento: int = 50) -> Any:
        return valor if self.vezes(por_cento) else None

    def das(self, especie: str, serve: Callable[[Any], bool] = lambda _: True) -> list[Any]:
        return [ficha for ficha in self.fichas.get(especie, {}).values() if serve(ficha)]

    def ficha(self, especie: str, numero: int) -> Any:
        """A mais recente que se viu do registro, se se viu."""
        return self.fichas.get(especie, {}).get(numero)

    def numero(self, especie: str, serve: Callable[[Any], bool] = lambda _: True) -> int:
        """Um que existe e serve, ou, por engano, outro qualquer; levanta SemAlvo se não há."""
        if self.vezes(6):
            return int(self.um((*ESTRANHOS, *(ficha.id for ficha in self.das(especie)))))
        if servem := self.das(especie, serve):
            return int(self.um(servem).id)
        raise SemAlvo

    def referencia(self, especie: str, nome: str) -> Any:
        """O número, o nome por que as pessoas o chamam, ou um nome que ninguém tem."""
        if self.vezes(5):
            return self.um(("NINGUEM", "", '"', "7", '"7"', "ABC-1D2", "111.444.777-3"))
        numero = self.numero(especie)
        dito = getattr(self.ficha(especie, numero), nome, None)
        return dito if dito and "*" not in dito and self.vezes(40) else numero

    def versao(self, especie: str, numero: int) -> int:
        versao = getattr(self.ficha(especie, numero), "versao", 1)
        return max(0, int(versao) + self.sorte.choices((0, -1, 1), (88, 6, 6))[0])

    def hora(self) -> datetime:
        """Um instante depois, ou horas, e então o dia aqui não é o de Greenwich, ou dias."""
        (segundos,) = self.sorte.choices(*zip(*PAUSAS.items(), strict=True))
        self.agora += timedelta(seconds=segundos, milliseconds=1)
        return self.agora
