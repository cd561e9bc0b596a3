"""Um arquivo novo: só quem o faz o lê, não toma o lugar de outro, e nasce inteiro ou não nasce."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from oficina_core.dominio.erros import Conflito, DadoInvalido, Indisponivel

SEM_LUGAR = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
PARCIAL = ".parcial-"  # no nome do que ainda se escreve: o que sobra de quem morreu se vê


def exigir_livre(arquivo: Path, *, sobrescrever: bool | None = None) -> None:
    """Levanta Conflito se já há algo com esse nome, a não ser um arquivo que se mande trocar.

    `sobrescrever` é None se quem pede não tem como mandar.
    """
    comum = os.path.isfile(arquivo)  # noqa: PTH113 - o do Path levanta, de nome comprido demais
    if os.path.lexists(arquivo) and not (sobrescrever and comum):
        comando = "--sobrescrever" if comum and sobrescrever is not None else ""
        raise Conflito(f"Já existe {arquivo}; diga outro nome.", comando=comando)


@contextmanager
def novo(arquivo: Path, *, sobrescrever: bool | None = None) -> Iterator[BinaryIO]:
    """Escreve-se ao lado, e só inteiro ele toma o nome; o que fica vazio não nasce.

    Levanta Conflito se o nome não está livre, DadoInvalido se ali não se grava e Indisponivel se o
    disco enche.
    """
    from tempfile import mkstemp

    exigir_livre(arquivo, sobrescrever=sobrescrever)
    with ao_gravar(arquivo):
        descritor, nome = mkstemp(prefix=f"{arquivo.name}{PARCIAL}", dir=arquivo.parent)
        parcial = Path(nome)
        try:
            with os.fdopen(descritor, "wb") as destino:
                yield destino
                tamanho = destino.tell()
                destino.flush()
                os.fsync(destino.fileno())
            if tamanho:
                exigir_livre(arquivo, sobrescrever=sobrescrever)
                parcial.replace(arquivo)
        finally:
            parcial.unlink(missing_ok=True)
        fixar(arquivo.parent)


@contextmanager
def ao_gravar(onde: Path | str) -> Iterator[None]:
    """O que o disco recusa, na frase da oficina."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as erro:
        if erro.errno in SEM_LUGAR:
            raise Indisponivel(
                f"Não há espaço para gravar {onde}; libere espaço e repita."
            ) from erro
        raise DadoInvalido(
            f"Não deu para gravar {onde}; confira se a pasta existe e aceita gravação."
        ) from erro


def fixar(pasta: Path) -> None:
    """O nome novo chega ao disco; há sistemas em que a pasta não se abre, e lá não é preciso."""
    with suppress(OSError):
        descritor = os.open(pasta, os.O_RDONLY)
        try:
            os.fsync(descritor)
        finally:
            os.close(descritor)
