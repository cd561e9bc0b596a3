"""O painel: as ordens de uma loja pelo dia em que acabaram."""

from oficina_core.banco.migracao import aplicar

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    aplicar(__file__)
