"""Uma tabela que cabe na tela: o texto se dobra ou se corta, e o menos importante sai primeiro."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from oficina_cli import barras
from oficina_cli.rotulos import marca, rotulo, valor
from oficina_core.casos.orcamentos import LinhaItem

ESPACO = 2
INTEIRA, MINIMA = 10_000, 8
NUMEROS = ("reais", "quantidade", "int")
INSTANTES = ("date", "datetime")
INTEIRAS = ("placa", "causa", "codigo", "documento", "cpf", "telefone")
# O que vale mais ler inteiro que em uma linha: a largura mínima e em até quantas linhas.
DOBRAM = {
    "diferenca": (30, INTEIRA),
    "texto": (24, INTEIRA),
    "detalhe": (24, INTEIRA),
    "nome": (20, 3),
    "descricao": (20, 3),
    "queixa": (20, 3),
    "motivo": (14, 3),
    "acao": (11, 2),
    "mecanico": (10, 3),
    "status": (10, 2),
}
SAEM_ANTES = (
    "tipo",
    "orcamento_id",
    "km_entrada",
    "custo_unitario",
    "entidade_id",
    "entidade",
    "ator",
    "veiculo",
    "preco_unitario",
)
SO_SE_HOUVER = (
    "a_aprovar",
    "atualizados",
    "desconto",
    "falta",
    "iguais",
    "pago",
    "reservado",
    "saldo",
    "total",
)


@dataclass(eq=False)
class Coluna:
    """Uma coluna e o que se faz se não cabe inteira.

    Estreita até `ao_menos`; o texto se dobra, se cabe nessas `linhas`, ou se corta. A `extra` só
    entra quando sobra lugar, e quem não a vê não é avisado. A `nota` se diz ao pé da tabela. Com
    `partes`, é uma barra, que se desenha na largura que lhe couber.
    """

    nome: str
    titulo: str
    celulas: list[str]
    a_direita: bool = False
    ao_menos: int = INTEIRA
    linhas: int = 1
    extra: bool = False
    nota: str = ""
    partes: Sequence[float] = ()

    @property
    def natural(self) -> int:
        if self.partes:
            return barras.MAIOR
        return max(map(cell_len, [self.titulo, *self.celulas]))

    @property
    def minima(self) -> int:
        return min(self.natural, self.ao_menos)

    def em(self, largura: int) -> list[str]:
        """O que se escreve em cada linha."""
        return [barras.desenhar(parte, largura) for parte in self.partes] or self.celulas


def colunas(itens: Sequence[Any], campos: Sequence[str] = ()) -> list[Coluna]:
    """Uma por campo simples que diz algo em algum dos itens e, se a lista tem, a da barra.

    Com `campos`, só os pedidos.
    """
    tipo: Any = type(itens[0])
    partes = barras.partes(itens)
    barra = Coluna("barra", "", [], partes=partes, ao_menos=barras.MENOR, extra=True)
    return [
        Coluna(
            nome,
            rotulo(tipo, nome),
            [_celula(item, nome) for item in itens],
            a_direita=marca(tipo, nome) in NUMEROS,
            ao_menos=minima,
            linhas=linhas,
        )
        for nome in campos or _nomes(tipo, itens)
        if campos or diz_algo(nome, itens)
        for minima, linhas in [_medida(nome, marca(tipo, nome))]
    ] + [barra] * bool(partes and not campos)


def _celula(item: Any, nome: str) -> str:
    vazia = nome == "falta" and not getattr(item, nome)
    return "–" if vazia else valor(item, nome).replace("\n", " ")


def _medida(nome: str, tipo: str) -> tuple[int, int]:
    inteira = nome in INTEIRAS or tipo in (*NUMEROS, *INSTANTES)
    return DOBRAM.get(nome, (INTEIRA if inteira else MINIMA, 1))


def e_parte(conteudo: Any) -> bool:
    return isinstance(conteudo, tuple) or is_dataclass(conteudo)


def desenhar(todas: Sequence[Coluna], largura: int | None) -> tuple[Table, list[str], list[str]]:
    """A tabela na largura dada (None: sem limite), os títulos do que não coube, e as notas."""
    cabem = list(todas) if largura is None else _cabem(todas, largura)
    medidas = {coluna.nome: coluna.natural for coluna in cabem}
    if largura is not None:
        medidas = _repartir(cabem, largura)
    tabela = Table(box=None, pad_edge=False)
    for coluna in cabem:
        tabela.add_column(
            Text(coluna.titulo),
            justify="right" if coluna.a_direita else "left",
            no_wrap=coluna.natural > coluna.linhas * medidas[coluna.nome],
            overflow="ellipsis",
            width=medidas[coluna.nome],
        )
    for linha in zip(*(coluna.em(medidas[coluna.nome]) for coluna in cabem), strict=True):
        tabela.add_row(*map(Text, linha))
    fora = [coluna.titulo for coluna in todas if not (coluna.extra or coluna in cabem)]
    return tabela, fora, [coluna.nota for coluna in cabem if coluna.nota]


def _nomes(tipo: Any, itens: Sequence[Any]) -> list[str]:
    """Os campos simples; a unidade já vai junto da quantidade, e o nome no lugar do número."""
    nomes = [campo.name for campo in fields(tipo) if not e_parte(getattr(itens[0], campo.name))]
    com_unidade = any(marca(tipo, nome) == "quantidade" for nome in nomes)
    ocultos = {"servico_id", "peca_id", "unidade" if com_unidade else ""}
    if len({getattr(item, "loja_id", None) for item in itens}) == 1:  # a loja é uma só: não se vê
        ocultos.add("loja_id")
    if "codigo" in nomes and {"ativo", "completo"} & {*nomes}:
        ocultos.add("id")
    return [nome for nome in nomes if nome not in ocultos]


def diz_algo(nome: str, itens: Sequence[Any]) -> bool:
    """O que está vazio, não acontece ou é o de sempre não ocupa lugar."""
    valores = [getattr(item, nome) for item in itens]
    if nome in SO_SE_HOUVER:
        return any(valores)
    if nome in ("ativo", "completo"):
        return False in valores
    if nome == "disponivel":
        return any(map(_disponivel_diz, itens))
    return any(valor is not None and valor is not False for valor in valores)


def _disponivel_diz(item: Any) -> bool:
    """Na peça, só se não é o próprio estoque; no orçamento, só se a linha passa dele."""
    if isinstance(item, LinhaItem):
        return item.curta
    return bool(item.disponivel != getattr(item, "estoque", None))


def _cabem(todas: Sequence[Coluna], largura: int) -> list[Coluna]:
    """Tira as extras, as de SAEM_ANTES e depois da direita para a esquerda, até caber."""
    do_fim = todas[::-1]
    fila = [coluna for coluna in do_fim if coluna.extra]
    fila += [coluna for nome in SAEM_ANTES for coluna in todas if coluna.nome == nome]
    fila += [coluna for coluna in do_fim if coluna.linhas == 1]
    cabem = list(todas)
    for coluna in dict.fromkeys(fila):
        if len(cabem) == 1 or _soma([c.minima for c in cabem]) <= largura:
            break
        cabem.remove(coluna)
    return cabem


def _repartir(cabem: Sequence[Coluna], largura: int) -> dict[str, int]:
    """O que sobra vai, de um em um, para a coluna mais apertada."""
    medidas = {coluna.nome: coluna.minima for coluna in cabem}
    naturais = {coluna.nome: coluna.natural for coluna in cabem}
    for _ in range(largura - _soma(list(medidas.values()))):
        apertadas = [nome for nome in medidas if medidas[nome] < naturais[nome]]
        if not apertadas:
            break
        medidas[min(apertadas, key=lambda nome: medidas[nome])] += 1
    return medidas


def _soma(medidas: list[int]) -> int:
    return sum(medidas) + ESPACO * (len(medidas) - 1)
