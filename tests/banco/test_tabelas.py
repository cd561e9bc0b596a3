"""As tabelas guardam as entidades campo a campo, e o SQL do banco se escreve de um jeito só."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import DateTime, Enum, Float, Numeric, Table
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.schema import CreateTable

import oficina_core
from oficina_core.banco import tabelas
from oficina_core.banco.tabelas import metadata
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.codigo import Codigo
from oficina_core.dominio.estoque import Movimento, Saldo
from oficina_core.dominio.evento import Evento
from oficina_core.dominio.funcionario import Funcionario
from oficina_core.dominio.kit import ItemKit, Kit
from oficina_core.dominio.link import LinkAprovacao
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.mensagem import Mensagem
from oficina_core.dominio.orcamento import ItemOrcamento, Orcamento
from oficina_core.dominio.ordem import Anotacao, OrdemServico
from oficina_core.dominio.pagamento import Pagamento
from oficina_core.dominio.parametros import Parametro
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.servico import Servico
from oficina_core.dominio.tentativa import Tentativa
from oficina_core.dominio.veiculo import Veiculo

MYSQL, SQLITE = mysql.dialect(), sqlite.dialect()
NUCLEO = Path(oficina_core.__file__).parent

GUARDA: dict[type, Table] = {
    Loja: tabelas.lojas,
    Cliente: tabelas.clientes,
    Funcionario: tabelas.funcionarios,
    Veiculo: tabelas.veiculos,
    Servico: tabelas.servicos,
    Peca: tabelas.pecas,
    Kit: tabelas.kits,
    ItemKit: tabelas.kit_itens,
    Saldo: tabelas.estoques,
    OrdemServico: tabelas.ordens,
    Orcamento: tabelas.orcamentos,
    ItemOrcamento: tabelas.orcamento_itens,
    Movimento: tabelas.movimentos,
    Pagamento: tabelas.pagamentos,
    Anotacao: tabelas.anotacoes,
    Evento: tabelas.eventos,
    Parametro: tabelas.parametros,
    Tentativa: tabelas.tentativas,
    Codigo: tabelas.codigos,
    LinkAprovacao: tabelas.links,
    Mensagem: tabelas.mensagens,
}
SEM_ENTIDADE = {"idempotencia", "origens"}
FILHOS = "itens"
# O que a tabela sabe e a entidade não: de quem é a linha e o número dela.
SO_NA_TABELA: dict[type, set[str]] = {
    ItemKit: {"id", "kit_id"},
    ItemOrcamento: {"orcamento_id"},
}


def test_toda_tabela_guarda_uma_entidade_ou_se_sabe_por_que_nao() -> None:
    assert {tabela.name for tabela in GUARDA.values()} | SEM_ENTIDADE == set(metadata.tables)


@pytest.mark.parametrize("entidade", GUARDA, ids=lambda tipo: tipo.__name__)
def test_cada_campo_tem_a_sua_coluna_e_cada_coluna_o_seu_campo(entidade: type) -> None:
    campos = {campo.name for campo in fields(entidade) if campo.init} - {FILHOS}
    colunas = {coluna.name for coluna in GUARDA[entidade].c} - {"busca"}
    assert campos == colunas - SO_NA_TABELA.get(entidade, set())


@pytest.mark.parametrize("tabela", metadata.tables.values(), ids=lambda t: t.name)
def test_toda_tabela_tem_chave_e_nada_se_apaga_em_cascata(tabela: Table) -> None:
    assert tabela.primary_key.columns
    for chave in tabela.foreign_key_constraints:
        assert chave.ondelete is None
        assert chave.onupdate is None
        assert chave.name


@pytest.mark.parametrize("tabela", metadata.tables.values(), ids=lambda t: t.name)
def test_o_banco_so_guarda_inteiro_texto_dia_e_instante(tabela: Table) -> None:
    """Nem ENUM, que só o ALTER muda, nem DECIMAL ou FLOAT, que cada banco arredonda a seu modo."""
    for coluna in tabela.c:
        for dialeto in (MYSQL, SQLITE):
            guardado = coluna.type.dialect_impl(dialeto)
            guardado = getattr(guardado, "impl", guardado)
            assert not isinstance(guardado, Enum | Numeric | Float), coluna
            if isinstance(guardado, DateTime):
                assert getattr(guardado, "fsp", None) == 6, coluna


@pytest.mark.parametrize("tabela", metadata.tables.values(), ids=lambda t: t.name)
def test_as_tabelas_sao_estritas_em_cada_banco(tabela: Table) -> None:
    no_sqlite = str(CreateTable(tabela).compile(dialect=SQLITE))
    no_mysql = str(CreateTable(tabela).compile(dialect=MYSQL))
    assert no_sqlite.rstrip().endswith("STRICT")
    assert "ENGINE=InnoDB" in no_mysql
    assert "COLLATE utf8mb4_bin" in no_mysql
    if "id" in tabela.c:
        assert "AUTOINCREMENT" in no_sqlite, "um número apagado voltaria a ser usado"


def _modulos(pasta: Path = NUCLEO) -> Iterator[tuple[Path, ast.Module]]:
    achados = sorted(pasta.rglob("*.py"))
    assert len(achados) > 5
    for caminho in achados:
        yield caminho.relative_to(NUCLEO), ast.parse(caminho.read_text(encoding="utf-8"))


def _importa_orm(no: ast.AST) -> bool:
    match no:
        case ast.Import(names=nomes):
            return any(nome.name.startswith("sqlalchemy.orm") for nome in nomes)
        case ast.ImportFrom(module=modulo, names=nomes):
            de = modulo or ""
            com_nome = de == "sqlalchemy" and any(nome.name == "orm" for nome in nomes)
            return de.startswith("sqlalchemy.orm") or com_nome
    return False


def test_o_nucleo_nao_usa_orm_nem_trava_linha_lendo() -> None:
    """O FOR UPDATE do que já se leu vende o que não há; aqui só se trava gravando."""
    for caminho, arvore in _modulos():
        for no in ast.walk(arvore):
            assert not _importa_orm(no), f"{caminho}:{getattr(no, 'lineno', 0)} usa o ORM"
            assert not (isinstance(no, ast.Attribute) and no.attr == "with_for_update"), caminho
            assert not (
                isinstance(no, ast.Constant)
                and isinstance(no.value, str)
                and "FOR UPDATE" in no.value.upper()
            ), caminho


def test_so_o_motor_abre_transacao() -> None:
    """O `begin` do SQLAlchemy não pega a vez no SQLite: quem o chamasse gravaria sem transação."""
    for caminho, arvore in _modulos():
        for no in ast.walk(arvore):
            if isinstance(no, ast.Attribute) and no.attr in {"begin", "begin_nested"}:
                assert caminho.as_posix() == "banco/motor.py", f"{caminho}:{no.lineno}"


EXECUTAM = {"execute", "exec_driver_sql", "scalar", "scalars", "text"}
# SQL de texto feito em execução: só com constantes do próprio módulo.
MONTADOS_DE_CONSTANTES = {
    "banco/motor.py": "_contratar",  # o contrato da sessão
    "banco/migracao.py": "aplicar",  # os arquivos .sql
}


def _montado(no: ast.expr) -> bool:
    """Texto que não está escrito ali: f-string, soma, %, format ou join."""
    match no:
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace")):
            return True
    return False


def test_nenhum_comando_sql_se_monta_com_texto() -> None:
    """Valor que vira texto de SQL é porta de injeção: valores vão por parâmetro."""
    for caminho, arvore in _modulos():
        for funcao in ast.walk(arvore):
            if not isinstance(funcao, ast.FunctionDef):
                continue
            if MONTADOS_DE_CONSTANTES.get(str(caminho)) == funcao.name:
                continue
            for no in ast.walk(funcao):
                if isinstance(no, ast.Call) and _nome(no.func) in EXECUTAM and no.args:
                    assert not _montado(no.args[0]), f"{caminho}:{no.lineno} monta SQL com texto"


def _nome(no: ast.expr) -> str:
    return no.attr if isinstance(no, ast.Attribute) else getattr(no, "id", "")


def test_so_o_banco_escreve_sql_a_mao() -> None:
    """`text`, `literal_column` e o comando cru do driver, contados por módulo."""
    crus: set[str] = set()
    for caminho, arvore in _modulos():
        for no in ast.walk(arvore):
            if isinstance(no, ast.Call) and _nome(no.func) in (
                "text",
                "literal_column",
                "exec_driver_sql",
            ):
                crus.add(str(caminho))
    assert crus <= {
        "banco/contas.py",  # CREATE USER e GRANT
        "banco/lote.py",  # o SQL é o que o SQLAlchemy compila
        "banco/lugar.py",
        "banco/exame.py",
        "banco/manutencao.py",
        "banco/migracao.py",
        "banco/motor.py",
        "banco/restauracao.py",
        "banco/verificacao.py",
    }


def test_o_que_a_verificacao_pergunta_e_constante() -> None:
    """As consultas de REGRAS são texto escrito no módulo, sem nada que venha de fora."""
    arvore = ast.parse((NUCLEO / "banco/regras.py").read_text(encoding="utf-8"))
    regras = [
        no for no in ast.walk(arvore) if isinstance(no, ast.Call) and _nome(no.func) == "Regra"
    ]
    assert regras
    for regra in regras:
        assert all(isinstance(campo.value, ast.Constant) for campo in regra.keywords)
