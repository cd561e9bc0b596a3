"""A entrada do programa `oficina`."""

import io
import sys

from oficina_cli import INTERROMPIDO


def main() -> None:
    """Importa dentro do `try`: quem desiste enquanto o programa abre também sai em silêncio."""
    try:
        for saida in (sys.stdout, sys.stderr):
            if isinstance(saida, io.TextIOWrapper):
                saida.reconfigure(encoding="utf-8", errors="replace")
        sys.exit(_rodar())
    except KeyboardInterrupt:
        sys.exit(INTERROMPIDO)


def _rodar() -> int:
    from oficina_cli.erros import registrar

    try:
        from oficina_cli.app import app

        app(prog_name="oficina")
    except Exception as erro:  # noqa: BLE001
        return registrar(erro)
    return 0


if __name__ == "__main__":
    main()
