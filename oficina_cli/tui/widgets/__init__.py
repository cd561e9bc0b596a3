"""As peças de que as telas se fazem."""
