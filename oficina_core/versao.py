"""Que versão da oficina está instalada aqui."""

from importlib.metadata import PackageNotFoundError, version


def instalada() -> str:
    """A do pacote; direto do código, sem instalar, não há nenhuma."""
    try:
        return version("oficina")
    except PackageNotFoundError:
        return "não instalada"
