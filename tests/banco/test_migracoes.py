"""Migrar de novo nada muda, o que parou no meio se retoma, e migração nova não custa código."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from oficina_core.banco import manutencao
from oficina_core.banco import motor as motor_do_banco
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.manutencao import MIGRACOES
from oficina_core.banco.motor import abrir, gravando
from oficina_core.banco.tabelas import metadata
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.ordens import VerOrdem
from oficina_core.dominio.erros import Indisponivel
from tests import cenario
from tests.banco.bancos import Novo, cair_no, escrever_migracao, esquema, perguntar
from tests.servidor_mysql import Servidor


def _alembic() -> ScriptDirectory:
    configuracao = Config()
    configuracao.set_main_option("script_location", str(MIGRACOES))
    return ScriptDirectory.from_config(configuracao)


def test_a_revisao_do_programa_e_a_ultima_das_migracoes() -> None:
    script = _alembic()
    assert script.get_current_head() == manutencao.revisao_do_programa()
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
        nome = Path(revisao.path).stem
        for sentido in ("", ".volta") if revisao.down_revision else ("",):
            arquivo = pasta / "versions" / f"{nome}{sentido}.{banco}.sql"
            assert arquivo.read_text(encoding="utf-8").endswith(";\n")


def _lojas(url: str) -> list[str]:
    return [nome for (nome,) in perguntar(url, "SELECT nome FROM lojas ORDER BY id")]


def test_nenhuma_restricao_nova_copia_a_tabela_que_ja_ha() -> None:
    """Copiar uma tabela grande deixa a oficina sem gravar por minutos."""
    comandos = [
        comando
        for arquivo in sorted(MIGRACOES.glob("versions/*.mysql.sql"))
        if ".volta." not in arquivo.name
        for comando in arquivo.read_text(encoding="utf-8").split(";\n")
        if re.search(r"\bALTER TABLE\b.*\bADD CONSTRAINT\b", comando, re.DOTALL)
    ]
    copiam = [comando for comando in comandos if "ALGORITHM = INPLACE, LOCK = NONE" not in comando]
    assert comandos
    assert [comando for comando in copiam if not _do_inicio(comando)] == []


def _do_inicio(comando: str) -> bool:
    """A da 0001, em que as tabelas nascem vazias."""
    return comando in (MIGRACOES / "versions/0001_inicial.mysql.sql").read_text(encoding="utf-8")


def test_migrar_de_novo_nada_muda(novo: Novo) -> None:
    url = novo()
    assert manutencao.estado(url).revisao is None
    assert manutencao.migrar(url).em_dia
    antes, lojas = esquema(url), _lojas(url)
    assert manutencao.migrar(url).em_dia
    assert (esquema(url), _lojas(url)) == (antes, lojas)
    assert lojas == ["Matriz"]


def test_migrar_com_a_oficina_em_uso_nao_toca_no_que_ha(url: str) -> None:
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    antes = cenario.em_execucao(oficina)
    manutencao.migrar(url)
    assert _lojas(url) == ["Matriz"]
    assert oficina.executar(VerOrdem(ordem_id=antes.id)) == antes
    oficina.fechar()
    assert verificar(url) == ()


def _migrar_ate(url: str, k: int) -> bool:
    return cair_no(url, k, manutencao._aplicar)


def test_cair_em_qualquer_comando_da_migracao_se_retoma(novo: Novo) -> None:
    """Cada queda continua do que a anterior deixou: o MySQL confirma comando a comando.

    No SQLite a transação desfaz tudo, e cada volta recomeça do nada.
    """
    url, certo = novo(), novo()
    manutencao.migrar(certo)
    chegou = next(k for k in range(500) if _migrar_ate(url, k))
    assert chegou > len(metadata.tables)
    assert manutencao.estado(url).em_dia
    assert esquema(url) == esquema(certo)
    assert _lojas(url) == ["Matriz"]


def test_cair_e_rodar_de_novo_basta(novo: Novo) -> None:
    """Em vários pontos, a primeira tentativa depois da queda vai até o fim."""
    certo = novo()
    manutencao.migrar(certo)
    for k in (9, 30):
        url = novo()
        assert not _migrar_ate(url, k)
        assert manutencao.migrar(url).em_dia
        assert esquema(url) == esquema(certo)
        assert _lojas(url) == ["Matriz"]


MIGRAR = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from oficina_core.banco import manutencao
url, fim, manutencao.MIGRACOES = sys.argv[1], sys.argv[2], Path(sys.argv[3])
def passar(conexao, cursor, comando, *_):
    if fim and fim in comando:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "before_cursor_execute", passar)
sys.stdin.readline()
print(manutencao.migrar(url).em_dia)
"""


