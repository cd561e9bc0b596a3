"""O que uma transação leu e gravou, para que os eventos se escrevam sozinhos.

Cada repositório conta ao diário o que leu e o que gravou; no fim, a diferença entre a primeira
leitura e a última gravação é o evento. Ninguém escreve evento à mão.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from oficina_core.texto import documento_mascarado, email_mascarado, telefone_mascarado

Linha = Mapping[str, Any]

MASCARAS: Mapping[str, Callable[[str | None], str | None]] = {
    "documento": documento_mascarado,
    "cpf": documento_mascarado,
    "telefone": telefone_mascarado,
    "email": email_mascarado,
    "senha_hash": lambda _: "***",
}
EM_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
SEM_DIFERENCA = frozenset({"id", "versao", "busca", "contato_em", "senha_em"})


@dataclass(slots=True)
class Rastro:
    """Um registro nesta transação.

    `antes` é a primeira leitura (None se nasceu aqui); `visto`, a última leitura ou gravação;
    `atual` fotografa a entidade na memória.
    """

    entidade: str
    id: int
    antes: Linha | None
    visto: Linha
    seq: int
    atual: Callable[[], Linha]
    mudou: bool = False

    @property
    def esquecido(self) -> bool:
        """O que está na memória não é o que está no banco."""
        return dict(self.atual()) != dict(self.visto)

    @property
    def loja(self) -> int | None:
        """A loja a que o registro pertence, se é de uma só."""
        return self.id if self.entidade == "lojas" else self.visto.get("loja_id")


class Diario:
    def __init__(self) -> None:
        self._rastros: dict[tuple[str, int], Rastro] = {}
        self._perdidos: list[Rastro] = []

    def leu(
        self, entidade: str, id: int, linha: Linha, seq: int, atual: Callable[[], Linha]
    ) -> None:
        rastro = self._rastros.get((entidade, id))
        if rastro is None:
            self._rastros[entidade, id] = Rastro(entidade, id, linha, linha, seq, atual)
            return
        if rastro.esquecido:
            self._perdidos.append(replace(rastro))
        rastro.visto, rastro.seq, rastro.atual = linha, seq, atual

    def gravou(
        self, entidade: str, id: int, linha: Linha, seq: int, atual: Callable[[], Linha]
    ) -> None:
        rastro = self._rastros.get((entidade, id))
        antes = rastro.antes if rastro else None
        self._rastros[entidade, id] = Rastro(entidade, id, antes, linha, seq, atual, mudou=True)

    def visto(self, entidade: str, id: int) -> Linha | None:
        """A última leitura ou gravação de um registro nesta transação."""
        rastro = self._rastros.get((entidade, id))
        return rastro.visto if rastro else None

    @property
    def loja(self) -> int | None:
        """A loja de tudo o que se leu e gravou; None se não é de uma só."""
        lojas = {rastro.loja for rastro in self._rastros.values()} - {None}
        return lojas.pop() if len(lojas) == 1 else None

    def mudancas(self) -> Iterator[tuple[Rastro, str]]:
        """Cada registro que ficou diferente, com a diferença em JSON."""
        for rastro in self._rastros.values():
            if rastro.mudou and (diferenca := _diferenca(rastro.antes, rastro.visto)):
                yield rastro, EM_JSON(diferenca)

    def esquecidos(self) -> list[str]:
        """O que se mudou na memória e não se salvou: defeito do caso de uso."""
        abertos = [rastro for rastro in self._rastros.values() if rastro.esquecido]
        return [f"{rastro.entidade} {rastro.id}" for rastro in (*self._perdidos, *abertos)]


def _diferenca(antes: Linha | None, depois: Linha) -> dict[str, Any]:
    """Campo → valor, do que nasceu; campo → [antes, depois], do que mudou."""
    if antes is None:
        return {
            campo: _json(campo, valor)
            for campo, valor in depois.items()
            if campo not in SEM_DIFERENCA and not _nada(valor)
        }
    return {
        campo: _par(campo, antes.get(campo), valor)
        for campo, valor in depois.items()
        if campo not in SEM_DIFERENCA and antes.get(campo) != valor
    }


def _nada(valor: Any) -> bool:
    return valor is None or (isinstance(valor, dict | list) and not valor)


def _par(campo: str, antes: Any, depois: Any) -> Any:
    if isinstance(depois, Mapping):
        chaves = [*antes, *(chave for chave in depois if chave not in antes)]
        return {
            str(chave): _diferenca(antes.get(chave), depois[chave]) if chave in depois else None
            for chave in chaves
            if antes.get(chave) != depois.get(chave)
        }
    return [_json(campo, antes), _json(campo, depois)]


def _json(campo: str, valor: Any) -> Any:
    if campo in MASCARAS:
        return MASCARAS[campo](valor)
    match valor:
        case str() | int() | None:
            return valor
        case Decimal():
            return f"{valor:.2f}"
        case datetime() | date():
            return valor.isoformat()
        case Mapping():
            return {str(chave): _json("", item) for chave, item in valor.items()}
        case _:
            return [_json("", item) for item in valor]
