"""Um servidor HTTP em processo próprio, com o que ele gastou de processador e de memória."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cliente import PACIENCIA, Conexao, pedido
from tests.servidor_programa import cpu_de, porta_livre

RAIZ = Path(__file__).parent.parent
# O que falsearia a partida: sem .pyc, todo import compila.
NADA_DE = ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "COVERAGE_PROCESS_START")

NOSSO = ("-m", "oficina_api", "--porta", "{porta}")
PISO = (
    *("-m", "uvicorn", "benchmarks.pisos:app", "--port", "{porta}"),
    *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
)


@dataclass(frozen=True)
class Processo:
    pid: int
    porta: int
    partida: float  # segundos até a primeira resposta
    cpu_da_partida: float

    def cpu(self) -> float:
        """Segundos de processador (usuário e sistema), de todos os fios, em nanossegundo."""
        return cpu_de(self.pid)

    def memoria(self) -> float:
        """MiB residentes."""
        linhas = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        (residente,) = (linha.split()[1] for linha in linhas if linha.startswith("VmRSS"))
        return int(residente) / 1024

    def conectar(self) -> Conexao:
        return Conexao(self.porta)


@contextmanager
def no_ar(
    comando: tuple[str, ...], ambiente: Mapping[str, str], *, pronto: str = "/"
) -> Iterator[Processo]:
    """O servidor, desde que `pronto` responde até que se saia do bloco."""
    porta = porta_livre()
    ambiente = {**{n: v for n, v in os.environ.items() if n not in NADA_DE}, **ambiente}
    inicio = time.perf_counter()
    processo = subprocess.Popen(
        [sys.executable, *(parte.format(porta=porta) for parte in comando)],
        cwd=RAIZ,
        env=ambiente,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _esperar(processo, porta, pedido("GET", pronto))
        partida = time.perf_counter() - inicio
        cpu = cpu_de(processo.pid)
        yield Processo(processo.pid, porta, partida, cpu)
    finally:
        processo.kill()
        processo.wait()


def _esperar(processo: subprocess.Popen[bytes], porta: int, pronto: bytes) -> None:
    prazo = time.monotonic() + PACIENCIA
    while time.monotonic() < prazo:
        if processo.poll() is not None:
            raise RuntimeError(f"o servidor não partiu: {processo.args!r}")
        try:
            with socket.create_connection(("127.0.0.1", porta), timeout=PACIENCIA):
                pass
        except ConnectionRefusedError:
            time.sleep(0.002)
            continue
        with Conexao(porta) as conexao:
            conexao.exigir(pronto)
        return
    raise RuntimeError(f"o servidor demorou demais: {processo.args!r}")
