"""Programas do Debian, desempacotados ao lado do sistema e com a própria libc.

Nada é instalado: o apt trabalha com um estado só seu e confere as assinaturas como sempre.
"""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

CHAVEIRO = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PRAZO = 600
INUTEIS = ("usr/share/doc", "usr/share/man", "usr/share/perl")


class SemPrograma(Exception):
    """Não há o programa de que os testes precisam; a mensagem diz por quê."""


class Conta(TypedDict, total=False):
    """Em nome de quem um programa roda, nos termos do subprocess; vazia, em nosso nome."""

    user: str
    group: int
    extra_groups: list[int]


def desempacotado(pacote: str, suite: str = "sid") -> Path:
    """A pasta em que está o pacote, com tudo de que depende; busca-se uma vez."""
    raiz = cache() / f"{pacote}-{suite}"
    with travado(cache() / "trava"):
        if not raiz.exists():
            _buscar(raiz, pacote, suite)
    return raiz


def comando(raiz: Path, programa: str) -> tuple[str, ...]:
    """O carregador vem junto porque a libc do sistema pode ser mais velha que a do programa."""
    bibliotecas = [*raiz.glob("usr/lib/*-linux-gnu"), *raiz.glob("lib/*-linux-gnu")]
    carregador = next(achado for pasta in bibliotecas for achado in pasta.glob("ld-linux-*.so.*"))
    caminhos = ":".join(map(str, bibliotecas))
    return (str(carregador), "--library-path", caminhos, str(raiz / programa))


def cache() -> Path:
    """Onde ficam os programas e os modelos; a pasta do root não serve, pois ninguém a lê."""
    dono = os.geteuid()
    do_usuario = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oficina-testes"
    de_todos = Path(f"/var/tmp/oficina-testes-{dono}")  # noqa: S108  (só serve se for nossa)
    for pasta in (do_usuario, de_todos) if dono else (de_todos,):
        with contextlib.suppress(OSError):
            pasta.mkdir(parents=True, exist_ok=True)
            if not pasta.is_symlink() and pasta.stat().st_uid == dono:
                pasta.chmod(0o755)
                return pasta
    raise SemPrograma("não há pasta onde guardar os programas dos testes")


@contextlib.contextmanager
def travado(arquivo: Path) -> Iterator[None]:
    """Um processo de cada vez; a trava cai com o processo."""
    with arquivo.open("w") as trava:
        fcntl.flock(trava, fcntl.LOCK_EX)
        yield


def _buscar(destino: Path, pacote: str, suite: str) -> None:
    """Baixa e desempacota; `destino` só aparece quando está inteiro."""
    for programa in ("apt-get", "dpkg-deb"):
        if not shutil.which(programa):
            raise SemPrograma(f"não há {programa} nesta máquina")
    with tempfile.TemporaryDirectory(prefix="busca-", dir=destino.parent) as rascunho:
        busca = Path(rascunho)
        busca.chmod(0o755)
        raiz = busca / "raiz"
        raiz.mkdir()
        for baixado in _baixar(busca, pacote, suite):
            rodar("dpkg-deb", "-x", str(baixado), str(raiz))
        for inutil in INUTEIS:
            shutil.rmtree(raiz / inutil, ignore_errors=True)
        raiz.rename(destino)


def _espelho() -> str:
    """O mesmo espelho de que a máquina já se serve; só a suíte muda."""
    apt = Path("/etc/apt")
    for lista in (*sorted(apt.glob("sources.list.d/*.sources")), apt / "sources.list"):
        texto = lista.read_text(encoding="utf-8") if lista.exists() else ""
        achado = re.search(
            r"^(?:URIs:|deb(?: \[[^]]*\])?)\s+(\S+/debian(?:/|\.list)?)(?:\s|$)",
            texto,
            re.MULTILINE,
        )
        if achado and CHAVEIRO.exists():
            return achado[1]
    raise SemPrograma("esta máquina não se serve de um espelho do Debian")


def _baixar(busca: Path, pacote: str, suite: str) -> list[Path]:
    espelho = _espelho()
    for pasta in ("fontes", "estado/lists/partial", "cache/archives/partial"):
        (busca / pasta).mkdir(parents=True)
    for vazio in ("vazio", "status"):
        (busca / vazio).touch()
    fonte = (
        f"Types: deb\nURIs: {espelho}\nSuites: {suite}\nComponents: main\nSigned-By: {CHAVEIRO}\n"
    )
    (busca / "fontes" / "debian.sources").write_text(fonte, encoding="utf-8")
    # Com o estado do dpkg vazio, vêm todas as dependências, mesmo as que o sistema já tem.
    privado = {
        "Dir::Etc::sourcelist": busca / "vazio",
        "Dir::Etc::sourceparts": busca / "fontes",
        "Dir::Etc::preferences": busca / "vazio",
        "Dir::Etc::preferencesparts": busca / "nenhuma",
        "Dir::State": busca / "estado",
        "Dir::State::status": busca / "status",
        "Dir::Cache": busca / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": 3,
        "Acquire::http::Timeout": 20,
        "Acquire::https::Timeout": 20,
    }
    ajustes = [parte for nome, valor in privado.items() for parte in ("-o", f"{nome}={valor}")]
    rodar("apt-get", "-qq", *ajustes, "update", "--error-on=any")
    rodar(
        *("apt-get", "-qq", *ajustes, "install", "--yes"),
        *("--download-only", "--no-install-recommends", pacote),
    )
    return sorted(busca.glob("cache/archives/*.deb"))


def rodar(*comando: str, conta: Conta | None = None) -> str:
    try:
        feito = subprocess.run(
            comando,
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PRAZO,
            **conta or {},
        )
    except subprocess.TimeoutExpired as erro:
        raise SemPrograma(f"{comando[0]} passou de {PRAZO} s") from erro
    if feito.returncode:
        raise SemPrograma(f"{comando[0]} falhou: {queixa(feito.stderr or feito.stdout)}")
    return feito.stdout


def queixa(saida: str) -> str:
    """A primeira linha que fala em erro; na falta, a última."""
    linhas = saida.strip().splitlines() or ["nada disse"]
    return next((linha for linha in linhas if re.search(r"^E:|ERROR", linha)), linhas[-1])
