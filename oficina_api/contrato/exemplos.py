"""Os exemplos do contrato, por campo: os de um carro só, de uma cliente só, que se completam.

O nome do campo sugere; o exemplo só se usa se é do tipo que o campo tem.
"""

from collections.abc import Mapping

from oficina_api.contrato import relatorios
from oficina_api.contrato.dicionario import GERAL, Json, Tabela

EXEMPLOS: Tabela = {
    GERAL: {
        "acao": "EnviarOrcamento",
        "ano": 2019,
        "ativo": True,
        "ator": "Marina Prado",
        "cliente": "Ana Souza",
        "codigo": "FILTRO-OLEO",
        "cor": "prata",
        "custo": "19.90",
        "custo_unitario": "19.90",
        "decidido_em": "2026-11-23T17:05:12.480000+00:00",
        "decidido_meio": "WHATSAPP",
        "decidido_por": "Ana Souza",
        "delta": 5,
        "desconto": "0.00",
        "diferenca": '{"status":["RASCUNHO","AGUARDANDO_APROVACAO"]}',
        "entidade": "orcamentos",
        "entidade_id": 12,
        "estorno_de": None,
        "falta": 0,
        "forma": "PIX",
        "km": 48210,
        "km_entrada": 48210,
        "localizacao": "A3",
        "marca": "Fiat",
        "mecanico": "Carlos Lima",
        "meio": "WHATSAPP",
        "minimo": 4,
        "modelo": "Uno",
        "motivo": "A pedido do cliente",
        "nome": "Ana Souza",
        "orcamento_id": 12,
        "ordem_id": 7,
        "papel": "ATENDENTE",
        "placa": "ABC1D23",
        "por": "Ana Souza",
        "quantidade": 1,
        "segredo": "q0mC2rWm8u3C5yqg1xTtO1b2gQ7hHnY0sJcVxKfLd4E",
        "senha": "cavalo bateria grampo",
        "queixa": "Barulho ao frear",
        "texto": "Pastilhas com 3 mm; disco sem rebarba.",
        "total": "80.00",
        "unidade": "un",
        "validade": "2026-12-03",
        "valor": "50.00",
        "versao": 3,
        "veiculo": "Fiat Uno",
    },
    "Buscar": {"texto": "ana"},
    "BuscarItens": {"texto": "oleo"},
    "Cliente": {
        "diferenca": '{"nome":["Ana","Ana Souza"]}',
        "nome": "Ana Souza",
        "tipo": "PF",
        "documento": "52998224725",
        "telefone": "+5511987654321",
        "email": "ana.souza@exemplo.com.br",
    },
    "Estoque": {"motivo": "Contagem da prateleira", "contado": 11, "delta": -1, "quantidade": 5},
    "FichaOrcamento": {"aviso": None, "motivo": None, "status": "APROVADO"},
    "Funcionario": {
        "diferenca": '{"papel":["ATENDENTE","MECANICO"]}',
        "nome": "Carlos Lima",
        "cpf": "11144477735",
        "papel": "MECANICO",
        "email": "carlos.lima@exemplo.com.br",
        "loja_id": 1,
    },
    **relatorios.EXEMPLOS,
    "Importacao": {
        "diferenca": '{"codigo":"FILTRO-OLEO","nome":"Filtro de óleo"}',
        "novos": 18,
        "atualizados": 2,
        "iguais": 4,
    },
    "Item": {
        "id": 31,
        "descricao": "Troca de óleo",
        "disponivel": None,
        "motivo": None,
        "preco_unitario": "80.00",
        "servico_id": 2,
        "status": "APROVADO",
    },
    "ItemAchado": {
        "codigo": "REVISAO-10MIL",
        "completo": True,
        "disponivel": None,
        "nome": "Revisão dos 10 mil km",
        "tempo_estimado": None,
    },
    "Kit": {
        "diferenca": '{"nome":["Revisão","Revisão dos 10 mil km"]}',
        "codigo": "REVISAO-10MIL",
        "nome": "Revisão dos 10 mil km",
    },
    "LinhaCliente": {"documento": "***.982.247-**", "telefone": "(**) *****-4321"},
    "LinhaFuncionario": {"cpf": "***.444.777-**"},
    "LinhaKit": {"itens": 2, "total": "112.50"},
    "LinhaItemKit": {"codigo": "TROCA-OLEO", "nome": "Troca de óleo", "preco": "80.00"},
    "Loja": {
        "diferenca": '{"nome":["Loja 1","Matriz"]}',
        "nome": "Matriz",
        "fuso": "America/Sao_Paulo",
    },
    "Movimento": {
        "id": 41,
        "diferenca": '{"estoque":[12,17]}',
        "causa": "ENTRADA",
        "motivo": "Nota fiscal 1234",
        "movimento_id": 41,
        "ordem_id": None,
        "saldo_apos": 17,
    },
    "Orcamento": {
        "id": 12,
        "descricao": "Troca de óleo e filtros",
        "revisao": 1,
        "status": "APROVADO",
        "total_pecas": "0.00",
        "total_servicos": "80.00",
        "valor_aprovado": "80.00",
        "valor_total": "80.00",
    },
    "OrcamentoDaOrdem": {
        "id": 12,
        "status": "APROVADO",
        "valor_total": "80.00",
        "valor_aprovado": "80.00",
    },
    "Ordem": {
        "id": 7,
        "a_aprovar": "0.00",
        "data_inicio": "2026-11-23T17:05:12.480000+00:00",
        "pago": "50.00",
        "saldo": "30.00",
        "status": "EM_EXECUCAO",
        "telefone": "+5511987654321",
    },
    "Parametro": {"nome": "validade_dias", "valor": 15},
    "Parametros": {
        "diferenca": '{"valor":[10,15]}',
        "validade_dias": 10,
        "desconto_atendente": 10,
        "atraso_dias": 3,
    },
    "Peca": {
        "diferenca": '{"preco":["30.00","32.50"]}',
        "codigo": "FILTRO-OLEO",
        "nome": "Filtro de óleo",
        "preco": "32.50",
        "estoque": 12,
        "reservado": 2,
        "disponivel": 10,
    },
    "Servico": {
        "diferenca": '{"preco":["75.00","80.00"]}',
        "codigo": "TROCA-OLEO",
        "nome": "Troca de óleo",
        "preco": "80.00",
        "tempo_estimado": 40,
    },
    "Sugestao": {
        "descricao": "Pastilha de freio dianteira",
        "motivo": "Prefere fazer na próxima visita",
        "peca_id": 4,
        "total": "189.90",
    },
    "Veiculo": {"diferenca": '{"km":[47100,48210]}'},
    "Visita": {"status": "ENTREGUE", "total": "310.00"},
}

