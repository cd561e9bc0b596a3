"""A entrada do programa `oficina`."""

import gc
import io
import os
import sys
import threading
from contextlib import suppress

from oficina_cli import INTERROMPIDO

CRIADOS = 50_000  # objetos entre uma coleta e outra: carregar o programa cria muitos, e não lixo


def main() -> None:
    """Importa dentro do `try`: quem desiste enquanto o programa abre também sai em silêncio."""
    gc.set_threshold(CRIADOS)
    _ouvir_o_fim()
    try:
        _abrir_as_fechadas()
        for saida in (sys.stdout, sys.stderr):
            if isinstance(saida, io.TextIOWrapper):
                saida.reconfigure(encoding="utf-8", errors="replace")
        codigo = _rodar()
    except KeyboardInterrupt:
        codigo = INTERROMPIDO
    _sair(codigo)


def _ouvir_o_fim() -> None:
    """O primeiro processo de um contêiner não cai do sinal que não ouve, e mandariam matá-lo."""
    if os.getpid() == 1:
        import signal

        signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))


def _abrir_as_fechadas() -> None:
    """Na ordem dos números: o que já vem fechado (`>&-`) não fica para o primeiro que se abra."""
    for nome, modo in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, nome) is None:
            setattr(sys, nome, open(os.devnull, modo, encoding="utf-8"))  # noqa: PTH123, SIM115


def _rodar() -> int:
    from oficina_cli.atalhos import responder

    try:
        if (codigo := responder(sys.argv[1:])) is not None:
            return codigo
        from oficina_cli.app import app

        app(prog_name="oficina")
    except SystemExit as saida:
        return saida.code if isinstance(saida.code, int) else bool(saida.code)
    except BrokenPipeError:
        return 0
    except Exception as erro:  # noqa: BLE001
        from oficina_cli.erros import registrar

        return registrar(erro)
    return 0


def _sair(codigo: int) -> None:
    """Sem desmontar o que se carregou, que leva mais que muito comando; o sistema o faz de vez."""
    if threading.active_count() > 1:
        sys.exit(codigo)
    for saida in (sys.stdout, sys.stderr):
        with suppress(OSError):
            saida.flush()
    os._exit(codigo)


if __name__ == "__main__":
    main()
