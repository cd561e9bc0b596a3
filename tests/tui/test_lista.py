"""A lista: o que se desenha, o que se lê, e onde fica o cursor quando tudo muda por baixo."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.scrollbar import ScrollTo
from textual.worker import WorkerFailed

from oficina_cli.tui import temas
from oficina_cli.tui.widgets.desenho import esq, linha
from oficina_cli.tui.widgets.lista import Lista, nenhuma, pronta
from oficina_cli.tui.widgets.paginas import NA_MEMORIA, Fonte
from oficina_core.casos.paginas import Pagina
from oficina_core.dominio.erros import Indisponivel
from tests.tui.conftest import na_tela, sossegar, teclar
from tests.tui.hostis import HOSTIS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sem_medir")]

ALTO = 20


@dataclass(frozen=True)
class Item:
    id: int
    nome: str = ""
    grupo: str = ""


class Banco:
    """Itens por número, lidos em páginas; conta as leituras, e as faz falhar ou esperar."""

    def __init__(self, itens: Iterable[Item], pagina: int = 100) -> None:
        self.itens, self.pagina = list(itens), pagina
        self.lidas: list[str | None] = []
        self.falha: Exception | None = None
        self.livre = asyncio.Event()
        self.livre.set()

    async def __call__(self, cursor: str | None) -> Pagina[Item]:
        self.lidas.append(cursor)
        depois = [item for item in self.itens if cursor is None or item.id > int(cursor)]
        await self.livre.wait()
        if self.falha:
            raise self.falha
        itens = tuple(depois[: self.pagina])
        return Pagina(itens=itens, proximo=str(itens[-1].id) if len(depois) > len(itens) else None)

    def trocar(self, id: int, nome: str) -> None:
        self.itens = [replace(i, nome=nome) if i.id == id else i for i in self.itens]

    def tirar(self, *ids: int) -> None:
        self.itens = [i for i in self.itens if i.id not in ids]

    def por(self, *ids: int) -> None:
        self.itens = sorted([*self.itens, *map(um, ids)], key=lambda i: i.id)


def um(id: int) -> Item:
    return Item(id, f"item {id}")


def numerados(quantos: int, grupo: Callable[[int], str] = lambda _: "") -> list[Item]:
    """De dez em dez, para que se ponha outro no meio."""
    return [Item(10 * n, f"item {10 * n}", grupo(n)) for n in range(quantos)]


class Bancada(App[None]):
    def __init__(self, *, altura: int = 1, agrupada: bool = False) -> None:
        super().__init__()
        self.animation_level = "none"
        self.desenhados: list[int] = []
        self.recusas: list[str] = []
        self.destacados: list[int | None] = []
        self.escolhidos: list[int] = []
        self.lista = Lista(
            self._desenhar,
            altura=altura,
            agrupar=(lambda item: item.grupo) if agrupada else None,
            resumir=lambda itens: f"soma {sum(i.id for i in itens)}",
        )

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return temas.PALETAS[temas.PADRAO]._asdict()

    def compose(self) -> ComposeResult:
        yield self.lista

    def _desenhar(self, item: Item, largura: int, foco: bool) -> list[Content]:  # noqa: FBT001
        self.desenhados.append(item.id)
        return [linha(esq(item.nome, largura - 12), str(item.id), foco=foco)]

    def on_lista_recusada(self, mensagem: Lista.Recusada) -> None:
        self.recusas.append(str(mensagem.erro))

    def on_lista_destacado(self, mensagem: Lista.Destacado) -> None:
        self.destacados.append(mensagem.item and mensagem.item.id)

    def on_lista_escolhido(self, mensagem: Lista.Escolhido) -> None:
        self.escolhidos.append(mensagem.item.id)


@asynccontextmanager
async def aberta(
    fonte: Fonte, *, altura: int = 1, agrupada: bool = False
) -> AsyncIterator[tuple[Pilot[None], Lista, Bancada]]:
    app = Bancada(altura=altura, agrupada=agrupada)
    async with app.run_test(size=(60, ALTO)) as piloto:
        app.lista.focus()
        await app.lista.abrir(fonte)
        await sossegar(piloto)
        yield piloto, app.lista, app


def visto(piloto: Pilot[None]) -> list[str]:
    """As linhas da tela, sem o marcador, o espaço e a barra."""
    return [dita.strip(" ▌▁▂▃▄▅▆▇█") for dita in na_tela(piloto).split("\n")]


def na_linha(lista: Lista) -> int:
    """Em que linha da tela está o cursor."""
    return lista.cursor * lista._altura - lista.topo


def na_memoria(lista: Lista) -> int:
    return sum(trecho.linhas is not None for trecho in lista._paginas.trechos)


def dito(*ids: int) -> list[str]:
    return [f"item {id}{' ' * (46 - len(f'item {id}'))}{id}" for id in ids]


def sem_vaos(linhas: list[str]) -> list[str]:
    return [" ".join(dita.split()) for dita in linhas]


# ── o que se desenha e o que se lê ───────────────────────────────────────────────────────────


async def test_so_se_desenha_o_que_se_ve_e_no_ocio_a_pagina_vizinha() -> None:
    banco = Banco(numerados(3000))
    async with aberta(banco) as (piloto, _, app):
        assert set(app.desenhados) == {10 * n for n in range(ALTO)}
        assert banco.lidas == [None]
        app.desenhados.clear()
        await teclar(piloto, "down")
        await piloto.pause(0.1)
        a_vista = [id for id in app.desenhados if id < 10 * ALTO]
        assert sorted(a_vista) == [0, 10], "só a linha de que saiu e a em que entrou"
        assert max(app.desenhados) == 10 * (2 * ALTO - 1)


async def test_um_milhao_abre_com_uma_leitura() -> None:
    lidas = []

    async def fonte(cursor: str | None) -> Pagina[Item]:
        lidas.append(cursor)
        inicio = int(cursor or 0)
        itens = tuple(um(n) for n in range(inicio, inicio + 100))
        return Pagina(itens=itens, proximo=str(inicio + 100) if inicio < 999_900 else None)

    async with aberta(fonte) as (piloto, lista, _):
        assert lidas == [None]
        assert lista.item == um(0)
        await teclar(piloto, *["pagedown"] * 5)
        assert lidas == [None, "100"]


async def test_ate_o_fim_cada_pagina_se_le_uma_vez_e_na_volta_so_as_esquecidas() -> None:
    banco = Banco(numerados(3000))
    async with aberta(banco) as (piloto, lista, _):
        quadros = {}
        for _ in range(200):
            quadros[lista.topo] = sem_vaos(visto(piloto))
            if lista.item.id == 29_990:
                break
            await piloto.press("pagedown")
            await sossegar(piloto)
            assert na_memoria(lista) <= NA_MEMORIA
        assert lista.item.id == 29_990
        assert len(banco.lidas) == len(set(banco.lidas)) == 30
        assert lista.quantas == 3000
        assert lista.inteira
        for _ in range(200):
            if not lista.topo:
                break
            await piloto.press("pageup")
            await sossegar(piloto)
            topo = lista.topo
            esperado = [f"item {10 * n} {10 * n}" for n in range(topo, topo + ALTO)]
            assert sem_vaos(visto(piloto)) == esperado
            assert na_memoria(lista) <= NA_MEMORIA
        assert sem_vaos(visto(piloto)) == quadros[0]
        assert len(banco.lidas) == 30 + 30 - NA_MEMORIA


async def test_a_ponta_de_uma_pagina_esquecida_se_le_e_se_destaca() -> None:
    banco = Banco(numerados(2000, lambda n: f"g{n // 500}"))
    async with aberta(banco, agrupada=True) as (piloto, lista, app):
        for _ in range(21):
            await teclar(piloto, "end")
        assert lista.item.id == 19_990
        banco.livre.clear()
        await piloto.press("home")
        await piloto.pause()
        assert not lista.itens or lista.itens[0].id > 0
        banco.livre.set()
        await sossegar(piloto)
        assert lista.item.id == 0, "o título da primeira linha não se escolhe"
        assert app.destacados[-1] == 0
        assert sem_vaos(visto(piloto))[0].startswith("g0")


# ── as teclas e o mouse ──────────────────────────────────────────────────────────────────────


async def test_as_teclas_andam_e_param_nas_pontas() -> None:
    async with aberta(pronta(numerados(50))) as (piloto, lista, app):
        for tecla, onde in (
            ("up", 0), ("k", 0), ("down", 1), ("j", 2), ("k", 1), ("up", 0),
            ("pagedown", 19), ("pagedown", 38), ("pageup", 19), ("end", 49), ("down", 49),
            ("pagedown", 49), ("home", 0), ("pageup", 0),
        ):  # fmt: skip
            await teclar(piloto, tecla)
            assert lista.item.id == 10 * onde, tecla
            assert 0 <= na_linha(lista) < ALTO
        await teclar(piloto, "j", "enter")
        assert app.escolhidos == [10]


async def test_os_titulos_nao_se_escolhem_nem_nas_pontas() -> None:
    itens = numerados(60, lambda n: f"g{n // 3}")
    async with aberta(pronta(itens), agrupada=True) as (piloto, lista, app):
        assert lista.item.id == 0
        passeio = []
        for _ in range(70):
            passeio.append(lista.item.id)
            await piloto.press("down")
            await piloto.pause()
        assert passeio[:60] == [item.id for item in itens]
        for tecla in ("home", "end", *["pageup"] * 6, *["pagedown"] * 6):
            await teclar(piloto, tecla)
            assert isinstance(lista.item, Item), tecla
        await teclar(piloto, "home")
        assert sem_vaos(visto(piloto))[0].startswith("g0 3")
        assert sem_vaos(visto(piloto))[0].endswith("soma 30")
        antes = list(app.escolhidos)
        await piloto.click(Lista, offset=(5, 4))
        assert lista.item.id == 0, "o clique no título não faz nada"
        assert app.escolhidos == antes


async def test_o_clique_poe_o_cursor_e_o_segundo_escolhe() -> None:
    async with aberta(pronta(numerados(5)), altura=3) as (piloto, lista, app):
        await piloto.click(Lista, offset=(5, 7))
        assert (lista.item.id, app.escolhidos) == (20, [])
        await piloto.click(Lista, offset=(5, 8))
        assert app.escolhidos == [20]
        await piloto.click(Lista, offset=(5, 17))
        assert lista.item.id == 20, "abaixo da última não há o que escolher"


async def test_vai_se_pela_chave_ao_que_esta_na_memoria() -> None:
    async with aberta(Banco(numerados(300))) as (piloto, lista, _):
        assert lista.ir_ao(500)
        assert lista.item.id == 500
        await sossegar(piloto)
        assert na_linha(lista) == ALTO - 1
        for ausente in (505, 2990):
            assert not lista.ir_ao(ausente)
        assert lista.item.id == 500


def roda(lista: Lista, tipo: type[MouseScrollDown | MouseScrollUp]) -> None:
    lista.post_message(tipo(lista, 1, 1, 0, 0, 0, shift=False, meta=False, ctrl=False))


async def test_a_roda_leva_o_cursor_so_se_ele_sairia_de_vista() -> None:
    banco = Banco(numerados(3000))
    async with aberta(banco) as (piloto, lista, _):
        await teclar(piloto, *["down"] * 10)
        roda(lista, MouseScrollDown)
        await sossegar(piloto)
        assert lista.topo == 3, "só a lista rola, e não também o que há por baixo dela"
        assert lista.item.id == 100
        for _ in range(60):
            for _ in range(5):
                roda(lista, MouseScrollDown)
            await sossegar(piloto)
        assert lista.topo == 3 + 60 * 5 * 3
        assert na_memoria(lista) <= NA_MEMORIA
        assert na_linha(lista) == 0
        await lista.atualizar()
        assert na_linha(lista) == 0
        assert lista.item.id == 10 * lista.topo
        for _ in range(1000):
            roda(lista, MouseScrollUp)
        await sossegar(piloto)
        assert lista.topo == 0
        assert na_linha(lista) == ALTO - 1


async def test_arrastar_a_barra_le_o_que_se_ve() -> None:
    banco = Banco(numerados(3000))
    async with aberta(banco) as (piloto, lista, _):
        for _ in range(31):
            await teclar(piloto, "end")
        for y in (1234.5, 3.2, 2000.0, 0.0):
            lista.post_message(ScrollTo(y=y, animate=False))
            await sossegar(piloto)
            topo = lista.topo
            assert abs(topo - y) <= 1
            esperado = [f"item {10 * n} {10 * n}" for n in range(topo, topo + ALTO)]
            assert sem_vaos(visto(piloto)) == esperado
            assert lista.item in banco.itens
            assert 0 <= na_linha(lista) < ALTO


# ── listas estranhas ─────────────────────────────────────────────────────────────────────────


async def test_a_lista_vazia_aceita_todas_as_teclas() -> None:
    for fonte in (pronta(()), nenhuma):
        async with aberta(fonte) as (piloto, lista, app):
            await teclar(piloto, "up", "down", "pageup", "pagedown", "home", "end", "enter")
            await piloto.click(Lista)
            roda(lista, MouseScrollDown)
            await lista.atualizar()
            await lista.carregar()
            assert lista.item is None
            assert (lista.itens, lista.quantas, lista.inteira) == ([], 0, True)
            assert app.escolhidos == []


async def test_a_primeira_pagina_vazia_nao_esconde_as_outras() -> None:
    async def fonte(cursor: str | None) -> Pagina[Item]:
        if cursor is None:
            return Pagina(itens=(), proximo="a")
        return Pagina(itens=(um(1),)) if cursor == "b" else Pagina(itens=(), proximo="b")

    async with aberta(fonte) as (_, lista, app):
        assert lista.item == um(1)
        assert app.destacados == [1]


async def test_o_que_e_mais_baixo_que_um_item_ainda_mostra_o_cursor() -> None:
    async with aberta(pronta(numerados(30, lambda n: f"g{n}")), agrupada=True) as (
        piloto,
        lista,
        _,
    ):
        await piloto.resize_terminal(60, 1)
        await teclar(piloto, "down", "down", "up")
        assert na_linha(lista) == 0
        await piloto.resize_terminal(3, 2)
        await teclar(piloto, "down")
        assert 0 <= na_linha(lista) < 2


# ── o que muda por baixo ─────────────────────────────────────────────────────────────────────


async def no_meio(piloto: Pilot[None]) -> None:
    """O cursor na linha 300, no meio da tela."""
    for _ in range(60):
        await teclar(piloto, "pagedown")
        if piloto.app.query_one(Lista).cursor >= 300:
            break
    await teclar(piloto, *["up"] * 8)


async def test_os_valores_mudam_no_lugar() -> None:
    banco = Banco(numerados(1000))
    async with aberta(banco) as (piloto, lista, _):
        await no_meio(piloto)
        onde, topo, item = na_linha(lista), lista.topo, lista.item
        banco.trocar(item.id, "outro valor")
        banco.lidas.clear()
        assert await lista.atualizar() == 0
        assert len(banco.lidas) <= 2, "só as páginas que se veem"
        await sossegar(piloto)
        assert (na_linha(lista), lista.topo) == (onde, topo)
        assert lista.item.nome == "outro valor"
        assert visto(piloto)[onde].startswith("outro valor")


async def test_o_que_entra_abaixo_aparece() -> None:
    banco = Banco(numerados(1000))
    async with aberta(banco) as (piloto, lista, _):
        await no_meio(piloto)
        onde, item = na_linha(lista), lista.item
        banco.por(item.id + 5)
        assert await lista.atualizar() == 0
        await sossegar(piloto)
        assert (na_linha(lista), lista.item) == (onde, item)
        assert sem_vaos(visto(piloto))[onde + 1] == f"item {item.id + 5} {item.id + 5}"


async def test_o_que_entra_acima_nao_tira_o_cursor_da_linha_em_que_esta() -> None:
    banco = Banco(numerados(1000))
    async with aberta(banco) as (piloto, lista, _):
        await no_meio(piloto)
        onde, item, topo = na_linha(lista), lista.item, lista.topo
        banco.por(item.id - 5, item.id - 15)
        assert await lista.atualizar() == 0
        await sossegar(piloto)
        assert (na_linha(lista), lista.item, lista.topo) == (onde, item, topo + 2)
        assert sem_vaos(visto(piloto))[onde - 1].startswith(f"item {item.id - 5}")


async def test_o_ultimo_da_pagina_nao_some_quando_o_empurram_para_a_seguinte() -> None:
    banco = Banco(numerados(1000))
    async with aberta(banco) as (piloto, lista, _):
        await teclar(piloto, *["pagedown"] * 5, *["down"] * 4)
        assert lista.cursor == 99
        onde = na_linha(lista)
        banco.por(5)
        assert await lista.atualizar() == 0
        await sossegar(piloto)
        assert (lista.item.id, na_linha(lista)) == (990, onde)
        banco.por(6)
        await lista.carregar()
        assert (lista.item.id, na_linha(lista)) == (990, onde)


async def test_o_que_entraria_no_alto_fica_por_mostrar_e_se_conta() -> None:
    banco = Banco(numerados(10))
    async with aberta(banco) as (piloto, lista, _):
        await teclar(piloto, "down", "down")
        banco.por(5, 15)
        banco.trocar(20, "outro")
        assert await lista.atualizar() == 2
        assert await lista.atualizar() == lista.pendentes == 2
        await sossegar(piloto)
        assert (na_linha(lista), lista.item.nome) == (2, "outro")
        assert [item.id for item in lista.itens] == [10 * n for n in range(10)]
        await lista.carregar()
        assert lista.pendentes == 0
        assert (lista.item.id, na_linha(lista), lista.quantas) == (20, 4, 12)


async def test_com_mais_paginas_lidas_so_se_conta_o_que_mudou() -> None:
    banco = Banco(numerados(1000))
    async with aberta(banco) as (piloto, lista, _):
        await teclar(piloto, *["pagedown"] * 30, "home", "down", "down")
        banco.tirar(20)
        assert await lista.atualizar() == 1
        assert lista.item.id == 20


async def test_se_encolhe_abaixo_e_a_linha_andaria_espera() -> None:
    banco = Banco(numerados(40))
    async with aberta(banco) as (piloto, lista, _):
        await teclar(piloto, "end", *["up"] * 10)
        onde, item = na_linha(lista), lista.item
        banco.tirar(390, 380)
        assert await lista.atualizar() == 2
        await sossegar(piloto)
        assert (na_linha(lista), lista.item, lista.quantas) == (onde, item, 40)
        await lista.carregar()
        assert (lista.item, lista.quantas) == (item, 38)


async def test_o_item_que_sumiu_fica_ate_que_se_peca_a_lista_de_novo() -> None:
    banco = Banco(numerados(100))
    async with aberta(banco) as (piloto, lista, app):
        await teclar(piloto, *["down"] * 5)
        banco.tirar(50)
        assert await lista.atualizar() == 1
        await sossegar(piloto)
        assert (lista.item.id, na_linha(lista)) == (50, 5)
        await lista.carregar()
        await sossegar(piloto)
        assert (lista.item.id, na_linha(lista)) == (60, 5)
        assert app.destacados[-1] == 60
        banco.itens = []
        assert await lista.atualizar() == 99
        await lista.carregar()
        await sossegar(piloto)
        assert lista.item is None
        assert app.destacados[-1] is None


async def test_o_que_nao_estava_vazio_enche_sem_que_se_peca() -> None:
    banco = Banco([])
    async with aberta(banco) as (_, lista, _):
        banco.por(7)
        assert await lista.atualizar() == 0
        assert lista.item == um(7)


async def test_quem_muda_de_grupo_leva_o_titulo() -> None:
    banco = Banco(numerados(100, lambda n: f"g{n // 30}"))
    async with aberta(banco, agrupada=True) as (piloto, lista, _):
        await teclar(piloto, *["pagedown"] * 2)
        onde, item = na_linha(lista), lista.item
        banco.itens = [replace(i, grupo="novo") if i.id == item.id else i for i in banco.itens]
        assert await lista.atualizar() == 0
        await sossegar(piloto)
        assert (na_linha(lista), lista.item.id) == (onde, item.id)
        assert sem_vaos(visto(piloto))[onde - 1].startswith("novo 1")


# ── leituras que falham, demoram ou se cruzam ────────────────────────────────────────────────


async def test_a_pagina_que_falha_se_diz_e_se_tenta_de_novo() -> None:
    banco = Banco(numerados(300))
    async with aberta(banco) as (piloto, lista, app):
        banco.falha = Indisponivel("O banco não responde.")
        await teclar(piloto, "end")
        assert app.recusas == ["O banco não responde."]
        assert lista.quantas == 100
        banco.falha = None
        await teclar(piloto, "down")
        assert lista.quantas == 200


async def test_a_esquecida_que_falha_fica_em_branco_e_volta_na_tecla_seguinte() -> None:
    banco = Banco(numerados(2000))
    async with aberta(banco) as (piloto, lista, app):
        for _ in range(21):
            await teclar(piloto, "end")
        banco.falha = Indisponivel("O banco não responde.")
        await teclar(piloto, "home")
        assert app.recusas
        assert visto(piloto) == ["…"] * ALTO
        await teclar(piloto, "enter")
        assert app.escolhidos == []
        banco.falha = None
        await teclar(piloto, "down")
        assert lista.item.id == 10
        assert sem_vaos(visto(piloto))[0] == "item 0 0"


async def test_a_falha_que_ninguem_esperava_nao_se_engole() -> None:
    banco = Banco(numerados(300))
    with pytest.raises(WorkerFailed, match="ZeroDivisionError"):  # noqa: PT012 — sai ao fechar
        async with aberta(banco) as (piloto, _, _):
            banco.falha = ZeroDivisionError()
            await piloto.press("end")
            await piloto.pause(0.2)


async def test_a_tela_que_sabe_estranhar_recebe_a_falha(monkeypatch: pytest.MonkeyPatch) -> None:
    banco = Banco(numerados(300))
    estranhos: list[Exception] = []
    async with aberta(banco) as (piloto, lista, app):
        monkeypatch.setattr(app.screen, "estranhar", estranhos.append, raising=False)
        banco.falha = ZeroDivisionError()
        await teclar(piloto, "end")
        assert estranhos == [banco.falha]
        banco.falha = None
        await teclar(piloto, "up")
        assert lista.quantas == 200


async def test_a_releitura_que_falha_deixa_tudo_como_estava() -> None:
    banco = Banco(numerados(300))
    async with aberta(banco) as (piloto, lista, _):
        antes = visto(piloto)
        banco.falha = Indisponivel("O banco não responde.")
        for reler in (lista.atualizar, lista.carregar):
            with pytest.raises(Indisponivel):
                await reler()
        with pytest.raises(Indisponivel):
            await lista.carregar(banco)
        await sossegar(piloto)
        assert visto(piloto) == antes
        banco.falha = None
        assert await lista.atualizar() == 0


async def test_duas_releituras_a_segunda_ve_o_que_a_primeira_nao_viu() -> None:
    banco = Banco(numerados(30))
    async with aberta(banco) as (_, lista, _):
        banco.livre.clear()
        primeira = asyncio.create_task(lista.atualizar())
        await asyncio.sleep(0)
        banco.trocar(0, "novo")
        segunda = asyncio.create_task(lista.atualizar())
        await asyncio.sleep(0)
        banco.livre.set()
        assert [await primeira, await segunda] == [0, 0]
        assert lista.item.nome == "novo"


async def test_a_releitura_trocada_por_outra_nao_prende_a_vez() -> None:
    banco = Banco(numerados(30))
    async with aberta(banco) as (_, lista, _):
        banco.livre.clear()
        primeira = asyncio.create_task(lista.atualizar())
        await asyncio.sleep(0)
        primeira.cancel()
        banco.trocar(0, "novo")
        segunda = asyncio.create_task(lista.atualizar())
        await asyncio.sleep(0)
        banco.livre.set()
        assert await segunda == 0
        assert lista.item.nome == "novo"


async def test_a_lista_trocada_no_meio_de_uma_releitura_e_a_que_fica() -> None:
    banco, outro = Banco(numerados(30)), Banco([um(20), um(77)])
    async with aberta(banco) as (piloto, lista, _):
        await teclar(piloto, "down", "down")
        banco.livre.clear()
        releitura = asyncio.create_task(lista.atualizar())
        await asyncio.sleep(0)
        troca = asyncio.create_task(lista.carregar(outro))
        await asyncio.sleep(0)
        banco.livre.set()
        await asyncio.gather(releitura, troca)
        assert [item.id for item in lista.itens] == [20, 77]
        assert lista.item.id == 20
        await lista.atualizar()
        assert [item.id for item in lista.itens] == [20, 77]


async def test_quem_anda_enquanto_se_rele_fica_onde_chegou() -> None:
    banco = Banco(numerados(1000))
    async with aberta(banco) as (piloto, lista, _):
        await teclar(piloto, *["pagedown"] * 8)
        banco.livre.clear()
        banco.por(5)
        releitura = asyncio.create_task(lista.atualizar())
        await piloto.press("pageup", "pageup", "pageup")
        onde, item = na_linha(lista), lista.item
        banco.livre.set()
        await releitura
        await sossegar(piloto)
        assert (na_linha(lista), lista.item) == (onde, item)


async def test_a_tela_muda_de_tamanho_enquanto_se_le() -> None:
    banco = Banco(numerados(1000))
    async with aberta(banco) as (piloto, lista, _):
        banco.livre.clear()
        await piloto.press("end")
        await piloto.resize_terminal(100, 50)
        await piloto.resize_terminal(30, 8)
        banco.livre.set()
        await sossegar(piloto)
        assert lista.item.id == 990
        assert 0 <= na_linha(lista) < 8
        assert lista.quantas == 200
        await piloto.resize_terminal(30, 150)
        await sossegar(piloto)
        assert lista.quantas > 250, "a tela alta se enche"
        assert "…" not in na_tela(piloto)


# ── texto hostil ─────────────────────────────────────────────────────────────────────────────


async def test_texto_hostil_se_mostra_como_e_e_nao_desalinha() -> None:
    ditos = [*HOSTIS, "a" * 500, "汉" * 80, "x\u0301" * 80, "👩‍👩‍👧‍👦" * 30]
    itens = [Item(n + 1000, texto) for n, texto in enumerate(ditos)]
    for inicio in range(0, len(itens), ALTO):
        async with aberta(pronta(itens[inicio : inicio + ALTO])) as (piloto, _, _):
            tiras = piloto.app.screen._compositor.render_strips()
            for item, tira in zip(itens[inicio:], tiras, strict=False):
                texto = "".join(segmento.text for segmento in tira)
                assert tira.cell_length == 60
                assert tira.crop(2 + 59 - 12 + 2 - 1, 60).text.strip(" ▌▁▂▃▄▅▆▇█") == str(item.id)
                assert not any(c < " " or "\x7f" <= c < "\xa0" for c in texto)
            if not inicio:
                assert "[red]x[/]" in tiras[0].text
