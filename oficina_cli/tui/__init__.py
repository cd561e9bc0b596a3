"""O balcão: a tela cheia, que fala com a mesma Oficina da linha de comando e da API."""
