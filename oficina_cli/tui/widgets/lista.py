"""A lista virtual: desenha só as linhas à vista, e por isso um milhão abre como cem."""

import asyncio
from collections.abc import Callable, Container, Iterable, Sequence
from operator import attrgetter
from typing import Any, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer

from oficina_cli.tui.widgets.desenho import SUAVE, linha, secao
from oficina_cli.tui.widgets.paginas import Agrupar, Fonte, Grupo, Paginas
from oficina_core.casos.paginas import Pagina
from oficina_core.dominio.erros import ErroOficina

RODA = 3
TIRAS_MAXIMO = 600  # linhas desenhadas que se guardam
OCIO = 0.02  # segundos sem teclar
NENHUMA = (-1, False)  # a tira de onde não há linha

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

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lista--foco"}
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
        self._adiante: Timer | None = None
        self._estilos: dict[str | Style, Style] = {}
        self._lendo = False
        self.pendentes = 0

    @property
    def item(self) -> Any:
        """O item sob o cursor, ou None."""
        if self._cursor >= len(self._paginas):
            return None
        atual = self._paginas.linha(self._cursor)
        return None if isinstance(atual, Grupo) else atual

    @property
    def cursor(self) -> int:
        """Em que linha da lista está o cursor; os títulos contam."""
        return self._cursor

    @property
    def topo(self) -> int:
        """A primeira linha de tela da lista que se vê."""
        return round(self.scroll_y)

    @property
    def itens(self) -> list[Any]:
        """Os que estão na memória."""
        return [item for _, item in self._paginas.lidas()]

    @property
    def quantas(self) -> int:
        """As que se leram, estejam ou não na memória; os títulos não contam."""
        return sum(trecho.itens for trecho in self._paginas.trechos)

    @property
    def inteira(self) -> bool:
        """Se já se leu até o fim."""
        return self._paginas.inteira

    async def abrir(self, fonte: Fonte) -> None:
        """Outra lista, do começo."""
        async with self._vez:
            nova = Paginas(fonte, self._paginas.agrupar)
            await nova.continuar()
            self._trocar(nova, 0, 0)

    async def carregar(self, fonte: Fonte | None = None) -> None:
        """Lê de novo do começo, com o cursor no mesmo item, se ele ainda está perto."""
        async with self._vez:
            nova = Paginas(fonte or self._paginas.fonte, self._paginas.agrupar)
            nova = await nova.reler(0, min(self._cursor, max(0, len(self._paginas) - 1)))
            await self._alcancar(nova)
            lugar = self._lugar(nova, self.item)
            topo = self.topo
            if lugar is None:
                self._trocar(nova, min(self._cursor, len(nova) - 1), topo)
            else:
                self._trocar(nova, lugar, topo + (lugar - self._cursor) * self._altura)

    async def atualizar(self) -> int:
        """Lê de novo o que está à vista, sem mover a linha do cursor na tela.

        Devolve quantas mudanças ficaram de fora, porque a moveriam.
        """
        async with self._vez:
            primeira, ultima = self._a_vista()
            primeira = min(primeira, self._cursor)
            nova = await self._paginas.reler(primeira, max(ultima, self._cursor))
            await self._alcancar(nova)
            self.pendentes = self._receber(nova, self._paginas.onde(primeira))
        return self.pendentes

    async def _alcancar(self, nova: Paginas) -> None:
        """Mais uma página, se o item do cursor passou do fim destas."""
        if self.item is not None and nova.ha_mais and self._lugar(nova, self.item) is None:
            await nova.continuar()

    def _receber(self, nova: Paginas, de: int) -> int:
        """Mostra o que se leu da página `de` em diante, se o cursor não sai do lugar."""
        lugar = self._lugar(nova, self.item)
        if self.item is not None and lugar is None:
            return self._so_valores(nova, de)
        cursor = self._cursor if lugar is None else lugar
        topo = self.topo + (cursor - self._cursor) * self._altura
        if not 0 <= topo <= max(0, len(nova) * self._altura - self.size.height):
            return self._so_valores(nova, de)
        self._trocar(nova, cursor, topo)
        return 0

    def _so_valores(self, nova: Paginas, de: int) -> int:
        """Troca no lugar o que só mudou de valor; diz quantas entraram, saíram ou andaram."""
        antes, velha = self.item, self._paginas
        velhas = [self._posto(item) for _, item in velha.lidas(de)]
        novas = {self._posto(item): item for _, item in nova.lidas(de)}
        for trecho in velha.trechos:
            if trecho.linhas is not None:
                trecho.linhas = tuple(
                    linha if isinstance(linha, Grupo) else novas.get(self._posto(linha), linha)
                    for linha in trecho.linhas
                )
        self.redesenhar()
        self._destacar(antes)
        return _diferencas(
            velhas if not nova.ha_mais else _ate_a_comum(velhas, novas),
            list(novas) if velha.inteira else _ate_a_comum(list(novas), set(velhas)),
        )

    def _posto(self, item: Any) -> tuple[Any, Any]:
        """O item, e o grupo em que está: quem muda de grupo anda."""
        return self._chave(item), self._paginas.agrupar and self._paginas.agrupar(item)

    def _lugar(self, paginas: Paginas, item: Any) -> int | None:
        if item is None:
            return None
        chave = self._chave(item)
        iguais = [n for n, outro in paginas.lidas() if self._chave(outro) == chave]
        return min(iguais, key=lambda n: abs(n - self._cursor), default=None)

    def _trocar(self, nova: Paginas, cursor: int, topo: int) -> None:
        antes, iguais = self.item, (nova, cursor, topo) == (self._paginas, self._cursor, self.topo)
        self._paginas = nova
        self.pendentes = 0
        self._medir()
        self.scroll_to(y=max(0, topo), animate=False)
        self._cursor = self._escolhivel(max(0, cursor), 1)
        self._mostrar_cursor()
        if not iguais:
            self.redesenhar()
        self._destacar(antes)
        self._buscar()

    def _destacar(self, antes: Any) -> None:
        if antes is not self.item:
            self.post_message(self.Destacado(self, self.item))

    def _a_vista(self) -> tuple[int, int]:
        """A primeira e a última linha que se veem, ainda que em parte."""
        topo = self.topo
        return topo // self._altura, max(0, topo + self.size.height - 1) // self._altura

    def _medir(self) -> None:
        linhas = len(self._paginas) * self._altura
        self.virtual_size = Size(self.scrollable_content_region.width, linhas)

    def redesenhar(self) -> None:
        """O que se mostra mudou, ainda que as linhas sejam as mesmas."""
        self._tiras.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        self._tiras.clear()
        self._estilos.clear()
        super().notify_style_update()

    def on_resize(self, _: Resize) -> None:
        self._medir()
        self.redesenhar()
        self._mostrar_cursor()
        self._buscar()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._buscar()

    def on_focus(self) -> None:
        self.redesenhar()

    def on_blur(self) -> None:
        self.redesenhar()

    def render_line(self, y: int) -> Strip:
        indice, qual = divmod(self.topo + y, self._altura)
        if indice >= len(self._paginas):
            return self._em_branco()
        aceso = indice == self._cursor and (self.has_focus or self._sempre_acesa)
        tiras = self._tiras.get((indice, aceso))
        if tiras is None:
            tiras = self._desenhar_em_tiras(indice, aceso)
        return tiras[qual]

    def _desenhar_em_tiras(self, indice: int, aceso: bool) -> list[Strip]:
        item = self._paginas.linha(indice)
        largura = self.scrollable_content_region.width
        estilo = self.get_visual_style("lista--foco") if aceso else self.visual_style
        tiras = [
            self._tira(conteudo, largura, estilo)
            for conteudo in self._linhas(item, indice, largura, aceso)
        ]
        tiras += [self._em_branco()] * (self._altura - len(tiras))
        if len(self._tiras) > TIRAS_MAXIMO:
            self._tiras.clear()
        if item is not None:
            self._tiras[indice, aceso] = tiras
        return tiras

    def _adiantar_o_desenho(self) -> None:
        """Enquanto ninguém tecla, as linhas da página de cima e da de baixo já se desenham."""
        if self._adiante is not None:
            self._adiante.stop()
        self._adiante = self.set_timer(OCIO, self._desenhar_as_vizinhas)

    def _desenhar_as_vizinhas(self) -> None:
        primeira, ultima = self._a_vista()
        cabem = ultima - primeira + 1
        for indice in range(max(0, primeira - cabem), min(len(self._paginas), ultima + cabem + 1)):
            if (indice, False) not in self._tiras and self._paginas.linha(indice) is not None:
                self._desenhar_em_tiras(indice, aceso=False)

    def _em_branco(self) -> Strip:
        if NENHUMA not in self._tiras:
            self._tiras[NENHUMA] = [Strip.blank(self.size.width, self.rich_style)]
        return self._tiras[NENHUMA][0]

    def _tira(self, conteudo: Content, largura: int, estilo: Style) -> Strip:
        """A linha pronta; sem dobra nem seleção, o Textual a faria em três vezes o tempo."""
        segmentos = [
            Segment(texto, dito.rich_style)
            for texto, dito in conteudo.render(estilo, end="", parse_style=self._estilo)
        ]
        tira = Strip(segmentos, conteudo.cell_length)
        return tira.adjust_cell_length(largura, estilo.rich_style)

    def _estilo(self, nome: str | Style) -> Style:
        achado = self._estilos.get(nome)
        if achado is None:
            achado = self._estilos[nome] = self._get_style(nome)
        return achado

    def _linhas(self, item: Any, indice: int, largura: int, aceso: bool) -> Sequence[Content]:
        if item is None:
            return [linha(("…", SUAVE))]
        if isinstance(item, Grupo):
            return [self._titulo(item, indice, largura - 3)]
        return self._desenhar(item, largura, aceso)

    def _titulo(self, grupo: Grupo, indice: int, largura: int) -> Content:
        """O nome do grupo, com quantos são e o resumo, se já se leram todos."""
        seus, todos = self._paginas.do_grupo(indice)
        if not todos:
            return secao(grupo.titulo, largura)
        return secao(f"{grupo.titulo}  {len(seus)}", largura, self._resumir(seus))

    def _falta(self) -> int | None:
        """Uma linha por ler: a que se vê, ou a que vem depois da última, a uma tela do fim."""
        primeira, ultima = self._a_vista()
        quantas = len(self._paginas)
        for n in range(primeira, min(ultima + 1, quantas)):
            if self._paginas.linha(n) is None:
                return n
        continua = self._paginas.trechos and self._paginas.ha_mais
        return quantas if continua and quantas - ultima <= ultima - primeira + 1 else None

    def _buscar(self) -> None:
        """Começa a ler o que falta, se falta e se ninguém o lê."""
        if self.size.height and not self._lendo and self._falta() is not None:
            self._lendo = True
            self.run_worker(self._ler(), group=f"paginas-{id(self)}")

    async def _ler(self) -> None:
        try:
            async with self._vez:
                while (indice := self._falta()) is not None:
                    await self._ler_a_de(indice)
        except ErroOficina as erro:
            self.post_message(self.Recusada(erro))
        except Exception as erro:
            estranhar = getattr(self.screen, "estranhar", None)
            if estranhar is None:
                raise
            estranhar(erro)
        finally:
            self._lendo = False

    async def _ler_a_de(self, indice: int) -> None:
        """Lê a página dessa linha; o que ela empurra não tira o cursor do item."""
        paginas, cursor, antes = self._paginas, self._cursor, self.item
        await (paginas.continuar() if indice >= len(paginas) else paginas.repor(indice))
        lugar = self._lugar(paginas, antes) if cursor == self._cursor else None
        self._medir()
        if lugar is not None and lugar != cursor:
            self.scroll_to(y=self.topo + (lugar - cursor) * self._altura, animate=False)
            self._cursor = lugar
        self._cursor = self._escolhivel(self._cursor, 1)
        self._mostrar_cursor()
        self.redesenhar()
        self._destacar(antes)

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
            self._buscar()
            return
        self._mostrar_cursor()
        for qual in (antes, self._cursor):
            self._tiras.pop((qual, True), None)
            self.refresh_lines(qual * self._altura, self._altura)
        self.post_message(self.Destacado(self, self.item))
        self._buscar()
        self._adiantar_o_desenho()

    def _mostrar_cursor(self) -> None:
        """Rola o bastante para que o cursor se veja, com o título do grupo dele se é o primeiro."""
        alto = self.size.height
        if not alto:
            return
        y, topo = self._cursor * self._altura, self.topo
        primeiro = self._cursor and isinstance(self._paginas.linha(self._cursor - 1), Grupo)
        acima = y - self._altura if primeiro else y
        novo = max(min(topo, acima), y + self._altura - alto)
        if novo != topo:
            self.scroll_to(y=novo, animate=False)

    def ir_ao(self, chave: Any) -> bool:
        """Põe o cursor no item dessa chave; diz se ele está na memória."""
        for n, item in self._paginas.lidas():
            if self._chave(item) == chave:
                self.ir_para(n)
                return True
        return False

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
        indice = (self.topo + evento.y) // self._altura
        if indice >= len(self._paginas) or isinstance(self._paginas.linha(indice), Grupo):
            return
        ja_estava = indice == self._cursor
        self.ir_para(indice)
        if ja_estava:
            self.action_escolher()

    def on_mouse_scroll_down(self, evento: MouseScrollDown) -> None:
        evento.stop()
        evento.prevent_default()  # a Widget também rolaria
        self._rolar(self.topo + RODA)

    def on_mouse_scroll_up(self, evento: MouseScrollUp) -> None:
        evento.stop()
        evento.prevent_default()
        self._rolar(self.topo - RODA)

    def on_scroll_to(self, evento: ScrollTo) -> None:
        """A barra que se arrasta."""
        evento.prevent_default()
        if evento.y is not None:
            self._rolar(round(evento.y))

    def on_scroll_up(self, evento: ScrollUp) -> None:
        """O clique na barra, acima do puxador."""
        evento.prevent_default()
        self.action_pagina(-1)

    def on_scroll_down(self, evento: ScrollDown) -> None:
        """E abaixo dele."""
        evento.prevent_default()
        self.action_pagina(1)

    def _rolar(self, y: int) -> None:
        """Rola, e leva o cursor junto se ele sairia de vista."""
        self.scroll_to(y=y, animate=False)
        topo = self.topo
        primeira = -(-topo // self._altura)
        ultima = max(primeira, (topo + self.size.height) // self._altura - 1)
        novo = max(primeira, min(self._cursor, ultima))
        if novo != self._cursor:
            self.ir_para(novo, 1 if novo > self._cursor else -1)


def _ate_a_comum(chaves: list[Any], outras: Container[Any]) -> list[Any]:
    """Sem as do fim, que as outras ainda não alcançaram; todas, se nenhuma é comum."""
    comuns = [n for n, chave in enumerate(chaves) if chave in outras]
    return chaves[: comuns[-1] + 1] if comuns else chaves


def _diferencas(velhas: list[Any], novas: list[Any]) -> int:
    """Quantas entraram, saíram ou trocaram de grupo; se nenhuma, 1 se andaram."""
    mudaram = {chave for chave, _ in set(velhas) ^ set(novas)}
    return len(mudaram) or int(velhas != novas)
