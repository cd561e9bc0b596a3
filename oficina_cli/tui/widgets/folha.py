"""Um bloco de linhas que só se lê, desenhado para a largura que há."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from oficina_cli.tui.widgets.desenho import MARGEM, juntar

Desenho = Callable[[int], Sequence[Content]]


class Folha(Widget):
    """`desenhar(largura útil)` dá as linhas; a margem é de quem as compõe."""

    DEFAULT_CSS = "Folha { height: auto; width: 1fr; text-wrap: nowrap; }"

    def __init__(self, desenhar: Desenho, *, id: str | None = None, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self._desenhar = desenhar

    def redesenhar(self) -> None:
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._desenhar(width - 2 * MARGEM))

    def render(self) -> Content:
        return juntar(self._desenhar(self.size.width - 2 * MARGEM))
