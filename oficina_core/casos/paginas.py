"""Listas em páginas: sem número de página nem total, com um cursor que continua de onde parou."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
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


@dataclass(frozen=True, kw_only=True)
class Lista:
    """Um pedido que se responde em páginas; o cursor só serve à mesma lista, com o mesmo filtro."""

    limite: int = LIMITE_PADRAO
    cursor: str | None = None

    def __post_init__(self) -> None:
        """Levanta DadoInvalido se a página pedida é vazia ou grande demais."""
        if not 1 <= self.limite <= LIMITE_MAXIMO:
            raise DadoInvalido(f"O limite vai de 1 a {LIMITE_MAXIMO}.", "limite")

    def depois(self, *tipos: type) -> Chave | None:
        """A chave de onde continuar; DadoInvalido se o cursor é de outra lista."""
        if self.cursor is None:
            return None
        try:
            inteiro = self.cursor + "=" * (-len(self.cursor) % 4)
            marca, *chave = json.loads(urlsafe_b64decode(inteiro))
        except (ValueError, TypeError, RecursionError):
            marca, chave = None, []
        if marca != self._marca or len(chave) != len(tipos):
            raise DadoInvalido("Esse cursor não é desta lista; recomece do início.", "cursor")
        return tuple(ler(tipo, valor, "cursor") for tipo, valor in zip(tipos, chave, strict=True))

    def paginar(
        self, linhas: Sequence[B], chave: Callable[[B], Chave], de: Callable[[B], L]
    ) -> Pagina[L]:
        """Monta a página de uma leitura de `limite + 1` linhas."""
        ha_mais = len(linhas) > self.limite
        proximo = self.cursor_em(chave(linhas[self.limite - 1])) if ha_mais else None
        return Pagina(itens=tuple(map(de, linhas[: self.limite])), proximo=proximo)

    def cursor_em(self, chave: Chave) -> str:
        """O cursor que continua esta lista depois da linha que tem essa chave."""
        conteudo = json.dumps([self._marca, *chave], default=str, separators=(",", ":"))
        return urlsafe_b64encode(conteudo.encode()).decode().rstrip("=")

    @property
    def _marca(self) -> str:
        filtro = [c.name for c in fields(self) if c.name not in ("limite", "cursor")]
        dito = (type(self).__name__, *(getattr(self, nome) for nome in filtro))
        return sha256(repr(dito).encode()).hexdigest()[:12]
