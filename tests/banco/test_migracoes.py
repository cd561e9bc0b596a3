"""O esquema migrado é o das tabelas, migrar de novo nada muda, e o que parou no meio se retoma."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError

from oficina_core.banco import manutencao, tabelas
from oficina_core.banco import motor as motor_do_banco
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.manutencao import MIGRACOES, REVISAO
from oficina_core.banco.motor import abrir
from oficina_core.banco.tabelas import metadata
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.ordens import VerOrdem
from oficina_core.dominio.erros import Indisponivel
from tests import cenario
from tests.servidor_mysql import Servidor

Novo = Callable[[], str]
COMANDOS = ("do_execute", "do_executemany", "do_execute_no_params")


@pytest.fixture(params=["sqlite", "mysql"])
def novo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Novo]:
    """Um banco vazio a cada vez que se pede."""
    criados: list[str] = []

    def criar() -> str:
        nome = f"oficina_teste_migracao_{os.getpid()}_{len(criados)}"
        criados.append(nome)
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{nome}.db"
        servidor: Servidor = request.getfixturevalue("mysql")
        return servidor.criar_banco(nome)

    yield criar
    if request.param == "mysql":
        for nome in criados:
            request.getfixturevalue("mysql").apagar_banco(nome)


@pytest.fixture
def conexao(url: str) -> Iterator[Connection]:
    """Um banco recém-migrado."""
    motor = abrir(url)
    with motor.connect() as conexao:
        yield conexao
    motor.dispose()


def _alembic() -> ScriptDirectory:
    configuracao = Config()
    configuracao.set_main_option("script_location", str(MIGRACOES))
    return ScriptDirectory.from_config(configuracao)


def _tipo(tipo: Any, conexao: Connection) -> str:
    """O tipo como o banco o escreve; a ordenação do texto é da tabela."""
    return re.sub(r" (COLLATE|CHARACTER SET) \w+", "", tipo.compile(conexao.dialect))


def _tipo_mudou(contexto: MigrationContext, *colunas_e_tipos: Any) -> bool:
    _, _, no_banco, na_tabela = colunas_e_tipos
    assert contexto.connection
    return _tipo(no_banco, contexto.connection) != _tipo(na_tabela, contexto.connection)


def test_o_esquema_migrado_e_o_das_tabelas(conexao: Connection) -> None:
    contexto = MigrationContext.configure(conexao, opts={"compare_type": _tipo_mudou})
    assert compare_metadata(contexto, metadata) == []
    assert set(inspect(conexao).get_table_names()) - {"alembic_version"} == set(metadata.tables)


def _nomes_na_tabela(nome: str) -> set[str]:
    tabela = metadata.tables[nome]
    regras = {str(regra.name) for regra in tabela.constraints if regra.name}
    return regras | {str(indice.name) for indice in tabela.indexes}


def _nomes_no_banco(conexao: Connection, nome: str) -> set[str]:
    banco = inspect(conexao)
    chaves = {chave["name"] for chave in banco.get_foreign_keys(nome)}
    indices = {indice["name"] for indice in banco.get_indexes(nome)}
    unicas = {unica["name"] for unica in banco.get_unique_constraints(nome)}
    condicoes = {condicao["name"] for condicao in banco.get_check_constraints(nome)}
    return {str(x) for x in chaves | indices | unicas | condicoes}


@pytest.mark.parametrize("nome", metadata.tables)
def test_indices_e_restricoes_tem_no_banco_o_nome_que_tem_nas_tabelas(
    conexao: Connection, nome: str
) -> None:
    """O MySQL chama toda chave primária de PRIMARY, e o SQLite não dá nome à de número só."""
    esperados = {x for x in _nomes_na_tabela(nome) if not x.startswith("pk_")}
    assert _nomes_no_banco(conexao, nome) == esperados


@pytest.mark.parametrize("nome", metadata.tables)
def test_indices_e_restricoes_guardam_as_mesmas_colunas(conexao: Connection, nome: str) -> None:
    banco, tabela = inspect(conexao), metadata.tables[nome]
    guardados = {i["name"]: i["column_names"] for i in banco.get_indexes(nome)}
    for indice in tabela.indexes:
        assert guardados[indice.name] == [coluna.name for coluna in indice.columns]
    chave = banco.get_pk_constraint(nome)["constrained_columns"]
    assert chave == [coluna.name for coluna in tabela.primary_key]
    for estrangeira in banco.get_foreign_keys(nome):
        apaga = estrangeira["options"].get("ondelete", "RESTRICT")
        assert apaga in ("RESTRICT", "NO ACTION"), "nada se apaga em cascata"


def test_as_condicoes_do_sqlite_sao_as_das_tabelas(url_sqlite: str) -> None:
    """O MySQL reescreve o texto delas; nele, valem os testes de `test_falhas`."""
    motor = abrir(url_sqlite)
    for nome, tabela in metadata.tables.items():
        no_banco = {c["name"]: c["sqltext"] for c in inspect(motor).get_check_constraints(nome)}
        na_tabela = {
            regra.name: str(regra.sqltext)  # type: ignore[attr-defined]
            for regra in tabela.constraints
            if str(regra.name).startswith("ck_")
        }
        assert no_banco == na_tabela
    motor.dispose()


def test_as_condicoes_valem_no_mysql(url_mysql: str) -> None:
    motor = abrir(url_mysql)
    with motor.connect() as conexao:
        ligadas = conexao.execute(
            text(
                "SELECT COUNT(*) FROM information_schema.table_constraints WHERE enforced = 'YES' "
                "AND constraint_type = 'CHECK' AND constraint_schema = DATABASE()"
            )
        ).scalar()
    motor.dispose()
    assert ligadas == sum(
        str(regra.name).startswith("ck_")
        for tabela in metadata.tables.values()
        for regra in tabela.constraints
    )


def test_as_tabelas_do_sqlite_sao_estritas_e_nao_reusam_numero(url_sqlite: str) -> None:
    motor = abrir(url_sqlite)
    with motor.connect() as conexao:
        comando = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        feitas = {linha.name: linha.sql for linha in conexao.execute(text(comando))}
    motor.dispose()
    for nome, tabela in metadata.tables.items():
        assert feitas[nome].rstrip().endswith("STRICT")
        assert ("AUTOINCREMENT" in feitas[nome]) == ("id" in tabela.c)


def test_o_texto_do_mysql_distingue_maiuscula_e_guarda_qualquer_letra(url_mysql: str) -> None:
    motor = abrir(url_mysql)
    with motor.connect() as conexao:
        comando = (
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND collation_name IS NOT NULL "
            "AND table_name <> 'alembic_version'"
        )
        assert conexao.execute(text(comando)).scalars().all() == ["utf8mb4_bin"]
        comando = (
            "SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        assert conexao.execute(text(comando)).scalars().all() == ["InnoDB"]
    motor.dispose()


def test_a_revisao_do_programa_e_a_ultima_das_migracoes() -> None:
    script = _alembic()
    assert script.get_current_head() == REVISAO
    assert len(script.get_bases()) == 1


def test_as_revisoes_se_ordenam_como_texto() -> None:
    """`conferir` compara a revisão do banco com a do programa para saber qual é mais nova."""
    revisoes = [revisao.revision for revisao in _alembic().walk_revisions()]
    assert revisoes == sorted(revisoes, reverse=True)
    assert all(re.fullmatch(r"\d{4}", revisao) for revisao in revisoes)


@pytest.mark.parametrize("banco", ["sqlite", "mysql"])
def test_o_sql_das_migracoes_vai_com_o_pacote(banco: str) -> None:
    pasta = resources.files("oficina_core.banco") / "migracoes"
    assert (pasta / "env.py").is_file()
    for revisao in _alembic().walk_revisions():
        arquivo = pasta / "versions" / f"{Path(revisao.path).stem}.{banco}.sql"
        comandos = arquivo.read_text(encoding="utf-8")
        assert comandos.startswith("CREATE TABLE")


def _esquema(url: str) -> dict[str, str]:
    """O que o banco diz de si: o SQL de cada tabela."""
    motor = abrir(url)
    with motor.connect() as conexao:
        if motor.dialect.name == "sqlite":
            comando = "SELECT type || ' ' || name, COALESCE(sql, '') FROM sqlite_master"
            achado = dict(conexao.execute(text(comando)).all())
        else:
            achado = {
                nome: _sem_proximo(conexao.exec_driver_sql(f"SHOW CREATE TABLE {nome}").one()[1])
                for nome in inspect(conexao).get_table_names()
            }
    motor.dispose()
    return achado


def _sem_proximo(comando: str) -> str:
    """Sem o próximo número da tabela, que cada tentativa gasta."""
    return re.sub(r" AUTO_INCREMENT=\d+", "", comando)


def _lojas(url: str) -> list[tuple[int, str]]:
    motor = abrir(url)
    with motor.connect() as conexao:
        consulta = select(tabelas.lojas.c.id, tabelas.lojas.c.nome)
        lojas = [(id, nome) for id, nome in conexao.execute(consulta)]
    motor.dispose()
    return lojas


def test_migrar_de_novo_nada_muda(novo: Novo) -> None:
    url = novo()
    assert manutencao.estado(url).revisao is None
    assert manutencao.migrar(url).em_dia
    antes, lojas = _esquema(url), _lojas(url)
    assert manutencao.migrar(url).em_dia
    assert (_esquema(url), _lojas(url)) == (antes, lojas)
    assert [nome for _, nome in lojas] == ["Matriz"]


def test_migrar_com_a_oficina_em_uso_nao_toca_no_que_ha(url: str) -> None:
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    antes = cenario.em_execucao(oficina)
    manutencao.migrar(url)
    assert _lojas(url)[0][1] == "Matriz"
    assert len(_lojas(url)) == 1
    assert oficina.executar(VerOrdem(ordem_id=antes.id)) == antes
    oficina.fechar()
    assert verificar(url) == ()


class Queda(BaseException):
    """O processo morreu aqui."""


def _migrar_ate(url: str, k: int) -> bool:
    """Migra até o comando k e cai, com a conexão fechada; verdadeiro se chegou ao fim antes."""
    motor = abrir(url)
    feitos = 0

    def passar(cursor: Any, *_: Any) -> None:
        nonlocal feitos
        feitos += 1
        if feitos > k:
            conexao = cursor.connection
            getattr(conexao, "_force_close", conexao.close)()
            raise Queda

    for nome in COMANDOS:
        event.listen(motor, nome, passar)
    try:
        manutencao._aplicar(motor)
    except (Queda, DBAPIError):
        return False
    finally:
        motor.dispose()
    return True


def test_cair_em_qualquer_comando_da_migracao_se_retoma(novo: Novo) -> None:
    """Cada queda continua do que a anterior deixou: o MySQL confirma comando a comando.

    No SQLite a transação desfaz tudo, e cada volta recomeça do nada.
    """
    url, certo = novo(), novo()
    manutencao.migrar(certo)
    chegou = next(k for k in range(500) if _migrar_ate(url, k))
    assert chegou > len(metadata.tables)
    assert manutencao.estado(url).em_dia
    assert _esquema(url) == _esquema(certo)
    assert [nome for _, nome in _lojas(url)] == ["Matriz"]


def test_cair_e_rodar_de_novo_basta(novo: Novo) -> None:
    """Em vários pontos, a primeira tentativa depois da queda vai até o fim."""
    certo = novo()
    manutencao.migrar(certo)
    for k in (9, 30):
        url = novo()
        assert not _migrar_ate(url, k)
        assert manutencao.migrar(url).em_dia
        assert _esquema(url) == _esquema(certo)
        assert [nome for _, nome in _lojas(url)] == ["Matriz"]


MIGRAR = """
import os, signal, sys
from sqlalchemy import Engine, event
from oficina_core.banco import manutencao
url, ate = sys.argv[1], int(sys.argv[2])
feitos = 0
def passar(*_):
    global feitos
    feitos += 1
    if feitos == ate:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "before_cursor_execute", passar)
