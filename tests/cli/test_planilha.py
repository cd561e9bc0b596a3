"""A planilha como as oficinas a exportam: o que se lê, e como se diz o que não se lê."""

import string
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oficina_cli.importacao import (
    DE_KITS,
    DE_PECAS,
    DE_SERVICOS,
    TAMANHO_MAXIMO,
    Leitura,
    ler,
    ler_inicial,
)
from oficina_core.casos.importacao import LINHAS_MAXIMO
from oficina_core.casos.pecas_importacao import LinhaImportadaPeca
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido, NaoEncontrado
from oficina_core.dominio.valores import Codigo

BASICA = "Código;Descrição;Preço\nPAST;Pastilha de freio;149,00\n"


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    return tmp_path / "planilha.csv"


def pecas(
    arquivo: Path, conteudo: str | bytes, mapa: Mapping[str, str] | None = None
) -> tuple[LinhaImportadaPeca, ...]:
    arquivo.write_bytes(conteudo.encode() if isinstance(conteudo, str) else conteudo)
    lida: Leitura[LinhaImportadaPeca] = ler(arquivo, DE_PECAS, mapa)
    lida.exigir_inteira()
    return lida.linhas


def recusa(arquivo: Path, conteudo: str | bytes, mapa: Mapping[str, str] | None = None) -> str:
    """O que se diz ao recusar, com cada linha ruim."""
    with pytest.raises(DadoInvalido) as erro:
        pecas(arquivo, conteudo, mapa)
    return "\n".join((str(erro.value), *erro.value.detalhes))


