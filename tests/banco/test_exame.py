"""O exame de um banco diz o que ele tem de errado, e não muda nada nele."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from oficina_core.banco import exame, manutencao
from oficina_core.banco.exame import Exame
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.casos.pecas import CriarPeca
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import NaoIdentificado
from oficina_core.enderecos import ARQUIVO
from tests.cenario import CPF_BIA, funcionario


@pytest.fixture
def sqlite(url_sqlite: str) -> Iterator[Engine]:
    """O mesmo arquivo, por quem não respeita nada."""
    motor = create_engine(url_sqlite)
    yield motor
    motor.dispose()


@pytest.fixture
def mysql_cru(url_mysql: str) -> Iterator[Engine]:
    motor = abrir(url_mysql)
    yield motor
    motor.dispose()


def arquivo(url: str) -> Path:
    return Path(url.removeprefix(ARQUIVO))


def test_banco_em_dia_responde_em_qualquer_dos_dois(url: str) -> None:
    with Exame(url) as exame:
        assert exame.demora() >= 0
        assert exame.estado().em_dia


def test_o_operador_e_o_funcionario_ativo_desse_cpf(url: str) -> None:
    oficina = OficinaLocal.em(url)
    funcionario(oficina, Papel.MECANICO, CPF_BIA)
    oficina.fechar()
    with Exame(url) as exame:
        assert exame.operador(CPF_BIA).nome
        with pytest.raises(NaoIdentificado):
            exame.operador("52998224725")


class TestSQLite:
    def test_o_que_o_programa_fez_esta_sao(self, url_sqlite: str) -> None:
        manutencao.migrar(url_sqlite)
        with Exame(url_sqlite) as exame:
            assert exame.diario() == "wal"
            assert exame.confere_chaves()
            assert exame.integro() is True

    def test_outro_diario_se_ve(self, url_sqlite: str, sqlite: Engine) -> None:
        with sqlite.connect() as conexao:
            conexao.execute(text("PRAGMA journal_mode = DELETE"))
        with Exame(url_sqlite) as exame:
            assert exame.diario() == "delete"

    def test_registro_sem_par_se_ve(self, url_sqlite: str, sqlite: Engine) -> None:
        oficina = OficinaLocal.em(url_sqlite)
        oficina.executar(CriarPeca(codigo="X", nome="X", preco=Decimal(1)))
        oficina.fechar()
        with gravando(sqlite) as conexao:
            conexao.execute(text("DELETE FROM pecas"))
        with Exame(url_sqlite) as exame:
            assert exame.integro() is False

    def test_arquivo_danificado_se_ve(self, url_sqlite: str) -> None:
        caminho = arquivo(url_sqlite)
        dados = bytearray(caminho.read_bytes())
        pagina = 4096
        dados[pagina * 8 : pagina * 20] = b"\xff" * (pagina * 12)
        caminho.write_bytes(dados)
        with Exame(url_sqlite) as exame:
            assert exame.integro() is False

    def test_o_que_demora_demais_nao_se_sabe(
        self, url_sqlite: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("oficina_core.banco.motor.PASSOS", 1)
        monkeypatch.setattr(exame, "INTEGRIDADE_SEGUNDOS", -1)
        with Exame(url_sqlite) as aberto:
            assert aberto.integro() is None

    def test_examinar_nao_muda_o_arquivo(self, url_sqlite: str) -> None:
        antes = hashlib.sha256(arquivo(url_sqlite).read_bytes()).hexdigest()
        with Exame(url_sqlite) as exame:
            exame.demora(), exame.estado(), exame.diario(), exame.integro()
        assert hashlib.sha256(arquivo(url_sqlite).read_bytes()).hexdigest() == antes


class TestMySQL:
    def test_o_que_o_programa_fez_esta_sao(self, url_mysql: str) -> None:
        with Exame(url_mysql) as exame:
            fuso, modo, caracteres = exame.sessao()
            assert (fuso, caracteres) == ("+00:00", "utf8mb4")
            assert "STRICT_TRANS_TABLES" in modo
            assert exame.versao()[0].isdecimal()
            assert exame.cifra() == ""  # na própria máquina
            assert abs(exame.atraso()) < 60
            assert exame.fora_de_utf8mb4() == ()

    def test_tabela_em_outro_alfabeto_se_diz(self, url_mysql: str, mysql_cru: Engine) -> None:
        with gravando(mysql_cru) as conexao:
            conexao.execute(text("CREATE TABLE velha (nome VARCHAR(9)) CHARACTER SET latin1"))
        try:
            with Exame(url_mysql) as exame:
                assert exame.fora_de_utf8mb4() == ("velha",)
        finally:
            with gravando(mysql_cru) as conexao:
                conexao.execute(text("DROP TABLE velha"))

    def test_quem_pode_tudo_pode_apagar_a_auditoria(self, url_mysql: str) -> None:
        with Exame(url_mysql) as exame:
            assert exame.apagaveis() == ("anotacoes", "eventos", "movimentos_estoque", "pagamentos")
