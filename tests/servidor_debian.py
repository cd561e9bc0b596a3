"""O servidor MySQL do Debian sid, desempacotado ao lado do sistema e com a própria libc.

Nada é instalado: o apt trabalha com um estado só seu e confere as assinaturas como sempre.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TypedDict

SUITE = "sid"
PACOTE = "mysql-server-core"
CHAVEIRO = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PRAZO = 600
INUTEIS = ("usr/share/doc", "usr/share/man", "usr/share/perl")


class SemMySQL(Exception):
    """Não há servidor para os testes; a mensagem diz por quê."""


class Conta(TypedDict, total=False):
    """Em nome de quem um programa roda, nos termos do subprocess; vazia, em nosso nome."""

    user: str
    group: int
    extra_groups: list[int]


def buscar(destino: Path) -> None:
    """Baixa e desempacota o servidor; `destino` só aparece quando está inteiro."""
    for programa in ("apt-get", "dpkg-deb"):
        if not shutil.which(programa):
            raise SemMySQL(f"não há {programa} nesta máquina")
    with tempfile.TemporaryDirectory(prefix="busca-", dir=destino.parent) as rascunho:
        busca = Path(rascunho)
        busca.chmod(0o755)
        raiz = busca / "raiz"
        raiz.mkdir()
        for pacote in _baixar(busca):
            rodar("dpkg-deb", "-x", str(pacote), str(raiz))
        for inutil in INUTEIS:
            shutil.rmtree(raiz / inutil, ignore_errors=True)
        raiz.rename(destino)


def comando(raiz: Path) -> tuple[str, ...]:
    """O carregador vem junto porque a libc do sistema é mais velha que a do servidor."""
    bibliotecas = next(raiz.glob("usr/lib/*-linux-gnu"))
    carregador = next(bibliotecas.glob("ld-linux-*.so.*"))
    servidor = raiz / "usr/sbin/mysqld"
    return (str(carregador), "--library-path", str(bibliotecas), str(servidor))


def opcoes(raiz: Path) -> tuple[str, ...]:
    return (
        f"--basedir={raiz}/usr",
        f"--lc-messages-dir={raiz}/usr/share/mysql",
        f"--character-sets-dir={raiz}/usr/share/mysql/charsets",
        f"--plugin-dir={raiz}/usr/lib/mysql/plugin",
    )


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
    raise SemMySQL("esta máquina não se serve de um espelho do Debian")


def _baixar(busca: Path) -> list[Path]:
    espelho = _espelho()
    for pasta in ("fontes", "estado/lists/partial", "cache/archives/partial"):
        (busca / pasta).mkdir(parents=True)
    for vazio in ("vazio", "status"):
        (busca / vazio).touch()
    fonte = (
        f"Types: deb\nURIs: {espelho}\nSuites: {SUITE}\nComponents: main\nSigned-By: {CHAVEIRO}\n"
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
        *("--download-only", "--no-install-recommends", PACOTE),
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
        raise SemMySQL(f"{comando[0]} passou de {PRAZO} s") from erro
    if feito.returncode:
        raise SemMySQL(f"{comando[0]} falhou: {queixa(feito.stderr or feito.stdout)}")
    return feito.stdout


def queixa(saida: str) -> str:
    """A primeira linha que fala em erro; na falta, a última."""
    linhas = saida.strip().splitlines() or ["nada disse"]
    return next((linha for linha in linhas if re.search(r"^E:|ERROR", linha)), linhas[-1])
