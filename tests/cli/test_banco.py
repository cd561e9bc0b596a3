"""O que se faz direto no banco, e a demonstração."""

import gzip
import json
import re
import resource
import secrets
import shlex
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from oficina_cli import progresso
from oficina_cli.app import app
from oficina_core.banco.motor import gravando

LIMITE_DO_DISCO = 40_000  # bytes por arquivo, como em um disco cheio; a cópia tem 80 mil


def rodar(*argumentos: str, entrada: str | None = None) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina", input=entrada)


@pytest.fixture(autouse=True)
def arquivo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    caminho = tmp_path / "oficina.db"
    monkeypatch.setenv("OFICINA_BANCO", str(caminho))
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)
    return caminho


def test_migrar_leva_o_banco_a_revisao_do_programa() -> None:
    antes = rodar("banco", "status", "-o", "json")
    assert json.loads(antes.stdout)["revisao"] is None
    assert "oficina banco migrar" in antes.stderr
    assert rodar("banco", "migrar").exit_code == 0
    depois = rodar("banco", "status", "-o", "json")
    situacao = json.loads(depois.stdout)
    assert situacao["revisao"] == situacao["esperada"]
    assert situacao["serve"] is True
    assert depois.stderr == ""


@pytest.mark.parametrize(
    ("serve_desde", "serve", "dito"), [("0010", True, ""), ("9999", False, "atualize o programa")]
)
def test_o_estado_do_banco_mais_novo_diz_se_ainda_serve(
    arquivo: Path, *, serve_desde: str, serve: bool, dito: str
) -> None:
    rodar("banco", "migrar")
    with closing(sqlite3.connect(arquivo, isolation_level=None)) as conexao:
        conexao.execute(
            "UPDATE alembic_version SET version_num = '9999', serve_desde = ?", (serve_desde,)
        )
    estado = rodar("banco", "status", "-o", "json")
    assert json.loads(estado.stdout)["serve"] is serve
    assert "migrar" not in estado.stderr
    assert dito in estado.stderr
    assert bool(estado.stderr) is not serve


def test_voltar_so_com_o_nome_do_banco_escrito(arquivo: Path) -> None:
    rodar("banco", "migrar")
    sem_nome = rodar("banco", "voltar", "0009")
    assert sem_nome.exit_code == 2
    assert "--confirmar oficina.db" in sem_nome.stderr
    assert rodar("banco", "voltar", "0009", "--confirmar", "outro.db").exit_code == 2
    assert rodar("banco", "voltar", "9999", "--confirmar", "oficina.db").exit_code == 2
    assert json.loads(rodar("banco", "status", "-o", "json").stdout)["revisao"] > "0009"
    feito = rodar("banco", "voltar", "0009", "--confirmar", "oficina.db", "-o", "json")
    assert json.loads(feito.stdout)["revisao"] == "0009"
    assert rodar("banco", "migrar").exit_code == 0


def test_voltar_nao_cria_o_banco_que_nao_ha(arquivo: Path) -> None:
    assert rodar("banco", "voltar", "0009", "--confirmar", "oficina.db").exit_code == 7
    assert not arquivo.exists()


def test_verificar_nomeia_o_que_nao_fecha(arquivo: Path) -> None:
    rodar("peca", "criar", "--codigo", "X", "--nome", "X", "--preco", "1,00")
    assert rodar("verificar").exit_code == 0
    assert rodar("verificar", "-o", "json").stdout == "[]\n"
    motor = create_engine(f"sqlite:///{arquivo}")
    with gravando(motor) as conexao:
        conexao.execute(text("UPDATE estoques SET estoque = 5"))
    motor.dispose()
    resposta = rodar("verificar", "-o", "json")
    assert resposta.exit_code == 6
    assert {d["entidade"] for d in json.loads(resposta.stdout)} == {"peca"}


def test_o_banco_todo_torto_diz_se_em_poucas_linhas(arquivo: Path) -> None:
    rodar("banco", "migrar")
    motor = create_engine(f"sqlite:///{arquivo}")
    with gravando(motor) as conexao:
        for numero in range(1, 251):
            nome = {"n": numero}
            conexao.execute(text("INSERT INTO pecas VALUES (:n, 1, 1, :n, :n, :n, 'un', 1)"), nome)
            conexao.execute(text("INSERT INTO estoques VALUES (1,:n,7,0,NULL,0,NULL,0,0)"), nome)
    motor.dispose()
    resposta = rodar("verificar", "-o", "json")
    assert resposta.exit_code == 6
    ditas = json.loads(resposta.stdout)
    assert len(ditas) == 101
    assert ditas[-1]["detalhe"] == (
        "estoque diferente da soma dos movimentos: mais 150 além dessas"
    )


def test_o_estado_do_banco_diz_o_que_ele_e_e_o_que_tem(arquivo: Path) -> None:
    rodar("peca", "criar", "--codigo", "X", "--nome", "X", "--preco", "1,00")
    situacao = json.loads(rodar("banco", "status", "-o", "json").stdout)
    assert situacao["banco"] == f"sqlite:///{arquivo}"
    assert re.fullmatch(r"SQLite [\d.]+, diário WAL", situacao["servidor"])
    assert situacao["tamanho"] >= arquivo.stat().st_size
    assert {"tabela": "pecas", "registros": 1} in situacao["tabelas"]
    assert re.search(r"Tamanho +0,\d MB", rodar("banco", "status").stdout)


