"""O que fecha em um banco são, invariante por invariante: as de `docs/invariantes.md`, em SQL.

Cada consulta devolve o que não fecha, e banco são devolve nada.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Regra:
    """`consulta` devolve (id, achado, esperado) de cada divergência."""

    invariante: str
    entidade: str
    o_que: str
    consulta: str


REGRAS = (
    Regra(
        invariante="I1",
        entidade="peca",
        o_que="reservado fora de 0 a estoque",
        consulta="SELECT peca_id, reservado, estoque FROM estoques "
        "WHERE estoque < 0 OR reservado < 0 OR reservado > estoque",
    ),
    Regra(
        invariante="I2",
        entidade="peca",
        o_que="estoque diferente da soma dos movimentos",
        consulta="SELECT e.peca_id, e.estoque, COALESCE(m.soma, 0) FROM estoques e LEFT JOIN "
        "(SELECT loja_id, peca_id, SUM(delta) AS soma FROM movimentos_estoque "
        "GROUP BY loja_id, peca_id) m ON m.loja_id = e.loja_id AND m.peca_id = e.peca_id "
        "WHERE e.estoque <> COALESCE(m.soma, 0)",
    ),
    Regra(
        invariante="I2",
        entidade="peca",
        o_que="sequência diferente do número de movimentos",
        consulta="SELECT e.peca_id, e.seq, COALESCE(m.quantos, 0) FROM estoques e LEFT JOIN "
        "(SELECT loja_id, peca_id, COUNT(*) AS quantos, MAX(seq) AS maior "
        "FROM movimentos_estoque GROUP BY loja_id, peca_id) m "
        "ON m.loja_id = e.loja_id AND m.peca_id = e.peca_id "
        "WHERE e.seq <> COALESCE(m.quantos, 0) OR e.seq <> COALESCE(m.maior, 0)",
    ),
    Regra(
        invariante="I2",
        entidade="movimento",
        o_que="saldo depois do movimento não é a soma até ele",
        # Por junção com o de antes: a janela, no MySQL, põe o livro inteiro em uma tabela no disco.
        consulta="SELECT m.id, m.saldo_apos, COALESCE(a.saldo_apos, 0) + m.delta "
        "FROM movimentos_estoque m LEFT JOIN movimentos_estoque a ON a.loja_id = m.loja_id "
        "AND a.peca_id = m.peca_id AND a.seq = m.seq - 1 "
        "WHERE m.saldo_apos <> COALESCE(a.saldo_apos, 0) + m.delta",
    ),
    Regra(
        invariante="I2",
        entidade="peca",
        o_que="movimento de peça sem saldo na loja",
        consulta="SELECT DISTINCT m.peca_id, m.loja_id, m.loja_id FROM movimentos_estoque m "
        "LEFT JOIN estoques e ON e.loja_id = m.loja_id AND e.peca_id = m.peca_id "
        "WHERE e.peca_id IS NULL",
    ),
    Regra(
        invariante="I2",
        entidade="peca",
        o_que="saldo em só algumas das lojas",
        consulta="SELECT p.id, COALESCE(s.quantos, 0), l.quantas FROM pecas p "
        "CROSS JOIN (SELECT COUNT(*) AS quantas FROM lojas) l LEFT JOIN "
        "(SELECT peca_id, COUNT(*) AS quantos FROM estoques GROUP BY peca_id) s "
        "ON s.peca_id = p.id WHERE COALESCE(s.quantos, 0) <> l.quantas",
    ),
    Regra(
        invariante="I3",
        entidade="movimento",
        o_que="causa sem o que ela pede",
        consulta="SELECT id, causa, causa FROM movimentos_estoque WHERE "
        "(causa = 'SAIDA_OS') <> (ordem_id IS NOT NULL) "
        "OR (causa = 'ESTORNO') <> (estorno_de IS NOT NULL) "
        "OR (causa = 'AJUSTE' AND motivo IS NULL)",
    ),
    Regra(
        invariante="I3",
        entidade="movimento",
        o_que="o que chegou não é o que saiu da outra loja",
        consulta="SELECT c.id, c.delta, -s.delta FROM movimentos_estoque c "
        "JOIN movimentos_estoque s ON s.id = c.par_id "
        "WHERE c.delta <> -s.delta OR c.peca_id <> s.peca_id OR c.loja_id = s.loja_id",
    ),
    Regra(
        invariante="I4",
        entidade="ordem",
        o_que="em execução ou depois sem um só orçamento principal aprovado",
        consulta="SELECT o.id, COUNT(q.id), 1 FROM ordens_servico o LEFT JOIN orcamentos q "
        "ON q.ordem_id = o.id AND q.status = 'APROVADO' AND q.complementar_de IS NULL "
        "WHERE o.status IN ('EM_EXECUCAO', 'FINALIZADA', 'ENTREGUE') "
        "GROUP BY o.id, o.orcamento_id HAVING COUNT(q.id) <> 1 OR MAX(q.id) <> o.orcamento_id "
        "OR o.orcamento_id IS NULL",
    ),
    Regra(
        invariante="I4",
        entidade="orcamento",
        o_que="aprovado sem ordem que o execute",
        consulta="SELECT q.id, q.status, o.status FROM orcamentos q "
        "LEFT JOIN ordens_servico o ON o.id = q.ordem_id WHERE q.status = 'APROVADO' AND "
        "(o.id IS NULL OR o.status IN ('RECEBIDA', 'EM_DIAGNOSTICO', 'AGUARDANDO_APROVACAO'))",
    ),
    Regra(
        invariante="I5",
        entidade="ordem",
        o_que="saída do estoque diferente do usado",
        consulta="SELECT ordem_id, MAX(saiu), MAX(usou) FROM ("
        "SELECT ordem_id, peca_id, -SUM(delta) AS saiu, 0 AS usou FROM movimentos_estoque "
        "WHERE ordem_id IS NOT NULL GROUP BY ordem_id, peca_id UNION ALL "
        "SELECT q.ordem_id, i.peca_id, 0, SUM(i.usada) FROM orcamento_itens i "
        "JOIN orcamentos q ON q.id = i.orcamento_id "
        "WHERE i.peca_id IS NOT NULL AND i.usada > 0 AND i.status = 'APROVADO' "
        "GROUP BY q.ordem_id, i.peca_id) t "
        "GROUP BY ordem_id, peca_id HAVING MAX(saiu) <> MAX(usou)",
    ),
    Regra(
        invariante="I5",
        entidade="peca",
        o_que="reservado diferente da soma das linhas em execução",
        consulta="SELECT e.peca_id, e.reservado, COALESCE(r.soma, 0) FROM estoques e LEFT JOIN "
        "(SELECT o.loja_id, i.peca_id, SUM(i.reservada) AS soma FROM orcamento_itens i "
        "JOIN orcamentos q ON q.id = i.orcamento_id JOIN ordens_servico o ON o.id = q.ordem_id "
        "WHERE o.status = 'EM_EXECUCAO' AND i.peca_id IS NOT NULL "
        "GROUP BY o.loja_id, i.peca_id) r ON r.loja_id = e.loja_id AND r.peca_id = e.peca_id "
        "WHERE e.reservado <> COALESCE(r.soma, 0)",
    ),
    Regra(
        invariante="I5",
        entidade="item",
        o_que="reserva em linha que não está em execução",
        consulta="SELECT i.id, i.reservada, 0 FROM orcamento_itens i "
        "JOIN orcamentos q ON q.id = i.orcamento_id "
        "LEFT JOIN ordens_servico o ON o.id = q.ordem_id WHERE i.reservada > 0 AND "
        "(i.status <> 'APROVADO' OR o.id IS NULL OR o.status <> 'EM_EXECUCAO')",
    ),
    Regra(
        invariante="I6",
        entidade="orcamento",
        o_que="total diferente da soma das linhas",
        consulta="SELECT q.id, q.valor_total, COALESCE(SUM(i.total), 0) FROM orcamentos q "
        "LEFT JOIN orcamento_itens i ON i.orcamento_id = q.id GROUP BY q.id, q.valor_total "
        "HAVING q.valor_total <> COALESCE(SUM(i.total), 0)",
    ),
    Regra(
        invariante="I6",
        entidade="orcamento",
        o_que="valor aprovado diferente das linhas aprovadas",
        consulta="SELECT q.id, q.valor_aprovado, COALESCE(SUM(i.total), 0) FROM orcamentos q "
        "LEFT JOIN orcamento_itens i ON i.orcamento_id = q.id AND i.status = 'APROVADO' "
        "WHERE q.valor_aprovado IS NOT NULL GROUP BY q.id, q.valor_aprovado "
        "HAVING q.valor_aprovado <> COALESCE(SUM(i.total), 0)",
    ),
    Regra(
        invariante="I6",
        entidade="orcamento",
        o_que="decidido sem valor aprovado",
        consulta="SELECT id, status, status FROM orcamentos "
        "WHERE status IN ('APROVADO', 'RECUSADO') AND valor_aprovado IS NULL",
    ),
    Regra(
        invariante="I9",
        entidade="orcamento",
        o_que="linha pendente em orçamento decidido, ou decidida em aberto",
        consulta="SELECT DISTINCT q.id, q.status, i.status FROM orcamentos q "
        "JOIN orcamento_itens i ON i.orcamento_id = q.id "
        "WHERE (q.status IN ('APROVADO', 'RECUSADO')) = (i.status = 'PENDENTE')",
    ),
    Regra(
        invariante="I9",
        entidade="ordem",
        o_que="mais de um orçamento principal vivo",
        consulta="SELECT q.ordem_id, COUNT(*), 1 FROM orcamentos q WHERE q.ordem_id IS NOT NULL "
        "AND q.complementar_de IS NULL AND q.substitui_id IS NULL "
        "AND q.status IN ('RASCUNHO', 'AGUARDANDO_APROVACAO') "
        "GROUP BY q.ordem_id HAVING COUNT(*) > 1",
    ),
    Regra(
        invariante="I9",
        entidade="ordem",
        o_que="aguardando aprovação sem orçamento que espere",
        consulta="SELECT o.id, o.status, o.status FROM ordens_servico o "
        "WHERE o.status = 'AGUARDANDO_APROVACAO' AND NOT EXISTS (SELECT 1 FROM orcamentos q "
        "WHERE q.ordem_id = o.id AND q.status = 'AGUARDANDO_APROVACAO')",
    ),
    Regra(
        invariante="I9",
        entidade="ordem",
        o_que="encerrada com orçamento em aberto",
        consulta="SELECT DISTINCT o.id, o.status, q.status FROM ordens_servico o "
        "JOIN orcamentos q ON q.ordem_id = o.id "
        "WHERE o.status IN ('FINALIZADA', 'ENTREGUE', 'CANCELADA') "
        "AND q.status IN ('RASCUNHO', 'AGUARDANDO_APROVACAO')",
    ),
    Regra(
        invariante="I13",
        entidade="pagamento",
        o_que="estorno diferente do que estorna",
        consulta="SELECT e.id, e.valor, -p.valor FROM pagamentos e "
        "JOIN pagamentos p ON p.id = e.estorno_de "
        "WHERE e.valor <> -p.valor OR e.ordem_id <> p.ordem_id",
    ),
    Regra(
        invariante="I13",
        entidade="ordem",
        o_que="sem evento, ou com evento à frente da versão",
        consulta="SELECT o.id, o.versao, COALESCE(MAX(e.seq), 0) FROM ordens_servico o "
        "LEFT JOIN eventos e ON e.entidade = 'ordens_servico' AND e.entidade_id = o.id "
        "GROUP BY o.id, o.versao HAVING COALESCE(MAX(e.seq), 0) = 0 OR MAX(e.seq) > o.versao",
    ),
    Regra(
        invariante="I16",
        entidade="idempotencia",
        o_que="chave tomada sem resposta",
        consulta="SELECT 0, caso, caso FROM idempotencia WHERE resposta IS NULL",
    ),
)
