"""A primeira vez: cada jeito de começar, e o que não se cria antes de escolher."""

import asyncio
import fcntl
import os
import pty
import select
import stat
import struct
import subprocess
import sys
import termios
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import make_url
from textual.events import Key
from textual.pilot import Pilot

from oficina_api.montagem import montar
from oficina_cli import credenciais, escolhas
from oficina_cli.conexao import Conexao
from oficina_cli.tui.app import Balcao
from oficina_cli.tui.atendimento import TelaAtendimento
from oficina_cli.tui.inicio import TelaInicio
from oficina_cli.tui.ligacao import TelaLigacao, TelaMySQL, TelaServidor
from oficina_core import configuracao
from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.instalacao import CriarPrimeiroFuncionario
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.pecas import ListarPecas
from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from tests.api.elenco import configuracao as da_api
from tests.api.servico import no_ar
from tests.cenario import CPF_BIA
from tests.servidor_mysql import Servidor
from tests.tui.conftest import na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio

NO_MYSQL = f"oficina_teste_inicio_{os.getpid()}"  # cada processo de teste tem o seu

RAIZ = Path(__file__).parents[2]
PACIENCIA = 60  # segundos; só não se espera para sempre
SENHA = "uma frase que só a Bia sabe"
ANTES = '# minhas teclas\noficina_loja = 1\ndb_user = "outro"\n\n[teclas]\ndb_user = "f9"\n'


