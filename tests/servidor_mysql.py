"""O MySQL dos testes: o que o ambiente indica, o que a máquina tem ou o do Debian, à parte.

`obter()` dá o servidor da execução, dividido pelos processos do xdist: cada um usa os seus bancos.
`iniciar()` dá um servidor só de quem pediu, para derrubar e religar.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

import pymysql
from sqlalchemy import Engine

from tests.servidor_debian import SemPrograma as SemMySQL
from tests.servidor_debian import cache, queixa, rodar, travado
from tests.servidor_programa import (
    CANDIDATOS,
    Programa,
    conta,
    cpu_de,
    entregar,
    porta_livre,
    separado,
    vigiar,
)

__all__ = ["SemMySQL", "Servidor", "ServidorProprio", "eh_mariadb", "iniciar", "obter"]

ENDERECO = "OFICINA_TESTE_MYSQL"
EXECUCAO = "PYTEST_XDIST_TESTRUNUID"
PREFIXO = "oficina_teste"
PRAZO = 120
LOCAIS = ("127.0.0.1", "::1", "localhost")

SEMPRE = (
    "--bind-address=127.0.0.1",
    "--socket=s",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_bin",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=64M",
)
SEM_DURAR = ("--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF")

# O servidor dividido vive até o fim da execução, não até o fim de quem o iniciou.
_divididos: list["ServidorProprio"] = []


@dataclass
class Servidor:
    """Um servidor no ar."""

    porta: int
    host: str = "127.0.0.1"
    usuario: str = "root"
    senha: str = field(default="", repr=False)

    @classmethod
    def em(cls, endereco: str) -> "Servidor":
        partes = urlsplit(endereco)
        return Servidor(
            porta=partes.port or 3306,
            host=partes.hostname or "127.0.0.1",
            usuario=unquote(partes.username or "root"),
            senha=unquote(partes.password or ""),
        )

    @property
    def versao(self) -> str:
        with self.conectar() as conexao, conexao.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            (versao,) = cursor.fetchone() or ("",)
            return str(versao)

    def url(self, banco: str = "") -> str:
        senha = f":{quote(self.senha, safe='')}" if self.senha else ""
        acesso = f"{quote(self.usuario, safe='')}{senha}"
        return f"mysql+pymysql://{acesso}@{self.host}:{self.porta}/{banco}"

    def conectar(self, **opcoes: Any) -> pymysql.Connection:
        # Na própria máquina o TLS só custaria tempo.
        padrao = {"autocommit": True, "connect_timeout": 10, "ssl_disabled": self.host in LOCAIS}
        return pymysql.connect(
            host=self.host,
            port=self.porta,
            user=self.usuario,
            password=self.senha,
            **padrao | opcoes,
        )

    def criar_banco(self, nome: str) -> str:
        """Cria o banco vazio, no lugar do que houver com esse nome, e devolve a URL dele."""
        self.apagar_banco(nome)
        self._mandar(f"CREATE DATABASE {nome} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        return self.url(nome)

    def apagar_banco(self, nome: str) -> None:
        # O servidor pode ser de alguém: só se apaga o que é de teste.
        if not re.fullmatch(rf"{PREFIXO}\w*", nome, re.ASCII):
            raise ValueError(f"o nome de um banco de teste começa com {PREFIXO}: {nome!r}")
        self._mandar(f"DROP DATABASE IF EXISTS {nome}")

    def parar(self) -> None:
        """Nada faz aqui: só quem iniciou um servidor o para."""

    def _mandar(self, comando: str) -> None:
        with self.conectar() as conexao, conexao.cursor() as cursor:
            cursor.execute(comando)


class ServidorProprio(Servidor):
    """Um servidor deste processo, que o pode derrubar, religar e parar."""

    def __init__(
        self, pasta: Path, dono: int, *, duravel: bool, opcoes: Sequence[str] = ()
    ) -> None:
        super().__init__(porta_livre())
        self._pasta = pasta
        self._duravel = duravel
        self._opcoes = opcoes
        self._comando: tuple[str, ...] = ()
        self._processo: subprocess.Popen[bytes] | None = None
        self._vigia = vigiar(dono, pasta)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.parar()

    def cpu(self) -> float:
        """Os segundos de processador que ele gastou até agora."""
        assert self._processo
        return cpu_de(self._processo.pid)

    def matar(self) -> None:
        """Derruba o servidor sem aviso (kill -9); o que ele confirmou só fica se for durável."""
        if self._processo:
            self._processo.kill()
            self._processo.wait()
            self._processo = None
            # Um número solto poderia ser, mais tarde, o de outro processo.
            (self._pasta / "pid").unlink(missing_ok=True)

    def religar(self) -> None:
        """Liga o servidor na mesma porta, com os dados que ficaram, e espera que ele atenda."""
        self.matar()
        log = self._pasta / "log"
        with log.open("wb") as saida:
            self._processo = separado(*self._comando, saida=saida, conta=conta())
        (self._pasta / "pid").write_text(str(self._processo.pid), encoding="ascii")
        prazo = time.monotonic() + PRAZO
        while not self._atende():
            if self._processo.poll() is not None or time.monotonic() > prazo:
                self.matar()
                motivo = queixa(log.read_text(encoding="utf-8", errors="replace"))
                raise SemMySQL(f"{self._comando[0]} não ligou: {motivo}")
            time.sleep(0.02)

    def parar(self) -> None:
        """Derruba o servidor e apaga os dados dele."""
        self.matar()
        if self._vigia.poll() is None:
            os.killpg(self._vigia.pid, signal.SIGKILL)
            self._vigia.wait()
        shutil.rmtree(self._pasta, ignore_errors=True)

    def nascer(self) -> None:
        """Liga o primeiro programa que servir, com dados novos."""
        recusas = []
        for achar in CANDIDATOS:
            try:
                self._preparar(achar())
                self.religar()
            except (SemMySQL, OSError) as recusa:
                recusas.append(str(recusa))
            else:
                return
        raise SemMySQL("; ".join(recusas))

    def _preparar(self, programa: Programa) -> None:
        dados, passageira = self._pasta / "dados", self._pasta / "tmp"
        shutil.rmtree(dados, ignore_errors=True)
        rodar("cp", "-a", str(programa.modelo()), str(dados))
        passageira.mkdir(exist_ok=True)
        self._comando = (
            *programa.comando,
            "--no-defaults",
            *programa.opcoes,
            *SEMPRE,
            *(() if self._duravel else SEM_DURAR),
            f"--port={self.porta}",
            f"--datadir={dados}",
            f"--tmpdir={entregar(passageira)}",
            *self._opcoes,
        )

    def _atende(self) -> bool:
        with contextlib.suppress(pymysql.Error), self.conectar():
            return True
        return False


def eh_mariadb(motor: Engine) -> bool:
    """O servidor dos testes pode ser um MariaDB, que em alguns comandos fala de outro modo."""
    with motor.connect():
        return bool(getattr(motor.dialect, "is_mariadb", False))


def obter() -> Servidor:
    """O servidor da execução: o de OFICINA_TESTE_MYSQL ou um só para todos os processos do xdist.

    Levanta SemMySQL se não houver nenhum.
    """
    if endereco := os.environ.get(ENDERECO):
        servidor = Servidor.em(endereco)
        try:
            servidor.conectar().close()
        except pymysql.Error as erro:
            raise SemMySQL(f"o servidor de {ENDERECO} não atende: {erro}") from erro
        return servidor
    execucao = os.environ.get(EXECUCAO)
    return _dividido(execucao) if execucao else iniciar()


def iniciar(*, duravel: bool = False, opcoes: Sequence[str] = ()) -> ServidorProprio:
    """Um servidor novo, só de quem pediu; durável, guarda o que confirmou mesmo se derrubado.

    As `opcoes` são do mysqld, e valem mais que as de sempre.
    """
    pasta = Path(tempfile.mkdtemp(prefix="servidor-", dir=cache()))
    pasta.chmod(0o755)
    servidor = ServidorProprio(pasta, os.getpid(), duravel=duravel, opcoes=opcoes)
    try:
        servidor.nascer()
    except BaseException:
        servidor.parar()
        raise
    return servidor


def _dividido(execucao: str) -> Servidor:
    """O primeiro processo a precisar dele o inicia; quem o mantém no ar é o que os comanda."""
    pasta = cache() / f"execucao-{execucao}"
    porta, recusa = pasta / "porta", pasta / "recusa"
    pasta.mkdir(exist_ok=True)
    with travado(pasta / "trava"):
        if recusa.exists():
            raise SemMySQL(recusa.read_text(encoding="utf-8"))
        if not porta.exists():
            servidor = ServidorProprio(pasta, os.getppid(), duravel=False)
            _divididos.append(servidor)
            try:
                servidor.nascer()
            except SemMySQL as motivo:
                recusa.write_text(str(motivo), encoding="utf-8")
                raise
            porta.write_text(str(servidor.porta), encoding="ascii")
    return Servidor(int(porta.read_text(encoding="ascii")))
