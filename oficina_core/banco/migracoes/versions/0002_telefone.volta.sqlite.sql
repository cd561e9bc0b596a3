DROP INDEX ix_clientes_telefone;
