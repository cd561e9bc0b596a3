CREATE TABLE lojas (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  nome TEXT NOT NULL,
  fuso TEXT NOT NULL
)
 STRICT;

CREATE TABLE clientes (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  ativo INTEGER NOT NULL,
  busca TEXT NOT NULL,
  tipo TEXT NOT NULL,
  documento TEXT,
  nome TEXT NOT NULL,
  email TEXT,
  telefone TEXT,
  criado_em TEXT NOT NULL,
  CONSTRAINT uq_clientes_documento UNIQUE (documento)
)
 STRICT;

CREATE INDEX ix_clientes_busca_id ON clientes (busca, id);

CREATE TABLE servicos (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  ativo INTEGER NOT NULL,
  busca TEXT NOT NULL,
  codigo TEXT NOT NULL,
  nome TEXT NOT NULL,
  preco INTEGER NOT NULL,
  tempo_estimado INTEGER NOT NULL,
  CONSTRAINT uq_servicos_codigo UNIQUE (codigo),
  CONSTRAINT ck_servicos_preco CHECK (preco >= 0)
)
 STRICT;

CREATE TABLE pecas (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  ativo INTEGER NOT NULL,
  busca TEXT NOT NULL,
  codigo TEXT NOT NULL,
  nome TEXT NOT NULL,
  unidade TEXT NOT NULL,
  preco INTEGER NOT NULL,
  CONSTRAINT uq_pecas_codigo UNIQUE (codigo),
  CONSTRAINT ck_pecas_preco CHECK (preco >= 0)
)
 STRICT;

CREATE TABLE kits (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  ativo INTEGER NOT NULL,
  busca TEXT NOT NULL,
  codigo TEXT NOT NULL,
  nome TEXT NOT NULL,
  CONSTRAINT uq_kits_codigo UNIQUE (codigo)
)
 STRICT;

CREATE TABLE eventos (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  loja_id INTEGER,
  entidade TEXT NOT NULL,
  entidade_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  acao TEXT NOT NULL,
  diferenca TEXT NOT NULL,
  ator_tipo TEXT NOT NULL,
  ator_id INTEGER,
  ator_nome TEXT NOT NULL,
  requisicao TEXT,
  em TEXT NOT NULL,
  CONSTRAINT uq_eventos_entidade_entidade_id_seq UNIQUE (entidade, entidade_id, seq)
)
 STRICT;

CREATE INDEX ix_eventos_loja_id_id ON eventos (loja_id, id);

CREATE TABLE parametros (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  nome TEXT NOT NULL,
  valor INTEGER NOT NULL,
  CONSTRAINT uq_parametros_nome UNIQUE (nome)
)
 STRICT;

CREATE TABLE idempotencia (
  quem TEXT NOT NULL,
  caso TEXT NOT NULL,
  chave TEXT NOT NULL,
  resumo TEXT NOT NULL,
  resposta TEXT,
  criado_em TEXT NOT NULL,
  CONSTRAINT pk_idempotencia PRIMARY KEY (quem, caso, chave)
)
 STRICT;

CREATE INDEX ix_idempotencia_criado_em ON idempotencia (criado_em);

CREATE TABLE funcionarios (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  ativo INTEGER NOT NULL,
  busca TEXT NOT NULL,
  cpf TEXT NOT NULL,
  nome TEXT NOT NULL,
  email TEXT,
  papel TEXT NOT NULL,
  loja_id INTEGER,
  senha_hash TEXT,
  CONSTRAINT uq_funcionarios_cpf UNIQUE (cpf),
  CONSTRAINT fk_funcionarios_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id)
)
 STRICT;

CREATE TABLE veiculos (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  ativo INTEGER NOT NULL,
  busca TEXT NOT NULL,
  placa TEXT NOT NULL,
  placa_canonica TEXT NOT NULL,
  marca TEXT NOT NULL,
  modelo TEXT NOT NULL,
  ano INTEGER,
  cor TEXT,
  km INTEGER,
  cliente_id INTEGER NOT NULL,
  CONSTRAINT uq_veiculos_placa_canonica UNIQUE (placa_canonica),
  CONSTRAINT fk_veiculos_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id)
)
 STRICT;

CREATE INDEX ix_veiculos_cliente_id ON veiculos (cliente_id);

CREATE TABLE kit_itens (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kit_id INTEGER NOT NULL,
  servico_id INTEGER,
  peca_id INTEGER,
  quantidade INTEGER NOT NULL,
  CONSTRAINT ck_kit_itens_quantidade CHECK (quantidade > 0),
  CONSTRAINT ck_kit_itens_um_so CHECK ((servico_id IS NULL) <> (peca_id IS NULL)),
  CONSTRAINT fk_kit_itens_kit_id FOREIGN KEY(kit_id) REFERENCES kits (id),
  CONSTRAINT fk_kit_itens_servico_id FOREIGN KEY(servico_id) REFERENCES servicos (id),
  CONSTRAINT fk_kit_itens_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id)
)
 STRICT;

