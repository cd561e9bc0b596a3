"""As telas do balcão, em tela cheia."""
