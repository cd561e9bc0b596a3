"""O que se olha em um banco para saber se ele está são; nada muda, e nada se cria nele."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Self, TypeVar

from sqlalchemy import Connection, bindparam, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from oficina_core.banco import identidade, manutencao, tabelas
from oficina_core.banco.falhas import codigo, insistir
from oficina_core.banco.motor import abrir, lendo
from oficina_core.dominio.acesso import Ator
from oficina_core.dominio.erros import Indisponivel
from oficina_core.enderecos import arquivo_do_banco

T = TypeVar("T")

SEM_DIREITO = 1142
PASSOU_DO_PRAZO, DANIFICADO, NAO_E_BANCO = 9, 11, 26
DO_ARQUIVO = {PASSOU_DO_PRAZO: None, DANIFICADO: False, NAO_E_BANCO: False}
INTEGRIDADE_SEGUNDOS = 4

UM = text("SELECT 1")
DIARIO = text("PRAGMA journal_mode")
CHAVES = text("PRAGMA foreign_keys")
INTEGRIDADE = text("PRAGMA quick_check(1)")
VERSAO = text("SELECT VERSION()")
CIFRA = text("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
HORA = text("SELECT UTC_TIMESTAMP(6)")
CONEXOES = text("SHOW GLOBAL STATUS LIKE 'Threads_connected'")
CONEXOES_MAXIMO = text("SELECT @@GLOBAL.max_connections")
SESSAO = text("SELECT @@session.time_zone, @@session.sql_mode, @@session.character_set_connection")
TAMANHO = text(
    "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables "
    "WHERE table_schema = DATABASE()"
)
PRINCIPAIS = (tabelas.clientes, tabelas.veiculos, tabelas.ordens, tabelas.orcamentos)
CONTAGEM = {
    tabela.name: select(func.count()).select_from(tabela)
    for tabela in (*PRINCIPAIS, tabelas.pecas, tabelas.movimentos)
}
FORA_DE_UTF8MB4 = text(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
    "AND table_collation NOT LIKE :colacao ORDER BY table_name"
).bindparams(bindparam("colacao", "utf8mb4%"))
# Explicar um DELETE pede o mesmo direito que fazê-lo, e não apaga nada.
APAGAR = {
    "anotacoes": text("EXPLAIN DELETE FROM anotacoes WHERE id = 0"),
    "eventos": text("EXPLAIN DELETE FROM eventos WHERE id = 0"),
    "movimentos_estoque": text("EXPLAIN DELETE FROM movimentos_estoque WHERE id = 0"),
    "pagamentos": text("EXPLAIN DELETE FROM pagamentos WHERE id = 0"),
}


@dataclass(frozen=True, kw_only=True)
class Contagem:
    """Quantos registros tem uma tabela."""

    tabela: str
    registros: int


@dataclass(frozen=True, kw_only=True)
class FichaBanco:
    """Onde está o banco (sem a senha), com que programa, em que revisão e o que tem.

    `serve` é se este programa trabalha nele, ainda que seja mais novo. O `tamanho` é em bytes; o do
    servidor é o que ele estima.
    """

    banco: str
    servidor: str
    revisao: str | None
    esperada: str
    serve: bool
    tamanho: int
    tabelas: tuple[Contagem, ...]


class Exame:
    """Um banco em exame. O arquivo SQLite que não existe nasceria: quem chama confere antes."""

    def __init__(self, url: str) -> None:
        self._url, self._motor = url, abrir(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._motor.dispose()

    def demora(self) -> float:
        """Os milissegundos de uma pergunta, com a conexão já feita."""

        def cronometrar(conexao: Connection) -> float:
            antes = monotonic()
            conexao.execute(UM)
            return (monotonic() - antes) * 1000

        return self._ler(cronometrar)

    def estado(self) -> manutencao.EstadoBanco:
        return manutencao.estado(self._url)

    def ficha(self, estado: manutencao.EstadoBanco) -> FichaBanco:
        """O banco, que está assim, em poucas linhas; Indisponivel se não se lê."""
        return self._ler(
            lambda conexao: FichaBanco(
                banco=estado.banco,
                servidor=_servidor(conexao),
                revisao=estado.revisao,
                esperada=estado.esperada,
                serve=estado.serve,
                tamanho=_tamanho(conexao, self._url),
                tabelas=_contar(conexao) if estado.revisao else (),
            )
        )

    def faltas(self) -> tuple[str, ...]:
        """As tabelas e colunas que o programa usa e o banco não tem, como `pecas.nome`."""

        def comparar(conexao: Connection) -> tuple[str, ...]:
            achadas = inspect(conexao).get_multi_columns()
            tem = {(tabela, c["name"]) for (_, tabela), colunas in achadas.items() for c in colunas}
            usa = {(t.name, c.name) for t in tabelas.metadata.tables.values() for c in t.columns}
            return tuple(".".join(falta) for falta in sorted(usa - tem))

        return self._ler(comparar)

    def operador(self, cpf: str) -> Ator:
        """Quem tem esse CPF; NaoIdentificado se ninguém o tem, ou está desativado."""

        def procurar(conexao: Connection) -> Ator:
            sujeito = identidade.procurar_operador(conexao, cpf)
            return identidade.identificar(conexao, sujeito, None)[0]

        return self._ler(procurar)

    # ── no SQLite ────────────────────────────────────────────────────────────────────────────

    def diario(self) -> str:
        """`wal` se quem lê e quem grava não se esperam."""
        return self._ler(lambda conexao: str(conexao.scalar(DIARIO)))

    def confere_chaves(self) -> bool:
        """Se o arquivo recusa o registro que cita outro que não há."""
        return self._ler(lambda conexao: bool(conexao.scalar(CHAVES)))

    def integro(self) -> bool | None:
        """Se o arquivo não está danificado; None se em quatro segundos não se soube."""

        def conferir(conexao: Connection) -> bool:
            inteiro = str(conexao.scalar(INTEGRIDADE)) == "ok"
            return inteiro and not conexao.execute(manutencao.SEM_PAR).all()

        try:
            return self._ler(conferir, segundos=INTEGRIDADE_SEGUNDOS)
        except Indisponivel as erro:
            causa = erro.__cause__
            numero = codigo(causa) & 0xFF if isinstance(causa, DBAPIError) else None
            if numero not in DO_ARQUIVO:
                raise
            return DO_ARQUIVO[numero]

    # ── no MySQL ─────────────────────────────────────────────────────────────────────────────

    def versao(self) -> str:
        return self._ler(lambda conexao: str(conexao.scalar(VERSAO)))

    def cifra(self) -> str:
        """A do TLS desta conexão; vazia se ela vai às claras."""
        return self._ler(lambda conexao: str(conexao.execute(CIFRA).one()[1] or ""))

    def atraso(self) -> float:
        """Quantos segundos o relógio do servidor está atrás do desta máquina."""

        def comparar(conexao: Connection) -> float:
            dela: datetime = conexao.execute(HORA).scalar_one()
            return (datetime.now(UTC) - dela.replace(tzinfo=UTC)).total_seconds()

        return self._ler(comparar)

    def sessao(self) -> tuple[str, str, str]:
        """O fuso, o modo e o conjunto de caracteres em que se conversa."""

        def ver(conexao: Connection) -> tuple[str, str, str]:
            fuso, modo, caracteres = conexao.execute(SESSAO).one()
            return str(fuso), str(modo), str(caracteres)

        return self._ler(ver)

    def conexoes(self) -> tuple[int, int]:
        """Quantas o servidor tem agora, de todos, e quantas aceita."""

        def ver(conexao: Connection) -> tuple[int, int]:
            feitas = conexao.execute(CONEXOES).one()[1]
            return int(feitas), int(conexao.execute(CONEXOES_MAXIMO).scalar_one())

        return self._ler(ver)

    def fora_de_utf8mb4(self) -> tuple[str, ...]:
        """As tabelas em que um acento ou um emoji se perderia."""
        return self._ler(lambda conexao: tuple(conexao.scalars(FORA_DE_UTF8MB4)))

    def apagaveis(self) -> tuple[str, ...]:
        """As tabelas que só se acrescentam, e que este usuário do servidor poderia apagar."""
        return tuple(tabela for tabela in APAGAR if self._apaga(tabela))

    def _apaga(self, tabela: str) -> bool:
        """Fora de uma transação de leitura, em que nem quem pode apagar o explica."""
        with self._motor.connect() as conexao:
            try:
                conexao.execute(APAGAR[tabela])
            except DBAPIError as erro:
                if codigo(erro) != SEM_DIREITO:
                    raise
                return False
            finally:
                conexao.rollback()
        return True

    def _ler(self, ver: Callable[[Connection], T], *, segundos: int | None = None) -> T:
        def tentar() -> T:
            with lendo(self._motor, segundos=segundos) as conexao:
                return ver(conexao)

        return insistir(tentar, versao_dita=False)


def _servidor(conexao: Connection) -> str:
    if conexao.dialect.name == "sqlite":
        modo = str(conexao.scalar(DIARIO)).upper()
        return f"SQLite {sqlite3.sqlite_version}, diário {modo}"
    versao = str(conexao.scalar(VERSAO))
    return versao if "MariaDB" in versao else f"MySQL {versao}"


def _tamanho(conexao: Connection, url: str) -> int:
    if (arquivo := arquivo_do_banco(url)) is None:
        return int(conexao.scalar(TAMANHO) or 0)
    partes = (Path(f"{arquivo}{resto}") for resto in ("", "-wal"))
    return sum(parte.stat().st_size for parte in partes if parte.exists())


def _contar(conexao: Connection) -> tuple[Contagem, ...]:
    return tuple(
        Contagem(tabela=tabela, registros=conexao.scalar(consulta) or 0)
        for tabela, consulta in CONTAGEM.items()
    )
