"""Orçamento pela linha de comando."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from oficina_core.casos.portas import Oficina
from tests.cenario import CPF_ANA, PLACA, catalogo
from tests.cli.conftest import Pedir, Rodar

ITENS = ("--servico", "OLEO", "--peca", "FILTRO:2", "--kit", "TROCA-OLEO")


@pytest.fixture(autouse=True)
def carro(oficina: Oficina, pedir: Pedir) -> None:
    catalogo(oficina)
    pedir("cliente", "criar", "--nome", "Ana Souza", "--documento", CPF_ANA)
    pedir(
        *("veiculo", "criar", "--placa", PLACA, "--marca", "Fiat", "--modelo", "Uno"),
        *("--cliente", CPF_ANA),
    )


def criar(pedir: Pedir, *mais: str) -> tuple[str, dict[str, str]]:
    """O número de um orçamento novo, e o de cada linha dele."""
    feito = pedir("orcamento", "criar", "--placa", PLACA, *ITENS, *mais)
    return str(feito["id"]), {item["descricao"]: str(item["id"]) for item in feito["itens"]}


def test_o_mesmo_item_soma_na_mesma_linha(pedir: Pedir) -> None:
    numero, _ = criar(pedir, "--desconto", "10,00", "--validade", "31/12/2026")
    feito = pedir("orcamento", "ver", numero)
    quantidades = {item["descricao"]: item["quantidade"] for item in feito["itens"]}
    assert quantidades == {"Troca de óleo": 2, "Oleo-5w30": 3.5, "Filtro": 3}
    assert (feito["desconto"], feito["validade"]) == ("10.00", "2026-12-31")


def test_editar_muda_so_o_que_se_disse(pedir: Pedir) -> None:
    numero, linhas = criar(pedir)
    servico, oleo, filtro = linhas["Troca de óleo"], linhas["Oleo-5w30"], linhas["Filtro"]
    editado = pedir(
        *("orcamento", "editar", numero, "--tirar", servico, "--quantidade", f"{oleo}:4"),
        *("--peca", "PASTILHA"),
    )
    ficou = {str(item["id"]): item["quantidade"] for item in editado["itens"]}
    assert servico not in ficou
    assert (ficou[oleo], ficou[filtro], len(ficou)) == (4, 3, 3)


def test_linha_alheia_se_recusa(pedir: Pedir, rodar: Rodar) -> None:
    numero, _ = criar(pedir)
    resposta = rodar("orcamento", "editar", numero, "--tirar", "99999")
    assert resposta.exit_code == 3
    assert "A linha 99999 não é deste orçamento." in resposta.stderr


def test_recusar_revisar_e_cancelar(pedir: Pedir) -> None:
    numero, _ = criar(pedir, "--enviar")
    revisao = pedir("orcamento", "revisar", numero, "--enviar")
    assert revisao["revisao"] == 2
    nova = str(revisao["id"])
    recusado = pedir("orcamento", "recusar", nova, "--motivo", "vai pensar", "--meio", "telefone")
    assert (recusado["status"], recusado["decidido_meio"]) == ("RECUSADO", "TELEFONE")
    outro, _ = criar(pedir)
    cancelado = pedir("orcamento", "cancelar", outro, "--motivo", "engano", "--sim")
    assert cancelado["status"] == "CANCELADO"
    assert [x["id"] for x in pedir("orcamento", "listar", "--status", "recusado")] == [int(nova)]


@pytest.mark.parametrize("enviar", [(), ("--enviar",)])
def test_a_linha_sem_estoque_se_avisa_e_so_entao_ocupa_coluna(
    pedir: Pedir, rodar: Rodar, enviar: tuple[str, ...]
) -> None:
    cabe, passa = (
        rodar("orcamento", "criar", "--placa", PLACA, "--peca", f"PASTILHA:{n}", *enviar)
        for n in (1, 2)
    )
    assert "Falta estoque: Pastilha (pede 2 un, há 1 un)." in passa.stderr
    assert "Disponível" in passa.stdout
    assert "Falta estoque" not in cabe.stderr
    assert "Disponível" not in cabe.stdout
    numero = str(pedir("orcamento", "listar")[0]["id"])
    assert "Falta estoque" in rodar("orcamento", "ver", numero).stderr


def test_falta_de_peca_diz_qual_e_pode_ser_permitida(pedir: Pedir, rodar: Rodar) -> None:
    feito = pedir("orcamento", "criar", "--placa", PLACA, "--peca", "PASTILHA:2")
    resposta = rodar("orcamento", "aprovar", str(feito["id"]))
    assert resposta.exit_code == 6
    assert "Pastilha" in resposta.stderr
    assert "Para isso, repita com --permitir-falta\n" in resposta.stderr
    ordem = pedir("orcamento", "aprovar", str(feito["id"]), "--permitir-falta")
    assert ordem["falta_peca"] is True


@pytest.mark.parametrize(
    ("argumentos", "frase"),
    [
        (["--servico", "OLEO"], "Diga --placa ou --ordem"),
        (["--placa", PLACA, "--ordem", "1", "--servico", "OLEO"], "Diga --placa ou --ordem"),
        (["--placa", PLACA], "Inclua ao menos um --servico, --peca ou --kit."),
        (["--placa", PLACA, "--peca", "A:1.5"], "1,5"),
        (["--placa", PLACA, "--peca", "A:B:C"], "CÓDIGO:QUANTIDADE"),
        (["--placa", PLACA, "--desconto", "10.50"], "10,50, e não 10.50"),
        (["--placa", PLACA, "--validade", "31/02/2026"], "31/12/2026"),
    ],
)
def test_recusa_diz_o_que_fazer(rodar: Rodar, argumentos: list[str], frase: str) -> None:
    resposta = rodar("orcamento", "criar", *argumentos)
    assert resposta.exit_code == 2
    assert frase in resposta.stderr


def test_desconto_novo_toma_o_lugar_do_que_havia(pedir: Pedir) -> None:
    feito = pedir("orcamento", "criar", "--placa", PLACA, "--servico", "PAST", "--desconto", "10%")
    editar = ("orcamento", "editar", str(feito["id"]))
    for _ in range(2):
        assert pedir(*editar, "--desconto", "5%")["valor_total"] == "142.50"
    assert pedir(*editar, "--valor-final", "100,00")["valor_total"] == "100.00"
    assert pedir(*editar, "--valor-final", "120,00")["valor_total"] == "120.00"
    assert pedir(*editar, "--descricao", "pastilhas")["valor_total"] == "120.00"
    assert pedir(*editar, "--desconto", "0%")["valor_total"] == "150.00"


def test_desconto_da_linha_acompanha_a_quantidade(pedir: Pedir) -> None:
    dez = ("--peca", "FILTRO:10", "--desconto", "100,00")
    feito = pedir("orcamento", "criar", "--placa", PLACA, *dez)
    linha = feito["itens"][0]["id"]
    menor = pedir("orcamento", "editar", str(feito["id"]), "--quantidade", f"{linha}:1")
    assert (menor["desconto"], menor["valor_total"]) == ("10.00", "25.00")


def enviar(pedir: Pedir, *mais: str) -> str:
    numero, _ = criar(pedir, *mais)
    pedir("orcamento", "enviar", numero)
    return numero


def test_o_link_sai_inteiro_com_o_texto_e_a_conversa(
    pedir: Pedir, rodar: Rodar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFICINA_URL_PUBLICA", "https://oficina.exemplo.com.br/")
    monkeypatch.setenv("COLUMNS", "40")
    pedir("cliente", "editar", CPF_ANA, "--telefone", "11987654321")
    numero = enviar(pedir, "--descricao", "[/] Revisão")
    dito = rodar("orcamento", "link", numero)
    assert dito.exit_code == 0, dito.stderr
    link, mensagem, conversa = dito.stdout.splitlines()
    achado = re.fullmatch(
        "Link:      (https://oficina.exemplo.com.br/aprovar/[A-Za-z0-9_-]{43})", link
    )
    assert achado
    texto = mensagem.removeprefix("Mensagem:  ")
    assert texto.startswith("Olá, Ana! Orçamento do Fiat Uno, placa ABC1D23: [/] Revisão, R$ ")
    assert texto.endswith(f" Veja e responda: {achado[1]}")
    endereco = urlsplit(conversa.removeprefix("WhatsApp:  "))
    assert (endereco.netloc, endereco.path) == ("wa.me", "/5511987654321")
    assert parse_qs(endereco.query) == {"text": [texto]}
    assert "O cliente pode responder até" in dito.stderr


def test_sem_endereco_publico_mostra_so_o_caminho_e_diz_o_que_falta(
    pedir: Pedir, rodar: Rodar
) -> None:
    dito = rodar("orcamento", "link", enviar(pedir))
    assert dito.exit_code == 0
    assert re.fullmatch("Link:      /aprovar/[A-Za-z0-9_-]{43}\n", dito.stdout)
    assert "Falta OFICINA_URL_PUBLICA" in dito.stderr


@pytest.mark.parametrize("url", ["oficina.test", "ftp://oficina.test", "https://o.test/a b"])
def test_endereco_publico_que_nao_abre_se_recusa_antes_de_fazer_o_link(
    pedir: Pedir, rodar: Rodar, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    numero = enviar(pedir)
    monkeypatch.setenv("OFICINA_URL_PUBLICA", url)
    for _ in range(4):
        recusa = rodar("orcamento", "link", numero)
        assert recusa.exit_code == 2
        assert "OFICINA_URL_PUBLICA é como https://" in recusa.stderr


def test_o_json_do_link_e_a_resposta_inteira_e_o_endereco(
    pedir: Pedir, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = enviar(pedir)
    sem_endereco = pedir("orcamento", "link", numero)
    assert len(sem_endereco["segredo"]) == 43
    assert (sem_endereco["cliente"], sem_endereco["url"]) == ("Ana Souza", None)
    monkeypatch.setenv("OFICINA_URL_PUBLICA", "https://oficina.exemplo.com.br")
    feito = pedir("orcamento", "link", numero)
    assert feito["url"] == f"https://oficina.exemplo.com.br/aprovar/{feito['segredo']}"


@pytest.mark.parametrize(
    ("url", "avisa"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("https://localhost.exemplo.com.br", False),
    ],
)
def test_o_endereco_que_so_abre_nesta_maquina_se_avisa(
    pedir: Pedir, rodar: Rodar, monkeypatch: pytest.MonkeyPatch, url: str, *, avisa: bool
) -> None:
    numero = enviar(pedir)
    monkeypatch.setenv("OFICINA_URL_PUBLICA", url)
    for formato in ("tabela", "json"):
        feito = rodar("orcamento", "link", numero, "-o", formato)
        assert f"{url}/aprovar/" in feito.stdout
        assert ("o telefone do cliente não abre" in feito.stderr) is avisa


def test_o_link_se_mostra_uma_vez_so(pedir: Pedir, rodar: Rodar) -> None:
    numero = enviar(pedir)
    assert rodar("orcamento", "link", numero, "--chave", "link-da-ana").exit_code == 0
    outra = rodar("orcamento", "link", numero, "--chave", "link-da-ana")
    assert (outra.exit_code, outra.stdout) == (5, "")
    assert "faça outro, com outra chave" in outra.stderr


def test_o_historico_da_ordem_diz_quem_fez_o_link(pedir: Pedir, rodar: Rodar) -> None:
    numero = enviar(pedir)
    pedir("orcamento", "link", numero)
    ordem = pedir("orcamento", "aprovar", numero)["id"]
    historia = rodar("ordem", "historico", str(ordem)).stdout
    assert re.search(r"criar link +link +[0-9]+ +sistema", historia)
    assert not re.search("[0-9a-f]{64}", historia)


def test_simular_o_link_nao_mostra_um_segredo_que_nao_vale(pedir: Pedir, rodar: Rodar) -> None:
    numero = enviar(pedir)
    assert "segredo" not in rodar("orcamento", "link", numero, "--simular").stdout.lower()


def test_rascunho_nao_tem_link(pedir: Pedir, rodar: Rodar) -> None:
    numero, _ = criar(pedir)
    assert rodar("orcamento", "link", numero).exit_code == 5
