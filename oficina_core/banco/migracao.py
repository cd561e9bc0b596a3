"""Como se escreve uma migração, e como ela se aplica.

A de número 0002 são cinco arquivos em `migracoes/versions/`: `0002_nome.py`, de dez linhas, como a
anterior, e o SQL à vista, o que vai (`0002_nome.sqlite.sql`, `0002_nome.mysql.sql`) e o que volta
(`0002_nome.volta.sqlite.sql`…), com `;` no fim da linha de cada comando. O que resulta é o esquema
de `tabelas.py`, e os testes comparam.

O MySQL confirma cada comando que muda o esquema; a migração que parou no meio roda de novo desde o
começo e pula o que já está feito; a que volta, antes de tudo, já se diz na revisão de baixo, e por
isso também o que parou no meio da volta se completa indo de novo. O que muda linhas diz em si mesmo
quando ainda vale, porque pode rodar duas vezes.

Migra-se com a oficina aberta: o que põe restrição em tabela que já há diz `ALGORITHM = INPLACE` e
`LOCK = NONE`, entre dois `SET SESSION foreign_key_checks`. Sem isso o servidor copia a tabela
inteira, e ninguém grava nela enquanto copia (meio milhão de linhas: 34 s e 7 GB; assim, 1 s).

O programa anterior ainda roda sobre o esquema novo, na troca de versão e na volta dela: a migração
só acrescenta, com padrão ou sem obrigar, e coluna não troca de nome. A que tira o que nenhuma
versão em uso usa começa por dizer a que programa o esquema ainda serve, e os testes o exigem:
`UPDATE alembic_version SET serve_desde = '0012';`.
"""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from oficina_core.banco.falhas import codigo

JA_FEITO = {
    1050,  # a tabela existe
    1051,  # a tabela já não existe
    1060,  # a coluna existe
    1061,  # o índice existe
    1068,  # a chave primária existe
    1091,  # a coluna, o índice ou a chave já não existe
    1826,  # a chave estrangeira existe
    3821,  # a condição já não existe
    3822,  # a condição existe
    3940,  # a restrição já não existe
}
SEM_TABELA = 1005  # a tabela não se consegue criar ou mudar


def aplicar(migracao: str) -> None:
    """Roda o SQL que acompanha o arquivo da migração, no banco da conexão."""
    _rodar(op.get_bind(), Path(migracao), "")


def desfazer(conexao: Connection, migracao: Path) -> None:
    """Roda o SQL que volta da migração; o que só ela guardava se perde."""
    _rodar(conexao, migracao, ".volta")


def _rodar(conexao: Connection, migracao: Path, sentido: str) -> None:
    arquivo = migracao.with_suffix(f"{sentido}.{conexao.dialect.name}.sql")
    for comando in arquivo.read_text(encoding="utf-8").split(";\n"):
        if not comando.strip():
            continue
        try:
            conexao.exec_driver_sql(comando, execution_options={"no_parameters": True})
        except DBAPIError as erro:
            if not _ja_feito(erro):
                raise


def _ja_feito(erro: DBAPIError) -> bool:
    """O MariaDB diz da chave estrangeira repetida como de outros erros, e só o texto distingue."""
    repetida = codigo(erro) == SEM_TABELA and "errno: 121" in str(erro.orig)
    return repetida or codigo(erro) in JA_FEITO
