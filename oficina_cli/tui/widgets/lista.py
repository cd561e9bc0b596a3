"""A lista virtual: desenha só as linhas à vista, e por isso um milhão abre como cem."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from oficina_cli.tui.widgets.desenho import SUAVE, linha, secao
from oficina_cli.tui.widgets.paginas import Agrupar, Fonte, Grupo, Paginas
from oficina_core.casos.paginas import Pagina
from oficina_core.dominio.erros import ErroOficina

ANTES_DO_FIM = 40  # linhas: com menos que isso adiante, lê-se a página seguinte
RODA = 3

Desenho = Callable[[Any, int, bool], Sequence[Content]]


async def nenhuma(_: str | None) -> Pagina[Any]:
    """A fonte da lista que ainda não tem o que mostrar."""
    return Pagina(itens=())


def pronta(itens: Iterable[Any]) -> Fonte:
    """A fonte de quem já tem todas as linhas."""
    pagina = Pagina(itens=tuple(itens))

    async def ler(_: str | None) -> Pagina[Any]:
        return pagina

    return ler


class Lista(ScrollView, can_focus=True):
    """Linhas que se percorrem e se escolhem.

    `desenhar(item, largura, foco)` dá as `altura` linhas de um item; `chave` o distingue quando a
    lista se lê de novo, para que o cursor não mude de dono.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lista--foco", "lista--sombra"}
    DEFAULT_CSS = """
    Lista {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        scrollbar-color: $traco;
        scrollbar-color-hover: $acento;
        scrollbar-color-active: $acento;
        scrollbar-background: $fundo;
        scrollbar-background-hover: $fundo;
        scrollbar-background-active: $fundo;
    }
    Lista .lista--foco { background: $selecao; color: $texto; text-style: bold; }
    Lista .lista--sombra { background: $faixa; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "mover(-1)", "Anterior", show=False, id="lista.anterior"),
        Binding("down,j", "mover(1)", "Seguinte", show=False, id="lista.seguinte"),
        Binding("pageup", "pagina(-1)", "Página anterior", show=False, id="lista.pagina_anterior"),
        Binding("pagedown", "pagina(1)", "Página seguinte", show=False, id="lista.pagina_seguinte"),
        Binding("home", "ponta(0)", "Primeira", show=False, id="lista.primeira"),
        Binding("end", "ponta(1)", "Última", show=False, id="lista.ultima"),
        Binding("enter", "escolher", "Abrir", show=False, id="lista.escolher"),
    ]

    class Destacado(Message):
        """O cursor está em outro item, ou em nenhum."""

        def __init__(self, lista: "Lista", item: Any) -> None:
            super().__init__()
            self.lista, self.item = lista, item

        @property
        def control(self) -> "Lista":
            return self.lista

    class Escolhido(Destacado):
        """Enter ou clique no item sob o cursor."""

    class Recusada(Message):
        """A página não se leu."""

        def __init__(self, erro: ErroOficina) -> None:
            super().__init__()
            self.erro = erro

    def __init__(
        self,
        desenhar: Desenho,
        fonte: Fonte = nenhuma,
        *,
        altura: int = 1,
        chave: Callable[[Any], Any] = attrgetter("id"),
        agrupar: Agrupar | None = None,
        resumir: Callable[[list[Any]], str] = lambda _: "",
        sempre_acesa: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._desenhar, self._altura, self._chave = desenhar, altura, chave
        self._paginas = Paginas(fonte, agrupar)
        self._cursor = 0
        self._sempre_acesa, self._resumir = sempre_acesa, resumir
        self._vez = asyncio.Lock()
        self._tiras: dict[tuple[int, bool], list[Strip]] = {}
        self._faltando = False
        self.pendentes = 0

    @property
    def item(self) -> Any:
        """O item sob o cursor, ou None."""
        if self._cursor >= len(self._paginas):
            return None
        atual = self._paginas.linha(self._cursor)
        return None if isinstance(atual, Grupo) else atual

    @property
    def itens(self) -> list[Any]:
        """Os que estão na memória."""
        return [item for _, item in self._paginas.lidas()]

    @property
    def inteira(self) -> bool:
        """Se já se leu até o fim."""
        return not self._paginas.ha_mais

    async def abrir(self, fonte: Fonte) -> None:
        """Outra lista, do começo."""
        async with self._vez:
            nova = Paginas(fonte, self._paginas.agrupar)
            await nova.continuar()
            self._trocar(nova, 0, 0)

    async def abrir_mantendo(self, fonte: Fonte) -> None:
        """Outra lista, com o cursor no mesmo item ou, sem ele, no mesmo lugar."""
        self._paginas = replace(self._paginas, fonte=fonte)
        await self.carregar()

    async def carregar(self) -> None:
        """Lê de novo do começo, com o cursor no mesmo item, se ele ainda está perto."""
        async with self._vez:
            nova = await Paginas(self._paginas.fonte, self._paginas.agrupar).reler(0, 0)
            while nova.ha_mais and len(nova) <= self._cursor < len(self._paginas):
                await nova.continuar()
            lugar = self._lugar(nova, self.item)
            topo = self._topo()
            if lugar is None:
                self._trocar(nova, min(self._cursor, len(nova) - 1), topo)
            else:
                self._trocar(nova, lugar, topo + (lugar - self._cursor) * self._altura)

    async def atualizar(self) -> int:
        """Lê de novo o que está à vista, sem mover a linha do cursor na tela.

        Devolve quantas mudanças ficaram de fora, porque a moveriam.
        """
        if self._vez.locked():
            return self.pendentes
        async with self._vez:
            primeira = self._topo() // self._altura
            ultima = max(self._cursor, primeira + self.size.height // self._altura)
            nova = await self._paginas.reler(min(primeira, self._cursor), ultima)
            self.pendentes = self._receber(nova)
        return self.pendentes

    def _receber(self, nova: Paginas) -> int:
        atual = self.item
        lugar = self._lugar(nova, atual)
        topo = self._topo()
        if atual is not None and lugar is None:
            return self._so_valores(nova)
        novo_topo = topo if lugar is None else topo + (lugar - self._cursor) * self._altura
        maior = max(0, len(nova) * self._altura - self.size.height)
        if not 0 <= novo_topo <= max(maior, topo if novo_topo == topo else 0):
            return self._so_valores(nova)
        self._trocar(nova, lugar if lugar is not None else 0, novo_topo)
        return 0

    def _so_valores(self, nova: Paginas) -> int:
        """Troca no lugar o que só mudou de valor; diz quantas entraram, saíram ou andaram."""
        novas = {self._chave(item): item for _, item in nova.lidas()}
        velhas = [self._chave(item) for _, item in self._paginas.lidas()]
        for trecho in self._paginas.trechos:
            if trecho.linhas is not None:
                trecho.linhas = tuple(
                    linha if isinstance(linha, Grupo) else novas.get(self._chave(linha), linha)
                    for linha in trecho.linhas
                )
        self._redesenhar()
        diferentes = len(novas.keys() ^ set(velhas))
        return diferentes or int([c for c in velhas if c in novas] != list(novas))

    def _lugar(self, paginas: Paginas, item: Any) -> int | None:
        if item is None:
            return None
        chave = self._chave(item)
        return next((n for n, outro in paginas.lidas() if self._chave(outro) == chave), None)

    def _trocar(self, nova: Paginas, cursor: int, topo: int) -> None:
        antes = self.item
        self._paginas = nova
        self.pendentes = 0
        self._cursor = self._escolhivel(max(0, cursor), 1)
        self._medir()
        self.scroll_to(y=max(0, topo), animate=False)
        self._mostrar_cursor()
        self._redesenhar()
        if antes is not self.item:
            self.post_message(self.Destacado(self, self.item))

    def _topo(self) -> int:
        return round(self.scroll_y)

    def _medir(self) -> None:
        linhas = len(self._paginas) * self._altura
        self.virtual_size = Size(self.scrollable_content_region.width, linhas)

    def _redesenhar(self) -> None:
        self._tiras.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        self._tiras.clear()
        super().notify_style_update()

    def on_resize(self, _: Resize) -> None:
        self._medir()
        self._redesenhar()
        self._mostrar_cursor()

    def on_focus(self) -> None:
        self._redesenhar()

    def on_blur(self) -> None:
        self._redesenhar()

    def render_line(self, y: int) -> Strip:
        indice, qual = divmod(self._topo() + y, self._altura)
        largura = self.size.width
        if indice >= len(self._paginas):
            return Strip.blank(largura, self.rich_style)
        aceso = indice == self._cursor and (self.has_focus or self._sempre_acesa)
        tiras = self._tiras.get((indice, aceso))
        if tiras is None:
            tiras = self._desenhar_em_tiras(indice, aceso)
        return tiras[qual]

    def _desenhar_em_tiras(self, indice: int, aceso: bool) -> list[Strip]:
        item = self._paginas.linha(indice)
        largura = self.scrollable_content_region.width
        estilo = self.get_visual_style("lista--foco") if aceso else self.visual_style
        if item is None:
            self._repor(indice)
        tiras = [
            Visual.to_strips(self, conteudo, largura, 1, estilo, pad=True)[0]
            for conteudo in self._linhas(item, largura, aceso)
        ]
        vazia = Strip.blank(largura, self.rich_style)
        tiras += [vazia] * (self._altura - len(tiras))
        if item is not None:
            self._tiras[indice, aceso] = tiras
        return tiras

    def _linhas(self, item: Any, largura: int, aceso: bool) -> Sequence[Content]:
        if item is None:
            return [linha(("…", SUAVE))]
        if isinstance(item, Grupo):
            return [self._titulo(item, largura - 3)]
        return self._desenhar(item, largura, aceso)

    def _titulo(self, grupo: Grupo, largura: int) -> Content:
        """O nome do grupo, com quantos são e o resumo, se já se leram todos."""
        agrupar = self._paginas.agrupar
        todos = self.itens
        seus = [item for item in todos if agrupar and agrupar(item) == grupo.titulo]
        completo = self.inteira or (seus and seus[-1] is not todos[-1])
        if not completo:
            return secao(grupo.titulo, largura)
        return secao(f"{grupo.titulo}  {len(seus)}", largura, self._resumir(seus))

    def _repor(self, indice: int) -> None:
        async def ler() -> None:
            async with self._vez:
                await self._paginas.repor(indice)
            self._faltando = False
            self._medir()
            self._redesenhar()

        if not self._faltando:
            self._faltando = True
            self._ler(ler())

    def _ler(self, leitura: Any) -> None:
        async def tentar() -> None:
            try:
                await leitura
            except ErroOficina as erro:
                self.post_message(self.Recusada(erro))
            finally:
                self._faltando = False

        self.run_worker(tentar(), group=f"paginas-{id(self)}", exit_on_error=False)

    def _adiantar(self) -> None:
        """Lê a página seguinte antes que se chegue ao fim desta."""

        async def ler() -> None:
            async with self._vez:
                if self._paginas.ha_mais and len(self._paginas) - self._cursor < ANTES_DO_FIM:
                    await self._paginas.continuar()
            self._medir()
            self._redesenhar()

        perto = len(self._paginas) - self._cursor < ANTES_DO_FIM + self.size.height
        if perto and self._paginas.trechos and self._paginas.ha_mais and not self._faltando:
            self._faltando = True
            self._ler(ler())

    def _escolhivel(self, indice: int, passo: int) -> int:
        """O índice, ou o vizinho mais perto nessa direção que não é título."""
        ultimo = len(self._paginas) - 1
        for direcao in (passo, -passo):
            n = max(0, min(indice, ultimo))
            while 0 <= n <= ultimo:
                if not isinstance(self._paginas.linha(n), Grupo):
                    return n
                n += direcao
        return 0

    def ir_para(self, indice: int, passo: int = 1) -> None:
        """Põe o cursor nessa linha, ou na mais perto que se escolhe."""
        antes, self._cursor = self._cursor, self._escolhivel(indice, passo)
        if antes == self._cursor:
            self._mostrar_cursor()
            return
        self._mostrar_cursor()
        for qual in (antes, self._cursor):
            self._tiras.pop((qual, True), None)
            self.refresh_lines(qual * self._altura, self._altura)
        self.post_message(self.Destacado(self, self.item))
        self._adiantar()

    def _mostrar_cursor(self) -> None:
        """Rola o bastante para que o cursor se veja, com o título do grupo dele se é o primeiro."""
        alto = self.size.height
        if not alto:
            return
        y, topo = self._cursor * self._altura, self._topo()
        acima = y - self._altura if self._cursor == 1 else y
        if y < topo or acima < topo:
            self.scroll_to(y=max(0, acima), animate=False)
        elif y + self._altura > topo + alto:
            self.scroll_to(y=y + self._altura - alto, animate=False)

    def action_mover(self, passo: int) -> None:
        self.ir_para(self._cursor + passo, passo)

    def action_pagina(self, sentido: int) -> None:
        self.action_mover(sentido * max(1, self.size.height // self._altura - 1))

    def action_ponta(self, fim: int) -> None:
        self.ir_para(len(self._paginas) - 1 if fim else 0, -1 if fim else 1)

    def action_escolher(self) -> None:
        if self.item is not None:
            self.post_message(self.Escolhido(self, self.item))

    def on_click(self, evento: Click) -> None:
        """O primeiro clique põe o cursor; no item sob o cursor, escolhe."""
        indice = (self._topo() + evento.y) // self._altura
        if indice >= len(self._paginas) or isinstance(self._paginas.linha(indice), Grupo):
            return
        ja_estava = indice == self._cursor
        self.ir_para(indice)
        if ja_estava:
            self.action_escolher()

    def on_mouse_scroll_down(self, evento: MouseScrollDown) -> None:
        evento.stop()
        self.scroll_to(y=self._topo() + RODA, animate=False)
        self._adiantar()

    def on_mouse_scroll_up(self, evento: MouseScrollUp) -> None:
        evento.stop()
        self.scroll_to(y=self._topo() - RODA, animate=False)
