"""Como se escreve uma migração, e como ela se aplica.

A de número 0002 são três arquivos em `migracoes/versions/`: `0002_nome.py`, de dez linhas, como a
anterior, e o SQL à vista, `0002_nome.sqlite.sql` e `0002_nome.mysql.sql`, com `;` no fim da linha
de cada comando. O que resulta é o esquema de `tabelas.py`, e os testes comparam.

O MySQL confirma cada comando que muda o esquema; a migração que parou no meio roda de novo desde o
começo e pula o que já está feito. O que muda linhas diz em si mesmo quando ainda vale, porque pode
rodar duas vezes. E, como o programa anterior ainda roda sobre o esquema novo, coluna não troca de
nome: cria-se outra.
"""

from pathlib import Path

from alembic import op
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


def aplicar(migracao: str) -> None:
    """Roda o SQL que acompanha o arquivo da migração, no banco da conexão."""
    conexao = op.get_bind()
    arquivo = Path(migracao).with_suffix(f".{conexao.dialect.name}.sql")
    for comando in arquivo.read_text(encoding="utf-8").split(";\n"):
        if not comando.strip():
            continue
        try:
            conexao.exec_driver_sql(comando, execution_options={"no_parameters": True})
        except DBAPIError as erro:
            if codigo(erro) not in JA_FEITO:
                raise
