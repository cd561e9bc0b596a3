"""Três MySQL em grupo, com um só que grava: se ele cai, os outros dois elegem quem o substitua.

É o que faz as vezes, nesta máquina, de um RDS Multi-AZ ou de um Aurora; quem acompanha a eleição
(aqui `Grupo.quem_grava`) é o que lá faz o endereço do banco.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, Self

import pymysql

from tests.servidor_mysql import SemMySQL, ServidorProprio, iniciar
from tests.servidor_programa import porta_livre

TAMANHO = 3
PRAZO = 60  # segundos
OLHAR = 0.2
NOME = "6f9f5a2e-0000-4000-8000-00000000b00c"
CANAL = "'group_replication_recovery'"
REPLICADOR = (
    "SET SQL_LOG_BIN = 0",
    "CREATE USER repl@'%' IDENTIFIED BY 'repl'",
    "GRANT REPLICATION SLAVE, BACKUP_ADMIN, CONNECTION_ADMIN ON *.* TO repl@'%'",
    "GRANT GROUP_REPLICATION_STREAM ON *.* TO repl@'%'",
    "SET SQL_LOG_BIN = 1",
    f"CHANGE REPLICATION SOURCE TO SOURCE_USER='repl', SOURCE_PASSWORD='repl' FOR CHANNEL {CANAL}",
)
FUNDAR = (
    "SET GLOBAL group_replication_bootstrap_group = ON",
    "START GROUP_REPLICATION",
    "SET GLOBAL group_replication_bootstrap_group = OFF",
)
ENTRAR = ("START GROUP_REPLICATION",)
MEMBROS = (
    "SELECT member_port, member_role FROM performance_schema.replication_group_members "
    "WHERE member_state = 'ONLINE'"
)


class Grupo:
    """Os três no ar; `quem_grava` é a porta do que grava agora, ou nada enquanto se elege."""

    def __init__(self, membros: tuple[ServidorProprio, ...]) -> None:
        self.membros = membros
        self._grava: int | None = None
        self._chega = Event()
        self._vigia = Thread(target=self._vigiar, daemon=True)

    def __enter__(self) -> Self:
        for membro in self.membros:
            _mandar(membro, REPLICADOR)
        fundador, *outros = self.membros
        _mandar(fundador, FUNDAR)
        for membro in outros:
            _mandar(membro, ENTRAR)
        self._vigia.start()
        self.aguardar(TAMANHO)
        return self

    def __exit__(self, *_: object) -> None:
        self._chega.set()
        self._vigia.join()

    def quem_grava(self) -> int | None:
        return self._grava

    @property
    def principal(self) -> ServidorProprio:
        """O que grava; espera que haja um."""
        _aguardar(lambda: self._grava is not None, "ninguém grava")
        return next(membro for membro in self.membros if membro.porta == self._grava)

    def aguardar(self, quantos: int) -> None:
        """Espera que tantos estejam no grupo, e que um grave."""
        _aguardar(lambda: len(self._ver()) == quantos, "o grupo não se formou")
        _aguardar(lambda: self._grava is not None, "ninguém grava")

    def voltar(self, membro: ServidorProprio) -> None:
        """O que caiu entra de novo, e alcança os outros."""
        membro.religar()
        _mandar(membro, ENTRAR)

    def _vigiar(self) -> None:
        while not self._chega.wait(OLHAR):
            papeis = self._ver()
            self._grava = next((p for p, papel in papeis.items() if papel == "PRIMARY"), None)

    def _ver(self) -> dict[int, str]:
        """O papel de cada membro, dito por quem está no grupo com a maioria dele."""
        for membro in self.membros:
            with contextlib.suppress(pymysql.Error, OSError):
                achados = dict(_perguntar(membro, MEMBROS))
                if len(achados) > TAMANHO // 2:
                    return achados
        return {}


@contextmanager
def grupo() -> Iterator[Grupo]:
    """Um grupo novo, só de quem pediu; SemMySQL se o servidor da máquina não é o MySQL."""
    portas = [porta_livre() for _ in range(TAMANHO)]
    with ExitStack() as pilha:
        membros = [
            pilha.enter_context(iniciar(duravel=True, opcoes=tuple(_opcoes(numero, portas))))
            for numero in range(TAMANHO)
        ]
        yield pilha.enter_context(Grupo(tuple(membros)))


def _opcoes(numero: int, portas: list[int]) -> Iterator[str]:
    yield "--performance-schema=ON"
    yield f"--server-id={numero + 1}"
    yield "--report-host=127.0.0.1"
    yield "--gtid-mode=ON"
    yield "--enforce-gtid-consistency=ON"
    yield "--log-bin=binlog"
    yield "--relay-log=relay"
    yield "--skip-replica-start"
    yield "--max-connections=400"
    yield "--plugin-load-add=group_replication.so"
    do_grupo = {
        "group-name": NOME,
        "start-on-boot": "OFF",
        "bootstrap-group": "OFF",
        "local-address": f"127.0.0.1:{portas[numero]}",
        "group-seeds": ",".join(f"127.0.0.1:{porta}" for porta in portas),
        "ip-allowlist": "127.0.0.1/8",
        "recovery-get-public-key": "ON",
        "member-expel-timeout": "0",
        "unreachable-majority-timeout": "10",
        "exit-state-action": "READ_ONLY",
        "consistency": "BEFORE_ON_PRIMARY_FAILOVER",
    }
    for nome, valor in do_grupo.items():
        yield f"--loose-group-replication-{nome}={valor}"


def _mandar(servidor: ServidorProprio, comandos: tuple[str, ...]) -> None:
    with servidor.conectar() as conexao, conexao.cursor() as cursor:
        for comando in comandos:
            cursor.execute(comando)


def _perguntar(servidor: ServidorProprio, consulta: str) -> list[Any]:
    with servidor.conectar(connect_timeout=1, read_timeout=1) as conexao:
        cursor = conexao.cursor()
        cursor.execute(consulta)
        return list(cursor.fetchall())


def _aguardar(condicao: Callable[[], bool], motivo: str) -> None:
    fim = monotonic() + PRAZO
    while not condicao():
        if monotonic() > fim:
            raise SemMySQL(motivo)
        sleep(OLHAR)
