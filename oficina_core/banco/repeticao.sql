-- Os orçamentos aprovados
INSERT INTO orcamentos (id, versao, loja_id, veiculo_id, cliente_id, ordem_id, revisao,
    descricao, status, valor_total, valor_aprovado, validade, motivo, decidido_por,
    decidido_em, decidido_meio, criado_em)
SELECT :orcamento + c.n, m.versao, m.loja_id, v.id, v.cliente_id, :ordem + c.n, m.revisao,
    m.descricao, m.status, m.valor_total, m.valor_aprovado,
    date(m.validade, c.dias || ' days'), m.motivo, m.decidido_por,
    strftime('%Y-%m-%d %H:%M:%f000', m.decidido_em, c.dias || ' days'), m.decidido_meio,
    strftime('%Y-%m-%d %H:%M:%f000', m.criado_em, c.dias || ' days')
FROM copias c JOIN orcamentos m ON m.ordem_id = c.modelo JOIN veiculos v ON v.id = c.veiculo
ORDER BY c.n;

-- As ordens, nos carros que se disseram, que andam 33 km por dia
INSERT INTO ordens_servico (id, versao, loja_id, veiculo_id, cliente_id, orcamento_id, status,
    queixa, km_entrada, km_saida, mecanico_id, data_inicio, data_fim, criado_em)
SELECT :ordem + c.n, m.versao, m.loja_id, v.id, v.cliente_id, :orcamento + c.n, m.status,
    m.queixa, v.km + 33 * c.dias, v.km + 33 * c.dias + 5, m.mecanico_id,
    strftime('%Y-%m-%d %H:%M:%f000', m.data_inicio, c.dias || ' days'),
    strftime('%Y-%m-%d %H:%M:%f000', m.data_fim, c.dias || ' days'),
    strftime('%Y-%m-%d %H:%M:%f000', m.criado_em, c.dias || ' days')
FROM copias c JOIN ordens_servico m ON m.id = c.modelo JOIN veiculos v ON v.id = c.veiculo
ORDER BY c.n;

-- As linhas
INSERT INTO orcamento_itens (orcamento_id, tipo, servico_id, peca_id, descricao, unidade,
    preco_unitario, quantidade, desconto, total, status, motivo, reservada, usada)
SELECT :orcamento + c.n, i.tipo, i.servico_id, i.peca_id, i.descricao, i.unidade,
    i.preco_unitario, i.quantidade, i.desconto, i.total, i.status, i.motivo, i.reservada,
    i.usada
FROM copias c JOIN orcamentos m ON m.ordem_id = c.modelo
    JOIN orcamento_itens i ON i.orcamento_id = m.id ORDER BY c.n, i.id;

-- As saídas do estoque, e a compra que cobre cada uma: vem logo antes, e depois do par o saldo é o
-- de sempre
INSERT INTO movimentos_estoque (id, loja_id, peca_id, seq, delta, saldo_apos, custo_unitario,
    causa, motivo, ordem_id, ator, em)
WITH saidas AS (
    SELECT m.loja_id, m.peca_id, -m.delta AS quanto, m.custo_unitario, m.ator,
        :ordem + c.n AS ordem_id, strftime('%Y-%m-%d %H:%M:%f000', m.em, c.dias || ' days') AS em,
        ROW_NUMBER() OVER (ORDER BY c.n, m.id) AS todas,
        ROW_NUMBER() OVER (PARTITION BY m.loja_id, m.peca_id ORDER BY c.n, m.id) AS da_peca
    FROM copias c JOIN movimentos_estoque m ON m.ordem_id = c.modelo
), lados (lado) AS (VALUES (0), (1))
SELECT :movimento + 2 * s.todas - 1 + lado, s.loja_id, s.peca_id,
    e.seq + 2 * s.da_peca - 1 + lado, IIF(lado, -s.quanto, s.quanto),
    IIF(lado, e.estoque, e.estoque + s.quanto), s.custo_unitario,
    IIF(lado, 'SAIDA_OS', 'ENTRADA'), IIF(lado, NULL, 'Compra no distribuidor.'),
    IIF(lado, s.ordem_id, NULL), s.ator, s.em
FROM saidas s CROSS JOIN lados JOIN estoques e ON e.loja_id = s.loja_id
    AND e.peca_id = s.peca_id
ORDER BY s.todas, lado;

-- Onde cada livro do estoque parou
UPDATE estoques SET seq = (SELECT MAX(m.seq) FROM movimentos_estoque m
    WHERE m.loja_id = estoques.loja_id AND m.peca_id = estoques.peca_id)
WHERE seq > 0;

-- Os pagamentos
INSERT INTO pagamentos (id, ordem_id, forma, valor, em, ator)
SELECT :pagamento + c.n, :ordem + c.n, m.forma, m.valor, strftime('%Y-%m-%d %H:%M:%f000', m.em, c.dias || ' days'), m.ator
FROM copias c JOIN pagamentos m ON m.ordem_id = c.modelo ORDER BY c.n;

-- A auditoria das ordens, dos orçamentos e dos pagamentos
INSERT INTO eventos (loja_id, entidade, entidade_id, seq, acao, diferenca, ator_tipo, ator_id,
    ator_nome, em)
WITH modelos AS (
    SELECT DISTINCT modelo AS ordem_id FROM copias
), originais AS (
    SELECT ordem_id AS modelo, 'ordens_servico' AS entidade, ordem_id AS id, :ordem AS base
    FROM modelos
    UNION ALL SELECT m.ordem_id, 'orcamentos', m.id, :orcamento
    FROM orcamentos m JOIN modelos USING (ordem_id)
    UNION ALL SELECT m.ordem_id, 'pagamentos', m.id, :pagamento
    FROM pagamentos m JOIN modelos USING (ordem_id)
)
SELECT v.loja_id, v.entidade, o.base + c.n, v.seq, v.acao,
    json_replace(v.diferenca, '$.validade[1]',
        date(json_extract(v.diferenca, '$.validade[1]'), c.dias || ' days')),
    v.ator_tipo, v.ator_id, v.ator_nome, strftime('%Y-%m-%d %H:%M:%f000', v.em, c.dias || ' days')
FROM copias c JOIN originais o ON o.modelo = c.modelo
    JOIN eventos v ON v.entidade = o.entidade AND v.entidade_id = o.id
ORDER BY c.n, v.id;

-- E a dos movimentos
INSERT INTO eventos (loja_id, entidade, entidade_id, seq, acao, diferenca, ator_tipo, ator_nome,
    em)
SELECT m.loja_id, 'movimentos_estoque', m.id, 1,
    IIF(m.causa = 'ENTRADA', 'EntradaEstoque', 'FinalizarOrdem'),
    json_object('peca_id', m.peca_id, 'seq', m.seq, 'delta', m.delta,
        'saldo_apos', m.saldo_apos, 'causa', m.causa, 'ordem_id', m.ordem_id),
    'SISTEMA', m.ator, m.em
FROM movimentos_estoque m WHERE m.id > :movimento ORDER BY m.id;