@pytest.fixture(autouse=True)
def casa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As pastas do usuário, e a dos provisórios, só deste teste."""
    casa = tmp_path / "casa"
    casa.mkdir()
    (tmp_path / "provisorios").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "provisorios"))
    monkeypatch.setattr(configuracao, "user_config_path", lambda *_, **__: casa / "config")
    monkeypatch.setattr(configuracao, "user_data_path", lambda *_, **__: casa / "dados")
    monkeypatch.setattr(credenciais, "user_data_path", lambda *_, **__: casa / "dados")
    monkeypatch.setattr(credenciais, "_chaveiro", lambda *_: None)
    return casa


@asynccontextmanager
async def primeira_vez(tamanho: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    conexao = Conexao()
    assert conexao.por_escolher
    app = Balcao(conexao, inicio=True)
    try:
        async with app.run_test(size=tamanho) as piloto:
            await sossegar(piloto)
            yield piloto
            for estranho in app.estranhos:
                raise estranho
    finally:
        conexao.fechar()


async def ate(piloto: Pilot[None], pronto: Callable[[], bool]) -> None:
    for _ in range(3000):
        if pronto():
            return
        await asyncio.sleep(0.01)
    pytest.fail(na_tela(piloto))


async def perguntado(piloto: Pilot[None], tecla: str, titulo: str) -> None:
    """Aperta a tecla e espera o diálogo, que não acaba sem resposta."""
    await piloto.press(tecla)
    await ate(piloto, lambda: titulo in na_tela(piloto))
    await piloto.pause()


def tudo(pasta: Path) -> list[str]:
    return sorted(str(arquivo.relative_to(pasta)) for arquivo in pasta.rglob("*"))


def balcao(piloto: Pilot[None]) -> Balcao:
    assert isinstance(piloto.app, Balcao)
    return piloto.app


@pytest.mark.parametrize("tamanho", [(80, 24), (120, 40)])
async def test_a_escolha_cabe_em_uma_tela(tamanho: tuple[int, int]) -> None:
    async with primeira_vez(tamanho) as piloto:
        tela = na_tela(piloto)
    assert tela.splitlines()[0].split() == ["oficina", "primeira", "vez"]
    for dito in (
        *("Como você quer começar?", "▌ 1  Experimentar com dados de demonstração"),
        *("2  Usar neste computador", "3  Usar o MySQL da oficina", "4  Ligar ao servidor da rede"),
        *("Nada sai deste computador sem você pedir.", "enter começar   1 a 4: escolhe"),
    ):
        assert dito in tela, tela


def test_quem_ja_disse_onde_a_oficina_fica_nao_escolhe(
    casa: Path, monkeypatch: pytest.MonkeyPatch, url_sqlite: str
) -> None:
    assert Conexao().por_escolher
    assert not Conexao(banco=url_sqlite).por_escolher
    assert not Conexao(api="https://oficina.exemplo.com.br").por_escolher
    oficina = OficinaLocal.em(url_sqlite)
    assert not Conexao(pronta=oficina).por_escolher
    oficina.fechar()
    monkeypatch.setenv("OFICINA_BANCO", url_sqlite)
    assert not Conexao().por_escolher
    assert tudo(casa) == []


def test_o_que_se_fecha_por_ultimo_se_pediu_primeiro() -> None:
    conexao, feitos = Conexao(), list[int]()
    conexao.ao_fechar(lambda: feitos.append(1))
    conexao.ao_fechar(lambda: feitos.append(2))
    conexao.fechar()
    assert feitos == [2, 1]


@pytest.mark.parametrize("tecla", ["escape", "ctrl+q"])
async def test_sair_nao_deixa_nada(casa: Path, tecla: str) -> None:
    async with primeira_vez() as piloto:
        await teclar(piloto, "down", "down", "f2", "f3", "g", "ctrl+o")
        assert isinstance(piloto.app.screen, TelaInicio)
        await piloto.press(tecla)
        await piloto.pause()
        assert not piloto.app.is_running
    assert tudo(casa) == []


@pytest.mark.parametrize("escolha", ["3", "4"])
async def test_quem_desiste_do_formulario_volta_a_escolha(casa: Path, escolha: str) -> None:
    async with primeira_vez() as piloto:
        await teclar(piloto, escolha)
        assert isinstance(piloto.app.screen, TelaLigacao)
        await teclar(piloto, "!banco", "escape", "escape")
        assert isinstance(piloto.app.screen, TelaInicio)
        await teclar(piloto, escolha, "escape")
        assert isinstance(piloto.app.screen, TelaInicio)
    assert tudo(casa) == []


async def test_a_demonstracao_some_ao_sair(casa: Path, tmp_path: Path) -> None:
    async with primeira_vez() as piloto:
        piloto.app.post_message(Key("enter", None))
        await ate(piloto, lambda: "preparando a demonstração…" in na_tela(piloto))
        await ate(piloto, lambda: isinstance(piloto.app.screen, TelaAtendimento))
        await sossegar(piloto)
        assert "DEMONSTRAÇÃO" in na_tela(piloto)
        assert "Tudo aqui é inventado" in na_tela(piloto)
        oficina = balcao(piloto).conexao.oficina
        assert oficina.executar(ListarOrdens()).itens
        assert balcao(piloto).rascunhos._onde().parent == tmp_path / "provisorios"
        await teclar(piloto, "f3")
        assert "Em execução" in na_tela(piloto)
    assert tudo(casa) == []
    assert tudo(tmp_path / "provisorios") == []


@pytest.mark.parametrize("com_catalogo", [True, False])
async def test_neste_computador_o_arquivo_nasce_agora(casa: Path, *, com_catalogo: bool) -> None:
    async with primeira_vez() as piloto:
        assert tudo(casa) == []
        await perguntado(piloto, "2", "Trazer o catálogo de partida?")
        assert (casa / "dados" / "oficina.db").exists()
        await piloto.press(*(["tab"] if com_catalogo else []), "enter")
        await ate(piloto, lambda: isinstance(piloto.app.screen, TelaAtendimento))
        await sossegar(piloto)
        dito = "O catálogo trouxe" if com_catalogo else "A oficina está em"
        assert dito in na_tela(piloto)
        assert "DEMONSTRAÇÃO" not in na_tela(piloto)
        pecas = balcao(piloto).conexao.oficina.executar(ListarPecas()).itens
        assert bool(pecas) is com_catalogo
    assert not Conexao().por_escolher
    assert not (casa / "config").exists()


async def test_sem_onde_criar_diz_por_que_e_continua(casa: Path) -> None:
    (casa / "dados").write_text("ocupado", "utf-8")
    async with primeira_vez() as piloto:
        await teclar(piloto, "2")
        assert "! Não deu para criar a pasta" in na_tela(piloto)
        assert isinstance(piloto.app.screen, TelaInicio)
        (casa / "dados").unlink()
        await perguntado(piloto, "2", "Trazer o catálogo de partida?")


# ── 3: MySQL ─────────────────────────────────────────────────────────────────────────────────


async def preencher(piloto: Pilot[None], **valores: Any) -> None:
    tela = piloto.app.screen
    assert isinstance(tela, TelaLigacao)
    for nome, valor in valores.items():
        tela.formulario.rotulados[nome].campo.value = str(valor)  # type: ignore[union-attr]
    await piloto.pause()


def partes(url: str, **trocas: Any) -> dict[str, Any]:
    dita = make_url(url)
    certas = {
        "db_host": dita.host,
        "db_port": dita.port or 3306,
        "db_name": dita.database,
        "db_user": dita.username,
        "db_password": dita.password or "",
    }
    return certas | trocas


def escrito(casa: Path) -> dict[str, Any]:
    return tomllib.loads((casa / "config" / "config.toml").read_text("utf-8"))


async def test_liga_ao_mysql_e_guarda_so_o_que_e_seu(casa: Path, url_mysql: str) -> None:
    (casa / "config").mkdir()
    arquivo = casa / "config" / "config.toml"
    arquivo.write_text('# o meu\noficina_loja = 1\n\n[teclas]\n"fila.abrir" = "x"\n', "utf-8")
    arquivo.chmod(0o644)
    async with primeira_vez() as piloto:
        await teclar(piloto, "3")
        assert "A senha do banco fica nesse arquivo." in na_tela(piloto)
        await preencher(piloto, **partes(url_mysql))
        await teclar(piloto, "ctrl+s")
        await ate(piloto, lambda: isinstance(piloto.app.screen, TelaAtendimento))
        await sossegar(piloto)
        assert "A senha do banco está lá." in " ".join(na_tela(piloto).split())
        assert balcao(piloto).conexao.oficina.executar(ListarOrdens()).itens == ()
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600
    assert "# o meu" in arquivo.read_text("utf-8")
    assert escrito(casa) == partes(url_mysql) | {
        "oficina_loja": 1,
        "teclas": {"fila.abrir": "x"},
    }
    assert not Conexao().por_escolher
    assert make_url(Conexao().onde) == make_url(url_mysql)


async def test_o_que_nao_liga_diz_por_que_e_guarda_o_digitado(casa: Path, url_mysql: str) -> None:
    async with primeira_vez() as piloto:
        await teclar(piloto, "3")
        certas = partes(url_mysql)
        for trocas, porque in (
            ({"db_user": "ninguem", "db_password": "errada"}, "o usuário e a senha"),
            ({"db_name": "banco_que_nao_ha"}, "o nome do banco"),
            ({"db_port": 1}, "não respondeu; confira o endereço e a porta"),
            ({"db_port": "mil"}, "A porta é um número"),
            ({"db_host": "mysql://casa"}, "só o nome ou o número do servidor"),
        ):
            ditas = {nome: str(valor) for nome, valor in (certas | trocas).items()}
            await preencher(piloto, **ditas)
            await teclar(piloto, "ctrl+s")
            tela = piloto.app.screen
            assert isinstance(tela, TelaMySQL)
            assert porque in " ".join(na_tela(piloto).split()), na_tela(piloto)
            campos = tela.formulario.rotulados
            assert {nome: r.campo.digitado for nome, r in campos.items()} == ditas
    assert tudo(casa) == []


@pytest.mark.parametrize("aceita", [True, False])
async def test_o_banco_vazio_so_se_prepara_se_se_confirma(
    casa: Path, mysql: Servidor, *, aceita: bool
) -> None:
    url = mysql.criar_banco(NO_MYSQL)
    try:
        async with primeira_vez() as piloto:
            await teclar(piloto, "3")
            await preencher(piloto, **partes(url))
            await perguntado(piloto, "ctrl+s", f"Preparar o banco {NO_MYSQL}?")
            assert "oficina banco migrar" in na_tela(piloto)
            await piloto.press(*(["tab"] if aceita else []), "enter")
            if aceita:
                await ate(piloto, lambda: isinstance(piloto.app.screen, TelaAtendimento))
                await sossegar(piloto)
            else:
                await sossegar(piloto)
                assert isinstance(piloto.app.screen, TelaMySQL)
                assert "O banco ficou como estava" in na_tela(piloto)
        assert manutencao.estado(url).em_dia is aceita
        assert (casa / "config").exists() is aceita
    finally:
        mysql.apagar_banco(NO_MYSQL)


# ── 4: servidor ──────────────────────────────────────────────────────────────────────────────


async def test_liga_ao_servidor_e_guarda_a_entrada(casa: Path, url_sqlite: str) -> None:
    local = OficinaLocal.em(url_sqlite)
    local.executar(CriarPrimeiroFuncionario(cpf=CPF_BIA, nome="Bia", senha=SENHA))
    local.fechar()
    with no_ar(montar(da_api(url_sqlite))) as servidor:
        api = f"http://127.0.0.1:{servidor.porta}"
        async with primeira_vez() as piloto:
            await teclar(piloto, "4")
            await preencher(piloto, api=api, cpf=CPF_BIA, senha="outra frase qualquer")
            await teclar(piloto, "ctrl+s")
            tela = piloto.app.screen
            assert isinstance(tela, TelaServidor)
            assert tela.formulario.rotulados["senha"].erro
            assert tela.formulario.digitado() == {"api": api, "cpf": CPF_BIA}
            assert tudo(casa) == []
            await preencher(piloto, senha=SENHA)
            await teclar(piloto, "ctrl+s")
            await ate(piloto, lambda: isinstance(piloto.app.screen, TelaAtendimento))
            await sossegar(piloto)
            assert "não se pede a senha." in " ".join(na_tela(piloto).split())
            assert balcao(piloto).quem == "Bia, gerente"
    assert escrito(casa) == {"oficina_api": api}
    assert stat.S_IMODE((casa / "config" / "config.toml").stat().st_mode) == 0o600
    assert Conexao().credencial.token
    assert SENHA not in (casa / "config" / "config.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("api", "porque"),
    [
        ("http://oficina.exemplo.com.br", "às claras"),
        ("localhost:8000", "http://localhost:8000 na própria máquina"),
        ("http://127.0.0.1:1", "!"),
    ],
)
async def test_o_servidor_que_nao_serve_se_diz(casa: Path, api: str, porque: str) -> None:
    async with primeira_vez() as piloto:
        await teclar(piloto, "4")
        await preencher(piloto, api=api, cpf=CPF_BIA, senha=SENHA)
        await teclar(piloto, "ctrl+s")
        assert isinstance(piloto.app.screen, TelaServidor)
        assert porque in " ".join(na_tela(piloto).split())
        assert piloto.app.screen.formulario.digitado() == {"api": api, "cpf": CPF_BIA}
    assert tudo(casa) == []


# ── o arquivo ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("valor", ['a"b\\c', "ç😀\x7f\t'", "#=[x]", ""])
def test_o_que_se_escreve_se_le_igual_e_o_resto_fica(casa: Path, valor: str) -> None:
    (casa / "config").mkdir()
    arquivo = casa / "config" / "config.toml"
    arquivo.write_text(ANTES, "utf-8")
    assert escolhas.guardar({"db_password": valor, "db_user": "eu", "db_port": 3307}) == arquivo
    assert escrito(casa) == tomllib.loads(ANTES) | {
        "db_password": valor,
        "db_user": "eu",
        "db_port": 3307,
    }
    assert "# minhas teclas" in arquivo.read_text("utf-8")
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600
    assert tudo(casa / "config") == ["config.toml"]


def test_o_que_nao_se_sabe_mudar_fica_como_estava(casa: Path) -> None:
    (casa / "config").mkdir()
    arquivo = casa / "config" / "config.toml"
    dificil = 'x = """\ndb_user = "a"\n"""\n'
    arquivo.write_text(dificil, "utf-8")
    with pytest.raises(DadoInvalido, match="db_user"):
        escolhas.guardar({"db_user": "eu"})
    assert arquivo.read_text("utf-8") == dificil


def test_pasta_em_que_nao_se_escreve_se_diz(casa: Path) -> None:
    (casa / "config").write_text("ocupado", "utf-8")
    with pytest.raises(Indisponivel, match="confira a pasta"):
        escolhas.guardar({"db_user": "eu"})


# ── de verdade ───────────────────────────────────────────────────────────────────────────────


def test_oficina_sem_comando_pergunta_em_um_terminal_e_sair_nao_deixa_nada(casa: Path) -> None:
    mestre, escravo = pty.openpty()
    fcntl.ioctl(escravo, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    ambiente = {
        "PATH": os.environ["PATH"],
        "HOME": str(casa),
        "PYTHONPATH": str(RAIZ),
        "TERM": "xterm",
    }
    programa = subprocess.Popen(
        [sys.executable, "-m", "oficina_cli"],
        stdin=escravo,
        stdout=escravo,
        stderr=escravo,
        env=ambiente,
        cwd=casa,
    )
    os.close(escravo)
    try:
        visto = ler_ate(mestre, "Como você quer começar?".encode())
        os.write(mestre, b"\x11")
        visto += ler_ate(mestre, None)
        assert programa.wait(PACIENCIA) == 0, visto
    finally:
        programa.kill()
        programa.wait()
        os.close(mestre)
    assert tudo(casa) == []


def ler_ate(terminal: int, texto: bytes | None) -> bytes:
    """O que o programa escreveu, até o texto aparecer ou, sem ele, até o programa acabar."""
    visto, fim = b"", monotonic() + PACIENCIA
    while texto is None or texto not in visto:
        assert monotonic() < fim, visto
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                parte = os.read(terminal, 65536)
            except OSError:  # o Linux diz assim que ninguém mais escreve
                return visto
            if not parte:
                return visto
            visto += parte
    return visto
