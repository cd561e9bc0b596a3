"""O esquema a que as migrações levam é o que as tabelas dizem, em cada banco."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

from oficina_core.banco.motor import abrir
from oficina_core.banco.tabelas import metadata
from tests.servidor_mysql import Servidor


@pytest.fixture
def conexao(url: str) -> Iterator[Connection]:
    """Um banco recém-migrado."""
    motor = abrir(url)
    with motor.connect() as conexao:
        yield conexao
    motor.dispose()


def _tipo(tipo: Any, conexao: Connection) -> str:
    """O tipo como o banco o escreve; a ordenação do texto é da tabela."""
    return re.sub(r" (COLLATE|CHARACTER SET) \w+", "", tipo.compile(conexao.dialect))


def _tipo_mudou(contexto: MigrationContext, *colunas_e_tipos: Any) -> bool:
    _, _, no_banco, na_tabela = colunas_e_tipos
    assert contexto.connection
    return _tipo(no_banco, contexto.connection) != _tipo(na_tabela, contexto.connection)


def test_o_esquema_migrado_e_o_das_tabelas(conexao: Connection) -> None:
    contexto = MigrationContext.configure(conexao, opts={"compare_type": _tipo_mudou})
    assert compare_metadata(contexto, metadata) == []
    assert set(inspect(conexao).get_table_names()) - {"alembic_version"} == set(metadata.tables)


def _nomes_na_tabela(nome: str) -> set[str]:
    tabela = metadata.tables[nome]
    regras = {str(regra.name) for regra in tabela.constraints if regra.name}
    return regras | {str(indice.name) for indice in tabela.indexes}


def _nomes_no_banco(conexao: Connection, nome: str) -> set[str]:
    banco = inspect(conexao)
    chaves = {chave["name"] for chave in banco.get_foreign_keys(nome)}
    indices = {indice["name"] for indice in banco.get_indexes(nome)}
    unicas = {unica["name"] for unica in banco.get_unique_constraints(nome)}
    condicoes = {condicao["name"] for condicao in banco.get_check_constraints(nome)}
    return {str(x) for x in chaves | indices | unicas | condicoes}


@pytest.mark.parametrize("nome", metadata.tables)
def test_indices_e_restricoes_tem_no_banco_o_nome_que_tem_nas_tabelas(
    conexao: Connection, nome: str
) -> None:
    """O MySQL chama toda chave primária de PRIMARY, e o SQLite não dá nome à de número só."""
    esperados = {x for x in _nomes_na_tabela(nome) if not x.startswith("pk_")}
    assert _nomes_no_banco(conexao, nome) == esperados


@pytest.mark.parametrize("nome", metadata.tables)
def test_indices_e_restricoes_guardam_as_mesmas_colunas(conexao: Connection, nome: str) -> None:
    banco, tabela = inspect(conexao), metadata.tables[nome]
    guardados = {i["name"]: i["column_names"] for i in banco.get_indexes(nome)}
    for indice in tabela.indexes:
        assert guardados[indice.name] == [coluna.name for coluna in indice.columns]
    chave = banco.get_pk_constraint(nome)["constrained_columns"]
    assert chave == [coluna.name for coluna in tabela.primary_key]
    for estrangeira in banco.get_foreign_keys(nome):
        apaga = estrangeira["options"].get("ondelete", "RESTRICT")
        assert apaga in ("RESTRICT", "NO ACTION"), "nada se apaga em cascata"


def test_as_condicoes_do_sqlite_sao_as_das_tabelas(url_sqlite: str) -> None:
    """O MySQL reescreve o texto delas; nele, vale o teste seguinte."""
    motor = abrir(url_sqlite)
    for nome, tabela in metadata.tables.items():
        no_banco = {c["name"]: c["sqltext"] for c in inspect(motor).get_check_constraints(nome)}
        na_tabela = {
            regra.name: str(regra.sqltext)  # type: ignore[attr-defined]
            for regra in tabela.constraints
            if str(regra.name).startswith("ck_")
        }
        assert no_banco == na_tabela
    motor.dispose()


def test_o_mysql_descreve_o_migrado_como_descreve_as_tabelas(
    url_mysql: str, mysql: Servidor
) -> None:
    """Linha a linha, que a ordem de quem entrou depois é outra."""
    nome = f"oficina_teste_esquema_{os.getpid()}"
    das_tabelas = abrir(mysql.criar_banco(nome))
    metadata.create_all(das_tabelas)
    migrado = abrir(url_mysql)
    for tabela in metadata.tables:
        assert _descricao(migrado, tabela) == _descricao(das_tabelas, tabela)
    migrado.dispose()
    das_tabelas.dispose()
    mysql.apagar_banco(nome)


def _descricao(motor: Engine, tabela: str) -> set[str]:
    with motor.connect() as conexao:
        comando = str(conexao.exec_driver_sql(f"SHOW CREATE TABLE {tabela}").one()[1])
    sem_proximo = re.sub(r" AUTO_INCREMENT=\d+", "", comando)
    return {linha.strip().rstrip(",") for linha in sem_proximo.splitlines()}


def test_as_tabelas_do_sqlite_sao_estritas_e_nao_reusam_numero(url_sqlite: str) -> None:
    motor = abrir(url_sqlite)
    with motor.connect() as conexao:
        comando = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        feitas = {linha.name: linha.sql for linha in conexao.execute(text(comando))}
    motor.dispose()
    for nome, tabela in metadata.tables.items():
        assert feitas[nome].rstrip().endswith("STRICT")
        assert ("AUTOINCREMENT" in feitas[nome]) == ("id" in tabela.c)


def test_o_texto_do_mysql_distingue_maiuscula_e_guarda_qualquer_letra(url_mysql: str) -> None:
    motor = abrir(url_mysql)
    with motor.connect() as conexao:
        comando = (
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND collation_name IS NOT NULL "
            "AND table_name <> 'alembic_version'"
        )
        assert conexao.execute(text(comando)).scalars().all() == ["utf8mb4_bin"]
        comando = (
            "SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        assert conexao.execute(text(comando)).scalars().all() == ["InnoDB"]
    motor.dispose()
