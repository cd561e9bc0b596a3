"""O que é uma regra: olha os manifestos de um overlay e diz o que está errado neles.

Junto dela estão os estragos que ela tem de ver: uma regra que não pode falhar não vale nada.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.manifestos import OVERLAYS, Manifestos

Estrago: TypeAlias = Callable[[Manifestos], None]
Exame: TypeAlias = Callable[[Manifestos], Iterator[str]]


@dataclass(frozen=True)
class Regra:
    """Um exame com o seu número, os overlays em que vale e o que ele não deixa passar."""

    numero: int
    exame: Exame
    estragos: tuple[Estrago, ...]
    em: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.numero:02d}-{self.exame.__name__}"


REGRAS: list[Regra] = []


def regra(*estragos: Estrago, em: tuple[str, ...] = OVERLAYS) -> Callable[[Exame], Exame]:
    """Publica o exame, com os estragos que ele acusa."""

    def publicar(exame: Exame) -> Exame:
        REGRAS.append(Regra(len(REGRAS) + 1, exame, estragos, em))
        return exame

    return publicar


def trocar(objeto: str, caminho: str, valor: Any) -> Estrago:
    """Põe outro valor em um lugar de `Tipo/nome`, dito com pontos: `spec.ports.0.port`."""

    def estragar(manifestos: Manifestos) -> None:
        *pais, ultimo = caminho.split(".")
        lugar = _chegar(manifestos, objeto, pais)
        lugar[_chave(lugar, ultimo)] = valor

    return estragar


def tirar(objeto: str, caminho: str) -> Estrago:
    def estragar(manifestos: Manifestos) -> None:
        *pais, ultimo = caminho.split(".")
        lugar = _chegar(manifestos, objeto, pais)
        del lugar[_chave(lugar, ultimo)]

    return estragar


def apagar(objeto: str) -> Estrago:
    def estragar(manifestos: Manifestos) -> None:
        tipo, nome = objeto.split("/")
        manifestos.remove(manifestos.um(tipo, nome))

    return estragar


def juntar(documento: dict[str, Any]) -> Estrago:
    return lambda manifestos: manifestos.append(documento)


def _chegar(manifestos: Manifestos, objeto: str, partes: list[str]) -> Any:
    tipo, nome = objeto.split("/")
    lugar: Any = manifestos.um(tipo, nome)
    for parte in partes:
        lugar = lugar[_chave(lugar, parte)]
    return lugar


def _chave(lugar: Any, parte: str) -> Any:
    """O índice, em uma lista; em um mapa, a chave, em que os pontos se escrevem ·."""
    return int(parte) if isinstance(lugar, list) else parte.replace("·", ".")
