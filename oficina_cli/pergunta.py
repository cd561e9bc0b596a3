"""O que se pergunta a quem está diante do terminal, e só a quem está."""

import sys
from getpass import getpass

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import limpar


def confirmar(pergunta: str, *, pode_perguntar: bool) -> bool:
    """Verdadeiro para "s" ou "sim"; na dúvida é não. DadoInvalido se não há a quem perguntar."""
    if not (pode_perguntar and ha_alguem()):
        raise DadoInvalido(f"Falta confirmar: {pergunta} Repita com --sim.")
    return _perguntar(f"{pergunta} [s/N]").strip().casefold() in ("s", "sim", "y")


def pedir(pergunta: str, *, pode_perguntar: bool, falta: str) -> str:
    """O que se respondeu; DadoInvalido com `falta` se não há a quem perguntar."""
    _exigir_alguem(falta, pode_perguntar=pode_perguntar)
    return _perguntar(f"{pergunta}:").strip()


def pedir_segredo(pergunta: str, *, pode_perguntar: bool, falta: str) -> str:
    """O mesmo, sem que se veja o que se digita."""
    _exigir_alguem(falta, pode_perguntar=pode_perguntar)
    try:
        return getpass(f"{pergunta}: ")
    except EOFError:
        raise DadoInvalido("Nada foi digitado.") from None
    except UnicodeDecodeError:
        raise DadoInvalido("O que se digitou não está em UTF-8; confira o terminal.") from None


def ler_segredo() -> str:
    """A primeira linha da entrada padrão, de um arquivo ou cano: no terminal, se veria."""
    if sys.stdin.isatty():
        raise DadoInvalido("--senha-stdin lê de um arquivo ou cano; sem ela, a senha se pergunta.")
    try:
        linha = sys.stdin.buffer.readline().decode()
    except UnicodeDecodeError:
        raise DadoInvalido("A senha que veio na entrada não está em UTF-8.") from None
    return linha.removesuffix("\n").removesuffix("\r")


def _exigir_alguem(falta: str, *, pode_perguntar: bool) -> None:
    if not (pode_perguntar and ha_alguem()):
        raise DadoInvalido(falta)


def perguntar_de_novo(pergunta: str, antes: str) -> str | None:
    """A resposta, a partir da que se deu antes; None se quem respondia desistiu (Ctrl-D)."""
    try:
        if antes and sys.stdout.isatty():
            return _editar(f"{limpar(pergunta)} (Ctrl+U apaga): ", antes)
        resposta = _perguntar(f"{pergunta} [{antes}]:" if antes else f"{pergunta}:")
    except EOFError:
        return None
    return resposta.strip() or antes if resposta else None


def _editar(pergunta: str, antes: str) -> str:
    """O que se tinha digitado já na linha, para corrigir."""
    import readline

    readline.set_startup_hook(lambda: readline.insert_text(antes))
    try:
        return input(pergunta).strip()
    finally:
        readline.set_startup_hook()


def ha_alguem() -> bool:
    """Se há uma pessoa a quem perguntar."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _perguntar(pergunta: str) -> str:
    sys.stderr.write(f"{limpar(pergunta)} ")
    sys.stderr.flush()
    return _ouvir()


def _ouvir() -> str:
    return sys.stdin.readline()