CREATE INDEX ix_kit_itens_kit_id ON kit_itens (kit_id);

CREATE TABLE estoques (
  loja_id INTEGER NOT NULL,
  peca_id INTEGER NOT NULL,
  estoque INTEGER NOT NULL,
  reservado INTEGER NOT NULL,
  custo INTEGER,
  minimo INTEGER NOT NULL,
  localizacao TEXT,
  prateleira INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  CONSTRAINT pk_estoques PRIMARY KEY (loja_id, peca_id),
  CONSTRAINT ck_estoques_estoque CHECK (estoque >= 0),
  CONSTRAINT ck_estoques_reservado CHECK (reservado >= 0 AND reservado <= estoque),
  CONSTRAINT fk_estoques_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_estoques_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id)
)
 STRICT;

CREATE TABLE ordens_servico (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  loja_id INTEGER NOT NULL,
  veiculo_id INTEGER NOT NULL,
  cliente_id INTEGER NOT NULL,
  orcamento_id INTEGER,
  status TEXT NOT NULL,
  queixa TEXT NOT NULL,
  km_entrada INTEGER,
  km_saida INTEGER,
  mecanico_id INTEGER,
  motivo_cancelamento TEXT,
  data_inicio TEXT,
  data_fim TEXT,
  criado_em TEXT NOT NULL,
  CONSTRAINT uq_ordens_servico_orcamento_id UNIQUE (orcamento_id),
  CONSTRAINT fk_ordens_servico_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_ordens_servico_veiculo_id FOREIGN KEY(veiculo_id) REFERENCES veiculos (id),
  CONSTRAINT fk_ordens_servico_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id),
  CONSTRAINT fk_ordens_servico_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id),
  CONSTRAINT fk_ordens_servico_mecanico_id FOREIGN KEY(mecanico_id) REFERENCES funcionarios (id)
)
 STRICT;

CREATE INDEX ix_ordens_servico_veiculo_id_criado_em ON ordens_servico (veiculo_id, criado_em);

CREATE INDEX ix_ordens_servico_loja_id_status_criado_em_id ON ordens_servico (loja_id, status, criado_em, id);

CREATE INDEX ix_ordens_servico_mecanico_id_status_criado_em_id ON ordens_servico (mecanico_id, status, criado_em, id);

CREATE INDEX ix_ordens_servico_cliente_id_criado_em ON ordens_servico (cliente_id, criado_em);

CREATE TABLE orcamentos (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  loja_id INTEGER NOT NULL,
  veiculo_id INTEGER NOT NULL,
  cliente_id INTEGER NOT NULL,
  ordem_id INTEGER,
  complementar_de INTEGER,
  revisao INTEGER NOT NULL,
  substitui_id INTEGER,
  descricao TEXT NOT NULL,
  status TEXT NOT NULL,
  valor_total INTEGER NOT NULL,
  valor_aprovado INTEGER,
  validade TEXT,
  motivo TEXT,
  decidido_por TEXT,
  decidido_em TEXT,
  decidido_meio TEXT,
  criado_em TEXT NOT NULL,
  CONSTRAINT uq_orcamentos_substitui_id UNIQUE (substitui_id),
  CONSTRAINT ck_orcamentos_status CHECK (status <> 'EXPIRADO'),
  CONSTRAINT ck_orcamentos_valor_total CHECK (valor_total >= 0),
  CONSTRAINT fk_orcamentos_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_orcamentos_veiculo_id FOREIGN KEY(veiculo_id) REFERENCES veiculos (id),
  CONSTRAINT fk_orcamentos_cliente_id FOREIGN KEY(cliente_id) REFERENCES clientes (id),
  CONSTRAINT fk_orcamentos_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id),
  CONSTRAINT fk_orcamentos_complementar_de FOREIGN KEY(complementar_de) REFERENCES orcamentos (id),
  CONSTRAINT fk_orcamentos_substitui_id FOREIGN KEY(substitui_id) REFERENCES orcamentos (id)
)
 STRICT;

CREATE INDEX ix_orcamentos_ordem_id ON orcamentos (ordem_id);

CREATE INDEX ix_orcamentos_loja_id_id ON orcamentos (loja_id, id);

CREATE INDEX ix_orcamentos_loja_id_status_id ON orcamentos (loja_id, status, id);

CREATE INDEX ix_orcamentos_veiculo_id_id ON orcamentos (veiculo_id, id);

