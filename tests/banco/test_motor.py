"""O contrato da sessão vale em cada conexão, quem lê não grava, e o que se guarda volta igual."""

import datetime as dt
import os
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from oficina_core.banco import falhas, local, manutencao, motor, tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando, lendo
from oficina_core.casos.clientes import CriarCliente, ListarClientes
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos import CriarOrcamento, VerOrcamento
from oficina_core.catalogo import ROTAS
from oficina_core.configuracao import endereco
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.cliente import TipoCliente
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from tests import cenario
from tests.certificado import certificado
from tests.conftest import OficinaVigiada
from tests.servidor_mysql import eh_mariadb

ANA = CriarCliente(nome="Ana", telefone="(11) 98765-4321")
CONEXOES = 3  # as do pool


@pytest.fixture
def aberto(url: str) -> Iterator[Engine]:
    aberto = abrir(url)
    yield aberto
    aberto.dispose()


@pytest.fixture
def mysql_aberto(url_mysql: str) -> Iterator[Engine]:
    aberto = abrir(url_mysql)
    yield aberto
    aberto.dispose()


def _contrato(aberto: Engine, *perguntas: str) -> list[tuple[Any, ...]]:
    """As respostas em cada conexão do pool, todas abertas ao mesmo tempo."""
    conexoes = [aberto.connect() for _ in range(CONEXOES)]
    respostas = [
        tuple(_perguntar(conexao.connection, pergunta) for pergunta in perguntas)
        for conexao in conexoes
    ]
    assert len({id(conexao.connection.dbapi_connection) for conexao in conexoes}) == CONEXOES
    for conexao in conexoes:
        conexao.close()
    return respostas


def _perguntar(conexao: Any, pergunta: str) -> Any:
    """Direto ao driver, sem abrir transação."""
    cursor = conexao.cursor()
    cursor.execute(pergunta)
    (resposta,) = cursor.fetchone()
    cursor.close()
    return resposta


def test_toda_conexao_do_mysql_cumpre_o_contrato(mysql_aberto: Engine) -> None:
    mariadb = eh_mariadb(mysql_aberto)
    perguntas = (
        f"SELECT @@session.{'tx' if mariadb else 'transaction'}_isolation",
        "SELECT @@session.time_zone",
        "SELECT @@session.innodb_lock_wait_timeout",
        "SELECT @@session.max_statement_time * 1000"
        if mariadb
        else "SELECT @@session.max_execution_time",
        "SELECT @@session.autocommit",
        "SELECT @@session.character_set_client",
    )
    esperado = ("READ-COMMITTED", "+00:00", 5, 5000, 0, "utf8mb4")
    assert _contrato(mysql_aberto, *perguntas) == [esperado] * CONEXOES
    for (modo,) in _contrato(mysql_aberto, "SELECT @@session.sql_mode"):
        assert {"STRICT_TRANS_TABLES", "ONLY_FULL_GROUP_BY", "NO_ZERO_DATE"} <= set(modo.split(","))


SEM_FIM = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n{}) SELECT count(*) FROM n"


def test_leitura_sem_fim_do_sqlite_para_no_prazo_e_a_conexao_segue_sem_ele(url_sqlite: str) -> None:
    aberto = abrir(url_sqlite)
    inicio = monotonic()
    with (
        pytest.raises(DBAPIError, match="interrupted") as recusa,
        lendo(aberto, segundos=1) as conexao,
    ):
        conexao.execute(text(SEM_FIM.format(" LIMIT 200000000")))
    assert monotonic() - inicio < 5
    assert isinstance(falhas.traduzir(recusa.value), Indisponivel)
    with gravando(aberto) as conexao:
        assert conexao.scalar(text(SEM_FIM.format(" LIMIT 200000"))) == 200_000
    aberto.dispose()


