"""O orçamento e a ordem impressos: A4 em PDF (extra `pdf`) ou a bobina do balcão, em texto.

Cada folha se compõe uma vez, em textos, e se desenha de um jeito em cada forma; nada daqui lê o
banco: quem imprime já traz a ficha, direto ou pela API.
"""
