"""Os campos do balcão: o que se digita e o que se cola, até o que vem para quebrar."""

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Button

from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo, CampoBR, Escolha, Formulario, ler_data
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.texto import inofensivo

pytestmark = pytest.mark.anyio

PALETAS = {
    "oficina-escuro": {
        "fundo": "#10171d",
        "faixa": "#182229",
        "campo": "#22303a",
        "selecao": "#1d3b48",
        "texto": "#dde6ea",
        "suave": "#93a5af",
        "acento": "#62cde3",
        "alerta": "#ffab66",
        "traco": "#33434e",
    },
    "oficina-claro": {
        "fundo": "#fbfbf8",
        "faixa": "#eff1ee",
        "campo": "#e3e8e7",
        "selecao": "#cfe6ec",
        "texto": "#17242c",
        "suave": "#4c5c66",
        "acento": "#00566e",
        "alerta": "#9a3403",
        "traco": "#c3cbca",
    },
}
TIPOS = {
    nome: getattr(campos, nome)
    for nome in (
        "DOCUMENTO PLACA TELEFONE EMAIL CODIGO DINHEIRO QUANTIDADE DATA INTEIRO KM NOME TEXTO SENHA"
    ).split()
}
HOJE = date(2026, 11, 23)
CPF, CNPJ = "12345678909", "12ABC34501DE35"

HOSTIS = [
    "[red]x[/]",
    "[/]",
    "[@click=app.quit]sair[/]",
    "[link=javascript:alert(1)]x[/link]",
    "\\[b]",
    "[[[[",
    "$texto on $fundo",
    ":smile:",
    "\x1b[2J\x1b[H",
    "\x1b]0;titulo\x07",
    "\x1b]52;c;cm0gLXJm\x1b\\",
    "\x1bP1$r\x1b\\",
    "\x9b31m",
    "\x00",
    "a\x00b",
    "\x07\x08\x7f",
    "\r\n\r\n",
    "\n1\n2",
    "\t\v\f",
    "\x85\u2028\u2029",
    "\u202e321",
    "\u2066abc\u2069",
    "\u200e\u200f\u200b\ufeff",
    "👩‍🔧🔧⚠️",
    "🇧🇷",
    "e\u0301" * 9,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "汉字漢字かなカナ한글",
    "ﬁﬂſ",
    "x" * 10_240,
    "\x1b" * 10_240,
    "汉" * 10_240,
    "'; DROP TABLE clientes; --",
    '" OR ""="',
    "%s %n %d %(x)s",
    "{0.__class__} {x!r}",
    "\ud800",
    "a\udfffb",
    "../../etc/passwd",
    "=cmd|'/c calc'!A1",
    "NaN",
    "-Infinity",
    "1e999",
    "٣٤٥",
    "１２３",
    "\u3164\u115f",
    "\U000e0041\U000e007f",
    "\U0010ffff",
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Mesa(App[None]):
    """Um formulário sobre o fundo, e quem escuta o que ele diz."""

    CSS = "Screen { background: $fundo; color: $texto; } Formulario { margin: 1 2; }"

    def __init__(self, montar: Callable[[], Widget], tema: str = "oficina-escuro") -> None:
        self.montar, self.tema = montar, tema
        super().__init__()
        self.ditos: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return PALETAS[self.tema]

    def compose(self) -> ComposeResult:
        yield self.montar()

    def on_mount(self) -> None:
        for nome, cores in PALETAS.items():
            tema = Theme(
                name=nome,
                primary=cores["acento"],
                background=cores["fundo"],
                dark=nome != "oficina-claro",
                variables=cores,
            )
            self.register_theme(tema)
        self.theme = self.tema

    def on_formulario_pronto(self) -> None:
        self.ditos.append("pronto")

    def on_formulario_mudou(self) -> None:
        self.ditos.append("mudou")


def completo() -> Formulario:
    return Formulario(
        Campo(nome="nome", rotulo="Nome", tipo=campos.NOME, obrigatorio=True),
        Campo(nome="documento", rotulo="CPF ou CNPJ", tipo=campos.DOCUMENTO, obrigatorio=True),
        Campo(nome="telefone", rotulo="Telefone", tipo=campos.TELEFONE),
        Campo(nome="placa", rotulo="Placa", tipo=campos.PLACA, dica="ABC1D23"),
        Campo(nome="km", rotulo="km", tipo=campos.KM, inicial=61034),
        Campo(nome="valor", rotulo="Valor", tipo=campos.DINHEIRO, inicial=Decimal("1234.5")),
        Campo(nome="prazo", rotulo="Prazo", tipo=campos.tipo_data(lambda: HOJE)),
        Campo(nome="forma", rotulo="Forma", tipo=FormaPagamento, inicial=FormaPagamento.PIX),
        Campo(nome="senha", rotulo="Senha", tipo=campos.SENHA),
    )


async def colar(piloto: Pilot[None], dito: str) -> None:
    piloto.app.post_message(events.Paste(dito))
    await piloto.pause()
