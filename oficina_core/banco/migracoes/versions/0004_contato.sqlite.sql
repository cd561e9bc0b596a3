ALTER TABLE clientes ADD COLUMN contato_em TEXT;

ALTER TABLE funcionarios ADD COLUMN senha_em TEXT;

CREATE TABLE caixa_saida_nova (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  tipo TEXT NOT NULL,
  cliente_id INTEGER NOT NULL,
  loja_id INTEGER,
  orcamento_id INTEGER,
  link_id INTEGER,
  email TEXT,
  telefone TEXT,
  situacao TEXT NOT NULL,
  falhas INTEGER NOT NULL,
  proxima_em TEXT NOT NULL,
  criado_em TEXT NOT NULL,
  CONSTRAINT fk_caixa_saida_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id),
  CONSTRAINT fk_caixa_saida_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_caixa_saida_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id),
  CONSTRAINT fk_caixa_saida_link_id FOREIGN KEY(link_id) REFERENCES links_aprovacao (id)
)
 STRICT;

INSERT INTO caixa_saida_nova
(id, tipo, cliente_id, loja_id, orcamento_id, situacao, falhas, proxima_em, criado_em)
SELECT m.id, m.tipo, m.cliente_id, o.loja_id, m.orcamento_id, m.situacao, m.falhas, m.proxima_em,
  m.criado_em
FROM caixa_saida m LEFT JOIN orcamentos o ON o.id = m.orcamento_id;

DROP TABLE caixa_saida;

ALTER TABLE caixa_saida_nova RENAME TO caixa_saida;

CREATE INDEX ix_caixa_saida_cliente_id_id ON caixa_saida (cliente_id, id);

CREATE INDEX ix_caixa_saida_situacao_proxima_em_id ON caixa_saida (situacao, proxima_em, id);

CREATE INDEX ix_caixa_saida_situacao_id ON caixa_saida (situacao, id);

CREATE INDEX ix_caixa_saida_loja_id_id ON caixa_saida (loja_id, id);

CREATE INDEX ix_caixa_saida_loja_id_situacao_id ON caixa_saida (loja_id, situacao, id);

CREATE INDEX ix_codigos_vale_ate ON codigos (vale_ate);

CREATE INDEX ix_tentativas_ultima ON tentativas (ultima);
