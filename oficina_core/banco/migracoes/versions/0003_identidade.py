"""Identidade e mensagens: tentativas, códigos, links de aprovação e caixa de saída."""

from oficina_core.banco.migracao import aplicar

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    aplicar(__file__)
