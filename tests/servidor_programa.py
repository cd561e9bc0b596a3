"""Que programa serve de MySQL nos testes, e como ele nasce: da máquina ou do Debian, sem root."""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import IO

from tests import servidor_debian
from tests.servidor_debian import Conta, SemPrograma, cache, desempacotado, rodar, travado

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
            raise SemPrograma(f"versão desconhecida: {saida.strip()}")
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
            raise SemPrograma("há um MariaDB, mas não o mariadb-install-db")
        return (instalador, *inicio, "--auth-root-authentication-method=normal", "--skip-test-db")


def da_maquina(nome: str, *, mariadb: bool) -> Programa:
    """O servidor instalado; há máquinas em que `mysqld` é outro nome do MariaDB."""
    achado = shutil.which(nome, path=CAMINHO)
    programa = Programa((achado,)) if achado else None
    if programa is None or ("MariaDB" in programa.versao) is not mariadb:
        raise SemPrograma(f"não há {nome} nesta máquina")
    return programa


def do_debian() -> Programa:
    raiz = desempacotado("mysql-server-core")
    comando = servidor_debian.comando(raiz, "usr/sbin/mysqld")
    opcoes = (
        f"--basedir={raiz}/usr",
        f"--lc-messages-dir={raiz}/usr/share/mysql",
        f"--character-sets-dir={raiz}/usr/share/mysql/charsets",
        f"--plugin-dir={raiz}/usr/lib/mysql/plugin",
    )
    return Programa(comando, opcoes)


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


def entregar(pasta: Path) -> Path:
    """Faz a pasta ser de quem roda o servidor."""
    if quem := conta():
        shutil.chown(pasta, quem["user"], quem["group"])
    return pasta


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


def cpu_de(pid: int) -> float:
    """Segundos de processador de outro processo, de todos os fios (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def porta_livre() -> int:
    while True:
        porta = secrets.choice(PORTAS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", porta)):
            return porta
