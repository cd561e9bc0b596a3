"""O contrato publicado: completo, em português e igual ao que está guardado."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from oficina_api import esquemas
from oficina_api.contrato.avulsas import AVULSAS
from oficina_api.contrato.recusas import RECUSAS
from oficina_api.problemas import situar
from oficina_core.catalogo import PUBLICADAS
from oficina_core.dominio.acesso import Alcance, Papel
from tests import contrato

CONTRATO = contrato.contrato()
DE_QUALQUER = {"401", "403", "404", "422", "429", "503", "default"}
INGLES = re.compile(r"(?i)Successful Response|Validation Error|Bad Request|\b(the|required)\b")
MENOR, MAIOR = 8, 900  # letras de uma explicação


class Operacao(NamedTuple):
    verbo: str
    caminho: str
    dita: dict[str, Any]


def _operacoes(documento: dict[str, Any]) -> list[Operacao]:
    return [
        Operacao(verbo, caminho, dita)
        for caminho, verbos in documento["paths"].items()
        for verbo, dita in verbos.items()
    ]


def _com_avulsas() -> dict[str, Any]:
    """O contrato de uma API que também publica tudo o que não é caso do catálogo."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    for verbo, caminho in AVULSAS:
        app.add_api_route(caminho, lambda: None, methods=[verbo.upper()])
    return esquemas.montar(app.openapi())


COMPLETO = _com_avulsas()
OPERACOES = _operacoes(COMPLETO)


def _resolver(parte: dict[str, Any]) -> dict[str, Any]:
    """O componente citado, ou a própria parte."""
    achado: Any = COMPLETO
    if "$ref" not in parte:
        return parte
    for nome in parte["$ref"].removeprefix("#/").split("/"):
        achado = achado[nome]
    return dict(achado)


def _partes(parte: Any) -> Iterator[dict[str, Any]]:
    """Cada objeto do contrato, menos o que está dentro de um exemplo."""
    if isinstance(parte, dict):
        yield parte
        for nome, item in parte.items():
            if nome not in ("example", "examples"):
                yield from _partes(item)
    if isinstance(parte, list):
        for item in parte:
            yield from _partes(item)


@pytest.fixture(params=OPERACOES, ids=lambda operacao: f"{operacao.verbo} {operacao.caminho}")
def operacao(request: pytest.FixtureRequest) -> Operacao:
    dada: Operacao = request.param
    return dada


def test_o_guardado_e_o_de_agora() -> None:
    guardado = contrato.ARQUIVO.read_text(encoding="utf-8")
    if guardado != contrato.texto():
        pytest.fail(
            "A API mudou e docs/openapi.json não. Se a mudança é a que se quer, refaça-o com "
            "`python -m tests.contrato`, confira a diferença e guarde-o junto.",
            pytrace=False,
        )


def test_tudo_o_que_a_api_publica_esta_no_catalogo_ou_nas_avulsas() -> None:
    """Rota nova fora do catálogo se explica em avulsas.py, ou não entra no contrato."""
    publicadas = {(o.verbo, o.caminho) for o in _operacoes(CONTRATO)}
    casos = {(str(rota.verbo).lower(), rota.caminho) for rota in PUBLICADAS}
    assert casos <= publicadas
    assert publicadas - casos <= AVULSAS.keys()


def test_o_que_se_cita_existe_e_o_que_existe_se_cita() -> None:
    citados = {p["$ref"] for p in _partes(COMPLETO) if isinstance(p.get("$ref"), str)}
    esquemas_ditos = {f"#/components/schemas/{nome}" for nome in COMPLETO["components"]["schemas"]}
    assert {c for c in citados if c.startswith("#/components/schemas/")} == esquemas_ditos
    assert all(_resolver({"$ref": citado}) for citado in citados)


def test_todo_esquema_e_json_schema_que_se_le() -> None:
    esquemas_ditos = [*COMPLETO["components"]["schemas"].values()]
    partes: list[Any] = [COMPLETO["paths"]]
    while partes:
        parte = partes.pop()
        filhos = parte.values() if isinstance(parte, dict) else parte
        partes += [filho for filho in filhos if isinstance(filho, dict | list)]
        if isinstance(parte, dict) and isinstance(parte.get("schema"), dict):
            esquemas_ditos.append(parte["schema"])
    assert len(esquemas_ditos) > len(OPERACOES)
    for esquema in esquemas_ditos:
        Draft202012Validator.check_schema(esquema)


def test_nomes_nao_se_repetem() -> None:
    nomes = Counter(operacao.dita["operationId"] for operacao in OPERACOES)
    assert [nome for nome, vezes in nomes.items() if vezes > 1] == []


def test_assuntos_se_explicam_em_ordem() -> None:
    ditos = [assunto["name"] for assunto in COMPLETO["tags"]]
    usados = {nome for operacao in OPERACOES for nome in operacao.dita["tags"]}
    assert set(ditos) == usados, "inclua o assunto em comuns.ASSUNTOS"
    assert ditos[:3] == ["Acesso", "Ordens de serviço", "Orçamentos"]
    assert all(assunto["description"].endswith(".") for assunto in COMPLETO["tags"])


def test_operacao_se_explica(operacao: Operacao) -> None:
    dita = operacao.dita
    assert len(dita["tags"]) == 1
    assert MENOR <= len(dita["summary"]) <= 100
    assert not dita["summary"].endswith(".")
    assert MENOR <= len(dita["description"]) <= MAIOR


