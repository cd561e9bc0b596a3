"""O mapa de `docs/lgpd.md` diz onde está cada texto que se guarda."""

import re
from pathlib import Path

from sqlalchemy import String, Text

from oficina_core.banco.diario import OCULTOS
from oficina_core.banco.tabelas import Codificada, metadata

DOCUMENTO = Path(__file__).parents[1] / "docs" / "lgpd.md"
LINHA = re.compile(r"^\| `([a-z_]+)` \| ([^|]+) \|", re.MULTILINE)
DE_NINGUEM = re.compile(r"`([a-z_]+)`\s\(([^)]+)\)")
NOME = re.compile("`([a-z_]+)`")

Colunas = set[tuple[str, str]]


def mapeadas(documento: str) -> Colunas:
    """Cada coluna que o mapa nomeia: as de alguém, na tabela, e as de ninguém, depois dela."""
    mapa = documento.partition("## Onde está cada coisa")[2].partition("Fora do banco")[0]
    achadas = [*LINHA.findall(mapa), *DE_NINGUEM.findall(mapa.partition("não é de ninguém")[2])]
    return {(tabela, nome) for tabela, nomes in achadas for nome in NOME.findall(nomes)}


def de_texto() -> Colunas:
    """As colunas em que se escreve o que se quiser; o código de uma opção não diz nada."""
    return {
        (tabela.name, coluna.name)
        for tabela in metadata.tables.values()
        for coluna in tabela.c
        if isinstance(coluna.type, String | Text) and not isinstance(coluna.type, Codificada)
    }


def test_o_mapa_diz_de_cada_coluna_de_texto_e_so_delas() -> None:
    assert mapeadas(DOCUMENTO.read_text(encoding="utf-8")) == de_texto()


def test_coluna_que_o_mapa_esquece_se_percebe() -> None:
    """O controle: uma a menos no documento é uma a menos no mapa."""
    sem_o_email = DOCUMENTO.read_text(encoding="utf-8").replace(", `telefone`, `email` |", " |", 1)
    assert de_texto() - mapeadas(sem_o_email) == {("clientes", "telefone"), ("clientes", "email")}


def test_o_que_se_oculta_nos_eventos_existe() -> None:
    ditas = {(tabela, campo) for tabela, campos in OCULTOS.items() for campo in campos}
    assert ditas <= de_texto()
