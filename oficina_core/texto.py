"""Como os valores se mostram a pessoas, e como o texto delas fica inofensivo."""

import re
import unicodedata
from datetime import date, datetime, tzinfo
from decimal import Decimal

TAMANHO_CPF = 11

_ESCAPE = re.compile(
    "\x1b[\\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c|$)"  # OSC, DCS, SOS, PM, APC
    "|\x1b\\[[0-?]*[ -/]*[@-~]"  # CSI
    "|\x1b[ -/]*[0-~]?"
)
COMANDAM = ("Cc", "Cs", "Zl", "Zp")
_DIRECAO = frozenset(
    "\u061c\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)

_INVISIVEIS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def inofensivo(caractere: str) -> bool:
    """Falso para o que comanda o terminal, inverte a leitura ou não existe sozinho."""
    return caractere not in _DIRECAO and unicodedata.category(caractere) not in COMANDAM


def visivel(caractere: str) -> bool:
    """Falso para o espaço e para a letra que não se desenha, como o preenchimento do coreano."""
    return caractere not in _INVISIVEIS and unicodedata.category(caractere)[0] in "LNPS"


def limpar(valor: str, *, linhas: bool = False) -> str:
    """Texto alheio pronto para um terminal: sem controles, sequências de escape nem bidi.

    O que sai vira `\ufffd`, para que se veja que havia algo; com `linhas`, a quebra de linha fica.
    """
    sem_escape = _ESCAPE.sub("\ufffd", unicodedata.normalize("NFC", valor))
    return "".join(c if inofensivo(c) or (linhas and c == "\n") else "\ufffd" for c in sem_escape)


def sem_acento(valor: str) -> str:
    """Minúsculas e sem acento: a forma em que os nomes se procuram."""
    if valor.isascii():
        return valor.casefold()
    decomposto = unicodedata.normalize("NFKD", valor.casefold())
    return "".join([c for c in decomposto if not unicodedata.combining(c)])


def _brasileiro(numero: str) -> str:
    return numero.translate(str.maketrans(",.", ".,"))


def reais(valor: Decimal) -> str:
    """R$ 1.234,56."""
    sinal = "-" if valor < 0 else ""
    return f"{sinal}R$ {_brasileiro(f'{abs(valor):,.2f}')}"


def quantidade(valor: Decimal, unidade: str = "") -> str:
    """3,5 l: sem zeros à direita, com a unidade comercial quando dita."""
    inteiro_e_fracao = f"{valor:,.3f}".rstrip("0").rstrip(".")
    return f"{_brasileiro(inteiro_e_fracao)} {unidade}".rstrip()


def por_cento(valor: Decimal) -> str:
    """38,4 %."""
    return f"{_brasileiro(f'{valor:,.1f}')} %"


def data(valor: date) -> str:
    return f"{valor:%d/%m/%Y}"


def momento(valor: datetime, fuso: tzinfo | None = None) -> str:
    """Instante no fuso dado (ou no da máquina), até o minuto."""
    return f"{valor.astimezone(fuso):%d/%m/%Y %H:%M}"


def milhar(valor: int) -> str:
    """98.500: o km, que não se lê sem o ponto."""
    return _brasileiro(f"{valor:,}")


def tamanho(octetos: int) -> str:
    """1,4 MB."""
    return f"{_brasileiro(f'{octetos / 1e6:,.1f}')} MB"


def duracao(minutos: int) -> str:
    """9 h 05."""
    return f"{minutos // 60} h {minutos % 60:02}"


def documento(valor: str) -> str:
    """CPF 123.456.789-09 ou CNPJ 12.ABC.345/01DE-35."""
    if len(valor) == TAMANHO_CPF:
        return f"{valor[:3]}.{valor[3:6]}.{valor[6:9]}-{valor[9:]}"
    return f"{valor[:2]}.{valor[2:5]}.{valor[5:8]}/{valor[8:12]}-{valor[12:]}"


def telefone(valor: str) -> str:
    """(11) 98765-4321, a partir de +5511987654321."""
    ddd, numero = valor[3:5], valor[5:]
    return f"({ddd}) {numero[:-4]}-{numero[-4:]}"


def documento_mascarado(valor: str | None) -> str | None:
    """***.456.789-** ou **.ABC.345/****-**: basta para conferir, não para usar (LGPD)."""
    if valor is None:
        return None
    if len(valor) == TAMANHO_CPF:
        return f"***.{valor[3:6]}.{valor[6:9]}-**"
    return f"**.{valor[2:5]}.{valor[5:8]}/****-**"


def telefone_mascarado(valor: str | None) -> str | None:
    """Só os quatro últimos números."""
    return valor and f"(**) *****-{valor[-4:]}"


def email_mascarado(valor: str | None) -> str | None:
    """A primeira letra e o domínio."""
    if not valor:
        return None
    nome, _, dominio = valor.partition("@")
    return f"{nome[:1]}***@{dominio}"


def lista(nomes: list[str], conjuncao: str = "e") -> str:
    """a, b e c."""
    *primeiros, ultimo = nomes or [""]
    return f"{', '.join(primeiros)} {conjuncao} {ultimo}" if primeiros else ultimo


def quantos(numero: int, um: str, varios: str) -> str:
    """1 linha difere, 2 linhas diferem."""
    return f"{numero} {um if numero == 1 else varios}"
