DROP INDEX ix_clientes_telefone ON clientes;
