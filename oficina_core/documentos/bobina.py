"""A folha em 48 colunas de texto puro, para a impressora do balcão."""

import unicodedata
from collections.abc import Iterator
from itertools import chain

from oficina_core.documentos.contas import RECUSADA
from oficina_core.documentos.folha import Conta, Folha, Grupo, Linha, Parte
from oficina_core.texto import limpar

COLUNAS = 48
RECUO = "  "
FIO = "-" * COLUNAS
PAUTA = "_" * COLUNAS
NAO_FISCAL = "Não é documento fiscal."


def desenhar(folha: Folha) -> str:
    """O texto inteiro; nenhuma linha passa das colunas, e nada nele comanda a impressora."""
    return "".join(f"{linha.rstrip()}\n" for linha in _linhas(folha))


def _linhas(folha: Folha) -> Iterator[str]:
    for alto in (folha.loja.upper(), folha.nome, folha.situacao.capitalize()):
        yield from _centrar(alto)
    yield FIO
    for rotulo, valor in chain(*folha.dados, folha.textos):
        yield from dobrar(f"{rotulo}: {valor}")
    for parte in folha.partes:
        yield from _parte(parte)
    if folha.pagamentos:
        yield from (FIO, "PAGAMENTOS")
        for quando, forma, valor in folha.pagamentos:
            yield from _lados(f"{quando} {forma}", valor)
    if folha.contas:
        yield FIO
        yield from _contas(folha.contas)
    yield from _fecho(folha)


def _parte(parte: Parte) -> Iterator[str]:
    yield FIO
    if parte.titulo:
        yield from dobrar(parte.titulo.upper())
    yield from dobrar(parte.resposta)
    for grupo in parte.grupos:
        yield from _grupo(grupo)
    yield ""
    yield from _contas(parte.contas)


def _grupo(grupo: Grupo) -> Iterator[str]:
    yield ""
    yield from _lados(grupo.titulo.upper(), grupo.soma)
    for linha in grupo.linhas:
        yield from _item(linha)


def _item(linha: Linha) -> Iterator[str]:
    yield from dobrar(linha.descricao)
    feito = f"{RECUO}{linha.codigo}  {linha.quantidade} x {linha.preco}"
    desconto = f" {linha.desconto}" if linha.desconto else ""
    yield from _lados(f"{feito}{desconto}", "recusado" if linha.fora else linha.total)
    if linha.nota not in ("", RECUSADA):
        yield from dobrar(linha.nota, RECUO)


def _contas(contas: tuple[Conta, ...]) -> Iterator[str]:
    for conta in contas:
        yield from _lados(conta.rotulo.upper() if conta.forte else conta.rotulo, conta.valor)


def _fecho(folha: Folha) -> Iterator[str]:
    yield FIO
    for clausula in folha.clausulas:
        yield from dobrar(clausula)
        yield ""
    for rotulo in folha.a_preencher:
        yield f"{rotulo}: {PAUTA}"[:COLUNAS]
        yield ""
    for rotulo in folha.assinaturas:
        yield from ("", "", PAUTA, rotulo)
    yield from ("", NAO_FISCAL)


def _centrar(texto: str) -> Iterator[str]:
    for linha in dobrar(texto):
        yield " " * ((COLUNAS - largura(linha)) // 2) + linha


def _lados(esquerda: str, direita: str) -> Iterator[str]:
    """Um texto e o valor dele, encostado à direita; o que não cabe na linha se dobra."""
    *antes, ultima = dobrar(esquerda) or [""]
    yield from antes
    if largura(ultima) + 1 + largura(direita) > COLUNAS:
        yield ultima
        ultima = ""
    yield ultima + " " * (COLUNAS - largura(ultima) - largura(direita)) + direita


def dobrar(texto: str, recuo: str = "") -> list[str]:
    """O texto em linhas que cabem, quebradas entre palavras; a que é grande demais se parte."""
    return [
        linha for bloco in limpar(texto, linhas=True).split("\n") for linha in _dobrar(bloco, recuo)
    ]


def _dobrar(texto: str, recuo: str) -> Iterator[str]:
    """Guarda o recuo com que o texto já vem."""
    linha = recuo + texto[: len(texto) - len(texto.lstrip())]
    vazia = True
    for palavra in texto.split():
        for pedaco in _partir(palavra, COLUNAS - largura(recuo)):
            junto = linha + pedaco if vazia else f"{linha} {pedaco}"
            if largura(junto) > COLUNAS:
                yield linha
                junto = recuo + pedaco
            linha, vazia = junto, False
    if not vazia:
        yield linha


def _partir(palavra: str, cabe: int) -> Iterator[str]:
    pedaco = ""
    for letra in palavra:
        if largura(pedaco + letra) > cabe:
            yield pedaco
            pedaco = ""
        pedaco += letra
    yield pedaco


def largura(texto: str) -> int:
    """Quantas colunas o texto toma: a letra do Oriente, duas; a que vai sobre outra, nenhuma."""
    return sum(_colunas(letra) for letra in texto)


def _colunas(letra: str) -> int:
    if unicodedata.category(letra) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letra) in "WF" else 1
