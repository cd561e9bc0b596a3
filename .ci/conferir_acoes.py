"""Pergunta ao GitHub se o commit de cada ação fixada é mesmo o da versão escrita ao lado."""

import re
import subprocess
import sys
from pathlib import Path

FLUXOS = Path(__file__).parents[1] / ".github/workflows"
ACAO = re.compile(r"uses: ([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@([0-9a-f]{40}) # (v\S+)")


def commits(repositorio: str, versao: str) -> set[str]:
    """O da etiqueta e, se ela é anotada, o daquilo que ela anota."""
    etiqueta = f"refs/tags/{versao}"
    endereco = f"https://github.com/{repositorio}"
    comando = ("git", "ls-remote", endereco, etiqueta, f"{etiqueta}^{{}}")
    saida = subprocess.run(comando, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {linha.split()[0] for linha in saida.splitlines()}


def conferir(textos: list[str]) -> list[str]:
    acoes = sorted({achada for texto in textos for achada in ACAO.findall(texto)})
    return [
        f"{repositorio} {versao} não é {resumo}"
        for repositorio, resumo, versao in acoes
        if resumo not in commits(repositorio, versao)
    ]


if __name__ == "__main__":
    erradas = conferir([fluxo.read_text(encoding="utf-8") for fluxo in FLUXOS.glob("*.yml")])
    sys.exit("\n".join(erradas))
