"""Transferências que se cruzam ou disputam a mesma peça; os controles tiram o que as guarda."""

import threading
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import gravando
from oficina_core.casos.estoque_transferencia import TransferirEstoque
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.pecas import ListarPecas
from oficina_core.casos.portas import Pedido
from oficina_core.dominio.erros import RegraViolada
from tests import cenario, juntos

Lojas = tuple[int, int]
TRAVA = text("UPDATE estoques SET seq = seq WHERE loja_id = :loja AND peca_id = :peca")
HA = text("SELECT estoque FROM estoques WHERE loja_id = :loja AND peca_id = :peca")
FICA = text("UPDATE estoques SET estoque = :ha WHERE loja_id = :loja AND peca_id = :peca")


@pytest.fixture
def lojas(local: OficinaLocal) -> Lojas:
    """Dez discos na matriz e dez na filial."""
    matriz = local.executar(ListarLojas()).itens[0].id
    cenario.peca(local, "DISCO", estoque="20", custo="50.00")
    filial = cenario.filial(local)
    local.executar(levar(10, matriz, filial))
    return matriz, filial


def levar(quantos: int, de: int, para: int) -> TransferirEstoque:
    return TransferirEstoque(peca_id="DISCO", quantidade=Decimal(quantos), de=de, para=para)


def ha(local: OficinaLocal, lojas: Lojas) -> list[int]:
    listas = (local.executar(ListarPecas(), Pedido(loja=loja)).itens for loja in lojas)
    return [int(linha.estoque) for (linha,) in listas]


def test_as_que_se_cruzam_chegam_todas_e_nenhuma_repete_por_causa_da_outra(
    local: OficinaLocal, lojas: Lojas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sem insistir: a que o banco derrubasse por travamento seria um erro aqui."""
    monkeypatch.setattr("oficina_core.banco.local.insistir", lambda fazer, *, versao_dita: fazer())
    for _ in range(8):
        sentidos = [lojas, lojas[::-1], lojas]
        respostas = juntos.largar([partial(local.executar, levar(1, *s)) for s in sentidos])
        assert not any(isinstance(resposta, Exception) for resposta in respostas)
    assert ha(local, lojas) == [2, 18]


def test_travando_a_origem_antes_as_que_se_cruzam_se_travam(
    local: OficinaLocal, lojas: Lojas
) -> None:
    """O controle: cada uma toma a sua ponta e pede a da outra. No SQLite grava uma por vez."""
    if local._motor.dialect.name == "sqlite":
        pytest.skip("no SQLite a vez de gravar já é a trava")
    peca = local.executar(ListarPecas(), Pedido(loja=lojas[0])).itens[0].id
    encontro = threading.Barrier(2, timeout=juntos.PRAZO)

    def cruzar(de: int, para: int) -> bool:
        try:
            with gravando(local._motor) as conexao:
                conexao.execute(TRAVA, {"loja": de, "peca": peca})
                encontro.wait()
                conexao.execute(TRAVA, {"loja": para, "peca": peca})
        except OperationalError:
            return False
        return True

    passaram = juntos.largar([partial(cruzar, *lojas), partial(cruzar, *lojas[::-1])])
    assert sorted(passaram) == [False, True]


def test_a_ultima_peca_se_leva_uma_vez_so(local: OficinaLocal, lojas: Lojas) -> None:
    respostas = juntos.largar([partial(local.executar, levar(10, *lojas))] * 3)
    assert sorted(isinstance(resposta, RegraViolada) for resposta in respostas) == [
        False,
        True,
        True,
    ]
    assert ha(local, lojas) == [0, 20]


def test_sem_a_condicao_as_mesmas_pecas_se_levam_duas_vezes(
    local: OficinaLocal, lojas: Lojas
) -> None:
    """O controle: lê o saldo, decide, e grava o valor em outra transação."""
    peca = local.executar(ListarPecas(), Pedido(loja=lojas[0])).itens[0].id
    de, para = ({"loja": loja, "peca": peca} for loja in lojas)
    leitura = threading.Barrier(2, timeout=juntos.PRAZO)
    vez = threading.Lock()

    def levar_mal() -> int:
        with local._motor.connect() as conexao:
            tinha = conexao.execute(HA, de).scalar_one()
        leitura.wait()
        with vez, gravando(local._motor) as conexao:
            conexao.execute(FICA, de | {"ha": tinha - 10})
            conexao.execute(FICA, para | {"ha": conexao.execute(HA, para).scalar_one() + 10})
        return 10

    assert sum(juntos.largar([levar_mal, levar_mal])) == 20
    assert ha(local, lojas) == [0, 30], "trinta, onde havia vinte"
    with gravando(local._motor) as conexao:
        for certo in (de, para):
            conexao.execute(FICA, certo | {"ha": 10})
