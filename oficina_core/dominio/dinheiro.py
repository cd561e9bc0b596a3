"""Dinheiro e quantidades: exatos, com um arredondamento só.

`Reais` é Decimal com no máximo dois decimais. Quantidade, dentro do domínio, é um inteiro da
unidade de base (`un`, `ml`, `g`, `mm`); para pessoas e JSON é Decimal da unidade comercial.
"""

import re
from decimal import Decimal
from typing import Annotated, TypeAlias

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao

Reais: TypeAlias = Annotated[Decimal, "reais"]
Quantidade: TypeAlias = Annotated[Decimal, "quantidade"]

REAIS_MAXIMO = Decimal("99999999.99")
QUANTIDADE_MAXIMA = 10**6  # na unidade de base (I3)
ZERO, CENTAVO, CEM = Decimal(0), Decimal("0.01"), Decimal(100)


class Unidade(Opcao):
    """Unidade comercial, em que se vende e se digita; a de base é mil vezes menor, menos `un`."""

    UN = "un", "unidade"
    L = "l", "litro"
    KG = "kg", "quilo"
    M = "m", "metro"

    @property
    def fator(self) -> int:
        """Quantas unidades de base cabem em uma comercial."""
        return 1 if self is Unidade.UN else 1000

    def base(self, comercial: Decimal, campo: str = "quantidade") -> int:
        """Da unidade comercial para a de base; DadoInvalido se sobra fração ou passa do limite."""
        exata = comercial * self.fator
        if exata != int(exata):
            partes = "inteira" if self is Unidade.UN else "com até três decimais"
            raise DadoInvalido(f"A quantidade em {self.value} deve ser {partes}.", campo)
        if abs(exata) > QUANTIDADE_MAXIMA:
            raise DadoInvalido("A quantidade é grande demais; confira.", campo)
        return int(exata)

    def comercial(self, base: int) -> Decimal:
        return Decimal(base) / self.fator


def dividir(numerador: int, denominador: int) -> int:
    """Divisão inteira com meio para cima (o que o cliente confere na calculadora).

    O meio sobe também abaixo de zero: o desconto igual ao valor de uma linha a zera.
    """
    return (2 * numerador + denominador) // (2 * denominador)


def centavos(valor: Decimal) -> int:
    return int(valor.scaleb(2))


def de_centavos(valor: int) -> Decimal:
    """Os centavos da tabela, em reais."""
    return Decimal(valor).scaleb(-2)


def total_da_linha(
    preco: Decimal, base: int, fator: int, desconto: Decimal = ZERO, *, de: int | None = None
) -> Decimal:
    """`preço × base / fator − desconto`, em um só arredondamento.

    `de` é a quantidade a que o desconto se refere: usada só uma parte dela, o desconto entra na
    mesma proporção.
    """
    inteira = de or base or 1
    exato = centavos(preco) * base * inteira - centavos(desconto) * base * fator
    return de_centavos(dividir(exato, fator * inteira))


def desconto_da_linha(preco: Decimal, base: int, fator: int, cobrado: Decimal) -> Decimal:
    """De quanto se abriu mão: o que se gastou, sem desconto, menos o que se cobra."""
    return total_da_linha(preco, base, fator) - cobrado


def percentual(valor: Decimal, por_cento: Decimal) -> Decimal:
    """Uma porcentagem, de até três decimais, de um valor em reais."""
    return de_centavos(dividir(centavos(valor) * int(por_cento * 1000), 1000 * 100))


def ratear(desconto: Decimal, totais: list[Decimal]) -> list[Decimal]:
    """Divide um desconto entre linhas, na proporção delas; a soma fecha no centavo.

    Os centavos que sobram vão para os maiores restos, e no empate para a linha anterior.
    """
    valores = [centavos(total) for total in totais]
    soma, inteiro = sum(valores), centavos(desconto)
    partes = [divmod(inteiro * valor, soma) for valor in valores]
    sobra = inteiro - sum(cota for cota, _ in partes)
    maiores = sorted(range(len(partes)), key=lambda i: -partes[i][1])[:sobra]
    return [de_centavos(cota + (i in maiores)) for i, (cota, _) in enumerate(partes)]


def conferir_reais(valor: Decimal, campo: str) -> Decimal:
    """O mesmo valor, se cabe na tabela e não tem fração de centavo."""
    if valor.is_finite() and not ZERO <= valor <= REAIS_MAXIMO:
        sentido = "negativo" if valor < ZERO else "fora do que a oficina aceita"
        raise DadoInvalido(f"O campo {campo} não pode ser {sentido}.", campo)
    if not valor.is_finite() or valor != round(valor, 2):
        raise DadoInvalido(f"O campo {campo} tem no máximo dois decimais.", campo)
    return round(valor, 2)


def conferir_quantidade(valor: Decimal, campo: str = "quantidade") -> Decimal:
    """O mesmo valor, se é positivo e finito; a unidade da peça confere o resto."""
    if not valor.is_finite() or valor <= 0:
        raise DadoInvalido("A quantidade deve ser maior que zero.", campo)
    return valor


def conferir_minimo(valor: Decimal, campo: str = "minimo") -> Decimal:
    """O mesmo valor, se é finito e não é negativo."""
    if not valor.is_finite() or valor < 0:
        raise DadoInvalido(f"O campo {campo} não pode ser negativo.", campo)
    return valor


def conferir_percentual(valor: Decimal, campo: str = "desconto_percentual") -> Decimal:
    """O mesmo valor, se está entre 0 e 100 e tem até três decimais."""
    if not valor.is_finite() or not ZERO <= valor <= CEM or valor != round(valor, 3):
        raise DadoInvalido("A porcentagem vai de 0 a 100, com até três decimais.", campo)
    return valor


def ler_reais(texto: str, campo: str = "valor") -> Decimal:
    """Entende o que se escreve no Brasil: `1234`, `1234,5`, `1.234,56`, `R$ 10`.

    Recusa o que tem dois sentidos, como `10.50` e `1,234.56`.
    """
    limpo = texto.strip().removeprefix("R$").strip()
    if re.fullmatch(r"-?[0-9]+\.[0-9]{1,2}", limpo):
        raise DadoInvalido(
            f"Use vírgula para os centavos: {limpo.replace('.', ',')}, e não {limpo}.", campo
        )
    if not re.fullmatch(r"-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]{1,2})?", limpo):
        raise DadoInvalido("Escreva o valor em reais, como 1.234,56 ou 10,50.", campo)
    return _decimal(limpo)


def ler_quantidade(texto: str, campo: str = "quantidade") -> Decimal:
    """Entende `2` e `3,5`; recusa `1.5` e `1.234`, que teriam dois sentidos."""
    limpo = texto.strip()
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", limpo):
        fracao, inteiro = limpo.replace(".", ","), limpo.replace(".", "")
        if re.search(r"\.[0-9]{3}$", limpo):
            frase = f"{limpo} tem dois sentidos; escreva {fracao} ou {inteiro}."
        else:
            frase = f"Use vírgula: {fracao}, e não {limpo}."
        raise DadoInvalido(frase, campo)
    if not re.fullmatch(r"-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]{1,3})?", limpo):
        raise DadoInvalido("Escreva a quantidade como 2 ou 3,5.", campo)
    return _decimal(limpo)


def _decimal(brasileiro: str) -> Decimal:
    return Decimal(brasileiro.replace(".", "").replace(",", "."))