@pytest.fixture
def cheio(arquivo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Um banco com peças, e a pasta dele como a de trabalho."""
    assert rodar("peca", "importar", "--inicial").exit_code == 0
    monkeypatch.chdir(tmp_path)
    return arquivo


def pecas() -> int:
    return len(json.loads(rodar("peca", "listar", "-o", "json", "--tudo").stdout))


def nomes(pasta: Path) -> set[str]:
    return {caminho.name for caminho in pasta.iterdir() if not caminho.match("*-[ws][ah][lm]")}


@pytest.mark.usefixtures("cheio")
def test_a_copia_sem_nome_fica_nesta_pasta_com_a_hora(tmp_path: Path) -> None:
    resposta = rodar("banco", "backup", "-o", "json")
    assert resposta.exit_code == 0
    feita = json.loads(resposta.stdout)
    assert re.fullmatch(r"oficina-\d{4}-\d\d-\d\d-\d{4}\.gz", feita["arquivo"])
    assert nomes(tmp_path) == {"oficina.db", feita["arquivo"]}
    assert stat.S_IMODE((tmp_path / feita["arquivo"]).stat().st_mode) == 0o600
    assert feita["registros"] == sum(tabela["registros"] for tabela in feita["tabelas"])
    repetida = rodar("banco", "backup", feita["arquivo"])
    assert repetida.exit_code == 5
    assert "--sobrescrever" in repetida.stderr
    assert rodar("banco", "backup", feita["arquivo"], "--sobrescrever").exit_code == 0


def test_simular_diz_o_que_a_copia_tem_e_nao_cria_o_banco(
    cheio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rodar("banco", "backup", "copia.gz")
    monkeypatch.setenv("OFICINA_BANCO", str(tmp_path / "novo.db"))
    antes = nomes(tmp_path)
    resposta = rodar("banco", "restaurar", "copia.gz", "--simular", "-o", "json")
    assert resposta.exit_code == 0
    assert "nada foi gravado" in resposta.stderr
    assert json.loads(resposta.stdout)["banco"] == f"sqlite:///{tmp_path / 'novo.db'}"
    assert json.loads(resposta.stdout)["guardado"] is None
    assert re.search(r"peças +63", rodar("banco", "restaurar", "copia.gz", "--simular").stdout)
    assert nomes(tmp_path) == antes
    assert rodar("banco", "restaurar", "copia.gz").exit_code == 0
    assert pecas() == 63
    assert cheio.exists()


def test_trocar_um_banco_pede_o_nome_dele(cheio: Path, tmp_path: Path) -> None:
    rodar("banco", "backup", "copia.gz")
    rodar("peca", "criar", "--codigo", "X", "--nome", "X", "--preco", "1,00")
    for dito in ([], ["--sem-perguntas"], ["--confirmar", "outro.db"]):
        recusa = rodar("banco", "restaurar", "copia.gz", *dito)
        assert recusa.exit_code == 2
        assert "--confirmar oficina.db" in recusa.stderr
        assert pecas() == 64
    feita = rodar("banco", "restaurar", "copia.gz", "--confirmar", "oficina.db", "-o", "json")
    assert feita.exit_code == 0
    assert pecas() == 63
    guardado = Path(json.loads(feita.stdout)["guardado"])
    assert re.fullmatch(r"oficina-ate-\d{4}-\d\d-\d\d-\d{6}\.db", guardado.name)
    assert nomes(tmp_path) == {cheio.name, "copia.gz", guardado.name}
    assert rodar("--banco", str(guardado), "verificar").exit_code == 0


@pytest.mark.parametrize(("dito", "saida"), [("oficina.db\n", 0), ("sim\n", 1), ("", 1)])
@pytest.mark.usefixtures("cheio")
def test_no_terminal_o_nome_se_escreve(
    monkeypatch: pytest.MonkeyPatch, dito: str, saida: int
) -> None:
    rodar("banco", "backup", "copia.gz")
    rodar("peca", "criar", "--codigo", "X", "--nome", "X", "--preco", "1,00")
    monkeypatch.setattr("oficina_cli.pergunta.ha_alguem", lambda: True)
    resposta = rodar("banco", "restaurar", "copia.gz", entrada=dito)
    assert resposta.exit_code == saida, resposta.stderr
    assert "escreva oficina.db" in resposta.stderr
    assert pecas() == (64 if saida else 63)


def test_o_que_nao_e_copia_se_recusa_com_o_codigo_certo(cheio: Path, tmp_path: Path) -> None:
    rodar("banco", "backup", "copia.gz")
    boa = (tmp_path / "copia.gz").read_bytes()
    cabecalho, resto = gzip.decompress(boa).split(b"\n", 1)
    mais_nova = cabecalho.replace(b'"versao":1', b'"versao":2') + b"\n" + resto
    for conteudo, codigo, frase in (
        (b"uma carta", 2, "não é uma cópia"),
        (boa[:-100], 2, "incompleta"),
        (boa[:-200] + bytes(100) + boa[-100:], 2, "danificada"),
        (gzip.compress(mais_nova), 7, "atualize o programa"),
    ):
        (tmp_path / "outra.gz").write_bytes(conteudo)
        recusa = rodar("banco", "restaurar", "outra.gz", "--confirmar", "oficina.db")
        assert recusa.exit_code == codigo, frase
        assert frase in recusa.stderr
        assert recusa.stderr.count("\n") == 1
    assert rodar("banco", "restaurar", "nada.gz").exit_code == 2
    assert nomes(tmp_path) == {cheio.name, "copia.gz", "outra.gz"}


def test_copiar_e_restaurar_se_fazem_direto_no_banco(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OFICINA_BANCO")
    monkeypatch.setenv("OFICINA_API", "http://localhost:1")
    for comando in (["backup"], ["restaurar", "copia.gz"], ["status"]):
        recusa = rodar("banco", *comando)
        assert recusa.exit_code == 2
        assert "direto no banco" in recusa.stderr


def _processo(*argumentos: str, disco: int | None = None) -> subprocess.Popen[bytes]:
    def limitar() -> None:
        if disco:
            resource.setrlimit(resource.RLIMIT_FSIZE, (disco, disco))

    return subprocess.Popen(
        [sys.executable, "-m", "oficina_cli", *argumentos],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limitar,  # noqa: PLW1509 — um processo sem fios
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.usefixtures("cheio")
def test_a_copia_vai_pela_saida_a_outro_programa(tmp_path: Path) -> None:
    copia, erros = (processo := _processo("banco", "backup", "-")).communicate()
    assert (processo.returncode, erros) == (0, b"")
    (tmp_path / "veio.gz").write_bytes(copia)
    assert rodar("banco", "restaurar", "veio.gz", "--simular").exit_code == 0


@pytest.mark.usefixtures("cheio")
def test_quem_larga_a_copia_no_meio_faz_que_ela_falhe() -> None:
    processo = _processo("banco", "backup", "-")
    assert processo.stdout is not None
    processo.stdout.close()
    assert processo.stderr is not None
    assert "parou antes do fim" in processo.stderr.read().decode()
    processo.stderr.close()
    assert processo.wait() == 7


@pytest.mark.usefixtures("cheio")
def test_com_a_saida_fechada_a_copia_nao_se_perde_calada() -> None:
    comando = f"exec {sys.executable} -m oficina_cli banco backup - >&-"
    fechada = subprocess.run(
        ["/bin/sh", "-c", comando],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert fechada.returncode == 2
    assert "A saída está fechada; diga o ARQUIVO" in fechada.stderr


def test_com_o_disco_cheio_nada_fica_pela_metade(cheio: Path, tmp_path: Path) -> None:
    pasta = tmp_path / "copias"
    pasta.mkdir()
    motor = create_engine(f"sqlite:///{cheio}")
    with gravando(motor) as conexao:
        for _ in range(3000):
            nome = {"nome": secrets.token_hex(20)}
            conexao.execute(text("INSERT INTO parametros VALUES (NULL, 1, :nome, 1)"), nome)
    motor.dispose()
    processo = _processo("banco", "backup", str(pasta / "copia.gz"), disco=LIMITE_DO_DISCO)
    erros = processo.communicate()[1].decode()
    assert processo.returncode == 7
    assert "Não há espaço" in erros
    assert not list(pasta.iterdir())

    rodar("banco", "backup", str(pasta / "copia.gz"))
    antes = cheio.read_bytes()
    restaurar = ("banco", "restaurar", str(pasta / "copia.gz"), "--confirmar", cheio.name)
    processo = _processo(*restaurar, disco=LIMITE_DO_DISCO)
    erros = processo.communicate()[1].decode()
    assert processo.returncode == 7
    assert "libere espaço" in erros
    assert "Traceback" not in erros
    assert cheio.read_bytes() == antes
    assert nomes(tmp_path) == {cheio.name, pasta.name}
    assert rodar(*restaurar).exit_code == 0


def test_o_andamento_so_se_conta_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progresso, "DEMORA", 0)
    for no_terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda no_terminal=no_terminal: no_terminal)
        with progresso.contando("Copiando") as andar:
            andar(1500)
        escrito = capsys.readouterr().err
        assert ("Copiando: 1.500 registros" in escrito) is no_terminal
    assert escrito.endswith(progresso.APAGAR)


def test_a_demonstracao_convida_com_comandos_que_dao_certo(tmp_path: Path) -> None:
    guardada = tmp_path / "demo.db"
    resposta = rodar("demo", "--sem-tui", "--manter", str(guardada), "--semente", "3")
    assert resposta.exit_code == 0
    assert "execução" in resposta.stdout
    convites = [x.strip() for x in resposta.stderr.splitlines() if x.startswith("  oficina ")]
    assert len(convites) == 3
    for convite in convites:
        assert rodar(*shlex.split(convite)[1:]).exit_code == 0
    assert rodar("demo", "--manter", str(guardada)).exit_code == 5
