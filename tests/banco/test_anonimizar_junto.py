"""Quem anonimiza o cliente contra quem lhe abre ordem ou o orça; o controle tira a guarda."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.repositorios.cadastros import ClientesSQL
from oficina_core.casos.clientes import VerCliente
from oficina_core.casos.clientes_anonimizacao import AnonimizarCliente
from oficina_core.casos.orcamentos import CriarOrcamento, ListarOrcamentos
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.erros import Conflito, RegraViolada
from tests import cenario, juntos

ABRIR = AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Freio")
COM_KM = AbrirOrdem(veiculo_id=cenario.PLACA, queixa="Freio", km=9000)
ORCAR = CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",))
CASOS = pytest.mark.parametrize("caso", [ABRIR, COM_KM, ORCAR], ids=["ordem", "km", "orçamento"])
TRAVA = "UPDATE clientes"


@pytest.fixture
def ana(local: OficinaLocal) -> int:
    cenario.catalogo(local)
    id = cenario.cliente(local).id
    cenario.veiculo(local)
    return id


def abertos(oficina: OficinaLocal) -> int:
    """Quantas ordens e orçamentos há."""
    leituras: tuple[CasoDeUso[Any], ...] = (ListarOrdens(), ListarOrcamentos())
    return sum(len(oficina.executar(leitura).itens) for leitura in leituras)


@contextmanager
def antes_de(
    oficina: OficinaLocal, url: str, rival: CasoDeUso[Any], instante: str
) -> Iterator[None]:
    """O rival passa inteiro antes do primeiro comando que começa assim.

    No SQLite quem grava está só: o último instante é antes de pegar a vez.
    """
    outra = OficinaLocal.em(url)
    if oficina._motor.dialect.name == "sqlite":
        instante = "BEGIN IMMEDIATE"
    vezes = iter([rival])

    def passar(_: Any, __: Any, comando: str, *___: Any) -> None:
        if comando.startswith(instante) and (caso := next(vezes, None)):
            outra.executar(caso)

    event.listen(oficina._motor, "before_cursor_execute", passar)
    yield
    event.remove(oficina._motor, "before_cursor_execute", passar)
    assert next(vezes, None) is None
    outra.fechar()


@CASOS
def test_quem_se_anonimizou_no_meio_nao_ganha_ordem_nem_orcamento(
    local: OficinaLocal, url: str, ana: int, caso: CasoDeUso[Any]
) -> None:
    """Quem perde ouve o que ouviria depois."""
    anonimizar = AnonimizarCliente(cliente_id=ana, motivo="pediu")
    with antes_de(local, url, anonimizar, TRAVA), pytest.raises(RegraViolada, match="desativado"):
        local.executar(caso)
    assert abertos(local) == 0


@CASOS
def test_quem_ganhou_ordem_ou_orcamento_no_meio_nao_se_anonimiza(
    local: OficinaLocal, url: str, ana: int, caso: CasoDeUso[Any]
) -> None:
    anonimizar = AnonimizarCliente(cliente_id=ana, motivo="pediu")
    with antes_de(local, url, caso, TRAVA), pytest.raises(Conflito, match="acertar"):
        local.executar(anonimizar)
    assert local.executar(VerCliente(cliente_id=ana)).nome == "Ana Conceição"
    assert abertos(local) == 1


@pytest.mark.parametrize("url", ["mysql"], indirect=True)
@pytest.mark.parametrize("caso", [ABRIR, ORCAR], ids=["ordem", "orçamento"])
def test_sem_segurar_o_cliente_o_anonimizado_ganha_ordem_ou_orcamento(
    local: OficinaLocal,
    url: str,
    ana: int,
    caso: CasoDeUso[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """O controle. No SQLite guarda a vez de gravar; com o km, a versão do carro."""
    monkeypatch.setattr(ClientesSQL, "segurar", lambda *_: None)
    anonimizar = AnonimizarCliente(cliente_id=ana, motivo="pediu")
    instante = "INSERT INTO ordens_servico" if caso is ABRIR else "INSERT INTO orcamentos"
    with antes_de(local, url, anonimizar, instante):
        local.executar(caso)
    assert local.executar(VerCliente(cliente_id=ana)).nome == f"Cliente anonimizado {ana}"
    assert abertos(local) == 1


@CASOS
def test_juntos_um_dos_dois_vence(local: OficinaLocal, ana: int, caso: CasoDeUso[Any]) -> None:
    fazer: list[Callable[[], Any]] = [
        lambda: local.executar(AnonimizarCliente(cliente_id=ana, motivo="pediu")),
        lambda: local.executar(caso),
    ]
    respostas = juntos.largar(fazer)
    anonimizou, ganhou = (not isinstance(resposta, Exception) for resposta in respostas)
    assert anonimizou is not ganhou
    assert abertos(local) == int(ganhou)
