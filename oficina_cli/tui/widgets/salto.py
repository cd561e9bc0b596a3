"""Ir direto: à aba pela inicial, ou a uma área da tela pela letra que aparece sobre ela."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from oficina_cli.tui.widgets.desenho import teclas
from oficina_cli.tui.widgets.janela import NaJanela

LETRAS = "asdfghjkl"


class EscolherAba(ModalScreen[str], NaJanela[str]):
    """`g` e a inicial: a barra diz quais são."""

    DEFAULT_CSS = """
    EscolherAba { align: left bottom; background: transparent; }
    EscolherAba Static { width: 100%; height: 1; background: $faixa; padding: 0 2; }
    """

    def __init__(self, abas: Mapping[str, str]) -> None:
        super().__init__()
        self._abas = {aba[0]: (aba, nome) for aba, nome in abas.items()}

    def compose(self) -> ComposeResult:
        # "f" é a fila e "c" os cadastros; cada inicial é de uma aba só, menos o "o" e o "e"
        yield Static(teclas((letra, nome) for letra, (_, nome) in self._abas.items()))

    def on_key(self, evento: Key) -> None:
        evento.stop()
        letra = "f" if evento.key == "q" else evento.key
        self.dismiss(self._abas[letra][0] if letra in self._abas else None)


class Salto(ModalScreen[Callable[[], None]], NaJanela[Callable[[], None]]):
    """Uma letra sobre cada área que recebe foco; a letra leva a ela."""

    DEFAULT_CSS = """
    Salto { align: left top; }
    Salto .letra {
        position: absolute; width: 3; height: 1; background: $acento; color: $fundo;
        text-style: bold; content-align: center middle;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "sair", show=False)]

    def __init__(self, tela: Screen[Any]) -> None:
        super().__init__()
        self._alvos = dict(zip(LETRAS, _areas(tela), strict=False))
        self._tela = tela

    def compose(self) -> ComposeResult:
        for letra, area in self._alvos.items():
            marca = Static(letra, classes="letra", markup=False)
            marca.styles.offset = (max(0, area.region.x - 1), area.region.y)
            yield marca

    def on_key(self, evento: Key) -> None:
        evento.stop()
        if evento.key == "escape":
            self.dismiss(None)
        elif area := self._alvos.get(evento.key):
            self.dismiss(lambda: self._tela.set_focus(area))


def _areas(tela: Screen[Any]) -> list[Any]:
    return [area for area in tela.focus_chain if area.region.area]
