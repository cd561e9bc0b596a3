"""Cada migração volta e vai de novo sem mudar o que fica, também se a matam no meio.

OFICINA_TESTE_ORDENS põe no banco tantas ordens, em vez de uma casa com uma de cada.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import DECIMAL, Connection, MetaData, Table, cast, func, make_url, select

from oficina_core.banco import copia, manutencao, restauracao
from oficina_core.banco import motor as motor_do_banco
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir
from oficina_core.banco.verificacao import verificar
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from tests.banco import casa_cheia
from tests.banco.bancos import Novo, cair_no, esquema, perguntar
from tests.servidor_mysql import Servidor

ORDENS = int(os.environ.get("OFICINA_TESTE_ORDENS", "0"))
MORTES = 3 if ORDENS else 1
LOTE = 5000
SORTEIO = random.Random(6)  # noqa: S311 — onde se morre
PARTES = re.compile(r",(?![^(]*\))|\)$")


@pytest.fixture
def cheio(novo: Novo, tmp_path: Path) -> str:
    """Um banco na revisão do programa, com uma casa em movimento.

    A 0008 oculta outra vez o que já está oculto, e o escreve de outra forma: aqui ela já o fez.
    """
    url = novo()
    _encher(url, tmp_path)
    manutencao.voltar(url, "0007")
    manutencao.migrar(url)
    return url


def _encher(url: str, tmp_path: Path) -> None:
    if ORDENS:
        movimento, guardada = tmp_path / "movimento.db", tmp_path / "copia.gz"
        demo = ("demo", "--sem-tui", "--ordens", str(ORDENS), "--manter", str(movimento))
        subprocess.run([sys.executable, "-m", "oficina_cli", *demo], check=True)
        copia.guardar(f"sqlite:///{movimento}", guardada)
        restauracao.restaurar(restauracao.conferir(url, guardada))
        return
    oficina = OficinaLocal.em(url)
    manutencao.migrar(url)
    casa_cheia.povoar(oficina)
    oficina.fechar()


def _resumir(url: str, colunas: dict[str, set[str]] | None = None) -> dict[str, str]:
    """O resumo de cada tabela, linha por linha, com as colunas ditas ou todas."""
    motor = abrir(url, para_migrar=True)
    achadas = MetaData()
    achadas.reflect(motor)
    resumos = {}
    with motor.connect() as conexao:
        for tabela in achadas.tables.values():
            ditas = set(tabela.c.keys()) if colunas is None else colunas.get(tabela.name, set())
            if tabela.name == "alembic_version" or not ditas:
                continue
            resumir = _no_sqlite if motor.dialect.name == "sqlite" else _no_servidor
            resumos[tabela.name] = resumir(conexao, tabela, sorted(ditas))
    motor.dispose()
    return resumos


def _no_sqlite(conexao: Connection, tabela: Table, colunas: list[str]) -> str:
    soma = sha256()
    consulta = select(*(tabela.c[nome] for nome in colunas)).order_by(*tabela.primary_key)
    for lote in conexao.execute(consulta).partitions(LOTE):
        soma.update(repr([tuple(linha) for linha in lote]).encode())
    return soma.hexdigest()


def _no_servidor(conexao: Connection, tabela: Table, colunas: list[str]) -> str:
    """O próprio servidor soma: trazer milhões de linhas levaria muito mais."""
    partes = [func.coalesce(func.hex(tabela.c[nome]), "nada") for nome in colunas]
    linha = func.sha2(func.concat_ws("/", *partes), 256)
    metades = (func.left(linha, 12), func.right(linha, 12))
    somas: list[Any] = [
        func.sum(cast(func.conv(metade, 16, 10), DECIMAL(20))) for metade in metades
    ]
    return str(tuple(conexao.execute(select(func.count(), *somas)).one()))


def _colunas(url: str) -> dict[str, set[str]]:
    motor = abrir(url)
    achadas = MetaData()
    achadas.reflect(motor)
    motor.dispose()
    return {nome: set(tabela.c.keys()) for nome, tabela in achadas.tables.items()}


def test_cada_migracao_volta_e_vai_de_novo_sem_mudar_o_que_fica(cheio: str) -> None:
    inicio = esquema(cheio)
    for acima, abaixo in _degraus():
        antes = esquema(cheio)
        assert manutencao.voltar(cheio, abaixo).revisao == abaixo
        ficam = _colunas(cheio)
        embaixo = _resumir(cheio)
        assert manutencao.migrar(cheio, acima).revisao == acima
        assert _sem_ordem(esquema(cheio)) == _sem_ordem(antes)
        assert _resumir(cheio, ficam) == embaixo, acima
        manutencao.voltar(cheio, abaixo)
    assert manutencao.migrar(cheio).em_dia
    assert _sem_ordem(esquema(cheio)) == _sem_ordem(inicio)
    assert verificar(cheio) == ()


def _degraus() -> list[tuple[str, str]]:
    revisoes = manutencao.revisoes()
    return list(zip(revisoes[:0:-1], revisoes[-2::-1], strict=True))


def _sem_ordem(achado: dict[str, str]) -> dict[str, list[str]]:
    """As partes de cada tabela: a coluna que saiu e voltou fica no fim."""
    return {
        nome: sorted(" ".join(parte.split()) for parte in PARTES.split(sql.replace('"', "")))
        for nome, sql in achado.items()
    }


def test_cair_em_qualquer_comando_da_volta_se_retoma(novo: Novo) -> None:
    url, certo = novo(), novo()
    manutencao.migrar(url)
    manutencao.migrar(certo, "0001")
    ate_a_primeira = partial(manutencao._desfazer, ate="0001")
    assert next(k for k in range(500) if cair_no(url, k, ate_a_primeira)) > len(_degraus())
    assert manutencao.estado(url).revisao == "0001"
    assert _sem_ordem(esquema(url)) == _sem_ordem(esquema(certo))


def test_migrar_completa_o_que_parou_no_meio_da_volta(novo: Novo) -> None:
    """O MySQL confirma cada comando, e o banco que se desse por inteiro não se consertaria."""
    url, certo = novo(), novo()
    for acima, abaixo in reversed(_degraus()):
        manutencao.migrar(url, acima)
        manutencao.migrar(certo, acima)
        for k in range(500):
            if cair_no(url, k, partial(manutencao._desfazer, ate=abaixo)):
                break
            assert manutencao.migrar(url, acima).revisao == acima
            assert _sem_ordem(esquema(url)) == _sem_ordem(esquema(certo)), (acima, k)
        manutencao.migrar(url, acima)


def test_voltar_outra_vez_a_mesma_revisao_nao_muda_nada(novo: Novo) -> None:
    url = novo()
    manutencao.migrar(url)
    for _, abaixo in _degraus():
        manutencao.voltar(url, abaixo)
        antes = esquema(url)
        assert manutencao.voltar(url, abaixo).revisao == abaixo
        assert esquema(url) == antes


MUDAR = """
import sys
from sqlalchemy import Engine, event
from oficina_core.banco import manutencao
event.listen(Engine, "before_cursor_execute", lambda *_: print(flush=True))
url, ate = sys.argv[1:]
manutencao.voltar(url, ate) if ate < manutencao.revisao_do_programa() else manutencao.migrar(url)
"""


class Mudanca:
    """Outro processo que leva o banco a uma revisão, e diz uma linha antes de cada comando."""

    def __init__(self, url: str, ate: str) -> None:
        self._comando = [sys.executable, "-c", MUDAR, url, ate]

    def terminar(self) -> tuple[int, float]:
        """Quantos comandos foram, e quantos segundos entre o primeiro e o último."""
        with subprocess.Popen(self._comando, stdout=subprocess.PIPE) as processo:
            assert processo.stdout
            instantes = [time.monotonic() for _ in processo.stdout]
        assert processo.returncode == 0
        return len(instantes), instantes[-1] - instantes[0]

    def morrer(self, comandos: int, depois: float) -> bool:
        """Morre passados tantos comandos e segundos; falso se acabou antes."""
        with subprocess.Popen(self._comando, stdout=subprocess.PIPE) as processo:
            assert processo.stdout
            for _ in range(comandos):
                processo.stdout.readline()
            time.sleep(depois)
            processo.kill()
        return processo.returncode == -signal.SIGKILL


def _mudar_matando(url: str, ate: str, comandos: int, segundos: float) -> None:
    """Mata na primeira metade do caminho, no meio de um comando, e no fim deixa terminar."""
    mudanca = Mudanca(url, ate)
    for _ in range(MORTES):
        quantos = SORTEIO.randrange(1, comandos // (2 * MORTES))
        assert mudanca.morrer(quantos, SORTEIO.uniform(0, segundos / comandos))
    mudanca.terminar()


def test_matar_a_ida_e_a_volta_no_meio_e_rodar_de_novo_basta(cheio: str) -> None:
    inicio, ultima = esquema(cheio), manutencao.revisao_do_programa()
    volta = Mudanca(cheio, "0001").terminar()
    ditas, embaixo = _colunas(cheio), _resumir(cheio)
    ida = Mudanca(cheio, ultima).terminar()
    _mudar_matando(cheio, "0001", *volta)
    assert _resumir(cheio) == embaixo
    _mudar_matando(cheio, ultima, *ida)
    assert _sem_ordem(esquema(cheio)) == _sem_ordem(inicio)
    assert _resumir(cheio, ditas) == embaixo
    assert verificar(cheio) == ()


def test_a_tabela_em_uso_nao_para_a_oficina_enquanto_a_migracao_espera(
    mysql: Servidor, url_mysql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(motor_do_banco, "TABELA_SEGUNDOS", 1)
    manutencao.voltar(url_mysql, "0007")
    with mysql.conectar(autocommit=False, database=make_url(url_mysql).database) as esquecida:
        esquecida.cursor().execute("SELECT COUNT(*) FROM clientes")
        with pytest.raises(Indisponivel, match="tente de novo"):
            manutencao.migrar(url_mysql)
        assert not manutencao.estado(url_mysql).em_dia
        assert perguntar(url_mysql, "SELECT COUNT(*) FROM clientes") == [(0,)]
        esquecida.rollback()
        assert manutencao.migrar(url_mysql).em_dia


def test_so_se_volta_a_uma_revisao_anterior_que_exista(url: str) -> None:
    for dita in (manutencao.revisao_do_programa(), "9999", "abc", ""):
        with pytest.raises(DadoInvalido, match="diga uma anterior"):
            manutencao.voltar(url, dita)
    assert manutencao.estado(url).em_dia
