"""O exame da instalação: acha o que há, diz como se conserta e chega sempre ao fim."""

import json
import os
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner, Result

from oficina_api.montagem import montar
from oficina_cli.app import app
from oficina_cli.atalhos import DADOS
from oficina_cli.doutor import banco, maquina, parecer
from oficina_cli.doutor.parecer import Situacao
from oficina_cli.doutor.relogio import comparar
from oficina_core.arquivos import PARCIAL
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.versao import instalada
from tests.api.elenco import configuracao
from tests.api.servico import no_ar
from tests.cenario import CPF_BIA
from tests.cli.api_de_mentira import TOKEN, Api
from tests.tui.terminal import Terminal

SENHA = "uma frase que só a Bia sabe"
Exame: TypeAlias = dict[str, Any]
Examinar: TypeAlias = Callable[..., Exame]


@pytest.fixture(autouse=True)
def casa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As pastas de quem usa, só deste teste, e um shell que não se completa."""
    pasta = tmp_path / "casa"
    pasta.mkdir()
    monkeypatch.setenv("HOME", str(pasta))
    for nome in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{nome}_HOME", str(pasta / nome.lower()))
    monkeypatch.setenv("SHELL", "/bin/sh")
    return pasta


@pytest.fixture
def arquivo(url_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """O banco que se examina, em dia e fechado aos outros."""
    caminho = Path(url_sqlite.removeprefix("sqlite:///"))
    caminho.chmod(0o600)
    monkeypatch.setenv("OFICINA_BANCO", str(caminho))
    return caminho


@pytest.fixture
def surda() -> Iterator[int]:
    """Uma porta em que se conecta, e de onde nada vem."""
    with socket.create_server(("127.0.0.1", 0)) as escuta:
        yield escuta.getsockname()[1]


def rodar(*argumentos: str) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina")


def examinar(*argumentos: str, codigo: int = 0) -> Exame:
    """Cada conferência pelo nome; nunca há rastro, e o que não está bom traz o conserto."""
    resposta = rodar(*argumentos, "doutor", "-o", "json")
    assert resposta.exit_code == codigo, resposta.output
    assert "Traceback" not in resposta.output
    achados = json.loads(resposta.stdout)
    assert all(a["conserto"] for a in achados if a["situacao"] != "BOM")
    return {achado["nome"]: achado for achado in achados}


def falha(exame: Exame, nome: str) -> str:
    assert exame[nome]["situacao"] == "FALHA", exame[nome]
    return f"{exame[nome]['achado']} {exame[nome]['conserto']}"


def aviso(exame: Exame, nome: str) -> str:
    assert exame[nome]["situacao"] == "AVISO", exame[nome]
    return f"{exame[nome]['achado']} {exame[nome]['conserto']}"


# ── a resposta ───────────────────────────────────────────────────────────────────────────────


def test_instalacao_sa_nao_tem_o_que_consertar(arquivo: Path) -> None:
    rodar("banco", "migrar")
    exame = examinar()
    assert {achado["situacao"] for achado in exame.values()} == {"BOM"}
    assert list(exame) == [
        *("programa", "terminal", "configuração", "pastas", "disco", "banco", "banco: permissão"),
        *("banco: revisão", "banco: WAL", "banco: chaves", "banco: integridade"),
        *("banco: restos", "banco: esquema", "operador"),
    ]


def test_json_e_o_mesmo_que_saida_json(arquivo: Path) -> None:
    nomes = [
        [achado["nome"] for achado in json.loads(rodar("doutor", *como).stdout)]
        for como in (["--json"], ["-o", "json"])
    ]
    assert nomes[0] == nomes[1]
    assert rodar("doctor", "--json").exit_code == 0


def test_so_os_campos_que_se_pedem(arquivo: Path) -> None:
    linhas = rodar("doutor", "--campos", "situacao,nome", "-o", "csv").stdout.splitlines()
    assert linhas[:2] == ["situacao,nome", "BOM,programa"]
    assert rodar("doutor", "--campos", "situacao").stdout.split()[:2] == ["Situação", "bom"]
    recusa = rodar("doutor", "--campos", "nomee")
    assert recusa.exit_code == 2
    assert "seria nome?" in recusa.stderr


def test_para_pessoas_um_sinal_uma_palavra_e_o_conserto(arquivo: Path) -> None:
    arquivo.chmod(0o644)
    resposta = rodar("doutor")
    assert resposta.exit_code == 0
    assert "✔ bom    programa " in resposta.stdout
    assert "! aviso  banco: permissão " in resposta.stdout
    assert f"→ chmod 600 {arquivo}\n" in resposta.stdout
    assert "0 falhas, 1 aviso." in resposta.stderr


def test_ha_falha_sai_com_6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFICINA_LOJA", "x")
    resposta = rodar("doutor")
    assert resposta.exit_code == 6
    assert "✖ falha  configuração " in resposta.stdout


@pytest.mark.parametrize("tamanho", [(80, 24), (120, 40)])
def test_na_tela_nada_passa_da_largura(casa: Path, tamanho: tuple[int, int]) -> None:
    """Só um caminho, que se copia inteiro."""
    with Terminal(casa, {"OFICINA_PAGER": ""}, "doutor", tamanho=tamanho) as terminal:
        assert terminal.acabar() == 0
    linhas = terminal.bruto.decode().split("\r\n")
    assert all(len(linha) <= tamanho[0] for linha in linhas if "/" not in linha)
    assert any("UTF-8, com cor" in linha for linha in linhas)


def test_janela_pequena_se_avisa(casa: Path) -> None:
    with Terminal(casa, {"OFICINA_PAGER": ""}, "doutor", tamanho=(70, 20)) as terminal:
        assert terminal.acabar() == 0
    assert "pede 80 por 24" in " ".join(terminal.bruto.decode().split())


def test_terminal_que_nao_se_sabe_qual_e_se_avisa(casa: Path) -> None:
    with Terminal(casa, {"OFICINA_PAGER": "", "TERM": "dumb"}, "doutor") as terminal:
        assert terminal.acabar() == 0
    assert "TERM=xterm-256color" in terminal.bruto.decode()


# ── o que atrapalha não o para ───────────────────────────────────────────────────────────────


def test_conferencia_que_estoura_e_um_achado_e_as_outras_seguem(
    arquivo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def estourar() -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(maquina, "disco", estourar)
    exame = examinar(codigo=6)
    assert "não esperava" in falha(exame, "disco")
    assert exame["operador"]["situacao"] == "BOM"


def test_configuracao_torta_diz_tudo_e_de_quem_e(
    casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (casa / "config" / "oficina").mkdir(parents=True)
    (casa / "config" / "oficina" / "config.toml").write_text("oficina_loja = 0\n")
    monkeypatch.setenv("DB_PORT", "s3nh4")
    dito = falha(examinar(codigo=6), "configuração")
    assert "DB_PORT deve ser um número inteiro (ambiente)" in dito
    assert "OFICINA_LOJA está abaixo do que se aceita (config.toml)" in dito
    assert "s3nh4" not in dito


@pytest.mark.parametrize("conteudo", [b"isto nao e toml", b"\xff", b"x = " + b"[" * 5000])
def test_toml_que_nao_se_entende_se_diz(casa: Path, conteudo: bytes) -> None:
    (casa / "config" / "oficina").mkdir(parents=True)
    (casa / "config" / "oficina" / "config.toml").write_bytes(conteudo)
    falha(examinar(codigo=6), "configuração")


def test_nome_desconhecido_no_toml_se_avisa(casa: Path, arquivo: Path) -> None:
    (casa / "config" / "oficina").mkdir(parents=True)
    (casa / "config" / "oficina" / "config.toml").write_text("oficina_lojaa = 1\n")
    exame = examinar()
    assert "seria oficina_loja?" in aviso(exame, "configuração")
    assert exame["banco"]["situacao"] == "BOM"


def test_env_que_nao_existe_se_diz(casa: Path) -> None:
    assert "não existe" in falha(examinar("--env", "nada.env", codigo=6), "configuração")


def test_casa_em_que_nada_se_grava_se_diz(monkeypatch: pytest.MonkeyPatch) -> None:
    """Como quem tem a pasta pessoal fechada: ela não é uma pasta em que algo nasça."""
    monkeypatch.setenv("HOME", "/dev/null")
    for nome in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{nome}_HOME", f"/dev/null/{nome.lower()}")
    exame = examinar(codigo=6)
    assert "direito de gravar" in falha(exame, "pastas")
    assert "banco" in exame


def test_direto_no_servidor_so_faz_falta_a_pasta_de_estado(
    url_mysql: str, casa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Como em um contêiner: só se grava o registro e o que se digitava, e a oficina trabalha."""
    for nome in ("CACHE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{nome}_HOME", f"/dev/null/{nome.lower()}")
    monkeypatch.setenv("OFICINA_BANCO", url_mysql)
    assert "direito de gravar" in aviso(examinar(), "pastas")
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/state")
    falha(examinar(codigo=6), "pastas")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="o root lê tudo")
