"""LGPD: o cliente anonimizado, e os eventos sem o que diz quem ele é."""

from oficina_core.banco.migracao import aplicar, desfazer

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    aplicar(__file__)


def downgrade() -> None:
    desfazer(__file__)
