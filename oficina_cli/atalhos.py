"""O que se responde sem carregar o programa: a ajuda geral, a versão e o completamento."""

import os
import sys
from pathlib import Path
from shutil import get_terminal_size

DADOS = Path(__file__).parent / "dados"
AJUDA = DADOS / "ajuda.txt"  # a de verdade, que `python -m tests.referencia` guarda
LARGURA = 80  # em que ela está escrita
COMPLETANDO = "_OFICINA_COMPLETAR"  # quem chama é o shell, à espera de palavras


def responder(argumentos: list[str]) -> int | None:
    """O código de saída, se isto bastou; None se é preciso o programa inteiro."""
    if COMPLETANDO in os.environ:
        from oficina_cli import completamento

        return completamento.responder(argumentos)
    if argumentos == ["--version"]:
        from oficina_core.versao import instalada

        sys.stdout.write(f"oficina {instalada()}\n")
        sys.stdout.flush()
        return 0
    sozinho = not argumentos and not _diante_do_terminal()
    if (sozinho or argumentos in (["--help"], ["-h"])) and get_terminal_size().columns >= LARGURA:
        sys.stdout.write(AJUDA.read_text(encoding="utf-8"))
        sys.stdout.flush()
        return 2 if sozinho else 0
    return None


def _diante_do_terminal() -> bool:
    return all(fluxo is not None and fluxo.isatty() for fluxo in (sys.stdin, sys.stdout))
