"""O pulso do banco: sente o que outra conexão gravou, e não prende ninguém."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir
from oficina_core.banco.pulso import Pulso
from oficina_core.casos.clientes import CriarCliente, ListarClientes
from oficina_core.dominio.erros import Indisponivel

ANA = CriarCliente(nome="Ana", telefone="(11) 98765-4321")


@pytest.fixture
def pulso(local: OficinaLocal) -> Iterator[Pulso]:
    pulso = local.pulso()
    yield pulso
    pulso.fechar()


@pytest.fixture
def aqui(url_sqlite: str) -> Iterator[OficinaLocal]:
    oficina = OficinaLocal.em(url_sqlite)
    yield oficina
    oficina.fechar()


def test_na_primeira_vez_nao_se_sabe_e_depois_de_gravar_tambem_nao(
    local: OficinaLocal, pulso: Pulso
) -> None:
    assert pulso.mudou()
    local.executar(ANA)
    assert pulso.mudou()


def test_no_sqlite_so_o_que_se_grava_conta(aqui: OficinaLocal, url_sqlite: str) -> None:
    outra, pulso = OficinaLocal.em(url_sqlite), aqui.pulso()
    assert pulso.mudou()
    for oficina in (aqui, outra):
        oficina.executar(ListarClientes())
        oficina.simular(ANA)
        assert not pulso.mudou()
        oficina.executar(ANA)
        assert pulso.mudou()
        assert not pulso.mudou()
    pulso.fechar()
    outra.fechar()


def test_no_mysql_nada_se_abre(url_mysql: str) -> None:
    motor = abrir(url_mysql)
    pulso = Pulso(motor)
    assert pulso.mudou()
    assert pulso.mudou()
    assert motor.pool.checkedout() == 0  # type: ignore[attr-defined]
    pulso.fechar()
    motor.dispose()


def test_a_conexao_e_uma_e_nao_segura_transacao(aqui: OficinaLocal) -> None:
    """Nem trava quem grava, nem deixa o WAL sem fim."""
    pulso = aqui.pulso()
    assert pulso.mudou()
    assert aqui._motor.pool.checkedout() == 1  # type: ignore[attr-defined]
    assert pulso._conexao is not None
    crua: Any = pulso._conexao.connection.driver_connection
    assert not crua.in_transaction
    pulso.fechar()
    pulso.fechar()
    assert aqui._motor.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_arquivo_que_nao_se_abre_e_falta_de_banco(tmp_path: Path) -> None:
    motor = abrir(f"sqlite:///{tmp_path}/nenhuma/oficina.db")
    with pytest.raises(Indisponivel, match="abrir o arquivo"):
        Pulso(motor).mudou()
    motor.dispose()


def test_depois_de_uma_falha_reabre_e_nao_supoe_que_nada_mudou(aqui: OficinaLocal) -> None:
    pulso = aqui.pulso()
    assert pulso.mudou()
    assert pulso._conexao is not None
    crua: Any = pulso._conexao.connection.driver_connection
    crua.set_progress_handler(lambda: True, 1)  # o SQLite larga todo comando
    with pytest.raises(Indisponivel):
        pulso.mudou()
    assert pulso.mudou()
    assert not pulso.mudou()
    pulso.fechar()
