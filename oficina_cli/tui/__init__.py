"""O balcão em tela cheia: as mesmas ações da linha de comando, na ponta dos dedos."""
