"""Como os valores se mostram, e como o texto alheio fica inofensivo no terminal."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oficina_core import texto

SAO_PAULO = ZoneInfo("America/Sao_Paulo")

INVISIVEIS = frozenset(
    "\u061c\u200b\u200c\u200e\u200f\u2060\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
HOSTIS = [
    "\x1b[2J",  # CSI: apaga a tela
    "\x1b[31mvermelho\x1b[0m",
    "\x1b[?1049h",
    "\x1b[38;2;1;2;3m",
    "\x1b[6n",
    "\x1b[ q",
    "\x1b[>0;276;0c",
    "\x1b[",
    "\x1b[12;",
    "\x1b]0;título\x07",  # OSC
    "\x1b]0;sem fim",
    "\x1b]0;aberto\x1b[31m",
    "\x1b]8;;https://mau.example\x1b\\clique\x1b]8;;\x1b\\",  # OSC 8: ligação
    "\x1b]52;c;cm0gLXJmIC8=\x07",  # OSC 52: área de transferência
    "\x1b]52;c;cm0gLXJmIC8=\x9c",
    "\x1bP+q544e\x1b\\",  # DCS
    "\x1bPsem fim",
    "\x1bXsos\x1b\\",  # SOS
    "\x1b^pm\x1b\\",  # PM
    "\x1b_Gf=100;AAAA\x1b\\",  # APC: imagem
    "\x1bc",  # reinicia o terminal
    "\x1b(0",
    "\x1b#8",
    "\x1b7",
    "\x1b",
    "\x1b\x1b\x1b",
    "\x1b\x1b[2J",
    "\x9b2J",  # CSI de um caractere
    "\x9d52;c;b2k=\x9c",
    "\x90q\x9c",
    "\x85",
    "\x00",
    "\x07\x08\x0b\x0c\x0e",
    "100\rR$ 1",
    "a\tb",
    "a\nb",
    "\x7f",
    "\u202eoãçnoC",  # bidi
    "\u2066x\u2069",
    "\u200e\u200f",
    "\u061c",
    "adm\u200bin\u2060\ufeff",  # largura zero
    "\ud800",  # meio par
    "ok\udc9b2J",
]


@pytest.mark.parametrize("hostil", HOSTIS, ids=ascii)
def test_texto_hostil_vira_um_sinal_visivel(hostil: str) -> None:
    limpo = texto.limpar(f"antes {hostil} depois")
    assert limpo.startswith("antes ")
    assert "\ufffd" in limpo
    assert min(limpo.encode()) >= 0x20
    assert not INVISIVEIS & set(limpo)


@pytest.mark.parametrize("hostil", HOSTIS, ids=ascii)
def test_com_linhas_so_a_quebra_de_linha_fica(hostil: str) -> None:
    limpo = texto.limpar(f"antes\n{hostil}", linhas=True)
    assert limpo.startswith("antes\n")
    assert set(range(0x20)) & set(limpo.encode()) == {0x0A}


@pytest.mark.parametrize(
    ("hostil", "limpo"),
    [
        ("\x1b[31mAna\x1b[0m", "\ufffdAna\ufffd"),
        ("\x1b]52;c;cm0=\x07Ana", "\ufffdAna"),
        ("\x1b]8;;https://mau.example\x1b\\Ana", "\ufffdAna"),
        ("\x1bPq;sixel\x1b\\Ana", "\ufffdAna"),
        ("\x1b_Gf=100\x9cAna", "\ufffdAna"),
        ("\x1b(0Ana", "\ufffdAna"),
        ("\x9b2JAna", "\ufffd2JAna"),
        ("A\x00na", "A\ufffdna"),
    ],
)
def test_sequencia_sai_inteira(hostil: str, limpo: str) -> None:
    assert texto.limpar(hostil) == limpo


@settings(deadline=None)
@given(st.text(st.characters()), st.booleans())
def test_nenhum_texto_passa_sem_ficar_inofensivo(valor: str, linhas: bool) -> None:  # noqa: FBT001
    limpo = texto.limpar(valor, linhas=linhas)
    assert not {unicodedata.category(c) for c in limpo.replace("\n", "")} & {"Cc", "Cs"}
    assert not INVISIVEIS & set(limpo)
    assert linhas or "\n" not in limpo
    assert texto.limpar(limpo, linhas=linhas) == limpo


@pytest.mark.parametrize(
    "inocente", ["José d'Ávila", "[/] x", "[@click=app.quit]x[/]", "👩\u200d🔧", "株式会社", "→ “”"]
)
def test_texto_de_gente_passa_como_esta(inocente: str) -> None:
    assert texto.limpar(inocente) == inocente


def test_acento_solto_se_junta_a_letra() -> None:
    assert texto.limpar("Jose\u0301") == "José"


@pytest.mark.parametrize(
    ("nome", "procurado"), [("Óleo", "oleo"), ("AÇÃO", "acao"), ("Straße", "strasse")]
)
def test_procura_se_sem_acento_nem_maiuscula(nome: str, procurado: str) -> None:
    assert texto.sem_acento(nome) == procurado


@pytest.mark.parametrize(
    ("valor", "mostrado"),
    [
        ("0", "R$ 0,00"),
        ("0.05", "R$ 0,05"),
        ("1234.5", "R$ 1.234,50"),
        ("1234567.89", "R$ 1.234.567,89"),
        ("-10", "-R$ 10,00"),
    ],
)
def test_dinheiro_se_mostra_como_no_brasil(valor: str, mostrado: str) -> None:
    assert texto.reais(Decimal(valor)) == mostrado


@pytest.mark.parametrize(
    ("valor", "unidade", "mostrada"),
    [
        ("3.500", "l", "3,5 l"),
        ("100", "un", "100 un"),
        ("1000", "", "1.000"),
        ("0.125", "kg", "0,125 kg"),
        ("0", "m", "0 m"),
        ("-1.5", "l", "-1,5 l"),
    ],
)
def test_quantidade_se_mostra_sem_zeros_a_direita(valor: str, unidade: str, mostrada: str) -> None:
    assert texto.quantidade(Decimal(valor), unidade) == mostrada


@pytest.mark.parametrize(
    ("valor", "mostrada"), [("38.4", "38,4 %"), ("1E+2", "100,0 %"), ("-1234.5", "-1.234,5 %")]
)
def test_por_cento_tem_sempre_um_decimal(valor: str, mostrada: str) -> None:
    assert texto.por_cento(Decimal(valor)) == mostrada


@pytest.mark.parametrize(
    ("minutos", "mostrada"), [(0, "0 h 00"), (40, "0 h 40"), (565, "9 h 25"), (6005, "100 h 05")]
)
def test_duracao_e_em_horas_e_minutos(minutos: int, mostrada: str) -> None:
    assert texto.duracao(minutos) == mostrada


def test_data_se_mostra_com_o_dia_na_frente() -> None:
    assert texto.data(date(2026, 3, 1)) == "01/03/2026"


@pytest.mark.parametrize(
    ("utc", "mostrado"),
    [
        (datetime(2026, 1, 1, 2, 59, tzinfo=UTC), "31/12/2025 23:59"),
        (datetime(2018, 11, 4, 2, 59, tzinfo=UTC), "03/11/2018 23:59"),
        (datetime(2018, 11, 4, 3, 0, tzinfo=UTC), "04/11/2018 01:00"),
        (datetime(2019, 2, 17, 1, 30, tzinfo=UTC), "16/02/2019 23:30"),
        (datetime(2019, 2, 17, 2, 30, tzinfo=UTC), "16/02/2019 23:30"),
    ],
)
def test_momento_se_mostra_no_fuso_da_loja(utc: datetime, mostrado: str) -> None:
    """I19."""
    assert texto.momento(utc, SAO_PAULO) == mostrado


@pytest.mark.parametrize(
    ("valor", "mostrado", "mascarado"),
    [
        ("12345678909", "123.456.789-09", "***.456.789-**"),
        ("12ABC34501DE35", "12.ABC.345/01DE-35", "**.ABC.345/****-**"),
    ],
)
def test_documento_se_mostra_inteiro_ou_mascarado(
    valor: str, mostrado: str, mascarado: str
) -> None:
    assert texto.documento(valor) == mostrado
    assert texto.documento_mascarado(valor) == mascarado


@pytest.mark.parametrize(
    ("valor", "mostrado"),
    [("+5511987654321", "(11) 98765-4321"), ("+551134567890", "(11) 3456-7890")],
)
def test_telefone_se_mostra_com_ddd(valor: str, mostrado: str) -> None:
    assert texto.telefone(valor) == mostrado


def test_mascara_deixa_so_o_bastante_para_conferir() -> None:
    assert texto.telefone_mascarado("+5511987654321") == "(**) *****-4321"
    assert texto.email_mascarado("ana.lima@exemplo.com.br") == "a***@exemplo.com.br"


def test_o_que_nao_ha_nao_se_mascara() -> None:
    assert texto.documento_mascarado(None) is None
    assert texto.telefone_mascarado(None) is None
    assert texto.email_mascarado(None) is None


@pytest.mark.parametrize(
    ("nomes", "junto"),
    [(["a"], "a"), (["a", "b"], "a e b"), (["a", "b", "c"], "a, b e c")],
)
def test_lista_se_le_como_frase(nomes: list[str], junto: str) -> None:
    assert texto.lista(nomes) == junto


def test_lista_aceita_outra_conjuncao() -> None:
    assert texto.lista(["a", "b"], "ou") == "a ou b"


def test_quantos_concorda_com_o_numero() -> None:
    ditos = [texto.quantos(n, "linha difere", "linhas diferem") for n in (0, 1, 2)]
    assert ditos == ["0 linhas diferem", "1 linha difere", "2 linhas diferem"]
