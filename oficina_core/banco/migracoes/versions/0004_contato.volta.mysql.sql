DROP INDEX ix_tentativas_ultima ON tentativas;

DROP INDEX ix_codigos_vale_ate ON codigos;

ALTER TABLE caixa_saida DROP FOREIGN KEY fk_caixa_saida_link_id;

ALTER TABLE caixa_saida DROP FOREIGN KEY fk_caixa_saida_loja_id;

DROP INDEX fk_caixa_saida_link_id ON caixa_saida;

DROP INDEX ix_caixa_saida_loja_id_situacao_id ON caixa_saida;

DROP INDEX ix_caixa_saida_loja_id_id ON caixa_saida;

DROP INDEX ix_caixa_saida_situacao_id ON caixa_saida;

ALTER TABLE caixa_saida DROP COLUMN telefone;

ALTER TABLE caixa_saida DROP COLUMN email;

ALTER TABLE caixa_saida DROP COLUMN link_id;

ALTER TABLE caixa_saida DROP COLUMN loja_id;

ALTER TABLE funcionarios DROP COLUMN senha_em;

ALTER TABLE clientes DROP COLUMN contato_em;
