"""Uma tabela que cabe na tela: cada registro em uma linha, e o menos importante sai primeiro."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from oficina_cli.rotulos import marca, rotulo, valor

ESPACO = 2
MINIMA, MINIMA_DO_STATUS, MINIMA_CORRIDA = 8, 14, 24
NUMEROS = ("reais", "quantidade", "int")
INSTANTES = ("date", "datetime")
INTEIRAS = ("placa", "codigo", "documento", "cpf", "telefone")
CORRIDAS = ("diferenca", "texto", "detalhe")  # o texto que vale mais ler inteiro que em uma linha
SAEM_ANTES = ("preco_unitario", "criado_em", "aguarda_complementar", "mecanico", "ordem_id")
SO_SE_HOUVER = ("a_aprovar", "desconto", "falta", "pago", "reservado", "saldo", "total")


@dataclass
class Coluna:
    nome: str
    titulo: str
    tipo: str
    celulas: list[str]

    @property
    def natural(self) -> int:
        return max(map(cell_len, [self.titulo, *self.celulas]))

    @property
    def minima(self) -> int:
        if self.nome in INTEIRAS or self.tipo in (*NUMEROS, *INSTANTES):
            return self.natural
        desejada = MINIMA_DO_STATUS if self.nome == "status" else MINIMA
        return min(self.natural, MINIMA_CORRIDA if self.nome in CORRIDAS else desejada)


def colunas(itens: Sequence[Any]) -> list[Coluna]:
    """Uma por campo simples que diz algo em algum dos itens."""
    tipo: Any = type(itens[0])
    return [
        Coluna(
            nome,
            rotulo(tipo, nome),
            marca(tipo, nome),
            [valor(item, nome).replace("\n", " ") for item in itens],
        )
        for nome in _nomes(tipo, itens[0])
        if diz_algo(nome, itens)
    ]


def e_parte(conteudo: Any) -> bool:
    return isinstance(conteudo, tuple) or is_dataclass(conteudo)


def desenhar(todas: Sequence[Coluna], largura: int | None) -> tuple[Table, list[str]]:
    """A tabela na largura dada (None: sem limite) e os títulos do que não coube."""
    cabem = list(todas) if largura is None else _cabem(todas, largura)
    medidas = {coluna.nome: coluna.natural for coluna in cabem}
    if largura is not None:
        medidas = _repartir(cabem, largura)
    tabela = Table(box=None, pad_edge=False)
    for coluna in cabem:
        tabela.add_column(
            Text(coluna.titulo),
            justify="right" if coluna.tipo in NUMEROS else "left",
            no_wrap=coluna.nome not in CORRIDAS,
            overflow="ellipsis",
            width=medidas[coluna.nome],
        )
    for linha in zip(*(coluna.celulas for coluna in cabem), strict=True):
        tabela.add_row(*map(Text, linha))
    return tabela, [coluna.titulo for coluna in todas if coluna not in cabem]


def _nomes(tipo: Any, item: Any) -> list[str]:
    """Os campos simples; a unidade já vai junto da quantidade, e o nome no lugar do número."""
    nomes = [campo.name for campo in fields(tipo) if not e_parte(getattr(item, campo.name))]
    com_unidade = any(marca(tipo, nome) == "quantidade" for nome in nomes)
    ocultos = {"servico_id", "peca_id", "unidade" if com_unidade else ""}
    return [nome for nome in nomes if nome not in ocultos]


def diz_algo(nome: str, itens: Sequence[Any]) -> bool:
    """O que está vazio, não acontece ou é o de sempre não ocupa lugar."""
    valores = [getattr(item, nome) for item in itens]
    if nome in SO_SE_HOUVER:
        return any(valores)
    if nome == "ativo":
        return not all(valores)
    return any(valor is not None and valor is not False for valor in valores)


def _cabem(todas: Sequence[Coluna], largura: int) -> list[Coluna]:
    """Tira primeiro as de SAEM_ANTES, depois da direita para a esquerda, até caber."""
    fila = [coluna for nome in SAEM_ANTES for coluna in todas if coluna.nome == nome]
    fila += [c for c in reversed(todas) if c not in fila and c.nome not in CORRIDAS]
    cabem = list(todas)
    for coluna in fila:
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