sys.stdin.readline()
print(manutencao.migrar(url).em_dia)
"""


def _processo(url: str, *, morrer_em: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MIGRAR, url, str(morrer_em)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_matar_o_processo_no_meio_da_migracao_se_retoma(novo: Novo) -> None:
    url = novo()
    with _processo(url, morrer_em=25) as processo:
        processo.communicate("já\n")
    assert processo.returncode == -signal.SIGKILL
    assert not manutencao.estado(url).em_dia
    assert manutencao.migrar(url).em_dia
    assert [nome for _, nome in _lojas(url)] == ["Matriz"]


def test_dois_processos_que_migram_juntos_terminam_os_dois(novo: Novo) -> None:
    url = novo()
    processos = [_processo(url) for _ in range(2)]
    for processo in processos:
        assert processo.stdin
        processo.stdin.write("já\n")
        processo.stdin.flush()
    for processo in processos:
        saida, erros = processo.communicate()
        assert saida.split() == ["True"], erros
    assert [nome for _, nome in _lojas(url)] == ["Matriz"]
    assert verificar(url) == ()


def test_o_arquivo_novo_se_migra_sozinho_no_primeiro_pedido(tmp_path: Path) -> None:
    oficina = OficinaLocal.em(f"sqlite:///{tmp_path}/oficina.db")
    assert [loja.nome for loja in oficina.executar(ListarLojas()).itens] == ["Matriz"]
    oficina.fechar()


def test_o_estado_do_banco_nao_mostra_a_senha(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    motor = abrir(url_sqlite)
    monkeypatch.setattr(motor, "url", make_url("mysql+pymysql://dono:segredo@servidor/oficina"))
    situacao = manutencao._estado(motor)
    motor.dispose()
    assert situacao.banco == "mysql+pymysql://dono:***@servidor/oficina"
    assert situacao.em_dia


def _livre(url: str) -> bool:
    motor = abrir(url)
    with motor.connect() as conexao:
        livre = conexao.execute(text("SELECT IS_FREE_LOCK(:nome)"), {"nome": manutencao.TRAVA})
        resposta: bool = livre.scalar() == 1
    motor.dispose()
    return resposta


@pytest.fixture
def vazio(mysql: Servidor) -> Iterator[str]:
    nome = f"oficina_teste_trava_{os.getpid()}"
    yield mysql.criar_banco(nome)
    mysql.apagar_banco(nome)


@pytest.fixture
def trava_so_daqui(monkeypatch: pytest.MonkeyPatch) -> str:
    """A trava é do servidor, e ele pode estar migrando outro banco de teste."""
    monkeypatch.setattr(manutencao, "TRAVA", f"oficina_teste_{os.getpid()}")
    return manutencao.TRAVA


def test_a_trava_da_migracao_se_solta_dando_certo_ou_nao(vazio: str, trava_so_daqui: str) -> None:
    assert not _migrar_ate(vazio, 12)
    prazo = time.monotonic() + 10
    while not _livre(vazio) and time.monotonic() < prazo:
        time.sleep(0.01)
    assert manutencao.migrar(vazio).em_dia
    assert _livre(vazio)


def test_migracao_que_acha_outra_em_curso_diz_isso(
    vazio: str, mysql: Servidor, trava_so_daqui: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manutencao, "ESPERA_DA_TRAVA", 0)
    with mysql.conectar() as outra, outra.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, 0)", (trava_so_daqui,))
        with pytest.raises(Indisponivel, match="Outra migração está em curso"):
            manutencao.migrar(vazio)
    assert manutencao.estado(vazio).revisao is None


def test_o_prazo_das_consultas_nao_corta_a_espera_da_migracao(
    vazio: str, mysql: Servidor, trava_so_daqui: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A espera, de 60 s, é maior que o prazo de leitura, de 30; aqui, 2 e 1.

    O prazo também corta no meio o comando que demora, como o ALTER TABLE de uma tabela grande.
    """
    proporcao = manutencao.ESPERA_DA_TRAVA / motor_do_banco.LEITURA_SEGUNDOS
    monkeypatch.setattr(motor_do_banco, "LEITURA_SEGUNDOS", 1)
    monkeypatch.setattr(manutencao, "ESPERA_DA_TRAVA", round(proporcao))
    with mysql.conectar() as outra, outra.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, 0)", (trava_so_daqui,))
        with pytest.raises(Indisponivel, match="Outra migração está em curso"):
            manutencao.migrar(vazio)
