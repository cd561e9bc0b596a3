"""O esquema diz desde que programa serve: o anterior segue no ar durante a troca, e na volta."""

from oficina_core.banco.migracao import aplicar

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    aplicar(__file__)
