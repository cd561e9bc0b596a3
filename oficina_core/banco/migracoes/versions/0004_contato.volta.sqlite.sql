DROP INDEX ix_tentativas_ultima;

DROP INDEX ix_codigos_vale_ate;

CREATE TABLE caixa_saida_antiga (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  tipo TEXT NOT NULL,
  cliente_id INTEGER NOT NULL,
  orcamento_id INTEGER,
  situacao TEXT NOT NULL,
  falhas INTEGER NOT NULL,
  proxima_em TEXT NOT NULL,
  criado_em TEXT NOT NULL,
  CONSTRAINT fk_caixa_saida_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id),
  CONSTRAINT fk_caixa_saida_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id)
)
 STRICT;

INSERT INTO caixa_saida_antiga
(id, tipo, cliente_id, orcamento_id, situacao, falhas, proxima_em, criado_em)
SELECT id, tipo, cliente_id, orcamento_id, situacao, falhas, proxima_em, criado_em
FROM caixa_saida ORDER BY id;

DROP TABLE caixa_saida;

ALTER TABLE caixa_saida_antiga RENAME TO caixa_saida;

CREATE INDEX ix_caixa_saida_cliente_id_id ON caixa_saida (cliente_id, id);

CREATE INDEX ix_caixa_saida_situacao_proxima_em_id ON caixa_saida (situacao, proxima_em, id);

ALTER TABLE funcionarios DROP COLUMN senha_em;

ALTER TABLE clientes DROP COLUMN contato_em;
