"""O que se quer saber de um banco antes de mexer nele."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from oficina_core.banco import manutencao, tabelas
from oficina_core.banco.falhas import insistir
from oficina_core.banco.motor import ARQUIVO, abrir, lendo

MODO = text("PRAGMA journal_mode")
VERSAO = text("SELECT VERSION()")
TAMANHO = text(
    "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables "
    "WHERE table_schema = DATABASE()"
)
PRINCIPAIS = (tabelas.clientes, tabelas.veiculos, tabelas.ordens, tabelas.orcamentos)
CONTAGEM = {
    tabela.name: select(func.count()).select_from(tabela)
    for tabela in (*PRINCIPAIS, tabelas.pecas, tabelas.movimentos)
}


@dataclass(frozen=True, kw_only=True)
class Contagem:
    """Quantos registros tem uma tabela."""

    tabela: str
    registros: int


@dataclass(frozen=True, kw_only=True)
class Situacao:
    """Onde está o banco (sem a senha), com que programa, em que revisão e o que tem.

    O `tamanho` é em bytes; o do servidor é o que ele estima.
    """

    banco: str
    servidor: str
    revisao: str | None
    esperada: str
    tamanho: int
    tabelas: tuple[Contagem, ...]


def ver(url: str) -> Situacao:
    """Nada muda no banco; Indisponivel se ele é de outro programa, ou não se lê."""
    estado = manutencao.estado(url)
    motor = abrir(url)

    def ler() -> Situacao:
        with lendo(motor) as conexao:
            return Situacao(
                banco=estado.banco,
                servidor=_servidor(conexao),
                revisao=estado.revisao,
                esperada=estado.esperada,
                tamanho=_tamanho(conexao, url),
                tabelas=_contar(conexao) if estado.revisao else (),
            )

    try:
        return insistir(ler, versao_dita=False)
    finally:
        motor.dispose()


def _servidor(conexao: Connection) -> str:
    if conexao.dialect.name == "sqlite":
        modo = str(conexao.scalar(MODO)).upper()
        return f"SQLite {sqlite3.sqlite_version}, diário {modo}"
    versao = str(conexao.scalar(VERSAO))
    return versao if "MariaDB" in versao else f"MySQL {versao}"


def _tamanho(conexao: Connection, url: str) -> int:
    caminho = url.removeprefix(ARQUIVO)
    if caminho == url:
        return int(conexao.scalar(TAMANHO) or 0)
    partes = (Path(f"{caminho}{resto}") for resto in ("", "-wal"))
    return sum(parte.stat().st_size for parte in partes if parte.exists())


def _contar(conexao: Connection) -> tuple[Contagem, ...]:
    return tuple(
        Contagem(tabela=tabela, registros=conexao.scalar(consulta) or 0)
        for tabela, consulta in CONTAGEM.items()
    )
