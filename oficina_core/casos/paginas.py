"""Listas em páginas: sem número de página nem total, com um cursor que continua de onde parou."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

from oficina_core.casos.traducao import ler
from oficina_core.dominio.erros import DadoInvalido

B = TypeVar("B")
L = TypeVar("L")

LIMITE_PADRAO = 50
LIMITE_MAXIMO = 100

Chave = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Pagina(Generic[L]):
    """`proximo` é o cursor da página seguinte, ou None na última."""

    itens: tuple[L, ...]
    proximo: str | None = None
    total: int | None = None


def conferir_limite(limite: int) -> int:
    if not 1 <= limite <= LIMITE_MAXIMO:
        raise DadoInvalido(f"O limite vai de 1 a {LIMITE_MAXIMO}.", "limite")
    return limite


def paginar(
    linhas: Sequence[B],
    limite: int,
    chave: Callable[[B], Chave],
    de: Callable[[B], L],
    *filtro: object,
) -> Pagina[L]:
    """Monta a página de uma leitura de `limite + 1` linhas."""
    proximo = fechar(chave(linhas[limite - 1]), *filtro) if len(linhas) > limite else None
    return Pagina(itens=tuple(map(de, linhas[:limite])), proximo=proximo)


def fechar(chave: Chave, *filtro: object) -> str:
    """A chave da última linha, amarrada ao filtro da lista."""
    conteudo = json.dumps([_marca(filtro), *chave], default=str, separators=(",", ":"))
    return urlsafe_b64encode(conteudo.encode()).decode().rstrip("=")


def abrir(cursor: str | None, tipos: tuple[type, ...], *filtro: object) -> Chave | None:
    """A chave de onde continuar; DadoInvalido se o cursor é de outra lista."""
    if cursor is None:
        return None
    try:
        marca, *chave = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        marca, chave = None, []
    if marca != _marca(filtro) or len(chave) != len(tipos):
        raise DadoInvalido("Esse cursor não é desta lista; recomece do início.", "cursor")
    return tuple(ler(tipo, valor, "cursor") for tipo, valor in zip(tipos, chave, strict=True))


def _marca(filtro: tuple[object, ...]) -> str:
    return sha256(repr(filtro).encode()).hexdigest()[:12]
