"""O programa anterior serve sobre o esquema novo: na troca de versão, e na volta dela."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Inspector, inspect

from oficina_api import saude
from oficina_api.app import criar_app
from oficina_core.banco import copia, manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.manutencao import MIGRACOES
from oficina_core.banco.motor import abrir
from oficina_core.banco.verificacao import verificar
from oficina_core.dominio.acesso import SISTEMA
from oficina_core.dominio.erros import Indisponivel
from tests.banco import casa_cheia
from tests.banco.bancos import Novo, escrever_migracao

QUE_ACRESCENTA = """
ALTER TABLE clientes ADD COLUMN apelido VARCHAR(80);

ALTER TABLE ordens_servico ADD COLUMN box BIGINT NOT NULL DEFAULT 0;

CREATE TABLE boxes (id BIGINT PRIMARY KEY, loja_id BIGINT NOT NULL);

CREATE INDEX ix_clientes_apelido ON clientes (apelido);
"""
QUE_TIRA = """
UPDATE alembic_version SET serve_desde = 'NOVA';

DROP TABLE origens;
"""


@dataclass
class Troca:
    """O programa de agora e o de depois, que tem uma migração a mais."""

    pasta: Path
    usar: Callable[[Path], None]
    anterior: str = manutencao.revisao_do_programa()

    @property
    def nova(self) -> str:
        return f"{int(self.anterior) + 1:04}"

    def migrar(self, url: str, sql: str) -> None:
        """O programa de depois leva o banco à revisão dele, e é o de agora que continua."""
        self.acrescentar(sql)
        assert manutencao.migrar(url).revisao == self.nova
        self.usar(MIGRACOES)

    def acrescentar(self, sql: str) -> None:
        """A migração a mais, no programa que se usa a partir daqui."""
        versoes = self.pasta / "versions"
        escrever_migracao(versoes, self.anterior, sqlite=_em_sqlite(sql), mysql=sql)
        self.usar(self.pasta)


def _em_sqlite(sql: str) -> str:
    return sql.replace("VARCHAR(80)", "TEXT").replace("BIGINT", "INTEGER")


@pytest.fixture
def troca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Troca:
    pasta = tmp_path / "migracoes"
    shutil.copytree(MIGRACOES, pasta)
    return Troca(pasta, lambda qual: monkeypatch.setattr(manutencao, "MIGRACOES", qual))


@pytest.fixture
def adiante(novo: Novo, troca: Troca) -> str:
    """Um banco que a versão seguinte já migrou."""
    url = novo()
    manutencao.migrar(url)
    troca.migrar(url, QUE_ACRESCENTA)
    return url


def test_a_versao_anterior_trabalha_no_esquema_novo(adiante: str) -> None:
    situacao = manutencao.estado(adiante)
    assert (situacao.em_dia, situacao.mais_novo, situacao.serve) == (False, True, True)
    oficina = OficinaLocal.em(adiante)
    casa_cheia.povoar(oficina)
    oficina.fechar()
    assert verificar(adiante) == ()


def test_migrar_com_a_versao_anterior_nao_mexe_no_esquema_novo(adiante: str, troca: Troca) -> None:
    """Quem volta à versão anterior roda a migração dela outra vez."""
    assert manutencao.migrar(adiante).revisao == troca.nova
    with pytest.raises(Indisponivel, match="mais nova"):
        manutencao.voltar(adiante, "0009")
    assert manutencao.estado(adiante).revisao == troca.nova


def test_a_versao_anterior_nao_copia_o_esquema_novo(adiante: str, tmp_path: Path) -> None:
    """A cópia não teria o que ela não conhece."""
    with pytest.raises(Indisponivel, match="mais nova"):
        copia.guardar(adiante, tmp_path / "copia.gz")


def test_a_migracao_nao_tira_do_ar_quem_ja_atende(
    novo: Novo, troca: Troca, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saude, "VALIDADE", 0)
    url = novo()
    manutencao.migrar(url)
    motor = abrir(url)
    app = criar_app(OficinaLocal.em(url), lambda: SISTEMA)
    saude.instalar(app, lambda: manutencao.conferir(motor))
    with TestClient(app) as http:
        assert http.get("/health/ready").status_code == 200
        troca.migrar(url, QUE_ACRESCENTA)
        assert http.get("/health/ready").status_code == 200
        assert http.get("/clientes").status_code == 200
    motor.dispose()


def test_o_esquema_que_ja_nao_serve_e_recusado_sem_tocar_nele(novo: Novo, troca: Troca) -> None:
    url = novo()
    manutencao.migrar(url)
    troca.migrar(url, QUE_TIRA.replace("NOVA", troca.nova))
    situacao = manutencao.estado(url)
    assert (situacao.mais_novo, situacao.serve) == (True, False)
    for usar in (manutencao.migrar, verificar, _abrir):
        with pytest.raises(Indisponivel, match="atualize o programa"):
            usar(url)


def _abrir(url: str) -> None:
    motor = abrir(url)
    try:
        manutencao.conferir(motor)
    finally:
        motor.dispose()


def test_antes_da_0010_o_banco_so_serve_ao_programa_dele(novo: Novo, troca: Troca) -> None:
    url = novo()
    assert manutencao.migrar(url, "0009").serve is False
    assert manutencao.migrar(url).serve is True


# ── o que uma migração não pode fazer sem dizer ──────────────────────────────────────────────


def _tirou(url: str, anterior: str, nova: str) -> list[str]:
    """O que o programa da revisão anterior usava ou deixava em branco, e a nova não lhe deixa."""
    manutencao.migrar(url, anterior)
    antes = _retrato(url)
    manutencao.migrar(url, nova)
    depois = _retrato(url)
    faltas = []
    for tabela, colunas in antes.items():
        if tabela not in depois:
            faltas.append(tabela)
            continue
        agora = depois[tabela]
        faltas += [f"{tabela}.{nome}" for nome, tipo in colunas.items() if agora.get(nome) != tipo]
        faltas += [f"{tabela}.{nome}" for nome in agora.keys() - colunas.keys() if agora[nome][1]]
    return faltas


def _retrato(url: str) -> dict[str, dict[str, tuple[str, bool]]]:
    """De cada coluna, o tipo e se quem grava tem de a dizer."""
    motor = abrir(url)
    banco: Inspector = inspect(motor)
    achadas = {
        tabela: {
            str(c["name"]): (
                str(c["type"]),
                not (c["nullable"] or c["default"] is not None or c.get("autoincrement") is True),
            )
            for c in colunas
        }
        for (_, tabela), colunas in banco.get_multi_columns().items()
    }
    motor.dispose()
    return achadas


def test_nenhuma_migracao_tira_o_que_a_versao_anterior_usa_sem_o_dizer(novo: Novo) -> None:
    url = novo()
    for anterior, nova in zip(manutencao.revisoes(), manutencao.revisoes()[1:], strict=False):
        tirou = _tirou(url, anterior, nova)
        assert not tirou or _serve_desde(url) == nova, (nova, tirou)


def _serve_desde(url: str) -> str:
    motor = abrir(url)
    with motor.connect() as conexao:
        dita = str(conexao.exec_driver_sql("SELECT serve_desde FROM alembic_version").scalar())
    motor.dispose()
    return dita


@pytest.mark.parametrize(
    ("sql", "tirou"),
    [
        (QUE_ACRESCENTA, []),
        ("ALTER TABLE clientes DROP COLUMN exportado_em;", ["clientes.exportado_em"]),
        (
            "ALTER TABLE clientes RENAME COLUMN exportado_em TO levado_em;",
            ["clientes.exportado_em"],
        ),
        ("DROP TABLE origens;", ["origens"]),
    ],
)
def test_o_que_se_tira_se_ve(novo: Novo, troca: Troca, sql: str, tirou: list[str]) -> None:
    """O controle do teste anterior."""
    url = novo()
    manutencao.migrar(url)
    troca.acrescentar(sql)
    assert _tirou(url, troca.anterior, troca.nova) == tirou
