"""As operações que não são casos do catálogo, pelo endereço em que a API as publica."""

from collections.abc import Mapping
from typing import Any

from oficina_api.acesso import Credenciais
from oficina_api.contrato import recusas
from oficina_api.contrato.comuns import assunto, cabecalhos, citar
from oficina_api.contrato.tipos import TEXTO, Esquemas, Json

ABERTA: list[Json] = []  # dispensa o token
DE_QUEM_ENTRA = ("NaoIdentificado", "CorpoGrande", "TipoErrado", "DadoInvalido")

CREDENCIAIS: Json = Esquemas({}, mandado=True).objeto(Credenciais) | {
    "not": {"required": ["senha", "codigo"], "properties": {"senha": TEXTO, "codigo": TEXTO}}
}
TOKEN: Json = {
    "type": "object",
    "properties": {
        "access_token": TEXTO | {"description": "O que vai em `Authorization: Bearer`."},
        "token_type": {"type": "string", "const": "bearer"},
        "expires_in": {"type": "integer", "minimum": 1, "description": "Em segundos."},
    },
    "required": ["access_token", "token_type", "expires_in"],
}
SITUACAO: Json = {
    "type": "object",
    "properties": {"status": TEXTO},
    "required": ["status"],
}
PROGRAMA: Json = {
    "type": "object",
    "properties": {"nome": TEXTO, "versao": TEXTO, "saude": TEXTO},
}
EVENTO: Json = {
    "type": "object",
    "properties": {
        "id": TEXTO | {"pattern": "^[0-9]+$", "description": "De onde continuar."},
        "event": TEXTO | {"enum": ["inicio", "mudou", "recarregar"]},
        "data": TEXTO | {"contentMediaType": "application/json", "description": "O que mudou."},
    },
    "required": ["id", "event", "data"],
    "additionalProperties": False,
}
ULTIMO_AVISO: Json = {
    "in": "header",
    "name": "Last-Event-ID",
    "description": "O `id` do último aviso recebido; sem ele, só o que acontecer daqui em diante.",
    "schema": TEXTO | {"pattern": "^[0-9]{1,18}$"},
    "example": "812",
}


def _resposta(quando: str, esquema: Json, exemplo: Any, tipo: str = "application/json") -> Json:
    return {
        "description": quando,
        "headers": cabecalhos(),
        "content": {tipo: {"schema": esquema, "example": exemplo}},
    }


def _aberta(nome: str, resumo: str, descricao: str, respostas: Json, *erros: str) -> Json:
    return {
        "operationId": nome,
        "summary": resumo,
        "description": descricao,
        "security": ABERTA,
        "responses": respostas | recusas.citar((*erros, *recusas.PASSAGEIRAS)),
    }


ENTRAR = _aberta(
    "Entrar",
    "Troca a prova de quem se é por um token",
    "Funcionário manda `senha`. Cliente manda só o CPF, recebe um código e o manda em `codigo`. "
    "O CPF é um nome, não um segredo: sozinho só vale no desenvolvimento.",
    {
        "200": _resposta(
            "O token.",
            TOKEN,
            {
                "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJz….c2ln",
                "token_type": "bearer",
                "expires_in": 3600,
            },
        ),
        "202": _resposta(
            "Se há um cliente com esse CPF e contato, um código foi mandado a ele.",
            {"type": "object", "properties": {"detail": TEXTO}, "required": ["detail"]},
            {"detail": "Se este CPF é de um cliente com contato, um código vai a ele."},
        ),
    },
    *DE_QUEM_ENTRA,
) | {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": CREDENCIAIS,
                "examples": {
                    "cpf": {"summary": "Cliente pede o código", "value": {"cpf": "12345678909"}},
                    "codigo": {
                        "summary": "Cliente confirma",
                        "value": {"cpf": "12345678909", "codigo": "481516"},
                    },
                    "senha": {
                        "summary": "Funcionário",
                        "value": {"cpf": "111.444.777-35", "senha": "cavalo-bateria-grampo"},
                    },
                },
            }
        },
    }
}
OUVIR = {
    "operationId": "OuvirEventos",
    "summary": "Acompanha o que muda na oficina, enquanto muda",
    "description": "Uma conexão que fica aberta (SSE). Um aviso só diz que é preciso ler de novo: "
    "pode repetir, e não se perde. Depois de uma queda, `Last-Event-ID` continua do último `id`; "
    "se dali para cá aconteceu demais, vem um `recarregar`: leia tudo de novo.",
    "parameters": [ULTIMO_AVISO, citar("parameters", "Loja")],
    "responses": {
        "200": _resposta(
            "Os eventos, um por bloco; o esquema é o de cada um.",
            EVENTO,
            {
                "id": "812",
                "event": "mudou",
                "data": '{"id":813,"entidade":"orcamentos","entidade_id":12,'
                '"acao":"EnviarOrcamento","em":"2026-11-23T14:30:00+00:00"}',
            },
            "text/event-stream",
        ),
        **recusas.citar((*recusas.DE_TODOS, *recusas.PASSAGEIRAS)),
    },
}
PUBLICA = "Não pede token."
AVULSAS: Mapping[tuple[str, str], Json] = {
    ("get", "/"): _aberta(
        "VerApi",
        "Diz que API é esta",
        f"Nome, versão e saúde. {PUBLICA}",
        {
            "200": _resposta(
                "No ar.", PROGRAMA, {"nome": "oficina", "versao": "0.1.0", "saude": "/health"}
            )
        },
    ),
    ("get", "/health"): _aberta(
        "VerSaude",
        "Diz se o processo está de pé",
        f"O mesmo que `/health/live`. {PUBLICA}",
        {"200": _resposta("De pé.", SITUACAO, {"status": "viva"})},
    ),
    ("get", "/health/live"): _aberta(
        "VerVida",
        "Diz se o processo está de pé",
        f"Não consulta o banco. {PUBLICA}",
        {"200": _resposta("De pé.", SITUACAO, {"status": "viva"})},
    ),
    ("get", "/health/ready"): _aberta(
        "VerProntidao",
        "Diz se já se pode mandar pedidos",
        f"Confere o banco e a versão do esquema. {PUBLICA}",
        {"200": _resposta("Pronta.", SITUACAO, {"status": "pronta"})},
    ),
    ("post", "/auth"): ENTRAR,
    ("get", "/eventos"): OUVIR,
}


def completar(verbo: str, caminho: str, publicada: Json) -> Json:
    """A operação que o FastAPI conhece, com o que o contrato diz dela."""
    dita = AVULSAS.get((verbo, caminho))
    return publicada if dita is None else {"tags": [assunto(caminho)], **dita}
