ALTER TABLE clientes ADD COLUMN exportado_em TEXT;

ALTER TABLE clientes ADD COLUMN anonimizado_em TEXT;

ALTER TABLE clientes ADD COLUMN motivo_anonimizacao TEXT;

UPDATE eventos SET diferenca = JSON_REPLACE(diferenca,
  '$.nome', '***',
  '$.documento', '***',
  '$.telefone', '***',
  '$.email', '***')
WHERE entidade = 'clientes';

UPDATE eventos SET diferenca = JSON_REPLACE(diferenca,
  '$.queixa', '***',
  '$.motivo_cancelamento', '***')
WHERE entidade = 'ordens_servico';

UPDATE eventos SET diferenca = JSON_REPLACE(diferenca,
  '$.descricao', '***',
  '$.motivo', '***',
  '$.decidido_por', '***')
WHERE entidade = 'orcamentos';

UPDATE eventos SET diferenca = JSON_REPLACE(diferenca,
  '$.texto', '***',
  '$.ator', '***')
WHERE entidade = 'anotacoes';

UPDATE eventos SET diferenca = JSON_REPLACE(diferenca,
  '$.decidido_de', '***',
  '$.mostrado', '***')
WHERE entidade = 'links_aprovacao';

UPDATE eventos SET ator_nome = 'cliente' WHERE ator_tipo IN ('CLIENTE', 'LINK');
