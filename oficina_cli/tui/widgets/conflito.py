"""Outro gravou antes: o que é seu, o que está lá, e o que fica."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from oficina_cli.tui.widgets.desenho import FORTE, SUAVE, esq, linha
from oficina_cli.tui.widgets.dialogo import Dialogo
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista, pronta

ROTULO = 32  # colunas


@dataclass
class Diferenca:
    """Um campo que não é igual nos dois; `seu` em `fica` é o que você digitou."""

    campo: str
    rotulo: str
    seu: str
    atual: str
    fica_o_seu: bool


class Conflito(Dialogo[set[str]]):
    """Devolve os campos em que fica o seu; None é deixar para depois, sem gravar nada."""

    DEFAULT_CSS = """
    Conflito #dialogo { width: 76; }
    Conflito Folha { margin: 1 0 0 0; }
    Conflito Lista { height: auto; max-height: 12; }
    """
    TECLAS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("← →", "escolhe"),
        ("s", "tudo seu"),
        ("t", "tudo atual"),
        ("ctrl+s", "grava"),
        ("esc", "volta"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "ficar(1)", show=False, priority=True),
        Binding("right", "ficar(0)", show=False, priority=True),
        Binding("space", "virar", show=False),
        Binding("s", "tudo(1)", show=False),
        Binding("t", "tudo(0)", show=False),
        Binding("ctrl+s", "gravar", show=False, priority=True),
    ]

    def __init__(self, titulo: str, diferencas: Sequence[Diferenca]) -> None:
        super().__init__(titulo, ("O que você digitou está guardado. Escolha o que fica.",))
        self._diferencas = list(diferencas)

    def compor(self) -> ComposeResult:
        yield Folha(self._titulos)
        yield Lista(self._desenhar, chave=lambda d: d.campo)

    async def on_mount(self) -> None:
        lista = self.query_one(Lista)
        lista.styles.height = min(12, len(self._diferencas))
        await lista.abrir(pronta(self._diferencas))
        self.set_focus(lista)

    def _larguras(self, util: int) -> tuple[int, int]:
        """A do nome do campo, e a de cada lado."""
        rotulo = min(ROTULO, max(cell_len(d.rotulo) for d in self._diferencas))
        return rotulo, max(6, (util - rotulo - 2 * 2) // 2)

    def _titulos(self, largura: int) -> list[Content]:
        rotulo, n = self._larguras(largura)
        return [linha(esq("", rotulo), esq("  Seu", n, SUAVE), esq("  Atual", n, SUAVE))]

    def _desenhar(self, d: Diferenca, largura: int, foco: bool) -> list[Content]:
        rotulo, n = self._larguras(largura - 3)
        seu, atual = ("● ", "○ ") if d.fica_o_seu else ("○ ", "● ")
        return [
            linha(
                esq(d.rotulo, rotulo, SUAVE),
                esq(seu + (d.seu or "—"), n, FORTE if d.fica_o_seu else SUAVE),
                esq(atual + (d.atual or "—"), n, SUAVE if d.fica_o_seu else FORTE),
                foco=foco,
            )
        ]

    def _redesenhar(self) -> None:
        self.query_one(Lista).redesenhar()

    def action_ficar(self, seu: int) -> None:
        if d := self.query_one(Lista).item:
            d.fica_o_seu = bool(seu)
            self._redesenhar()

    def action_virar(self) -> None:
        if d := self.query_one(Lista).item:
            d.fica_o_seu = not d.fica_o_seu
            self._redesenhar()

    def action_tudo(self, seu: int) -> None:
        for d in self._diferencas:
            d.fica_o_seu = bool(seu)
        self._redesenhar()

    def action_gravar(self) -> None:
        self.dismiss({d.campo for d in self._diferencas if d.fica_o_seu})
