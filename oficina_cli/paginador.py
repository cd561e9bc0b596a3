"""A resposta que não cabe na tela, entregue a um paginador: OFICINA_PAGER, PAGER ou o less.

Só diante de um terminal, e só o que é para pessoas: quem manda a outro programa recebe tudo de uma
vez. OFICINA_PAGER vazio o dispensa.
"""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from shutil import get_terminal_size, which
from subprocess import PIPE, Popen
from typing import Any

from oficina_cli.erros import dizer

ESCOLHIDO = "OFICINA_PAGER"
DO_LESS = "FRX"  # sai se cabe, deixa passar as cores e não apaga a tela ao sair


def dispensar() -> None:
    """Daqui em diante, nada se pagina."""
    os.environ[ESCOLHIDO] = ""


def escrever(texto: str) -> None:
    """Na saída; pelo paginador, se há um e o texto é mais alto que a tela."""
    if texto.count("\n") < get_terminal_size().lines or not sys.stdout.isatty():
        sys.stdout.write(texto)
    elif paginador := _escolher():
        _paginar(paginador, texto)
    else:
        sys.stdout.write(texto)


def _escolher() -> list[str]:
    """O comando do paginador, sem passar por um shell; nenhum se não há, ou se o dispensaram."""
    escolhido = os.environ.get(ESCOLHIDO, os.environ.get("PAGER") or _padrao())
    try:
        comando = shlex.split(escolhido)
    except ValueError:
        comando = [escolhido]
    if comando and which(comando[0]) is None:
        dizer(f"Aviso: o paginador {comando[0]} não existe; confira {ESCOLHIDO} ou PAGER.")
        return []
    return comando


def _padrao() -> str:
    simples = os.environ.get("TERM", "dumb") == "dumb"  # nele o less só atrapalha
    return "" if simples or which("less") is None else "less"


def _paginar(comando: list[str], texto: str) -> None:
    """Espera que a pessoa acabe de ler: o Ctrl-C é do paginador, que sai por si."""
    sys.stdout.flush()
    ambiente = {"LESS": DO_LESS, "LESSCHARSET": "utf-8"} | dict(os.environ)
    with _como_estava(), _acabando(Popen(comando, stdin=PIPE, env=ambiente)) as aberto:  # noqa: S603
        with suppress(OSError, KeyboardInterrupt):
            aberto.communicate(texto.encode())
        while aberto.returncode is None:
            with suppress(KeyboardInterrupt):
                aberto.wait()


@contextmanager
def _acabando(aberto: Popen[bytes]) -> Iterator[Popen[bytes]]:
    """Quem manda este programa acabar manda acabar também o paginador, que arruma a tela."""
    antes = signal.signal(signal.SIGTERM, lambda *_: aberto.terminate())
    try:
        yield aberto
    finally:
        signal.signal(signal.SIGTERM, antes)


@contextmanager
def _como_estava() -> Iterator[None]:
    """O terminal volta ao modo de antes do paginador, ainda que este morra sem o arrumar."""
    try:
        import termios
    except ImportError:  # no Windows, não há modo a repor
        yield
        return
    fd = sys.stdout.fileno()
    antes: list[Any] = termios.tcgetattr(fd)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, antes)