def test_caso_que_le_tem_prazo_no_sqlite_e_o_que_grava_nao(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    oficina = OficinaVigiada.em(url_sqlite)
    prazos: list[int | None] = []
    monkeypatch.setattr(motor, "_limitar", lambda _, segundos: prazos.append(segundos))
    oficina.executar(ListarClientes())
    assert prazos[-1] == motor.CONSULTA_SEGUNDOS
    oficina.executar(ANA)
    assert None in prazos
    oficina.fechar()


def test_toda_conexao_do_sqlite_cumpre_o_contrato(url_sqlite: str) -> None:
    aberto = abrir(url_sqlite)
    perguntas = [
        f"PRAGMA {nome}" for nome in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
    ]
    assert _contrato(aberto, *perguntas) == [(1, "wal", 2, 5_000)] * CONEXOES
    aberto.dispose()


def test_o_arquivo_do_banco_nasce_so_de_quem_o_cria(tmp_path: Path) -> None:
    arquivo = tmp_path / "oficina.db"
    antes = os.umask(0o022)
    try:
        oficina = OficinaVigiada.em(f"sqlite:///{arquivo}")
        oficina.executar(CriarCliente(nome="Ana", telefone="(11) 98765-4321"))
        modos = {caminho.name: caminho.stat().st_mode & 0o777 for caminho in tmp_path.iterdir()}
        oficina.fechar()
    finally:
        os.umask(antes)
    assert modos == dict.fromkeys(("oficina.db", "oficina.db-wal", "oficina.db-shm"), 0o600)


@pytest.mark.parametrize("outro", [True, False], ids=["trocado", "sumido"])
def test_no_arquivo_que_saiu_do_lugar_nada_mais_se_le_nem_se_grava(
    url_sqlite: str, *, outro: bool
) -> None:
    caminho = Path(url_sqlite.removeprefix("sqlite:///"))
    copia = caminho.with_suffix(".copia")
    oficina = OficinaLocal.em(url_sqlite)
    oficina.executar(ListarClientes())
    copia.write_bytes(caminho.read_bytes())
    if outro:
        copia.replace(caminho)
    else:
        caminho.unlink()
    for caso in (ANA, ListarClientes()):
        with pytest.raises(Indisponivel, match="tomou o lugar dele"):
            oficina.executar(caso)
    oficina.fechar()
    assert caminho.exists() is outro, "o que sumiu não nasce de novo, vazio"
    with closing(sqlite3.connect(caminho if outro else copia)) as banco:
        assert banco.execute("SELECT COUNT(*) FROM clientes").fetchone() == (0,)


def test_servidor_que_nao_da_a_sessao_pedida_se_recusa(
    url_mysql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(motor.CONTRATO_MYSQL, "read_only", 1)
    oficina = OficinaVigiada.em(url_mysql)
    with pytest.raises(Indisponivel, match="não aceitou a sessão da oficina"):
        oficina.executar(ListarLojas())
    oficina.fechar()


def test_o_que_nao_cabe_se_recusa_em_vez_de_se_cortar(aberto: Engine) -> None:
    """No modo frouxo, o MySQL gravaria 0 e o SQLite, o texto."""
    with pytest.raises(DBAPIError), gravando(aberto) as conexao:
        conexao.execute(text("UPDATE lojas SET versao = 'abc'"))


def test_quem_so_le_nao_grava(aberto: Engine) -> None:
    """Uma leitura que grava não passa: nem pela API, nem por engano."""
    with pytest.raises(DBAPIError), lendo(aberto) as conexao:
        conexao.execute(text("UPDATE lojas SET nome = 'Outra'"))
    with aberto.connect() as conexao:
        assert conexao.execute(text("SELECT nome FROM lojas")).scalar() == "Matriz"


def test_caso_que_o_catalogo_diz_que_le_nao_consegue_gravar(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    so_le = replace(ROTAS[CriarCliente], escreve=False)
    monkeypatch.setattr(local, "ROTAS", {**ROTAS, CriarCliente: so_le})
    oficina = OficinaVigiada.em(url)
    with pytest.raises((DBAPIError, Indisponivel)):
        oficina.executar(ANA)
    assert oficina.executar(ListarClientes()).itens == ()
    oficina.fechar()


def test_a_conexao_que_leu_volta_a_gravar(aberto: Engine) -> None:
    for so_leitura in (True, False, True, False):
        with lendo(aberto) if so_leitura else gravando(aberto) as conexao:
            if so_leitura:
                conexao.execute(text("SELECT COUNT(*) FROM lojas"))
            else:
                conexao.execute(text("UPDATE lojas SET versao = versao + 1"))


def test_quem_le_ve_uma_fotografia_so(aberto: Engine) -> None:
    with lendo(aberto) as leitora:
        antes = leitora.execute(text("SELECT versao FROM lojas")).scalar()
        with gravando(aberto) as outra:
            outra.execute(text("UPDATE lojas SET versao = versao + 1"))
        assert leitora.execute(text("SELECT versao FROM lojas")).scalar() == antes


def test_quem_grava_ve_o_ultimo_confirmado(mysql_aberto: Engine) -> None:
    """No SQLite quem grava está só; no MySQL, a fotografia faria decidir com número velho."""
    with gravando(mysql_aberto) as primeira:
        antes = primeira.execute(text("SELECT versao FROM lojas")).scalar_one()
        with gravando(mysql_aberto) as outra:
            outra.execute(text("UPDATE lojas SET versao = versao + 1"))
        assert primeira.execute(text("SELECT versao FROM lojas")).scalar() == antes + 1


def test_quem_vai_gravar_no_sqlite_pega_a_vez_no_comeco(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quem lê antes de pegar a vez a perde no meio, e sem espera que adiante."""
    sem_espera = ("PRAGMA busy_timeout = 0", *motor.SQLITE_AO_CONECTAR[1:])
    monkeypatch.setattr(motor, "SQLITE_AO_CONECTAR", sem_espera)
    aberto = abrir(url_sqlite)
    with gravando(aberto), pytest.raises(DBAPIError, match="locked"), gravando(aberto):
        pass
    aberto.dispose()


def _cliente(**campos: Any) -> dict[str, Any]:
    return {
        "versao": 1,
        "ativo": True,
        "busca": "ana",
        "tipo": TipoCliente.PF,
        "nome": "Ana",
        "criado_em": dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    } | campos


def _ida_e_volta(aberto: Engine, tabela: Any, linha: dict[str, Any]) -> dict[str, Any]:
    with gravando(aberto) as conexao:
        id = conexao.execute(insert(tabela), linha).lastrowid
    with aberto.connect() as conexao:
        volta = conexao.execute(select(tabela).where(tabela.c.id == id)).mappings().one()
        return {campo: volta[campo] for campo in linha}


INSTANTES = [
    dt.datetime(2026, 11, 23, 12, 30, 0, 123456, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 23, 12, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=dt.timezone(dt.timedelta(hours=-3))),
    # A meia-noite que São Paulo não teve, e a hora que ela teve duas vezes.
    dt.datetime(2018, 11, 4, 3, 0, 0, 1, tzinfo=dt.UTC),
    dt.datetime(2019, 2, 17, 2, 30, tzinfo=dt.UTC),
]


@pytest.mark.parametrize("instante", INSTANTES, ids=str)
def test_o_instante_volta_igual_ate_o_microssegundo(aberto: Engine, instante: dt.datetime) -> None:
    linha = _cliente(criado_em=instante)
    volta = _ida_e_volta(aberto, tabelas.clientes, linha)
    assert volta == linha
    assert volta["criado_em"].tzinfo is dt.UTC


def test_instante_sem_fuso_nao_se_grava(aberto: Engine) -> None:
    ingenuo = dt.datetime(2026, 11, 23, 12)  # noqa: DTZ001
    with pytest.raises(StatementError, match="sem fuso"), gravando(aberto) as conexao:
        conexao.execute(insert(tabelas.clientes), _cliente(criado_em=ingenuo))


def test_instantes_se_ordenam_no_banco_como_no_relogio(aberto: Engine) -> None:
    with gravando(aberto) as conexao:
        conexao.execute(
            insert(tabelas.clientes), [_cliente(criado_em=instante) for instante in INSTANTES]
        )
        coluna = tabelas.clientes.c.criado_em
        lidos = conexao.execute(select(coluna).order_by(coluna)).scalars().all()
    assert lidos == sorted(INSTANTES)


@pytest.mark.parametrize("preco", ["0.00", "0.01", "0.07", "1234.56", "90071992547409.93"])
def test_o_preco_volta_igual_ate_o_centavo(aberto: Engine, preco: str) -> None:
    linha = {
        "versao": 1,
        "ativo": True,
        "busca": "x",
        "codigo": "X",
        "nome": "X",
        "unidade": Unidade.L,
        "preco": Decimal(preco),
    }
    volta = _ida_e_volta(aberto, tabelas.pecas, linha)
    assert volta == linha
    assert str(volta["preco"]) == preco


def test_texto_opcao_e_logico_voltam_iguais(aberto: Engine) -> None:
    linha = _cliente(nome="João [/] 🔧 ñ \\ ' \" % _", ativo=False, email=None)
    volta = _ida_e_volta(aberto, tabelas.clientes, linha)
    assert volta == linha
    assert volta["ativo"] is False
    assert volta["tipo"] is TipoCliente.PF


def test_a_validade_volta_como_o_dia_que_se_disse(local: OficinaLocal) -> None:
    """Um dia da loja, sem hora nem fuso: nem o 29 de fevereiro se desloca."""
    cenario.catalogo(local)
    cenario.cliente(local)
    cenario.veiculo(local)
    dia = dt.date(2028, 2, 29)
    orcamento = local.executar(
        CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), validade=dia)
    )
    assert local.executar(VerOrcamento(orcamento_id=orcamento.id)).validade == dia


def test_maiuscula_e_acento_fazem_nomes_diferentes_nos_dois_bancos(aberto: Engine) -> None:
    """O código é canônico no domínio; se o banco juntasse, um recusaria o que o outro aceita."""
    comum = {"versao": 1, "ativo": True, "busca": "x", "nome": "X"}
    with gravando(aberto) as conexao:
        conexao.execute(
            insert(tabelas.kits), [comum | {"codigo": codigo} for codigo in ("A", "a", "Á")]
        )


class _Ligou(Exception):
    """Basta saber com que argumentos se ligaria."""


def _argumentos(dito: str) -> dict[str, Any]:
    aberto = abrir(dito)
    vistos: dict[str, Any] = {}

    @event.listens_for(aberto, "do_connect")
    def ver(_: Any, __: Any, ___: Any, argumentos: dict[str, Any]) -> None:
        vistos.update(argumentos)
        raise _Ligou

    with pytest.raises(_Ligou):
        aberto.connect()
    return vistos


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "[::1]", ""])
def test_na_propria_maquina_nao_ha_tls(host: str) -> None:
    argumentos = _argumentos(f"mysql+pymysql://u:s@{host}/oficina")
    assert argumentos["ssl_disabled"] is True
    assert "ssl" not in argumentos


@pytest.mark.parametrize(
    "host", ["banco.exemplo.com.br", "10.0.0.7", "192.168.0.7", "localhost.exemplo.com", "mysql"]
)
@pytest.mark.parametrize("driver", ["mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql"])
def test_fora_dela_o_tls_confere_a_autoridade_e_o_nome(host: str, driver: str) -> None:
    argumentos = _argumentos(f"{driver}://u:s@{host}:3307/oficina")
    contexto = argumentos["ssl"]
    assert isinstance(contexto, ssl.SSLContext)
    assert contexto.verify_mode is ssl.CERT_REQUIRED
    assert contexto.check_hostname
    assert not argumentos.get("ssl_disabled")


def test_a_autoridade_dita_no_endereco_vai_para_o_contexto(tmp_path: Any) -> None:
    """Como opção do PyMySQL, `ssl_ca` sozinha não conferiria nada."""
    argumentos = _argumentos("mysql://u:s@banco.exemplo.com.br/oficina")
    confiadas = argumentos["ssl"].get_ca_certs(binary_form=True)
    pem = tmp_path / "ca.pem"
    pem.write_text(ssl.DER_cert_to_PEM_cert(confiadas[0]), encoding="ascii")
    argumentos = _argumentos(f"mysql://u:s@banco.exemplo.com.br/oficina?ssl_ca={pem}")
    assert argumentos["ssl"].get_ca_certs(binary_form=True) == [confiadas[0]]
    assert argumentos["ssl"].verify_mode is ssl.CERT_REQUIRED
    assert "ssl_ca" not in argumentos


def test_nenhuma_espera_por_servidor_e_sem_fim() -> None:
    argumentos = _argumentos("mysql://u:s@127.0.0.1/oficina")
    assert argumentos["connect_timeout"] == 5
    assert argumentos["read_timeout"] == argumentos["write_timeout"] == 15


@pytest.mark.parametrize(
    "errado",
    [
        "",
        "oficina.db",
        "postgresql://u:S3nha@h/b",
        "mysql+asyncmy://u:S3nha@h/b",
        "mysql://u:S3nha@h",
        "mysql://u:S3nha@h/",
        "mysql://u:S3nha@h:porta/b",
        "mysql://u:S3nha@h:99999/b",
        "mysql://u:arroba@S3nha@h/b",
    ],
)
def test_endereco_que_nao_e_de_banco_conhecido_se_recusa_sem_mostrar_a_senha(errado: str) -> None:
    with pytest.raises(DadoInvalido) as erro:
        abrir(errado)
    assert "S3nha" not in str(erro.value)


@pytest.mark.parametrize(
    "opcao",
    [
        "autocommit=true",
        "charset=latin1",
        "init_command=DROP",
        "read_default_file=/etc/my.cnf",
        "ssl_disabled=true",
        "S3nha=1",
        "ssl_ca=x.pem&read_timeout=0",
    ],
)
def test_opcao_do_driver_no_endereco_se_recusa(opcao: str) -> None:
    """Com `autocommit`, a simulação gravaria; com `ssl_disabled`, ninguém conferiria o servidor."""
    with pytest.raises(DadoInvalido, match="única opção") as erro:
        abrir(f"mysql://u:S3nha@banco.exemplo.com.br/oficina?{opcao}")
    assert "S3nha" not in str(erro.value)


def test_o_certificado_que_nao_confere_nao_parece_servidor_desligado(
    url_mysql: str, tmp_path: Path
) -> None:
    """127.1 é esta máquina com um nome que não parece dela, e por isso se pede TLS."""
    onde = make_url(url_mysql).set(host="127.1", query={"ssl_ca": str(certificado(tmp_path))})
    oficina = OficinaLocal.em(onde.render_as_string(hide_password=False))
    with pytest.raises(Indisponivel, match="confira o certificado"):
        oficina.executar(ListarLojas())
    oficina.fechar()


def test_autoridade_que_nao_se_le_se_diz_sem_mostrar_o_caminho(tmp_path: Any) -> None:
    (tmp_path / "S3nha.pem").write_text("isto não é um certificado", encoding="utf-8")
    for autoridade in (tmp_path / "nada-S3nha.pem", tmp_path / "S3nha.pem"):
        with pytest.raises(DadoInvalido, match="ssl_ca") as erro:
            abrir(f"mysql://u:s@banco.exemplo.com.br/oficina?ssl_ca={autoridade}")
        assert "S3nha" not in str(erro.value)


@pytest.mark.parametrize(
    "errado", ["sqlite:", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://x/y.db"]
)
def test_sqlite_sem_arquivo_se_recusa(errado: str) -> None:
    """O banco na memória sumiria com o programa, e o caminho com duas barras não é caminho."""
    with pytest.raises(DadoInvalido, match="Diga o arquivo"):
        abrir(errado)


@pytest.mark.parametrize(
    "nome", ["com espaço.db", "100%.db", "a%20b.db", "a?b=c&mode=memory.db", "a#b.db", "é+ç.db"]
)
def test_o_arquivo_que_se_abre_e_exatamente_o_que_se_disse(tmp_path: Path, nome: str) -> None:
    for url in (f"sqlite:///{tmp_path / nome}", endereco(str(tmp_path / nome))):
        oficina = OficinaVigiada.em(url)
        oficina.executar(ListarLojas())
        oficina.fechar()
        assert [arquivo.name for arquivo in tmp_path.iterdir()] == [nome]
        assert manutencao.estado(url).banco == url


def test_o_arquivo_da_oficina_fica_em_wal(url_sqlite: str) -> None:
    """Mesmo o que voltou de uma cópia em outro modo."""
    caminho = url_sqlite.removeprefix("sqlite:///")
    with closing(sqlite3.connect(caminho)) as conexao:
        assert conexao.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    oficina = OficinaVigiada.em(url_sqlite)
    oficina.executar(ListarLojas())
    oficina.fechar()
    with closing(sqlite3.connect(caminho)) as conexao:
        assert conexao.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_arquivo_que_nao_aceita_wal_se_recusa(
    url_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manutencao, "WAL", text("SELECT 'delete'"))
    oficina = OficinaVigiada.em(url_sqlite)
    with pytest.raises(Indisponivel, match="WAL"):
        oficina.executar(ListarLojas())
    oficina.fechar()


def test_papel_desconhecido_no_banco_nao_vira_outro(aberto: Engine) -> None:
    linha = {
        "versao": 1,
        "ativo": True,
        "busca": "x",
        "cpf": "52998224725",
        "nome": "Zé",
        "papel": Papel.MECANICO,
    }
    assert _ida_e_volta(aberto, tabelas.funcionarios, linha) == linha
    with gravando(aberto) as conexao:
        conexao.execute(text("UPDATE funcionarios SET papel = 'DONO'"))
        with pytest.raises(ValueError, match="DONO"):
            conexao.execute(select(tabelas.funcionarios.c.papel)).all()
