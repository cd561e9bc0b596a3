"""A conta do programa no MySQL: nasce com os direitos dele, e troca de senha sem sair do ar."""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from threading import Barrier, BrokenBarrierError

import pymysql
import pytest
from pymysql.cursors import Cursor
from sqlalchemy import Engine, make_url
from typer.testing import CliRunner

from oficina_cli.app import app
from oficina_core.banco import contas, manutencao
from oficina_core.banco.contas import Feito
from oficina_core.banco.motor import aberto
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from tests.servidor_mysql import Servidor, eh_mariadb

APP, MIGRACAO = f"app_{os.getpid()}", f"migracao_{os.getpid()}"


@pytest.fixture
def senha() -> str:
    return secrets.token_hex(16)


@pytest.fixture
def migracao(mysql: Servidor, url_mysql: str) -> Iterator[str]:
    """O endereço com a conta que migra, que pode o que docs/operacao.md diz e nada mais."""
    url, senha = make_url(url_mysql), secrets.token_hex(16)
    with mysql.conectar() as conexao, conexao.cursor() as cursor:
        cursor.execute(f"CREATE USER '{MIGRACAO}'@'%%' IDENTIFIED BY %s", (senha,))
        cursor.execute(f"GRANT ALL ON `{url.database}`.* TO '{MIGRACAO}'@'%' WITH GRANT OPTION")
        cursor.execute(f"GRANT CREATE USER ON *.* TO '{MIGRACAO}'@'%'")
        yield url.set(username=MIGRACAO, password=senha).render_as_string(hide_password=False)
        cursor.execute(f"DROP USER '{MIGRACAO}'@'%'")
        cursor.execute(f"DROP USER IF EXISTS '{APP}'@'%'")


def _entra(url: str, senha: str) -> bool:
    servidor = make_url(url)
    try:
        pymysql.connect(
            host=servidor.host or "",
            port=servidor.port or 3306,
            user=APP,
            password=senha,
            database=servidor.database,
        ).close()
    except pymysql.err.OperationalError:
        return False
    return True


