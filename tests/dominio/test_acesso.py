"""Quem pede e o que pode."""

import pytest

from oficina_core.dominio.acesso import SISTEMA, Alcance, Ator, Papel, Sujeito, TipoAtor
from oficina_core.dominio.erros import AcessoNegado, DadoInvalido


def ator(papel: Papel = Papel.ATENDENTE, loja: int | None = 1) -> Ator:
    return Ator(
        tipo=TipoAtor.FUNCIONARIO,
        id=7,
        nome="Ana",
        papel=papel,
        loja=loja,
        da_rede=loja is None,
        alcance=Alcance.TODOS,
    )


def test_sujeito_se_escreve_com_tipo_e_numero() -> None:
    assert str(SISTEMA) == "sistema"
    assert str(Sujeito(tipo=TipoAtor.FUNCIONARIO, id=7)) == "funcionario:7"


def test_grava_se_na_loja_de_quem_pede() -> None:
    assert ator(loja=3).loja_certa == 3


def test_sem_loja_dita_a_recusa_diz_como_dizer() -> None:
    with pytest.raises(DadoInvalido, match="--loja") as recusa:
        _ = ator(loja=None).loja_certa
    assert recusa.value.campo == "loja"


def test_so_os_papeis_ditos_podem() -> None:
    ator(Papel.GERENTE).exigir(Papel.ATENDENTE, Papel.GERENTE, acao="dar desconto")
    with pytest.raises(AcessoNegado, match="mecânico não pode dar desconto; chame o gerente"):
        ator(Papel.MECANICO).exigir(Papel.ATENDENTE, Papel.GERENTE, acao="dar desconto")
