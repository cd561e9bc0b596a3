"""Onde um texto ficou guardado: o que se diz que não se guarda não pode estar em coluna nenhuma."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Table, select

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal


def onde_esta(motor: Engine, texto: str) -> list[str]:
    """As tabelas que têm o texto em qualquer coluna."""
    return [
        tabela.name for tabela in tabelas.metadata.tables.values() if _tem(motor, tabela, texto)
    ]


def _tem(motor: Engine, tabela: Table, texto: str) -> bool:
    with motor.connect() as conexao:
        return any(texto in str(tuple(linha)) for linha in conexao.execute(select(tabela)))


def eventos(oficina: OficinaLocal, acao: str) -> Sequence[Any]:
    """O que ficou no registro, do mais antigo ao mais novo."""
    e = tabelas.eventos.c
    with oficina._motor.connect() as conexao:
        return conexao.execute(select(tabelas.eventos).where(e.acao == acao).order_by(e.id)).all()
