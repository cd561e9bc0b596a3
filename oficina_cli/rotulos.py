"""Como cada campo se chama e se mostra a pessoas."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from oficina_cli.diferenca import resumir
from oficina_core import texto
from oficina_core.casos.orcamentos import LinhaItem
from oficina_core.dominio.valores import Opcao

# Quem sabe o fuso da loja, a quem só se pergunta ao mostrar uma hora; sem ele, o da máquina.
FUSO: ContextVar[Callable[[], tzinfo | None]] = ContextVar("FUSO", default=lambda: None)

ROTULOS = {
    "id": "Nº",
    "a_aprovar": "Proposto",
    "cobrado": "Cobrado",
    "abaixo_do_minimo": "Abaixo do mínimo",
    "acao": "O que houve",
    "acumulado_por_cento": "Acumulado",
    "aguarda_complementar": "Aguarda complementar",
    "api": "API",
    "anonimizado_em": "Anonimizado em",
    "anotacoes": "Anotações",
    "ate": "Até",
    "ator": "Quem",
    "atraso_dias": "Dias até o atraso",
    "carros_antes": "Carros no mês anterior",
    "classes": "Curva ABC",
    "cliente_id": "Nº do cliente",
    "codigo": "Código",
    "comando": "Desfaz-se com: oficina",
    "complementar_de": "Complementa",
    "cpf": "CPF",
    "criado_em": "Criado em",
    "curva": "O que mais se consumiu",
    "custo_pecas": "Custo das peças",
    "custo_unitario": "Custo",
    "data_fim": "Fim",
    "data_inicio": "Início",
    "decidido_em": "Respondido em",
    "decidido_meio": "Meio",
    "decidido_por": "Respondido por",
    "delta": "Qtd",
    "desconto_atendente": "Desconto do atendente (%)",
    "descricao": "Descrição",
    "dias_parada": "Sem sair há (dias)",
    "diferenca": "Mudança",
    "disponivel": "Disponível",
    "em": "Quando",
    "em_dia": "Em dia",
    "email": "E-mail",
    "entidade": "Registro",
    "entidade_id": "Nº",
    "estorno_de": "Estorna",
    "execucao_por_mecanico": "Em execução, por mecânico",
    "execucao_por_servico": "Em execução, por serviço",
    "falta_peca": "Falta peça",
    "guardado": "O de antes",
    "faturado_pecas": "Faturado em peças",
    "funcionarios": "Funcionários",
    "iguais": "Já iguais",
    "km_entrada": "Km na entrada",
    "km_saida": "Km na saída",
    "localizacao": "Lugar",
    "loja_id": "Loja",
    "mao_de_obra": "Mão de obra",
    "margem_pecas": "Margem das peças",
    "margem_por_cento": "Margem sobre o preço",
    "maximo": "Máximo",
    "mecanico": "Mecânico",
    "mecanicos": "Por mecânico; a execução é de relógio",
    "mes": "Mês",
    "minimo": "Mínimo",
    "minutos": "Metade leva até",
    "minutos_das_ordens": "Ordem toda",
    "minutos_estimados": "Estimado",
    "minutos_execucao": "Execução",
    "minutos_medianos": "Metade até",
    "minutos_medios": "Em média",
    "minutos_vendidos": "Vendido",
    "motivo_anonimizacao": "Motivo da anonimização",
    "motivo_cancelamento": "Motivo do cancelamento",
    "movimento_id": "Movimento",
    "orcamento_id": "Orçamento",
    "orcamentos": "Orçamentos",
    "ordem_id": "Ordem",
    "peca": "Peça",
    "peca_id": "Nº da peça",
    "pecas": "Peças",
    "pecas_em_estoque": "Peças em estoque",
    "pecas_paradas": "Peças paradas",
    "por_cento": "Parte",
    "por_forma": "Recebido por forma",
    "por_periodo": "Faturado por período",
    "por_status": "Tempo em cada status, de relógio: com a noite e o fim de semana",
    "preco": "Preço",
    "preco_unitario": "Preço",
    "quantidade": "Qtd",
    "recusado_por_cento": "Parte recusada",
    "recusados": "Recusados antes",
    "recusas": "Por que se recusou",
    "revisao": "Revisão",
    "saldo_apos": "Saldo",
    "servico_id": "Nº do serviço",
    "sugestao": "Comprar",
    "sugestoes": "Sugestões",
    "situacao": "Situação",
    "substitui_id": "Substitui",
    "tempo_estimado": "Minutos",
    "tempos": "Tempo em cada status",
    "ticket_antes": "Ticket no mês anterior",
    "ticket_medio": "Ticket médio",
    "total_pecas": "Peças",
    "total_servicos": "Mão de obra",
    "ultima_saida": "Última saída",
    "validade_dias": "Dias de validade",
    "valor_aprovado": "Aprovado",
    "valor_total": "Total",
    "textos": "Textos limpos",
    "respostas": "Respostas apagadas",
    "veiculo": "Veículo",
    "veiculos": "Veículos",
    "vencendo": "Orçamentos vencendo",
    "vencendo_total": "Orçamentos vencendo",
    "versao": "Versão",
    "responder_ate": "Responder até",
    "respondido": "Respondido pelo cliente",
    "vale_ate": "Vale até",
}

ACENTOS = {
    "diagnostico": "diagnóstico",
    "funcionario": "funcionário",
    "mecanico": "mecânico",
    "orcamento": "orçamento",
    "parametro": "parâmetro",
    "peca": "peça",
    "pecas": "peças",
    "servico": "serviço",
    "servicos": "serviços",
    "veiculo": "veículo",
}

ENTIDADES = {
    "anotacoes": "anotação",
    "clientes": "cliente",
    "funcionarios": "funcionário",
    "kits": "kit",
    "links_aprovacao": "link",
    "lojas": "loja",
    "movimentos_estoque": "movimento",
    "orcamentos": "orçamento",
    "ordens_servico": "ordem",
    "pagamentos": "pagamento",
    "parametros": "parâmetro",
    "pecas": "peça",
    "revelacoes": "revelação",
    "servicos": "serviço",
    "veiculos": "veículo",
}

TABELAS = {
    "anotacoes": "anotações",
    "caixa_saida": "mensagens",
    "funcionarios": "funcionários",
    "idempotencia": "pedidos atendidos",
    "kit_itens": "itens dos kits",
    "links_aprovacao": "links",
    "movimentos_estoque": "movimentos do estoque",
    "orcamento_itens": "linhas dos orçamentos",
    "orcamentos": "orçamentos",
    "ordens_servico": "ordens",
    "parametros": "parâmetros",
    "pecas": "peças",
    "servicos": "serviços",
    "veiculos": "veículos",
}

CONTAS: dict[str, Callable[[int], str]] = {
    "registros": texto.milhar,
    "tamanho": texto.tamanho,
}


def rotulo(tipo: type, campo: str) -> str:
    """O nome do campo; o de um item do orçamento se chama linha, que é como se pede."""
    if (tipo, campo) == (LinhaItem, "id"):
        return "Linha"
    return ROTULOS.get(campo) or campo.replace("_", " ").capitalize()


@cache
def marca(tipo: type, campo: str) -> str:
    """`reais`, `quantidade`, ou o nome do tipo simples do campo."""
    dito = get_type_hints(tipo, include_extras=True)[campo]
    partes = [dito] if get_origin(dito) is Annotated else [*get_args(dito), dito]
    for parte in partes:
        if get_origin(parte) is Annotated:
            return str(get_args(parte)[1])
    return str(getattr(partes[0], "__name__", ""))


def valor(ficha: Any, campo: str) -> str:
    """O valor do campo como se lê, já inofensivo."""
    return texto.limpar(_valor(ficha, campo), linhas=True)


def _valor(ficha: Any, campo: str) -> str:
    match getattr(ficha, campo):
        case None:
            return "–"
        case bool(sim):
            return "sim" if sim else "não"
        case Opcao() as opcao:
            return opcao.rotulo
        case str(dito):
            return _texto(campo, dito)
        case Decimal() as parte if campo.endswith("por_cento"):
            return texto.por_cento(parte)
        case medida:
            return _medida(ficha, campo, medida)


def _medida(ficha: Any, campo: str, medida: Any) -> str:
    match medida:
        case datetime():
            return texto.momento(medida, FUSO.get()())
        case date():
            return texto.data(medida)
        case Decimal() if marca(ficha.__class__, campo) == "reais":
            return texto.reais(medida)
        case Decimal():
            return texto.quantidade(medida, _unidade(ficha))
        case _:
            return _conta(campo)(medida)


def _conta(campo: str) -> Callable[[Any], str]:
    """Como se diz um número que não é dinheiro nem quantidade."""
    return texto.duracao if campo.startswith("minutos") else CONTAS.get(campo, str)


def _unidade(ficha: Any) -> str:
    """A da própria linha, ou a da peça de que ela fala."""
    return str(getattr(getattr(ficha, "peca", ficha), "unidade", ""))


def _texto(campo: str, dito: str) -> str:
    match campo:
        case "documento" | "cpf" if dito.isalnum():
            return texto.documento(dito)
        case "telefone" if dito.startswith("+55"):
            return texto.telefone(dito)
        case "acao":
            return frase(dito)
        case "entidade" | "tabela":
            return (ENTIDADES if campo == "entidade" else TABELAS).get(dito, dito)
        case "diferenca":
            return resumir(dito, ROTULOS)
        case _:
            return dito


def frase(nome: str) -> str:
    """`AbrirOrdem` → abrir ordem."""
    palavras = re.sub("(?<!^)([A-Z])", r" \1", nome).lower().split()
    return " ".join(ACENTOS.get(palavra, palavra) for palavra in palavras)
