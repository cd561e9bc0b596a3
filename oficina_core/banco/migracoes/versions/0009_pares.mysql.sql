ALTER TABLE movimentos_estoque ADD COLUMN par_id BIGINT;

-- A transferência de antes: a auditoria diz que os dois o são, e o motivo, qual é o outro.
UPDATE eventos ec
JOIN movimentos_estoque c ON c.id = ec.entidade_id
JOIN lojas l ON l.id <> c.loja_id
JOIN movimentos_estoque s ON s.loja_id = l.id AND s.peca_id = c.peca_id
JOIN eventos es ON es.entidade = 'movimentos_estoque' AND es.entidade_id = s.id
SET c.par_id = s.id
WHERE ec.entidade = 'movimentos_estoque' AND ec.acao = 'TransferirEstoque'
  AND es.acao = 'TransferirEstoque'
  AND c.par_id IS NULL AND c.causa = 'ENTRADA'
  AND s.causa = 'AJUSTE' AND s.delta = -c.delta AND s.em = c.em
  AND c.motivo LIKE CONCAT('transferência da loja ', s.loja_id, ' (%), ', s.seq, 'º movimento%')
  AND s.motivo LIKE CONCAT('transferência para a loja ', c.loja_id, ' (%), ', c.seq,
    'º movimento%');

CREATE UNIQUE INDEX uq_movimentos_estoque_par_id ON movimentos_estoque (par_id);

SET SESSION foreign_key_checks = 0;

ALTER TABLE movimentos_estoque ADD CONSTRAINT fk_movimentos_estoque_par_id
  FOREIGN KEY (par_id) REFERENCES movimentos_estoque (id), ALGORITHM = INPLACE, LOCK = NONE;

SET SESSION foreign_key_checks = 1;
