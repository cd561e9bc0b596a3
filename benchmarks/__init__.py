"""Quanto custa cada coisa, sempre como razão ao piso medido na mesma execução."""
