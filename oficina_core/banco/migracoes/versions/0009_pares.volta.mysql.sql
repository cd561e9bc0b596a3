-- O par de cada transferência volta a ser só o que o motivo e a auditoria dizem.
ALTER TABLE movimentos_estoque DROP FOREIGN KEY fk_movimentos_estoque_par_id;

DROP INDEX uq_movimentos_estoque_par_id ON movimentos_estoque;

ALTER TABLE movimentos_estoque DROP COLUMN par_id;