def test_parametros_se_explicam(operacao: Operacao) -> None:
    parametros = list(map(_resolver, operacao.dita.get("parameters", [])))
    sem_texto = [p["name"] for p in parametros if not p.get("description", "").endswith(".")]
    assert sem_texto == [], "inclua o campo em dicionario.TEXTOS"
    do_endereco = {p["name"] for p in parametros if p["in"] == "path"}
    assert do_endereco == set(re.findall(r"{(\w+)}", operacao.caminho))


def test_recusas_se_dizem_uma_a_uma(operacao: Operacao) -> None:
    respostas = operacao.dita["responses"]
    erros = {status for status in respostas if status == "default" or status >= "400"}
    if (operacao.verbo, operacao.caminho) not in AVULSAS:
        assert erros >= DE_QUALQUER
    if operacao.verbo != "get":
        assert {"413", "415"} <= erros
    nomes = [_resolver(p)["name"] for p in operacao.dita.get("parameters", [])]
    assert ("412" in erros) == ("If-Match" in nomes)
    for status in erros:
        resposta = _resolver(respostas[status])
        conteudo = resposta["content"]
        assert conteudo.keys() == {"application/problem+json"}
        esquema = conteudo["application/problem+json"]["schema"]
        assert esquema == {"$ref": "#/components/schemas/Problema"}
        assert "X-Request-ID" in resposta["headers"]


def test_put_exige_versao_e_leitura_dispensa_o_que_ja_se_tem(operacao: Operacao) -> None:
    respostas = operacao.dita["responses"]
    if operacao.verbo == "put":
        assert "428" in respostas
    if operacao.verbo == "get" and (operacao.verbo, operacao.caminho) not in AVULSAS:
        assert "ETag" in respostas["200"]["headers"]
        assert "content" not in _resolver(respostas["304"])


def test_cada_recusa_traz_o_codigo_e_o_titulo_que_a_api_responde() -> None:
    ditos = set()
    for recusa in RECUSAS.values():
        for erro in recusa.exemplos:
            status, _ = situar(erro)
            assert recusa.status in (status, 429)
            ditos.add(erro.codigo)
    for resposta in COMPLETO["components"]["responses"].values():
        for exemplo in (
            resposta.get("content", {"": {}})
            .get("application/problem+json", {})
            .get("examples", {})
        ):
            assert exemplo in ditos


def test_so_o_que_e_publico_dispensa_o_token() -> None:
    abertas = {o.caminho for o in OPERACOES if o.dita.get("security") == []}
    assert abertas == {"/", "/auth", "/health", "/health/live", "/health/ready"}
    assert COMPLETO["security"] == [{"token": []}]
    assert COMPLETO["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_quem_pode_esta_escrito_como_o_catalogo_diz() -> None:
    for rota in PUBLICADAS:
        descricao = COMPLETO["paths"][rota.caminho][rota.verbo.lower()]["description"]
        quem = descricao.partition("**Quem pode:**")[2]
        for papel in Papel:
            assert (papel.rotulo in quem) == (papel in rota.papeis)
        assert ("(" in quem) == any(a is not Alcance.TODOS for a in rota.papeis.values())


def test_nenhum_texto_em_ingles_nem_comprido_demais() -> None:
    for parte in _partes(COMPLETO):
        texto = " ".join(
            t for t in (parte.get("description"), parte.get("summary")) if isinstance(t, str)
        )
        assert not INGLES.search(texto), texto
        assert len(texto) <= 3000
    assert not INGLES.search(COMPLETO["info"]["description"])


def test_so_o_servidor_que_o_publica() -> None:
    assert [servidor["url"] for servidor in COMPLETO["servers"]] == ["/"]
    assert "://" not in json.dumps(COMPLETO)


def test_orcamento_como_publicado() -> None:
    """A chamada que os clientes de hoje fazem é o exemplo da operação."""
    operacao = COMPLETO["paths"]["/orcamentos"]["post"]
    corpo = operacao["requestBody"]["content"]["application/json"]
    assert operacao["operationId"] == "CriarOrcamento"
    assert corpo["schema"]["additionalProperties"] is False
    assert corpo["example"] == {
        "veiculo_id": 1,
        "servicos": [1, 2],
        "pecas": [{"id": 1, "quantidade": 2}],
        "descricao": "Troca de óleo e filtros",
    }


def test_dinheiro_e_texto_e_quantidade_e_numero() -> None:
    linha = COMPLETO["components"]["schemas"]["LinhaItem"]["properties"]
    assert (linha["total"]["type"], linha["quantidade"]["type"]) == ("string", "number")


def test_quem_ouve_sabe_como_continuar_e_em_que_loja() -> None:
    parametros = map(_resolver, COMPLETO["paths"]["/eventos"]["get"]["parameters"])
    assert {(p["in"], p["name"]) for p in parametros} == {
        ("header", "Last-Event-ID"),
        ("header", "X-Loja"),
    }


def test_lista_e_um_array_nu() -> None:
    resposta = COMPLETO["paths"]["/ordens"]["get"]["responses"]["200"]
    esquema = resposta["content"]["application/json"]["schema"]
    assert esquema == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/LinhaOrdem"},
        "maxItems": 100,
    }
    assert resposta["headers"].keys() == {"ETag", "Link", "X-Total", "X-Request-ID"}
