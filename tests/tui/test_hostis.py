"""O que se cola em cada campo de cada tela não age, não quebra e não chega ao banco torto."""

import asyncio
import fcntl
import os
import pty
import re
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import termios
import unicodedata
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from oficina_cli.tui.widgets.campos import CampoBR
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_core.banco.verificacao import verificar
from oficina_core.dominio import valores
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import inofensivo
from tests.conftest import OficinaVigiada, Relogio
from tests.tui.conftest import Abrir, correndo, na_tela, teclar
from tests.tui.hostis import HOSTIS
from tests.tui.lugares import EXAME, LUGARES, Lugar, a_examinar, povoar

pytestmark = pytest.mark.anyio

COLADOS = HOSTIS if EXAME else HOSTIS[::5]
GRAVADOS = frozenset(HOSTIS[n] for n in (0, 2, 6, 9, 17, 23, 25, 26, 27, 28, 34, 36, 39, 41))
QUIETAS = 3  # voltas do laço sem nada a fazer
GASTA = "[@click=app.quit]sair[/]"


def cpf(n: int) -> str:
    """Um que existe, diferente para cada n."""
    digitos = [int(d) for d in f"{n + 100_000_000:09}"]
    for _ in range(2):
        resto = sum(d * p for d, p in zip(digitos, range(len(digitos) + 1, 1, -1), strict=True))
        digitos.append(resto * 10 % 11 % 10)
    return "".join(map(str, digitos))


def validos(n: int) -> dict[str, str]:
    """O que cada campo aceita; o que não se repete muda com n."""
    return {
        "placa": f"HS{chr(65 + n // 100 % 26)}{n % 10}B{n // 10 % 100:02}",
        "marca": "VW",
        "modelo": "Gol",
        "ano": "2015",
        "km": "1000",
        "nome": "Fulano",
        "telefone": "(11) 91234-5678",
        "queixa": "Barulho",
        "codigo": f"C{n}",
        "preco": "10,00",
        "minimo": "1",
        "tempo_estimado": "30",
        "servicos": "OLEO",
        "pecas": "FILTRO",
        "cpf": cpf(n),
        "cliente_id": "529.982.247-25",
        "quantidade": "1",
        "custo": "1,00",
        "motivo": "porque sim",
        "senha": "uma senha bem comprida",
        "repetida": "uma senha bem comprida",
    }


