"""Como se abre cada banco, e o contrato de cada sessão com ele."""

import logging
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, cast

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    QueuePool,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from oficina_core.banco import falhas
from oficina_core.banco.silencio import Silencio
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from oficina_core.enderecos import ARQUIVO, propria_maquina

# Sem isto, a conexão que cai ao voltar para o pool escreve o rastro dela no terminal.
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())

ABERTO, SO_LEITURA = "arquivo", "so_leitura"  # o que a conexão com um SQLite guarda
SERVIDORES = ("mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql")
PORTA_MAXIMA = 65535
BANCO = r"[A-Za-z0-9_$-]{1,64}"
FORMA = (
    "O endereço do banco é como sqlite:///oficina.db ou "
    "mysql+pymysql://usuario:senha@servidor/banco; na senha, escreva @ como %40 e / como %2F."
)
SQLITE_AO_CONECTAR = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
)
SQLITE_AO_MIGRAR = (*SQLITE_AO_CONECTAR, "PRAGMA foreign_keys = OFF")
SQLITE_SO_LEITURA, SQLITE_TAMBEM_GRAVA = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
SQLITE_AO_LER, SQLITE_AO_GRAVAR = "BEGIN", "BEGIN IMMEDIATE"
MYSQL_AO_LER = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION READ ONLY",
)
MODO = "STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO"
CONTRATO_MYSQL = {
    "time_zone": "+00:00",
    "innodb_lock_wait_timeout": 5,
    "transaction_isolation": "READ-COMMITTED",
    "read_only": 0,
}
LEITURA_SEGUNDOS, CONSULTA_SEGUNDOS = 15, 5
# Quem muda uma tabela em uso espera por quem a usa, e quem chega espera por ele: sem prazo, uma
# consulta esquecida aberta pararia a oficina inteira.
TABELA_SEGUNDOS = 5
PASSOS = 10_000  # da máquina do SQLite, entre um olhar ao relógio e outro
SERVIDOR_TROCADO = {1053, 1290, 1836}  # desliga-se, ou virou cópia só de leitura


@dataclass(frozen=True, kw_only=True)
class Conexoes:
    """As que se usam agora, e quantas se podem usar ao mesmo tempo."""

    em_uso: int
    limite: int


def conexoes(motor: Engine) -> Conexoes:
    pool = cast("QueuePool", motor.pool)  # o de todos os nossos motores
    return Conexoes(em_uso=pool.checkedout(), limite=pool.size() + pool._max_overflow)  # noqa: SLF001


@contextmanager
def lendo(motor: Engine, *, segundos: int | None = None) -> Iterator[Connection]:
    """Uma transação que não grava e vê uma fotografia; quem grava vê o último confirmado.

    Sem evento do SQLAlchemy: um só que se ouça encarece todo comando. Os `segundos` são do SQLite,
    para a transação toda: no MySQL a sessão já tem prazo por consulta.
    """
    with motor.connect() as conexao, conexao.begin():
        if arquivo := conexao.info.get(ABERTO):
            arquivo.conferir()
            _ajustar(conexao, so_leitura=True, segundos=segundos)
            conexao.exec_driver_sql(SQLITE_AO_LER)
        else:
            for comando in MYSQL_AO_LER:
                conexao.exec_driver_sql(comando)
        yield conexao


@contextmanager
def gravando(onde: Engine | Connection) -> Iterator[Connection]:
    """A transação que grava: confirma no fim e desfaz no erro.

    No SQLite pega a vez já no início. O arquivo confere-se também depois, que outro pode tomar o
    lugar dele enquanto se espera.
    """
    with _conectado(onde) as conexao, conexao.begin():
        if arquivo := conexao.info.get(ABERTO):
            arquivo.conferir()
            _ajustar(conexao)
            conexao.exec_driver_sql(SQLITE_AO_GRAVAR)
            arquivo.conferir()
        yield conexao


def sem_transacao(motor: Engine) -> Connection:
    """Uma conexão a um SQLite, para o que só se faz fora de transação; quem a pede a fecha."""
    conexao = motor.connect()
    _ajustar(conexao)
    return conexao


def _ajustar(conexao: Connection, *, so_leitura: bool = False, segundos: int | None = None) -> None:
    """O modo só se muda quando é outro: a cada PRAGMA, o SQLite refaz os comandos que guardava."""
    _limitar(conexao.connection.driver_connection, segundos)
    if conexao.info.get(SO_LEITURA, False) is not so_leitura:
        conexao.exec_driver_sql(SQLITE_SO_LEITURA if so_leitura else SQLITE_TAMBEM_GRAVA)
        conexao.info[SO_LEITURA] = so_leitura


