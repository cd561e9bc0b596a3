"""As chamadas publicadas, como os clientes de hoje as escrevem."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oficina_api.app import criar_app
from oficina_core.banco.local import OficinaLocal
from oficina_core.dominio.acesso import SISTEMA
from tests.conftest import Relogio

ORCAMENTO = {
    "veiculo_id": 1,
    "servicos": [1, 2],
    "pecas": [{"id": 1, "quantidade": 2}],
    "descricao": "Troca de óleo e filtros",
}
CLIENTE = {"nome": "Ana", "telefone": "(11) 98765-4321"}


@pytest.fixture
def http(url_sqlite: str, relogio: Relogio) -> Iterator[TestClient]:
    oficina = OficinaLocal.em(url_sqlite, relogio)
    with TestClient(criar_app(oficina, lambda: SISTEMA)) as cliente:
        yield cliente
    oficina.fechar()


@pytest.fixture
def loja(http: TestClient) -> TestClient:
    """Um cliente, o carro dele, dois serviços e uma peça em estoque."""
    _criar(http, "/clientes", CLIENTE)
    carro = {"placa": "ABC1D23", "marca": "Fiat", "modelo": "Uno", "cliente_id": 1}
    _criar(http, "/veiculos", carro)
    _criar(http, "/servicos", {"codigo": "OLEO", "nome": "Troca de óleo", "preco": "80.00"})
    _criar(http, "/servicos", {"codigo": "FILTRO", "nome": "Troca de filtro", "preco": 30})
    _criar(http, "/pecas", {"codigo": "FILTRO-AR", "nome": "Filtro de ar", "preco": 12.5})
    _criar(http, "/estoque/entradas", {"peca_id": "FILTRO-AR", "quantidade": 5})
    return http


def test_orcamento_como_publicado(loja: TestClient) -> None:
    resposta = loja.post("/orcamentos", json=ORCAMENTO)
    assert resposta.status_code == 201, resposta.text
    ficha = resposta.json()
    assert (ficha["id"], ficha["status"], ficha["valor_total"]) == (1, "RASCUNHO", "135.00")
    assert [(item["descricao"], item["quantidade"], item["total"]) for item in ficha["itens"]] == [
        ("Troca de óleo", 1, "80.00"),
        ("Troca de filtro", 1, "30.00"),
        ("Filtro de ar", 2, "25.00"),
    ]
    assert resposta.headers["ETag"].startswith(f'"{ficha["versao"]}-')


def test_acao_dispensa_corpo(loja: TestClient) -> None:
    _criar(loja, "/orcamentos", ORCAMENTO)
    assert loja.post("/orcamentos/1/envio").json()["status"] == "AGUARDANDO_APROVACAO"


def test_acao_diz_o_que_falta(loja: TestClient) -> None:
    _criar(loja, "/orcamentos", ORCAMENTO | {"pecas": [{"id": "FILTRO-AR", "quantidade": 6}]})
    resposta = loja.post("/orcamentos/1/aprovacao")
    assert (resposta.status_code, resposta.json()["codigo"]) == (409, "falta_peca")


def test_lista_e_um_array_e_o_cursor_vai_em_link(loja: TestClient) -> None:
    for numero in range(4):
        _criar(loja, "/clientes", CLIENTE | {"nome": f"Bia & {numero}"})
    caminho, nomes = "/clientes?busca=bia+%26&limite=3", []
    while caminho:
        resposta = loja.get(caminho)
        nomes += [linha["nome"] for linha in resposta.json()]
        caminho = resposta.links.get("next", {}).get("url", "")
    assert nomes == ["Bia & 0", "Bia & 1", "Bia & 2", "Bia & 3"]
    assert "X-Total" not in resposta.headers


def test_mesma_chave_um_efeito_so(http: TestClient) -> None:
    chave = {"Idempotency-Key": "pedido-do-balcao-1"}
    primeira = http.post("/clientes", json=CLIENTE, headers=chave)
    segunda = http.post("/clientes", json=CLIENTE, headers=chave)
    outro = http.post("/clientes", json=CLIENTE | {"nome": "Bia"}, headers=chave)
    assert (primeira.status_code, primeira.json()) == (201, segunda.json())
    assert outro.status_code == 422
    assert len(http.get("/clientes").json()) == 1


def test_simular_nao_grava_nem_gasta_a_chave(http: TestClient) -> None:
    chave = {"Idempotency-Key": "pedido-do-balcao-1"}
    resposta = http.post("/clientes?simular=true", json=CLIENTE, headers=chave)
    assert resposta.status_code == 200
    assert resposta.json()["resultado"]["nome"] == "Ana"
    assert [efeito["acao"] for efeito in resposta.json()["efeitos"]] == ["CriarCliente"]
    assert "ETag" not in resposta.headers
    assert http.get("/clientes").json() == []
    assert http.post("/clientes", json=CLIENTE, headers=chave).status_code == 201


def test_leitura_nao_se_simula(http: TestClient) -> None:
    assert http.get("/clientes?simular=true").status_code == 422
    assert http.get("/clientes?simular=false").status_code == 200


def test_editar_com_o_etag_que_se_leu(http: TestClient) -> None:
    _criar(http, "/clientes", CLIENTE)
    lido = {"If-Match": http.get("/clientes/1").headers["ETag"]}
    novo = CLIENTE | {"nome": "Ana Maria"}
    assert http.put("/clientes/1", json=novo).status_code == 428
    editado = http.put("/clientes/1", json=novo, headers=lido)
    assert (editado.status_code, editado.json()["nome"]) == (200, "Ana Maria")
    antigo = http.put("/clientes/1", json=CLIENTE, headers=lido)
    assert (antigo.status_code, antigo.json()["codigo"]) == (412, "versao_antiga")


def test_etag_muda_com_o_conteudo(loja: TestClient) -> None:
    antes = loja.get("/pecas/1")
    _criar(loja, "/estoque/entradas", {"peca_id": 1, "quantidade": 1})
    depois = loja.get("/pecas/1")
    assert antes.json()["versao"] == depois.json()["versao"]
    assert antes.headers["ETag"] != depois.headers["ETag"]


def _criar(http: TestClient, caminho: str, corpo: dict[str, Any]) -> None:
    resposta = http.post(caminho, json=corpo)
    assert resposta.status_code == 201, resposta.text
