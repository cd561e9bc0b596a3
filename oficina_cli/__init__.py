"""A linha de comando da oficina."""

INTERROMPIDO = 130  # Ctrl-C; aqui, para que a entrada o saiba antes de importar o resto

SO_DIRETO = "Isto se faz direto no banco; diga-o com --banco, sem OFICINA_API."
