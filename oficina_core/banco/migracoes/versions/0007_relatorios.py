"""Os relatórios: o que saiu, o que se pagou e o que se respondeu, pelo dia."""

from oficina_core.banco.migracao import aplicar, desfazer

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    aplicar(__file__)


def downgrade() -> None:
    desfazer(__file__)
