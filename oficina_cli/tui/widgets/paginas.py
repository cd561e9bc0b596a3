"""As linhas de uma lista, lidas em páginas: só as que se olham ficam na memória."""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from oficina_core.casos.paginas import Pagina

NA_MEMORIA = 8  # páginas

Fonte = Callable[[str | None], Awaitable[Pagina[Any]]]
Agrupar = Callable[[Any], str]


@dataclass(frozen=True)
class Grupo:
    """O título que antecede as linhas de um grupo; não se escolhe."""

    titulo: str


@dataclass
class Trecho:
    """Uma página: de que cursor vem, onde começa, e as linhas, se ainda estão na memória."""

    cursor: str | None
    proximo: str | None
    inicio: int
    linhas: tuple[Any, ...] | None
    quantas: int  # com os títulos
    itens: int  # sem eles
    antes: str | None  # o grupo em que a página anterior acabou
    grupo: str | None  # e o em que esta acaba


@dataclass
class Paginas:
    """A lista inteira, por páginas; conhece o tamanho do que já se leu e de onde continuar."""

    fonte: Fonte
    agrupar: Agrupar | None = None
    trechos: list[Trecho] = field(default_factory=list)

    def __len__(self) -> int:
        ultimo = self.trechos[-1] if self.trechos else None
        return ultimo.inicio + ultimo.quantas if ultimo else 0

    @property
    def inteira(self) -> bool:
        return not self.ha_mais

    @property
    def ha_mais(self) -> bool:
        return not self.trechos or self.trechos[-1].proximo is not None

    def linha(self, indice: int) -> Any:
        """A linha, ou None se a página dela saiu da memória."""
        trecho = self.trechos[self.onde(indice)]
        return None if trecho.linhas is None else trecho.linhas[indice - trecho.inicio]

    def lidas(self, de: int = 0) -> Iterator[tuple[int, Any]]:
        """As na memória, da página `de` em diante, com o lugar; os títulos não contam."""
        for trecho in self.trechos[de:]:
            for n, linha in enumerate(trecho.linhas or ()):
                if not isinstance(linha, Grupo):
                    yield trecho.inicio + n, linha

    async def continuar(self) -> None:
        """Lê a página seguinte à última."""
        ultimo = self.trechos[-1] if self.trechos else None
        cursor, antes = (ultimo.proximo, ultimo.grupo) if ultimo else (None, None)
        self.trechos.append(await self._ler(cursor, len(self), antes))
        self._esquecer(len(self.trechos) - 1)

    async def repor(self, indice: int) -> None:
        """Lê de novo a página que saiu da memória; se ela acaba noutro lugar, a seguinte também."""
        n = self.onde(indice)
        velho = self.trechos[n]
        if velho.linhas is not None:
            return
        novo = self.trechos[n] = await self._ler(velho.cursor, velho.inicio, velho.antes)
        if novo.proximo is None:
            del self.trechos[n + 1 :]
        for seguinte in self.trechos[n + 1 : n + 2]:
            if (seguinte.cursor, seguinte.antes) != (novo.proximo, novo.grupo):
                seguinte.cursor, seguinte.antes = novo.proximo, novo.grupo
                seguinte.linhas = None
        self._renumerar(n + 1)
        self._esquecer(n)

    async def reler(self, primeira: int, ultima: int) -> "Paginas":
        """A mesma lista, com as páginas destas linhas lidas agora, e sem as que vêm depois."""
        de, ate = (self.onde(primeira), self.onde(ultima)) if self.trechos else (0, 0)
        nova = Paginas(self.fonte, self.agrupar, [replace(trecho) for trecho in self.trechos[:de]])
        while nova.ha_mais and (len(nova.trechos) <= ate or len(nova) <= ultima):
            await nova.continuar()
        return nova

    def do_grupo(self, indice: int) -> tuple[list[Any], bool]:
        """As linhas do grupo cujo título está aí, e se são todas."""
        linhas: list[Any] = []
        for n in range(indice + 1, len(self)):
            linha = self.linha(n)
            if linha is None or isinstance(linha, Grupo):
                return linhas, linha is not None
            linhas.append(linha)
        return linhas, not self.ha_mais

    def onde(self, indice: int) -> int:
        """A página em que está a linha."""
        return max(0, bisect_right(self.trechos, indice, key=attrgetter("inicio")) - 1)

    async def _ler(self, cursor: str | None, inicio: int, antes: str | None) -> Trecho:
        pagina = await self.fonte(cursor)
        linhas = tuple(self._com_titulos(pagina.itens, antes))
        grupo = self.agrupar(linhas[-1]) if self.agrupar and linhas else antes
        return Trecho(
            cursor, pagina.proximo, inicio, linhas, len(linhas), len(pagina.itens), antes, grupo
        )

    def _com_titulos(self, itens: Sequence[Any], antes: str | None) -> Iterator[Any]:
        for item in itens:
            if self.agrupar and (grupo := self.agrupar(item)) != antes:
                antes = grupo
                yield Grupo(grupo)
            yield item

    def _renumerar(self, de: int) -> None:
        for n in range(de, len(self.trechos)):
            anterior = self.trechos[n - 1]
            self.trechos[n].inicio = anterior.inicio + anterior.quantas

    def _esquecer(self, perto: int) -> None:
        """Larga as linhas das páginas mais longe desta."""
        cheias = [n for n, t in enumerate(self.trechos) if t.linhas is not None]
        cheias.sort(key=lambda n: abs(n - perto))
        for n in cheias[NA_MEMORIA:]:
            self.trechos[n].linhas = None
