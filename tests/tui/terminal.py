"""O balcão como se usa: `python -m oficina_cli` em um terminal, e o que nele se vê.

O que o programa escreve passa por um terminal de mentira (pyte), que tem as linhas, e nenhuma cor
interessa. Nada do ambiente nem dos arquivos de quem testa entra.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Self

import pyte

RAIZ = Path(__file__).parents[2]
PACIENCIA = 60  # segundos; nenhum teste mede por ela, só não espera para sempre
PASSO = 0.02
SAIU_DA_TELA = b"\x1b[?1049l"  # o terminal volta ao que mostrava antes do programa

# O terminal passa a ser o de controle: fechá-lo é SIGHUP, mudar o tamanho dele é SIGWINCH.
DE_CONTROLE = (
    "import fcntl, os, sys, termios; "
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
TECLAS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    # Como o dizem os terminais que falam o protocolo do kitty, e o Textual pede que falem: só o
    # 0x1b se confundiria com o começo da tecla seguinte.
    "escape": "\x1b[27u",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    **{f"f{n}": f"\x1bO{letra}" for n, letra in enumerate("PQRS", 1)},
    **{
        f"f{n}": f"\x1b[{codigo}~"
        for n, codigo in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)
    },
    **{f"ctrl+{letra}": chr(ord(letra) - 96) for letra in "abcdefghijklmnopqrstuvwxyz"},
}


class Terminal:
    """Um balcão aberto; fecha-se ao sair do `with`, e quem o iniciou o mata, se for preciso."""

    def __init__(
        self,
        casa: Path,
        ambiente: Mapping[str, str],
        *argumentos: str,
        tamanho: tuple[int, int] = (80, 24),
    ) -> None:
        self._casa, self._ambiente, self._argumentos = casa, dict(ambiente), argumentos
        self.tamanho = tamanho
        self.bruto = bytearray()
        self._trava, self._chega = Lock(), Event()

    def __enter__(self) -> Self:
        self._casa.mkdir(parents=True, exist_ok=True)
        self._tela = pyte.Screen(*self.tamanho)
        self._entender = pyte.ByteStream(self._tela)
        self._mestre, escravo = pty.openpty()
        try:
            self._dimensionar(*self.tamanho)
            self.antes = termios.tcgetattr(escravo)
            self.processo = subprocess.Popen(
                [
                    *(sys.executable, "-S", "-c", DE_CONTROLE),
                    *("-m", "oficina_cli", *self._argumentos),
                ],
                stdin=escravo,
                stdout=escravo,
                stderr=escravo,
                env=ambiente_limpo(self._casa) | self._ambiente,
                cwd=self._casa,
                start_new_session=True,
            )
        except BaseException:
            os.close(self._mestre)
            os.close(escravo)
            raise
        self._escravo: int | None = escravo
        self._leitor = Thread(target=self._ler, daemon=True)
        self._leitor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.matar()
        self.desligar()

    def _ler(self) -> None:
        while not self._chega.is_set():
            # Quem espera em um `read` mantém o terminal aberto, ainda que outro fio o feche.
            if not select.select([self._mestre], [], [], PASSO)[0]:
                continue
            try:
                parte = os.read(self._mestre, 65536)
            except OSError:  # o Linux diz assim que o outro lado fechou
                return
            if not parte:
                return
            with self._trava:
                self.bruto += parte
                self._entender.feed(parte)

    # ── o que se faz nele ────────────────────────────────────────────────────────────────────

    def teclar(self, *teclas: str) -> Self:
        """Aperta as teclas, sem esperar; `!abc` se digita letra por letra."""
        for tecla in teclas:
            escrito = tecla.startswith("!") and len(tecla) > 1
            self.escrever(tecla[1:] if escrito else TECLAS.get(tecla, tecla))
        return self

    def colar(self, texto: str) -> Self:
        return self.escrever(f"\x1b[200~{texto}\x1b[201~")

    def escrever(self, texto: str) -> Self:
        dito = texto.encode()
        while dito:
            dito = dito[os.write(self._mestre, dito) :]
        return self

    def dimensionar(self, colunas: int, linhas: int) -> None:
        """Como quem arrasta o canto da janela."""
        with self._trava:
            self._tela.resize(linhas, colunas)
            self.tamanho = colunas, linhas
        self._dimensionar(colunas, linhas)

    def _dimensionar(self, colunas: int, linhas: int) -> None:
        fcntl.ioctl(self._mestre, termios.TIOCSWINSZ, struct.pack("HHHH", linhas, colunas, 0, 0))

    def desligar(self) -> None:
        """Fecha a janela: o programa recebe SIGHUP."""
        self._largar_o_escravo()
        self._chega.set()
        self._leitor.join(PACIENCIA)
        if self._mestre >= 0:
            os.close(self._mestre)
            self._mestre = -1

    def _largar_o_escravo(self) -> None:
        if self._escravo is not None:
            os.close(self._escravo)
            self._escravo = None

    def matar(self) -> None:
        """Derruba o programa sem aviso (kill -9)."""
        if self.processo.poll() is None:
            self.processo.send_signal(signal.SIGKILL)
        self.processo.wait()

    def acabar(self, em: float = PACIENCIA) -> int:
        """Espera que o programa acabe por si, e que se leia tudo o que disse; o código dele."""
        codigo = self.processo.wait(em)
        self.depois = termios.tcgetattr(self._mestre)
        self._largar_o_escravo()
        self._leitor.join(PACIENCIA)
        return codigo

    def sair(self) -> None:
        """Sai pela tecla, e confere que o terminal ficou como estava."""
        self.teclar("ctrl+q")
        assert self.acabar() == 0, self.tela
        assert self.restaurado, bytes(self.bruto[-400:])

    # ── o que se vê ──────────────────────────────────────────────────────────────────────────

    @property
    def tela(self) -> str:
        with self._trava:
            return "\n".join(linha.rstrip() for linha in self._tela.display)

    @property
    def corrida(self) -> str:
        """A tela em uma linha só, para achar a frase que se dobrou."""
        return " ".join(self.tela.split())

    @property
    def vivo(self) -> bool:
        return self.processo.poll() is None

    @property
    def restaurado(self) -> bool:
        """Se o terminal voltou a ser o de antes: as linhas, o eco e o cursor."""
        fim = bytes(self.bruto).rpartition(SAIU_DA_TELA)
        iguais = self.depois[:4] == self.antes[:4]
        return iguais and bool(fim[1]) and b"\x1b[?25h" in fim[2] and b"\x1b[?1049h" not in fim[2]

    def ate(self, *textos: str, sem: str = "", em: float = PACIENCIA) -> Self:
        """Espera que tudo isso esteja à vista, ainda que dobrado em linhas, e `sem` já não."""
        return self.ate_que(
            lambda: (
                all(texto in self.corrida for texto in textos) and not (sem and sem in self.corrida)
            ),
            f"{textos}{f' sem {sem!r}' if sem else ''}",
            em,
        )

    def guardado(self, texto: str) -> Self:
        """Espera que o rascunho em disco o tenha."""

        def ha() -> bool:
            arquivos = self._casa.rglob("rascunhos/**/*.json")
            return any(texto in str(json.loads(a.read_text("utf-8"))) for a in arquivos)

        return self.ate_que(ha, f"guardar {texto!r}")

    def ate_que(self, pronto: Callable[[], bool], oque: str, em: float = PACIENCIA) -> Self:
        fim = monotonic() + em
        while not pronto():
            assert self.vivo or pronto(), f"acabou antes de {oque}:\n{self.tela}"
            assert monotonic() < fim, f"não chegou a {oque}:\n{self.tela}"
            sleep(PASSO)
        return self


def ambiente_limpo(casa: Path) -> dict[str, str]:
    """As pastas são as do teste; a língua e as cores, as de um terminal qualquer."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(RAIZ),
        "HOME": str(casa),
        **{
            f"XDG_{nome}_HOME": str(casa / nome.lower())
            for nome in ("CACHE", "CONFIG", "DATA", "STATE")
        },
        "TMPDIR": str(casa),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "TEXTUAL_ANIMATIONS": "none",
    }
