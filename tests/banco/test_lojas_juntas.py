"""Lojas que nascem ao mesmo tempo que outra do mesmo nome, ou que uma peça.

Os controles tiram a trava e forçam o pior momento; no SQLite, que grava um por vez, ele não há.
"""

import threading
from functools import partial

import pytest
from sqlalchemy import event, text

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import gravando
from oficina_core.banco.repositorios.cadastros import LojasSQL
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.lojas import CriarLoja, FichaLoja, ListarLojas
from oficina_core.casos.pecas import CriarPeca
from oficina_core.casos.portas import Pedido
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.erros import Conflito
from tests import cenario, juntos


@pytest.fixture
def sem_trava(local: OficinaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    if local._motor.dialect.name == "sqlite":
        pytest.skip("no SQLite a vez de gravar já é a trava")
    monkeypatch.setattr(LojasSQL, "travar", lambda _: None)


def nascer(local: OficinaLocal) -> list[FichaLoja | Conflito]:
    nomes = ["Filial Sul", "FILIAL SUL", "filial sul"]
    return juntos.largar([partial(local.executar, CriarLoja(nome=nome)) for nome in nomes])


def test_duas_lojas_nao_tomam_o_mesmo_nome(local: OficinaLocal) -> None:
    respostas = nascer(local)
    assert sorted(isinstance(resposta, Conflito) for resposta in respostas) == [False, True, True]
    assert len(local.executar(ListarLojas()).itens) == 2


@pytest.mark.usefixtures("sem_trava")
def test_sem_a_trava_as_tres_tomam_o_mesmo_nome(local: OficinaLocal) -> None:
    with juntos.encontro(local._motor, 3, "INSERT INTO lojas"):
        respostas = nascer(local)
    assert not any(isinstance(resposta, Conflito) for resposta in respostas)


def pecas_em(local: OficinaLocal, loja: int, rodada: int) -> list[partial[object]]:
    casos = [CriarPeca(codigo=f"P{rodada}-{n}", nome="Peça", preco=ZERO) for n in range(2)]
    return [partial(local.executar, caso, Pedido(loja=loja)) for caso in casos]


def test_peca_e_loja_que_nascem_juntas_tem_saldo_uma_na_outra(local: OficinaLocal) -> None:
    """Quem confere é `verificar`, no fim; a peça nasce ora na primeira loja, ora na última."""
    lojas = [local.executar(ListarLojas()).itens[0].id, cenario.filial(local)]
    for rodada in range(6):
        abrir = partial(local.executar, CriarLoja(nome=f"Loja {rodada}"))
        respostas = juntos.largar([abrir, *pecas_em(local, lojas[rodada % 2], rodada)])
        assert not any(isinstance(resposta, Exception) for resposta in respostas)


@pytest.mark.usefixtures("sem_trava")
def test_sem_a_trava_a_peca_fica_sem_saldo_na_loja(local: OficinaLocal, url: str) -> None:
    gravada, aberta = threading.Event(), threading.Event()

    def esperar(_: object, __: object, comando: str, *___: object) -> None:
        if comando.startswith("INSERT INTO eventos") and not gravada.is_set():
            gravada.set()
            aberta.wait(juntos.PRAZO)

    event.listen(local._motor, "before_cursor_execute", esperar)
    (criar, _) = pecas_em(local, local.executar(ListarLojas()).itens[0].id, 0)

    def abrir() -> None:
        gravada.wait(juntos.PRAZO)
        cenario.filial(local)
        aberta.set()

    juntos.largar([criar, abrir])
    event.remove(local._motor, "before_cursor_execute", esperar)
    assert [d.detalhe for d in verificar(url)] == ["saldo em só algumas das lojas (1, e não 2)"]
    with gravando(local._motor) as conexao:
        conexao.execute(text("DELETE FROM lojas WHERE nome = 'Filial'"))
