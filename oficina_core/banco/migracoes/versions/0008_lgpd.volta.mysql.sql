-- O que a ida ocultou nos eventos fica oculto.
ALTER TABLE clientes DROP COLUMN motivo_anonimizacao;

ALTER TABLE clientes DROP COLUMN anonimizado_em;

ALTER TABLE clientes DROP COLUMN exportado_em;
