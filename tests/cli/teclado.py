"""Um programa em um terminal de verdade, com alguém ao teclado."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Self

PACIENCIA = 30  # segundos; nenhum teste mede por ela


def _de_controle() -> None:
    """O terminal passa a ser o de controle: nele, Ctrl-C é SIGINT, e não se ignora."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Teclado:
    """O programa, o que se digita nele e o que ele mostra; acaba ao sair do `with`."""

    def __init__(self, comando: Sequence[str], ambiente: Mapping[str, str]) -> None:
        self._nosso, dele = pty.openpty()
        self._processo = subprocess.Popen(
            comando,
            stdin=dele,
            stdout=dele,
            stderr=dele,
            env=ambiente,
            start_new_session=True,
            preexec_fn=_de_controle,  # noqa: PLW1509 — não há fios antes do exec
        )
        os.close(dele)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._processo.kill()
        self._processo.wait()
        os.close(self._nosso)

    def digitar(self, texto: str, *, ate: str) -> str:
        """O que aparece desde que se digita até que se mostre isto."""
        os.write(self._nosso, texto.encode())
        return self.esperar(ate)

    def esperar(self, ate: str) -> str:
        visto, prazo = "", monotonic() + PACIENCIA
        while ate not in visto:
            assert monotonic() < prazo, visto
            visto += self._ler()
        return visto

    def acabar(self) -> tuple[int, str]:
        """O código de saída e o que se mostrou até lá."""
        visto, prazo = "", monotonic() + PACIENCIA
        while self._processo.poll() is None:
            assert monotonic() < prazo, visto
            visto += self._ler()
        return self._processo.returncode, visto + self._ler()

    def _ler(self) -> str:
        if not select.select([self._nosso], [], [], 0.1)[0]:
            return ""
        try:
            return os.read(self._nosso, 65536).decode(errors="replace")
        except OSError:  # o Linux, quando o outro lado fechou
            return ""
