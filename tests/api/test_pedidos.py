"""O que a API não chega a aceitar como pedido, e o que ela não precisa repetir."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_core.catalogo import MIB, PLANILHA
from oficina_core.dominio.acesso import SISTEMA
from tests.api.conftest import cadastrar
from tests.api.test_erros import OLEO, Recusante


@pytest.fixture
def http(recusante: Recusante) -> Iterator[TestClient]:
    with TestClient(criar_app(recusante, lambda: SISTEMA)) as cliente:
        yield cliente


@pytest.mark.parametrize("caminho", ["/clientes", "/clientes/1", "/clientes?limite=1"])
def test_quem_ja_tem_nao_recebe_de_novo(com_clientes: TestClient, caminho: str) -> None:
    etag = com_clientes.get(caminho).headers["ETag"]
    for dito in (etag, "*", f'"outro", {etag}', f"W/{etag}"):
        resposta = com_clientes.get(caminho, headers={"If-None-Match": dito})
        assert (resposta.status_code, resposta.content) == (304, b""), dito
        assert resposta.headers["ETag"] == etag
        assert "X-Request-ID" in resposta.headers
    for dito in ('"outro"', etag.strip('"'), ""):
        assert com_clientes.get(caminho, headers={"If-None-Match": dito}).status_code == 200, dito


def test_lista_que_mudou_volta_inteira(com_clientes: TestClient) -> None:
    antes = {"If-None-Match": com_clientes.get("/clientes?limite=3").headers["ETag"]}
    assert cadastrar(com_clientes, "Zé").status_code == 201
    depois = com_clientes.get("/clientes?limite=3", headers=antes)
    assert (depois.status_code, len(depois.json())) == (200, 3)
    assert "next" in depois.links  # o corpo é o mesmo; o que mudou é haver mais


def test_so_leitura_dispensa_o_que_ja_se_tem(http: TestClient) -> None:
    resposta = http.post("/pecas", json=OLEO, headers={"If-None-Match": "*"})
    assert resposta.status_code == 422


@pytest.mark.parametrize(
    ("nome", "verbo", "caminho"),
    [
        ("Authorization", "GET", "/clientes/7"),
        ("Idempotency-Key", "POST", "/pecas"),
        ("If-Match", "PUT", "/pecas/7"),
        ("Content-Type", "POST", "/pecas"),
        ("X-Loja", "GET", "/clientes/7"),
    ],
)
def test_cabecalho_repetido(http: TestClient, nome: str, verbo: str, caminho: str) -> None:
    valor = {"If-Match": '"3-a"', "Content-Type": "application/json", "X-Loja": "1"}
    par = (nome.lower().encode(), valor.get(nome, "chave-do-teste").encode())
    resposta = http.request(verbo, caminho, json=OLEO, headers=[par, par])
    assert resposta.status_code == 422
    assert nome in resposta.json()["detail"]


@pytest.mark.parametrize(
    ("corpo", "diz"),
    [
        ('{"x": ' + "[" * 20 + "]" * 20 + "}", "níveis"),
        ('{"x": ' + "[" * 19 + "]" * 19 + "}", "campo desconhecido"),
        ('{"x": ' + '{"x": ' * 500 + "1" + "}" * 501, "níveis"),
        ('{"codigo": "OLEO", "nome": "\\u0000", "preco": 1}', "caractere"),
        ('{"x": [{"a": ["\\u0000"]}]}', "caractere"),
        ('{"a\\u0000": 1}', "caractere"),
    ],
    ids=["21 níveis", "20 níveis", "501 níveis", "nulo", "nulo lá dentro", "nulo no nome"],
)
def test_corpo_com_forma_que_nao_se_le(http: TestClient, corpo: str, diz: str) -> None:
    tipo = {"Content-Type": "application/json"}
    resposta = http.post("/pecas", content=corpo.encode(), headers=tipo)
    assert resposta.status_code == 422
    assert diz in resposta.json()["detail"]


@pytest.mark.parametrize("caminho", ["/clientes?busca=%00", "/clientes?busca=%ff", "/clientes/%00"])
def test_endereco_com_o_que_nao_e_texto(com_clientes: TestClient, caminho: str) -> None:
    resposta = com_clientes.get(caminho)
    assert (resposta.status_code, "caractere" in resposta.json()["detail"]) == (422, True)


def test_leitura_nao_leva_corpo(http: TestClient) -> None:
    assert http.request("GET", "/clientes/7", content=b"{}").status_code == 422
    assert http.request("GET", "/clientes/7", content=b"").status_code == 404


@pytest.mark.parametrize(
    ("cabecalhos", "status"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, 404),
        ({"Content-Type": 'application/json;charset="UTF-8"'}, 404),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, 404),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
    ],
)
def test_so_utf8_e_sem_compressao(
    http: TestClient, cabecalhos: dict[str, str], status: int
) -> None:
    corpo = b'{"codigo": "OLEO", "nome": "\xc3\x93leo", "preco": 1}'
    assert http.post("/pecas", content=corpo, headers=cabecalhos).status_code == status


@pytest.mark.parametrize(("tamanho", "status"), [(2 * MIB, 422), (PLANILHA + 1, 413)])
def test_planilha_tem_teto_maior(http: TestClient, tamanho: int, status: int) -> None:
    tipo = {"Content-Type": "application/json"}
    resposta = http.post("/pecas/importacao", content=b" " * tamanho, headers=tipo)
    assert resposta.status_code == status
