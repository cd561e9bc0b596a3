CREATE TABLE lojas (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  nome VARCHAR(60) NOT NULL,
  fuso VARCHAR(60) NOT NULL,
  CONSTRAINT pk_lojas PRIMARY KEY (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE clientes (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  ativo SMALLINT NOT NULL,
  busca VARCHAR(200) NOT NULL,
  tipo VARCHAR(24) NOT NULL,
  documento VARCHAR(14),
  nome VARCHAR(120) NOT NULL,
  email VARCHAR(254),
  telefone VARCHAR(16),
  criado_em DATETIME(6) NOT NULL,
  CONSTRAINT pk_clientes PRIMARY KEY (id),
  CONSTRAINT uq_clientes_documento UNIQUE (documento)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_clientes_busca_id ON clientes (busca, id);

CREATE TABLE servicos (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  ativo SMALLINT NOT NULL,
  busca VARCHAR(200) NOT NULL,
  codigo VARCHAR(30) NOT NULL,
  nome VARCHAR(120) NOT NULL,
  preco BIGINT NOT NULL,
  tempo_estimado BIGINT NOT NULL,
  CONSTRAINT pk_servicos PRIMARY KEY (id),
  CONSTRAINT uq_servicos_codigo UNIQUE (codigo),
  CONSTRAINT ck_servicos_preco CHECK (preco >= 0)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE pecas (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  ativo SMALLINT NOT NULL,
  busca VARCHAR(200) NOT NULL,
  codigo VARCHAR(30) NOT NULL,
  nome VARCHAR(120) NOT NULL,
  unidade VARCHAR(24) NOT NULL,
  preco BIGINT NOT NULL,
  CONSTRAINT pk_pecas PRIMARY KEY (id),
  CONSTRAINT uq_pecas_codigo UNIQUE (codigo),
  CONSTRAINT ck_pecas_preco CHECK (preco >= 0)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE kits (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  ativo SMALLINT NOT NULL,
  busca VARCHAR(200) NOT NULL,
  codigo VARCHAR(30) NOT NULL,
  nome VARCHAR(120) NOT NULL,
  CONSTRAINT pk_kits PRIMARY KEY (id),
  CONSTRAINT uq_kits_codigo UNIQUE (codigo)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE eventos (
  id BIGINT NOT NULL AUTO_INCREMENT,
  loja_id BIGINT,
  entidade VARCHAR(30) NOT NULL,
  entidade_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  acao VARCHAR(60) NOT NULL,
  diferenca MEDIUMTEXT NOT NULL,
  ator_tipo VARCHAR(24) NOT NULL,
  ator_id BIGINT,
  ator_nome VARCHAR(120) NOT NULL,
  requisicao VARCHAR(64),
  em DATETIME(6) NOT NULL,
  CONSTRAINT pk_eventos PRIMARY KEY (id),
  CONSTRAINT uq_eventos_entidade_entidade_id_seq UNIQUE (entidade, entidade_id, seq)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_eventos_loja_id_id ON eventos (loja_id, id);

CREATE TABLE parametros (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  nome VARCHAR(40) NOT NULL,
  valor BIGINT NOT NULL,
  CONSTRAINT pk_parametros PRIMARY KEY (id),
  CONSTRAINT uq_parametros_nome UNIQUE (nome)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE idempotencia (
  quem VARCHAR(40) NOT NULL,
  caso VARCHAR(60) NOT NULL,
  chave VARCHAR(64) NOT NULL,
  resumo VARCHAR(64) NOT NULL,
  resposta MEDIUMTEXT,
  criado_em DATETIME(6) NOT NULL,
  CONSTRAINT pk_idempotencia PRIMARY KEY (quem, caso, chave)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_idempotencia_criado_em ON idempotencia (criado_em);

CREATE TABLE funcionarios (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  ativo SMALLINT NOT NULL,
  busca VARCHAR(200) NOT NULL,
  cpf VARCHAR(11) NOT NULL,
  nome VARCHAR(120) NOT NULL,
  email VARCHAR(254),
  papel VARCHAR(24) NOT NULL,
  loja_id BIGINT,
  senha_hash VARCHAR(200),
  CONSTRAINT pk_funcionarios PRIMARY KEY (id),
  CONSTRAINT uq_funcionarios_cpf UNIQUE (cpf),
  CONSTRAINT fk_funcionarios_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE veiculos (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  ativo SMALLINT NOT NULL,
  busca VARCHAR(200) NOT NULL,
  placa VARCHAR(7) NOT NULL,
  placa_canonica VARCHAR(7) NOT NULL,
  marca VARCHAR(40) NOT NULL,
  modelo VARCHAR(60) NOT NULL,
  ano BIGINT,
  cor VARCHAR(30),
  km BIGINT,
  cliente_id BIGINT NOT NULL,
  CONSTRAINT pk_veiculos PRIMARY KEY (id),
  CONSTRAINT uq_veiculos_placa_canonica UNIQUE (placa_canonica),
  CONSTRAINT fk_veiculos_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_veiculos_cliente_id ON veiculos (cliente_id);

CREATE TABLE kit_itens (
  id BIGINT NOT NULL AUTO_INCREMENT,
  kit_id BIGINT NOT NULL,
  servico_id BIGINT,
  peca_id BIGINT,
  quantidade BIGINT NOT NULL,
  CONSTRAINT pk_kit_itens PRIMARY KEY (id),
  CONSTRAINT ck_kit_itens_quantidade CHECK (quantidade > 0),
  CONSTRAINT ck_kit_itens_um_so CHECK ((servico_id IS NULL) <> (peca_id IS NULL)),
  CONSTRAINT fk_kit_itens_kit_id FOREIGN KEY(kit_id) REFERENCES kits (id),
  CONSTRAINT fk_kit_itens_servico_id FOREIGN KEY(servico_id) REFERENCES servicos (id),
  CONSTRAINT fk_kit_itens_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_kit_itens_kit_id ON kit_itens (kit_id);

CREATE TABLE estoques (
  loja_id BIGINT NOT NULL,
  peca_id BIGINT NOT NULL,
  estoque BIGINT NOT NULL,
  reservado BIGINT NOT NULL,
  custo BIGINT,
  minimo BIGINT NOT NULL,
  localizacao VARCHAR(30),
  prateleira BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  CONSTRAINT pk_estoques PRIMARY KEY (loja_id, peca_id),
  CONSTRAINT ck_estoques_estoque CHECK (estoque >= 0),
  CONSTRAINT ck_estoques_reservado CHECK (reservado >= 0 AND reservado <= estoque),
  CONSTRAINT fk_estoques_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_estoques_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE ordens_servico (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  loja_id BIGINT NOT NULL,
  veiculo_id BIGINT NOT NULL,
  cliente_id BIGINT NOT NULL,
  orcamento_id BIGINT,
  status VARCHAR(24) NOT NULL,
  queixa VARCHAR(1000) NOT NULL,
  km_entrada BIGINT,
  km_saida BIGINT,
  mecanico_id BIGINT,
  motivo_cancelamento VARCHAR(1000),
  data_inicio DATETIME(6),
  data_fim DATETIME(6),
  criado_em DATETIME(6) NOT NULL,
  CONSTRAINT pk_ordens_servico PRIMARY KEY (id),
  CONSTRAINT uq_ordens_servico_orcamento_id UNIQUE (orcamento_id),
  CONSTRAINT fk_ordens_servico_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_ordens_servico_veiculo_id FOREIGN KEY(veiculo_id) REFERENCES veiculos (id),
  CONSTRAINT fk_ordens_servico_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id),
  CONSTRAINT fk_ordens_servico_mecanico_id FOREIGN KEY(mecanico_id) REFERENCES funcionarios (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_ordens_servico_veiculo_id_criado_em ON ordens_servico (veiculo_id, criado_em);

CREATE INDEX ix_ordens_servico_loja_id_status_criado_em_id ON ordens_servico (loja_id, status, criado_em, id);

CREATE INDEX ix_ordens_servico_mecanico_id_status_criado_em_id ON ordens_servico (mecanico_id, status, criado_em, id);

CREATE INDEX ix_ordens_servico_cliente_id_criado_em ON ordens_servico (cliente_id, criado_em);

CREATE TABLE orcamentos (
  id BIGINT NOT NULL AUTO_INCREMENT,
  versao BIGINT NOT NULL,
  loja_id BIGINT NOT NULL,
  veiculo_id BIGINT NOT NULL,
  cliente_id BIGINT NOT NULL,
  ordem_id BIGINT,
  complementar_de BIGINT,
  revisao BIGINT NOT NULL,
  substitui_id BIGINT,
  descricao VARCHAR(200) NOT NULL,
  status VARCHAR(24) NOT NULL,
  valor_total BIGINT NOT NULL,
  valor_aprovado BIGINT,
  validade DATE,
  motivo VARCHAR(1000),
  decidido_por VARCHAR(120),
  decidido_em DATETIME(6),
  decidido_meio VARCHAR(24),
  criado_em DATETIME(6) NOT NULL,
  CONSTRAINT pk_orcamentos PRIMARY KEY (id),
  CONSTRAINT uq_orcamentos_substitui_id UNIQUE (substitui_id),
  CONSTRAINT ck_orcamentos_status CHECK (status <> 'EXPIRADO'),
  CONSTRAINT ck_orcamentos_valor_total CHECK (valor_total >= 0),
  CONSTRAINT fk_orcamentos_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_orcamentos_veiculo_id FOREIGN KEY(veiculo_id) REFERENCES veiculos (id),
  CONSTRAINT fk_orcamentos_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id),
  CONSTRAINT fk_orcamentos_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id),
  CONSTRAINT fk_orcamentos_complementar_de FOREIGN KEY(complementar_de) REFERENCES orcamentos (id),
  CONSTRAINT fk_orcamentos_substitui_id FOREIGN KEY(substitui_id) REFERENCES orcamentos (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_orcamentos_ordem_id ON orcamentos (ordem_id);

CREATE INDEX ix_orcamentos_loja_id_id ON orcamentos (loja_id, id);

CREATE INDEX ix_orcamentos_loja_id_status_id ON orcamentos (loja_id, status, id);

CREATE INDEX ix_orcamentos_veiculo_id_id ON orcamentos (veiculo_id, id);

CREATE INDEX ix_orcamentos_cliente_id_id ON orcamentos (cliente_id, id);

CREATE TABLE movimentos_estoque (
  id BIGINT NOT NULL AUTO_INCREMENT,
  loja_id BIGINT NOT NULL,
  peca_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  delta BIGINT NOT NULL,
  saldo_apos BIGINT NOT NULL,
  custo_unitario BIGINT,
  causa VARCHAR(24) NOT NULL,
  motivo VARCHAR(1000),
  ordem_id BIGINT,
  estorno_de BIGINT,
  ator VARCHAR(120) NOT NULL,
  em DATETIME(6) NOT NULL,
  CONSTRAINT pk_movimentos_estoque PRIMARY KEY (id),
  CONSTRAINT uq_movimentos_estoque_loja_id_peca_id_seq UNIQUE (loja_id, peca_id, seq),
  CONSTRAINT uq_movimentos_estoque_estorno_de UNIQUE (estorno_de),
  CONSTRAINT ck_movimentos_estoque_delta CHECK (delta <> 0 AND saldo_apos >= 0),
  CONSTRAINT fk_movimentos_estoque_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_movimentos_estoque_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id),
  CONSTRAINT fk_movimentos_estoque_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id),
  CONSTRAINT fk_movimentos_estoque_estorno_de FOREIGN KEY(estorno_de) REFERENCES movimentos_estoque (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_movimentos_estoque_ordem_id ON movimentos_estoque (ordem_id);

CREATE INDEX ix_movimentos_estoque_loja_id_id ON movimentos_estoque (loja_id, id);

CREATE TABLE pagamentos (
  id BIGINT NOT NULL AUTO_INCREMENT,
  ordem_id BIGINT NOT NULL,
  forma VARCHAR(24) NOT NULL,
  valor BIGINT NOT NULL,
  em DATETIME(6) NOT NULL,
  ator VARCHAR(120) NOT NULL,
  estorno_de BIGINT,
  CONSTRAINT pk_pagamentos PRIMARY KEY (id),
  CONSTRAINT uq_pagamentos_estorno_de UNIQUE (estorno_de),
  CONSTRAINT fk_pagamentos_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id),
  CONSTRAINT fk_pagamentos_estorno_de FOREIGN KEY(estorno_de) REFERENCES pagamentos (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_pagamentos_ordem_id ON pagamentos (ordem_id);

CREATE TABLE anotacoes (
  id BIGINT NOT NULL AUTO_INCREMENT,
  ordem_id BIGINT NOT NULL,
  texto VARCHAR(1000) NOT NULL,
  ator VARCHAR(120) NOT NULL,
  em DATETIME(6) NOT NULL,
  CONSTRAINT pk_anotacoes PRIMARY KEY (id),
  CONSTRAINT fk_anotacoes_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_anotacoes_ordem_id ON anotacoes (ordem_id);

CREATE TABLE orcamento_itens (
  id BIGINT NOT NULL AUTO_INCREMENT,
  orcamento_id BIGINT NOT NULL,
  tipo VARCHAR(24) NOT NULL,
  servico_id BIGINT,
  peca_id BIGINT,
  descricao VARCHAR(120) NOT NULL,
  unidade VARCHAR(24) NOT NULL,
  preco_unitario BIGINT NOT NULL,
  quantidade BIGINT NOT NULL,
  desconto BIGINT NOT NULL,
  total BIGINT NOT NULL,
  status VARCHAR(24) NOT NULL,
  motivo VARCHAR(1000),
  reservada BIGINT NOT NULL,
  usada BIGINT,
  CONSTRAINT pk_orcamento_itens PRIMARY KEY (id),
  CONSTRAINT ck_orcamento_itens_quantidade CHECK (quantidade > 0),
  CONSTRAINT ck_orcamento_itens_total CHECK (total >= 0 AND desconto >= 0),
  CONSTRAINT ck_orcamento_itens_reservada CHECK (reservada >= 0 AND reservada <= quantidade),
  CONSTRAINT ck_orcamento_itens_usada CHECK (usada IS NULL OR (usada >= 0 AND usada <= quantidade)),
  CONSTRAINT ck_orcamento_itens_um_so CHECK ((servico_id IS NULL) <> (peca_id IS NULL)),
  CONSTRAINT fk_orcamento_itens_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id),
  CONSTRAINT fk_orcamento_itens_servico_id FOREIGN KEY(servico_id) REFERENCES servicos (id),
  CONSTRAINT fk_orcamento_itens_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_orcamento_itens_peca_id_status ON orcamento_itens (peca_id, status);

CREATE INDEX ix_orcamento_itens_orcamento_id_id ON orcamento_itens (orcamento_id, id);

ALTER TABLE ordens_servico ADD CONSTRAINT fk_ordens_servico_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id);

INSERT INTO lojas (versao, nome, fuso)
SELECT 1, 'Matriz', 'America/Sao_Paulo'
FROM (SELECT COUNT(*) AS quantas FROM lojas) AS ja WHERE ja.quantas = 0;