def _conectado(onde: Engine | Connection) -> AbstractContextManager[Connection]:
    return onde.connect() if isinstance(onde, Engine) else nullcontext(onde)


def versao_dos_dados(conexao: Connection) -> int:
    """Um número do SQLite que só muda, nesta conexão, quando outra grava."""
    return int(conexao.exec_driver_sql("PRAGMA data_version").scalar_one())


def abrir(endereco: str, *, para_migrar: bool = False) -> Engine:
    """O motor de um endereço `sqlite:///…` ou `mysql+pymysql://…`; nada se conecta ainda.

    A migração, a cópia e a verificação não têm prazo; no SQLite, a migração refaz tabelas que
    outras citam, e a restauração as enche em qualquer ordem: as chaves estrangeiras conferem-se no
    fim.
    """
    if endereco.startswith("sqlite:"):
        ao_conectar = SQLITE_AO_MIGRAR if para_migrar else SQLITE_AO_CONECTAR
        motor = _abrir_sqlite(_arquivo(endereco), ao_conectar)
    else:
        motor = _abrir_mysql(_servidor(endereco), None if para_migrar else LEITURA_SEGUNDOS)
    event.listen(motor, "handle_error", falhas.anotar)
    return motor


@contextmanager
def aberto(endereco: str, *, para_migrar: bool = False) -> Iterator[Engine]:
    """O motor, enquanto dura o bloco; depois, nenhuma conexão dele fica."""
    motor = abrir(endereco, para_migrar=para_migrar)
    try:
        yield motor
    finally:
        motor.dispose()


def mostrar(url: URL) -> str:
    """O endereço sem a senha, como se pode dizer de novo."""
    if url.drivername == "sqlite":
        return f"{ARQUIVO}{url.database}"
    return url.render_as_string(hide_password=True)


def _arquivo(endereco: str) -> URL:
    """O caminho é tudo o que vem depois das três barras, tal como está escrito."""
    caminho = endereco.removeprefix(ARQUIVO)
    if caminho in ("", ":memory:", endereco):
        raise DadoInvalido("Diga o arquivo do banco, como em sqlite:///oficina.db.", "banco")
    return URL.create("sqlite", database=caminho)


def _servidor(endereco: str) -> URL:
    """O endereço de um MySQL; DadoInvalido, sem o citar, se falta parte ou sobra opção."""
    try:
        url = make_url(endereco)
    except (ArgumentError, ValueError):
        raise DadoInvalido(FORMA, "banco") from None
    if url.drivername not in SERVIDORES:
        raise DadoInvalido("O banco é SQLite ou MySQL; confira o endereço.", "banco")
    porta_serve = 0 < (url.port or 1) <= PORTA_MAXIMA
    if not re.fullmatch(BANCO, url.database or "") or "@" in (url.host or "") or not porta_serve:
        raise DadoInvalido(FORMA, "banco")
    if url.query.keys() - {"ssl_ca"}:
        raise DadoInvalido("A única opção do endereço do MySQL é ?ssl_ca=arquivo.pem.", "banco")
    return url


@dataclass
class Arquivo:
    """O arquivo que se abriu: o que se gravasse depois de outro tomar o lugar dele se perderia."""

    caminho: str
    _qual: tuple[int, int] | None = None

    def abrir(self) -> None:
        """Tem dados de clientes: nasce só de quem o cria, e não nasce de novo se some."""
        if self._qual is None:
            with suppress(OSError):
                os.close(os.open(self.caminho, os.O_CREAT | os.O_EXCL, 0o600))
            self._qual = self._ver()
        self.conferir()

    def conferir(self) -> None:
        """Levanta Indisponivel se já não é o mesmo."""
        if self._ver() != self._qual:
            raise Indisponivel(
                "O arquivo do banco saiu do lugar, ou outro tomou o lugar dele, e por isso nada "
                "mais se grava; feche a oficina e abra de novo."
            )

    def _ver(self) -> tuple[int, int] | None:
        with suppress(OSError):
            visto = os.stat(self.caminho)  # noqa: PTH116 — a cada transação
            return visto.st_dev, visto.st_ino
        return None


