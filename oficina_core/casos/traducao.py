"""Dataclass ↔ JSON canônico, para o conjunto fechado de tipos que os casos usam.

Um tradutor só serve ao corpo HTTP, ao hash do pedido, à resposta guardada e a `-o json`. Dinheiro
é texto com dois decimais; quantidade é número com até três; instante leva o fuso.
"""

import dataclasses
import json
import re
import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import INTEIRO_MAXIMO, Opcao

Json: TypeAlias = Any
Leitor: TypeAlias = Callable[[Json, str], Any]
Escritor: TypeAlias = Callable[[Any], Json]
Leitores: TypeAlias = dict[str, tuple[Leitor, bool]]  # nome → (como se lê, se é obrigatório)

em_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

CASAS = 12
NUMERO = re.compile(rf"-?[0-9]{{1,{CASAS}}}(\.[0-9]{{1,{CASAS}}})?")
MEIO_CARACTERE = re.compile("[\ud800-\udfff]")  # do UTF-16, que sozinho não se escreve
DATA = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")


def escrever(valor: Any) -> Json:
    """O valor em tipos de JSON; os campos saem na ordem em que se declaram."""
    tipo: Any = type(valor)
    if grava := ESCRITA.get(tipo):
        return grava(valor)
    if isinstance(valor, str):
        return _texto_escrito(str(valor))
    return {nome: grava(getattr(valor, nome)) for nome, grava in _escritores(tipo)}


def canonico(valor: Any) -> str:
    """O texto JSON, sem espaços: o mesmo para o mesmo valor."""
    return em_json(escrever(valor))


def sem_segredos(valor: Any) -> str:
    """O mesmo, menos os campos que não se guardam."""
    tipo: Any = type(valor)
    ditos = escrever(valor)
    if isinstance(ditos, dict):
        for nome in segredos(tipo):
            del ditos[nome]
    return em_json(ditos)


def ler(tipo: Any, valor: Json, campo: str = "corpo") -> Any:
    """O valor do tipo dado a partir de JSON já lido; DadoInvalido diz o campo que não serve."""
    return _leitor(tipo)(valor, campo)


def ler_texto(tipo: Any, texto: str | bytes) -> Any:
    """O mesmo a partir do texto JSON, sem aceitar NaN nem chave repetida."""
    return ler(tipo, carregar(texto))


def carregar(texto: str | bytes) -> Json:
    """JSON estrito, em UTF-8: números exatos, sem NaN nem chave repetida."""
    try:
        if isinstance(texto, bytes):
            texto = texto.decode()
        return json.loads(
            texto,
            parse_float=Decimal,
            parse_constant=_sem_constante,
            object_pairs_hook=_sem_repeticao,
        )
    except (ValueError, ArithmeticError, RecursionError) as erro:
        if isinstance(erro, DadoInvalido):
            raise
        raise DadoInvalido("O corpo não é um JSON válido.", "corpo") from None


def _sem_constante(nome: str) -> None:
    raise DadoInvalido("O corpo tem um número que não existe.", "corpo")


def _sem_repeticao(pares: list[tuple[str, Json]]) -> dict[str, Json]:
    if len({nome for nome, _ in pares}) < len(pares):
        raise DadoInvalido("O corpo repete um campo.", "corpo")
    return dict(pares)


@cache
def _escritores(tipo: type) -> list[tuple[str, Escritor]]:
    tipos = get_type_hints(tipo, include_extras=True)
    return [(campo.name, _escritor(tipos[campo.name])) for campo in dataclasses.fields(tipo)]


@cache
def _leitores(tipo: Any) -> Leitores:
    """Os campos de um dataclass, ou de um genérico de um parâmetro, como Pagina[LinhaOrdem]."""
    origem = get_origin(tipo) or tipo
    parametros = dict(zip(getattr(origem, "__parameters__", ()), get_args(tipo), strict=True))
    tipos = get_type_hints(origem, include_extras=True)
    return {
        campo.name: (
            _leitor(_trocar(tipos[campo.name], parametros)),
            campo.default is dataclasses.MISSING and campo.default_factory is dataclasses.MISSING,
        )
        for campo in dataclasses.fields(origem)
    }