# Em um pedido, o que se digita no Brasil e o nome natural no lugar do id.
DIGITADOS: Mapping[str, Json] = {
    "cliente_id": "529.982.247-25",
    "cpf": "111.444.777-35",
    "documento": "529.982.247-25",
    "mecanico_id": "111.444.777-35",
    "peca_id": "FILTRO-OLEO",
    "telefone": "(11) 98765-4321",
    "veiculo_id": "ABC1D23",
}

# Pedidos em que um campo depende do outro.
ITENS = {"servicos": ["TROCA-OLEO"], "pecas": [{"id": "FILTRO-OLEO", "quantidade": 1}]}
PEDIDOS: Mapping[str, Json] = {
    "AbrirOrdem": {
        "veiculo_id": "ABC1D23",
        "veiculo": {"marca": "Fiat", "modelo": "Uno", "ano": 2019},
        "cliente": {"nome": "Ana Souza", "telefone": "(11) 98765-4321"},
        "queixa": "Barulho ao frear",
        "km": 48210,
    },
    "AprovarOrcamento": {"meio": "WHATSAPP", "por": "Ana Souza", "linhas": [31, 32]},
    "CriarKit": {"codigo": "REVISAO-10MIL", "nome": "Revisão dos 10 mil km", **ITENS},
    "CriarOrcamento": {
        "veiculo_id": 1,
        "servicos": [1, 2],
        "pecas": [{"id": 1, "quantidade": 2}],
        "descricao": "Troca de óleo e filtros",
    },
    "EditarKit": {"codigo": "REVISAO-10MIL", "nome": "Revisão dos 10 mil km", **ITENS},
    "EditarOrcamento": {"descricao": "Troca de óleo", "desconto": "10.00", **ITENS},
    "FinalizarOrdem": {"usadas": [{"linha": 32, "quantidade": 1}]},
    "ImportarKits": {
        "kits": [{"linha": 2, "codigo": "REVISAO-10MIL", "nome": "Revisão dos 10 mil km", **ITENS}]
    },
    "Localizar": {"recurso": "veiculo", "nome": "ABC1D23"},
}

# O que muda na resposta pelo que se acabou de fazer.
SEM_DECISAO = dict.fromkeys(("decidido_por", "decidido_meio", "decidido_em", "valor_aprovado"))
ZERADA = dict.fromkeys(("total", "pago", "saldo"), "0.00")
VAZIA: Json = {"orcamentos": [], "sugestoes": [], "pagamentos": [], "anotacoes": []}
DEPOIS: Mapping[str, Json] = {
    "AbrirOrdem": {"status": "RECEBIDA", "mecanico": None, "data_inicio": None, **ZERADA, **VAZIA},
    "CancelarOrcamento": {"status": "CANCELADO", "motivo": "A pedido do cliente", **SEM_DECISAO},
    "CancelarOrdem": {"status": "CANCELADA", "motivo_cancelamento": "A pedido do cliente"},
    "CriarOrcamento": {"status": "RASCUNHO", "ordem_id": None, "validade": None, **SEM_DECISAO},
    "Desativar": {"ativo": False},
    "EditarOrcamento": {"status": "RASCUNHO", "validade": None, **SEM_DECISAO},
    "EntregarOrdem": {"status": "ENTREGUE", "km_saida": 48215, "aviso": "Falta receber R$ 30,00."},
    "EnviarOrcamento": {"status": "AGUARDANDO_APROVACAO", **SEM_DECISAO},
    "FinalizarOrdem": {"status": "FINALIZADA", "data_fim": "2026-11-24T19:40:51.903000+00:00"},
    "IniciarDiagnostico": {"status": "EM_DIAGNOSTICO", "data_inicio": None},
    "RecusarOrcamento": {"status": "RECUSADO", "motivo": "Vai pensar", "valor_aprovado": "0.00"},
    "RevisarOrcamento": {"status": "RASCUNHO", "revisao": 2, "substitui_id": 12, **SEM_DECISAO},
}
