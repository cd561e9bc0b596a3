"""O que o contrato diz de cada campo, pelo nome dele: os limites e a explicação.

Campo novo não precisa estar aqui: sem limite, vale o que o tipo diz.
Cada tabela se lê do particular para o geral: o nome do tipo, a última palavra desse nome (o
assunto: `FichaPeca`, `LinhaPeca` e `CriarPeca` são de `Peca`) e, por fim, todos.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from oficina_api.contrato import relatorios
from oficina_core.casos import importacao, kits, orcamentos, orcamentos_proposta
from oficina_core.casos.busca import ACHADOS_MAXIMO
from oficina_core.casos.entrada import SENHA_MAXIMA, SENHA_MINIMA
from oficina_core.casos.estoque_transferencia import MOTIVO_MAXIMO
from oficina_core.casos.paginas import LIMITE_MAXIMO
from oficina_core.casos.relatorios_estoque import DIAS_MAXIMO
from oficina_core.casos.servicos import MINUTOS_MAXIMO
from oficina_core.dominio.dinheiro import QUANTIDADE_MAXIMA
from oficina_core.dominio.parametros import Parametros
from oficina_core.dominio.periodo import MES
from oficina_core.dominio.valores import EMAIL_MAXIMO
from oficina_core.dominio.veiculo import ANO_MAXIMO, ANO_MINIMO, KM_MAXIMO

Json: TypeAlias = Any
Tabela: TypeAlias = Mapping[str, Mapping[str, Json]]

GERAL = ""
CAMINHO = "Caminho"  # onde o campo é o do endereço, e só leva id
PEDIR = "Pedir"  # onde o campo é de quem pede, e admite mais de uma forma
NOTA = 1000

UMA_LINHA = r"^\s*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
VARIAS_LINHAS = (
    r"^\s*[^\s\u0000-\u001f\u007f-\u009f](?:[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\r\n)*$"
)
CPF = r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}"
CNPJ = r"[0-9A-Za-z]{2}\.?[0-9A-Za-z]{3}\.?[0-9A-Za-z]{3}/?[0-9A-Za-z]{4}-?[0-9]{2}"
TELEFONE = r"(?:\+?55 ?)?\(?0?[1-9][1-9]\)? ?(?:9[0-9]{4}|[2-5][0-9]{3})[ \-]?[0-9]{4}"
EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"


def _linha(maximo: int) -> Json:
    return {"maxLength": maximo, "pattern": UMA_LINHA}


SENHA = {"pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$", "format": "password"}
SENHA_NOVA = {"minLength": SENHA_MINIMA, "maxLength": SENHA_MAXIMA, **SENHA}
CODIGO = {"maxLength": 30, "pattern": r"^[0-9A-Za-z][0-9A-Za-z._/\-]*$"}
PLACA = {"maxLength": 8, "pattern": "^[A-Za-z]{3}-?[0-9][0-9A-Za-z][0-9]{2}$"}
DOCUMENTO = {"pattern": f"^(?:{CPF}|{CNPJ})$"}
TEXTO_LIVRE = {"maxLength": NOTA, "pattern": VARIAS_LINHAS}
PLANILHA = {"minItems": 1, "maxItems": importacao.LINHAS_MAXIMO}
SEM_NUMERO = {"linha": {"minimum": 0}}  # só se numera o que veio de um arquivo
IMPORTADOS = ("Cliente", "Kit", "Peca", "Servico", "Veiculo")
ITENS_DO_KIT = {"maxItems": kits.ITENS_MAXIMO}
ITENS_DA_PROPOSTA = {"maxItems": orcamentos_proposta.ITENS_MAXIMO}
LINHAS_CITADAS = {"maxItems": orcamentos.LINHAS_MAXIMO}
LIMITES: Tabela = {
    GERAL: {
        "ano": {"minimum": ANO_MINIMO, "maximum": ANO_MAXIMO},
        "busca": _linha(120),
        "cliente_id": DOCUMENTO,
        "codigo": CODIGO,
        "contado": {"minimum": 0},
        "cor": _linha(30),
        "cpf": {"pattern": f"^{CPF}$"},
        "cursor": {"maxLength": 1000, "pattern": "^[A-Za-z0-9_-]+$"},
        "delta": {"minimum": -QUANTIDADE_MAXIMA, "not": {"const": 0}},
        "desconto_percentual": {"minimum": 0, "maximum": 100},
        "descricao": _linha(200),
        "documento": DOCUMENTO,
        "email": {"maxLength": EMAIL_MAXIMO, "pattern": f"^{EMAIL}$", "format": "email"},
        "estoque": {"minimum": 0},
        "fuso": {"maxLength": 60},
        "kits": {"maxItems": orcamentos_proposta.KITS_MAXIMO},
        "km": {"minimum": 0, "maximum": KM_MAXIMO},
        "limite": {"minimum": 1, "maximum": LIMITE_MAXIMO},
        "linhas": LINHAS_CITADAS,
        "localizacao": _linha(30),
        "marca": _linha(40),
        "mecanico_id": {"pattern": f"^{CPF}$"},
        "mes": {"pattern": f"^{MES}$"},
        "minimo": {"minimum": 0},
        "modelo": _linha(60),
        "motivo": TEXTO_LIVRE,
        "nome": _linha(120),
        "parada_ha": {"minimum": 1, "maximum": DIAS_MAXIMO},
        "pecas": ITENS_DA_PROPOSTA,
        "peca_id": CODIGO,
        "placa": PLACA,
        "por": _linha(120),
        "queixa": TEXTO_LIVRE,
        "atual": SENHA,
        "nova": SENHA_NOVA,
        "senha": SENHA_NOVA,
        "servicos": ITENS_DA_PROPOSTA,
        "telefone": {"pattern": f"^{TELEFONE}$"},
        "tempo_estimado": {"minimum": 0, "maximum": MINUTOS_MAXIMO},
        "texto": TEXTO_LIVRE,
        "usadas": LINHAS_CITADAS,
        "veiculo_id": PLACA,
    },
    "Achados": {nome: {"maxItems": ACHADOS_MAXIMO} for nome in ("ordens", "veiculos", "clientes")},
    "Buscar": {"texto": _linha(120)},
    "BuscarItens": {"texto": _linha(120)},
    "Credenciais": {
        "senha": {"maxLength": SENHA_MAXIMA, **SENHA},
        "codigo": {"pattern": "^[0-9]{6}$", "minLength": 6},  # aqui, vazio não é não dito
    },
    "Kit": {"servicos": ITENS_DO_KIT, "pecas": ITENS_DO_KIT},
    "Kits": {"kits": PLANILHA},
    **{f"LinhaImportada{o_que}": SEM_NUMERO for o_que in IMPORTADOS},
    "Loja": {"nome": _linha(60)},
    "Parametro": {
        "nome": {"enum": list(Parametros.nomes())},
        "valor": {"minimum": 0, "maximum": 365},
    },
    **{o_que: {"linhas": PLANILHA} for o_que in ("Clientes", "Pecas", "Servicos", "Veiculos")},
    "Pedido": {"id": CODIGO},
    "PecaUsada": {"quantidade": {"minimum": 0}},
    "RegistrarPagamento": {"valor": {"minimum": 0.01}},
    "TransferirEstoque": {"motivo": {**TEXTO_LIVRE, "maxLength": MOTIVO_MAXIMO}},
}

TEXTOS: Tabela = {
    GERAL: {
        "segredo": "O que vai no endereço do link; só se mostra esta vez.",
        "a_aprovar": "O que espera a resposta do cliente, em reais.",
        "custo": "O que a peça custou à oficina, em reais.",
        "delta": "Quanto entra ou, com sinal de menos, quanto sai.",
        "diferenca": "JSON com os campos que mudaram, cada um com o antes e o depois.",
        "falta": "O que ainda não tem peça separada.",
        "minimo": "Abaixo disto, a peça está em falta.",
        "ordem_id": "O número da ordem de serviço.",
        "preco": "Em reais.",
        "status": "A situação.",
        "tempo_estimado": "Em minutos.",
        "validade": "Até quando o preço vale.",
        "versao": "Sobe a cada gravação; é o começo do ETag.",
    },
    "Credenciais": {
        "cpf": "Com ou sem pontuação.",
        "senha": "A senha do funcionário.",
        "codigo": "O código que o cliente recebeu.",
    },
    **relatorios.TEXTOS,
    "LinhaReposicao": {
        "custo": "O da última compra, em reais; só para o gerente.",
        "falta": "O que as ordens aprovadas ainda esperam.",
        "ordens": "As que o esperam.",
        "sugestao": "Quanto comprar: o que falta mais o mínimo, menos o disponível.",
    },
    "TransferirEstoque": {
        "de": "O id da loja de onde a peça sai.",
        "para": "O id da loja aonde ela chega.",
    },
    "AprovarOrcamento": {"linhas": "Os ids das que o cliente aprova; sem eles, todas."},
    "BuscarItens": {
        "texto": "Um pedaço do código ou do nome, sem ligar para acento nem maiúscula.",
        "limite": "Quantos de cada tipo, no máximo.",
    },
    "ImportarKits": {"kits": "Os da planilha, cada um com a linha em que está."},
    **{
        f"Importar{o_que}": {"linhas": "As da planilha, cada uma com o número que tem nela."}
        for o_que in ("Clientes", "Pecas", "Servicos", "Veiculos")
    },
    "LinhaImportadaVeiculo": {
        "cliente_id": "O dono: o id, ou o CPF ou o CNPJ; sem ele, o nome e o telefone.",
        "cliente": "O nome do dono, exato.",
        "telefone": "O telefone do dono, com o DDD.",
    },
    **{
        f"Revelar{o_que}": {"cursor": "De onde continuar: o `proximo` da página anterior."}
        for o_que in ("Clientes", "Veiculos")
    },
    "LinhaRecusada": {
        "linha": "O número que tem na planilha.",
        "motivo": "Por que ficou de fora.",
    },
    PEDIR: {
        "abaixo_do_minimo": "Só as peças com menos que o mínimo.",
        "ate": "O último dia, inclusive; sem ele, hoje.",
        "atualizar": "Fica com o da planilha onde ela difere; sem isto, a diferença é recusada.",
        "busca": "Um pedaço do nome ou do código, sem ligar para acento nem maiúscula.",
        "cancelar_ordem": "Encerra também a ordem.",
        "cliente_id": "O cliente: o id, ou o CPF ou o CNPJ.",
        "contado": "Quanto há na prateleira.",
        "cursor": "De onde continuar: o que veio em Link na página anterior.",
        "de": "O primeiro dia, no fuso da loja; sem ele nem `mes`, o primeiro deste mês.",
        "desconto": "Em reais, no todo ou na linha.",
        "desconto_percentual": "De 0 a 100; ou este, ou `desconto`, ou `valor_final`.",
        "desfeitas": "Mostra também as que já se desfizeram.",
        "documento": "CPF ou CNPJ, com ou sem pontuação; o CNPJ pode ter letras.",
        "enviar": "Já manda o orçamento ao cliente.",
        "inativos": "Só os desativados.",
        "kits": "Cada um pelo id ou pelo código.",
        "limite": "Quantos itens a página traz, no máximo.",
        "mecanico_id": "O mecânico: o id, ou o CPF.",
        "meio": "Como o cliente respondeu.",
        "mes": "Com o ano antes; sem ele, o que corre.",
        "parada_ha": "Em quantos dias sem sair a peça se diz parada.",
        "passo": "De quanto em quanto tempo vêm as linhas; sem ele, conforme o período.",
        "outro_igual": "Diz que é mesmo outro pagamento, e não o mesmo digitado de novo.",
        "parcial": "Entram as linhas que servem, e as outras se dizem; sem isto, recusam tudo.",
        "peca_id": "A peça: o id, ou o código.",
        "pecas": "Cada uma pelo id, pelo código, ou com quantidade e desconto.",
        "permitir_falta": "Aprova mesmo sem estoque; a linha espera a peça chegar.",
        "placa": "Antiga ou Mercosul, com ou sem hífen.",
        "por": "Quem respondeu, se não foi o próprio cliente.",
        "queixa": "O que o cliente diz que o carro tem.",
        "situacao": "Só as que estão assim.",
        "servicos": "Cada um pelo id, pelo código, ou com quantidade e desconto.",
        "telefone": "Com o DDD.",
        "todas_lojas": "Mostra as de todas as lojas; só para o gerente.",
        "transferir": "Diz que o carro mudou de dono.",
        "usadas": "As linhas que gastaram menos que o aprovado.",
        "valor_final": "O preço por que se fecha; o desconto é a diferença.",
        "veiculo_id": "O veículo: o id, ou a placa.",
    },
    CAMINHO: {
        "cliente_id": "O id do cliente.",
        "funcionario_id": "O id do funcionário.",
        "kit_id": "O id do kit.",
        "link_id": "O id do link mandado ao cliente.",
        "loja_id": "O id da loja.",
        "movimento_id": "O id do movimento de estoque.",
        "nome": "Qual dos limites.",
        "orcamento_id": "O número do orçamento.",
        "ordem_id": "O número da ordem de serviço.",
        "pagamento_id": "O id do pagamento.",
        "peca_id": "O id da peça.",
        "servico_id": "O id do serviço.",
        "veiculo_id": "O id do veículo.",
    },
}


def procurar(tabela: Tabela, dono: str, campo: str) -> Json:
    """O que a tabela diz do campo desse tipo, do particular para o geral; None se não diz."""
    assunto = re.findall("[A-Z][^A-Z]*", dono)[-1]
    onde = next((o for o in (dono, assunto, GERAL) if campo in tabela.get(o, {})), None)
    return None if onde is None else tabela[onde][campo]


def explicar(dono: type, campo: str, lugar: str) -> str | None:
    """O texto do campo: o desse tipo, o do lugar em que ele viaja, ou o geral."""
    ditos = (TEXTOS.get(onde, {}).get(campo) for onde in (dono.__name__, lugar, GERAL))
    return next(filter(None, ditos), None)
