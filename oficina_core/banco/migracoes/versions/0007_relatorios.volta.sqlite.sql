DROP INDEX ix_pagamentos_em;

DROP INDEX ix_orcamentos_loja_id_decidido_em;

DROP INDEX ix_movimentos_estoque_loja_id_causa_em_peca_id;
