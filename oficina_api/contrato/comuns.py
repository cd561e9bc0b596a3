"""O que as operações do contrato têm em comum: assuntos, parâmetros e cabeçalhos."""

from collections.abc import Mapping

from oficina_api.contrato.tipos import TEXTO, Json

REQUISICAO = "5f0c6d3e-8a51-4c1f-9b53-0e4f4f6f2a17"

ASSUNTOS: Mapping[str, tuple[str, str]] = {  # começo do endereço → (nome, explicação)
    "auth": ("Acesso", "Como se prova quem pede."),
    "usuarios": ("Acesso", "Como se prova quem pede."),
    "ordens": ("Ordens de serviço", "O carro na oficina, da queixa à entrega."),
    "orcamentos": ("Orçamentos", "O que se propõe ao cliente, e o que ele responde."),
    "pagamentos": ("Pagamentos", "O que o cliente pagou, e o que se devolveu."),
    "clientes": ("Clientes", "De quem são os carros."),
    "veiculos": ("Veículos", "Os carros, por placa, e a história de cada um."),
    "pecas": ("Peças", "O que se vende, com preço e saldo."),
    "estoque": ("Estoque", "Entradas, ajustes, contagens e o que se moveu."),
    "servicos": ("Serviços", "A tabela de mão de obra."),
    "kits": ("Kits", "Serviços e peças que se orçam de uma vez."),
    "funcionarios": ("Funcionários", "Quem trabalha na oficina, e com que papel."),
    "lojas": ("Lojas", "As lojas da rede."),
    "parametros": ("Limites", "O que cada oficina escolhe: validade, desconto, marca de atraso."),
    "mensagens": ("Mensagens", "O que se mandou ao cliente, e o que falta mandar."),
    "relatorios": ("Relatórios", "O que a oficina fez, em números."),
    "busca": ("Busca", "Do que as pessoas dizem ao id que os endereços levam."),
    "eventos": ("Eventos", "O que acontece na oficina, enquanto acontece."),
    "": ("Sistema", "O programa: nome, versão e saúde."),
    "health": ("Sistema", "O programa: nome, versão e saúde."),
}

SIMULACAO: Json = {
    "in": "query",
    "name": "simular",
    "description": "Responde uma simulação: o que mudaria, sem gravar nada. Só a senha que se "
    "confere conta no freio das tentativas, que a simulação não contorna.",
    "schema": {"type": "boolean", "default": False},
}
CHAVE: Json = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Um texto novo por pedido; repetir o pedido com a mesma chave não o refaz.",
    "schema": TEXTO | {"minLength": 8, "maxLength": 64, "pattern": "^[!-~]*$"},
}
LOJA: Json = {
    "in": "header",
    "name": "X-Loja",
    "description": "Em que loja, para quem trabalha em mais de uma.",
    "schema": {"type": "integer", "format": "int64", "minimum": 1},
}
NUMERO: Json = {
    "in": "header",
    "name": "X-Request-ID",
    "description": "O número que quem pede dá ao pedido: um UUID, ou de 16 a 64 hexadecimais com "
    "ao menos uma letra; sem ele, ou com outra forma, a API dá um.",
    "schema": TEXTO,
}
GUARDADA: Json = {
    "in": "header",
    "name": "If-None-Match",
    "description": "O ETag da resposta que já se tem: se nada mudou, vem 304, sem corpo.",
    "schema": TEXTO,
}
VERSAO: Json = {
    "in": "header",
    "name": "If-Match",
    "description": "O ETag da última leitura; se alguém gravou depois dela, vem 412.",
    "schema": TEXTO | {"pattern": '^"[0-9]{1,18}-[!#-~]*"$'},
    "example": '"3-9f86d081884c7d65"',
}
PARAMETROS: Mapping[str, Json] = {
    "Simular": SIMULACAO,
    "Chave": CHAVE,
    "Loja": LOJA,
    "Numero": NUMERO,
    "Guardada": GUARDADA,
    "Versao": VERSAO | {"required": True},
    "VersaoOpcional": VERSAO,
}
CABECALHOS: Mapping[str, Json] = {
    "ETag": {
        "description": "A versão do que se respondeu, para If-Match e If-None-Match.",
        "schema": TEXTO,
        "example": '"3-9f86d081884c7d65"',
    },
    "Link": {
        "description": 'A próxima página, com `rel="next"` (RFC 8288); na última, não vem.',
        "schema": TEXTO,
        "example": '</clientes?limite=50&cursor=WyI1ZjBj>; rel="next"',
    },
    "X-Total": {
        "description": "Quantos registros há ao todo; só quando se pede.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-Request-ID": {
        "description": "O número do pedido: cite-o ao pedir ajuda.",
        "schema": TEXTO,
        "example": REQUISICAO,
    },
    "Retry-After": {
        "description": "Em quantos segundos vale tentar de novo.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 1,
    },
    "WWW-Authenticate": {
        "description": "Como se identificar.",
        "schema": TEXTO,
        "example": "Bearer",
    },
}


def assunto(caminho: str) -> str:
    """O nome do assunto a que um endereço pertence."""
    comeco = caminho.split("/")[1]
    return ASSUNTOS.get(comeco, (comeco.capitalize(), ""))[0]


def citar(tipo: str, nome: str) -> Json:
    return {"$ref": f"#/components/{tipo}/{nome}"}


def cabecalhos(*nomes: str) -> Json:
    return {nome: citar("headers", nome) for nome in (*nomes, "X-Request-ID")}
