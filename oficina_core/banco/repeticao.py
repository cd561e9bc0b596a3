"""Repete ordens que já acabaram, em outros dias e outros carros: anos de movimento em segundos.

É para a demonstração, em SQLite, e é o SQLite que o faz: cada repetição tem o orçamento, as linhas,
as saídas do estoque, a compra que cobre cada uma, o pagamento e a auditoria, e as contas fecham
como as das ordens feitas uma a uma. Dentro da auditoria, os números são os da ordem repetida.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

# Ordem e orçamento citam um ao outro, e conferi-lo a cada linha leva um tempo que cresce com elas.
SEM_CHAVES = "PRAGMA foreign_keys = OFF"
COPIAS = """
    CREATE TEMP TABLE copias (
        n INTEGER PRIMARY KEY, modelo INTEGER, veiculo INTEGER, dias INTEGER
    )
"""
NOVA = "INSERT INTO copias (modelo, veiculo, dias) VALUES (?, ?, ?)"
BASES = """
    SELECT (SELECT MAX(id) FROM ordens_servico), (SELECT MAX(id) FROM orcamentos),
        (SELECT MAX(id) FROM pagamentos), (SELECT MAX(id) FROM movimentos_estoque)
"""
COMANDOS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n")[:-1]


@dataclass(frozen=True)
class Repeticao:
    """Uma ordem entregue, de um orçamento e um pagamento só, em outro carro, `dias` depois."""

    ordem: int
    veiculo: int
    dias: int


def repetir(arquivo: Path, repeticoes: Iterable[Repeticao]) -> None:
    """Grava todas, na ordem em que vêm, de uma vez só; o arquivo é o de uma demonstração."""
    conexao = sqlite3.connect(arquivo, isolation_level=None)
    try:
        conexao.execute(SEM_CHAVES)
        conexao.execute(COPIAS)
        conexao.execute("BEGIN IMMEDIATE")
        conexao.executemany(NOVA, map(astuple, repeticoes))
        nomes = ("ordem", "orcamento", "pagamento", "movimento")
        bases = dict(zip(nomes, conexao.execute(BASES).fetchone(), strict=True))
        for comando in COMANDOS:
            conexao.execute(comando, bases)
        conexao.execute("COMMIT")
    finally:
        conexao.close()
