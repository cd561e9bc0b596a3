"""Quem pede, com que papel, e até onde enxerga."""

from dataclasses import dataclass
from enum import Enum, auto

from oficina_core.dominio.erros import AcessoNegado, DadoInvalido
from oficina_core.dominio.valores import Opcao


class Papel(Opcao):
    """O que um funcionário é na oficina."""

    ATENDENTE = "ATENDENTE", "atendente"
    MECANICO = "MECANICO", "mecânico"
    GERENTE = "GERENTE", "gerente"


class Alcance(Enum):
    """Que registros um papel alcança em um caso de uso."""

    TODOS = auto()  # os da loja
    ATRIBUIDOS = auto()  # da loja, os seus e os que ainda não são de ninguém


class TipoAtor(Opcao):
    SISTEMA = "SISTEMA", "sistema"
    FUNCIONARIO = "FUNCIONARIO", "funcionário"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sujeito:
    """Em nome de quem se pede, antes de o banco dizer quem é: `funcionario:7` ou o sistema."""

    tipo: TipoAtor = TipoAtor.SISTEMA
    id: int | None = None

    def __str__(self) -> str:
        return self.tipo.lower() if self.id is None else f"{self.tipo.lower()}:{self.id}"


SISTEMA = Sujeito()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ator:
    """Quem pede, como o banco o conhece neste instante.

    `loja` é aquela em que se trabalha: a do funcionário, a pedida, ou a única que existe; é None
    para quem é da rede toda e não disse qual.
    """

    tipo: TipoAtor
    id: int | None
    nome: str
    papel: Papel
    loja: int | None
    da_rede: bool
    alcance: Alcance

    @property
    def loja_certa(self) -> int:
        """A loja em que se grava; DadoInvalido se há mais de uma e nenhuma foi dita."""
        if self.loja is None:
            raise DadoInvalido("Há mais de uma loja; diga em qual, com --loja NÚMERO.", "loja")
        return self.loja

    def exigir_loja(self, loja_id: int | None, *, acao: str) -> None:
        """Levanta AcessoNegado se quem é de uma loja só mexe em outra, ou na rede (None)."""
        if not self.da_rede and loja_id != self.loja:
            raise AcessoNegado(f"Quem é de uma loja só não pode {acao}; fale com a rede.")

    def exigir(self, *papeis: Papel, acao: str) -> None:
        """Levanta AcessoNegado se o papel não está entre os que podem fazer isto."""
        if self.papel not in papeis:
            raise AcessoNegado(f"O papel {self.papel.rotulo} não pode {acao}; chame o gerente.")