CREATE INDEX ix_orcamentos_cliente_id_id ON orcamentos (cliente_id, id);

CREATE TABLE movimentos_estoque (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  loja_id INTEGER NOT NULL,
  peca_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  delta INTEGER NOT NULL,
  saldo_apos INTEGER NOT NULL,
  custo_unitario INTEGER,
  causa TEXT NOT NULL,
  motivo TEXT,
  ordem_id INTEGER,
  estorno_de INTEGER,
  ator TEXT NOT NULL,
  em TEXT NOT NULL,
  CONSTRAINT uq_movimentos_estoque_loja_id_peca_id_seq UNIQUE (loja_id, peca_id, seq),
  CONSTRAINT uq_movimentos_estoque_estorno_de UNIQUE (estorno_de),
  CONSTRAINT ck_movimentos_estoque_delta CHECK (delta <> 0 AND saldo_apos >= 0),
  CONSTRAINT fk_movimentos_estoque_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
  CONSTRAINT fk_movimentos_estoque_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id),
  CONSTRAINT fk_movimentos_estoque_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id),
  CONSTRAINT fk_movimentos_estoque_estorno_de FOREIGN KEY(estorno_de) REFERENCES movimentos_estoque (id)
)
 STRICT;

CREATE INDEX ix_movimentos_estoque_ordem_id ON movimentos_estoque (ordem_id);

CREATE INDEX ix_movimentos_estoque_loja_id_id ON movimentos_estoque (loja_id, id);

CREATE TABLE pagamentos (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ordem_id INTEGER NOT NULL,
  forma TEXT NOT NULL,
  valor INTEGER NOT NULL,
  em TEXT NOT NULL,
  ator TEXT NOT NULL,
  estorno_de INTEGER,
  CONSTRAINT uq_pagamentos_estorno_de UNIQUE (estorno_de),
  CONSTRAINT fk_pagamentos_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id),
  CONSTRAINT fk_pagamentos_estorno_de FOREIGN KEY(estorno_de) REFERENCES pagamentos (id)
)
 STRICT;

CREATE INDEX ix_pagamentos_ordem_id ON pagamentos (ordem_id);

CREATE TABLE anotacoes (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ordem_id INTEGER NOT NULL,
  texto TEXT NOT NULL,
  ator TEXT NOT NULL,
  em TEXT NOT NULL,
  CONSTRAINT fk_anotacoes_ordem_id FOREIGN KEY(ordem_id) REFERENCES ordens_servico (id)
)
 STRICT;

CREATE INDEX ix_anotacoes_ordem_id ON anotacoes (ordem_id);

CREATE TABLE orcamento_itens (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  orcamento_id INTEGER NOT NULL,
  tipo TEXT NOT NULL,
  servico_id INTEGER,
  peca_id INTEGER,
  descricao TEXT NOT NULL,
  unidade TEXT NOT NULL,
  preco_unitario INTEGER NOT NULL,
  quantidade INTEGER NOT NULL,
  desconto INTEGER NOT NULL,
  total INTEGER NOT NULL,
  status TEXT NOT NULL,
  motivo TEXT,
  reservada INTEGER NOT NULL,
  usada INTEGER,
  CONSTRAINT ck_orcamento_itens_quantidade CHECK (quantidade > 0),
  CONSTRAINT ck_orcamento_itens_total CHECK (total >= 0 AND desconto >= 0),
  CONSTRAINT ck_orcamento_itens_reservada CHECK (reservada >= 0 AND reservada <= quantidade),
  CONSTRAINT ck_orcamento_itens_usada CHECK (usada IS NULL OR (usada >= 0 AND usada <= quantidade)),
  CONSTRAINT ck_orcamento_itens_um_so CHECK ((servico_id IS NULL) <> (peca_id IS NULL)),
  CONSTRAINT fk_orcamento_itens_orcamento_id FOREIGN KEY(orcamento_id) REFERENCES orcamentos (id),
  CONSTRAINT fk_orcamento_itens_servico_id FOREIGN KEY(servico_id) REFERENCES servicos (id),
  CONSTRAINT fk_orcamento_itens_peca_id FOREIGN KEY(peca_id) REFERENCES pecas (id)
)
 STRICT;

CREATE INDEX ix_orcamento_itens_peca_id_status ON orcamento_itens (peca_id, status);

CREATE INDEX ix_orcamento_itens_orcamento_id_id ON orcamento_itens (orcamento_id, id);

INSERT INTO lojas (versao, nome, fuso)
SELECT 1, 'Matriz', 'America/Sao_Paulo'
FROM (SELECT COUNT(*) AS quantas FROM lojas) AS ja WHERE ja.quantas = 0;