@pytest.mark.parametrize("codificacao", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("fim", ["\n", "\r\n", "\r"])
def test_codificacoes_e_fins_de_linha_do_windows(arquivo: Path, codificacao: str, fim: str) -> None:
    (peca,) = pecas(arquivo, BASICA.replace("\n", fim).encode(codificacao))
    assert peca == LinhaImportadaPeca(
        linha=2, codigo="PAST", nome="Pastilha de freio", preco=Decimal("149.00")
    )


@pytest.mark.parametrize(
    "conteudo",
    [
        "codigo;nome;preco\nOLEO;Óleo, sintético;34,90\n",
        'codigo,nome,preco\nOLEO,"Óleo, sintético","34,90"\n',
        "codigo\tnome\tpreco\nOLEO\tÓleo, sintético\t34,90\n",
        '"codigo";"nome";"preco"\n"OLEO";"Óleo, sintético";"34,90"',
        '"codigo","obs; etc; tal","nome","preco"\n"OLEO","","Óleo, sintético","34,90"\n',
        "\n\n;;\ncodigo;nome;preco\n\nOLEO;Óleo, sintético;34,90\n;;\n  \n",
    ],
)
def test_separador_sai_do_cabecalho(arquivo: Path, conteudo: str) -> None:
    (peca,) = pecas(arquivo, conteudo)
    assert (peca.codigo, peca.nome, peca.preco) == ("OLEO", "Óleo, sintético", Decimal("34.90"))


def test_le_a_planilha_de_uma_oficina_de_verdade(arquivo: Path) -> None:
    linhas = [
        "Cód.;Produto;Unid.;Custo médio;Preço de venda (R$);Saldo;Est. mín.;Prateleira;NCM",
        " oleo-5w30 ; Óleo 5W30 ;LT;R$ 23,30;R$ 34,90;1.000,0;30;A1-01;27101932",
        "PAST;Pastilha;PÇ;;1.149,00;;;;",
    ]
    oleo, pastilha = pecas(arquivo, "\n".join(linhas))
    assert oleo == LinhaImportadaPeca(
        linha=2,
        codigo="OLEO-5W30",
        nome="Óleo 5W30",
        unidade=Unidade.L,
        preco=Decimal("34.90"),
        custo=Decimal("23.30"),
        estoque=Decimal(1000),
        minimo=Decimal(30),
        localizacao="A1-01",
    )
    assert pastilha == LinhaImportadaPeca(
        linha=3, codigo="PAST", nome="Pastilha", unidade=Unidade.UN, preco=Decimal("1149.00")
    )


@pytest.mark.parametrize("titulo", ["Código", "CÓD.", "Referência", "código  interno", "SKU"])
def test_cabecalho_se_acha_sem_acento_nem_caixa(arquivo: Path, titulo: str) -> None:
    assert pecas(arquivo, BASICA.replace("Código", titulo))[0].codigo == "PAST"


def test_entre_dois_nomes_conhecidos_vale_o_mais_claro(arquivo: Path) -> None:
    (peca,) = pecas(arquivo, "Referência;Código;Nome;Preço;Valor\n0986;PAST;Pastilha;10;9\n")
    assert (peca.codigo, peca.preco) == ("PAST", Decimal(10))


def test_mapa_vale_mais_que_o_nome_conhecido(arquivo: Path) -> None:
    conteudo = "Código;Fabricante;Nome;Preço;Tabela 2\nX1;PAST;Pastilha;10;12,50\n"
    (peca,) = pecas(arquivo, conteudo, {"fabricante": "codigo", "TABELA 2": "preço"})
    assert (peca.codigo, peca.preco) == ("PAST", Decimal("12.50"))


@pytest.mark.parametrize(
    ("mapa", "trecho"),
    [
        ({"Marca": "codigo"}, "não tem a coluna Marca; tem Código, Descrição e Preço"),
        ({"Preço": "valor"}, "o campo é codigo, nome, unidade"),
    ],
)
def test_mapa_errado_diz_o_que_ha(arquivo: Path, mapa: dict[str, str], trecho: str) -> None:
    assert trecho in recusa(arquivo, BASICA, mapa)


def test_coluna_que_falta_mostra_as_que_ha_e_o_mapa(arquivo: Path) -> None:
    texto = recusa(arquivo, "Código;Descrição;Tabela 2;\nPAST;Pastilha;10;\n")
    assert "Não achei a coluna preco" in texto
    assert "Código, Descrição, Tabela 2 e (sem nome)" in texto
    assert '--mapa "NOME=preco"' in texto


def test_coluna_repetida_e_recusada(arquivo: Path) -> None:
    texto = recusa(arquivo, "Código;Nome;Preço;PREÇO\nPAST;Pastilha;10;12\n")
    assert "mais de uma coluna Preço" in texto


@pytest.mark.parametrize(
    ("linha", "queixa"),
    [
        (";Pastilha;un;10;1", "o campo codigo: Falta preencher."),
        ("PAST;;un;10;1", "o campo nome: Falta preencher."),
        ("PAST;Pastilha;un;;1", "o campo preco: Falta preencher."),
        ("PAST FR;Pastilha;un;10;1", "o campo codigo: O código tem até 30"),
        ("PAST;Pas\x1b[2Jtilha;un;10;1", "O campo nome tem caracteres de controle"),
        ("PAST;Pastilha;CX;10;1", 'o campo unidade: "CX" não diz em que se conta'),
        ("PAST;Pastilha;un;10.50;1", "o campo preco: Use vírgula para os centavos: 10,50"),
        ("PAST;Pastilha;un;1,234.56;1", "o campo preco: Escreva o valor em reais"),
        ("PAST;Pastilha;un;dez;1", "o campo preco: Escreva o valor em reais"),
        ("PAST;Pastilha;un;-10;1", "O campo preco não pode ser negativo."),
        ("PAST;Pastilha;un;10;1.234", "o campo estoque: 1.234 tem dois sentidos"),
        ("PAST;Pastilha;un;10;1,5", "o campo estoque: A quantidade em un deve ser inteira."),
        ("PAST;Pastilha;un;10;-1", "O campo estoque não pode ser negativo."),
        ("PAST;Pastilha;un;10", "Tem 4 colunas e o cabeçalho tem 5"),
        ("PAST;Pastilha;un;10;1;2", "Tem 6 colunas e o cabeçalho tem 5"),
        ('PAST;"Pastilha;un;10;1', "As aspas não se fecham"),
        ('PAST;"Pastilha" nova;un;10;1', "As aspas não se fecham"),
        (f'PAST;"{"P" * 200_000}";un;10;1', "O campo nome tem no máximo"),
    ],
)
def test_linha_ruim_diz_onde_e_por_que(arquivo: Path, linha: str, queixa: str) -> None:
    texto = recusa(arquivo, f"codigo;nome;un;preco;estoque\nA;B;un;1;1\n\n{linha}\n")
    assert texto.splitlines()[0].startswith("1 linha com problema; nada foi importado")
    assert texto.splitlines()[1].startswith(f"linha 4: {queixa}")


def test_todas_as_linhas_ruins_de_uma_vez(arquivo: Path) -> None:
    ruins = "".join(f"P{i};Peça;{'x' if i % 10 == 0 else '1'}\n" for i in range(1000))
    with pytest.raises(DadoInvalido, match="100 linhas com problema") as erro:
        pecas(arquivo, f"codigo;nome;preco\n{ruins}")
    assert [q.split(":")[0] for q in erro.value.detalhes[:3]] == ["linha 2", "linha 12", "linha 22"]


def test_a_linha_e_a_do_programa_de_planilhas(arquivo: Path) -> None:
    texto = recusa(arquivo, 'codigo;nome;preco;obs\nA;B;1;"duas\nlinhas"\nC;D;x;\n')
    assert texto.splitlines()[1].startswith("linha 3: o campo preco")


@pytest.mark.parametrize(
    ("conteudo", "trecho"),
    [
        (b"", "está vazia ou sem cabeçalho"),
        (b"\xef\xbb\xbf\n  \n;;\n", "está vazia ou sem cabeçalho"),
        (b'"codigo;nome;preco\nA;B;1\n', "está vazia ou sem cabeçalho"),
        (b"codigo;nome;preco\n;;\n", "só tem o cabeçalho"),
        (b"PK\x03\x04\x14\x00\x06\x00", "salve como CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "salve como CSV"),
        (BASICA.encode("utf-16"), "salve como CSV"),
        (b"codigo;nome;preco\nA;\x81\x8d;1\n", "salve como CSV"),
        (b"x" * (TAMANHO_MAXIMO + 1), "passa de 10 MiB"),
    ],
    ids=["vazio", "branco", "aspas", "cabecalho", "xlsx", "xls", "utf16", "binario", "grande"],
)
def test_o_que_nao_e_csv_e_recusado(arquivo: Path, conteudo: bytes, trecho: str) -> None:
    assert trecho in recusa(arquivo, conteudo)


def test_arquivo_que_nao_existe_ou_nao_se_abre(tmp_path: Path) -> None:
    with pytest.raises(NaoEncontrado, match="não existe"):
        ler(tmp_path / "nada.csv", DE_PECAS)
    with pytest.raises(NaoEncontrado, match="não pode ser lido"):
        ler(tmp_path, DE_PECAS)


def test_linhas_demais_sao_recusadas(arquivo: Path) -> None:
    linhas = "".join(f"P{i};Peça;1\n" for i in range(LINHAS_MAXIMO + 1))
    assert "mais de 20000 linhas" in recusa(arquivo, f"codigo;nome;preco\n{linhas}")


def test_a_guarda_da_nossa_exportacao_sai(arquivo: Path) -> None:
    lidas = pecas(arquivo, "codigo;nome;preco\nA;'=SOMA(A1);1\nB;'+forte;1\nC;'aspas';1\n")
    assert [peca.nome for peca in lidas] == ["=SOMA(A1)", "+forte", "'aspas'"]


def test_catalogo_de_partida() -> None:
    servicos, kits = ler_inicial("servicos"), ler_inicial("kits")
    pecas = {peca.codigo for peca in ler_inicial("pecas")}
    assert (kits[0].codigo, len(kits[0].servicos), len(kits[0].pecas)) == ("TROCA-OLEO", 1, 3)
    assert {item.id for kit in kits for item in kit.pecas} <= pecas
    assert len(pecas) > 50
    assert len(servicos) > 20


def test_servicos_com_o_tempo_de_cada_um(arquivo: Path) -> None:
    arquivo.write_text("código;serviço;valor;tempo (min)\nOLEO;Troca;75,00;0:30\nX;Y;1;\n", "utf-8")
    assert [(s.linha, s.tempo_estimado) for s in ler(arquivo, DE_SERVICOS).linhas] == [
        (2, 30),
        (3, 0),
    ]


def test_item_de_kit_ruim_diz_a_linha(arquivo: Path) -> None:
    linhas = ["codigo;nome;tipo;item;qtd", "K;Kit;brinde;X;1", "K;Kit;peça;x y;1", "K;Kit;Peça;X;0"]
    arquivo.write_text("\n".join(linhas), "utf-8")
    with pytest.raises(DadoInvalido) as erro:
        ler(arquivo, DE_KITS).exigir_inteira()
    with pytest.raises(DadoInvalido) as erro_de_codigo:
        Codigo("x y")
    assert erro.value.detalhes == (
        "linha 2: O tipo do item é SERVICO ou PECA.",
        f"linha 3: o campo item: {erro_de_codigo.value}",
        "linha 4: A quantidade deve ser maior que zero.",
    )


LETRAS = string.ascii_letters + string.digits + " áçõéÍ'\";,=+-@.%()[]/"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(conteudo=st.binary(max_size=200) | st.text(LETRAS + "\n\r\t", max_size=200).map(str.encode))
def test_lixo_so_da_recusa(arquivo: Path, conteudo: bytes) -> None:
    for prefixo in (b"", b"codigo;nome;preco;un;estoque\n"):
        with suppress(DadoInvalido):
            pecas(arquivo, prefixo + conteudo)


def test_linha_que_repete_um_codigo_aparece_junto_das_outras_ruins(arquivo: Path) -> None:
    """Quem conserta a planilha vê tudo o que há de errado de uma vez, em ordem."""
    dito = recusa(
        arquivo, "codigo;nome;preco\nA;Filtro;10,50\nB;Vela;10.50\na;Correia;1,00\nC;;1,00\n"
    )
    cabeca, vela, correia, sem_nome = dito.split("\n")
    assert cabeca.startswith("3 linhas com problema")
    assert vela.startswith("linha 3: ")
    assert correia == "linha 4: o código A já está na linha 2"
    assert sem_nome.startswith("linha 5: ")