def test_casa_fechada_se_diz(casa: Path) -> None:
    casa.chmod(0)
    falha(examinar(codigo=6), "pastas")
    casa.chmod(0o700)


def test_sem_espaco_se_diz(arquivo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maquina, "POUCO", 2**62)
    assert "Libere espaço" in aviso(examinar(), "disco")
    monkeypatch.setattr(maquina, "QUASE_NADA", 2**62)
    assert "Libere espaço" in falha(examinar(codigo=6), "disco")


# ── o Tab ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_o_conserto_do_completamento_conserta(
    shell: str, casa: Path, arquivo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    programa = tmp_path / "oficina"
    programa.write_text(f"#!/bin/sh\ncat {DADOS}/completar.$2\n")
    programa.chmod(0o755)
    exame = examinar()
    assert "não completa" in aviso(exame, "completamento")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    subprocess.run(["/bin/sh", "-c", exame["completamento"]["conserto"]], check=True)
    assert examinar()["completamento"]["situacao"] == "BOM"
    Path(maquina.COMPLETAR[shell]).expanduser().write_text("de antes")
    assert "de outra versão" in aviso(examinar(), "completamento")


@pytest.mark.parametrize("shell", maquina.COMPLETAR)
def test_o_lugar_que_se_confere_e_o_que_se_recomenda(shell: str) -> None:
    assert maquina.COMPLETAR[shell] in (DADOS / f"completar.{shell}").read_text("utf-8")


