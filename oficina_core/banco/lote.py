"""Muitas linhas de uma vez: o SQL e os conversores são os do SQLAlchemy, sem o custo por linha.

Numa planilha de dez mil, o que ele faz com cada valor custa mais que o banco.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Table, bindparam, insert

Conversor: TypeAlias = Callable[[Any], Any]


class Insercao:
    """Um INSERT que se repete por muitas linhas."""

    def __init__(self, tabela: Table, campos: Collection[str]) -> None:
        self._colunas = [coluna for coluna in tabela.c if coluna.name in campos]
        self._comando = insert(tabela).values({c.name: bindparam(c.name) for c in self._colunas})
        self._prontos: dict[str, tuple[str, list[Conversor | None]]] = {}

    def executar(self, conexao: Connection, linhas: Sequence[Mapping[str, Any]]) -> None:
        sql, conversores = self._pronto(conexao.dialect)
        valores = (
            [linha[coluna.name] for linha in linhas]
            if converter is None
            else [converter(linha[coluna.name]) for linha in linhas]
            for coluna, converter in zip(self._colunas, conversores, strict=True)
        )
        conexao.exec_driver_sql(sql, list(zip(*valores, strict=True)))

    def _pronto(self, dialeto: Dialect) -> tuple[str, list[Conversor | None]]:
        """O SQL do banco, com os valores por posição, e o conversor de cada coluna."""
        if dialeto.name not in self._prontos:
            sql = str(self._comando.compile(dialect=dialeto))
            if not dialeto.positional:
                sql %= {coluna.name: "%s" for coluna in self._colunas}
            conversores: list[Conversor | None] = [
                coluna.type.dialect_impl(dialeto).bind_processor(dialeto)
                for coluna in self._colunas
            ]
            self._prontos[dialeto.name] = sql, conversores
        return self._prontos[dialeto.name]
