CREATE INDEX ix_movimentos_estoque_loja_id_causa_em_peca_id ON movimentos_estoque (loja_id, causa, em, peca_id);
CREATE INDEX ix_orcamentos_loja_id_decidido_em ON orcamentos (loja_id, decidido_em);
CREATE INDEX ix_pagamentos_em ON pagamentos (em);
