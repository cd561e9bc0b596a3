"""Como as oficinas chamam cada coluna, e como escrevem o que há nela."""

from collections import Counter

import pytest

from oficina_cli.celulas import simples
from oficina_cli.colunas import CLIENTES, KITS, PECAS, SERVICOS, VEICULOS, Colunas
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido


@pytest.mark.parametrize("colunas", [PECAS, SERVICOS, KITS, CLIENTES, VEICULOS])
def test_nenhum_nome_serve_a_dois_campos(colunas: Colunas) -> None:
    nomes = Counter(simples(n) for coluna in colunas.values() for n in coluna.nomes.split(","))
    assert max(nomes.values()) == 1


@pytest.mark.parametrize("colunas", [PECAS, SERVICOS, KITS, CLIENTES, VEICULOS])
def test_o_proprio_nome_do_campo_serve(colunas: Colunas) -> None:
    for campo, coluna in colunas.items():
        assert simples(campo) in map(simples, coluna.nomes.split(","))


@pytest.mark.parametrize(
    ("titulo", "igual"),
    [
        ("  PREÇO de  Venda (R$) ", "preco de venda"),
        ("Est. mín.", "est min"),
        ("Tempo (min)", "tempo min"),
        ("tempo_estimado", "tempo estimado"),
    ],
)
def test_titulo_se_compara_sem_acento_nem_ponto(titulo: str, igual: str) -> None:
    assert simples(titulo) == igual


@pytest.mark.parametrize(
    ("texto", "unidade"),
    [
        *((texto, Unidade.UN) for texto in ("UN", "Unid.", "pc", "PÇ", "Peça", "JG", "par", "un")),
        *((texto, Unidade.L) for texto in ("L", "LT", "Litro", "litros")),
        *((texto, Unidade.KG) for texto in ("KG", "Quilo")),
        *((texto, Unidade.M) for texto in ("M", "MT", "mts", "Metro")),
    ],
)
def test_unidade_como_se_escreve_na_nota(texto: str, unidade: Unidade) -> None:
    assert PECAS["unidade"].ler(texto, "unidade") is unidade


@pytest.mark.parametrize("texto", ["CX", "GL", "500 ml", "m²", "-"])
def test_unidade_sem_sentido_certo_e_recusada(texto: str) -> None:
    with pytest.raises(DadoInvalido, match="use un, l, kg ou m"):
        PECAS["unidade"].ler(texto, "unidade")


@pytest.mark.parametrize(
    ("texto", "minutos"),
    [("30", 30), ("45 min", 45), ("0:30", 30), ("1h30", 90), ("2H", 120), ("1:05:00", 65)],
)
def test_tempo_do_servico(texto: str, minutos: int) -> None:
    assert SERVICOS["tempo_estimado"].ler(texto, "tempo") == minutos


@pytest.mark.parametrize("texto", ["0,5", "1:90", "meia hora", "h", "1h3", "٣٠", "-30"])
def test_tempo_que_nao_se_entende(texto: str) -> None:
    with pytest.raises(DadoInvalido, match="Escreva o tempo em minutos"):
        SERVICOS["tempo_estimado"].ler(texto, "tempo")