def _abrir_sqlite(url: URL, ao_conectar: tuple[str, ...]) -> Engine:
    motor = create_engine(url, connect_args={"isolation_level": None, "timeout": 5})
    arquivo = Arquivo(str(url.database))
    event.listen(motor, "do_connect", lambda *_: arquivo.abrir())

    @event.listens_for(motor, "connect")
    def preparar(conexao: Any, registro: ConnectionPoolEntry) -> None:
        registro.info[ABERTO] = arquivo
        for comando in ao_conectar:
            conexao.execute(comando)

    return motor


def _limitar(conexao: Any, segundos: int | None) -> None:
    """Depois dos segundos, o SQLite larga o comando em que estiver; sem eles, não tem prazo."""
    prazo = monotonic() + (segundos or 0)
    conexao.set_progress_handler((lambda: monotonic() > prazo) if segundos else None, PASSOS)


def _abrir_mysql(url: URL, prazo: int | None) -> Engine:
    """Sem a pergunta ao tirar a conexão do pool nem o ROLLBACK ao devolvê-la, duas idas ao banco.

    A conexão que caiu enquanto ninguém a usava se troca ao repetir o caso. Quem abre uma transação
    a encerra; se nem isso deu certo, a conexão não volta: outro confirmaria o que não pediu.
    """
    from pymysql.constants.SERVER_STATUS import SERVER_STATUS_IN_TRANS

    motor = create_engine(
        url.set(drivername="mysql+pymysql", query={}),
        connect_args={
            "charset": "utf8mb4",
            "password": (url.password or "").encode(),  # o PyMySQL suporia latin-1
            "connect_timeout": 5,
            "read_timeout": prazo,
            "write_timeout": prazo,
        }
        | _tls(url),
        pool_size=3,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=280,
        pool_reset_on_return=None,
    )

    silencio = Silencio()

    @event.listens_for(motor, "do_connect")
    def poupar(*_: Any) -> None:
        silencio.exigir()

    @event.listens_for(motor, "connect")
    def preparar(conexao: Any, _: Any) -> None:
        silencio.falou()
        _contratar(conexao, CONSULTA_SEGUNDOS if prazo else 0)

    @event.listens_for(motor, "checkin")
    def devolver(conexao: Any, registro: ConnectionPoolEntry) -> None:
        if conexao is not None and conexao.server_status & SERVER_STATUS_IN_TRANS:
            registro.invalidate()

    @event.listens_for(motor, "handle_error")
    def largar(contexto: ExceptionContext) -> None:
        """A conexão a um servidor que já não grava não volta ao uso."""
        erro = contexto.original_exception
        (silencio.calou if isinstance(erro.__context__, TimeoutError) else silencio.falou)()
        if erro.args and erro.args[0] in SERVIDOR_TROCADO:
            contexto.is_disconnect = True

    return motor


def _tls(url: URL) -> dict[str, Any]:
    """TLS conferido por autoridade e nome; na própria máquina, nenhum (custa 55 ms)."""
    if not url.host or propria_maquina(url.host):
        return {"ssl_disabled": True}
    autoridade = url.query.get("ssl_ca")
    try:
        return {"ssl": ssl.create_default_context(cafile=str(autoridade) if autoridade else None)}
    except OSError:
        raise DadoInvalido(
            "O arquivo de ssl_ca não é um certificado que se leia.", "banco"
        ) from None


def _contratar(conexao: Any, prazo: int) -> None:
    """Pede a sessão de que o núcleo precisa e confere se o servidor a deu."""
    mariadb = "MariaDB" in conexao.get_server_info()
    isolamento = "tx_isolation" if mariadb else "transaction_isolation"
    espera = f"max_statement_time = {prazo}" if mariadb else f"max_execution_time = {prazo * 1000}"
    with conexao.cursor() as cursor:
        cursor.execute(
            f"SET SESSION time_zone = '+00:00', sql_mode = '{MODO}', "
            f"innodb_lock_wait_timeout = 5, lock_wait_timeout = {TABELA_SEGUNDOS}, "
            f"{espera}, {isolamento} = 'READ-COMMITTED'"
        )
        cursor.execute(
            "SELECT @@time_zone, @@innodb_lock_wait_timeout, "
            f"@@{isolamento}, @@global.read_only, @@sql_mode"
        )
        *valores, modo = cursor.fetchone()
    conexao.rollback()
    if tuple(valores) != tuple(CONTRATO_MYSQL.values()) or "STRICT_TRANS_TABLES" not in modo:
        raise Indisponivel(
            "O servidor do banco não aceitou a sessão da oficina (fuso UTC, modo estrito, "
            "READ COMMITTED, gravação); fale com quem cuida dele."
        )
