"""Quem pede, com que papel, e até onde enxerga."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Self

from oficina_core.dominio.erros import AcessoNegado, DadoInvalido, NaoIdentificado
from oficina_core.dominio.valores import CPF, Opcao


class Papel(Opcao):
    """O que um funcionário é na oficina."""

    ATENDENTE = "ATENDENTE", "atendente"
    MECANICO = "MECANICO", "mecânico"
    GERENTE = "GERENTE", "gerente"


class Externo(Opcao):
    """O que é, para a oficina, quem pede de fora dela."""

    CLIENTE = "CLIENTE", "cliente"
    LINK = "LINK", "link do orçamento"
    IDENTIFICADO = "IDENTIFICADO", "cliente que só disse o CPF"


class Alcance(Enum):
    """Que registros um papel alcança em um caso de uso."""

    TODOS = auto()  # os da loja
    ATRIBUIDOS = auto()  # da loja, os seus e os que ainda não são de ninguém
    PROPRIOS = auto()  # os do cliente que pede, em qualquer loja
    LINK = auto()  # o orçamento do link, e a ordem dele
    IDENTIFICADO = auto()  # o andamento das ordens de quem só disse o CPF


class TipoAtor(Opcao):
    SISTEMA = "SISTEMA", "sistema"
    FUNCIONARIO = "FUNCIONARIO", "funcionário"
    CLIENTE = "CLIENTE", "cliente"
    LINK = "LINK", "link do orçamento"


SUJEITO = re.compile("(funcionario|cliente|link):([1-9][0-9]{0,17})")
IDENTIFICADO = re.compile("(?:cpf:)?([0-9]{11})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sujeito:
    """Em nome de quem se pede, antes de o banco dizer quem é.

    `funcionario:7`, `cliente:3`, `link:5` ou o sistema; `cpf` é de quem só disse o CPF, por um
    emissor de fora: sem mais prova, vê só o andamento das suas ordens. `desde` é quando entrou, em
    segundos inteiros, se foi por um token.
    """

    tipo: TipoAtor = TipoAtor.SISTEMA
    id: int | None = None
    cpf: CPF | None = None
    desde: datetime | None = field(default=None, compare=False)

    @classmethod
    def de(cls, texto: str) -> Self:
        """O sujeito como o token o escreve; NaoIdentificado se não é nenhum."""
        if lido := SUJEITO.fullmatch(texto):
            return cls(tipo=TipoAtor(lido[1].upper()), id=int(lido[2]))
        if lido := IDENTIFICADO.fullmatch(texto):
            with suppress(DadoInvalido):
                return cls(tipo=TipoAtor.CLIENTE, cpf=CPF(lido[1]))
        raise NaoIdentificado("Não se sabe quem pede; entre de novo.")

    @property
    def externo(self) -> Externo | None:
        """O papel de quem é de fora; o de quem é da oficina, só o banco sabe."""
        if self.cpf is not None:
            return Externo.IDENTIFICADO
        return Externo(self.tipo.value) if self.tipo in {TipoAtor.CLIENTE, TipoAtor.LINK} else None

    def __str__(self) -> str:
        if self.cpf is not None:
            return f"cpf:{self.cpf}"
        return self.tipo.lower() if self.id is None else f"{self.tipo.lower()}:{self.id}"


SISTEMA = Sujeito()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ator:
    """Quem pede, como o banco o conhece neste instante.

    `loja` é aquela em que se trabalha: a do funcionário, a pedida, ou a única que existe; é None
    para quem é da rede toda e não disse qual, e para quem é de fora.
    """

    tipo: TipoAtor
    id: int | None
    nome: str
    papel: Papel | Externo
    loja: int | None
    da_rede: bool
    alcance: Alcance

    @property
    def de_fora(self) -> bool:
        return isinstance(self.papel, Externo)

    @property
    def cliente_id(self) -> int | None:
        """O cliente que pede; None se quem pede não é um."""
        return self.id if self.tipo is TipoAtor.CLIENTE else None

    @property
    def loja_certa(self) -> int:
        """A loja em que se grava; DadoInvalido se há mais de uma e nenhuma foi dita."""
        if self.loja is None:
            raise DadoInvalido(
                "Há mais de uma loja; diga em qual.", "loja", comando="--loja NÚMERO"
            )
        return self.loja

    def exigir_loja(self, loja_id: int | None, *, acao: str) -> None:
        """Levanta AcessoNegado se quem é de uma loja só mexe em outra, ou na rede (None)."""
        if not self.da_rede and loja_id != self.loja:
            raise AcessoNegado(f"Quem é de uma loja só não pode {acao}; fale com a rede.")

    def exigir(self, *papeis: Papel, acao: str) -> None:
        """Levanta AcessoNegado se o papel não está entre os que podem fazer isto."""
        if self.papel not in papeis:
            raise self.recusa(acao)

    def recusa(self, acao: str) -> AcessoNegado:
        return recusa(self.papel, acao)


def recusa(papel: Papel | Externo, acao: str = "fazer isso") -> AcessoNegado:
    """O que se responde a quem não tem o direito: que não o tem, e a quem pedir."""
    chame = "fale com a oficina" if isinstance(papel, Externo) else "chame o gerente"
    return AcessoNegado(f"O papel {papel.rotulo} não pode {acao}; {chame}.")
