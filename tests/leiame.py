"""Os exemplos do README, executados: `python -m tests.leiame` refaz a saída deles no lugar.

Cada bloco ```console é uma sessão; as linhas `$ …` são os comandos, e o resto é o que sai. Todos
rodam em sequência, sobre um arquivo de banco novo.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

LEIAME = Path(__file__).parents[1] / "README.md"
BLOCO = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
INSTANTE = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d")
ISO = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
DIA = re.compile(r"\d\d/\d\d/\d{4}")


def comandos(bloco: str) -> list[str]:
    return [linha[2:] for linha in bloco.splitlines() if linha.startswith("$ ")]


def executar(blocos: list[str]) -> list[str]:
    """Os mesmos blocos, com a saída de agora."""
    with tempfile.TemporaryDirectory() as pasta:
        ambiente = neutro() | {"OFICINA_BANCO": f"sqlite:///{pasta}/oficina.db"}
        return [_bloco(bloco, ambiente) for bloco in blocos]


def neutro() -> dict[str, str]:
    """O ambiente sem nada de quem roda, em que o terminal tem sempre o mesmo jeito."""
    ambiente = {k: v for k, v in os.environ.items() if not k.startswith(("OFICINA_", "DB_"))}
    return ambiente | {"COLUMNS": "100", "NO_COLOR": "1", "TZ": "America/Sao_Paulo"}


def _bloco(bloco: str, ambiente: dict[str, str]) -> str:
    return "\n".join(f"$ {c}\n{rodar(c, ambiente)}" for c in comandos(bloco))


def rodar(comando: str, ambiente: dict[str, str]) -> str:
    programa, *argumentos = shlex.split(comando)
    assert programa == "oficina"
    saida = subprocess.run(
        [sys.executable, "-m", "oficina_cli", *argumentos],
        env=ambiente,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout
    return "\n".join(linha.rstrip() for linha in saida.splitlines()) + "\n"


def normalizar(texto: str) -> str:
    """Sem o dia e a hora, que mudam a cada execução."""
    sem_instante = INSTANTE.sub("dd/mm/aaaa hh:mm", ISO.sub("instante", texto))
    return DIA.sub("dd/mm/aaaa", sem_instante)


def blocos() -> list[str]:
    return BLOCO.findall(LEIAME.read_text(encoding="utf-8"))


if __name__ == "__main__":
    novos = iter(executar(blocos()))
    refeito = BLOCO.sub(lambda _: next(novos), LEIAME.read_text(encoding="utf-8"))
    LEIAME.write_text(refeito, encoding="utf-8")
