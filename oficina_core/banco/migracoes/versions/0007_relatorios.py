"""Os relatórios: o que saiu, o que se pagou e o que se respondeu, pelo dia."""

from oficina_core.banco.migracao import aplicar

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    aplicar(__file__)
