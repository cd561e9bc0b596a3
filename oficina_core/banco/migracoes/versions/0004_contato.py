"""Contato, senha e caixa de saída: desde quando valem, de que loja é, e o link de cada mensagem."""

from oficina_core.banco.migracao import aplicar

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    aplicar(__file__)