def _escritor(tipo: Any) -> Escritor:
    marca = _marca(tipo)
    if marca == "reais":
        return lambda valor: None if valor is None else f"{valor:.2f}"
    if marca == "quantidade":
        return lambda valor: None if valor is None else _numero(valor)
    return _inteiro_escrito if tipo is int else escrever


def _marca(tipo: Any) -> str | None:
    """`reais` ou `quantidade`, também quando o campo pode ser None."""
    if get_origin(tipo) is Annotated:
        return str(get_args(tipo)[1])
    if get_origin(tipo) in (Union, types.UnionType):
        return next((m for parte in get_args(tipo) if (m := _marca(parte))), None)
    return None


class Passageira:
    """Uma resposta com os dados de alguém: não se guarda com a chave, que seria uma cópia deles."""


def passageira(tipo: Any) -> bool:
    return isinstance(tipo, type) and issubclass(tipo, Passageira)


@cache
def segredos(tipo: type) -> frozenset[str]:
    """Os campos que não se guardam nem se mostram."""
    tipos = get_type_hints(tipo, include_extras=True)
    if passageira(tipo):
        return frozenset(tipos)
    return frozenset(nome for nome, dito in tipos.items() if _marca(dito) == "segredo")


def _numero(valor: Decimal) -> int | float:
    return int(valor) if valor == int(valor) else float(valor)


@cache
def _leitor(tipo: Any) -> Leitor:
    origem, partes = get_origin(tipo), get_args(tipo)
    if origem is Annotated:
        return _leitor(partes[0])
    if origem in (Union, types.UnionType):
        return _ler_uniao(partes)
    if origem is tuple:
        return _ler_tupla(_leitor(partes[0]))
    if isinstance(tipo, type) and issubclass(tipo, Opcao):
        return _ler_opcao(tipo)
    if dataclasses.is_dataclass(origem or tipo):
        return lambda valor, campo: _ler_objeto(origem or tipo, _leitores(tipo), valor, campo)
    return SIMPLES[tipo]


def _ler_uniao(partes: tuple[Any, ...]) -> Leitor:
    """Escolhe pelo tipo do JSON: nulo, número, texto ou objeto."""
    por_json = {_tipo_json(parte): _leitor(parte) for parte in partes}

    def ler_parte(valor: Json, campo: str) -> Any:
        leitor = por_json.get(type(valor)) or por_json.get(int if type(valor) is Decimal else str)
        return (leitor or next(iter(por_json.values())))(valor, campo)

    return ler_parte


def _tipo_json(tipo: Any) -> type:
    if get_origin(tipo) is Annotated:
        tipo = get_args(tipo)[0]
    if tipo in (int, bool, type(None)):
        return tipo  # type: ignore[no-any-return]
    if get_origin(tipo) is tuple:
        return list
    return dict if dataclasses.is_dataclass(tipo) else str


def _ler_tupla(leitor: Leitor) -> Leitor:
    def ler_itens(valor: Json, campo: str) -> tuple[Any, ...]:
        if not isinstance(valor, list | tuple):
            raise DadoInvalido(f"O campo {campo} é uma lista.", campo)
        return tuple(leitor(item, campo) for item in valor)

    return ler_itens


def _ler_opcao(tipo: type[Opcao]) -> Leitor:
    def ler_opcao(valor: Json, campo: str) -> Opcao:
        try:
            return tipo(valor)
        except ValueError:
            opcoes = ", ".join(opcao.value for opcao in tipo)
            raise DadoInvalido(f"O campo {campo} é um de: {opcoes}.", campo) from None

    return ler_opcao


