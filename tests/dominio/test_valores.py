"""Placa, telefone, e-mail, código, nome e nota: a forma que se guarda e o que se recusa."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Codigo, Email, Placa, Telefone, nome, nota

COMANDOS = [
    "Ana\x00",
    "Ana\x07Lima",
    "Ana\x1b[31m",
    "Ana\x1b]52;c;b2k=\x07",
    "Ana\x7fLima",
    "Ana\x9b2J",
    "Ana\u200bLima",
    "Ana\u202eLima",
    "Ana\u2066Lima",
    "Ana\u061cLima",
    "Ana\ufeffLima",
    "Ana\ud800",
]
INOCENTES = [
    "[/] x",
    "[bold]Ana",
    "José d'Ávila & Cia. <SP>",
    "'; DROP TABLE clientes; --",
    "👩\u200d🔧 Oficina",
    "株式会社",
]


@pytest.mark.parametrize(("numero", "letra"), list(zip("0123456789", "ABCDEFGHIJ", strict=True)))
def test_as_duas_grafias_da_placa_sao_do_mesmo_carro(numero: str, letra: str) -> None:
    """I12."""
    antiga, mercosul = Placa(f"ABC1{numero}34"), Placa(f"ABC1{letra}34")
    assert antiga != mercosul
    assert antiga.canonica == mercosul.canonica == f"ABC1{letra}34"


def test_letra_que_nao_vem_de_numero_fica_como_esta() -> None:
    assert Placa("ABC1Z34").canonica == "ABC1Z34"


@pytest.mark.parametrize("digitada", ["ABC1234", "abc-1234", "ABC 1234", " aBc-1234 "])
def test_placa_aceita_hifen_e_minusculas(digitada: str) -> None:
    assert Placa(digitada) == "ABC1234"


@pytest.mark.parametrize(
    "digitada",
    ["", "ABC123", "ABC12345", "AB11234", "ABC12D3", "ABCD123", "ÁBC1234", "ſBC1234", "ABC١٢٣٤"],
)
def test_placa_de_outro_formato_se_recusa(digitada: str) -> None:
    with pytest.raises(DadoInvalido, match="ABC1234 ou ABC1D23") as recusa:
        Placa(digitada)
    assert recusa.value.campo == "placa"


@pytest.mark.parametrize(
    ("digitado", "guardado"),
    [
        ("(11) 98765-4321", "+5511987654321"),
        ("11 98765.4321", "+5511987654321"),
        ("011987654321", "+5511987654321"),
        ("+55 11 98765-4321", "+5511987654321"),
        ("5511987654321", "+5511987654321"),
        ("(11) 3456-7890", "+551134567890"),
        ("+55 (11) 3456-7890", "+551134567890"),
        ("(55) 3456-7890", "+555534567890"),
        ("(55) 98765-4321", "+5555987654321"),
        ("+55 55 98765-4321", "+5555987654321"),
    ],
)
def test_telefone_se_guarda_em_e164(digitado: str, guardado: str) -> None:
    assert Telefone(digitado) == guardado
    assert Telefone(guardado) == guardado


@pytest.mark.parametrize(
    "digitado",
    [
        "",
        "98765-4321",
        "(11) 8765-4321",
        "(11) 88765-4321",
        "(10) 98765-4321",
        "(01) 98765-4321",
        "11 98765-43210",
        "0800 123 4567",
        "11 98765-432x",
        "+1 650 253 0000",
        "+34 912 345 678",
        "١١٩٨٧٦٥٤٣٢١",
    ],
)
def test_telefone_que_nao_e_brasileiro_se_recusa(digitado: str) -> None:
    with pytest.raises(DadoInvalido, match="DDD e número") as recusa:
        Telefone(digitado)
    assert recusa.value.campo == "telefone"


def test_email_se_guarda_em_minusculas() -> None:
    assert Email(" Ana.Lima+oficina@Exemplo.COM.br ") == "ana.lima+oficina@exemplo.com.br"


@pytest.mark.parametrize(
    "digitado",
    [
        "",
        "ana",
        "ana@",
        "@exemplo.com",
        "ana@exemplo",
        "ana@exemplo.c",
        "ana lima@exemplo.com",
        "ana@exemplo.com, bia@exemplo.com",
        "Ana <ana@exemplo.com>",
        "ana@exemplo.com\nBcc: todos@exemplo.com",
        "ana\x1b[2J@exemplo.com",
        "ana@\x1bexemplo.com",
        "ana@\u202eexemplo.com",
        "=?utf-8?q?vitima=40outra.com?=@exemplo.com",
    ],
)
def test_email_errado_se_recusa(digitado: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        Email(digitado)
    assert recusa.value.campo == "email"


def test_email_vai_ate_254_letras() -> None:
    dominio = "@exemplo.com"
    assert len(Email("a" * (254 - len(dominio)) + dominio)) == 254
    with pytest.raises(DadoInvalido):
        Email("a" * (255 - len(dominio)) + dominio)


@pytest.mark.parametrize(
    ("digitado", "guardado"),
    [
        (" filtro-oleo ", "FILTRO-OLEO"),
        ("5W30", "5W30"),
        ("A_1.2/3", "A_1.2/3"),
        ("x" * 30, "X" * 30),
    ],
)
def test_codigo_se_guarda_em_maiusculas(digitado: str, guardado: str) -> None:
    assert Codigo(digitado) == guardado


@pytest.mark.parametrize(
    "digitado", ["", "FILTRO:2", "FILTRO OLEO", "ÓLEO", "-OLEO", "A[/]", "ﬁltro", "ß", "x" * 31]
)
def test_codigo_que_a_linha_de_comando_nao_saberia_ler_se_recusa(digitado: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        Codigo(digitado)
    assert recusa.value.campo == "codigo"


@pytest.mark.parametrize(
    ("digitado", "guardado"),
    [
        ("  Ana   Lima  ", "Ana Lima"),
        ("Jose\u0301", "José"),
        ("C\u0327a", "Ça"),
        *((texto, texto) for texto in INOCENTES),
    ],
)
def test_nome_se_guarda_como_se_le(digitado: str, guardado: str) -> None:
    assert nome(digitado) == guardado


@pytest.mark.parametrize(
    "digitado", [*COMANDOS, "Ana\tLima", "Ana\nLima", "Ana\u2028Lima", "Ana\u2029Lima"]
)
def test_nome_recusa_o_que_comanda_o_terminal(digitado: str) -> None:
    with pytest.raises(DadoInvalido, match="caracteres de controle") as recusa:
        nome(digitado, "marca")
    assert recusa.value.campo == "marca"


@pytest.mark.parametrize("digitada", ["Freia mal", "1ª linha\n2ª linha", *INOCENTES])
def test_nota_se_guarda_como_se_le(digitada: str) -> None:
    assert nota(f" {digitada}\n", "queixa") == digitada


def test_nota_do_windows_quebra_a_linha_como_as_outras() -> None:
    assert nota("Freia mal\r\nPuxa à direita", "queixa") == "Freia mal\nPuxa à direita"


@pytest.mark.parametrize("digitada", COMANDOS)
def test_nota_recusa_o_que_comanda_o_terminal(digitada: str) -> None:
    with pytest.raises(DadoInvalido, match="caracteres de controle") as recusa:
        nota(digitada, "queixa")
    assert recusa.value.campo == "queixa"


@pytest.mark.parametrize("vazio", ["", "  ", "\n", "\u00a0"])
def test_texto_vazio_se_recusa(vazio: str) -> None:
    with pytest.raises(DadoInvalido, match="cor não pode ficar vazio"):
        nome(vazio, "cor")
    with pytest.raises(DadoInvalido, match="queixa não pode ficar vazio"):
        nota(vazio, "queixa")


def test_texto_tem_tamanho_maximo() -> None:
    assert nome("á" * 120) == "á" * 120
    assert nota("á" * 1000, "queixa") == "á" * 1000
    with pytest.raises(DadoInvalido, match="no máximo 120 letras"):
        nome("á" * 121)
    with pytest.raises(DadoInvalido, match="no máximo 1000 letras"):
        nota("á" * 1001, "queixa")


@settings(deadline=None)
@given(st.text(max_size=20))
def test_nome_aceito_uma_vez_nao_muda_mais(texto: str) -> None:
    try:
        aceito = nome(texto)
    except DadoInvalido:
        return
    assert nome(aceito) == aceito


@pytest.mark.parametrize("vazio", ["\u3164", "\u2800 \u2800", "\u115f\u1160", "\u0301", "\u00a0"])
def test_nome_que_nao_se_ve_e_nome_vazio(vazio: str) -> None:
    for ler in (nome, lambda texto: nota(texto, "texto")):
        with pytest.raises(DadoInvalido, match="vazio"):
            ler(vazio)


@pytest.mark.parametrize("visto", ["李", "José", "7", "?", "👍", "e\u0301"])
def test_nome_de_uma_letra_so_que_se_ve_serve(visto: str) -> None:
    assert nome(visto)


@given(st.from_regex(r"[0-9A-Z][0-9A-Z._/\-]{0,29}", fullmatch=True), st.data())
def test_o_codigo_com_um_erro_esta_entre_os_parecidos(codigo: str, dados: st.DataObject) -> None:
    """Um sinal a menos, a mais ou trocado: quem digitou o errado acha o certo."""
    onde = dados.draw(st.integers(0, len(codigo) - 1))
    sinal = dados.draw(st.sampled_from("AZ09._/-"))
    errados = {
        codigo[:onde] + codigo[onde + 1 :],
        codigo[:onde] + sinal + codigo[onde:],
        codigo[:onde] + sinal + codigo[onde + 1 :],
    }
    for errado in errados - {codigo, ""}:
        assert codigo in Codigo.parecidos(errado.lower())
    assert codigo not in Codigo.parecidos(codigo)


def test_texto_que_nao_e_codigo_nao_se_parece_com_nenhum_a_mais_de_um_erro() -> None:
    assert Codigo.parecidos("filtro de óleo") == frozenset()
    assert Codigo.parecidos("\x1b[2J") == frozenset()
