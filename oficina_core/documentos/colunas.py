"""As colunas da tabela de itens, em milímetros."""

from fpdf.enums import Align

from oficina_core.documentos.pagina import MARGEM, UTIL, VAO


class Colunas:
    """Onde fica cada coluna da tabela; a do desconto só há se alguma linha o tem."""

    CODIGO, QUANTIDADE, PRECO, DESCONTO, TOTAL = 23, 20, 22, 22, 24

    def __init__(self, *, com_desconto: bool) -> None:
        desconto = self.DESCONTO if com_desconto else 0
        self.codigo = self.CODIGO - VAO / 2
        self.x_descricao = MARGEM + self.CODIGO
        larguras = (self.QUANTIDADE, self.PRECO, desconto, self.TOTAL)
        self.descricao = UTIL - self.CODIGO - sum(larguras) - 1
        fins = [MARGEM + UTIL - sum(larguras[n:]) for n in range(len(larguras))]
        self.numeros = tuple(zip(fins, larguras, strict=True))
        nomes = ("Quantidade", "Preço (R$)", "Desconto (R$)", "Total (R$)")
        self.titulos = (
            ("Código", MARGEM, self.CODIGO, Align.L),
            ("Descrição", self.x_descricao, self.descricao, Align.L),
            *(
                (nome, x, largura, Align.R)
                for nome, (x, largura) in zip(nomes, self.numeros, strict=True)
                if largura
            ),
        )
