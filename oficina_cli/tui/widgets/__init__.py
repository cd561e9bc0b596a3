"""As peças de que as telas se fazem; nenhuma conhece a oficina."""
