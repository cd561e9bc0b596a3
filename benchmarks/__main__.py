"""`python -m benchmarks`: mede, mostra a tabela e guarda o resultado em benchmarks/resultados."""

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figuras import FIGURAS, montar
from benchmarks.medida import Figura
from benchmarks.processo import RAIZ
from oficina_cli.__main__ import CRIADOS
from tests.servidor_mysql import iniciar

RESULTADOS = Path(__file__).parent / "resultados"
GRANDE = "milhao"


def main() -> None:
    ditos = _argumentos()
    gc.set_threshold(CRIADOS)  # como no programa: os casos se medem dentro deste processo
    carga = [os.getloadavg()]
    figuras: list[Figura] = []
    with tempfile.TemporaryDirectory() as pasta, iniciar(duravel=True) as servidor:
        bancada = montar(servidor, Path(pasta), ditos.rodadas, ditos.pedidos)
        for nome in ditos.so or [nome for nome in FIGURAS if nome != GRANDE or ditos.grande]:
            for figura in FIGURAS[nome](bancada):
                figuras.append(figura)
                sys.stdout.write(_linha(figura))
                sys.stdout.flush()
        versao = servidor.versao
    carga.append(os.getloadavg())
    sys.stdout.write(f"carga da máquina, antes e depois: {carga[0]} e {carga[1]}\n")
    if not ditos.nao_guardar:
        sys.stdout.write(f"guardado em {_guardar(figuras, versao, carga).relative_to(RAIZ)}\n")


def _argumentos() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--so", action="append", choices=FIGURAS, help="só esta figura; repete-se")
    parser.add_argument("--grande", action="store_true", help="também com um milhão de ordens")
    parser.add_argument("--rodadas", type=int, default=20)
    parser.add_argument("--pedidos", type=int, default=25, help="de cada lado, por rodada")
    parser.add_argument("--nao-guardar", action="store_true")
    return parser.parse_args()


def _linha(figura: Figura) -> str:
    veredito = "    " if figura.meta is None else "ok  " if figura.razao <= figura.meta else "ALTO"
    meta = f"≤ {figura.meta:g}" if figura.meta else ""
    lados = " / ".join(_lado(lado) for lado in (figura.nosso, figura.piso))
    outras = ", ".join(f"{m} {r:g}" for m, r in figura.razoes.items() if m != figura.medida)
    return (
        f"{veredito} {figura.razao:6.2f}x {meta:6} {figura.medida:7} {figura.nome}\n"
        f"{'':29}{lados}" + (f"  ({outras})" if outras else "") + "\n"
    )


def _lado(lado: dict[str, float]) -> str:
    return " ".join(f"{medida} {valor:g}" for medida, valor in lado.items())


def _guardar(
    figuras: Sequence[Figura], mysql: str, carga: Sequence[tuple[float, float, float]]
) -> Path:
    commit = _git("rev-parse", "--short", "HEAD")
    if _git("status", "--porcelain", "--untracked-files=no"):
        commit += "-mudado"
    hoje = datetime.now(UTC).date()
    RESULTADOS.mkdir(exist_ok=True)
    nomes = (f"{hoje}-{commit}{vez}.json" for vez in ("", *(f"-{n}" for n in range(2, 100))))
    arquivo = next(novo for nome in nomes if not (novo := RESULTADOS / nome).exists())
    dados = {
        "data": hoje.isoformat(),
        "commit": commit,
        "python": platform.python_version(),
        "mysql": mysql,
        "processadores": os.cpu_count(),
        "carga": carga,
        "figuras": [figura.json() for figura in figuras],
    }
    texto = json.dumps(dados, ensure_ascii=False, indent=2)
    arquivo.write_text(f"{texto}\n", encoding="utf-8")
    return arquivo


def _git(*comando: str) -> str:
    return subprocess.check_output(("git", *comando), cwd=RAIZ, text=True).strip()


if __name__ == "__main__":
    main()
