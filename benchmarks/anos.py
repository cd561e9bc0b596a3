"""`oficina demo --ordens 100000`, contra gravar as mesmas linhas por `executemany`."""

import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.medida import Figura
from benchmarks.processo import RAIZ
from oficina_core.banco import manutencao, tabelas
from oficina_core.banco.motor import SQLITE_AO_CONECTAR

MUITAS, POUCAS = 100_000, 1_000


def medir(pasta: Path) -> Iterator[Figura]:
    arquivo = pasta / "anos.db"
    # Antes do piso: o processo herda o pico de quem o cria, e o piso tem tudo na memória.
    muitas, poucas = _encher(arquivo, MUITAS), _encher(pasta / "poucas.db", POUCAS)
    nome = f"demo --ordens {MUITAS}, contra {POUCAS}: pico de memória"
    yield Figura.de(nome, "mib", None, {"mib": muitas["mib"]}, {"mib": poucas["mib"]})
    nome = f"demo --ordens {MUITAS}, contra um executemany por tabela"
    piso = {"s": _regravar(arquivo, pasta / "piso.db")}
    yield Figura.de(nome, "s", 3, {"s": muitas["s"]}, piso)


def _encher(arquivo: Path, ordens: int) -> dict[str, float]:
    """Segundos e MiB residentes, no máximo, de um processo só para isto."""
    comando = [sys.executable, "-m", "benchmarks.anos", str(arquivo), str(ordens)]
    dito = subprocess.check_output(comando, cwd=RAIZ, text=True).split()
    return {"s": round(float(dito[0]), 1), "mib": round(int(dito[1]) / 1024, 1)}


def _regravar(de: Path, para: Path) -> float:
    """As mesmas linhas, já na memória, em um banco vazio e migrado: segundos."""
    with sqlite3.connect(de) as cheio:
        linhas = {
            tabela.name: cheio.execute(f"SELECT * FROM {tabela.name}").fetchall()
            for tabela in tabelas.metadata.sorted_tables
        }
    manutencao.migrar(f"sqlite:///{para}")
    with sqlite3.connect(para, isolation_level=None) as vazio:
        for comando in (*SQLITE_AO_CONECTAR, "PRAGMA foreign_keys = OFF"):
            vazio.execute(comando)
        inicio = time.perf_counter()
        vazio.execute("BEGIN IMMEDIATE")
        for nome, registros in linhas.items():
            if registros:
                lugares = ", ".join("?" * len(registros[0]))
                vazio.executemany(f"INSERT OR REPLACE INTO {nome} VALUES ({lugares})", registros)
        vazio.execute("COMMIT")
        return round(time.perf_counter() - inicio, 1)


def _preparar(arquivo: str, ordens: str) -> None:
    from oficina_cli import demonstracao

    inicio = time.perf_counter()
    demonstracao.preparar(Path(arquivo), ordens=int(ordens)).fechar()
    passou = time.perf_counter() - inicio
    sys.stdout.write(f"{passou} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")


if __name__ == "__main__":
    _preparar(*sys.argv[1:])
