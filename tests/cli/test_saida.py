"""A mesma resposta, para pessoas e para programas."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from oficina_cli import saida
from oficina_cli.opcoes import Formato
from oficina_cli.tabela import colunas, desenhar
from oficina_core.casos import traducao
from oficina_core.casos.clientes import LinhaCliente
from oficina_core.casos.orcamentos import LinhaOrcamento
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.texto import limpar
from tests.cenario import catalogo
from tests.cli.conftest import Pedir, Rodar

HOSTIS = (
    "[/] x",
    "[@click=app.quit]x[/]",
    "[bold",
    ":smile:",
    "a\x1b]52;c;x\x07b",
    "\x9b2J",
    "\u202ex",
)


def cliente(nome: str) -> LinhaCliente:
    return LinhaCliente(id=1, nome=nome, documento=None, telefone="+5511987654321", ativo=True)


def mostrado(capsys: pytest.CaptureFixture[str], formato: Formato, *nomes: str) -> str:
    pagina = Pagina(itens=tuple(map(cliente, nomes)))
    saida.mostrar(pagina, Pagina[LinhaCliente], formato, "Nada.")
    return capsys.readouterr().out


@pytest.mark.parametrize("nome", HOSTIS)
@pytest.mark.parametrize("formato", Formato)
def test_texto_alheio_nao_comanda_o_terminal(
    capsys: pytest.CaptureFixture[str], formato: Formato, nome: str
) -> None:
    escrito = mostrado(capsys, formato, nome)
    assert not set(escrito) & {"\x1b", "\x9b", "\u202e", "\x07"}
    if formato in (Formato.TABELA, Formato.CSV):
        assert limpar(nome) in escrito


@pytest.mark.parametrize("nome", HOSTIS)
def test_o_json_guarda_o_texto_inteiro(capsys: pytest.CaptureFixture[str], nome: str) -> None:
    assert json.loads(mostrado(capsys, Formato.JSON, nome))[0]["nome"] == nome
    assert json.loads(mostrado(capsys, Formato.NDJSON, nome))["nome"] == nome


@pytest.mark.parametrize("nome", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\xa0=1", "\u3000=1"])
def test_texto_que_parece_formula_leva_apostrofo(
    capsys: pytest.CaptureFixture[str], nome: str
) -> None:
    linhas = list(csv.DictReader(io.StringIO(mostrado(capsys, Formato.CSV, nome))))
    assert linhas[0]["nome"][0] in "'\ufffd"
    assert linhas[0]["telefone"] == "'+5511987654321"


@pytest.mark.parametrize("nome", ["00123", "1E5", "5-10", "11222333000181", "'007"])
def test_texto_que_o_excel_trocaria_por_numero_leva_apostrofo_para_ele(
    capsys: pytest.CaptureFixture[str], nome: str
) -> None:
    escrito = mostrado(capsys, Formato.CSV_EXCEL, nome).removeprefix("\ufeff")
    (linha,) = csv.DictReader(io.StringIO(escrito), delimiter=";")
    assert linha["nome"] == f"'{nome}"
    (linha,) = csv.DictReader(io.StringIO(mostrado(capsys, Formato.CSV, nome)))
    assert linha["nome"] == (f"'{nome}" if nome.startswith("'") else nome)


def test_dinheiro_no_csv_e_numero(oficina: Oficina, rodar: Rodar) -> None:
    catalogo(oficina)
    resposta = rodar("peca", "listar", "-o", "csv")
    peca = next(csv.DictReader(io.StringIO(resposta.stdout)))
    assert (peca["codigo"], peca["preco"], peca["estoque"]) == ("FILTRO", "35.00", "10")
    movimentos = rodar("estoque", "ajustar", "FILTRO", "--menos", "1", "--motivo", "x", "-o", "csv")
    assert next(csv.DictReader(io.StringIO(movimentos.stdout)))["delta"] == "-1"


def test_lista_vazia_tem_cabecalho_no_csv_e_frase_na_tabela(rodar: Rodar) -> None:
    assert rodar("cliente", "listar", "-o", "csv").stdout.startswith("id,nome,documento")
    tabela = rodar("cliente", "listar")
    assert (tabela.stdout, tabela.stderr) == ("", "Nada por aqui.\n")
    assert rodar("cliente", "listar", "-o", "json").stdout == "[]\n"


def test_a_lista_continua_de_onde_parou(oficina: Oficina, rodar: Rodar, pedir: Pedir) -> None:
    catalogo(oficina)
    primeira = rodar("peca", "listar", "--limite", "2", "-o", "ndjson")
    cursor = primeira.stderr.partition("--cursor ")[2].strip()
    assert len(primeira.stdout.splitlines()) == 2
    assert len(pedir("peca", "listar", "--limite", "2", "--cursor", cursor)) == 1
    tudo = rodar("peca", "listar", "--limite", "1", "--tudo", "-o", "ndjson")
    assert len(tudo.stdout.splitlines()) == 3
    assert tudo.stderr == ""


def test_saida_vale_antes_e_depois_do_verbo(rodar: Rodar) -> None:
    assert rodar("-o", "json", "cliente", "listar").stdout == "[]\n"
    assert rodar("-o", "csv", "cliente", "listar", "-o", "json").stdout == "[]\n"


def test_a_ficha_se_le_como_se_fala(oficina: Oficina, rodar: Rodar) -> None:
    catalogo(oficina)
    ficha = rodar("kit", "ver", "TROCA-OLEO").stdout
    for pedaco in ("Código", "R$ 249,65", "3,5 l", "serviço", "Itens"):
        assert pedaco in ficha


def orcamento(cliente: str) -> LinhaOrcamento:
    return LinhaOrcamento(
        id=1,
        status=StatusOrcamento.AGUARDANDO_APROVACAO,
        placa="ABC1D23",
        cliente=cliente,
        descricao="Troca de óleo e filtros com revisão dos freios",
        valor_total=Decimal("1234.56"),
        validade=date(2026, 12, 31),
        ordem_id=12,
        criado_em=datetime(2026, 11, 23, 12, tzinfo=UTC),
        loja_id=1,
    )


def test_na_tela_a_tabela_cabe_e_o_que_sai_se_diz() -> None:
    itens = [orcamento("Transportadora Dois Irmãos de Pindamonhangaba")]
    for largura in (60, 80, 120):
        tabela, fora, _ = desenhar(colunas(itens), largura)
        assert sum(coluna.width or 0 for coluna in tabela.columns) <= largura
        assert ("Criado em" in fora) is (largura < 120)


def test_fora_da_tela_nada_se_corta(capsys: pytest.CaptureFixture[str]) -> None:
    nome = "Transportadora Dois Irmãos de Pindamonhangaba " * 5
    assert nome.strip() in mostrado(capsys, Formato.TABELA, nome)


LISTAS = (
    *(("cliente", "listar"), ("veiculo", "listar"), ("funcionario", "listar")),
    *(("peca", "listar"), ("servico", "listar"), ("kit", "listar")),
    *(("orcamento", "listar"), ("ordem", "fila"), ("estoque", "listar"), ("estoque", "movimentos")),
)


@pytest.mark.parametrize("formato", Formato)
@pytest.mark.parametrize("comando", LISTAS, ids=" ".join)
def test_lista_vazia_se_mostra_em_qualquer_formato(
    rodar: Rodar, comando: tuple[str, ...], formato: Formato
) -> None:
    resposta = rodar(*comando, "-o", formato.value)
    assert resposta.exit_code == 0, resposta.stderr
    if formato is Formato.CSV:
        (cabecalho,) = csv.reader(io.StringIO(resposta.stdout))
        assert len(cabecalho) > 1


def test_resposta_de_varias_listas_nao_finge_caber_em_csv(rodar: Rodar) -> None:
    resposta = rodar("buscar", "gol", "-o", "csv")
    assert (resposta.exit_code, resposta.stdout) == (2, "")
    assert "use -o json" in resposta.stderr


def test_o_csv_do_excel_se_le_como_se_escreve_no_brasil(oficina: Oficina, rodar: Rodar) -> None:
    catalogo(oficina)
    resposta = rodar("peca", "listar", "-o", "csv-excel")
    assert resposta.stdout.startswith("\ufeffid;codigo;")
    peca = next(csv.DictReader(io.StringIO(resposta.stdout[1:]), delimiter=";"))
    assert (peca["codigo"], peca["preco"], peca["ativo"]) == ("FILTRO", "35,00", "sim")


def test_so_os_campos_que_se_pedem_nesta_ordem(
    oficina: Oficina, rodar: Rodar, pedir: Pedir
) -> None:
    catalogo(oficina)
    so = ("peca", "listar", "--campos", "nome, codigo,nome")
    assert list(pedir(*so)[0]) == ["nome", "codigo"]
    assert rodar(*so, "-o", "csv").stdout.splitlines()[0] == "nome,codigo"
    assert rodar(*so).stdout.split()[:2] == ["Nome", "Código"]
    ficha = rodar("peca", "ver", "FILTRO", "--campos", "preco").stdout
    assert ficha == "Preço  R$ 35,00\n"


def test_o_campo_que_nao_ha_se_recusa_antes_de_gravar(
    oficina: Oficina, rodar: Rodar, pedir: Pedir
) -> None:
    catalogo(oficina)
    criar = ("peca", "criar", "--codigo", "NOVA", "--nome", "N", "--preco", "1,00")
    resposta = rodar(*criar, "--campos", "codgo")
    assert (resposta.exit_code, resposta.stdout) == (2, "")
    assert "seria codigo?" in resposta.stderr
    assert "NOVA" not in str(pedir("peca", "listar"))


@pytest.mark.parametrize("formato", [Formato.JSON, Formato.NDJSON, Formato.CSV, Formato.CSV_EXCEL])
def test_cada_linha_se_escreve_antes_de_se_buscar_a_seguinte(
    capsys: pytest.CaptureFixture[str], formato: Formato
) -> None:
    """É o que faz caber um milhão de linhas na memória de uma."""
    escrito = ""

    def vindo() -> Iterator[LinhaCliente]:
        nonlocal escrito
        for numero in range(3):
            escrito += capsys.readouterr().out
            assert escrito.count("Ana") == numero
            yield cliente(f"Ana {numero}")

    saida.correr(vindo(), Pagina[LinhaCliente], formato)
    escrito += capsys.readouterr().out
    assert escrito.count("Ana") == 3
    if formato is Formato.JSON:
        assert [linha["nome"] for linha in json.loads(escrito)] == ["Ana 0", "Ana 1", "Ana 2"]


def test_a_lista_corrida_em_json_e_a_mesma_que_de_uma_vez(
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpos = [traducao.escrever(cliente(nome)) for nome in ("Ana", "José\u2028", "x\ny")]
    escrito = mostrado(capsys, Formato.JSON, "Ana", "José\u2028", "x\ny")
    esperado = json.dumps(corpos, ensure_ascii=False, indent=2).replace("\u2028", "\\u2028")
    assert escrito == esperado + "\n"
