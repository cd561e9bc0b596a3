"""A ajuda da tela: todas as teclas, agrupadas, com os nomes que as mudam no config.toml."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen

from oficina_cli.tui.base import Tela
from oficina_cli.tui.widgets.desenho import (
    FORTE,
    NADA,
    SUAVE,
    TECLA_ACESA,
    esq,
    linha,
    secao,
    solta,
)
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.moldura import ligacoes, nome_da_tecla, rotulo_de

DE_TODAS = ("voltar", "atualizar")


class TelaAjuda(Tela):
    """Sobre a tela de que se veio; esc volta a ela."""

    ABA: ClassVar[str] = ""

    def __init__(self, de: Screen[Any]) -> None:
        super().__init__()
        self._grupos = (
            ("Nesta tela", _linhas(de, proprias=True)),
            (
                "Em listas",
                [
                    _linha("↑ ↓ pgup pgdn home end", "anda", "lista.*"),
                    _linha("enter", "abre", "lista.escolher"),
                ],
            ),
            ("Em toda parte", _linhas(de, proprias=False)),
        )
        self._titulo = getattr(de, "ABA", "")

    def compor(self) -> ComposeResult:
        with VerticalScroll(id="rolagem"):
            yield Folha(self._desenhar)

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#rolagem"))

    def contexto(self) -> tuple[Content, Content]:
        return solta(("Ajuda", FORTE), (" · esc volta", SUAVE)), NADA

    def _desenhar(self, largura: int) -> list[Content]:
        linhas: list[Content] = []
        for titulo, pares in self._grupos:
            if pares:
                linhas.append(secao(titulo, largura, "" if linhas else "no config.toml"))
            for tecla, nome, id in pares:
                linhas.append(
                    linha(esq(tecla, 24, TECLA_ACESA), esq(nome, largura - 48), esq(id, 20, SUAVE))
                )
            linhas.append(NADA)
        return [
            *linhas,
            linha(("As teclas se trocam no config.toml: [teclas] e o nome à direita.", SUAVE)),
            linha(("Copiar: arraste com o mouse, ou shift e arraste no terminal.", SUAVE)),
        ]


def _linha(tecla: str, nome: str, id: str) -> tuple[str, str, str]:
    return tecla, nome, id


def _linhas(tela: Screen[Any], *, proprias: bool) -> list[tuple[str, str, str]]:
    """As ligações que valem agora, também as que um campo com foco toma para si."""
    da_tela = [b for b in ligacoes(type(tela)) if (b.action not in DE_TODAS) is proprias]
    ditas = da_tela if proprias else [*da_tela, *ligacoes(type(tela.app))]
    trocadas = getattr(tela.app, "teclas_trocadas", {})
    return [
        (
            " ou ".join(map(nome_da_tecla, trocadas.get(b.id or "", b.key).split(","))),
            rotulo,
            b.id or "",
        )
        for b in ditas
        if (rotulo := rotulo_de(tela, b))
        and tela.check_action(b.action.split("(")[0], ()) is not False
    ]
