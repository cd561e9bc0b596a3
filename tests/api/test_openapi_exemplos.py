"""O que o contrato promete é o que a oficina faz: exemplos, esquemas e limites, contra os casos."""

import json
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from oficina_api.acesso import Credenciais
from oficina_api.contrato.dicionario import LIMITES, procurar
from oficina_core.casos import traducao
from oficina_core.casos.busca import Localizar
from oficina_core.casos.estoque import AjustarEstoque, ConferirEstoque, EntradaEstoque
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Simulacao
from oficina_core.casos.servicos import CriarServico
from oficina_core.catalogo import PUBLICADAS, ROTAS, Rota
from oficina_core.dominio import valores
from oficina_core.dominio.dinheiro import Unidade
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
        livre = "maxLength" in limites and not {"format", "minLength"} & limites.keys()
        serve = livre and re.search(limites.get("pattern", ""), "x" * limites["maxLength"])
        textual = str in {tipo, *get_args(tipo)} and int not in get_args(tipo)
        if serve and textual and nome not in ("cursor", "fuso"):
            traducao.ler(rota.caso, base | {nome: "x" * limites["maxLength"]})
            with pytest.raises(DadoInvalido):
                traducao.ler(rota.caso, base | {nome: "x" * (limites["maxLength"] + 1)})


@pytest.mark.parametrize("campo", ["nome", "motivo"])
@pytest.mark.parametrize(
    "texto",
    [
        *(
            "Ana",
            " Ana",
            "Ana ",
            "João 😀",
            "a\u0301",
            "",
            " ",
            "\u3000",
            "\x00",
            "a\x1b[2J",
            "a\x7f",
        ),
        *("a\x85b", "a\tb", "a\nb", "a\r\nb", "a\rb", "\n a", "\x9b2J"),
    ],
)
def test_o_texto_do_contrato_e_o_que_a_oficina_aceita(campo: str, texto: str) -> None:
    ler = valores.nome if campo == "nome" else valores.nota
    assert _aceita(lambda: ler(texto, campo)) == bool(
        re.search(LIMITES[""][campo]["pattern"], texto)
    )


NUMEROS = (
    *(
        "0",
        "0.0",
        "0.001",
        "0.0010",
        "0.0001",
        "0.01",
        "0.010",
        "0.015",
        "1",
        "1.5",
        "1.505",
        "007",
    ),
    *("99.999", "100", "100.0", "100.001", "101", "1000000", "1000000.0", "1000000.001", "1000001"),
    *("99999999.99", "99999999.990", "100000000", "000100000000", "-1", "-0.5", "-1000000", "1e3"),
    *(0, 1, -1),
    *("", " 1", "1 ", "1,5", ".5", "5.", "+1", "0x1", "٣", "1" * 13, "0" * 12 + "1", "nan"),
)


@pytest.mark.parametrize("numero", NUMEROS)
@pytest.mark.parametrize(
    ("caso", "campo", "resto"),
    [
        (CriarServico, "preco", {"codigo": "OLEO", "nome": "Óleo"}),
        (RegistrarPagamento, "valor", {"ordem_id": 1, "forma": "PIX"}),
        (CriarOrcamento, "desconto_percentual", {"veiculo_id": 1, "servicos": [1]}),
        (EntradaEstoque, "quantidade", {"peca_id": 1}),
        (AjustarEstoque, "delta", {"peca_id": 1, "motivo": "sumiu"}),
        (ConferirEstoque, "contado", {"peca_id": 1}),
    ],
    ids=lambda valor: valor if isinstance(valor, str) else "",
)
def test_o_numero_do_contrato_e_o_que_a_oficina_aceita(
    caso: Any, campo: str, resto: dict[str, Any], numero: str | int
) -> None:
    """A quantidade ainda depende da unidade da peça: basta que uma delas a aceite."""

    def ler() -> None:
        valor = getattr(traducao.ler(caso, resto | {campo: numero}), campo)
        if caso in (EntradaEstoque, AjustarEstoque, ConferirEstoque):
            unidade = Unidade.UN if valor == int(valor) else Unidade.KG
            unidade.base(valor)

    corpo = _operacao(ROTAS[caso])["requestBody"]["content"]["application/json"]["schema"]
    assert _aceita(ler) == _cumpre(corpo["properties"][campo], numero)


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


def _cumpre(esquema: dict[str, Any], valor: Any) -> bool:
    try:
        _conferir(esquema, valor)
    except jsonschema.ValidationError:
        return False
    return True


def _aceita(fazer: Callable[[], Any]) -> bool:
    try:
        fazer()
    except DadoInvalido:
        return False
    return True


def _pagina(rota: Rota) -> bool:
    return get_origin(rota.resultado) is Pagina


def _usados(tipo: Any) -> set[Any]:
    """Os dataclasses que um tipo alcança."""
    aqui = {tipo} if is_dataclass(tipo) and isinstance(tipo, type) else set()
    partes = [*get_args(tipo), *(get_type_hints(tipo).values() if aqui else ())]
    return aqui.union(*(_usados(parte) for parte in partes)) if partes else aqui


def test_credenciais_do_contrato_sao_as_que_a_api_le() -> None:
    corpo = CONTRATO["paths"]["/auth"]["post"]["requestBody"]["content"]["application/json"]
    cumpre = jsonschema.Draft202012Validator(corpo["schema"]).is_valid
    for dado in corpo["examples"].values():
        assert cumpre(dado["value"])
        traducao.ler(Credenciais, dado["value"])
    cpf = {"cpf": "111.444.777-35"}
    for recusada in ({}, cpf | {"outro": 1}, cpf | {"senha": "", "codigo": ""}):
        assert not cumpre(recusada)
        with pytest.raises(DadoInvalido):
            traducao.ler(Credenciais, recusada)
    assert not cumpre(cpf | {"codigo": ""})
