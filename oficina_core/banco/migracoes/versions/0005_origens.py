"""De onde cada um já entrou: de lá, o freio da conta toda não o segura."""

from oficina_core.banco.migracao import aplicar

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    aplicar(__file__)