# ── o banco ──────────────────────────────────────────────────────────────────────────────────


def test_arquivo_que_nao_existe_nao_nasce(tmp_path: Path) -> None:
    novo = tmp_path / "novo.db"
    assert "primeiro comando" in aviso(examinar("--banco", str(novo)), "banco")
    assert not novo.exists()
    longe = tmp_path / "nao" / "ha" / "x.db"
    assert "não existe" in falha(examinar("--banco", str(longe), codigo=6), "banco")


def test_casa_nova_nao_e_falha_e_nada_nasce(casa: Path) -> None:
    aviso(examinar(), "banco")
    assert list(casa.iterdir()) == []


def test_a_restauracao_que_morreu_deixa_um_resto_que_se_diz_e_se_apaga(arquivo: Path) -> None:
    resto = arquivo.with_name(f"{arquivo.name}{PARCIAL}x1")
    resto.mkdir()
    conserto = aviso(examinar(), "banco: restos").partition("em curso: ")[2]
    subprocess.run(["/bin/sh", "-c", conserto], check=True)
    assert not resto.exists()
    assert examinar()["banco: restos"]["situacao"] == "BOM"


def test_a_troca_que_morreu_no_meio_deixa_o_banco_com_dois_nomes(arquivo: Path) -> None:
    gemeo, anterior = (arquivo.with_name(f"{arquivo.stem}-ate-{dia}.db") for dia in (26, 25))
    gemeo.hardlink_to(arquivo)
    anterior.write_bytes(b"o que se guardou antes fica")
    conserto = aviso(examinar(), "banco: restos").partition("em curso: ")[2]
    subprocess.run(["/bin/sh", "-c", conserto], check=True)
    assert [gemeo.exists(), anterior.exists(), arquivo.exists()] == [False, True, True]
    assert examinar()["banco: restos"]["situacao"] == "BOM"


def test_o_conserto_da_permissao_conserta(arquivo: Path) -> None:
    arquivo.chmod(0o640)
    exame = examinar()
    aviso(exame, "banco: permissão")
    subprocess.run(["/bin/sh", "-c", exame["banco: permissão"]["conserto"]], check=True)
    assert examinar()["banco: permissão"]["situacao"] == "BOM"


def test_migrar_conserta_o_diario_e_a_revisao_de_antes(arquivo: Path) -> None:
    with sqlite3.connect(arquivo) as conexao:
        conexao.execute("PRAGMA journal_mode = DELETE")
    assert "oficina banco migrar" in aviso(examinar(), "banco: WAL")
    rodar("banco", "migrar")
    assert examinar()["banco: WAL"]["situacao"] == "BOM"
    with sqlite3.connect(arquivo) as conexao:
        conexao.execute("UPDATE alembic_version SET version_num = '0000'")
    assert "oficina banco migrar" in aviso(examinar(), "banco: revisão")


