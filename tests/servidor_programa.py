"""Que programa serve de MySQL nos testes, e como ele nasce: da máquina ou do Debian, sem root."""

import contextlib
import fcntl
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import IO

from tests import servidor_debian
from tests.servidor_debian import Conta, SemMySQL, rodar

CAMINHO = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin"

SO_MYSQL = ("--secure-file-priv=NULL", "--loose-mysqlx=OFF")
# O modo do MySQL, que o MariaDB não traz inteiro.
MODO = (
    "ONLY_FULL_GROUP_BY",
    "STRICT_TRANS_TABLES",
    "NO_ZERO_IN_DATE",
    "NO_ZERO_DATE",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "NO_ENGINE_SUBSTITUTION",
)
SO_MARIADB = (f"--sql-mode={','.join(MODO)}",)

# Fora da faixa efêmera: quem insiste em reconectar a uma porta dela, com o servidor caído, pode
# acabar conectado a si mesmo.
PORTAS = range(20_000, 32_000)

# Quando o dono some, mesmo sem se despedir, o servidor cai e os dados dele vão junto.
VIGIA = """
while kill -0 "$1"; do sleep 0.5; done
kill -9 "$(cat "$2/pid")"
rm -rf "$2"
"""


@dataclass(frozen=True)
class Programa:
    comando: tuple[str, ...]
    proprias: tuple[str, ...] = ()

    @cached_property
    def versao(self) -> str:
        saida = rodar(*self.comando, "--no-defaults", "--version")
        achada = re.search(r"Ver (\S+)", saida)
        if not achada:
            raise SemMySQL(f"versão desconhecida: {saida.strip()}")
        return achada[1]

    @property
    def opcoes(self) -> tuple[str, ...]:
        return (*self.proprias, *(SO_MARIADB if "MariaDB" in self.versao else SO_MYSQL))

    def modelo(self) -> Path:
        """Uma pasta de dados recém-nascida, feita uma vez por versão e copiada a cada servidor."""
        destino = cache() / f"modelo-{self.versao}"
        with travado(cache() / "trava"):
            if not destino.exists():
                with tempfile.TemporaryDirectory(prefix="modelo-", dir=cache()) as rascunho:
                    dados = entregar(Path(rascunho)) / "dados"
                    rodar(*self._nascer(dados), f"--tmpdir={rascunho}", conta=conta())
                    # Dois servidores não podem ter a mesma identidade.
                    (dados / "auto.cnf").unlink(missing_ok=True)
                    dados.rename(destino)
        return destino

    def _nascer(self, dados: Path) -> tuple[str, ...]:
        inicio = ("--no-defaults", f"--datadir={dados}")
        if "MariaDB" not in self.versao:
            modo = ("--initialize-insecure", "--loose-innodb-redo-log-capacity=8M")
            return (*self.comando, *inicio, *self.opcoes, *modo)
        instalador = shutil.which("mariadb-install-db", path=CAMINHO)
        if not instalador:
            raise SemMySQL("há um MariaDB, mas não o mariadb-install-db")
        return (instalador, *inicio, "--auth-root-authentication-method=normal", "--skip-test-db")


def da_maquina(nome: str, *, mariadb: bool) -> Programa:
    """O servidor instalado; há máquinas em que `mysqld` é outro nome do MariaDB."""
    achado = shutil.which(nome, path=CAMINHO)
    programa = Programa((achado,)) if achado else None
    if programa is None or ("MariaDB" in programa.versao) is not mariadb:
        raise SemMySQL(f"não há {nome} nesta máquina")
    return programa


def do_debian() -> Programa:
    raiz = cache() / "mysql-debian"
    with travado(cache() / "trava"):
        if not raiz.exists():
            servidor_debian.buscar(raiz)
    return Programa(servidor_debian.comando(raiz), servidor_debian.opcoes(raiz))


# O MySQL da máquina, o do Debian e, se não há como, o MariaDB.
CANDIDATOS = (
    partial(da_maquina, "mysqld", mariadb=False),
    do_debian,
    partial(da_maquina, "mariadbd", mariadb=True),
)


def conta() -> Conta:
    """Quem roda o servidor: nós mesmos ou, no lugar do root, ninguém."""
    if os.geteuid():
        return {}
    ninguem = pwd.getpwnam("nobody")
    return {"user": ninguem.pw_name, "group": ninguem.pw_gid, "extra_groups": []}


def cache() -> Path:
    """Onde ficam o programa e os modelos; a pasta do root não serve, pois ninguém a lê."""
    dono = os.geteuid()
    do_usuario = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oficina-testes"
    de_todos = Path(f"/var/tmp/oficina-testes-{dono}")  # noqa: S108  (só serve se for nossa)
    for pasta in (do_usuario, de_todos) if dono else (de_todos,):
        with contextlib.suppress(OSError):
            pasta.mkdir(parents=True, exist_ok=True)
            if not pasta.is_symlink() and pasta.stat().st_uid == dono:
                pasta.chmod(0o755)
                return pasta
    raise SemMySQL("não há pasta onde guardar o servidor dos testes")


def entregar(pasta: Path) -> Path:
    """Faz a pasta ser de quem roda o servidor."""
    if quem := conta():
        shutil.chown(pasta, quem["user"], quem["group"])
    return pasta


@contextlib.contextmanager
def travado(arquivo: Path) -> Iterator[None]:
    """Um processo de cada vez; a trava cai com o processo."""
    with arquivo.open("w") as trava:
        fcntl.flock(trava, fcntl.LOCK_EX)
        yield


def separado(
    *comando: str, saida: IO[bytes] | int = subprocess.DEVNULL, conta: Conta | None = None
) -> subprocess.Popen[bytes]:
    """Um processo que não ouve o Ctrl-C do terminal nem segura a saída de ninguém."""
    return subprocess.Popen(
        comando,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=saida,
        stderr=saida,
        start_new_session=True,
        **conta or {},
    )


def vigiar(dono: int, pasta: Path) -> subprocess.Popen[bytes]:
    return separado("sh", "-c", VIGIA, "vigia", str(dono), str(pasta))


def porta_livre() -> int:
    while True:
        porta = secrets.choice(PORTAS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", porta)):
            return porta
