CREATE TABLE tentativas (
  chave TEXT NOT NULL,
  falhas INTEGER NOT NULL,
  ultima TEXT NOT NULL,
  CONSTRAINT pk_tentativas PRIMARY KEY (chave)
)
 STRICT;

CREATE TABLE codigos (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  cliente_id INTEGER NOT NULL,
  resumo TEXT NOT NULL,
  falhas INTEGER NOT NULL,
  vale_ate TEXT NOT NULL,
  usado_em TEXT,
  CONSTRAINT fk_codigos_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id)
)
 STRICT;

CREATE INDEX ix_codigos_cliente_id_id ON codigos (cliente_id, id);

CREATE TABLE links_aprovacao (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  orcamento_id INTEGER NOT NULL,
  resumo TEXT NOT NULL,
  conteudo TEXT NOT NULL,
  vale_ate TEXT NOT NULL,
  criado_em TEXT NOT NULL,
  decidido_em TEXT,
  decidido_de TEXT,
  mostrado TEXT,
  CONSTRAINT uq_links_aprovacao_resumo UNIQUE (resumo),
  CONSTRAINT fk_links_aprovacao_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id)
)
 STRICT;

CREATE INDEX ix_links_aprovacao_orcamento_id_criado_em ON links_aprovacao (orcamento_id, criado_em);

CREATE TABLE caixa_saida (
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

CREATE INDEX ix_caixa_saida_cliente_id_id ON caixa_saida (cliente_id, id);

CREATE INDEX ix_caixa_saida_situacao_proxima_em_id ON caixa_saida (situacao, proxima_em, id);
