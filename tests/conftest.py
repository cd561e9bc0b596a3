"""Cada teste que pede uma oficina roda em três mundos: SQLite, MySQL e pela API.

No fim de cada um, `verificar` refaz as contas do banco: nenhum teste passa com a casa torta.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from oficina_api.app import criar_app
from oficina_cli.remota import OficinaRemota
from oficina_core.banco import local as oficina_local
from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.banco.tabelas import metadata
from oficina_core.banco.unidade import UnidadeSQL
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import SISTEMA, Sujeito
from tests.servidor_mysql import SemMySQL, Servidor, obter

BANCOS = ("sqlite", "mysql")
MUNDOS = ("local-sqlite", "local-mysql", "remota")


class OficinaVigiada(OficinaLocal):
    """A oficina dos testes: um caso que muda e não salva não passa."""

    def _conferir_esquecidos(self, uow: UnidadeSQL) -> None:
        assert not uow.diario.esquecidos(), "mudou e não salvou"


@dataclass
class Relogio:
    """A hora que o teste quiser; cada consulta anda um milésimo, para que a ordem se veja."""

    agora: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        self.agora += timedelta(milliseconds=1)
        return self.agora

    def passar(self, **quanto: float) -> None:
        self.agora += timedelta(**quanto)


@pytest.fixture(autouse=True)
def terminal_neutro(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nem as cores do CI nem a configuração de quem testa mudam o que se imprime."""
    for nome in list(os.environ):
        if (
            nome.startswith(("OFICINA_", "DB_", "SMTP_", "WEBHOOK_"))
            and nome != "OFICINA_TESTE_MYSQL"
        ):
            monkeypatch.delenv(nome)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture(autouse=True)
def limpeza_sem_sorteio(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limpeza sorteada das chaves dá comandos a mais; só a faz o teste que a pede."""
    monkeypatch.setattr(oficina_local, "LIMPEZA", 2**62)


@pytest.fixture(scope="session")
def mysql() -> Iterator[Servidor]:
    """Um servidor de verdade; sem ele, no CI, é falha, e fora dele se pula dizendo por quê."""
    try:
        servidor = obter()
    except SemMySQL as motivo:
        if os.environ.get("CI"):
            pytest.fail(str(motivo))
        pytest.skip(str(motivo))
    yield servidor
    servidor.parar()


@pytest.fixture(scope="session")
def banco_mysql(mysql: Servidor, request: pytest.FixtureRequest) -> Iterator[str]:
    """Um banco migrado por processo de teste."""
    trabalhador = getattr(request.config, "workerinput", {}).get("workerid", "so")
    nome = f"oficina_teste_{trabalhador}_{os.getpid()}"
    url = mysql.criar_banco(nome)
    manutencao.migrar(url)
    yield url
    mysql.apagar_banco(nome)


@pytest.fixture(scope="session")
def modelo_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Um arquivo migrado, que cada teste copia."""
    caminho = tmp_path_factory.mktemp("modelo") / "modelo.db"
    manutencao.migrar(f"sqlite:///{caminho}")
    return caminho


@pytest.fixture
def url_sqlite(modelo_sqlite: Path, tmp_path: Path) -> str:
    caminho = tmp_path / "oficina.db"
    shutil.copy(modelo_sqlite, caminho)
    return f"sqlite:///{caminho}"


@pytest.fixture
def url_mysql(banco_mysql: str) -> str:
    """O banco do processo, esvaziado."""
    motor = abrir(banco_mysql)
    _esvaziar(motor)
    motor.dispose()
    return banco_mysql


def _esvaziar(motor: Engine) -> None:
    with gravando(motor) as conexao:
        conexao.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
        for tabela in metadata.tables.values():
            if tabela.name != "lojas":
                conexao.execute(tabela.delete())
        conexao.execute(
            text("DELETE FROM lojas WHERE id <> (SELECT MIN(l.id) FROM (SELECT id FROM lojas) l)")
        )
        conexao.execute(text("UPDATE lojas SET nome='Matriz', fuso='America/Sao_Paulo', versao=1"))
        conexao.execute(text("SET FOREIGN_KEY_CHECKS = 1"))


@pytest.fixture(params=BANCOS)
def url(request: pytest.FixtureRequest) -> str:
    """Cada banco, para o que só existe no modo direto."""
    endereco: str = request.getfixturevalue(f"url_{request.param}")
    return endereco


@pytest.fixture
def relogio() -> Relogio:
    return Relogio()


@pytest.fixture
def local(url: str, relogio: Relogio) -> Iterator[OficinaLocal]:
    """A oficina direto em cada banco."""
    oficina = OficinaVigiada.em(url, relogio)
    yield oficina
    oficina.fechar()
    assert verificar(url) == ()


@pytest.fixture(params=MUNDOS)
def em_nome_de(
    request: pytest.FixtureRequest, relogio: Relogio
) -> Iterator[Callable[[Sujeito], Oficina]]:
    """A oficina de cada mundo, em nome de quem se disser."""
    banco = "mysql" if request.param == "local-mysql" else "sqlite"
    url = request.getfixturevalue(f"url_{banco}")
    oficina = OficinaVigiada.em(url, relogio)
    clientes: list[TestClient] = []

    def abrir_para(sujeito: Sujeito) -> Oficina:
        if request.param != "remota":
            return oficina.como(sujeito)
        clientes.append(TestClient(criar_app(oficina, lambda: sujeito)).__enter__())
        return OficinaRemota(clientes[-1])

    yield abrir_para
    for cliente in clientes:
        cliente.__exit__(None, None, None)
    oficina.fechar()
    assert verificar(url) == ()


@pytest.fixture
def oficina(em_nome_de: Callable[[Sujeito], Oficina]) -> Oficina:
    return em_nome_de(SISTEMA)
