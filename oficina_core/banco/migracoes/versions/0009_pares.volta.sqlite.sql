-- O par de cada transferência volta a ser só o que o motivo e a auditoria dizem.
CREATE TABLE movimentos_estoque_antiga (
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
  CONSTRAINT fk_movimentos_estoque_estorno_de FOREIGN KEY(estorno_de)
    REFERENCES movimentos_estoque (id)
)
 STRICT;

INSERT INTO movimentos_estoque_antiga
(id, loja_id, peca_id, seq, delta, saldo_apos, custo_unitario, causa, motivo, ordem_id,
  estorno_de, ator, em)
SELECT id, loja_id, peca_id, seq, delta, saldo_apos, custo_unitario, causa, motivo, ordem_id,
  estorno_de, ator, em
FROM movimentos_estoque ORDER BY id;

DROP TABLE movimentos_estoque;

ALTER TABLE movimentos_estoque_antiga RENAME TO movimentos_estoque;

CREATE INDEX ix_movimentos_estoque_ordem_id ON movimentos_estoque (ordem_id);

CREATE INDEX ix_movimentos_estoque_loja_id_id ON movimentos_estoque (loja_id, id);

CREATE INDEX ix_movimentos_estoque_loja_id_causa_em_peca_id
  ON movimentos_estoque (loja_id, causa, em, peca_id);
