"""Dá à cópia conferida o nome do dia e apaga as que passaram do prazo: `guardar.py PASTA DIAS`.

Ficam sempre, ao menos, tantas quantos os dias: um relógio errado não apaga as que há.
"""

import sys
import time
from pathlib import Path

pasta, dias = Path(sys.argv[1]), int(sys.argv[2])
agora = time.time()
nome = time.strftime("oficina-%Y-%m-%d-%H%M.gz", time.gmtime(agora))
(pasta / "nova.gz").rename(pasta / nome)
print(f"Guardada: {nome}.")
for velha in sorted(pasta.glob("oficina-*.gz"))[:-dias]:
    if agora - velha.stat().st_mtime > dias * 86400:
        velha.unlink()
        print(f"Apagada: {velha.name}, de mais de {dias} dias.")