def test_o_banco_a_que_falta_coluna_se_diz(arquivo: Path) -> None:
    """Na revisão certa, nada mais o diria até alguém precisar dela."""
    with sqlite3.connect(arquivo) as conexao:
        conexao.execute("ALTER TABLE clientes DROP COLUMN motivo_anonimizacao")
    assert "clientes.motivo_anonimizacao" in falha(examinar(codigo=6), "banco: esquema")


def test_banco_mais_novo_que_o_programa_se_diz(arquivo: Path) -> None:
    with sqlite3.connect(arquivo) as conexao:
        conexao.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "Atualize o programa" in aviso(examinar(), "banco: revisão")
    with sqlite3.connect(arquivo) as conexao:
        conexao.execute("UPDATE alembic_version SET serve_desde = '9999'")
    assert "já não serve" in falha(examinar(codigo=6), "banco: revisão")


@pytest.mark.parametrize("conteudo", [b"nada" * 4096, b"SQLite format 3\0" + b"\xff" * 8000])
def test_arquivo_que_nao_e_banco_se_diz(arquivo: Path, conteudo: bytes) -> None:
    arquivo.write_bytes(conteudo)
    falha(examinar(codigo=6), "banco")
    assert arquivo.read_bytes() == conteudo


def test_arquivo_danificado_no_meio_se_diz(arquivo: Path) -> None:
    dados = bytearray(arquivo.read_bytes())
    dados[4096 * 30 : 4096 * 60] = b"\xff" * 4096 * 30
    arquivo.write_bytes(dados)
    assert "danificado" in str(examinar(codigo=6))


