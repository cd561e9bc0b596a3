"""Valores que se validam uma vez, aqui, para todas as superfícies.

Cada um é o texto canônico (a forma que se guarda e se compara); a forma que se mostra está em
`oficina_core.texto`. Todos levantam DadoInvalido.
"""

import re
import string
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from typing import Self

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import TAMANHO_CPF, inofensivo, visivel

INTEIRO_MAXIMO = 2**63 - 1
MODULO = 11
TAMANHO_CNPJ = 14
TELEFONE_MAXIMO = 11  # DDD e nove números
EMAIL_MAXIMO = 254  # RFC 5321
FORMA_DA_PLACA = re.compile("[A-Z]{3}[0-9][0-9A-Z][0-9]{2}")
FORMA_DO_CODIGO = re.compile(r"[0-9A-Z][0-9A-Z._/\-]{0,29}")
SINAIS_DO_CODIGO = string.ascii_uppercase + string.digits + "._/-"


class Opcao(StrEnum):
    """Um enum com código estável, para banco e API, e rótulo, para pessoas."""

    rotulo: str

    def __new__(cls, codigo: str, rotulo: str = "") -> Self:
        membro = str.__new__(cls, codigo)
        membro._value_ = codigo
        membro.rotulo = rotulo
        return membro


def _digito(corpo: str, pesos: range | tuple[int, ...]) -> str:
    """Módulo 11 sobre o código ASCII menos 48: restos 0 e 1 dão 0."""
    resto = sum((ord(c) - 48) * peso for c, peso in zip(corpo, pesos, strict=True)) % MODULO
    return str(0 if resto <= 1 else MODULO - resto)


def _maiusculas(texto: str) -> str:
    """Só as letras de a a z: `str.upper` faria de ſ um S e de ﬁ um FI."""
    return texto.upper() if texto.isascii() else texto


def _sem_pontuacao(texto: str) -> str:
    return _maiusculas(re.sub(r"[\s./\-]", "", texto))


class CPF(str):
    """Onze dígitos com os dois verificadores certos; dígitos repetidos não valem."""

    __slots__ = ()

    def __new__(cls, texto: str) -> Self:
        numero = _sem_pontuacao(texto)
        if not re.fullmatch("[0-9]{11}", numero):
            raise DadoInvalido("O CPF tem 11 números, como 123.456.789-09.", "cpf")
        if len(set(numero)) == 1 or numero[9:] != cls._verificadores(numero[:9]):
            raise DadoInvalido("Esse CPF não existe: os dígitos não conferem; verifique.", "cpf")
        return super().__new__(cls, numero)

    @staticmethod
    def _verificadores(base: str) -> str:
        primeiro = _digito(base, range(10, 1, -1))
        return primeiro + _digito(base + primeiro, range(11, 1, -1))


class CNPJ(str):
    """Doze letras ou números e dois verificadores (alfanumérico: IN RFB 2.229/2024)."""

    __slots__ = ()

    def __new__(cls, texto: str) -> Self:
        numero = _sem_pontuacao(texto)
        if not re.fullmatch("[0-9A-Z]{12}[0-9]{2}", numero):
            raise DadoInvalido(
                "O CNPJ tem 12 letras ou números e 2 dígitos, como 12.ABC.345/01DE-35.", "cnpj"
            )
        if len(set(numero)) == 1 or numero[12:] != cls._verificadores(numero[:12]):
            raise DadoInvalido("Esse CNPJ não existe: os dígitos não conferem; verifique.", "cnpj")
        return super().__new__(cls, numero)

    @staticmethod
    def _verificadores(base: str) -> str:
        pesos = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
        primeiro = _digito(base, pesos)
        return primeiro + _digito(base + primeiro, (6, *pesos))


def documento(texto: str) -> CPF | CNPJ:
    """CPF ou CNPJ, conforme o tamanho."""
    tamanho = len(_sem_pontuacao(texto))
    if tamanho == TAMANHO_CPF:
        return CPF(texto)
    if tamanho == TAMANHO_CNPJ:
        return CNPJ(texto)
    raise DadoInvalido(
        "Informe um CPF (11 números) ou um CNPJ (14 caracteres); o número do cadastro se diz "
        "id:NÚMERO.",
        "documento",
    )


class Placa(str):
    """Placa antiga `LLLNNNN` ou Mercosul `LLLNLNN`, sem hífen.

    As duas grafias são do mesmo carro: o quinto caractere 0–9 vira A–J (Resolução Contran 969).
    """

    __slots__ = ()

    def __new__(cls, texto: str) -> Self:
        placa = _sem_pontuacao(texto)
        if not FORMA_DA_PLACA.fullmatch(placa):
            raise DadoInvalido("A placa é como ABC1234 ou ABC1D23.", "placa")
        return super().__new__(cls, placa)

    @property
    def canonica(self) -> str:
        """A forma Mercosul, que é única por carro."""
        quinto = self[4]
        return f"{self[:4]}{'ABCDEFGHIJ'[int(quinto)] if quinto.isdigit() else quinto}{self[5:]}"

    @classmethod
    def parecidas(cls, texto: str) -> frozenset[str]:
        """As placas canônicas a um erro de digitação: uma letra por outra, ou duas invertidas."""
        dita = _sem_pontuacao(texto)
        trocadas = (
            f"{dita[:n]}{letra}{dita[n + 1 :]}"
            for n in range(len(dita))
            for letra in string.ascii_uppercase + string.digits
        )
        return frozenset(
            cls(placa).canonica
            for placa in chain(trocadas, _invertidos(dita))
            if FORMA_DA_PLACA.fullmatch(placa)
        )


