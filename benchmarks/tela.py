"""O balcão sem terminal: abrir a fila, responder à tecla, e a memória depois de rolar.

Cada lado é um aplicativo do Textual de verdade, aberto e fechado a cada rodada, um por vez. A tela
que se mede é a da fila; o tempo acaba quando se desenha o que se pediu.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.screen import Screen
from textual.widgets import DataTable, Input, Static

from benchmarks import arquivo
from benchmarks.medida import Figura
from benchmarks.processo import RAIZ
from oficina_cli.conexao import Conexao
from oficina_cli.tui.abertura import poupar_a_coleta
from oficina_cli.tui.app import Balcao
from oficina_cli.tui.fila import TelaFila
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.rascunhos import Rascunhos
from oficina_cli.tui.temas import PADRAO, PALETAS
from oficina_cli.tui.widgets.desenho import dir_, esq, linha, valor
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.paginas import Fonte
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.ordens import LinhaOrdem, ListarOrdens
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido
from oficina_core.dominio.ordem import FILA, StatusOrdem

ORDENS, NA_FILA = 100_000, 1_000  # e quantas há em cada status da fila
LINHAS, COLUNAS = 1_000, 7  # da DataTable
TAMANHOS = ((80, 24), (120, 40), (200, 60))
TOTAIS = (100, 1_000_000)
TECLAS = ("down", "pagedown", "a")
APERTOS = 15  # de cada tecla, por rodada
ROLADAS = 2_000
PACIENCIA = 20.0
ENTRE_TECLAS = 0.05  # segundos: vinte por segundo
SOSSEGO = 0.3
MARCA = "BEN1A"  # como começa toda placa: se está na tela, há linhas na tela

Tempo = tuple[float, float]  # milissegundos de parede e de processador


class Relogio:
    def __init__(self) -> None:
        self._parede, self._cpu = time.perf_counter(), time.process_time()

    def passou(self) -> Tempo:
        return (
            1e3 * (time.perf_counter() - self._parede),
            1e3 * (time.process_time() - self._cpu),
        )


class Pintado(App[None]):
    """Sabe quando se desenhou depois de algo acontecer."""

    aconteceu: Callable[[], bool] = staticmethod(lambda: False)
    pintou: asyncio.Event

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if self.aconteceu():
            self.pintou.set()


class BalcaoPintado(Pintado, Balcao):
    """O balcão, de que se sabe quando desenha."""

    CSS_PATH = str(RAIZ / "oficina_cli" / "tui" / "app.tcss")


class Tabela(Pintado):
    """A DataTable, com as linhas que a fila teria."""

    def __init__(self, linhas: int = LINHAS) -> None:
        super().__init__()
        self._linhas = linhas

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        tabela = self.query_one(DataTable)
        tabela.add_columns(*(f"coluna {n}" for n in range(COLUNAS)))
        tabela.add_rows(map(_celulas, range(self._linhas)))


class SoALista(Pintado):
    """A lista virtual, desenhada como na fila de 80 colunas."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return PALETAS[PADRAO]._asdict()

    def compose(self) -> ComposeResult:
        yield Lista(_linha)


