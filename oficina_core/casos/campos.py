"""A validação que os pedidos têm em comum; cada um a chama em `__post_init__`."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from oficina_core.dominio import valores
from oficina_core.dominio.dinheiro import conferir_reais
from oficina_core.dominio.erros import DadoInvalido

Referencia: TypeAlias = int | str  # id, ou o nome natural: código, placa, documento
R = TypeVar("R")


def referencia(dita: R, nome: Callable[[str], str]) -> R | str:
    """O id, ou o nome natural na forma canônica: o que não tem essa forma nem se procura."""
    return nome(dita) if isinstance(dita, str) else dita


def referencias(ditas: Iterable[R], nome: Callable[[str], str]) -> tuple[R | str, ...]:
    return tuple(referencia(dita, nome) for dita in ditas)


def fixar(pedido: object, **campos: Any) -> None:
    """Troca campos de um pedido congelado pela forma canônica, enquanto ele nasce."""
    for nome, valor in campos.items():
        object.__setattr__(pedido, nome, valor)


def nome(valor: str, campo: str = "nome", maximo: int = 120) -> str:
    return valores.nome(valor, campo, maximo)


def nome_opcional(valor: str | None, campo: str, maximo: int = 120) -> str | None:
    return valores.nome(valor, campo, maximo) if valor else None


def nota(valor: str, campo: str) -> str:
    return valores.nota(valor, campo)


def nota_opcional(valor: str | None, campo: str, maximo: int = 1000) -> str | None:
    return valores.nota(valor, campo, maximo) if valor else None


def documento(valor: str | None) -> str | None:
    return valores.documento(valor) if valor else None


def telefone(valor: str | None) -> str | None:
    return valores.Telefone(valor) if valor else None


def email(valor: str | None) -> str | None:
    return valores.Email(valor) if valor else None


def reais(valor: Decimal, campo: str) -> Decimal:
    return conferir_reais(valor, campo)


def reais_opcional(valor: Decimal | None, campo: str) -> Decimal | None:
    return None if valor is None else conferir_reais(valor, campo)


def lista(itens: Sequence[Any], campo: str, maximo: int) -> None:
    """Levanta DadoInvalido se há itens demais para um pedido só."""
    if len(itens) > maximo:
        raise DadoInvalido(f"O campo {campo} tem no máximo {maximo} itens; divida o pedido.", campo)


def faixa(valor: int | None, campo: str, minimo: int, maximo: int) -> int | None:
    """O mesmo inteiro, se está na faixa; None passa."""
    if valor is not None and not minimo <= valor <= maximo:
        raise DadoInvalido(f"O campo {campo} vai de {minimo} a {maximo}.", campo)
    return valor
