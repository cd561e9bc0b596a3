"""O que o contrato promete é o que a oficina faz: exemplos, esquemas e limites, contra os casos."""

import json
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from oficina_api.contrato.dicionario import LIMITES, procurar
from oficina_core.casos import traducao
from oficina_core.casos.busca import Localizar
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Simulacao
from oficina_core.catalogo import PUBLICADAS, Rota
from oficina_core.dominio.erros import DadoInvalido
from tests import contrato
from tests.exemplos import exemplo

jsonschema = pytest.importorskip("jsonschema")

CONTRATO = json.loads(contrato.texto())
SIMULACAO: Any = Simulacao


@pytest.fixture(params=PUBLICADAS, ids=lambda rota: rota.caso.__name__)
def rota(request: pytest.FixtureRequest) -> Rota:
    dada: Rota = request.param
    return dada


def test_exemplo_de_pedido_cumpre_o_esquema_e_a_oficina_o_aceita(rota: Rota) -> None:
    operacao = _operacao(rota)
    dados = {
        parametro["name"]: parametro["example"]
        for parametro in operacao["parameters"]
        if parametro.get("in") == "path"
    }
    for parametro in operacao["parameters"]:
        if "example" in parametro:
            _conferir(parametro["schema"], parametro["example"])
    if "requestBody" in operacao:
        conteudo = operacao["requestBody"]["content"]["application/json"]
        _conferir(conteudo["schema"], conteudo["example"])
        dados |= conteudo["example"]
    if any(campo.name == "versao" for campo in fields(rota.caso)):  # type: ignore[arg-type]
        dados["versao"] = 3
    traducao.ler_texto(rota.caso, json.dumps(dados))


def test_exemplo_de_resposta_cumpre_o_esquema_e_e_do_tipo_que_o_caso_responde(rota: Rota) -> None:
    respostas = _operacao(rota)["responses"]
    tipos = {"feito": rota.resultado, "simulado": SIMULACAO[rota.resultado]}
    vistos = set()
    for status in {"200", str(rota.status)}:
        conteudo = respostas[status]["content"]["application/json"]
        for nome, dito in conteudo["examples"].items():
            vistos.add(nome)
            _conferir(conteudo["schema"], dito["value"])
            valor = {"itens": dito["value"]} if _pagina(rota) else dito["value"]
            assert traducao.escrever(traducao.ler_texto(tipos[nome], json.dumps(valor))) is not None
    assert vistos == ({"feito", "simulado"} if rota.escreve else {"feito"})


@pytest.mark.parametrize("cheio", [True, False], ids=["cheio", "enxuto"])
def test_o_que_os_casos_levam_e_trazem_cumpre_os_esquemas(rota: Rota, cheio: bool) -> None:  # noqa: FBT001
    operacao = _operacao(rota)
    resposta = json.loads(traducao.canonico(exemplo(rota.resultado, cheio=cheio)))
    esquema = operacao["responses"][str(rota.status)]["content"]["application/json"]["schema"]
    _conferir(esquema, resposta["itens"] if _pagina(rota) else resposta)
    pedido = json.loads(traducao.canonico(exemplo(rota.caso)))
    if "requestBody" in operacao:
        fora = rota.no_caminho | {"versao"}
        corpo = {nome: valor for nome, valor in pedido.items() if nome not in fora}
        _conferir(operacao["requestBody"]["content"]["application/json"]["schema"], corpo)


def test_exemplos_de_recusa_cumprem_o_esquema() -> None:
    for resposta in CONTRATO["components"]["responses"].values():
        for conteudo in resposta.get("content", {}).values():
            for dito in conteudo["examples"].values():
                _conferir(conteudo["schema"], dito["value"])


def test_o_tamanho_do_texto_e_o_que_a_oficina_aceita(rota: Rota) -> None:
    """Com o tamanho do contrato o pedido passa; com uma letra a mais, não.

    Localizar procura por qualquer texto: o comprido só não acha nada.
    """
    if rota.caso is Localizar:
        return
    base = traducao.carregar(traducao.canonico(exemplo(rota.caso)))
    for nome, tipo in get_type_hints(rota.caso).items():
        limites = procurar(LIMITES, rota.caso.__name__, nome) or {}
        livre = "maxLength" in limites and not {"pattern", "format", "minLength"} & limites.keys()
        if livre and str in {tipo, *get_args(tipo)} and nome not in ("cursor", "fuso"):
            traducao.ler(rota.caso, base | {nome: "x" * limites["maxLength"]})
            with pytest.raises(DadoInvalido):
                traducao.ler(rota.caso, base | {nome: "x" * (limites["maxLength"] + 1)})


def test_nenhum_tipo_com_nome_e_de_pedido_e_de_resposta() -> None:
    """Os componentes se guardam pelo nome; dos dois lados, um ficaria com os limites do outro."""
    pedidos = {tipo for rota in PUBLICADAS for tipo in _usados(rota.caso)}
    respostas = {tipo for rota in PUBLICADAS for tipo in _usados(rota.resultado)}
    assert pedidos & respostas == set()


def _operacao(rota: Rota) -> dict[str, Any]:
    operacao: dict[str, Any] = CONTRATO["paths"][rota.caminho][rota.verbo.lower()]
    return operacao


def _conferir(esquema: dict[str, Any], valor: Any) -> None:
    inteiro = esquema | {"components": CONTRATO["components"]}
    jsonschema.Draft202012Validator(
        inteiro, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(valor)


def _pagina(rota: Rota) -> bool:
    return get_origin(rota.resultado) is Pagina


def _usados(tipo: Any) -> set[Any]:
    """Os dataclasses que um tipo alcança."""
    aqui = {tipo} if is_dataclass(tipo) and isinstance(tipo, type) else set()
    partes = [*get_args(tipo), *(get_type_hints(tipo).values() if aqui else ())]
    return aqui.union(*(_usados(parte) for parte in partes)) if partes else aqui
