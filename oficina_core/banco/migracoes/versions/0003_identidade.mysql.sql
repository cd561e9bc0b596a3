CREATE TABLE tentativas (
  chave VARCHAR(64) NOT NULL,
  falhas BIGINT NOT NULL,
  ultima DATETIME(6) NOT NULL,
  CONSTRAINT pk_tentativas PRIMARY KEY (chave)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE codigos (
  id BIGINT NOT NULL AUTO_INCREMENT,
  cliente_id BIGINT NOT NULL,
  resumo VARCHAR(64) NOT NULL,
  falhas BIGINT NOT NULL,
  vale_ate DATETIME(6) NOT NULL,
  usado_em DATETIME(6),
  CONSTRAINT pk_codigos PRIMARY KEY (id),
  CONSTRAINT fk_codigos_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_codigos_cliente_id_id ON codigos (cliente_id, id);

CREATE TABLE links_aprovacao (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  orcamento_id BIGINT NOT NULL,
  resumo VARCHAR(64) NOT NULL,
  conteudo VARCHAR(64) NOT NULL,
  vale_ate DATETIME(6) NOT NULL,
  criado_em DATETIME(6) NOT NULL,
  decidido_em DATETIME(6),
  decidido_de VARCHAR(45),
  mostrado MEDIUMTEXT,
  CONSTRAINT pk_links_aprovacao PRIMARY KEY (id),
  CONSTRAINT uq_links_aprovacao_resumo UNIQUE (resumo),
  CONSTRAINT fk_links_aprovacao_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_links_aprovacao_orcamento_id_criado_em ON links_aprovacao (orcamento_id, criado_em);

CREATE TABLE caixa_saida (
  id BIGINT NOT NULL AUTO_INCREMENT,
  tipo VARCHAR(24) NOT NULL,
  cliente_id BIGINT NOT NULL,
  orcamento_id BIGINT,
  situacao VARCHAR(24) NOT NULL,
  falhas BIGINT NOT NULL,
  proxima_em DATETIME(6) NOT NULL,
  criado_em DATETIME(6) NOT NULL,
  CONSTRAINT pk_caixa_saida PRIMARY KEY (id),
  CONSTRAINT fk_caixa_saida_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id),
  CONSTRAINT fk_caixa_saida_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_caixa_saida_cliente_id_id ON caixa_saida (cliente_id, id);

CREATE INDEX ix_caixa_saida_situacao_proxima_em_id ON caixa_saida (situacao, proxima_em, id);
