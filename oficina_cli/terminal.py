"""A resposta para pessoas: uma lista é uma tabela; uma ficha, um bloco e as tabelas dela."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from oficina_cli import fila, paginador, reposicao
from oficina_cli.erros import dizer
from oficina_cli.rotulos import rotulo, valor
from oficina_cli.tabela import Coluna, colunas, desenhar, diz_algo, e_parte
from oficina_core.casos.ordens import LinhaOrdem
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Simulacao
from oficina_core.casos.reposicao import LinhaReposicao
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.texto import lista

SEM_LIMITE = 10_000
DITO_A_PARTE = "aviso"
SEM_EFEITO = (StatusOrcamento.CANCELADO, StatusOrcamento.SUBSTITUIDO)  # basta saber que houve
PROPRIAS: Mapping[type, Callable[[Sequence[Any]], list[Coluna]]] = {
    LinhaOrdem: fila.colunas,
    LinhaReposicao: reposicao.colunas,
}


def mostrar(
    resultado: Any, vazio: str, sem: Collection[str] = (), campos: Sequence[str] = ()
) -> None:
    """Na tela, na largura e nas cores dela; fora, texto puro e sem corte; de nada, diz `vazio`."""
    na_tela = sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        width=None if na_tela else SEM_LIMITE,
        color_system="auto" if na_tela else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
    quadro = Quadro(console.width if na_tela else None, sem, campos)
    with console.capture() as captura:
        for bloco in quadro.blocos(resultado):
            console.print(bloco)
    if not (escrito := captura.get().strip("\n")):
        dizer(vazio)
        return
    paginador.escrever("".join(f"{linha.rstrip()}\n" for linha in escrito.splitlines()))
    for nota in quadro.notas:
        dizer(nota)
    if quadro.fora:
        formato = "csv" if isinstance(resultado, Pagina | tuple) else "json"
        dizer(f"Não coube na tela: {lista(list(quadro.fora))}; alargue-a ou use -o {formato}.")


class Quadro:
    """Desenha uma resposta em uma largura, sem uns campos ou só com outros.

    `fora` é o que não coube.
    """

    def __init__(
        self, largura: int | None, sem: Collection[str] = (), campos: Sequence[str] = ()
    ) -> None:
        self._largura = largura
        self._sem = {*sem, DITO_A_PARTE}
        self._campos = campos
        self.fora: dict[str, None] = {}
        self.notas: list[str] = []

    def blocos(self, resultado: Any) -> Iterator[RenderableType]:
        match resultado:
            case Pagina(itens=()) | ():
                return
            case Pagina(itens=itens) | (tuple() as itens):
                yield self._tabela(itens, self._campos)
            case Simulacao():
                yield from self.blocos(resultado.resultado)
                yield from self._secao("Efeitos", resultado.efeitos)
            case _:
                yield from self._ficha(resultado, self._campos)

    def _ficha(self, ficha: Any, campos: Sequence[str] = ()) -> Iterator[RenderableType]:
        """Os campos simples em duas colunas; depois, cada parte com o nome dela."""
        nomes = campos or [campo.name for campo in fields(ficha) if campo.name not in self._sem]
        partes = [nome for nome in nomes if e_parte(getattr(ficha, nome))]
        if len(partes) < len(nomes):
            grade = Table.grid(padding=(0, 2))
            grade.add_column(style="dim", no_wrap=True)
            for nome in nomes:
                if nome not in partes and (campos or diz_algo(nome, [ficha])):
                    grade.add_row(rotulo(type(ficha), nome), Text(valor(ficha, nome)))
            yield grade
        for nome in partes:
            yield from self._secao(rotulo(type(ficha), nome), getattr(ficha, nome))

    def _secao(self, titulo: str, parte: Any) -> Iterator[RenderableType]:
        if not parte:
            return
        yield Text()
        yield Text(titulo, style="bold")
        if not isinstance(parte, tuple):
            yield from self._ficha(parte)
            return
        yield self._tabela(parte)
        for item in parte:
            if getattr(item, "status", None) in SEM_EFEITO:
                continue
            for campo in fields(item):
                if e_parte(getattr(item, campo.name)):
                    nome = f"{titulo}, nº {item.id}: {rotulo(type(item), campo.name).lower()}"
                    yield from self._secao(nome, getattr(item, campo.name))

    def _tabela(self, itens: Sequence[Any], campos: Sequence[str] = ()) -> Table:
        proprias = PROPRIAS.get(type(itens[0]))
        todas = proprias(itens) if proprias and not campos else colunas(itens, campos)
        tabela, fora, notas = desenhar(todas, self._largura)
        self.fora |= dict.fromkeys(fora)
        self.notas += notas
        return tabela
