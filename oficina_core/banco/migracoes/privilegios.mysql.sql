-- O que a conta com que o programa roda em MySQL pode em cada tabela. Quem o dá é `oficina banco
-- conta CONTA`, com a conta que migra, a cada versão. O que só se acrescenta, o servidor não deixa
-- mudar nem apagar.

-- A revisão do banco, que o programa só confere.
GRANT SELECT ON {banco}.alembic_version TO '{usuario}'@'%';

-- O que só se acrescenta.
GRANT SELECT, INSERT ON {banco}.eventos TO '{usuario}'@'%';
GRANT SELECT, INSERT ON {banco}.movimentos_estoque TO '{usuario}'@'%';
GRANT SELECT, INSERT ON {banco}.pagamentos TO '{usuario}'@'%';
-- Da nota, só o texto e o autor se trocam, quando se anonimiza um cliente (LGPD art. 18 VI).
GRANT SELECT, INSERT, UPDATE (texto, ator) ON {banco}.anotacoes TO '{usuario}'@'%';

-- O que muda.
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.caixa_saida TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.clientes TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.codigos TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.estoques TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.funcionarios TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.idempotencia TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.kit_itens TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.kits TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.links_aprovacao TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.lojas TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.orcamento_itens TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.orcamentos TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.ordens_servico TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.parametros TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.pecas TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.servicos TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.tentativas TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.origens TO '{usuario}'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.veiculos TO '{usuario}'@'%';
