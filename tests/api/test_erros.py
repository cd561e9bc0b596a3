"""O que a API responde quando não pode atender."""

from collections.abc import Iterator
from typing import Any, Never, Self

import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido
from oficina_core.catalogo import CORPO
from oficina_core.dominio import erros
from oficina_core.dominio.acesso import SISTEMA, Sujeito

NUMERO = "0f8fad5bd9cb469fa165708677289502"
SEGREDO = "SEGREDO-DE-QUEM-PEDE"
OLEO = {"codigo": "OLEO", "nome": "Óleo 5W30", "preco": "45.90"}


class SemPeca(erros.RegraViolada):
    codigo = "sem_peca"


class SemNome(erros.Conflito):
    """Não diz código: é o do pai."""


class Recusante:
    """Uma oficina que responde sempre o mesmo erro."""

    erro: Exception = erros.NaoEncontrado("Não há.")

    def como(self, _: Sujeito, /) -> Self:
        return self

    def executar(self, _: CasoDeUso[Any], __: Pedido = PEDIDO, /) -> Never:
        raise self.erro

    def simular(self, _: CasoDeUso[Any], __: Pedido = PEDIDO, /) -> Never:
        raise self.erro


@pytest.fixture
def recusante() -> Recusante:
    return Recusante()


@pytest.fixture
def http(recusante: Recusante) -> Iterator[TestClient]:
    app = criar_app(recusante, lambda: SISTEMA)
    with TestClient(app, raise_server_exceptions=False) as cliente:
        yield cliente


@pytest.mark.parametrize(
    ("erro", "status", "codigo"),
    [
        (erros.DadoInvalido("x"), 422, "dado_invalido"),
        (erros.NaoEncontrado("x"), 404, "nao_encontrado"),
        (erros.NaoIdentificado("x"), 401, "nao_identificado"),
        (erros.AcessoNegado("x"), 403, "acesso_negado"),
        (erros.Conflito("x"), 409, "conflito"),
        (erros.VersaoAntiga("x"), 412, "versao_antiga"),
        (erros.RegraViolada("x"), 409, "regra_violada"),
        (erros.Indisponivel("x"), 503, "indisponivel"),
        (erros.ErroOficina("x"), 500, "erro"),
        (SemPeca("x"), 409, "sem_peca"),
        (SemNome("x"), 409, "conflito"),
    ],
    ids=lambda valor: type(valor).__name__ if isinstance(valor, Exception) else str(valor),
)
def test_cada_erro_tem_o_status_do_ancestral(
    http: TestClient, recusante: Recusante, erro: erros.ErroOficina, status: int, codigo: str
) -> None:
    recusante.erro = erro
    resposta = http.get("/clientes/7")
    assert (resposta.status_code, resposta.json()["codigo"]) == (status, codigo)
    assert resposta.headers["Content-Type"] == "application/problem+json"


def test_o_problema_diz_tudo(http: TestClient, recusante: Recusante) -> None:
    recusante.erro = erros.DadoInvalido("Há 2 erros.", "linhas", detalhes=("linha 1: a", "linha 2"))
    resposta = http.get("/clientes/7", headers={"X-Request-ID": NUMERO})
    assert resposta.json() == {
        "type": "urn:oficina:erro:dado_invalido",
        "title": "Dado inválido",
        "status": 422,
        "detail": "Há 2 erros.",
        "codigo": "dado_invalido",
        "request_id": NUMERO,
        "erros": [
            {"campo": "linhas", "detalhe": "linha 1: a"},
            {"campo": "linhas", "detalhe": "linha 2"},
        ],
    }
    assert resposta.headers["X-Request-ID"] == NUMERO


@pytest.mark.parametrize(
    "veio",
    [
        *(None, "curto", "com espaço no meio", "a" * 65, "<script>-12345", "pedido-da-ana-silva"),
        *("11987654321", "5511987654321", "52998224725", "12345678000195", "12ABC34501DE35"),
        *("1198765432152998224725", "11987654-321", f"{NUMERO}\n"),
    ],
)
def test_numero_de_pedido_estranho_da_lugar_a_um_novo(http: TestClient, veio: str | None) -> None:
    cabecalhos = {} if veio is None else {"X-Request-ID": veio.encode()}
    numero = http.get("/clientes/7", headers=cabecalhos).json()["request_id"]  # type: ignore[arg-type]
    assert numero != veio
    assert len(numero) == 36


def test_inesperado_nao_conta_o_que_houve(http: TestClient, recusante: Recusante) -> None:
    recusante.erro = ZeroDivisionError(SEGREDO)
    resposta = http.get("/clientes/7")
    assert (resposta.status_code, resposta.json()["codigo"]) == (500, "erro")
    assert resposta.json()["request_id"] in resposta.json()["detail"]
    assert SEGREDO not in resposta.text


@pytest.mark.parametrize(
    ("verbo", "caminho", "status"),
    [
        ("GET", f"/{SEGREDO}", 404),
        ("GET", "/clientes/", 404),
        ("DELETE", "/clientes/7", 405),
        ("GET", f"/clientes/{SEGREDO}", 422),
        ("GET", "/clientes/1.5", 422),
        ("GET", f"/clientes/{2**63}", 422),
        ("GET", "/clientes/" + "9" * 5000, 422),
        ("GET", f"/clientes?{SEGREDO}=1", 422),
        ("GET", "/clientes?limite=1&limite=2", 422),
        ("GET", "/clientes?limite=101", 422),
        ("GET", f"/clientes?limite={2**63}", 422),
        ("GET", f"/clientes?inativos={SEGREDO}", 422),
        ("GET", f"/ordens?status={SEGREDO}", 422),
        ("GET", "/clientes/7?cliente_id=8", 422),
        ("GET", "/clientes?simular=talvez", 422),
        ("POST", "/orcamentos/7/envio?versao=3", 422),
    ],
)
def test_endereco_que_nao_serve(http: TestClient, verbo: str, caminho: str, status: int) -> None:
    resposta = http.request(verbo, caminho)
    assert resposta.status_code == status
    assert resposta.headers["Content-Type"] == "application/problem+json"
    assert SEGREDO not in resposta.text


