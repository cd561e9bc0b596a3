"""O ambiente do Alembic: a conexão vem de `manutencao`, já na transação dela."""

from alembic import context

context.configure(connection=context.config.attributes["conexao"], transactional_ddl=False)
context.run_migrations()
