"""A diferença que um evento guarda, em palavras: `status: recebida → em diagnóstico`."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from oficina_core import texto
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.orcamento import Meio, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento

INTERNOS = (
    *("ator", "busca", "data_fim", "data_inicio", "em", "seq", "delta", "saldo_apos"),
    *("resumo", "conteudo", "mostrado", "vale_ate"),  # do link: a prova, que a API dá inteira
)
OCULTO = texto.OCULTO
CODIGOS = {
    membro.value: membro.rotulo
    for tipo in (StatusOrdem, StatusOrcamento, Meio, FormaPagamento, CausaMovimento)
    for membro in tipo
}


def resumir(diferenca: str, rotulos: Mapping[str, str]) -> str:
    """O que nasceu ou mudou, sem o que a linha do histórico já diz."""
    return "; ".join(
        f"{(rotulos.get(campo) or campo.replace('_', ' ')).lower()}{_mudanca(mudanca)}"
        for campo, mudanca in json.loads(diferenca).items()
        if campo not in INTERNOS and not campo.endswith(("_id", "_em", "_canonica"))
    )


def _mudanca(mudanca: Any) -> str:
    """Do que o evento não guarda, só que mudou: basta o nome do campo."""
    oculta = OCULTO in (mudanca if isinstance(mudanca, list) else [mudanca])
    return "" if oculta else f": {_dizer(mudanca)}"


def _dizer(mudanca: Any) -> str:
    match mudanca:
        case [antes, depois]:
            return f"{_dizer(antes)} → {_dizer(depois)}"
        case dict():
            return str(len(mudanca))
        case None:
            return "–"
        case bool():
            return "sim" if mudanca else "não"
        case _:
            return _valor(str(mudanca))


def _valor(dito: str) -> str:
    if re.fullmatch(r"-?[0-9]+\.[0-9]{2}", dito):
        return texto.reais(Decimal(dito))
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", dito):
        return texto.data(date.fromisoformat(dito))
    return CODIGOS.get(dito, dito)
