CREATE INDEX ix_ordens_servico_loja_id_data_fim ON ordens_servico (loja_id, data_fim);
