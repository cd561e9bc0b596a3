CREATE INDEX ix_clientes_telefone ON clientes (telefone);
