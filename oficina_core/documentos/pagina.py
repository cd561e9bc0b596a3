"""A página A4 e a mão que escreve nela: letra, fio, quebra de linha e de página."""

import re
from collections.abc import Callable
from importlib.resources import as_file, files
from typing import cast

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue
from fpdf.fonts import TTFFont

from oficina_core.documentos.folha import Folha
from oficina_core.texto import limpar

FONTE = "dejavu"
LARGURA, ALTURA = 210, 297
MARGEM, TOPO, PE = 18, 16, 20
UTIL, LIMITE = LARGURA - 2 * MARGEM, ALTURA - PE
VAO = 4
TINTA, CINZA, FIO = 30, 105, 205
ENTRELINHA = 1.32  # em vezes o corpo da letra
PONTO = 25.4 / 72  # mm
MIUDA, PEQUENA, NORMAL, MEDIA, GRANDE = 7, 7.5, 8.8, 11, 17
NAO_FISCAL = "Não é documento fiscal."


class Pagina(FPDF):
    """Uma coluna de cima a baixo; `y` é onde se escreve a seguir.

    `cabecalho`, se há, é o que se repete no alto da página em que uma tabela continua.
    """

    def __init__(self, folha: Folha, paginas: str) -> None:
        super().__init__(format="A4")
        self.folha, self.paginas = folha, paginas
        self.cabecalho: Callable[[], None] | None = None
        self.str_alias_nb_pages = ""  # um cliente pode se chamar {nb}
        self.c_margin = 0
        self.set_margins(MARGEM, TOPO, MARGEM)
        self.set_auto_page_break(auto=False)
        fontes = files("oficina_core").joinpath("documentos", "fontes")
        for estilo, nome in (("", "DejaVuSansCondensed"), ("B", "DejaVuSansCondensed-Bold")):
            with as_file(fontes / f"{nome}.ttf") as arquivo:
                self.add_font(FONTE, estilo, arquivo)
        self.set_creation_date(folha.feita_em)
        self.set_lang("pt-BR")
        self.set_title(folha.nome)
        self.set_author(limpar(folha.loja))

    def largar_fontes(self) -> None:
        for fonte in self.fonts.values():
            cast("TTFFont", fonte).ttfont.close()

    def header(self) -> None:
        if self.page == 1:
            self.set_y(TOPO)
            return
        self.set_y(TOPO - 4)
        self.letra(MIUDA, cinza=True)
        primeira, *_ = self.quebrar(f"{self.folha.nome} · {self.folha.loja}", UTIL)
        self.celula(primeira, MARGEM, UTIL, self.passo(MIUDA))
        self.y += self.passo(MIUDA) + 1
        self.fio(self.y)
        self.y += 4

    def footer(self) -> None:
        self.set_y(ALTURA - PE + 7)
        self.letra(MIUDA, cinza=True)
        topo = self.y
        self.escrever(NAO_FISCAL, MARGEM, UTIL)
        self.set_y(topo)
        self.escrever(f"{self.page}/{self.paginas}", MARGEM, UTIL, Align.R)

    def letra(self, corpo: float, *, forte: bool = False, cinza: bool = False) -> None:
        self.set_font(FONTE, "B" if forte else "", corpo)
        self.set_text_color(CINZA if cinza else TINTA)

    def espremer(self, texto: str, largura: float) -> None:
        """Diminui a letra até que o número caiba na coluna dele."""
        excesso = self.medir(texto) / largura
        if excesso > 1:
            self.set_font_size(self.font_size_pt / excesso)

    def passo(self, corpo: float) -> float:
        return corpo * PONTO * ENTRELINHA

    def escrever(self, texto: str, x: float, largura: float, lado: Align = Align.L) -> None:
        """O texto inteiro, quebrado na largura; o que não cabe na página segue na outra."""
        corpo, estilo, cor = self.font_size_pt, self.font_style, self.text_color
        for linha in self.quebrar(texto, largura):
            if self.caber(self.passo(corpo)):
                self.set_font(FONTE, estilo, corpo)
                self.text_color = cor
            self.celula(linha, x, largura, self.passo(corpo), lado)
            self.y += self.passo(corpo)

    def celula(
        self, texto: str, x: float, largura: float, altura: float, lado: Align = Align.L
    ) -> None:
        topo = self.y
        self.set_xy(x, topo)
        self.cell(largura, altura, self.legivel(texto), align=lado)
        self.set_y(topo)

    def quebrar(self, texto: str, largura: float) -> list[str]:
        """As linhas em que o texto cabe na largura, com a letra de agora."""
        return cast(
            "list[str]",
            self.multi_cell(
                largura,
                text=self.legivel(texto),
                align=Align.L,
                dry_run=True,
                output=MethodReturnValue.LINES,
            ),
        )

    def medir(self, texto: str) -> float:
        return float(self.get_string_width(self.legivel(texto)))

    def legivel(self, texto: str) -> str:
        """O texto sem o que a letra não tem: cada trecho vira um só sinal de que havia algo."""
        letras = cast("TTFFont", self.fonts[FONTE]).cmap
        limpo = limpar(texto, linhas=True)
        visto = "".join(c if c == "\n" or ord(c) in letras else "\ufffd" for c in limpo)
        return re.sub("\ufffd+", "\ufffd", visto)

    def fio(
        self,
        y: float,
        *,
        de: float = MARGEM,
        ate: float = MARGEM + UTIL,
        forte: bool = False,
        cor: int = FIO,
    ) -> None:
        self.set_draw_color(TINTA if forte else cor)
        self.set_line_width(0.25 if forte else 0.15)
        self.line(de, y, ate, y)

    def caber(self, altura: float) -> bool:
        """Passa à página seguinte se não há esta altura; verdadeiro se passou."""
        if self.in_footer or self.y + altura <= LIMITE or self.y <= TOPO + 12:
            return False
        self.add_page()
        if self.cabecalho:
            self.cabecalho()
        return True
