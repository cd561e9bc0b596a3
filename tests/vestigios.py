"""Onde um texto ficou guardado: o que se diz que não se guarda não pode estar em coluna nenhuma."""

from sqlalchemy import Engine, Table, select

from oficina_core.banco import tabelas


def onde_esta(motor: Engine, texto: str) -> list[str]:
    """As tabelas que têm o texto em qualquer coluna."""
    return [
        tabela.name for tabela in tabelas.metadata.tables.values() if _tem(motor, tabela, texto)
    ]


def _tem(motor: Engine, tabela: Table, texto: str) -> bool:
    with motor.connect() as conexao:
        return any(texto in str(tuple(linha)) for linha in conexao.execute(select(tabela)))
