"""O balcão dos testes: a aplicação de verdade, em cada mundo, com quem vigia o laço da tela."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

from oficina_api.montagem import montar
from oficina_cli.conexao import Conexao
from oficina_cli.remota import OficinaRemota
from oficina_cli.tui.app import Balcao
from oficina_cli.tui.rascunhos import Rascunhos
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Oficina, Pedido, Simulacao
from oficina_core.dominio.erros import RegraViolada
from tests.api.elenco import configuracao
from tests.api.programa import contratar, token
from tests.api.servico import no_ar
from tests.conftest import MUNDOS, OficinaVigiada, Relogio

QUE_PERGUNTAM = {"acoes", "chegada"}
QUIETO = 3  # olhares seguidos sem nada por fazer
ESPACO = {" ": "space"}
# O terminal de verdade demora: é de `nox -s balcao`.
collect_ignore = [] if os.environ.get("OFICINA_TESTE_SEGUNDOS") else ["test_terminal.py"]
Abrir = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture(autouse=True)
def inesperados(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """O registro do que ninguém esperava não é o de quem testa."""
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class NoMeio:
    """Uma oficina que passa tudo a outra; quem herda diz o que muda no caminho."""

    def __init__(self, oficina: Oficina) -> None:
        self._oficina = oficina

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        return self._oficina.executar(caso, pedido)

    def __getattr__(self, nome: str) -> Any:
        return getattr(self._oficina, nome)


class Lenta(NoMeio):
    """Só responde a um caso quando se deixa, e então o recusa, se se diz."""

    def __init__(self, oficina: Oficina, caso: type[CasoDeUso[Any]]) -> None:
        super().__init__(oficina)
        self._caso = caso
        self.chegou, self.deixar, self.recusa = threading.Event(), threading.Event(), ""

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if isinstance(caso, self._caso):
            self.chegou.set()
            self.deixar.wait(20)
            if self.recusa:
                raise RegraViolada(self.recusa)
        return super().executar(caso, pedido)


class ForaDoLaco:
    """Uma oficina que nunca atende no fio da tela: quem a chama de lá falha o teste."""

    def __init__(self, oficina: Oficina, laco: int) -> None:
        self._oficina, self._laco, self.no_laco = oficina, laco, list[str]()

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        self._conferir(caso)
        return self._oficina.executar(caso, pedido)

    def simular(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Simulacao[Any]:
        self._conferir(caso)
        return self._oficina.simular(caso, pedido)

    def __getattr__(self, nome: str) -> Any:
        return getattr(self._oficina, nome)

    def _conferir(self, caso: CasoDeUso[Any]) -> None:
        if threading.get_ident() == self._laco:
            self.no_laco.append(type(caso).__name__)


@pytest.fixture(params=MUNDOS)
def oficina(request: pytest.FixtureRequest, relogio: Relogio) -> Iterator[Oficina]:
    """A oficina de cada mundo; a remota, por um servidor de verdade."""
    banco = "mysql" if request.param == "local-mysql" else "sqlite"
    url = request.getfixturevalue(f"url_{banco}")
    if request.param == "remota":
        entrada = token(url, f"funcionario:{contratar(url)}")
        with no_ar(montar(configuracao(url), relogio)) as servidor:
            remota = OficinaRemota.em(f"http://127.0.0.1:{servidor.porta}", entrada)
            yield remota
            remota.fechar()
    else:
        local = OficinaVigiada.em(url, relogio)
        yield local
        local.fechar()
    assert verificar(url) == ()


@pytest.fixture
def sem_medir(monkeypatch: pytest.MonkeyPatch) -> None:
    """O Textual espera, a cada tecla, que a CPU descanse; aqui quem espera é `sossegar`."""

    async def ceder(*_: float) -> None:
        await asyncio.sleep(0.001)

    for modulo in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{modulo}.wait_for_idle", ceder)
    for tela in ("formulario", "orcamentos_chegada"):
        monkeypatch.setattr(f"oficina_cli.tui.{tela}.GUARDAR", 0)


@pytest.fixture
def abrir(tmp_path: Path, relogio: Relogio, sem_medir: None) -> Abrir:
    """Abre o balcão sobre uma oficina, com `async with`."""

    @asynccontextmanager
    async def abrir(
        oficina: Oficina,
        tamanho: tuple[int, int] = (80, 24),
        conexao: Conexao | None = None,
        **como: Any,
    ) -> AsyncIterator[Pilot[None]]:
        fora = ForaDoLaco(oficina, threading.get_ident())
        conexao = conexao or Conexao(pronta=fora)
        rascunhos = Rascunhos(lambda: tmp_path / "rascunhos")
        app = Balcao(conexao, agora=lambda: relogio.agora, rascunhos=rascunhos, **como)
        async with app.run_test(size=tamanho) as piloto:
            await sossegar(piloto)
            try:
                yield piloto
                await sossegar(piloto)
            finally:
                for estranho in app.estranhos:
                    raise estranho
        assert fora.no_laco == [], "a oficina foi chamada no laço da tela"

    return abrir


async def sossegar(piloto: Pilot[None]) -> None:
    """Espera que tudo o que se pediu tenha chegado à tela: sem recado, leitura nem movimento."""
    app, quieto = piloto.app, 0
    for _ in range(800):
        await piloto.wait_for_animation()
        await piloto.pause(0.005)
        partes = [app, *app.screen.walk_children(with_self=True)]
        com_recado = any(parte.message_queue_size for parte in partes)
        a_frente = getattr(app, "_guardadas", None)
        quieto = 0 if com_recado or a_frente or correndo(app) else quieto + 1
        if quieto == QUIETO:
            return
    raise AssertionError(f"a tela não sossegou: {correndo(app)}")


def correndo(app: App[None]) -> list[str]:
    """Os trabalhos por acabar, fora os que esperam a resposta ao que a tela de cima pergunta."""
    return [
        w.name
        for w in app.workers
        if not w.is_finished
        and not (app.screen.is_modal and w.group in QUE_PERGUNTAM and w.node is not app.screen)
    ]


async def teclar(piloto: Pilot[None], *teclas: str, seguidas: bool = False) -> int:
    """Aperta as teclas e espera que a tela responda; devolve quantas foram.

    `!abc1d23` se digita letra por letra. Com `seguidas`, ninguém espera entre uma e outra.
    """
    quantas = 0
    for tecla in teclas:
        escrito = tecla.startswith("!") and len(tecla) > 1
        letras = [ESPACO.get(letra, letra) for letra in tecla[1:]] if escrito else [tecla]
        quantas += len(letras)
        if seguidas:
            for letra in letras:
                piloto.app.post_message(events.Key(letra, letra if len(letra) == 1 else None))
        else:
            await piloto.press(*letras)
            await sossegar(piloto)
    await sossegar(piloto)
    return quantas


def na_tela(piloto: Pilot[None]) -> str:
    """O texto que se vê, linha por linha."""
    tela = piloto.app.screen
    tiras = tela._compositor.render_strips()
    return "\n".join("".join(segmento.text for segmento in tira).rstrip() for tira in tiras)


async def ate(piloto: Pilot[None], condicao: Callable[[], bool], segundos: float = 10) -> None:
    """Espera que a tela chegue lá; o que se promete em dois segundos mede-se à parte."""
    for _ in range(int(segundos / 0.05)):
        if condicao():
            return
        await piloto.pause(0.05)
    raise AssertionError(f"não chegou:\n{na_tela(piloto)}")
