"""Muitas linhas de uma vez: o SQL e os conversores são os do SQLAlchemy, sem o custo por linha.

Numa planilha de dez mil, o que ele faz com cada valor custa mais que o banco.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Table, bindparam, insert

Conversor: TypeAlias = Callable[[Any], Any]


class Insercao:
    """Um INSERT que se repete por muitas linhas."""

    def __init__(self, tabela: Table, campos: Sequence[str]) -> None:
        self._campos, self._colunas = campos, [tabela.c[campo] for campo in campos]
        self._comando = insert(tabela).values({campo: bindparam(campo) for campo in campos})
        self._prontos: dict[str, tuple[str, list[Conversor | None]]] = {}

    def executar(self, conexao: Connection, linhas: Sequence[Mapping[str, Any]]) -> None:
        sql, conversores = self._pronto(conexao.dialect)
        valores = (
            _convertidos([linha[campo] for linha in linhas], converter)
            for campo, converter in zip(self._campos, conversores, strict=True)
        )
        conexao.exec_driver_sql(sql, list(zip(*valores, strict=True)))

    def _pronto(self, dialeto: Dialect) -> tuple[str, list[Conversor | None]]:
        """O SQL do banco, com os valores por posição, e o conversor de cada coluna."""
        if dialeto.name not in self._prontos:
            sql = str(self._comando.compile(dialect=dialeto))
            if not dialeto.positional:
                sql %= dict.fromkeys(self._campos, "%s")
            conversores: list[Conversor | None] = [
                coluna.type.dialect_impl(dialeto).bind_processor(dialeto)
                for coluna in self._colunas
            ]
            self._prontos[dialeto.name] = sql, conversores
        return self._prontos[dialeto.name]


def _convertidos(valores: list[Any], converter: Conversor | None) -> list[Any]:
    """Cada valor diferente se converte uma vez: em uma planilha, quase todos se repetem."""
    if converter is None:
        return valores
    prontos = {valor: converter(valor) for valor in set(valores)}
    return [prontos[valor] for valor in valores]
