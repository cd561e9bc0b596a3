-- O que a conta com que o programa roda em MySQL pode em cada tabela. Quem o dá é `oficina banco
-- conta CONTA`, com a conta que migra, a cada versão. O que só se acrescenta, o servidor não deixa
-- mudar nem apagar.

-- A revisão do banco, que o programa só confere.
GRANT SELECT ON {banco}.alembic_version;

-- O que só se acrescenta.
GRANT SELECT, INSERT ON {banco}.eventos;
GRANT SELECT, INSERT ON {banco}.movimentos_estoque;
GRANT SELECT, INSERT ON {banco}.pagamentos;
-- Da nota, só o texto e o autor se trocam, quando se anonimiza um cliente (LGPD art. 18 VI).
GRANT SELECT, INSERT, UPDATE (texto, ator) ON {banco}.anotacoes;

-- O que muda.
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.caixa_saida;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.clientes;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.codigos;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.estoques;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.funcionarios;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.idempotencia;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.kit_itens;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.kits;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.links_aprovacao;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.lojas;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.orcamento_itens;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.orcamentos;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.ordens_servico;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.parametros;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.pecas;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.servicos;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.tentativas;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.origens;
GRANT SELECT, INSERT, UPDATE, DELETE ON {banco}.veiculos;
