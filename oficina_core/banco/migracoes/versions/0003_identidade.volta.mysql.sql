DROP TABLE caixa_saida;

DROP TABLE links_aprovacao;

DROP TABLE codigos;

DROP TABLE tentativas;
