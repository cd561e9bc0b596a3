"""O esquema inicial e a loja Matriz.

O SQL está à vista, um arquivo por banco. O MySQL confirma cada comando: a migração interrompida
se retoma pulando o que já existe.
"""

from pathlib import Path

from alembic import op
from sqlalchemy.exc import OperationalError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JA_EXISTE = {1050, 1061, 1826}  # tabela, índice e chave estrangeira
MATRIZ = (
    "INSERT INTO lojas (versao, nome, fuso) "
    "SELECT 1, 'Matriz', 'America/Sao_Paulo' "
    "FROM (SELECT COUNT(*) AS quantas FROM lojas) AS ja WHERE ja.quantas = 0"
)


def upgrade() -> None:
    conexao = op.get_bind()
    arquivo = Path(__file__).with_suffix(f".{conexao.dialect.name}.sql")
    for comando in arquivo.read_text(encoding="utf-8").split(";\n"):
        if not comando.strip():
            continue
        try:
            conexao.exec_driver_sql(comando)
        except OperationalError as erro:
            if erro.orig is None or erro.orig.args[0] not in JA_EXISTE:
                raise
    conexao.exec_driver_sql(MATRIZ)
