"""O esquema inicial e a loja Matriz."""

from oficina_core.banco.migracao import aplicar

revision = "0001"
down_revision = None


def upgrade() -> None:
    aplicar(__file__)
