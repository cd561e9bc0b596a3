"""O que toda entidade tem."""

from dataclasses import dataclass

from oficina_core.dominio.erros import VersaoAntiga


@dataclass(kw_only=True, slots=True)
class Registro:
    """Algo que se escreve uma vez e não muda mais: nasce sem número."""

    id: int = 0


@dataclass(kw_only=True, slots=True)
class Entidade(Registro):
    """Algo com identidade que muda: cada gravação avança a versão."""

    versao: int = 1

    def conferir_versao(self, vista: int | None) -> None:
        """Levanta VersaoAntiga se quem pede viu outra versão; None não confere."""
        if vista is not None and vista != self.versao:
            raise VersaoAntiga(
                "O registro mudou depois que você o viu; veja de novo e repita a mudança."
            )


@dataclass(kw_only=True, slots=True)
class Cadastro(Entidade):
    """Algo que se desativa em vez de apagar: a história continua a citá-lo."""

    ativo: bool = True
