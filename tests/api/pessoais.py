"""O que os testes da API usam e é de alguém: nada disto pode aparecer em um registro."""

import json
import re
from collections.abc import Iterable

from tests.api.elenco import SEGREDO

CPFS = (
    *("529.982.247-25", "862.883.667-57", "168.995.350-09", "935.411.347-80", "123.456.789-09"),
    *("111.444.777-35", "390.533.447-05", "071.488.230-56"),
)
TELEFONES = ("(11) 98765-4321", "(21) 3456-7890")
EMAILS = ("ana@oficina.com.br", "Ana@exemplo.com", "Beto@exemplo.com", "bia.souza+loja@exemplo.com")
JWT = "eyJhbGci"  # o cabeçalho de um token de acesso


def formas(valor: str) -> Iterable[str]:
    """Como o valor se pode escrever: como se disse, só os números, e com o +55 do telefone."""
    yield valor
    if numeros := re.sub(r"[().\s-]", "", valor):
        yield numeros
        yield numeros.lower()
    if valor.startswith("("):
        yield valor[5:]
        yield numeros[2:]


CONHECIDOS = frozenset(
    forma for valor in (*CPFS, *TELEFONES, *EMAILS) for forma in formas(valor)
) | {SEGREDO, JWT}


def achar(registro: str, procurados: Iterable[str] = CONHECIDOS) -> set[str]:
    """O que aparece nas linhas; um código de seis números, só se não é pedaço de outro número."""
    return {
        procurado
        for procurado in procurados
        if (escrito := json.dumps(procurado)[1:-1]) in registro
        and (len(procurado) > 6 or re.search(rf"(?<![\d.]){re.escape(escrito)}(?!\d)", registro))
    }
