"""A paleta: tudo o que se pode fazer daqui, achado por um pedaço do nome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import FORTE, SUAVE, dir_, esq, linha, teclas
from oficina_cli.tui.widgets.janela import NaJanela
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_core.texto import sem_acento

A_VISTA = 12
TECLA = 10


@dataclass(frozen=True)
class Comando:
    """O que se faz, como se chama e por que tecla também se chega lá."""

    titulo: str
    tecla: str
    fazer: Callable[[], Any]


class Paleta(ModalScreen[Comando], NaJanela[Comando]):
    """Devolve o comando escolhido."""

    DEFAULT_CSS = """
    Paleta { align: center top; }
    Paleta #paleta {
        width: 64; max-width: 100%; height: auto; margin: 2 0 0 0; padding: 1 0;
        background: $faixa;
    }
    Paleta Input { margin: 0 2; }
    Paleta Lista { height: 12; margin: 1 0 0 0; background: $faixa; scrollbar-background: $faixa; }
    Paleta Static { height: 1; margin: 1 0 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "sair", show=False),
        Binding("up", "mover(-1)", show=False, priority=True),
        Binding("down", "mover(1)", show=False, priority=True),
        Binding("pageup", "mover(-10)", show=False, priority=True),
        Binding("pagedown", "mover(10)", show=False, priority=True),
    ]

    def __init__(self, comandos: Sequence[Comando]) -> None:
        super().__init__()
        self._comandos = comandos

    def compose(self) -> ComposeResult:
        with Vertical(id="paleta"):
            yield Entrada(placeholder="O que você quer fazer?")
            yield Lista(_desenhar, chave=lambda c: c.titulo, sempre_acesa=True)
            yield Static("Nada com esse nome", id="nada")
            yield Static(teclas((("enter", "faz"), ("↑ ↓", "escolhe"), ("esc", "volta"))))

    async def on_mount(self) -> None:
        lista = self.query_one(Lista)
        lista.can_focus = False
        lista.styles.height = min(A_VISTA, max(3, self.app.size.height - 9))
        await self._mostrar("")
        self.set_focus(self.query_one(Input))

    async def _mostrar(self, texto: str) -> None:
        partes = sem_acento(texto).split()
        achados = [c for c in self._comandos if all(p in sem_acento(c.titulo) for p in partes)]
        lista = self.query_one(Lista)
        await lista.abrir(pronta(achados))
        lista.display, self.query_one("#nada").display = bool(achados), not achados

    async def on_input_changed(self, mudou: Input.Changed) -> None:
        await self._mostrar(mudou.value)

    def on_input_submitted(self) -> None:
        if comando := self.query_one(Lista).item:
            self.dismiss(comando)

    def on_lista_escolhido(self, escolhido: Lista.Escolhido) -> None:
        self.dismiss(escolhido.item)

    def action_mover(self, passo: int) -> None:
        self.query_one(Lista).action_mover(passo)

    def action_sair(self) -> None:
        self.dismiss(None)


def _desenhar(comando: Comando, largura: int, foco: bool) -> list[Content]:
    n = largura - 3 - TECLA - 2
    estilo = FORTE if foco else ""
    return [linha(esq(comando.titulo, n, estilo), dir_(comando.tecla, TECLA, SUAVE), foco=foco)]
