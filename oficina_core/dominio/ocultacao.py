"""Ocultação: um texto sem o que diz de quem ele fala (LGPD art. 12)."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from oficina_core.dominio.cliente import Cliente
from oficina_core.texto import OCULTO, sem_acento

PALAVRA = re.compile(r"\w+")
CURTA = 3  # letras: as menores, como “da” e “Li”, só somem com o nome inteiro
DDD = 2
ENTRE = r"[\W_]{0,3}"


class Ocultacao:
    """Tira de um texto o nome, o documento, o telefone e o e-mail de um cliente.

    O nome some também aos pedaços, sem ligar para maiúscula nem acento; os números, com qualquer
    pontuação. O que entra no lugar nunca é mais comprido: o texto cabe onde estava.
    """

    def __init__(self, cliente: Cliente) -> None:
        self._cliente = cliente

    def ocultar(self, texto: str | None) -> str | None:
        """O texto como estava, se nada nele diz quem é."""
        if texto is None:
            return None
        antes = unicodedata.normalize("NFC", texto)
        depois = PALAVRA.sub(self._sem_nome, self._inteiros.sub(OCULTO, antes))
        return texto if depois == antes else depois

    def _sem_nome(self, palavra: re.Match[str]) -> str:
        return OCULTO if sem_acento(palavra[0]) in self._nomes else palavra[0]

    @cached_property
    def _nomes(self) -> set[str]:
        palavras = PALAVRA.findall(sem_acento(self._cliente.nome))
        return {palavra for palavra in palavras if len(palavra) >= CURTA}

    @cached_property
    def _inteiros(self) -> re.Pattern[str]:
        return re.compile("|".join(self._formas()), re.IGNORECASE)

    def _formas(self) -> Iterator[str]:
        """O que some inteiro, na forma em que se costuma escrever."""
        nome = r"\s+".join(map(re.escape, self._cliente.nome.split()))
        yield rf"(?<!\w){nome}(?!\w)"
        if self._cliente.email:
            yield re.escape(self._cliente.email)
        if self._cliente.documento:
            yield _numero("", self._cliente.documento)
        if self._cliente.telefone:
            nacional = self._cliente.telefone.removeprefix("+55")
            codigos = rf"(?:(?:\+?55{ENTRE})?\(?0?{nacional[:DDD]}{ENTRE})?"
            yield _numero(codigos, nacional[DDD:])


def _numero(antes: str, algarismos: str) -> str:
    """Com o que quer que se ponha entre os algarismos, e não como pedaço de outro número."""
    return rf"(?<!\d){antes}{ENTRE.join(algarismos)}(?!\d)"
