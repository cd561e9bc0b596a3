"""Transferências: cada movimento cita o da outra loja, e não só o diz no motivo."""

from oficina_core.banco.migracao import aplicar

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    aplicar(__file__)
