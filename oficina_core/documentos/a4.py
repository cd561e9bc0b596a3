"""A folha em A4: um PDF com os mesmos bytes para a mesma ficha."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest

from fpdf.enums import Align

from oficina_core.documentos.colunas import Colunas
from oficina_core.documentos.folha import Conta, Folha, Grupo, Linha, Parte
from oficina_core.documentos.pagina import (
    CINZA,
    GRANDE,
    MARGEM,
    MEDIA,
    MIUDA,
    NORMAL,
    PEQUENA,
    UTIL,
    VAO,
    Pagina,
)

COLUNAS_DE_DADOS = 4
LARGOS = ("Cliente", "Veículo")
INTEIRA = 40  # mm: a linha mais alta que isto pode continuar na folha seguinte


def desenhar(folha: Folha) -> bytes:
    """O PDF inteiro. Desenha-se duas vezes: só no fim se sabe de quantas páginas ele é."""
    with _montada(folha) as ensaio:
        paginas = ensaio.pages_count
    with _montada(folha, str(paginas)) as pronta:
        return bytes(pronta.output())


@contextmanager
def _montada(folha: Folha, paginas: str = "") -> Iterator["_A4"]:
    """As páginas escritas; as letras ficam abertas enquanto se usam."""
    a4 = _A4(folha, paginas)
    try:
        a4.montar()
        yield a4
    finally:
        a4.largar_fontes()


class _A4(Pagina):
    """As partes da folha, na ordem em que se leem."""

    def montar(self) -> None:
        self.add_page()
        self._abertura()
        self._dados()
        for rotulo, valor in self.folha.textos:
            self._texto(rotulo, valor)
        for parte in self.folha.partes:
            self._parte(parte)
        self._pagamentos()
        self._contas(self.folha.contas)
        self._fecho()

    def _abertura(self) -> None:
        folha, topo = self.folha, self.y
        self.letra(PEQUENA, cinza=True)
        self.escrever(folha.titulo, MARGEM + UTIL / 2, UTIL / 2, Align.R)
        self.letra(GRANDE, forte=True)
        self.escrever(f"nº {folha.numero}", MARGEM + UTIL / 2, UTIL / 2, Align.R)
        self.letra(NORMAL)
        self.escrever(folha.situacao.capitalize(), MARGEM + UTIL / 2, UTIL / 2, Align.R)
        fim, self.y = self.y, topo
        self.letra(MEDIA + 2, forte=True)
        self.escrever(folha.loja, MARGEM, UTIL / 2)
        self.y = max(fim, self.y) + 2
        self.fio(self.y, forte=True)
        self.y += 4

    def _dados(self) -> None:
        """Os campos curtos, em quatro colunas; quem é e que carro é tomam duas, cada um."""
        coluna = (UTIL + VAO) / COLUNAS_DE_DADOS
        for campos in self.folha.dados:
            fila: list[tuple[str, str, float, float]] = []
            usadas = 0
            for rotulo, valor in campos:
                self.letra(NORMAL)
                largas = 2 if rotulo in LARGOS or self.medir(valor) > coluna - VAO else 1
                if usadas + largas > COLUNAS_DE_DADOS:
                    self._fila_de_dados(fila)
                    fila, usadas = [], 0
                fila.append((rotulo, valor, MARGEM + usadas * coluna, largas * coluna - VAO))
                usadas += largas
            self._fila_de_dados(fila)
        self.y += 1

    def _fila_de_dados(self, fila: Sequence[tuple[str, str, float, float]]) -> None:
        topo = fim = self.y
        for rotulo, valor, x, largura in fila:
            self.y = topo
            self._rotulado(rotulo, valor, x, largura)
            fim = max(fim, self.y)
        self.y = fim + 2.2

    def _texto(self, rotulo: str, valor: str) -> None:
        self.caber(10)
        self._rotulado(rotulo, valor, MARGEM, UTIL)
        self.y += 2.2

    def _rotulado(self, rotulo: str, valor: str, x: float, largura: float) -> None:
        self.letra(MIUDA, cinza=True)
        self.escrever(rotulo, x, largura)
        self.letra(NORMAL)
        self.escrever(valor, x, largura)

    def _parte(self, parte: Parte) -> None:
        self.caber(34)
        self.y += 3
        if parte.titulo:
            self.letra(MEDIA, forte=True)
            self.escrever(parte.titulo, MARGEM, UTIL)
        if parte.resposta:
            self.letra(PEQUENA, cinza=True)
            self.escrever(parte.resposta, MARGEM, UTIL)
        self.y += 2
        tabela = Colunas(com_desconto=any(x.desconto for g in parte.grupos for x in g.linhas))
        self.cabecalho = lambda: self._titulos(tabela)
        self.cabecalho()
        for grupo in parte.grupos:
            ultimo = grupo is parte.grupos[-1]
            self._grupo(grupo, tabela, self._altura_das(parte.contas) if ultimo else 0)
        self.cabecalho = None
        self._contas(parte.contas)

    def _titulos(self, tabela: Colunas) -> None:
        self.letra(MIUDA, cinza=True)
        topo = self.y
        for titulo, x, largura, lado in tabela.titulos:
            self.y = topo
            self.escrever(titulo, x, largura, lado)
        self.fio(self.y + 0.8, forte=True)
        self.y += 2

    def _grupo(self, grupo: Grupo, tabela: Colunas, reserva: float) -> None:
        """O título leva a soma e não fica longe da primeira linha, nem a última, do total."""
        self.caber(18)
        self.y += 1
        topo = self.y
        self.letra(NORMAL, forte=True)
        self.escrever(grupo.titulo, MARGEM, UTIL / 2)
        self.y = topo
        self.escrever(grupo.soma, MARGEM + UTIL / 2, UTIL / 2, Align.R)
        self.y += 1
        for linha in grupo.linhas:
            self._linha(linha, tabela, reserva if linha is grupo.linhas[-1] else 0)
        self.y += 1.5

    def _linha(self, linha: Linha, tabela: Colunas, reserva: float) -> None:
        self.letra(PEQUENA)
        codigo = self.quebrar(linha.codigo, tabela.codigo)
        nota = self.quebrar(linha.nota, tabela.descricao) if linha.nota else []
        self.letra(NORMAL)
        descricao = self.quebrar(linha.descricao, tabela.descricao)
        textos = [(parte, NORMAL) for parte in descricao] + [(parte, PEQUENA) for parte in nota]
        passo = self.passo(NORMAL)
        inteira = max(len(textos), len(codigo)) * passo
        self.caber(min(inteira, INTEIRA) + 2 + reserva)
        self.y += 0.9
        self._numeros(linha, tabela, passo)
        for (texto, corpo), parte in zip_longest(textos, codigo, fillvalue=("", NORMAL)):
            self.caber(passo)
            self.letra(corpo, cinza=linha.fora or corpo is PEQUENA)
            self.celula(texto, tabela.x_descricao, tabela.descricao, passo)
            self.letra(PEQUENA, cinza=True)
            self.celula(parte if isinstance(parte, str) else "", MARGEM, tabela.codigo, passo)
            self.y += passo
        self.fio(self.y + 0.7)
        self.y += 0.9

    def _numeros(self, linha: Linha, tabela: Colunas, passo: float) -> None:
        valores = (linha.quantidade, linha.preco, linha.desconto, linha.total)
        for valor, (x, largura) in zip(valores, tabela.numeros, strict=True):
            if largura:
                self.letra(NORMAL, cinza=linha.fora)
                self.espremer(valor, largura - 1)
                self.celula(valor, x, largura, passo, Align.R)
        if linha.fora:
            fim = MARGEM + UTIL
            self.set_draw_color(CINZA)
            meio = self.y + passo / 2
            self.line(fim - self.medir(linha.total), meio, fim, meio)

    def _altura_das(self, contas: Sequence[Conta]) -> float:
        return sum(self.passo(MEDIA if c.forte else NORMAL) + 1 for c in contas) + 4

    def _contas(self, contas: Sequence[Conta]) -> None:
        """As somas, à direita, sob os totais das linhas."""
        if not contas:
            return
        self.caber(self._altura_das(contas))
        self.y += 1
        largura = UTIL / 2.4
        esquerda = MARGEM + UTIL - largura
        for conta in contas:
            if conta.forte and len(contas) > 1:
                self.fio(self.y, de=esquerda)
                self.y += 1
            corpo = MEDIA if conta.forte else NORMAL
            self.letra(NORMAL, cinza=not conta.forte, forte=conta.forte)
            self.celula(conta.rotulo, esquerda, largura / 2, self.passo(corpo))
            self.letra(corpo, forte=conta.forte)
            self.celula(
                conta.valor, esquerda + largura / 3, largura * 2 / 3, self.passo(corpo), Align.R
            )
            self.y += self.passo(corpo) + 1
        self.y += 2

    def _pagamentos(self) -> None:
        if not self.folha.pagamentos:
            return
        self.caber(20)
        self.y += 3
        self.letra(MEDIA, forte=True)
        self.escrever("Pagamentos", MARGEM, UTIL)
        self.y += 1
        passo = self.passo(NORMAL)
        for quando, forma, valor in self.folha.pagamentos:
            self.caber(passo + 2)
            self.letra(NORMAL)
            self.celula(quando, MARGEM, 40, passo)
            self.celula(forma, MARGEM + 40, UTIL - 80, passo)
            self.celula(valor, MARGEM + UTIL - 40, 40, passo, Align.R)
            self.y += passo
            self.fio(self.y + 0.7)
            self.y += 1.6

    def _fecho(self) -> None:
        """As cláusulas, o que se combina à caneta e as assinaturas, que não se separam."""
        self.letra(PEQUENA)
        linhas = sum(len(self.quebrar(clausula, UTIL)) for clausula in self.folha.clausulas)
        altura = linhas * self.passo(PEQUENA) + len(self.folha.clausulas) + 28
        self.caber(altura + 16 * len(self._filas_a_preencher()))
        self.y += 4
        self.letra(PEQUENA, cinza=True)
        for clausula in self.folha.clausulas:
            self.escrever(clausula, MARGEM, UTIL)
            self.y += 1
        for rotulos in self._filas_a_preencher():
            self._a_caneta(rotulos, 13)
        self._a_caneta(self.folha.assinaturas, 18)

    def _filas_a_preencher(self) -> Sequence[Sequence[str]]:
        """Lado a lado; na folha sem tabela, que tem lugar, cada um em uma linha inteira."""
        ditos = self.folha.a_preencher
        return [ditos] if ditos and self.folha.partes else [(dito,) for dito in ditos]

    def _a_caneta(self, rotulos: Sequence[str], espaco: float) -> None:
        """Linhas lado a lado, com lugar para a mão acima de cada uma."""
        if not rotulos:
            return
        self.y += espaco - 4
        largura = (UTIL + VAO) / len(rotulos)
        topo = self.y
        self.letra(MIUDA, cinza=True)
        for posicao, rotulo in enumerate(rotulos):
            x = MARGEM + posicao * largura
            self.fio(topo, de=x, ate=x + largura - VAO, cor=CINZA)
            self.y = topo + 0.8
            self.escrever(rotulo, x, largura - VAO)