@pytest.fixture(scope="session")
def povoado(modelo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Um banco com um registro em cada estado, que cada teste copia."""
    caminho = tmp_path_factory.mktemp("povoado") / "povoado.db"
    shutil.copy(modelo_sqlite, caminho)
    oficina = OficinaVigiada.em(f"sqlite:///{caminho}", Relogio())
    povoar(oficina)
    oficina.fechar()
    return caminho


@pytest.fixture
def renovar(povoado: Path, tmp_path: Path, relogio: Relogio) -> Callable[[], OficinaVigiada]:
    """Uma oficina povoada, como se ninguém a tivesse usado."""

    def nova() -> OficinaVigiada:
        caminho = tmp_path / "oficina.db"
        for resto in tmp_path.glob("oficina.db*"):
            resto.unlink()
        shutil.rmtree(tmp_path / "rascunhos", ignore_errors=True)
        shutil.copy(povoado, caminho)
        return OficinaVigiada.em(f"sqlite:///{caminho}", relogio)

    return nova


def conferir_banco(caminho: Path) -> None:
    """Nenhum texto do banco comanda um terminal; as contas fecham."""
    assert verificar(f"sqlite:///{caminho}") == ()
    with closing(sqlite3.connect(caminho)) as banco:
        tabelas = banco.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (tabela,) in tabelas:
            for linha in banco.execute(f'SELECT * FROM "{tabela}"'):  # noqa: S608
                for valor in linha:
                    if isinstance(valor, str):
                        tortos = [c for c in valor if c != "\n" and not inofensivo(c)]
                        assert not tortos, (tabela, valor[:80])


def conferir_tela(piloto: Pilot[None], dito: str) -> None:
    """A aplicação segue, e nada do que se vê comanda o terminal."""
    app = piloto.app
    assert app.is_running, dito
    assert app._exit is False, dito
    assert not app.estranhos, (dito, app.estranhos)  # type: ignore[attr-defined]
    visto = na_tela(piloto).replace("\n", "")
    tortos = {c for c in visto if not inofensivo(c)}
    assert not tortos, (dito, tortos)


async def firmar(piloto: Pilot[None]) -> None:
    """Como sossegar, sem esperar que o processador descanse: aqui são milhares de valores."""
    app, quietas = piloto.app, 0
    for _ in range(2000):
        await asyncio.sleep(0.002)
        quem = [app, app.screen, *filter(None, [app.screen.focused])]
        cheias = any(not q._message_queue.empty() for q in quem)
        segura = app._segurando or app._guardadas  # type: ignore[attr-defined]
        quietas = 0 if correndo(app) or cheias or segura else quietas + 1
        if quietas == QUIETAS:
            return
    raise AssertionError("a tela não sossegou")


async def apertar(piloto: Pilot[None], *teclas: str) -> None:
    """As teclas, como o terminal as manda; o que se escreve vai de uma vez."""
    for tecla in teclas:
        if tecla.startswith("!"):
            piloto.app.post_message(events.Paste(tecla[1:]))
        else:
            piloto.app.post_message(events.Key(tecla, tecla if len(tecla) == 1 else None))
        await firmar(piloto)


async def chegar(piloto: Pilot[None], lugar: Lugar) -> None:
    """De onde se estiver, com o que houver digitado, até o lugar."""
    app = piloto.app
    for _ in range(4):
        if len(app.screen_stack) > 1:
            await apertar(piloto, "escape")
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    await apertar(piloto, *([] if lugar.inicio else ["f2"]), *lugar.teclas)


def campos(piloto: Pilot[None]) -> list[Input]:
    """Os que se preenchem nesta tela."""
    return [
        campo
        for campo in piloto.app.screen.query(Input)
        if campo.focusable and all(a.display for a in campo.ancestors_with_self)
    ]


async def colar(piloto: Pilot[None], grava: str, campo: Input, dito: str, n: int) -> None:
    """Cola o valor, tecla enter e, se a tela grava, grava com os outros campos em ordem."""
    tela = piloto.app.screen
    if grava:
        for outro in campos(piloto):
            outro.value = validos(n).get(_nome(outro), "")
    campo.value = ""
    tela.set_focus(campo)
    piloto.app.post_message(events.Paste(dito))
    await firmar(piloto)
    assert all(map(inofensivo, campo.value)), dito
    conferir_tela(piloto, dito)
    await apertar(piloto, "enter")
    conferir_tela(piloto, dito)
    if grava and piloto.app.screen is tela:
        await apertar(piloto, grava)
        conferir_tela(piloto, dito)


def serve(campo: Input) -> bool:
    """Se o campo entende o valor; o que não entende, a tela não deixa gravar."""
    try:
        return not isinstance(campo, CampoBR) or campo.valor() is not None
    except DadoInvalido:
        return False


def _nome(campo: Input) -> str:
    return (campo.id or "").removeprefix("campo-")


@pytest.mark.parametrize("lugar", a_examinar(LUGARES), ids=lambda lugar: lugar.nome)
async def test_nada_do_que_se_cola_age_nem_quebra(
    renovar: Callable[[], OficinaVigiada], abrir: Abrir, tmp_path: Path, lugar: Lugar
) -> None:
    for indice in count():
        oficina = renovar()
        async with abrir(oficina, inicio=lugar.inicio) as piloto:
            await apertar(piloto, *lugar.teclas)
            quantos = len(campos(piloto))
            if indice < quantos:
                await atacar(piloto, lugar, indice)
        oficina.fechar()
        conferir_banco(tmp_path / "oficina.db")
        if indice >= quantos - 1:
            break


async def atacar(piloto: Pilot[None], lugar: Lugar, indice: int) -> None:
    """Cada valor hostil no campo desse índice; se a tela mudou, volta-se a ela."""
    tela, campo = piloto.app.screen, campos(piloto)[indice]
    qual, recusou = campo.id, False
    for n, hostil in enumerate(COLADOS):
        if piloto.app.screen is not tela or campo not in campos(piloto):
            await chegar(piloto, lugar)
            tela, campo = piloto.app.screen, campos(piloto)[indice]
            assert campo.id == qual, hostil
        campo.value = hostil
        vale = serve(campo)
        grava = lugar.grava if (vale and hostil in GRAVADOS) or not (vale or recusou) else ""
        recusou = recusou or not vale
        await colar(piloto, grava, campo, hostil, n)
    if lugar.gasta:
        await colar(piloto, "", campo, GASTA, 0)
        await apertar(piloto, "enter")
        assert not isinstance(piloto.app.screen, Confirmar)
        conferir_tela(piloto, GASTA)


# ── o que já está no banco ───────────────────────────────────────────────────────────────────

DE_GENTE = {
    *("nome", "marca", "modelo", "cor", "localizacao", "queixa", "motivo_cancelamento"),
    *("descricao", "motivo", "decidido_por", "ator", "texto", "ator_nome"),
}
LITERAIS = ("[red]x[/]", "[@click=app.quit]", "[/] :smile:", "$texto %s", "\\[b] {x!r}")
CONTROLES = (
    "\x1b]52;c;TUFSQ0E=\x07",
    "\x1b[31m",
    "\x9b31m",
    "\x1b]0;MARCA\x1b\\",
    "\u202e",
    "\0\x08",
)
COM_NOMES = {"fila", "ordem", "orçamentos", "aprovação", "cliente, lista", "peca, lista"}
LIDOS = [lugar for lugar in LUGARES if not lugar.inicio]


def escrever(caminho: Path, *ditos: str) -> None:
    """Põe, um em cada registro, os textos no lugar do que as pessoas escreveram."""
    with closing(sqlite3.connect(caminho)) as banco:
        tabelas = banco.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (tabela,) in tabelas:
            ditas = banco.execute(f"PRAGMA table_info('{tabela}')").fetchall()
            colunas = {nome for _, nome, tipo, *_ in ditas if tipo == "TEXT"} & DE_GENTE
            if "id" not in {dita[1] for dita in ditas}:
                continue
            for (id,) in banco.execute(f'SELECT id FROM "{tabela}"').fetchall():  # noqa: S608
                for coluna in colunas:
                    banco.execute(
                        f'UPDATE "{tabela}" SET "{coluna}" = ? '  # noqa: S608
                        f'WHERE id = ? AND "{coluna}" IS NOT NULL',
                        (ditos[id % len(ditos)], id),
                    )
        banco.commit()


def test_o_dominio_aceita_a_marcacao_como_texto() -> None:
    for dito in LITERAIS:
        assert valores.nome(dito) == dito


@pytest.mark.parametrize("tamanho", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("lugar", a_examinar(LIDOS), ids=lambda lugar: lugar.nome)
async def test_o_que_esta_no_banco_se_ve_como_texto(
    renovar: Callable[[], OficinaVigiada],
    abrir: Abrir,
    tmp_path: Path,
    lugar: Lugar,
    tamanho: tuple[int, int],
) -> None:
    """A marcação que o domínio aceita, literal; a de um banco velho, sem o que comanda."""
    oficina = renovar()
    escrever(tmp_path / "oficina.db", *LITERAIS)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, *lugar.teclas)
        conferir_tela(piloto, lugar.nome)
        visto = na_tela(piloto)
        if lugar.nome in COM_NOMES:
            assert any(dito in visto for dito in LITERAIS), visto
    escrever(tmp_path / "oficina.db", *(f"{controle}MARCA" for controle in CONTROLES))
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, *lugar.teclas)
        conferir_tela(piloto, lugar.nome)
    oficina.fechar()


PROGRAMA = """
import sys
from oficina_cli.conexao import Conexao
from oficina_cli.tui.app import Balcao
Balcao(Conexao(banco=sys.argv[1])).run()
"""


def rodar_em_terminal(url: str, pasta: Path, *teclas: bytes) -> bytes:
    """O que o balcão de verdade escreve em um terminal, tecla a tecla, até sair."""
    ambiente = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    ambiente |= {"TERM": "xterm-256color", "HOME": str(pasta), "XDG_CONFIG_HOME": str(pasta)}
    ambiente |= {
        "XDG_STATE_HOME": str(pasta),
        "XDG_DATA_HOME": str(pasta),
        "COLUMNS": "",
        "LINES": "",
    }
    mestre, escravo = pty.openpty()
    fcntl.ioctl(escravo, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    processo = subprocess.Popen(
        [sys.executable, "-c", PROGRAMA, url],
        stdin=escravo,
        stdout=escravo,
        stderr=escravo,
        env=ambiente,
        start_new_session=True,
    )
    os.close(escravo)
    saida = _ler(mestre, 4)
    for tecla in teclas:
        os.write(mestre, tecla)
        saida += _ler(mestre, 1.5)
    os.write(mestre, b"\x11")
    saida += _ler(mestre, 3)
    processo.kill()
    processo.wait()
    os.close(mestre)
    return saida


def _ler(descritor: int, silencio: float) -> bytes:
    """O que vier, até que nada venha por esse tempo."""
    lido = b""
    while select.select([descritor], [], [], silencio)[0]:
        try:
            pedaco = os.read(descritor, 65536)
        except OSError:
            break
        if not pedaco:
            break
        lido += pedaco
    return lido


def test_os_bytes_do_terminal_so_tem_o_que_o_textual_escreve(
    renovar: Callable[[], OficinaVigiada], tmp_path: Path
) -> None:
    """Nem OSC, nem DCS, nem C1, nem sino: o que as pessoas escreveram sai como letra."""
    renovar().fechar()
    banco = tmp_path / "oficina.db"
    escrever(banco, *(f"{controle}MARCA" for controle in CONTROLES))
    colado = b"\x1b[200~\x1b]52;c;TUFSQ0E=\x07COLADO\x1b[201~"
    teclas = (b"\x1bOR", b"\r", b"\x1bOS", b"\x1b[17~", b"\x1b[18~", b"\x1bOQ", colado)
    saida = rodar_em_terminal(f"sqlite:///{banco}", tmp_path, *teclas)
    # a forma do ponteiro é o Textual que diz
    texto = re.sub("\x1b]22;[a-z]+\x07", "", saida.decode("utf-8"))
    assert texto.count("MARCA") > 5
    assert not re.findall("\x1b[\\]PX^_][^\x1b]{0,40}", texto)
    assert not {c for c in texto if "\x80" <= c <= "\x9f" or c in "\x07\x08\x7f\x00"}
    assert not {c for c in texto if unicodedata.category(c) == "Cf"}
    restante = re.sub("\x1b(?:\\[[0-?]*[ -/]*[@-~]|[()][0B]|[78=>])", "", texto)
    assert "\x1b" not in restante
