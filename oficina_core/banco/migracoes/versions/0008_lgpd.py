"""LGPD: o cliente anonimizado, e os eventos sem o que diz quem ele é."""

from oficina_core.banco.migracao import aplicar

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    aplicar(__file__)
