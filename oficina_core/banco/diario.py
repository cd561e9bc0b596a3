"""O que uma transação leu e gravou, para que os eventos se escrevam sozinhos.

Cada repositório conta ao diário o que leu e o que gravou; no fim, a diferença entre a primeira
leitura e a última gravação é o evento. Ninguém escreve evento à mão.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from oficina_core.casos.traducao import em_json
from oficina_core.texto import OCULTO, documento_mascarado, email_mascarado

Linha = Mapping[str, Any]
Mascaras = Mapping[str, Callable[[str | None], str | None]]


def _ocultar(valor: str | None) -> str | None:
    return None if valor is None else OCULTO


MASCARAS: Mascaras = {
    "cpf": documento_mascarado,
    "email": email_mascarado,
    "senha_hash": lambda _: OCULTO,
}
# Do cliente, e do que se escreve sobre ele, o evento diz só que mudou: não se apaga, e ele pode
# pedir que se apague o que diz quem é (LGPD art. 18 VI). O valor está no próprio registro.
OCULTOS = {
    "anotacoes": ("texto", "ator"),
    "clientes": ("nome", "documento", "telefone", "email", "motivo_anonimizacao"),
    "links_aprovacao": ("decidido_de", "mostrado"),
    "orcamentos": ("descricao", "motivo", "decidido_por"),
    "ordens_servico": ("queixa", "motivo_cancelamento"),
}
MASCARAS_DE = {
    entidade: {**MASCARAS, **dict.fromkeys(campos, _ocultar)}
    for entidade, campos in OCULTOS.items()
}
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
            mascaras = MASCARAS_DE.get(rastro.entidade, MASCARAS)
            if rastro.mudou and (diferenca := _diferenca(rastro.antes, rastro.visto, mascaras)):
                yield rastro, em_json(diferenca)

    def esquecidos(self) -> list[str]:
        """O que se mudou na memória e não se salvou: defeito do caso de uso."""
        abertos = [rastro for rastro in self._rastros.values() if rastro.esquecido]
        return [f"{rastro.entidade} {rastro.id}" for rastro in (*self._perdidos, *abertos)]


def _diferenca(antes: Linha | None, depois: Linha, mascaras: Mascaras) -> dict[str, Any]:
    """Campo → valor, do que nasceu; campo → [antes, depois], do que mudou."""
    if antes is None:
        return {
            campo: _json(campo, valor, mascaras)
            for campo, valor in depois.items()
            if valor is not None and campo not in SEM_DIFERENCA and not _vazio(valor)
        }
    return {
        campo: _par(campo, antes.get(campo), valor, mascaras)
        for campo, valor in depois.items()
        if campo not in SEM_DIFERENCA and antes.get(campo) != valor
    }


def _vazio(valor: Any) -> bool:
    return not valor and isinstance(valor, dict | list)


def _par(campo: str, antes: Any, depois: Any, mascaras: Mascaras) -> Any:
    if isinstance(depois, Mapping):
        chaves = [*antes, *(chave for chave in depois if chave not in antes)]
        return {
            str(chave): _diferenca(antes.get(chave), depois[chave], mascaras)
            if chave in depois
            else None
            for chave in chaves
            if antes.get(chave) != depois.get(chave)
        }
    return [_json(campo, antes, mascaras), _json(campo, depois, mascaras)]


def _json(campo: str, valor: Any, mascaras: Mascaras) -> Any:
    if campo in mascaras:
        return mascaras[campo](valor)
    match valor:
        case str() | int() | None:
            return valor
        case Decimal():
            return f"{valor:.2f}"
        case datetime() | date():
            return valor.isoformat()
        case Mapping():
            return {str(chave): _json(str(chave), item, mascaras) for chave, item in valor.items()}
        case _:
            return [_json("", item, mascaras) for item in valor]
