"""O que um endereço da configuração promete: TLS, ou não sair da própria máquina."""

from ipaddress import ip_address
from urllib.parse import urlsplit


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
