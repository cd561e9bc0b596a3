"""A entrada do programa `oficina`."""

import io
import sys

from oficina_cli.erros import INTERROMPIDO, registrar


def main() -> None:
    for saida in (sys.stdout, sys.stderr):
        if isinstance(saida, io.TextIOWrapper):
            saida.reconfigure(encoding="utf-8", errors="replace")
    try:
        from oficina_cli.app import app

        app(prog_name="oficina")
    except KeyboardInterrupt:
        sys.exit(INTERROMPIDO)
    except Exception as erro:  # noqa: BLE001
        sys.exit(registrar(erro))


if __name__ == "__main__":
    main()