def _processo(url: str, *, morrer_em: str = "") -> subprocess.Popen[str]:
    """Um processo que migra quando se manda, e que morre diante de um comando, se dito."""
    return subprocess.Popen(
        [sys.executable, "-c", MIGRAR, url, morrer_em, str(manutencao.MIGRACOES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _matar(url: str, diante_de: str) -> None:
    with _processo(url, morrer_em=diante_de) as processo:
        processo.communicate("já\n")
    assert processo.returncode == -signal.SIGKILL


@pytest.mark.parametrize("diante_de", ["CREATE TABLE lojas", "CREATE TABLE kit_itens"])
def test_matar_o_processo_no_meio_da_migracao_se_retoma(novo: Novo, diante_de: str) -> None:
    url = novo()
    _matar(url, diante_de)
    assert not manutencao.estado(url).em_dia
    assert manutencao.migrar(url).em_dia
    assert _lojas(url) == ["Matriz"]


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
    assert _lojas(url) == ["Matriz"]
    assert verificar(url) == ()


SEGUNDA_MYSQL = """
ALTER TABLE lojas ADD COLUMN apelido VARCHAR(80) COLLATE utf8mb4_bin;

UPDATE lojas SET apelido = CONCAT('100% ', nome) WHERE apelido IS NULL;

ALTER TABLE lojas MODIFY apelido VARCHAR(80) COLLATE utf8mb4_bin NOT NULL;

CREATE UNIQUE INDEX uq_lojas_apelido ON lojas (apelido);

ALTER TABLE lojas ADD CONSTRAINT ck_lojas_apelido CHECK (apelido <> '');

CREATE TABLE boxes (id BIGINT PRIMARY KEY, loja_id BIGINT NOT NULL);

ALTER TABLE boxes ADD CONSTRAINT fk_boxes_loja_id FOREIGN KEY (loja_id) REFERENCES lojas (id);

DROP INDEX ix_clientes_busca_id ON clientes;

ALTER TABLE pecas DROP CONSTRAINT ck_pecas_preco;
"""
SEGUNDA_SQLITE = """
CREATE TABLE lojas_nova (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  versao INTEGER NOT NULL,
  nome TEXT NOT NULL,
  fuso TEXT NOT NULL,
  apelido TEXT NOT NULL CHECK (apelido <> '')
) STRICT;

INSERT INTO lojas_nova SELECT id, versao, nome, fuso, '100% ' || nome FROM lojas;

DROP TABLE lojas;

ALTER TABLE lojas_nova RENAME TO lojas;
"""


@pytest.fixture
def migracoes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uma pasta só com a primeira migração, que nunca muda, em que se pode acrescentar."""
    copia = tmp_path / "migracoes"
    shutil.copytree(MIGRACOES, copia, ignore=shutil.ignore_patterns("000[2-9]*", "00[1-9]*"))
    monkeypatch.setattr(manutencao, "MIGRACOES", copia)
    return copia / "versions"


# O programa já conhece um esquema mais novo que a 0001: aqui se povoa em SQL.
POVOAR = """
INSERT INTO clientes (id, versao, ativo, busca, tipo, nome, criado_em)
VALUES (1, 1, 1, 'ana', 'PF', 'Ana', '2026-11-23 12:00:00.000000');

INSERT INTO veiculos
(id, versao, ativo, busca, placa, placa_canonica, marca, modelo, cliente_id)
VALUES (1, 1, 1, 'gol', 'ABC1D23', 'ABC1D23', 'VW', 'Gol', 1);

INSERT INTO ordens_servico (id, versao, loja_id, veiculo_id, cliente_id, status, queixa, criado_em)
VALUES (1, 1, 1, 1, 1, 'RECEBIDA', 'Freio', '2026-11-23 12:00:00.000000')
"""


def _povoado(url: str, mais: str = "") -> str:
    manutencao.migrar(url)
    motor = abrir(url)
    with gravando(motor) as conexao:
        for comando in filter(str.strip, f"{POVOAR};{mais}".split(";")):
            conexao.exec_driver_sql(comando)
    motor.dispose()
    return url


MENSAGENS_DE_ANTES = """
INSERT INTO orcamentos
(id, versao, loja_id, veiculo_id, cliente_id, revisao, descricao, status, valor_total, criado_em)
VALUES (3, 1, 1, 1, 1, 1, 'Freio', 'AGUARDANDO_APROVACAO', 100, '2026-11-23 12:00:00.000000');

INSERT INTO caixa_saida
(id, tipo, cliente_id, orcamento_id, situacao, falhas, proxima_em, criado_em)
VALUES
(7, 'ORCAMENTO', 1, 3, 'PENDENTE', 2, '2026-11-23 12:00:00.000000', '2026-11-23 12:00:00.000000'),
(9, 'CODIGO', 1, NULL, 'ENVIADA', 0, '2026-11-23 12:00:00.000000', '2026-11-23 12:00:00.000000')
"""


def test_a_mensagem_de_antes_fica_com_a_loja_do_orcamento(
    novo: Novo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    antes = tmp_path / "ate_a_0003"
    shutil.copytree(MIGRACOES, antes, ignore=shutil.ignore_patterns("000[4-9]*", "00[1-9]*"))
    monkeypatch.setattr(manutencao, "MIGRACOES", antes)
    url = _povoado(novo(), MENSAGENS_DE_ANTES)
    monkeypatch.setattr(manutencao, "MIGRACOES", MIGRACOES)
    assert manutencao.migrar(url).em_dia
    mensagens = "SELECT id, tipo, loja_id, situacao, falhas FROM caixa_saida ORDER BY id"
    assert perguntar(url, mensagens) == [
        (7, "ORCAMENTO", 1, "PENDENTE", 2),
        (9, "CODIGO", None, "ENVIADA", 0),
    ]


EVENTOS_DE_ANTES = (
    (
        "clientes",
        "FUNCIONARIO",
        "Zé",
        {"ativo": True, "nome": "Ana", "telefone": "(**) *****-4321"},
    ),
    ("clientes", "CLIENTE", "Ana", {"email": ["a***@raro.com.br", None]}),
    ("ordens_servico", "SISTEMA", "sistema", {"status": "RECEBIDA", "queixa": "Ana ouve 🚗"}),
    (
        "orcamentos",
        "LINK",
        "Ana",
        {"valor_aprovado": [None, "1.00"], "decidido_por": [None, "Ana"]},
    ),
    ("anotacoes", "LINK", "Ana", {"texto": "Ana espera", "ator": "Ana"}),
    ("links_aprovacao", "LINK", "Ana", {"decidido_de": [None, "::1"], "mostrado": [None, "x"]}),
    ("pecas", "SISTEMA", "sistema", {"nome": "Ana", "codigo": "A"}),
)


def test_o_evento_de_antes_perde_o_que_dizia_quem_era_o_cliente(
    novo: Novo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    antes = tmp_path / "sem_a_0008"
    shutil.copytree(MIGRACOES, antes, ignore=shutil.ignore_patterns("000[89]*", "00[1-9]*"))
    monkeypatch.setattr(manutencao, "MIGRACOES", antes)
    url = novo()
    manutencao.migrar(url)
    motor = abrir(url)
    comando = text(
        "INSERT INTO eventos (entidade, entidade_id, seq, acao, diferenca, ator_tipo, ator_nome, "
        "em) VALUES (:entidade, 1, :seq, 'X', :diferenca, :tipo, :nome, '2026-11-23 12:00:00')"
    )
    with gravando(motor) as conexao:
        for seq, (entidade, tipo, nome, diferenca) in enumerate(EVENTOS_DE_ANTES):
            dita = json.dumps(diferenca, ensure_ascii=False)
            valores = {"entidade": entidade, "seq": seq, "tipo": tipo, "nome": nome}
            conexao.execute(comando, valores | {"diferenca": dita})
    motor.dispose()
    monkeypatch.setattr(manutencao, "MIGRACOES", MIGRACOES)
    assert manutencao.migrar(url).em_dia
    ficou = perguntar(url, "SELECT ator_nome, diferenca FROM eventos ORDER BY seq")
    assert [(nome, json.loads(diferenca)) for nome, diferenca in ficou] == [
        ("Zé", {"ativo": True, "nome": "***", "telefone": "***"}),
        ("cliente", {"email": "***"}),
        ("sistema", {"status": "RECEBIDA", "queixa": "***"}),
        ("cliente", {"valor_aprovado": [None, "1.00"], "decidido_por": "***"}),
        ("cliente", {"texto": "***", "ator": "***"}),
        ("cliente", {"decidido_de": "***", "mostrado": "***"}),
        ("sistema", {"nome": "Ana", "codigo": "A"}),
    ]


PECA_DE_ANTES = """
INSERT INTO lojas (id, versao, nome, fuso) VALUES (2, 1, 'Filial', 'America/Manaus');

INSERT INTO pecas (id, versao, ativo, busca, codigo, nome, unidade, preco)
VALUES (1, 1, 1, 'disco', 'DISCO', 'Disco', 'un', 100)
"""
INSTANTE, OUTRO = "2026-11-23 12:00:00.000000", "2026-11-23 12:00:01.000000"
VAI, VEM = "transferência para a loja 2 (Filial), ", "transferência da loja 1 (Matriz), "
# id, loja, seq, delta, causa, motivo, quando, e se a auditoria diz que é transferência
MOVIMENTOS_DE_ANTES = (
    (1, 1, 1, 9, "ENTRADA", None, INSTANTE, False),
    (2, 1, 2, -3, "AJUSTE", f"{VAI}1º movimento da peça lá", INSTANTE, True),
    (3, 2, 1, 3, "ENTRADA", f"{VEM}2º movimento da peça lá", INSTANTE, True),
    (4, 1, 3, -3, "AJUSTE", f"{VAI}2º movimento da peça lá: 100% (já)", INSTANTE, True),
    (5, 2, 2, 3, "ENTRADA", f"{VEM}3º movimento da peça lá: 100% (já)", INSTANTE, True),
    (6, 1, 4, -1, "AJUSTE", f"{VAI}3º movimento da peça lá", INSTANTE, False),
    (7, 2, 3, 1, "ENTRADA", f"{VEM}4º movimento da peça lá", INSTANTE, False),
    (8, 1, 5, -1, "AJUSTE", f"{VAI}4º movimento da peça lá", INSTANTE, True),
    (9, 2, 4, 1, "ENTRADA", f"{VEM}5º movimento da peça lá", OUTRO, True),
)


def test_a_transferencia_de_antes_ganha_o_par_se_ele_e_certo(
    novo: Novo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O ajuste que só o motivo diz ser transferência fica sem par, e o par de outra hora também."""
    antes = tmp_path / "sem_a_0009"
    shutil.copytree(MIGRACOES, antes, ignore=shutil.ignore_patterns("0009*", "00[1-9]*"))
    monkeypatch.setattr(manutencao, "MIGRACOES", antes)
    url = novo()
    manutencao.migrar(url)
    motor = abrir(url)
    with gravando(motor) as conexao:
        for comando in PECA_DE_ANTES.split(";"):
            conexao.exec_driver_sql(comando)
        for id, loja, seq, delta, causa, motivo, em, auditada in MOVIMENTOS_DE_ANTES:
            ditos = {"id": id, "loja": loja, "seq": seq, "delta": delta, "causa": causa}
            conexao.execute(MOVIMENTO_DE_ANTES, ditos | {"motivo": motivo, "em": em})
            if auditada:
                conexao.execute(EVENTO_DE_ANTES, {"id": id})
    motor.dispose()
    monkeypatch.setattr(manutencao, "MIGRACOES", MIGRACOES)
    assert manutencao.migrar(url).em_dia
    pares = "SELECT id, par_id FROM movimentos_estoque WHERE par_id IS NOT NULL ORDER BY id"
    assert perguntar(url, pares) == [(3, 2), (5, 4)]


MOVIMENTO_DE_ANTES = text(
    "INSERT INTO movimentos_estoque "
    "(id, loja_id, peca_id, seq, delta, saldo_apos, causa, motivo, ator, em) "
    "VALUES (:id, :loja, 1, :seq, :delta, 9, :causa, :motivo, 'sistema', :em)"
)
EVENTO_DE_ANTES = text(
    "INSERT INTO eventos (entidade, entidade_id, seq, acao, diferenca, ator_tipo, ator_nome, em) "
    "VALUES ('movimentos_estoque', :id, 1, 'TransferirEstoque', '{}', 'SISTEMA', 'sistema', "
    "'2026-11-23 12:00:00.000000')"
)


def test_uma_segunda_migracao_que_cai_em_qualquer_comando_se_retoma(
    novo: Novo, migracoes: Path
) -> None:
    caida, morta, certo = _povoado(novo()), _povoado(novo()), novo()
    escrever_migracao(migracoes, "0001", sqlite=SEGUNDA_SQLITE, mysql=SEGUNDA_MYSQL)
    assert not manutencao.estado(caida).em_dia
    manutencao.migrar(certo)
    assert next(k for k in range(500) if _migrar_ate(caida, k)) > 5
    _matar(morta, "DROP ")
    assert manutencao.migrar(morta).em_dia
    for banco in (caida, morta):
        assert manutencao.estado(banco).revisao == "0002"
        assert esquema(banco) == esquema(certo)
        assert perguntar(banco, "SELECT nome, apelido FROM lojas") == [("Matriz", "100% Matriz")]
        assert perguntar(banco, "SELECT id, loja_id FROM ordens_servico") == [(1, 1)]


def test_migracao_que_deixaria_registro_sem_par_no_sqlite_se_desfaz(
    tmp_path: Path, migracoes: Path
) -> None:
    url = _povoado(f"sqlite:///{tmp_path}/oficina.db")
    escrever_migracao(migracoes, "0001", sqlite="DELETE FROM clientes;", mysql="")
    with pytest.raises(Indisponivel, match="sem par"):
        manutencao.migrar(url)
    assert manutencao.estado(url).revisao == "0001"
    assert perguntar(url, "SELECT COUNT(*) FROM clientes") == [(1,)]


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
        with pytest.raises(Indisponivel, match="Outra migração ou restauração está"):
            manutencao.migrar(vazio)
    assert manutencao.estado(vazio).revisao is None


def test_o_prazo_das_consultas_nao_corta_a_espera_da_migracao(
    vazio: str, mysql: Servidor, trava_so_daqui: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A espera, de 60 s, é maior que o prazo de leitura, de 15; aqui, 4 e 1.

    O prazo também corta no meio o comando que demora, como o ALTER TABLE de uma tabela grande.
    """
    proporcao = manutencao.ESPERA_DA_TRAVA / motor_do_banco.LEITURA_SEGUNDOS
    monkeypatch.setattr(motor_do_banco, "LEITURA_SEGUNDOS", 1)
    monkeypatch.setattr(manutencao, "ESPERA_DA_TRAVA", round(proporcao))
    with mysql.conectar() as outra, outra.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, 0)", (trava_so_daqui,))
        with pytest.raises(Indisponivel, match="Outra migração ou restauração está"):
            manutencao.migrar(vazio)
