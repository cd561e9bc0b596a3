"""O que se digita, entendido pelo domínio: dinheiro, quantidade, data, nome natural, item.

Cada leitor serve de `parser=` ao Typer; a recusa é a frase do domínio.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar

import typer

from oficina_core.casos.campos import Referencia
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import LINHAS_MAXIMO
from oficina_core.casos.ordens_encerramento import PecaUsada
from oficina_core.dominio import dinheiro
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import INTEIRO_MAXIMO, Opcao
from oficina_core.texto import sem_acento

T = TypeVar("T")

LINHA_OU_FAIXA = r"\s*[0-9]+(\s*-\s*[0-9]+)?\s*"


def leitor(ler: Callable[[str], T]) -> Callable[[Any], T]:
    """O Typer passa também o valor padrão, já pronto: esse fica como está."""

    @wraps(ler)
    def entender(valor: Any) -> Any:
        if not isinstance(valor, str):
            return valor
        try:
            return ler(valor)
        except DadoInvalido as erro:
            raise typer.BadParameter(str(erro)) from erro

    return entender


def _inteiro(texto: str) -> int:
    limpo = texto.strip()
    if not re.fullmatch(r"-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)", limpo):
        raise DadoInvalido("Escreva um número inteiro, como 45000 ou 45.000.")
    inteiro = Decimal(limpo.replace(".", ""))
    if abs(inteiro) > INTEIRO_MAXIMO:
        raise DadoInvalido("O número é grande demais; confira.")
    return int(inteiro)


def _numero(texto: str) -> int:
    dito = re.sub("^(id:|#)", "", texto.strip())
    if not re.search("[0-9]", dito) or re.search("[A-Za-z]", dito):
        raise DadoInvalido(
            "Escreva o número, como 12; para achar pela placa ou nome: oficina buscar"
        )
    numero = _inteiro(dito)
    if numero < 1:
        raise DadoInvalido("O número começa em 1.")
    return numero


def _referencia(texto: str) -> Referencia:
    """`id:12` é o número; o resto é o nome que as pessoas usam."""
    if not texto.strip():
        raise DadoInvalido("Diga qual: o nome não pode ficar vazio.")
    return _numero(texto) if texto.startswith("id:") else texto


def _data(texto: str) -> date:
    for formato in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(texto.strip(), formato).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise DadoInvalido("Escreva a data como 31/12/2026.")


def _item(texto: str) -> ItemPedido:
    """`OLEO` pede um; `OLEO:3,5`, três e meio; `id:7:2`, dois do número 7."""
    achado = re.fullmatch("((?:id:)?[^:]+)(?::([^:]+))?", texto)
    if not achado or "," in achado[1]:
        raise DadoInvalido("Escreva CÓDIGO ou CÓDIGO:QUANTIDADE, como FILTRO:2.")
    quanto = dinheiro.ler_quantidade(achado[2]) if achado[2] else Decimal(1)
    return ItemPedido(id=_referencia(achado[1]), quantidade=quanto)


def _da_linha(texto: str) -> PecaUsada:
    linha, _, quanto = texto.partition(":")
    if not quanto:
        raise DadoInvalido("Escreva LINHA:QUANTIDADE, como 12:1,5.")
    return PecaUsada(linha=_numero(linha), quantidade=dinheiro.ler_quantidade(quanto))


def _linhas(texto: str) -> tuple[int, ...]:
    """`1,3-5` são as linhas 1, 3, 4 e 5."""
    if not re.fullmatch(f"{LINHA_OU_FAIXA}(,{LINHA_OU_FAIXA})*", texto):
        raise DadoInvalido("Escreva os números das linhas, como 1,3 ou 1-4.")
    ditas: dict[int, None] = {}
    for parte in texto.split(","):
        primeira, _, ultima = parte.partition("-")
        inicio, fim = _numero(primeira), _numero(ultima or primeira)
        if not 0 <= fim - inicio < LINHAS_MAXIMO:
            raise DadoInvalido(f"{parte.strip()} não é uma faixa de linhas; confira.")
        ditas |= dict.fromkeys(range(inicio, fim + 1))
    return tuple(ditas)


def _desconto(texto: str) -> dict[str, Decimal]:
    """O campo da proposta em que entra: `10,00` em reais, `10%` em porcentagem."""
    numero = texto.strip().removesuffix("%")
    if numero == texto.strip():
        return {"desconto": dinheiro.ler_reais(numero)}
    return {"desconto_percentual": dinheiro.ler_quantidade(numero)}


def _positiva(texto: str) -> Decimal:
    return dinheiro.conferir_quantidade(dinheiro.ler_quantidade(texto))


def _troca(texto: str) -> tuple[str, str]:
    coluna, igual, campo = texto.rpartition("=")
    if not (igual and coluna.strip() and campo.strip()):
        raise DadoInvalido('Escreva "COLUNA=campo", como "Preço de venda=preco".')
    return coluna.strip(), campo.strip()


def _campos(texto: str) -> tuple[str, ...]:
    """Os nomes, como se escrevem na saída; repetir um não o mostra duas vezes."""
    ditos = (parte.strip().lower().replace("-", "_") for parte in texto.split(","))
    nomes = tuple(dict.fromkeys(dito for dito in ditos if dito))
    if not nomes:
        raise DadoInvalido("Escreva os campos, como placa,cliente,total.")
    return nomes


def opcao(tipo: type[Opcao]) -> Callable[[Any], Any]:
    """Um código do enum, ou o rótulo dele, em qualquer caixa, com ou sem acento, espaço e hífen."""

    def ler(texto: str) -> Opcao:
        for membro in tipo:
            if _letras(texto) in (_letras(membro.value), _letras(membro.rotulo)):
                return membro
        raise DadoInvalido(f"Escolha um de: {', '.join(oferecer(tipo))}.")

    return leitor(ler)


def codigos(opcoes: Iterable[Opcao]) -> list[str]:
    return [membro.value.lower().replace("_", "-") for membro in opcoes]


def oferecer(opcoes: Iterable[Opcao]) -> list[str]:
    """Cada código e, se não se lê nele, o rótulo com que se mostra: `pendente (por enviar)`."""
    return [
        codigo if _letras(codigo) == _letras(membro.rotulo) else f"{codigo} ({membro.rotulo})"
        for membro in opcoes
        for codigo in codigos([membro])
    ]


def _letras(texto: str) -> str:
    return sem_acento(re.sub("[ _-]", "", texto))


reais = leitor(dinheiro.ler_reais)
quantidade = leitor(dinheiro.ler_quantidade)
positiva = leitor(_positiva)
desconto = leitor(_desconto)
inteiro = leitor(_inteiro)
numero = leitor(_numero)
referencia = leitor(_referencia)
data = leitor(_data)
item = leitor(_item)
da_linha = leitor(_da_linha)
linhas = leitor(_linhas)
troca = leitor(_troca)
campos = leitor(_campos)