class Telefone(str):
    """Telefone brasileiro em E.164: `+55`, DDD e 8 números, ou 9 começando por 9."""

    __slots__ = ()

    def __new__(cls, texto: str) -> Self:
        numero = re.sub(r"[\s().\-]", "", texto)
        if numero.startswith("+55"):
            numero = numero[3:]
        elif len(numero) > TELEFONE_MAXIMO:
            numero = numero.removeprefix("55")
        numero = numero.removeprefix("0")
        if not re.fullmatch("[1-9][1-9](9[0-9]{8}|[2-5][0-9]{7})", numero):
            raise DadoInvalido(
                "O telefone tem DDD e número, como (11) 98765-4321 ou (11) 3456-7890.", "telefone"
            )
        return super().__new__(cls, f"+55{numero}")


class Email(str):
    """Endereço com nome e domínio, em minúsculas; se existe, só a mensagem enviada prova."""

    __slots__ = ()

    def __new__(cls, texto: str) -> Self:
        endereco = texto.strip().lower()
        codificado = "=?" in endereco  # RFC 2047: no cabeçalho da mensagem seria outro endereço
        if (
            codificado
            or len(endereco) > EMAIL_MAXIMO
            or not re.fullmatch(
                r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", endereco
            )
        ):
            raise DadoInvalido("O e-mail é como nome@exemplo.com.br.", "email")
        return super().__new__(cls, endereco)


class Codigo(str):
    """Código curto de peça, serviço ou kit: maiúsculas, números, `-`, `_`, `.` e `/`.

    Sem `:` nem espaço, porque na linha de comando `FILTRO:2` é código e quantidade.
    """

    __slots__ = ()

    def __new__(cls, texto: str) -> Self:
        codigo = _maiusculas(texto.strip())
        if not FORMA_DO_CODIGO.fullmatch(codigo):
            raise DadoInvalido(
                "O código tem até 30 letras, números, - _ . ou /, sem espaço nem acento.", "codigo"
            )
        return super().__new__(cls, codigo)

    @classmethod
    def parecidos(cls, texto: str) -> frozenset[str]:
        """Os códigos a um erro de digitação: um sinal trocado, a mais, a menos, ou dois invertidos.

        Vazio se o texto nem tem a forma de um código.
        """
        dito = _maiusculas(texto.strip())
        perto = chain(_a_um_sinal(dito), _invertidos(dito))
        return frozenset(c for c in perto if c != dito and FORMA_DO_CODIGO.fullmatch(c))


def _a_um_sinal(codigo: str) -> Iterator[str]:
    for n in range(len(codigo) + 1):
        antes, depois = codigo[:n], codigo[n:]
        yield antes + depois[1:]
        for sinal in SINAIS_DO_CODIGO:
            yield antes + sinal + depois
            yield antes + sinal + depois[1:]


def _invertidos(texto: str) -> Iterator[str]:
    """O texto com cada par de vizinhos trocado."""
    return (f"{texto[:n]}{texto[n + 1]}{texto[n]}{texto[n + 2 :]}" for n in range(len(texto) - 1))


def _conferir_escrito(texto: str, campo: str, maximo: int) -> None:
    """Levanta DadoInvalido se não há nada que se veja, ou se há texto demais."""
    if not any(map(visivel, texto)):
        raise DadoInvalido(f"O campo {campo} não pode ficar vazio.", campo)
    if len(texto) > maximo:
        raise DadoInvalido(f"O campo {campo} tem no máximo {maximo} letras.", campo)


def _inofensivo(texto: str, campo: str, resposta: str) -> str:
    if not all(map(inofensivo, texto)):
        raise DadoInvalido(f"O campo {campo} tem caracteres de controle; digite só texto.", campo)
    return resposta


def nome(texto: str, campo: str = "nome", maximo: int = 120) -> str:
    """Uma linha de texto: espaços aparados, sem caracteres de controle, não vazia."""
    canonico = re.sub(" +", " ", unicodedata.normalize("NFC", texto)).strip()
    _conferir_escrito(canonico, campo, maximo)
    return _inofensivo(canonico, campo, canonico)


def nota(texto: str, campo: str, maximo: int = 1000) -> str:
    """Texto livre, que pode ter várias linhas."""
    canonico = unicodedata.normalize("NFC", texto).replace("\r\n", "\n").expandtabs(4).strip()
    _conferir_escrito(canonico, campo, maximo)
    return _inofensivo(canonico.replace("\n", ""), campo, canonico)