@pytest.mark.parametrize(
    "corpo",
    [
        '{"codigo": "OLEO", "nome": "Óleo", "preco": 1, "SEGREDO-DE-QUEM-PEDE": 1}',
        '{"codigo": "OLEO", "nome": "Óleo", "preco": NaN}',
        '{"codigo": "OLEO", "nome": "Óleo", "preco": -Infinity}',
        '{"codigo": "OLEO", "nome": "Óleo", "preco": 1e9999999999999999999}',
        '{"codigo": "OLEO", "codigo": "OLEO", "nome": "Óleo", "preco": 1}',
        '{"codigo": "OLEO", "nome": "\\ud800", "preco": 1}',
        '{"codigo": "OLEO", "nome": ["SEGREDO-DE-QUEM-PEDE"], "preco": 1}',
        '{"codigo": "OLEO", "nome": "Óleo", "preco": "SEGREDO-DE-QUEM-PEDE"}',
        '{"codigo": "OLEO", "nome": "Óleo", "preco": 9223372036854775808}',
        '{"codigo": "OLEO", "nome": "Óleo", "preco": 1, "versao": 1}',
        '{"codigo": "SEGREDO-DE-QUEM-PEDE',
        '["SEGREDO-DE-QUEM-PEDE"]',
        "[" * 100_000,
        "null",
        "",
    ],
    ids=lambda corpo: corpo[:70],
)
def test_corpo_que_nao_serve(http: TestClient, corpo: str) -> None:
    resposta = _mandar(http, "/pecas", corpo.encode())
    assert (resposta.status_code, resposta.json()["codigo"]) == (422, "dado_invalido")
    assert SEGREDO not in resposta.text


def test_inteiro_que_nao_cabe_no_banco(http: TestClient) -> None:
    corpo = f'{{"veiculo_id": {2**63}, "servicos": [1]}}'
    resposta = _mandar(http, "/orcamentos", corpo.encode())
    assert (resposta.status_code, resposta.json()["erros"]) == (422, [{"campo": "veiculo_id"}])


def test_utf8_quebrado(http: TestClient) -> None:
    assert _mandar(http, "/pecas", b'{"nome": "\xff\xfe"}').status_code == 422


@pytest.mark.parametrize("partes", [1, 4], ids=["inteiro", "em partes"])
def test_corpo_grande_demais(http: TestClient, partes: int) -> None:
    corpo = (b" " * (CORPO // partes + 1) for _ in range(partes))
    resposta = http.post("/pecas", content=corpo, headers={"Content-Type": "application/json"})
    assert (resposta.status_code, resposta.json()["codigo"]) == (413, "dado_invalido")


def test_corpo_no_limite_se_le(http: TestClient) -> None:
    corpo = b'{"codigo": "OLEO", "nome": "\xc3\x93leo", "preco": 1}'.ljust(CORPO)
    assert _mandar(http, "/pecas", corpo).status_code == 404


@pytest.mark.parametrize("tipo", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_so_json(http: TestClient, tipo: str) -> None:
    resposta = http.post("/pecas", content=b"{}", headers={"Content-Type": tipo})
    assert resposta.status_code == 415


@pytest.mark.parametrize(
    ("verbo", "caminho", "if_match", "status"),
    [
        ("PUT", "/pecas/7", None, 428),
        ("PUT", "/pecas/7", '"3-abc"', 404),
        ("PUT", "/pecas/7", '"3-"', 404),
        ("PUT", "/pecas/7", 'W/"3-abc"', 422),
        ("PUT", "/pecas/7", "*", 422),
        ("PUT", "/pecas/7", "3", 422),
        ("PUT", "/pecas/7", '"3-a", "4-b"', 422),
        ("PUT", "/pecas/7", f'"{2**63}-a"', 422),
        ("POST", "/pecas", '"3-abc"', 422),
    ],
)
def test_versao_viaja_em_if_match(
    http: TestClient, verbo: str, caminho: str, if_match: str | None, status: int
) -> None:
    cabecalhos = {} if if_match is None else {"If-Match": if_match}
    resposta = http.request(verbo, caminho, json=OLEO, headers=cabecalhos)
    assert resposta.status_code == status


@pytest.mark.parametrize("loja", ["matriz", "1.5", str(2**63)])
def test_loja_e_um_numero(http: TestClient, loja: str) -> None:
    resposta = http.get("/clientes", headers={"X-Loja": loja})
    assert (resposta.status_code, resposta.json()["erros"]) == (422, [{"campo": "loja"}])


def test_quem_nao_se_identifica_nem_manda_o_corpo(recusante: Recusante) -> None:
    def identificar() -> Sujeito:
        raise erros.NaoIdentificado("Entre com: oficina auth entrar")

    with TestClient(criar_app(recusante, identificar)) as http:
        resposta = http.post("/pecas", content=b" " * (CORPO + 1))
    assert (resposta.status_code, resposta.headers["WWW-Authenticate"]) == (401, "Bearer")


def _mandar(http: TestClient, caminho: str, corpo: bytes) -> Any:
    return http.post(caminho, content=corpo, headers={"Content-Type": "application/json"})
