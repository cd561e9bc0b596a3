"""O cliente sem documento se acha pelo telefone."""

from oficina_core.banco.migracao import aplicar, desfazer

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    aplicar(__file__)


def downgrade() -> None:
    desfazer(__file__)
