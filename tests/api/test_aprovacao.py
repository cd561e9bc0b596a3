"""A página do cliente: o que ela mostra, o que ela decide, e o que ela recusa."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oficina_api.montagem import montar
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.clientes import DadosCliente
from oficina_core.casos.links import CriarLink
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.dominio.orcamento import Meio, StatusOrcamento
from tests import cenario
from tests.api.elenco import configuracao

HOSTIL = "João <script>alert(1)</script> [/] {{7*7}} 'x' \"y\""
RECUSA = re.compile('<p class="recado recusa" role="alert">(.*?)</p>')
OBRIGADO = "Recebemos sua resposta. Obrigado!"


@pytest.fixture
def oficina(url: str) -> Iterator[OficinaLocal]:
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    yield oficina
    oficina.fechar()
    assert verificar(url) == ()


@pytest.fixture
def http(oficina: OficinaLocal, url: str) -> Iterator[TestClient]:
    with TestClient(montar(configuracao(url)), raise_server_exceptions=False) as http:
        yield http


@pytest.fixture
def orcamento(oficina: OficinaLocal) -> FichaOrcamento:
    """Troca de óleo (75,00), óleo (139,65) e filtro (35,00): o kit, enviado."""
    return cenario.enviado(oficina)


@pytest.fixture
def endereco(oficina: OficinaLocal, orcamento: FichaOrcamento) -> str:
    return f"/aprovar/{oficina.executar(CriarLink(orcamento_id=orcamento.id)).segredo}"


def conteudo(http: TestClient, endereco: str) -> str:
    achado = re.search('name="conteudo" value="([0-9a-f]{64})"', http.get(endereco).text)
    assert achado
    return achado[1]


def responder(http: TestClient, endereco: str, **campos: Any) -> Any:
    dados = {"resposta": "aprovar", "conteudo": conteudo(http, endereco)} | campos
    return http.post(endereco, data=dados)


def recusa(resposta: Any) -> str:
    achada = RECUSA.search(resposta.text)
    return unescape(achada[1]) if achada else ""


def test_mostra_cada_linha_o_total_e_ate_quando_vale(http: TestClient, endereco: str) -> None:
    pagina = http.get(endereco)
    assert (pagina.status_code, pagina.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for visto in (
        "Troca de óleo",
        "ABC1D23",
        "R$\xa0139,65",
        "3,5 l",
        "R$\xa0249,65",
        "Válido até",
    ):
        assert visto in pagina.text
    assert pagina.text.count('type="checkbox"') == 3


@pytest.mark.parametrize(
    ("proposta", "descricao"),
    [
        ({"servicos": ("OLEO",), "pecas": ("PASTILHA", "FILTRO")}, []),
        ({"pecas": ("FILTRO",), "descricao": "Filtro, Past"}, ["Filtro, Past"]),
        ({"servicos": ("PAST",), "pecas": ("FILTRO",), "descricao": "Filtro, Past"}, []),
        ({"kits": ("TROCA-OLEO",)}, ["Troca de óleo 1.0"]),
    ],
    ids=["só os nomes", "algo mais", "nomes cortados", "o nome do kit"],
)
def test_a_descricao_que_so_repete_as_linhas_nao_aparece(
    http: TestClient, oficina: OficinaLocal, proposta: dict[str, Any], descricao: list[str]
) -> None:
    ordem = cenario.abrir(oficina)
    orcamento = oficina.executar(CriarOrcamento(ordem_id=ordem.id, enviar=True, **proposta))
    segredo = oficina.executar(CriarLink(orcamento_id=orcamento.id)).segredo
    pagina = http.get(f"/aprovar/{segredo}").text
    assert re.findall('<p class="descricao">(.*?)</p>', pagina) == descricao


def test_nada_vem_de_fora_e_nada_fica_guardado(http: TestClient, endereco: str) -> None:
    pagina = http.get(endereco)
    assert not re.search(r"""(src|href|url)\s*[=(]""", pagina.text)
    politica = pagina.headers["Content-Security-Policy"]
    assert "default-src 'none'" in politica
    assert "unsafe" not in politica
    assert pagina.headers["Cache-Control"] == "no-store"
    assert pagina.headers["Referrer-Policy"] == "no-referrer"


def test_abrir_nao_decide_nada(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    """Quem filtra e-mail abre todos os links, e às vezes mais de uma vez."""
    for abrir in (http.get, http.head, http.get):
        assert abrir(endereco).status_code == 200
    visto = oficina.executar(VerOrcamento(orcamento_id=orcamento.id))
    assert visto.status is StatusOrcamento.AGUARDANDO_APROVACAO


def test_aprova_as_linhas_marcadas_e_mostra_o_que_se_combinou(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    filtro = next(item.id for item in orcamento.itens if item.descricao == "Filtro")
    outras = [item.id for item in orcamento.itens if item.id != filtro]
    resposta = responder(http, endereco, linha=outras, motivo="filtro depois")
    assert resposta.status_code == 200
    for visto in ("situacao aprovado", "Combinado", "Em serviço", "Total aprovado", "R$\xa0214,65"):
        assert visto in resposta.text
    assert re.findall('aria-label="(.*?)">.</span>', resposta.text).count("recusado") == 1
    assert resposta.text.count("filtro depois") == 1
    assert 'type="checkbox"' not in resposta.text
    decidido = oficina.executar(VerOrcamento(orcamento_id=orcamento.id))
    assert (decidido.valor_aprovado, decidido.decidido_meio) == (Decimal("214.65"), Meio.LINK)
    assert decidido.decidido_por == "Ana Conceição"
    assert {i.id: i.status.name for i in decidido.itens}[filtro] == "RECUSADO"
    ordem = oficina.executar(VerOrdem(ordem_id=decidido.ordem_id or 0))
    assert ordem.status.name == "EM_EXECUCAO"


def test_recusa_tudo(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    resposta = responder(http, endereco, resposta="recusar", motivo="vou pensar")
    assert resposta.status_code == 200
    visto = oficina.executar(VerOrcamento(orcamento_id=orcamento.id))
    assert (visto.status, visto.motivo) == (StatusOrcamento.RECUSADO, "vou pensar")
    for mostrado in ("situacao recusado", "Orçamento recusado", "Troca de óleo"):
        assert mostrado in resposta.text
    assert resposta.text.count("vou pensar") == 1
    assert "Total" not in resposta.text
    assert '<li class="agora" aria-current="step"><span>Orçamento</span>' in resposta.text


def test_recusa_sem_motivo_nao_inventa_um(http: TestClient, endereco: str) -> None:
    resposta = responder(http, endereco, resposta="recusar")
    assert re.search("Respondido por Ana Conceição em [0-9/]+ [0-9:]+\\.", resposta.text)


def test_o_mesmo_link_responde_uma_vez_so(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    linhas = [item.id for item in orcamento.itens]
    visto = conteudo(http, endereco)
    assert responder(http, endereco, linha=linhas[:1]).status_code == 200
    for campos in ({"linha": linhas}, {"resposta": "recusar"}):
        dados = {"resposta": "aprovar", "conteudo": visto} | campos
        segunda = http.post(endereco, data=dados)
        assert (segunda.status_code, recusa(segunda)) == (
            409,
            "Este orçamento já foi respondido; fale com a oficina.",
        )
        assert "Combinado" in segunda.text
    aprovado = oficina.executar(VerOrcamento(orcamento_id=orcamento.id)).valor_aprovado
    assert aprovado == Decimal("75.00")


@pytest.mark.parametrize(("resposta", "quantas"), [("aprovar", 2), ("recusar", 0)])
def test_a_resposta_leva_de_volta_a_pagina_e_repeti_la_da_no_mesmo(
    http: TestClient, orcamento: FichaOrcamento, endereco: str, resposta: str, quantas: int
) -> None:
    """O clique dobrado, ou a rede que perdeu a resposta: não é outra decisão."""
    assert OBRIGADO not in http.get(endereco).text
    linhas = [item.id for item in orcamento.itens][:quantas]
    dados = {"resposta": resposta, "conteudo": conteudo(http, endereco), "linha": linhas}
    voltas = [http.post(endereco, data=dados, follow_redirects=False) for _ in range(2)]
    assert [(v.status_code, v.next_request and v.next_request.url.path) for v in voltas] == [
        (303, endereco)
    ] * 2
    pagina = http.get(endereco)
    assert (OBRIGADO in pagina.text, recusa(pagina)) == (True, "")
    assert pagina.text.count('aria-label="aprovado"') == quantas


def test_repetir_sem_ter_lido_este_orcamento_se_recusa(
    http: TestClient, orcamento: FichaOrcamento, endereco: str
) -> None:
    linhas = [item.id for item in orcamento.itens]
    responder(http, endereco, linha=linhas)
    dados = {"resposta": "aprovar", "conteudo": "0" * 64, "linha": linhas}
    assert http.post(endereco, data=dados).status_code == 409


@pytest.mark.parametrize(
    "campos",
    [
        {"linha": []},
        {"linha": ["abc"]},
        {"linha": ["-1"]},
        {"linha": ["99999999999999999999"]},
        {"linha": ["999999"]},
        {"conteudo": "0" * 64},
        {"conteudo": ""},
        {"motivo": "x" * 1001},
        {"motivo": "a\x1b[2Jb"},
        {"resposta": "xx"},
        {"resposta": ""},
    ],
    ids=str,
)
def test_resposta_que_nao_serve_nao_decide_e_mostra_a_pagina_de_novo(
    http: TestClient,
    oficina: OficinaLocal,
    orcamento: FichaOrcamento,
    endereco: str,
    campos: dict[str, Any],
) -> None:
    dados = {"linha": [item.id for item in orcamento.itens]} | campos
    resposta = responder(http, endereco, **dados)
    assert resposta.status_code in (404, 409, 422)
    assert recusa(resposta)
    assert resposta.text.count('type="checkbox"') == 3
    visto = oficina.executar(VerOrcamento(orcamento_id=orcamento.id))
    assert visto.status is StatusOrcamento.AGUARDANDO_APROVACAO


def test_o_que_se_marcou_e_escreveu_fica_na_pagina_que_recusa(
    http: TestClient, orcamento: FichaOrcamento, endereco: str
) -> None:
    uma = orcamento.itens[1].id
    resposta = responder(http, endereco, linha=[uma], motivo=HOSTIL, conteudo="0" * 64)
    assert resposta.status_code == 409
    (marcada,) = re.findall(r'value="([0-9]+)"[^>]* checked', resposta.text)
    assert marcada == str(uma)
    assert HOSTIL in unescape(resposta.text)
    assert HOSTIL not in resposta.text
    nenhuma = responder(http, endereco, linha=[], motivo="só o óleo")
    assert (nenhuma.status_code, " checked" in nenhuma.text) == (422, False)
    assert ">só o óleo</textarea>" in nenhuma.text


def test_a_ordem_que_a_oficina_cancelou_depois_nao_se_diz_combinada(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    responder(http, endereco, linha=[item.id for item in orcamento.itens])
    ordem = oficina.executar(VerOrcamento(orcamento_id=orcamento.id)).ordem_id
    oficina.executar(CancelarOrdem(ordem_id=ordem or 0, motivo="desistiu"))
    pagina = http.get(endereco).text
    assert "A oficina cancelou este serviço." in pagina
    assert OBRIGADO not in pagina
    assert "Combinado" not in pagina


def test_o_que_o_cliente_diz_ao_aprovar_em_parte_fica_inteiro_na_ordem(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    recado = "Preciso do carro na quinta; " * 12
    responder(http, endereco, linha=[orcamento.itens[0].id], motivo=recado)
    ordem = oficina.executar(VerOrcamento(orcamento_id=orcamento.id)).ordem_id
    notas = oficina.executar(VerOrdem(ordem_id=ordem or 0)).anotacoes
    assert [nota.texto for nota in notas] == [recado.strip()]


def test_barra_a_mais_no_fim_do_endereco_ainda_abre(http: TestClient, endereco: str) -> None:
    assert "Orçamento" in http.get(f"{endereco}/").text
    perdido = http.get("/aprovar/xx%0d%0aSet-Cookie:a/", follow_redirects=False)
    assert (perdido.status_code, "Set-Cookie" in perdido.headers) == (404, False)
    assert recusa(perdido).startswith("Este link não existe")


@pytest.mark.parametrize(
    ("corpo", "tipo", "status"),
    [
        (b"{}", "application/json", 415),
        (b"<x/>", "application/xml", 415),
        (b"\xff\xfe=1", "application/x-www-form-urlencoded", 422),
        (b"&".join([b"a=1"] * 2000), "application/x-www-form-urlencoded", 422),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
    ids=["json", "xml", "não é texto", "campos demais", "grande demais"],
)
def test_o_que_nao_e_o_formulario_da_pagina_se_recusa(
    http: TestClient, endereco: str, corpo: bytes, tipo: str, status: int
) -> None:
    resposta = http.post(endereco, content=corpo, headers={"Content-Type": tipo})
    assert resposta.status_code == status


@pytest.mark.parametrize("estraga", [lambda e: e[:-1], lambda e: e[:-1] + "!", lambda e: e + "A"])
def test_link_alterado_nao_existe(http: TestClient, endereco: str, estraga: Any) -> None:
    outro = http.get(estraga(endereco))
    assert outro.status_code == 404
    assert recusa(outro).startswith("Este link não existe")
    assert "ABC1D23" not in outro.text


def test_o_que_ja_nao_vale_nao_mostra_nada_do_orcamento(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    oficina.executar(RevisarOrcamento(orcamento_id=orcamento.id, enviar=True))
    trocado = http.get(endereco)
    assert trocado.status_code == 200
    assert "já não vale" in trocado.text
    assert "mandou um orçamento mais novo; use o link novo ou fale com ela." in trocado.text
    for oculto in ("ABC1D23", "R$", "checkbox", "Troca de óleo"):
        assert oculto not in trocado.text


def test_cancelado_pela_oficina_nao_se_aprova(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    visto = conteudo(http, endereco)
    oficina.executar(CancelarOrcamento(orcamento_id=orcamento.id, motivo="desistiu"))
    dados = {"resposta": "aprovar", "conteudo": visto, "linha": [orcamento.itens[0].id]}
    assert http.post(endereco, data=dados).status_code == 409
    assert "A oficina o cancelou." in http.get(endereco).text


def test_o_balcao_que_aprovou_antes_vence(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    visto = conteudo(http, endereco)
    oficina.executar(AprovarOrcamento(orcamento_id=orcamento.id))
    linhas = [item.id for item in orcamento.itens]
    for campos in ({"resposta": "recusar"}, {"resposta": "aprovar", "linha": linhas}):
        segunda = http.post(endereco, data={"conteudo": visto} | campos)
        assert (segunda.status_code, "Combinado" in segunda.text) == (409, True)
    assert OBRIGADO not in http.get(endereco).text


def test_depois_de_pronto_o_link_mostra_onde_o_carro_esta(
    http: TestClient, oficina: OficinaLocal, orcamento: FichaOrcamento, endereco: str
) -> None:
    responder(http, endereco, linha=[item.id for item in orcamento.itens])
    ordem = oficina.executar(VerOrcamento(orcamento_id=orcamento.id)).ordem_id or 0
    oficina.executar(FinalizarOrdem(ordem_id=ordem))
    assert '<li class="agora" aria-current="step"><span>Pronto</span>' in http.get(endereco).text


def test_texto_das_pessoas_aparece_como_foi_escrito(
    http: TestClient, oficina: OficinaLocal
) -> None:
    outro = cenario.abrir(
        oficina,
        placa="XYZ9K87",
        cliente=DadosCliente(nome=HOSTIL, telefone="1134567890"),
        kits=("TROCA-OLEO",),
    )
    orcamento = outro.orcamentos[0].id
    oficina.executar(EnviarOrcamento(orcamento_id=orcamento))
    endereco = f"/aprovar/{oficina.executar(CriarLink(orcamento_id=orcamento)).segredo}"
    ficha = oficina.executar(VerOrcamento(orcamento_id=orcamento))
    pagina = responder(http, endereco, linha=[ficha.itens[0].id], motivo=HOSTIL)
    assert "<script>alert" not in pagina.text
    assert unescape(pagina.text).count(HOSTIL) >= 2


def test_sem_banco_a_pagina_diz_para_tentar_de_novo(tmp_path: Path) -> None:
    ruim = configuracao("mysql://o@127.0.0.1:9/oficina")
    with TestClient(montar(ruim), raise_server_exceptions=False) as http:
        pagina = http.get(f"/aprovar/{'a' * 43}")
    assert (pagina.status_code, pagina.headers["Retry-After"]) == (503, "1")
    assert recusa(pagina)
