"""Parâmetros: os limites que cada oficina escolhe."""

from dataclasses import replace
from datetime import date

import pytest

from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.parametros import DefinirParametro, VerParametros
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.parametros import LIMITES, Parametros
from tests import cenario

PADRAO = Parametros(validade_dias=10, desconto_atendente=10, atraso_dias=3)


def test_sem_nada_definido_vale_o_padrao(oficina: Oficina) -> None:
    assert oficina.executar(VerParametros()) == PADRAO


@pytest.mark.parametrize(
    ("nome", "valor"), [("validade_dias", 0), ("desconto_atendente", 100), ("atraso_dias", 365)]
)
def test_definir_muda_um_e_so_ele(oficina: Oficina, nome: str, valor: int) -> None:
    novo = replace(PADRAO, **{nome: valor})
    assert oficina.executar(DefinirParametro(nome=nome, valor=valor)) == novo
    assert oficina.executar(VerParametros()) == novo


def test_parametro_se_define_quantas_vezes_for_preciso(oficina: Oficina) -> None:
    oficina.executar(DefinirParametro(nome="validade_dias", valor=5))
    oficina.executar(DefinirParametro(nome="validade_dias", valor=7))
    oficina.executar(DefinirParametro(nome="atraso_dias", valor=1))
    assert oficina.executar(VerParametros()) == replace(PADRAO, validade_dias=7, atraso_dias=1)


@pytest.mark.parametrize(
    ("nome", "valor"),
    [
        ("validade_dias", -1),
        ("validade_dias", 366),
        ("desconto_atendente", 101),
        ("atraso_dias", 366),
        ("atraso_dias", 2**63),
        ("nada", 1),
        ("", 1),
    ],
)
def test_parametro_fora_do_que_existe_e_recusado(nome: str, valor: int) -> None:
    with pytest.raises(DadoInvalido, match="parâmetro"):
        DefinirParametro(nome=nome, valor=valor)


def test_a_validade_definida_vale_no_orcamento_seguinte(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    oficina.executar(DefinirParametro(nome="validade_dias", valor=3))
    feito = oficina.executar(
        CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True)
    )
    assert feito.validade == date(2026, 11, 26)


def test_cada_parametro_diz_o_que_e_em_que_se_conta_e_ate_onde_vai() -> None:
    assert tuple(LIMITES) == Parametros.nomes()
    for nome, limite in LIMITES.items():
        assert limite.descricao.endswith(".")
        dito = f"{nome} vai de {limite.minimo} a {limite.maximo} {limite.unidade}"
        for fora in (limite.minimo - 1, limite.maximo + 1):
            with pytest.raises(DadoInvalido, match=dito):
                DefinirParametro(nome=nome, valor=fora)
