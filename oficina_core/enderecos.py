"""O que um endereço da configuração diz: se é um arquivo, se tem TLS, se sai da máquina."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

ARQUIVO = "sqlite:///"


def arquivo_do_banco(url: str) -> Path | None:
    """O arquivo SQLite desse endereço; None se o banco é de um servidor."""
    return Path(url.removeprefix(ARQUIVO)) if url.startswith(ARQUIVO) else None


def propria_maquina(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def com_tls(url: str) -> bool:
    """Se é um https:// que se pode chamar, sem usuário nem senha dentro."""
    return _host(url, "https") is not None


def segura(url: str) -> bool:
    """O mesmo, ou um http:// que fica na própria máquina."""
    return com_tls(url) or propria_maquina(_host(url, "http"))


def abre_no_navegador(url: str) -> bool:
    """Se é um http:// ou https:// que se pode mandar a alguém."""
    return com_tls(url) or _host(url, "http") is not None


def _host(url: str, esquema: str) -> str | None:
    try:
        partes = urlsplit(url)
        porta_serve = partes.port != 0
    except ValueError:
        return None
    limpa = url.isascii() and url.isprintable() and " " not in url and "@" not in partes.netloc
    return partes.hostname if limpa and porta_serve and partes.scheme == esquema else None
