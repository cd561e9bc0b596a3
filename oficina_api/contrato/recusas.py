"""As recusas no contrato: uma por status, cada uma com os códigos que traz e um exemplo."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from http import HTTPStatus

from oficina_api.contrato.comuns import REQUISICAO, cabecalhos
from oficina_api.contrato.tipos import TEXTO, Json, exigido
from oficina_api.problemas import (
    CABECALHOS,
    CorpoGrande,
    TipoErrado,
    VersaoAusente,
    corpo,
    situar,
)
from oficina_core.catalogo import Rota
from oficina_core.dominio import erros

PROBLEMA: Json = {
    "type": "object",
    "description": "O que não deu certo (RFC 9457); `codigo` é estável e serve para distinguir.",
    "properties": {
        "type": TEXTO | {"description": "`urn:oficina:erro:` e o código."},
        "title": TEXTO | {"description": "O tipo do problema, em poucas palavras."},
        "status": {"type": "integer", "description": "O mesmo status da resposta."},
        "detail": TEXTO | {"description": "O que houve e o que fazer, para mostrar a quem pediu."},
        "codigo": TEXTO | {"description": "A única parte que um programa deve comparar."},
        "request_id": TEXTO | {"description": "O número do pedido, que está nos registros."},
        "erros": {
            "type": "array",
            "description": "O que corrigir, um por linha; pode vir vazio.",
            "items": {
                "type": "object",
                "properties": {
                    "campo": TEXTO | {"description": "O campo que não serve."},
                    "detalhe": TEXTO | {"description": "O que há com ele."},
                },
                "additionalProperties": False,
            },
        },
        "comando": TEXTO | {"description": "O que conserta, na linha de comando; nem sempre há."},
    },
    "required": ["type", "title", "status", "detail", "codigo", "request_id", "erros"],
}


@dataclass(frozen=True)
class Recusa:
    """Um status, quando ele vem, e os erros que o trazem."""

    status: int
    quando: str
    exemplos: tuple[erros.ErroOficina, ...]


RECUSAS: Mapping[str, Recusa] = {
    "NaoIdentificado": Recusa(
        401,
        "Falta o token, ou ele não vale mais.",
        (erros.NaoIdentificado("Entre de novo: o token venceu."),),
    ),
    "AcessoNegado": Recusa(
        403,
        "O papel de quem pede não tem esse direito.",
        (erros.AcessoNegado("O papel mecânico não pode fazer isto; chame o gerente."),),
    ),
    "NaoEncontrado": Recusa(
        404,
        "O que se cita não existe, ou não é de quem pede: a resposta é a mesma.",
        (erros.NaoEncontrado("O orçamento 12 não existe."),),
    ),
    "Conflito": Recusa(
        409,
        "O estado atual não admite o pedido, já existe outro igual, ou uma regra o impede.",
        (
            erros.Conflito("O orçamento 12 já foi enviado; faça uma revisão."),
            erros.FaltaPeca(
                "Falta estoque: FILTRO-OLEO (Filtro) pede 3 un e há 1 un.",
                comando="--permitir-falta",
            ),
        ),
    ),
    "VersaoAntiga": Recusa(
        412,
        "Outra pessoa gravou depois da leitura que o If-Match cita.",
        (erros.VersaoAntiga("Outra pessoa mudou este registro; leia de novo antes de gravar."),),
    ),
    "CorpoGrande": Recusa(
        413,
        "O corpo passa do limite.",
        (CorpoGrande("O corpo passa de 1 MiB; divida o pedido.", "corpo"),),
    ),
    "TipoErrado": Recusa(
        415,
        "O corpo não é JSON.",
        (TipoErrado("Mande o corpo em JSON, com Content-Type: application/json.", "corpo"),),
    ),
    "DadoInvalido": Recusa(
        422,
        "Um campo falta, sobra ou não tem a forma que a oficina aceita.",
        (erros.DadoInvalido("A placa é como ABC1234 ou ABC1D23.", "placa"),),
    ),
    "VersaoAusente": Recusa(
        428,
        "Falta o If-Match: quem troca um registro diz que versão viu.",
        (VersaoAusente("Diga em If-Match o ETag da última leitura.", "versao"),),
    ),
    "PedidosDemais": Recusa(
        429,
        "Pedidos demais em pouco tempo; espere o que o Retry-After diz.",
        (erros.MuitasTentativas("Tentativas demais; espere 30 segundos e tente de novo.", 30),),
    ),
    "Indisponivel": Recusa(
        503,
        "O banco não respondeu a tempo; vale tentar de novo, com a mesma chave.",
        (erros.Indisponivel("O banco não respondeu; tente de novo em instantes."),),
    ),
    "Inesperado": Recusa(
        500,
        "Qualquer outro problema, sempre nesta forma.",
        (erros.ErroOficina(f"A oficina teve um erro inesperado; informe o número {REQUISICAO}."),),
    ),
}

DE_TODOS = ("NaoIdentificado", "AcessoNegado", "NaoEncontrado", "DadoInvalido")
DE_QUEM_MANDA = ("CorpoGrande", "TipoErrado")
PASSAGEIRAS = ("PedidosDemais", "Indisponivel", "Inesperado")


def componentes() -> Json:
    """As recusas que as operações citam."""
    return {nome: _descrever(recusa) for nome, recusa in RECUSAS.items()}


def citar(nomes: Iterable[str]) -> Json:
    """Por status, as recusas dadas; a inesperada é o `default`, que vale por todas."""
    return {
        "default" if nome == "Inesperado" else str(RECUSAS[nome].status): {
            "$ref": f"#/components/responses/{nome}"
        }
        for nome in sorted(nomes, key=lambda nome: (nome == "Inesperado", RECUSAS[nome].status))
    }


def da_rota(rota: Rota) -> Json:
    """O que pode dar errado em um caso do catálogo."""
    versao = next((c for c in fields(rota.caso) if c.name == "versao"), None)  # type: ignore[arg-type]
    nomes = [*DE_TODOS, *PASSAGEIRAS]
    if rota.verbo != "GET":
        nomes += DE_QUEM_MANDA
    if rota.escreve:
        nomes.append("Conflito")
    if versao:
        nomes.append("VersaoAntiga")
        nomes += ["VersaoAusente"] if exigido(versao) else []
    return citar(nomes)


def _descrever(recusa: Recusa) -> Json:
    nomes = {*CABECALHOS.get(recusa.status, ())}
    if recusa.status == HTTPStatus.TOO_MANY_REQUESTS:
        nomes.add("Retry-After")
    exemplos = {
        erro.codigo: {"value": corpo(erro, REQUISICAO, *situar(erro))} for erro in recusa.exemplos
    }
    conteudo = {"schema": {"$ref": "#/components/schemas/Problema"}, "examples": exemplos}
    return {
        "description": recusa.quando,
        "headers": cabecalhos(*sorted(nomes)),
        "content": {"application/problem+json": conteudo},
    }