def test_arquivo_em_disco_da_rede_se_diz(
    arquivo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    montados = tmp_path / "mounts"
    montados.write_text(f"/dev/sda1 / ext4 rw 0 0\nservidor:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(banco, "MONTADOS", montados)
    assert "disco da rede (nfs4)" in falha(examinar(codigo=6), "banco: WAL")


def test_o_operador_que_nao_ha_se_diz(arquivo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for torto in ("123", CPF_BIA):
        monkeypatch.setenv("OFICINA_OPERADOR", torto)
        assert "OFICINA_OPERADOR" in falha(examinar(codigo=6), "operador")
    oficina = OficinaLocal.em(f"sqlite:///{arquivo}")
    oficina.executar(CriarPrimeiroFuncionario(cpf=CPF_BIA, nome="Bia", senha=SENHA))
    oficina.fechar()
    assert examinar()["operador"]["achado"] == "Bia, gerente."


def test_no_mysql_confere_o_servidor_e_avisa_que_o_root_apaga_a_auditoria(
    url_mysql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFICINA_BANCO", url_mysql)
    exame = examinar()
    assert {n for n, a in exame.items() if a["situacao"] != "BOM"} == {"banco: auditoria"}
    assert "oficina banco conta" in aviso(exame, "banco: auditoria")
    assert {"banco: versão", "banco: acentos", "banco: sessão", "banco: TLS"} < exame.keys()
    assert "que o servidor aceita" in exame["banco: conexões"]["achado"]


def test_as_conexoes_perto_do_fim_se_avisam(
    url_mysql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFICINA_BANCO", url_mysql)
    monkeypatch.setattr(banco, "FOLGA", 1 / 10_000)
    assert "ele recusa quem chega" in aviso(examinar(), "banco: conexões")


def test_mysql_vazio_manda_migrar(mysql: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nome = f"oficina_teste_vazio_{os.getpid()}"
    monkeypatch.setenv("OFICINA_BANCO", mysql.criar_banco(nome))
    try:
        assert "oficina banco migrar" in falha(examinar(codigo=6), "banco: revisão")
    finally:
        mysql.apagar_banco(nome)


def test_banco_fora_do_ar_diz_o_que_conferir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFICINA_BANCO", "mysql://ana:s3nh4@127.0.0.1:1/oficina")
    exame = examinar(codigo=6)
    assert "DB_HOST" in falha(exame, "banco")
    assert "banco: revisão" not in exame
    assert "s3nh4" not in str(exame)


@pytest.mark.parametrize("onde", ["OFICINA_BANCO", "OFICINA_API"])
def test_quem_nao_responde_nao_segura_o_exame(
    onde: str, surda: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parecer, "PRAZO", 0.3)
    endereco = f"127.0.0.1:{surda}"
    banco_surdo, api_surda = f"mysql://ana:x@{endereco}/oficina", f"http://{endereco}"
    monkeypatch.setenv(onde, banco_surdo if onde == "OFICINA_BANCO" else api_surda)
    exame = examinar(codigo=6)
    assert "Não respondeu em" in falha(exame, "banco" if onde == "OFICINA_BANCO" else "API")


def test_o_prazo_de_cada_conferencia_e_de_cinco_segundos() -> None:
    assert parecer.PRAZO <= 5


# ── a API ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def de_mentira(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Uma API pronta, da mesma versão, em que se entrou."""
    api.em = {
        "GET /health/ready": {"status": "pronta"},
        "GET /health": {"status": "viva"},
        "GET /": {"nome": "oficina", "versao": instalada()},
    }
    monkeypatch.setenv("OFICINA_API", api.url)
    monkeypatch.setenv("OFICINA_TOKEN", TOKEN)
    return api


def test_api_pronta_da_mesma_versao_e_em_que_se_entrou_e_bom(de_mentira: Api) -> None:
    exame = examinar()
    assert {achado["situacao"] for achado in exame.values()} == {"BOM"}
    dito = exame["entrada"]["achado"]
    assert "Ana" in dito
    assert "gerente, por OFICINA_TOKEN" in dito
    assert "15/01/2027" in dito
    assert TOKEN not in str(exame)


def test_contra_a_api_de_verdade(url_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    oficina = OficinaLocal.em(url_sqlite)
    oficina.executar(CriarPrimeiroFuncionario(cpf=CPF_BIA, nome="Bia", senha=SENHA))
    oficina.fechar()
    with no_ar(montar(configuracao(url_sqlite))) as servidor:
        monkeypatch.setenv("OFICINA_API", f"http://127.0.0.1:{servidor.porta}")
        assert "oficina auth entrar" in falha(examinar(codigo=6), "entrada")
        entrada = CliRunner().invoke(
            app, ["auth", "entrar", "--cpf", CPF_BIA, "--senha-stdin"], input=SENHA
        )
        assert entrada.exit_code == 0, entrada.output
        exame = examinar()
        assert {a["situacao"] for n, a in exame.items() if n != "entrada"} == {"BOM"}
        assert "Bia, gerente, por arquivo" in exame["entrada"]["achado"]


def test_outra_versao_se_avisa(de_mentira: Api) -> None:
    de_mentira.em["GET /"]["versao"] = "9.9"
    assert "9.9" in aviso(examinar(), "API: versão")


def test_quem_nao_e_a_api_se_diz(de_mentira: Api) -> None:
    for resposta in ({"status": "ok"}, ["pronta"], "pronta"):
        de_mentira.em["GET /health/ready"] = resposta
        exame = examinar(codigo=6)
        falha(exame, "API")
        assert "entrada" not in exame


def test_api_que_nao_esta_pronta_diz_por_que(de_mentira: Api) -> None:
    problema = {"codigo": "indisponivel", "detail": "O banco caiu; espere.", "erros": []}
    de_mentira.resposta = (503, {}, problema)
    assert falha(examinar(codigo=6), "API") == "O banco caiu. Espere."


@pytest.mark.parametrize(
    ("url", "dito"),
    [
        ("http://127.0.0.1:1", "não respondeu"),
        ("http://oficina.exemplo.com.br", "https://"),
        ("oficina", "O endereço da API é como"),
        ("https://ana:s3nh4@oficina.exemplo.com.br", "sem usuário nem senha"),
    ],
)
def test_endereco_que_nao_serve_se_diz(
    url: str, dito: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFICINA_API", url)
    achado = falha(examinar(codigo=6), "API")
    assert dito in achado
    assert "s3nh4" not in achado


def test_entrada_que_nao_vale_ou_vence_logo_se_diz(
    de_mentira: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFICINA_TOKEN", "outro")
    assert "oficina auth entrar" in falha(examinar(codigo=6), "entrada")
    monkeypatch.setenv("OFICINA_TOKEN", TOKEN)
    monkeypatch.setattr("oficina_cli.doutor.api.LOGO", timedelta(days=36_500))
    assert "vence em" in aviso(examinar(), "entrada")


@pytest.mark.parametrize(
    ("atraso", "situacao", "dito"),
    [
        (0.5, Situacao.BOM, "mesma hora"),
        (90, Situacao.AVISO, "90 segundos atrasado"),
        (-7, Situacao.AVISO, "7 segundos adiantado"),
    ],
)
def test_relogio_que_nao_anda_junto_se_avisa(atraso: float, situacao: Situacao, dito: str) -> None:
    visto = comparar("A API", atraso)
    assert visto.situacao is situacao
    assert dito in visto.achado