def _ler_objeto(tipo: Any, leitores: Leitores, valor: Json, campo: str) -> Any:
    if not isinstance(valor, dict):
        raise DadoInvalido(f"O campo {campo} é um objeto.", campo)
    if valor.keys() - leitores.keys():
        aceitos = ", ".join(leitores)
        raise DadoInvalido(f"Há campo desconhecido em {campo}; os que existem: {aceitos}.", campo)
    if faltam := [nome for nome, (_, exigido) in leitores.items() if exigido and nome not in valor]:
        raise DadoInvalido(f"Falta o campo {faltam[0]}.", faltam[0])
    return tipo(**{nome: leitores[nome][0](item, nome) for nome, item in valor.items()})


def _trocar(tipo: Any, parametros: dict[Any, Any]) -> Any:
    """O tipo com os parâmetros dele no lugar."""
    if tipo in parametros:
        return parametros[tipo]
    livres = getattr(tipo, "__parameters__", ())
    return tipo[tuple(parametros[livre] for livre in livres)] if livres else tipo


def _inteiro(valor: Json, campo: str) -> int:
    if type(valor) is not int:
        raise DadoInvalido(f"O campo {campo} é um número inteiro.", campo)
    if abs(valor) > INTEIRO_MAXIMO:
        raise DadoInvalido(f"O campo {campo} é grande demais.", campo)
    return valor


def _texto(valor: Json, campo: str) -> str:
    if not isinstance(valor, str):
        raise DadoInvalido(f"O campo {campo} é um texto.", campo)
    if MEIO_CARACTERE.search(valor):
        raise DadoInvalido(f"O campo {campo} tem um caractere que não existe.", campo)
    return valor


def _logico(valor: Json, campo: str) -> bool:
    if not isinstance(valor, bool):
        raise DadoInvalido(f"O campo {campo} é verdadeiro ou falso.", campo)
    return valor


def _decimal(valor: Json, campo: str) -> Decimal:
    """Número ou texto com ponto decimal; a vírgula é das pessoas, não do JSON."""
    if isinstance(valor, bool) or not isinstance(valor, int | str | Decimal):
        raise DadoInvalido(f"O campo {campo} é um número.", campo)
    if isinstance(valor, Decimal) and abs(valor.adjusted()) <= CASAS:
        valor = f"{valor:f}"
    escrito = str(valor)
    if not NUMERO.fullmatch(escrito):
        raise DadoInvalido(f'O campo {campo} é um número, como "10.50".', campo)
    return Decimal(escrito) + 0  # sem o zero negativo


def _momento(valor: Json, campo: str) -> datetime:
    try:
        momento = datetime.fromisoformat(_texto(valor, campo))
    except ValueError:
        raise DadoInvalido(f"O campo {campo} é um instante ISO-8601.", campo) from None
    if momento.tzinfo is None:
        raise DadoInvalido(f"O campo {campo} precisa do fuso, como -03:00.", campo)
    try:
        momento.astimezone(UTC)
    except OverflowError:
        raise DadoInvalido(f"O campo {campo} está longe demais no tempo.", campo) from None
    return momento


def _data(valor: Json, campo: str) -> date:
    try:
        return date(*map(int, DATA.fullmatch(_texto(valor, campo)).groups()))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise DadoInvalido(f"O campo {campo} é uma data, como 2026-11-23.", campo) from None


def _nada(valor: Json, campo: str) -> None:
    if valor is not None:
        raise DadoInvalido(f"O campo {campo} fica vazio.", campo)


SIMPLES: dict[Any, Leitor] = {
    int: _inteiro,
    str: _texto,
    bool: _logico,
    Decimal: _decimal,
    datetime: _momento,
    date: _data,
    type(None): _nada,
}


def _inteiro_escrito(valor: int) -> int:
    return _inteiro(valor, "número")


def _texto_escrito(valor: str) -> str:
    return _texto(valor, "texto")


ESCRITA: dict[type, Escritor] = {
    type(None): lambda valor: valor,
    bool: lambda valor: valor,
    int: _inteiro_escrito,
    str: _texto_escrito,
    datetime: datetime.isoformat,
    date: date.isoformat,
    tuple: lambda valor: [escrever(item) for item in valor],
}
