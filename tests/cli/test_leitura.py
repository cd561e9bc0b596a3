"""O que se digita, entendido ou recusado com uma frase."""

from decimal import Decimal

import pytest
import typer

from oficina_cli import leitura
from oficina_core.casos.portas import Oficina
from tests.cenario import CPF_ANA, CPF_BIA, catalogo, enviado
from tests.cli.conftest import Pedir, Rodar


@pytest.mark.parametrize(
    ("dito", "linhas"),
    [
        ("7", (7,)),
        ("3,1", (3, 1)),
        ("1-3", (1, 2, 3)),
        ("1,3-5", (1, 3, 4, 5)),
        (" 1 , 3 - 4 ", (1, 3, 4)),
        ("2,1-3", (2, 1, 3)),
        ("5-5", (5,)),
    ],
)
def test_linhas_se_dizem_uma_a_uma_ou_em_faixa(dito: str, linhas: tuple[int, ...]) -> None:
    assert leitura.linhas(dito) == linhas


@pytest.mark.parametrize(
    ("dito", "frase"),
    [
        ("", "como 1,3 ou 1-4"),
        ("a,b", "como 1,3 ou 1-4"),
        ("1,,2", "como 1,3 ou 1-4"),
        ("1-", "como 1,3 ou 1-4"),
        ("-3", "como 1,3 ou 1-4"),
        ("1-2-3", "como 1,3 ou 1-4"),
        ("5-3", "5-3 não é uma faixa"),
        ("1-999999", "1-999999 não é uma faixa"),
        ("0", "começa em 1"),
    ],
)
def test_linhas_sem_sentido_se_recusam_com_uma_frase(dito: str, frase: str) -> None:
    with pytest.raises(typer.BadParameter, match=frase):
        leitura.linhas(dito)


def test_aprovar_por_faixa_recusa_o_resto(oficina: Oficina, pedir: Pedir) -> None:
    catalogo(oficina)
    orcamento = enviado(oficina)
    primeira, segunda, terceira = (item.id for item in orcamento.itens)
    ordem = pedir("orcamento", "aprovar", str(orcamento.id), "--linhas", f"{primeira}-{segunda}")
    status = {item["id"]: item["status"] for item in ordem["orcamentos"][0]["itens"]}
    assert status == {primeira: "APROVADO", segunda: "APROVADO", terceira: "RECUSADO"}


@pytest.mark.parametrize(
    ("dito", "campos"),
    [
        ("10", {"desconto": Decimal(10)}),
        ("R$ 10,50", {"desconto": Decimal("10.50")}),
        ("5%", {"desconto_percentual": Decimal(5)}),
        ("7,5 %", {"desconto_percentual": Decimal("7.5")}),
    ],
)
def test_desconto_e_em_reais_ou_em_porcentagem(dito: str, campos: dict[str, Decimal]) -> None:
    assert leitura.desconto(dito) == campos


def test_desconto_se_da_de_um_jeito_so(oficina: Oficina, pedir: Pedir, rodar: Rodar) -> None:
    catalogo(oficina)
    cliente = pedir("cliente", "criar", "--nome", "Ana", "--cpf", CPF_ANA)
    carro = ("--placa", "ABC1D23", "--marca", "Fiat", "--modelo", "Uno")
    pedir("veiculo", "criar", *carro, "--cliente", f"id:{cliente['id']}")
    novo = ("orcamento", "criar", "--placa", "ABC1D23", "--peca", "FILTRO:2")
    assert pedir(*novo, "--desconto", "10%")["valor_total"] == "63.00"
    assert pedir(*novo, "--valor-final", "60,00")["desconto"] == "10.00"
    assert rodar(*novo, "--desconto", "5%", "--valor-final", "60,00").exit_code == 2


@pytest.mark.parametrize(
    ("ajuste", "frase"),
    [
        ([], "Diga --mais QTD ou --menos QTD, um dos dois."),
        (["--mais", "1", "--menos", "2"], "um dos dois."),
        (["--menos", "0"], "--menos: A quantidade deve ser maior que zero."),
        (["--mais", "-2"], "--mais: A quantidade deve ser maior que zero."),
    ],
)
def test_ajuste_e_para_mais_ou_para_menos(rodar: Rodar, ajuste: list[str], frase: str) -> None:
    resposta = rodar("estoque", "ajustar", "FILTRO", "--motivo", "contagem", *ajuste)
    assert resposta.exit_code == 2
    assert frase in resposta.stderr


@pytest.mark.parametrize("nome", ["--documento", "--cpf", "--cnpj", "--CPF"])
def test_o_documento_do_cliente_tem_varios_nomes(pedir: Pedir, nome: str) -> None:
    assert pedir("cliente", "criar", "--nome", "Ana", nome, CPF_ANA)["documento"] == "52998224725"


@pytest.mark.parametrize("nome", ["--cpf", "--documento"])
def test_o_do_funcionario_tambem(pedir: Pedir, nome: str) -> None:
    feito = pedir("funcionario", "criar", nome, CPF_BIA, "--nome", "Bia", "--papel", "gerente")
    assert feito["cpf"] == "12345678909"