class Vazio(Pintado):
    """Um campo e um texto: o que o Textual leva, por si, para responder a uma tecla."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "contar", priority=True),
        Binding("pagedown", "contar", priority=True),
    ]
    contados = 0

    def compose(self) -> ComposeResult:
        yield Input()
        yield Static(MARCA)

    def action_contar(self) -> None:
        self.contados += 1
        self.query_one(Static).update(f"{MARCA} {self.contados}")


class Fabricada:
    """A oficina do arquivo, com tantas ordens em cada lista quantas se quiser."""

    def __init__(self, oficina: OficinaLocal, total: int) -> None:
        self._oficina, self._total = oficina, total
        self._modelo = oficina.executar(ListarOrdens(status=FILA[0], limite=1)).itens[0]

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if not isinstance(caso, ListarOrdens):
            return self._oficina.executar(caso, pedido)
        inicio = int(caso.cursor or 0)
        fim = min(inicio + caso.limite, self._total)
        return Pagina(
            itens=tuple(self._linha(n, caso.status) for n in range(inicio, fim)),
            proximo=str(fim) if fim < self._total else None,
        )

    def _linha(self, n: int, status: StatusOrdem | None) -> LinhaOrdem:
        status = status or FILA[n * len(FILA) // self._total]
        return replace(self._modelo, id=n + 1, status=status)

    def __getattr__(self, nome: str) -> Any:
        return getattr(self._oficina, nome)


def medir(pasta: Path, rodadas: int) -> Iterator[Figura]:
    """Todas, sobre o mesmo arquivo de cem mil ordens."""
    url = arquivo.preparar(pasta / "cem_mil.db", ORDENS, NA_FILA)
    yield from abrir(url, rodadas)
    yield from teclas(url, rodadas)
    yield memoria(url)


def abrir(url: str, rodadas: int) -> Iterator[Figura]:
    """A fila de cem mil ordens, contra a DataTable de mil linhas."""
    lados: list[Callable[[], Coroutine[Any, Any, Tempo]]] = [
        lambda: _do_nada(lambda: _balcao(Conexao(banco=url)), "f3"),
        lambda: _do_nada(Tabela, None),
        lambda: _so_a_fila(url),
        _so_as_linhas,
        lambda: _so_a_lista(url),
    ]
    vistos: list[list[Tempo]] = [[] for _ in lados]
    for _ in range(max(3, rodadas // 2) + 1):
        for anotados, lado in zip(vistos, lados, strict=True):
            anotados.append(asyncio.run(lado()))
    nossa, tabela, fila, linhas, lista = (_tempos(anotados[1:]) for anotados in vistos)
    nome = f"Fila de {ORDENS} ordens, contra DataTable de {LINHAS} linhas"
    yield Figura.de(f"{nome}: do nada à tela", "p50_ms", 0.25, nossa, tabela)
    yield Figura.de(f"{nome}: com o programa aberto", "p50_ms", 0.25, fila, linhas)
    yield Figura.de(f"{nome}: lista contra tabela, sem mais nada", "p50_ms", 0.25, lista, linhas)


def teclas(url: str, rodadas: int) -> Iterator[Figura]:
    """Da tecla à tela, contra um aplicativo vazio."""
    for tamanho in TAMANHOS:
        for total in TOTAIS:
            lados: list[dict[str, list[float]]] = [{t: [] for t in TECLAS} for _ in range(2)]
            for _ in range(max(2, rodadas // 5)):
                asyncio.run(_nossas_teclas(url, total, tamanho, lados[0]))
                asyncio.run(_teclas_do_vazio(tamanho, lados[1]))
            for tecla in TECLAS:
                onde = f"{total} linhas em {tamanho[0]}x{tamanho[1]}"
                nome = f"Tecla {tecla}, {onde}, contra o Textual vazio"
                medidos = (_resumo(lado[tecla]) for lado in lados)
                yield Figura.de(nome, "p95_ms", 2, *medidos)


def memoria(url: str) -> Figura:
    """A fila aberta e rolada, contra o Textual vazio com o banco aberto, cada um em um processo."""
    medidos = []
    for lado in ("balcao", "vazio"):
        comando = [sys.executable, "-m", "benchmarks.tela", lado, url]
        saida = subprocess.check_output(comando, cwd=RAIZ, text=True)
        medidos.append({"mib": round(json.loads(saida), 1)})
    nome = f"Memória depois de abrir a fila e rolar {ROLADAS} linhas, contra o Textual vazio"
    return Figura.de(nome, "mib", 1.5, *medidos)


def _balcao(conexao: Conexao) -> BalcaoPintado:
    pasta = RAIZ / ".rascunhos-das-medidas"  # não existe: ninguém guarda nada
    rascunhos = Rascunhos(lambda: pasta)
    return BalcaoPintado(conexao, rascunhos=rascunhos, ao_chegar=poupar_a_coleta)


def _linha(ordem: LinhaOrdem, largura: int, foco: bool) -> list[Content]:
    """As sete colunas."""
    celulas = (
        esq(ordem.placa, 7),
        dir_(str(ordem.id), 6),
        esq(ordem.veiculo, 20),
        esq(ordem.cliente, 30),
        esq(ordem.mecanico or "", 12),
        esq(ordem.status.rotulo, 12),
        dir_(valor(ordem.total), 10),
    )
    return [linha(*celulas, foco=foco)]


def _celulas(n: int) -> list[str]:
    return [f"{MARCA}{n % 100:02}", str(n), "Fiat Uno", f"Cliente {n}", "Mecânico", "3 d", "360,00"]


async def _do_nada(construir: Callable[[], Pintado], tecla: str | None) -> Tempo:
    """Da construção do aplicativo até haver linhas na tela e nada por fazer."""
    relogio = Relogio()
    async with _aberto(construir(), (120, 40)) as app:
        if tecla:
            app.post_message(Key(tecla, None))
        await _linhas_na_tela(app, TelaFila if tecla else Screen)
        return relogio.passou()


async def _so_a_fila(url: str) -> Tempo:
    async with _aberto(_balcao(Conexao(banco=url)), (120, 40)) as app:
        await asyncio.sleep(SOSSEGO)
        relogio = Relogio()
        await _na_fila(app)
        return relogio.passou()


async def _so_as_linhas() -> Tempo:
    async with _aberto(Tabela(linhas=0), (120, 40)) as app:
        await asyncio.sleep(SOSSEGO)
        relogio = Relogio()
        app.query_one(DataTable).add_rows(map(_celulas, range(LINHAS)))
        await _linhas_na_tela(app, Screen)
        return relogio.passou()


async def _so_a_lista(url: str) -> Tempo:
    """A lista da fila em um aplicativo que só tem a ela, lida do banco."""
    oficina = OficinaLocal.em(url)
    oficina.executar(ListarOrdens())
    async with _aberto(SoALista(), (120, 40)) as app:
        await asyncio.sleep(SOSSEGO)
        relogio = Relogio()
        await app.query_one(Lista).abrir(_do_banco(oficina))
        await _linhas_na_tela(app, Screen)
        tempo = relogio.passou()
    oficina.fechar()
    return tempo


def _do_banco(oficina: OficinaLocal) -> Fonte:
    async def ler(cursor: str | None) -> Pagina[LinhaOrdem]:
        return await em_fio(lambda: oficina.executar(ListarOrdens(cursor=cursor)))

    return ler


@asynccontextmanager
async def _aberto(app: Pintado, tamanho: tuple[int, int]) -> AsyncIterator[Pintado]:
    app.pintou = asyncio.Event()
    async with app.run_test(size=tamanho):
        yield app


async def _na_fila(app: Pintado) -> TelaFila:
    app.post_message(Key("f3", None))
    await _linhas_na_tela(app, TelaFila)
    assert isinstance(app.screen, TelaFila)
    return app.screen


async def _linhas_na_tela(app: Pintado, tela: type[Screen[Any]]) -> None:
    """Espera que a tela, abaixo da moldura, mostre placas, e que nada corra."""

    def linhas() -> bool:
        if not isinstance(app.screen, tela):
            return False
        tiras = app.screen._compositor.render_strips()  # noqa: SLF001
        return any(MARCA in segmento.text for tira in tiras[4:] for segmento in tira)

    app.aconteceu = linhas
    async with asyncio.timeout(PACIENCIA):
        await app.pintou.wait()
        while not all(trabalho.is_finished for trabalho in app.workers):  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def _nossas_teclas(
    url: str, total: int, tamanho: tuple[int, int], vistos: dict[str, list[float]]
) -> None:
    oficina = OficinaLocal.em(url)
    async with _aberto(_balcao(Conexao(pronta=Fabricada(oficina, total))), tamanho) as app:
        tela = await _na_fila(app)
        await asyncio.sleep(SOSSEGO)
        for tecla in TECLAS[:2]:
            vistos[tecla] += await _apertar(app, tecla, lambda: tela.ordem)
            app.post_message(Key("home", None))
            await asyncio.sleep(SOSSEGO)
        tela.action_filtrar()
        await asyncio.sleep(SOSSEGO)
        campo = tela.query_one(Input)
        vistos["a"] += await _apertar(app, "a", lambda: campo.value)
    oficina.fechar()


async def _teclas_do_vazio(tamanho: tuple[int, int], vistos: dict[str, list[float]]) -> None:
    async with _aberto(Vazio(), tamanho) as app:
        assert isinstance(app, Vazio)
        campo = app.query_one(Input)
        campo.focus()
        await asyncio.sleep(SOSSEGO)
        for tecla in TECLAS[:2]:
            vistos[tecla] += await _apertar(app, tecla, lambda: app.contados)
        vistos["a"] += await _apertar(app, "a", lambda: campo.value)


async def _apertar(app: Pintado, tecla: str, estado: Callable[[], object]) -> list[float]:
    """Milissegundos de cada aperto, até que se desenhe o que ele mudou."""
    vistos = []
    for _ in range(APERTOS):
        antes = estado()
        app.pintou.clear()
        app.aconteceu = lambda antes=antes: estado() != antes  # type: ignore[misc]
        inicio = time.perf_counter()
        app.post_message(Key(tecla, tecla if len(tecla) == 1 else None))
        try:
            await asyncio.wait_for(app.pintou.wait(), 0.5)
        except TimeoutError:
            break  # chegou ao fim da lista
        vistos.append(1e3 * (time.perf_counter() - inicio))
        await asyncio.sleep(ENTRE_TECLAS)
    return vistos


def _tempos(medidos: list[Tempo]) -> dict[str, float]:
    parede, cpu = ([cada[n] for cada in medidos] for n in range(2))
    return {
        "p50_ms": round(median(parede), 1),
        "min_ms": round(min(parede), 1),
        "cpu_ms": round(median(cpu), 1),
    }


def _resumo(vistos: list[float]) -> dict[str, float]:
    return {
        "p95_ms": round(quantiles(vistos, n=20)[-1], 1),
        "p50_ms": round(median(vistos), 1),
        "min_ms": round(min(vistos), 1),
    }


async def _residente(lado: str, url: str) -> float:
    """MiB residentes no fim."""
    if lado == "vazio":
        oficina = OficinaLocal.em(url)
        oficina.executar(ListarOrdens())
        async with _aberto(Vazio(), (120, 40)):
            await asyncio.sleep(0.2)
            return _memoria()
    async with _aberto(_balcao(Conexao(banco=url)), (80, 24)) as app:
        tela = await _na_fila(app)
        (lista,) = tela.listas()
        while lista.quantas < ROLADAS:
            app.post_message(Key("pagedown", None))
            await asyncio.sleep(0.01)
        return _memoria()


def _memoria() -> float:
    linhas = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (residente,) = (linha.split()[1] for linha in linhas if linha.startswith("VmRSS"))
    return int(residente) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_residente(*sys.argv[1:]))))
