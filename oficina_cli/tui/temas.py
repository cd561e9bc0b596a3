"""As três paletas. O contraste WCAG de todo texto sobre todo fundo é 4,5 ou mais."""

from typing import NamedTuple

from textual.theme import Theme


class Paleta(NamedTuple):
    """As cores, pelo papel que têm na tela; azul e laranja se distinguem no daltonismo comum."""

    fundo: str
    faixa: str
    campo: str
    selecao: str
    texto: str
    suave: str
    acento: str
    alerta: str
    traco: str


PALETAS = {
    "oficina-escuro": Paleta(
        fundo="#10171d",
        faixa="#182229",
        campo="#22303a",
        selecao="#1d3b48",
        texto="#dde6ea",
        suave="#93a5af",
        acento="#62cde3",
        alerta="#ffab66",
        traco="#33434e",
    ),
    "oficina-claro": Paleta(
        fundo="#fbfbf8",
        faixa="#eff1ee",
        campo="#e3e8e7",
        selecao="#cfe6ec",
        texto="#17242c",
        suave="#4c5c66",
        acento="#00566e",
        alerta="#9a3403",
        traco="#c3cbca",
    ),
    "oficina-alto-contraste": Paleta(
        fundo="#000000",
        faixa="#161616",
        campo="#303030",
        selecao="#00405c",
        texto="#ffffff",
        suave="#e2e2e2",
        acento="#ffe14d",
        alerta="#ffb38a",
        traco="#9a9a9a",
    ),
}
PADRAO = "oficina-escuro"
ROTULOS = {
    "oficina-escuro": "escuro",
    "oficina-claro": "claro",
    "oficina-alto-contraste": "alto contraste",
}


def temas() -> list[Theme]:
    """Os temas, na forma em que o Textual os registra."""
    return [
        Theme(
            name=nome,
            dark=nome != "oficina-claro",
            primary=paleta.acento,
            background=paleta.fundo,
            surface=paleta.faixa,
            panel=paleta.campo,
            foreground=paleta.texto,
            error=paleta.alerta,
            warning=paleta.alerta,
            variables=paleta._asdict(),
        )
        for nome, paleta in PALETAS.items()
    ]
