"""Os comandos como se digitam: um processo por vez, do começo ao fim dele.

Cada piso é o menor programa que faria o mesmo com as mesmas bibliotecas; `python -c "import
sqlite3"` é o do completamento.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks import arquivo
from benchmarks.medida import Figura
from benchmarks.processo import NADA_DE, RAIZ

ORDENS, NA_FILA = 10_000, 100
OFICINA = ("-m", "oficina_cli")
PISO_DA_AJUDA = ("-m", "benchmarks.piso_ajuda", "--help")
PISO_DA_FILA = ("-m", "benchmarks.piso_fila", "fila")
PISO_DO_TAB = ("-c", "import sqlite3")
PICO = """
import os, resource, runpy, sys
sair = os._exit
def anotar(codigo):
    sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    sys.stderr.flush()
    sair(codigo)
os._exit = anotar
runpy.run_module("oficina_cli", run_name="__main__", alter_sys=True)
"""
Medidos = list[tuple[float, float]]


def medir(pasta: Path, rodadas: int) -> Iterator[Figura]:
    url = arquivo.preparar(pasta / "dez_mil.db", ORDENS, NA_FILA)
    banco = {"OFICINA_BANCO": url, "XDG_CACHE_HOME": str(pasta), "COLUMNS": "100"}
    tab = {**banco, "_OFICINA_COMPLETAR": "1"}
    lados: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
        "ajuda": ((*OFICINA, "--help"), banco),
        "grupo": ((*OFICINA, "ordem", "--help"), banco),
        "versao": ((*OFICINA, "--version"), banco),
        "piso da ajuda": (PISO_DA_AJUDA, banco),
        "fila": ((*OFICINA, "ordem", "fila"), banco),
        "piso da fila": (PISO_DA_FILA, banco),
        "placa": ((*OFICINA, "veiculo", "ver", "ben1a"), tab),
        "comando": ((*OFICINA, "ordem", "v"), tab),
        "piso do tab": (PISO_DO_TAB, banco),
    }
    vistos: dict[str, Medidos] = {nome: [] for nome in lados}
    for _ in range(max(rodadas, 3) + 1):
        for nome, (argumentos, ambiente) in lados.items():
            vistos[nome].append(_rodar(argumentos, ambiente))
    tempos = {nome: _resumo(medidos[1:]) for nome, medidos in vistos.items()}
    for nome, nosso, piso, meta in (
        ("oficina --help, contra o menor programa com Typer", "ajuda", "piso da ajuda", 1),
        ("oficina ordem --help, contra o mesmo", "grupo", "piso da ajuda", None),
        ("oficina --version, contra o mesmo", "versao", "piso da ajuda", None),
        ("oficina ordem fila, contra o menor programa", "fila", "piso da fila", 1.3),
        ("Tab em uma placa, contra import sqlite3", "placa", "piso do tab", 3),
        ("Tab em um comando, contra import sqlite3", "comando", "piso do tab", 3),
    ):
        yield Figura.de(nome, "p50_ms", meta, tempos[nosso], tempos[piso])


def exportar(muitas: str, poucas: str, quantas: int) -> Figura:
    """O pico de memória de exportar tudo, contra o de exportar mil."""
    comando = (*OFICINA, "ordem", "fila", "--status", "entregue", "--tudo", "-o", "ndjson")
    picos = []
    for url in (muitas, poucas):
        inicio = time.perf_counter()
        pico = _pico(comando, {"OFICINA_BANCO": url})
        picos.append({"mib": pico, "s": round(time.perf_counter() - inicio, 1)})
    return Figura.de(f"Exportar {quantas} ordens, contra 1.000: memória", "mib", 1.2, *picos)


def _rodar(argumentos: Sequence[str], ambiente: Mapping[str, str]) -> tuple[float, float]:
    """Milissegundos de parede e de processador."""
    antes, inicio = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, *argumentos],
        check=True,
        cwd=RAIZ,
        env=_sem_o_que_falseia(ambiente),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    parede, depois = time.perf_counter() - inicio, os.times()
    gasto = depois.children_user - antes.children_user
    gasto += depois.children_system - antes.children_system
    return 1e3 * parede, 1e3 * gasto


def _pico(argumentos: Sequence[str], ambiente: Mapping[str, str]) -> float:
    """MiB residentes, no máximo a que o processo chegou."""
    feito = subprocess.run(
        [sys.executable, "-c", PICO, *argumentos[2:]],
        check=True,
        cwd=RAIZ,
        env=_sem_o_que_falseia(ambiente),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return round(int(feito.stderr.splitlines()[-1]) / 1024, 1)


def _sem_o_que_falseia(ambiente: Mapping[str, str]) -> dict[str, str]:
    return {**{n: v for n, v in os.environ.items() if n not in NADA_DE}, **ambiente}


def _resumo(medidos: Medidos) -> dict[str, float]:
    parede, cpu = ([cada[n] for cada in medidos] for n in range(2))
    return {
        "p50_ms": round(median(parede), 1),
        "min_ms": round(min(parede), 1),
        "cpu_ms": round(median(cpu), 1),
    }
