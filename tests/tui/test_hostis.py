"""O que se cola em cada campo de cada tela não age, não quebra e não chega ao banco torto."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_core.banco.verificacao import verificar
from oficina_core.texto import inofensivo
from tests.conftest import OficinaVigiada, Relogio
from tests.tui.conftest import Abrir, na_tela, sossegar, teclar
from tests.tui.hostis import HOSTIS
from tests.tui.lugares import LUGARES, Lugar, povoar

pytestmark = pytest.mark.anyio

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


async def chegar(piloto: Pilot[None], lugar: Lugar) -> None:
    """De onde se estiver, com o que houver digitado, até o lugar."""
    app = piloto.app
    for _ in range(4):
        if len(app.screen_stack) > 1:
            await piloto.press("escape")
            await sossegar(piloto)
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    await sossegar(piloto)
    await teclar(piloto, *([] if lugar.inicio else ["f2"]), *lugar.teclas)


def campos(piloto: Pilot[None]) -> list[Input]:
    """Os que se preenchem nesta tela."""
    return [
        campo
        for campo in piloto.app.screen.query(Input)
        if campo.focusable and all(a.display for a in campo.ancestors_with_self)
    ]


async def colar(piloto: Pilot[None], lugar: Lugar, campo: Input, dito: str, n: int) -> None:
    """Cola o valor, tecla enter e, se a tela grava, grava com os outros campos em ordem."""
    tela = piloto.app.screen
    if lugar.grava:
        for outro in campos(piloto):
            outro.value = validos(n).get(_nome(outro), "")
    campo.value = ""
    tela.set_focus(campo)
    piloto.app.post_message(events.Paste(dito))
    await sossegar(piloto)
    assert all(map(inofensivo, campo.value)), dito
    conferir_tela(piloto, dito)
    await piloto.press("enter")
    await sossegar(piloto)
    conferir_tela(piloto, dito)
    if lugar.grava and piloto.app.screen is tela:
        await piloto.press(lugar.grava)
        await sossegar(piloto)
        conferir_tela(piloto, dito)


def _nome(campo: Input) -> str:
    return (campo.id or "").removeprefix("campo-")


@pytest.mark.parametrize("lugar", LUGARES, ids=lambda lugar: lugar.nome)
async def test_nada_do_que_se_cola_age_nem_quebra(
    renovar: Callable[[], OficinaVigiada], abrir: Abrir, tmp_path: Path, lugar: Lugar
) -> None:
    for indice in count():
        oficina = renovar()
        async with abrir(oficina, inicio=lugar.inicio) as piloto:
            await teclar(piloto, *lugar.teclas)
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
    qual = campo.id
    for n, hostil in enumerate(HOSTIS):
        if piloto.app.screen is not tela or campo not in campos(piloto):
            await chegar(piloto, lugar)
            tela, campo = piloto.app.screen, campos(piloto)[indice]
            assert campo.id == qual, hostil
        await colar(piloto, lugar, campo, hostil, n)
    if lugar.gasta:
        await colar(piloto, lugar, campo, GASTA, 0)
        await piloto.press("enter")
        await sossegar(piloto)
        assert not isinstance(piloto.app.screen, Confirmar)
        conferir_tela(piloto, GASTA)
