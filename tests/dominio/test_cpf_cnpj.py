"""CPF e CNPJ (I11), com o validate-docbr e o python-stdnum como segunda e terceira opinião."""

import string

import pytest
import validate_docbr
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.br import cnpj as stdnum_cnpj
from stdnum.br import cpf as stdnum_cpf

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import CNPJ, CPF, documento

FINAIS = [f"{numero:02}" for numero in range(100)]


def vale(tipo: type[CPF | CNPJ], texto: str) -> bool:
    try:
        tipo(texto)
    except DadoInvalido:
        return False
    return True


@settings(deadline=None)
@given(st.text(string.digits, min_size=9, max_size=9))
def test_cpf_aceita_os_mesmos_digitos_que_as_bibliotecas(base: str) -> None:
    candidatos = [base + final for final in FINAIS]
    aceitos = [texto for texto in candidatos if vale(CPF, texto)]
    assert aceitos == [texto for texto in candidatos if validate_docbr.CPF().validate(texto)]
    # O stdnum aceita 111.111.111-11; a Receita, não.
    assert aceitos == [x for x in candidatos if stdnum_cpf.is_valid(x) and len(set(x)) > 1]


@settings(deadline=None)
@given(st.text(string.digits + string.ascii_uppercase, min_size=12, max_size=12))
def test_cnpj_aceita_os_mesmos_digitos_que_as_bibliotecas(base: str) -> None:
    candidatos = [base + final for final in FINAIS]
    aceitos = [texto for texto in candidatos if vale(CNPJ, texto)]
    assert aceitos == [texto for texto in candidatos if validate_docbr.CNPJ().validate(texto)]
    assert aceitos == [x for x in candidatos if stdnum_cnpj.is_valid(x) and len(set(x)) > 1]


@pytest.mark.parametrize(
    ("digitado", "guardado"),
    [
        ("123.456.789-09", "12345678909"),
        ("12345678909", "12345678909"),
        (" 529 982 247 25 ", "52998224725"),
        ("000.000.001-91", "00000000191"),
    ],
)
def test_cpf_se_guarda_so_com_os_numeros(digitado: str, guardado: str) -> None:
    assert CPF(digitado) == guardado


@pytest.mark.parametrize(
    ("digitado", "guardado"),
    [
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        ("00.000.000/0001-91", "00000000000191"),
        ("11222333000181", "11222333000181"),
    ],
)
def test_cnpj_se_guarda_em_maiusculas_sem_pontuacao(digitado: str, guardado: str) -> None:
    assert CNPJ(digitado) == guardado


def test_cnpj_com_letra_valendo_dez_nao_existe() -> None:
    """Contar A=10, e não A=17, daria o final 45."""
    assert not vale(CNPJ, "12.ABC.345/01DE-45")


@pytest.mark.parametrize("numero", string.digits)
def test_digito_repetido_nao_e_documento(numero: str) -> None:
    assert not vale(CPF, numero * 11)
    assert not vale(CNPJ, numero * 14)


@pytest.mark.parametrize(
    ("tipo", "texto"),
    [
        (CPF, ""),
        (CPF, "1234567890"),
        (CPF, "123456789090"),
        (CPF, "123.456.789-0X"),
        (CPF, "123,456,789,09"),
        (CPF, "123.456.789-90"),
        (CPF, "١٢٣٤٥٦٧٨٩٠٩"),
        (CPF, "１２３４５６７８９０９"),
        (CNPJ, ""),
        (CNPJ, "12.ABC.345/01DE-3A"),
        (CNPJ, "12.ABC.345/01DE-53"),
        (CNPJ, "12.ÁBC.345/01DE-35"),
        (CNPJ, "112223330001811"),
        (CNPJ, "١١٢٢٢٣٣٣٠٠٠١٨١"),
    ],
)
def test_documento_errado_se_recusa(tipo: type[CPF | CNPJ], texto: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        tipo(texto)
    assert recusa.value.campo == tipo.__name__.lower()


@pytest.mark.parametrize(("texto", "tipo"), [("123.456.789-09", CPF), ("12.ABC.345/01DE-35", CNPJ)])
def test_documento_se_reconhece_pelo_tamanho(texto: str, tipo: type[CPF | CNPJ]) -> None:
    assert type(documento(texto)) is tipo


def test_documento_de_outro_tamanho_diz_o_que_se_espera() -> None:
    with pytest.raises(DadoInvalido, match=r"CPF \(11 números\) ou um CNPJ \(14 caracteres\)"):
        documento("123")
