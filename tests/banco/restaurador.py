"""Uma restauração que se demora em cada lote, para que se morra no meio dela.

Roda como `python -m tests.banco.restaurador URL ARQUIVO`; escreve uma linha quando começa a gravar.
"""

import sys
from pathlib import Path
from time import sleep

from oficina_core.banco.restauracao import conferir, restaurar


def main(url: str, arquivo: str) -> None:
    conferida = conferir(url, Path(arquivo))
    carregados = 0

    def andar(quantos: int) -> None:
        nonlocal carregados
        carregados += quantos
        print(carregados, flush=True)
        sleep(0.2)

    restaurar(conferida, andar)
    print("fim", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
