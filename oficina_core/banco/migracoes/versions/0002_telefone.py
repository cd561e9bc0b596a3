"""O cliente sem documento se acha pelo telefone."""

from oficina_core.banco.migracao import aplicar

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    aplicar(__file__)
