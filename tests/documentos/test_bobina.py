"""A bobina do balcão: 48 colunas, nada que comande a impressora, o valor encostado à direita."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oficina_core.documentos.bobina import COLUNAS, desenhar, dobrar, largura
from oficina_core.documentos.composicao import da_entrada, da_ordem, do_orcamento
from oficina_core.dominio.orcamento import StatusItem
from tests.documentos import fichas

TEXTOS = st.text(max_size=200)


def test_o_orcamento_inteiro_na_bobina() -> None:
    recusada = fichas.item(3, status=StatusItem.RECUSADO, motivo="achou caro")
    aprovado = fichas.aprovada(fichas.servico(), fichas.item(2), recusada)
    texto = desenhar(do_orcamento(fichas.do_orcamento(aprovado)))
    assert texto.startswith(
        "            AUTO MECÂNICA SÃO JORGE\n"
        "                Orçamento nº 12\n"
        "                    Aprovado\n"
        "------------------------------------------------\n"
        "Cliente: Ana Conceição\n"
        "CPF ou CNPJ: 529.982.247-25\n"
    )
    assert (
        "MÃO DE OBRA                            R$ 150,00\n"
        "Serviço número 1\n"
        "  SERVICO-1 1 un x 150,00                 150,00\n"
        "\n"
        "PEÇAS                                   R$ 70,00\n"
        "Peça número 2\n"
        "  PECA-2 2 un x 35,00                      70,00\n"
        "Peça número 3\n"
        "  PECA-3 2 un x 35,00                   recusado\n"
        "  Recusado: achou caro\n"
        "\n"
        "TOTAL APROVADO                         R$ 220,00\n"
    ) in texto
    assert texto.endswith("Pela oficina\n\nNão é documento fiscal.\n")


def test_a_recusa_sem_motivo_se_diz_uma_vez_so() -> None:
    recusada = fichas.item(3, status=StatusItem.RECUSADO)
    aprovado = fichas.aprovada(fichas.servico(), recusada)
    assert desenhar(do_orcamento(fichas.do_orcamento(aprovado))).lower().count("recusado") == 1


def test_a_ordem_diz_o_que_se_pagou() -> None:
    ordem = fichas.ordem(pagamentos=(fichas.pagamento(1, "100.00"),))
    texto = desenhar(da_ordem(fichas.da_ordem(ordem=ordem)))
    assert "PAGAMENTOS\n23/11/2026 09:00 Pix                   R$ 100,00\n" in texto
    assert "ORÇAMENTO Nº 12\n" in texto


def test_a_entrada_tem_lugar_para_a_caneta() -> None:
    texto = desenhar(da_entrada(fichas.da_ordem()))
    assert "Avarias: _______________________________________\n" in texto
    assert f"\n{'_' * COLUNAS}\nCliente\n" in texto


@settings(max_examples=60, deadline=None)
@given(nome=TEXTOS, descricao=TEXTOS, queixa=TEXTOS)
def test_nada_passa_das_colunas_nem_comanda_a_impressora(
    nome: str, descricao: str, queixa: str
) -> None:
    item = fichas.item(descricao=descricao, codigo="W" * 30)
    ficha = fichas.da_ordem(
        fichas.aprovada(item), cliente=nome, loja=nome, ordem=fichas.ordem(queixa=queixa)
    )
    for linha in desenhar(da_ordem(ficha)).split("\n"):
        assert largura(linha) <= COLUNAS
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in linha)


@pytest.mark.parametrize(
    ("texto", "linhas"),
    [
        ("", []),
        ("uma linha só", ["uma linha só"]),
        ("a" * 50, ["a" * 48, "aa"]),
        (f"{'palavra ' * 7}", ["palavra palavra palavra palavra palavra palavra", "palavra"]),
        ("日本" * 13, ["日本" * 12, "日本"]),
        ("um\ndois", ["um", "dois"]),
        ("e\u0301" * 48, ["é" * 48]),
    ],
)
def test_dobra_entre_palavras_e_conta_a_letra_larga_por_duas(texto: str, linhas: list[str]) -> None:
    assert dobrar(texto) == linhas
