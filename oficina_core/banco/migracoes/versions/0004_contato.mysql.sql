ALTER TABLE clientes ADD COLUMN contato_em DATETIME(6);

ALTER TABLE funcionarios ADD COLUMN senha_em DATETIME(6);

ALTER TABLE caixa_saida ADD COLUMN loja_id BIGINT;

ALTER TABLE caixa_saida ADD COLUMN link_id BIGINT;

ALTER TABLE caixa_saida ADD COLUMN email VARCHAR(254);

ALTER TABLE caixa_saida ADD COLUMN telefone VARCHAR(16);

UPDATE caixa_saida m JOIN orcamentos o ON o.id = m.orcamento_id SET m.loja_id = o.loja_id
WHERE m.loja_id IS NULL;

CREATE INDEX ix_caixa_saida_situacao_id ON caixa_saida (situacao, id);

CREATE INDEX ix_caixa_saida_loja_id_id ON caixa_saida (loja_id, id);

CREATE INDEX ix_caixa_saida_loja_id_situacao_id ON caixa_saida (loja_id, situacao, id);

SET SESSION foreign_key_checks = 0;

ALTER TABLE caixa_saida
ADD CONSTRAINT fk_caixa_saida_loja_id FOREIGN KEY(loja_id) REFERENCES lojas (id),
ALGORITHM = INPLACE, LOCK = NONE;

ALTER TABLE caixa_saida
ADD CONSTRAINT fk_caixa_saida_link_id FOREIGN KEY(link_id) REFERENCES links_aprovacao (id),
ALGORITHM = INPLACE, LOCK = NONE;

SET SESSION foreign_key_checks = 1;

CREATE INDEX ix_codigos_vale_ate ON codigos (vale_ate);

CREATE INDEX ix_tentativas_ultima ON tentativas (ultima);
