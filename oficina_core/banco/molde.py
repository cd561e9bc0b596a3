"""O que cabe em cada coluna, em cada revisão do banco: a régua do que vem de fora."""

import re
import tempfile
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from oficina_core.banco import manutencao
from oficina_core.banco.formato import DANIFICADA, LINHA_MAXIMA, MAIS_NOVA, Cabecalho, Confere
from oficina_core.banco.motor import aberto
from oficina_core.banco.tabelas import Codificada, Dia, Momento, metadata
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from oficina_core.enderecos import ARQUIVO

# O que não sobrevive a uma cópia: os códigos de uma vez só, e quem anda a tentar entrar.
PASSAGEIRAS = frozenset({"alembic_version", "codigos", "tentativas", "origens"})
INTEIRO_MAXIMO = 2**63
METADE = re.compile("[\ud800-\udfff]")


def de(cabecalho: Cabecalho) -> dict[str, list[Confere]]:
    """Como se confere cada coluna da cópia, na ordem em que vem.

    Levanta DadoInvalido se as tabelas e as colunas não são as que a revisão dela tem.
    """
    colunas = _da_revisao(cabecalho.revisao)
    if colunas.keys() != cabecalho.tabelas.keys():
        raise DadoInvalido(DANIFICADA, "arquivo")
    for nome, ditas in cabecalho.tabelas.items():
        if sorted(ditas) != sorted(colunas[nome]):
            raise DadoInvalido(DANIFICADA, "arquivo")
    return {
        nome: [colunas[nome][coluna] for coluna in ditas]
        for nome, ditas in cabecalho.tabelas.items()
    }


def _da_revisao(revisao: str) -> Mapping[str, Mapping[str, Confere]]:
    """As tabelas que se guardam, como as deixam as migrações até essa."""
    if revisao not in manutencao.revisoes():
        if revisao > manutencao.revisao_do_programa():
            raise Indisponivel(MAIS_NOVA)
        raise DadoInvalido(DANIFICADA, "arquivo")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as pasta:
        url = f"{ARQUIVO}{Path(pasta) / 'molde.db'}"
        manutencao.migrar(url, revisao)
        with aberto(url) as motor:
            return {
                nome: {str(c["name"]): _conferencia(nome, c) for c in colunas}
                for (_, nome), colunas in inspect(motor).get_multi_columns().items()
                if nome not in PASSAGEIRAS
            }


def _conferencia(tabela: str, refletida: Any) -> Confere:
    """A da coluna; a que o programa já não tem só se sabe se é número ou texto."""
    conhecida = (
        metadata.tables[tabela].c.get(refletida["name"]) if tabela in metadata.tables else None
    )
    confere = _do_tipo(getattr(conhecida, "type", None), refletida["type"])
    return partial(_ou_nulo, confere) if refletida["nullable"] else confere


def _do_tipo(tipo: Any, refletido: Any) -> Confere:
    match tipo:
        case Momento():
            return _momento
        case Dia():
            return _dia
        case Codificada(opcoes=opcoes):
            return partial(_codigo, frozenset(opcao.value for opcao in opcoes))
        case _ if refletido.python_type is int:
            return _inteiro
        case _:
            return partial(_texto, getattr(tipo, "length", None) or LINHA_MAXIMA)


def _ou_nulo(confere: Confere, valor: Any) -> bool:
    return valor is None or confere(valor)


def _inteiro(valor: Any) -> bool:
    return type(valor) is int and -INTEIRO_MAXIMO <= valor < INTEIRO_MAXIMO


def _texto(maximo: int, valor: Any) -> bool:
    """Sem metades de caractere, que nenhum banco guarda."""
    if not isinstance(valor, str) or len(valor) > maximo:
        return False
    return valor.isascii() or not METADE.search(valor)


def _codigo(codigos: Collection[str], valor: Any) -> bool:
    return isinstance(valor, str) and valor in codigos


def _momento(valor: Any) -> bool:
    """Como `Momento` o guarda: só assim os dois bancos o leem."""
    try:
        return datetime.fromisoformat(valor).isoformat(" ", "microseconds") == str(valor)
    except (TypeError, ValueError):
        return False


def _dia(valor: Any) -> bool:
    try:
        return bool(date.fromisoformat(valor).isoformat() == str(valor))
    except (TypeError, ValueError):
        return False
