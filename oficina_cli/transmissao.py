"""Uma transmissão de eventos (SSE), lida como manda o padrão do WHATWG."""

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import IncrementalNewlineDecoder

TAMANHO_MAXIMO = 65_536  # caracteres de uma mensagem; a API manda umas centenas


@dataclass(frozen=True)
class Mensagem:
    """O `id` é o último que se disse, nesta ou em uma anterior."""

    id: str
    tipo: str
    dados: str


@dataclass(frozen=True)
class Transmissao:
    """As mensagens, enquanto chegam; `cortar`, de outro fio, faz com que acabem já."""

    mensagens: Iterator[Mensagem]
    cortar: Callable[[], None]


def ler_mensagens(partes: Iterable[bytes]) -> Iterator[Mensagem]:
    """As que chegam inteiras, por mais que venham aos pedaços.

    Levanta ValueError se não é texto UTF-8, ou se uma não acaba mais.
    """
    texto = IncrementalNewlineDecoder(getincrementaldecoder("utf-8-sig")(), translate=True)
    dados: list[str] = []
    id = tipo = resto = ""
    tamanho = 0
    for parte in partes:
        *linhas, resto = (resto + texto.decode(parte)).split("\n")
        for linha in linhas:
            nome, _, valor = linha.partition(":")  # o comentário é um campo sem nome
            valor = valor.removeprefix(" ")
            if nome == "id" and "\0" not in valor:
                id = valor
            elif nome == "event":
                tipo = valor
            elif nome == "data":
                dados.append(valor)
                tamanho += len(linha)
            elif not linha:
                if dados:
                    yield Mensagem(id, tipo or "message", "\n".join(dados))
                dados, tipo, tamanho = [], "", 0
        if tamanho + len(resto) > TAMANHO_MAXIMO:
            raise ValueError("mensagem grande demais")