def test_a_senha_se_prova_com_a_autoridade_em_que_a_migracao_confia(
    migracao: str, senha: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    abertos: list[str] = []

    def anotar(endereco: str) -> AbstractContextManager[Engine]:
        abertos.append(endereco)
        return aberto(endereco)

    monkeypatch.setattr(contas, "aberto", anotar)
    contas.preparar(f"{migracao}?ssl_ca=autoridade.pem", APP, senha=senha)
    assert len(abertos) > 1
    assert {make_url(url).query.get("ssl_ca") for url in abertos} == {"autoridade.pem"}


def test_a_conta_nasce_e_repetir_nada_muda(migracao: str, senha: str) -> None:
    assert contas.preparar(migracao, APP, senha=senha).feito is Feito.CRIADA
    assert _entra(migracao, senha)
    de_novo = contas.preparar(migracao, APP, senha=senha)
    assert (de_novo.feito, contas.preparar(migracao, APP).feito) == (Feito.NADA, Feito.NADA)
    assert de_novo.direitos > len(manutencao.NOSSAS)


def test_a_senha_trocada_so_deixa_de_entrar_quando_se_manda(migracao: str, senha: str) -> None:
    with aberto(migracao) as motor:
        mariadb = eh_mariadb(motor)
    antiga = secrets.token_hex(16)
    contas.preparar(migracao, APP, senha=antiga)
    trocada = Feito.TROCADA_DE_VEZ if mariadb else Feito.SENHA_TROCADA
    assert contas.preparar(migracao, APP, senha=senha).feito is trocada
    assert (_entra(migracao, senha), _entra(migracao, antiga)) == (True, not mariadb)
    assert contas.preparar(migracao, APP, senha=senha).feito is Feito.NADA
    assert _entra(migracao, antiga) is not mariadb, "repetir não encerra a de antes"
    contas.preparar(migracao, APP, encerrar=True)
    assert (_entra(migracao, senha), _entra(migracao, antiga)) == (True, False)


@pytest.fixture
def raiz(mysql: Servidor) -> Iterator[Cursor]:
    with mysql.conectar() as conexao, conexao.cursor() as cursor:
        yield cursor


def test_o_direito_que_nao_e_do_programa_se_tira(migracao: str, senha: str, raiz: Cursor) -> None:
    """O de uma versão que já não o usa, ou o que alguém deu à mão."""
    banco = make_url(migracao).database
    contas.preparar(migracao, APP, senha=senha)
    raiz.execute(f"SHOW GRANTS FOR '{APP}'@'%'")
    certos = raiz.fetchall()
    for dito in ("ALL ON `{}`.*", "UPDATE, DELETE ON `{}`.eventos", "UPDATE ON `{}`.pagamentos"):
        raiz.execute(f"GRANT {dito.format(banco)} TO '{APP}'@'%' WITH GRANT OPTION")
    contas.preparar(migracao, APP, senha=senha)
    raiz.execute(f"SHOW GRANTS FOR '{APP}'@'%'")
    tirados = [linha[0].replace(" WITH GRANT OPTION", "") for linha in raiz.fetchall()]
    assert set(tirados) ^ {linha[0] for linha in certos} == set()


@pytest.mark.usefixtures("guarda_duas")
@pytest.mark.parametrize("com_trava", [True, False])
def test_dois_que_trocam_juntos_pela_mesma_senha_nao_encerram_a_de_antes(
    migracao: str, senha: str, monkeypatch: pytest.MonkeyPatch, *, com_trava: bool
) -> None:
    """O controle é sem a trava: o segundo daria por anterior a que o primeiro acabou de pôr."""
    antiga = secrets.token_hex(16)
    contas.preparar(migracao, APP, senha=antiga)
    juntos, experimentar = Barrier(2, timeout=1), contas._Preparo._entra

    def experimentar_juntos(preparo: contas._Preparo, qual: str) -> bool:
        entrou = experimentar(preparo, qual)
        if not entrou:
            with suppress(BrokenBarrierError):
                juntos.wait()
        return entrou

    monkeypatch.setattr(contas._Preparo, "_entra", experimentar_juntos)
    if not com_trava:
        monkeypatch.setattr(manutencao, "a_sos", nullcontext)
    with ThreadPoolExecutor(2) as fios:
        list(fios.map(lambda _: contas.preparar(migracao, APP, senha=senha), range(2)))
    assert _entra(migracao, senha)
    assert _entra(migracao, antiga) is com_trava


@pytest.mark.usefixtures("guarda_duas")
def test_trocar_a_senha_nao_bloqueia_a_conta_que_conta_os_erros(
    migracao: str, senha: str, raiz: Cursor
) -> None:
    antiga = secrets.token_hex(16)
    contas.preparar(migracao, APP, senha=antiga)
    raiz.execute(f"ALTER USER '{APP}'@'%' FAILED_LOGIN_ATTEMPTS 2 PASSWORD_LOCK_TIME 1")
    contas.preparar(migracao, APP, senha=senha)
    assert (_entra(migracao, senha), _entra(migracao, antiga)) == (True, True)


def test_a_conta_de_um_endereco_so_que_entra_antes_se_diz(
    migracao: str, senha: str, raiz: Cursor
) -> None:
    de_onde = raiz.execute("SELECT SUBSTRING_INDEX(USER(), '@', -1)") and raiz.fetchall()[0][0]
    raiz.execute(f"CREATE USER '{APP}'@'{de_onde}' IDENTIFIED BY 'outra'")
    try:
        with pytest.raises(Indisponivel, match="um endereço só"):
            contas.preparar(migracao, APP, senha=senha)
    finally:
        raiz.execute(f"DROP USER '{APP}'@'{de_onde}'")


@pytest.fixture
def guarda_duas(migracao: str) -> None:
    """O MySQL guarda a senha de antes; o MariaDB, não."""
    with aberto(migracao) as motor:
        if eh_mariadb(motor):
            pytest.skip("o MariaDB não guarda duas senhas")


@pytest.mark.usefixtures("guarda_duas")
def test_trocar_e_encerrar_nao_se_faz_de_uma_vez(migracao: str, senha: str) -> None:
    """Quem está no ar ainda usa a de antes: o mesmo pedido, repetido depois, é que a encerra."""
    antiga = secrets.token_hex(16)
    contas.preparar(migracao, APP, senha=antiga)
    trocada = contas.preparar(migracao, APP, senha=senha, encerrar=True)
    assert (trocada.feito, _entra(migracao, antiga)) == (Feito.SENHA_TROCADA, True)
    encerrada = contas.preparar(migracao, APP, senha=senha, encerrar=True)
    assert (encerrada.feito, _entra(migracao, antiga)) == (Feito.ENCERRADA, False)


@pytest.mark.usefixtures("guarda_duas")
def test_a_senha_que_esta_em_uso_nao_se_encerra_por_engano(migracao: str, senha: str) -> None:
    """O segredo ainda não chegou: a dita é a de antes, e quem está no ar é com ela que entra."""
    antiga = secrets.token_hex(16)
    contas.preparar(migracao, APP, senha=antiga)
    contas.preparar(migracao, APP, senha=senha)
    with pytest.raises(DadoInvalido, match="Não repita"):
        contas.preparar(migracao, APP, senha=antiga, encerrar=True)
    assert (_entra(migracao, antiga), _entra(migracao, senha)) == (True, True)
    with pytest.raises(DadoInvalido, match="Não repita"):
        contas.preparar(migracao, APP, senha=senha, encerrar=True)
    assert (_entra(migracao, antiga), _entra(migracao, senha)) == (True, True)
    assert contas.preparar(migracao, APP, senha=senha, encerrar=True).feito is Feito.ENCERRADA
    assert (_entra(migracao, antiga), _entra(migracao, senha)) == (False, True)


def test_a_conta_que_nao_existe_pede_a_senha(migracao: str) -> None:
    with pytest.raises(DadoInvalido, match="--senha-stdin"):
        contas.preparar(migracao, APP)


def test_quem_nao_pode_dar_direitos_ouve_isso(migracao: str, senha: str) -> None:
    contas.preparar(migracao, APP, senha=senha)
    com_a_do_programa = make_url(migracao).set(username=APP, password=senha)
    with pytest.raises(Indisponivel, match="não tem direito"):
        contas.preparar(
            com_a_do_programa.render_as_string(hide_password=False), f"outra_{APP}", senha=senha
        )


@pytest.mark.parametrize("nome", ["", "a'; DROP USER root", "a@b", "á", "a" * 33])
def test_o_nome_da_conta_nao_leva_sql(migracao: str, nome: str) -> None:
    with pytest.raises(DadoInvalido, match="Só letras"):
        contas.preparar(migracao, nome, senha="x" * 16)


@pytest.mark.parametrize("senha", ["", "x" * 101], ids=len)
def test_senha_vazia_ou_sem_fim_nao_serve(migracao: str, senha: str) -> None:
    """O cano vazio de um comando que falhou não é uma senha, e a que não cabe nem se cifra."""
    with pytest.raises(DadoInvalido, match="de 1 a 100"):
        contas.preparar(migracao, APP, senha=senha)


def test_a_conta_que_migra_e_a_root_nao_se_preparam(migracao: str) -> None:
    """Trocar-se-ia a senha de quem pode tudo."""
    for nome in (MIGRACAO, "root"):
        with pytest.raises(DadoInvalido, match="não é a do programa"):
            contas.preparar(migracao, nome, senha="x" * 16)


def test_o_sqlite_nao_tem_contas(url_sqlite: str) -> None:
    with pytest.raises(DadoInvalido, match="Só o MySQL"):
        contas.preparar(url_sqlite, APP)


def test_pela_linha_de_comando_a_senha_vem_do_ambiente_e_nao_se_mostra(
    migracao: str, senha: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFICINA_BANCO", migracao)
    monkeypatch.setenv("OFICINA_CONTA_SENHA", senha)
    feita = CliRunner().invoke(app, ["banco", "conta", APP])
    assert feita.exit_code == 0, feita.output
    assert "conta criada" in feita.stdout
    assert senha not in feita.output
    assert _entra(migracao, senha)


def test_a_senha_que_vem_pela_entrada_vale_mais_que_a_do_ambiente(
    migracao: str, senha: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Na sala de manutenção, a do ambiente é a de agora, e a nova ainda não está no segredo."""
    monkeypatch.setenv("OFICINA_BANCO", migracao)
    monkeypatch.setenv("OFICINA_CONTA_SENHA", secrets.token_hex(16))
    feita = CliRunner().invoke(app, ["banco", "conta", APP, "--senha-stdin"], input=f"{senha}\n")
    assert feita.exit_code == 0, feita.output
    assert senha not in feita.output
    assert _entra(migracao, senha)
