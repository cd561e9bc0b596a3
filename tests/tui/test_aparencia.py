"""O que se vê e por onde se anda: contraste, larguras, mouse, teclas trocadas, ajuda e operador."""

import itertools
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shlex import split

import pytest
from rich.cells import cell_len
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input

from oficina_cli.tui import temas
from oficina_cli.tui.app import ABAS, Balcao
from oficina_cli.tui.base import Tela
from oficina_cli.tui.widgets.campos import CampoBR
from oficina_cli.tui.widgets.dialogo import Botao, Confirmar
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.moldura import Rodape, Topo, ligacoes
from oficina_cli.tui.widgets.paleta import Paleta
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.ordens import VerHistoricoOrdem
from oficina_core.dominio.acesso import Papel
from tests import cenario
from tests.conftest import OficinaVigiada
from tests.tui.conftest import Abrir, na_tela, sossegar, teclar
from tests.tui.lugares import EXAME, LUGARES, Lugar, a_examinar, povoar

pytestmark = pytest.mark.anyio

MINIMO = 4.5
TEXTOS = ("texto", "suave", "acento", "alerta")
FUNDOS = ("fundo", "faixa", "campo", "selecao")
TAMANHOS = ((80, 24), (100, 30), (120, 40), (200, 60)) if EXAME else ((80, 24), (120, 40))
CORRIQUEIROS = [lugar for lugar in LUGARES if not lugar.inicio]
DE_TUDO = ("fila", "chegada", "estoque", "aprovação")  # onde as outras paletas também se olham
INGLES = re.compile(
    r"\b(?:focus|previous|next|quit|copy|selected|scroll|page|toggle|close|open|help|palette|"
    r"search|submit|cursor|delete|home|screen|text|theme|change|show|keys|greater|than|sign|"
    r"slash|question|mark|plus|minus|space|right|left|up|down|enter the)\b",
    re.IGNORECASE,
)
DE_TECLA = {"home", "end", "pgup", "pgdn", "shift", "ctrl", "enter", "tab", "del", "esc"}


@pytest.fixture
def povoada(url_sqlite: str, relogio: Callable[[], object]) -> OficinaVigiada:
    oficina = OficinaVigiada.em(url_sqlite, relogio)  # type: ignore[arg-type]
    povoar(oficina)
    return oficina


# ── as cores ─────────────────────────────────────────────────────────────────────────────────


def luminancia(cor: str) -> float:
    """WCAG 2.2."""
    canais = [int(cor[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canais)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contraste(uma: str, outra: str) -> float:
    clara, escura = sorted((luminancia(uma), luminancia(outra)), reverse=True)
    return (clara + 0.05) / (escura + 0.05)


@pytest.mark.parametrize("tema", temas.PALETAS)
def test_todo_texto_sobre_todo_fundo_se_le(tema: str) -> None:
    cores = temas.PALETAS[tema]._asdict()
    pares = [*itertools.product(TEXTOS, FUNDOS), ("fundo", "acento"), ("fundo", "texto")]
    fracos = {par: contraste(cores[par[0]], cores[par[1]]) for par in pares}
    assert {par: razao for par, razao in fracos.items() if razao < MINIMO} == {}
    assert set(cores) == {*TEXTOS, *FUNDOS, "traco"}


@pytest.mark.parametrize(
    ("lugar", "tema"),
    [
        (lugar, tema)
        for tema in temas.PALETAS
        for lugar in a_examinar(LUGARES)
        if tema == temas.PADRAO or lugar.nome in DE_TUDO
    ],
    ids=lambda dito: getattr(dito, "nome", dito),
)
async def test_o_que_se_desenha_se_le(
    povoada: OficinaVigiada, abrir: Abrir, lugar: Lugar, tema: str
) -> None:
    """As cores que saem, e não só as da tabela: o que o Textual põe por conta própria também."""
    async with abrir(povoada, inicio=lugar.inicio) as piloto:
        piloto.app.no_color = False
        piloto.app.theme = tema
        await teclar(piloto, *lugar.teclas)
        fracas = set()
        for tira in piloto.app.screen._compositor.render_strips():
            for segmento in tira:
                estilo = segmento.style
                if estilo is None or not estilo.color or not estilo.bgcolor:
                    continue
                if not re.search(r"\w", segmento.text) or _apagado(piloto, segmento.text):
                    continue
                frente, atras = estilo.color.triplet, estilo.bgcolor.triplet
                if frente is None or atras is None:
                    continue
                if estilo.reverse:
                    frente, atras = atras, frente
                razao = contraste(frente.hex, atras.hex)
                if razao < MINIMO:
                    fracas.add((segmento.text, frente.hex, atras.hex, round(razao, 2)))
        assert fracas == set()


def _apagado(piloto: Pilot[None], _: str) -> bool:
    """O que fica atrás de um diálogo se apaga de propósito."""
    return bool(piloto.app.screen.is_modal)


async def test_o_tema_se_troca_pela_paleta(povoada: OficinaVigiada, abrir: Abrir) -> None:
    async with abrir(povoada) as piloto:
        assert set(temas.PALETAS) <= set(piloto.app.available_themes)
        vistos = [piloto.app.theme]
        for _ in range(3):
            await teclar(piloto, "ctrl+p", "!alto contraste", "enter")
            vistos.append(piloto.app.theme)
    nomes = list(temas.PALETAS)
    assert vistos == [*nomes, nomes[0]]


@pytest.mark.parametrize("lugar", a_examinar(CORRIQUEIROS), ids=lambda lugar: lugar.nome)
async def test_sem_cor_tudo_se_ve_e_o_foco_tambem(
    povoada: OficinaVigiada, abrir: Abrir, lugar: Lugar
) -> None:
    """NO_COLOR: só cinzas saem, e a área com foco não se confunde com a mesma sem ele."""
    async with abrir(povoada) as piloto:
        assert piloto.app.no_color
        await teclar(piloto, *lugar.teclas)
        foco = piloto.app.screen.focused
        assert foco is not None
        com = _cinzas(piloto, foco.region)
        piloto.app.screen.set_focus(None)
        await piloto.pause(0.05)
        sem = _cinzas(piloto, foco.region)
        rola = type(foco).__name__ == "VerticalScroll"  # a única coisa da tela: nada a distinguir
        assert rola or com != sem


def _cinzas(piloto: Pilot[None], regiao: object) -> list[tuple[str, str]]:
    """O que se vê na região, e a moldura dela, depois do filtro sem cor."""
    from textual.geometry import Region

    assert isinstance(regiao, Region)
    app, tiras = piloto.app, piloto.app.screen._compositor.render_strips()
    vistas = []
    for tira in tiras[regiao.y : regiao.bottom]:
        for filtro in app._filters:
            tira = tira.apply_filter(filtro, app.screen.styles.background)  # noqa: PLW2901
        for segmento in tira:
            estilo = segmento.style
            for cor in (estilo.color, estilo.bgcolor) if estilo else ():
                if cor is not None and cor.triplet is not None:
                    assert len(set(cor.triplet)) == 1, (segmento.text, cor)
            vistas.append((segmento.text, str(estilo)))
    return vistas


# ── as larguras ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tamanho", TAMANHOS, ids=lambda t: f"{t[0]}x{t[1]}")
@pytest.mark.parametrize("lugar", a_examinar(LUGARES), ids=lambda lugar: lugar.nome)
async def test_nada_passa_da_largura_e_a_moldura_fica(
    povoada: OficinaVigiada, abrir: Abrir, lugar: Lugar, tamanho: tuple[int, int]
) -> None:
    largura, altura = tamanho
    async with abrir(povoada, tamanho, inicio=lugar.inicio) as piloto:
        await teclar(piloto, *lugar.teclas)
        linhas = na_tela(piloto).split("\n")
        assert len(linhas) == altura
        for linha in linhas:
            assert cell_len(linha) <= largura, linha
        if not isinstance(piloto.app.screen, Tela):
            return
        topo, rodape = linhas[0], linhas[-1]
        if not lugar.inicio and piloto.app.screen.ABA:
            for nome in ABAS.values():
                assert nome in topo
            assert "…" not in topo
        assert rodape.rstrip().endswith("F1 ajuda")
        assert "ctrl+p tudo" in rodape
        assert "…" not in rodape
        barra = piloto.app.screen.query_one(Rodape)
        declaradas = list(barra._da_tela())
        digitando = piloto.app.screen.digitando
        valem = [t for t in declaradas if not (digitando and (len(t[0]) == 1 or t[0] == "slash"))]
        assert len(barra.pares()) >= min(2, len(valem)), rodape
        for tecla, rotulo, _ in barra.pares():
            assert f"{tecla} {rotulo}" in rodape


# ── o mouse ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "lugar",
    a_examinar(CORRIQUEIROS),
    ids=lambda lugar: lugar.nome,
)
async def test_toda_tecla_do_rodape_se_clica(
    povoada: OficinaVigiada, abrir: Abrir, lugar: Lugar, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with abrir(povoada) as piloto:
        await teclar(piloto, *lugar.teclas)
        tela = piloto.app.screen
        if not isinstance(tela, Tela):
            return
        barra = tela.query_one(Rodape)
        feitas: list[str] = []

        async def anotar(acao: str, *_: object) -> bool:
            feitas.append(acao)
            return True

        monkeypatch.setattr(piloto.app, "run_action", anotar)
        linha = na_tela(piloto).split("\n")[-1]
        esperadas = []
        for tecla, rotulo, acao in [*barra.pares(), *barra.fixas()]:
            x = linha.index(f"{tecla} {rotulo}")
            for onde in (x, x + len(tecla), x + len(f"{tecla} {rotulo}") - 1):
                await piloto.click(Rodape, offset=(onde, 0))
                esperadas.append(acao)
        await piloto.pause()
        assert feitas == esperadas


async def test_as_abas_se_clicam(povoada: OficinaVigiada, abrir: Abrir) -> None:
    async with abrir(povoada) as piloto:
        for aba, nome in [*ABAS.items(), *reversed(ABAS.items())]:
            x = na_tela(piloto).split("\n")[0].index(nome)
            await piloto.click(Topo, offset=(x + 1, 0))
            await sossegar(piloto)
            assert piloto.app.current_mode == aba


@pytest.mark.parametrize(
    "nome", ["fila", "orçamentos", "estoque", "cliente, lista", "aprovação", "por onde"]
)
async def test_as_linhas_das_listas_se_clicam(
    povoada: OficinaVigiada, abrir: Abrir, nome: str
) -> None:
    lugar = next(lugar for lugar in LUGARES if lugar.nome == nome)
    async with abrir(povoada) as piloto:
        await teclar(piloto, *lugar.teclas)
        await sossegar(piloto)
        antes = piloto.app.screen
        lista = antes.focused
        assert isinstance(lista, Lista)
        y = next(
            n
            for n, linha in enumerate(na_tela(piloto).split("\n"))
            if "▌" in linha and n >= lista.region.y
        )
        await piloto.click(offset=(lista.region.x + 6, y))
        await sossegar(piloto)
        # na aprovação, o clique muda a linha; nas outras, abre
        assert piloto.app.screen is not antes or "✖" in na_tela(piloto)


# ── as teclas ────────────────────────────────────────────────────────────────────────────────


def _telas() -> list[type[Tela]]:
    from importlib import import_module
    from pkgutil import iter_modules

    import oficina_cli.tui

    for modulo in iter_modules(oficina_cli.tui.__path__):
        import_module(f"oficina_cli.tui.{modulo.name}")
    vistas, restam = list[type[Tela]](), [Tela]
    while restam:
        atual = restam.pop()
        vistas.append(atual)
        restam += atual.__subclasses__()
    return [tela for tela in vistas if tela.__module__.startswith("oficina_cli")]


@pytest.mark.parametrize("tela", _telas(), ids=lambda tela: tela.__name__)
def test_toda_tecla_f_tem_gemea(tela: type[Tela]) -> None:
    """Outra tecla, o g e a inicial da aba, ou um comando da paleta."""
    comandos = {acao for _, acao in tela.COMANDOS} | {"ajuda", "paleta"}
    for ligacao in [*ligacoes(tela), *(b for b in Balcao.BINDINGS if isinstance(b, Binding))]:
        partes = ligacao.key.split(",")
        if all(re.fullmatch(r"f\d+", parte) for parte in partes):
            aba = re.fullmatch(r"(?:app\.)?ir\('(\w+)'\)", ligacao.action)
            assert (aba and aba[1] in ABAS) or ligacao.action in comandos, ligacao


@pytest.mark.parametrize("tela", _telas(), ids=lambda tela: tela.__name__)
def test_toda_ligacao_tem_nome_para_se_trocar(tela: type[Tela]) -> None:
    for ligacao in ligacoes(tela):
        if ligacao.show and ligacao.description:
            assert ligacao.id or ligacao.action.startswith("app."), ligacao


@pytest.mark.parametrize("lugar", a_examinar(LUGARES), ids=lambda lugar: lugar.nome)
async def test_letra_em_campo_e_letra(povoada: OficinaVigiada, abrir: Abrir, lugar: Lugar) -> None:
    async with abrir(povoada, inicio=lugar.inicio) as piloto:
        await teclar(piloto, *lugar.teclas)
        tela = piloto.app.screen
        for campo in tela.query(Input):
            if not (campo.focusable and all(a.display for a in campo.ancestors_with_self)):
                continue
            campo.value = ""
            tela.set_focus(campo)
            letras = "afegxvm?/+-1 "
            for letra in letras:
                tecla = {" ": "space", "?": "question_mark", "/": "slash"}.get(letra, letra)
                await piloto.press(tecla)
            await sossegar(piloto)
            assert piloto.app.screen is tela
            maximo = campo.tipo.maximo if isinstance(campo, CampoBR) else 99
            secreto = isinstance(campo, CampoBR) and campo.tipo.secreto
            assert secreto or campo.value == letras[: min(maximo, getattr(campo, "maximo", 99))]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """O config.toml do usuário, em uma pasta do teste."""
    monkeypatch.setattr("oficina_core.configuracao.user_config_path", lambda *_, **__: tmp_path)
    return tmp_path / "config.toml"


async def test_a_tecla_trocada_vale_e_se_ve(
    povoada: OficinaVigiada, abrir: Abrir, config: Path
) -> None:
    config.write_text(  # noqa: ASYNC240
        '[teclas]\n"estoque.entrada" = "z"\nestoque = "ctrl+b"\najuda = "f12"\npaleta = "ctrl+y"\n'
        '"saltar" = "ctrl+g"\n',
        "utf-8",
    )
    async with abrir(povoada, (80, 50)) as piloto:
        await teclar(piloto, "ctrl+b")
        assert piloto.app.current_mode == "estoque"
        rodape = na_tela(piloto).split("\n")[-1]
        assert "z entrada" in rodape
        assert "ctrl+y tudo" in rodape
        assert "F12 ajuda" in rodape
        await teclar(piloto, "e")
        assert type(piloto.app.screen).__name__ == "TelaEstoque"
        await teclar(piloto, "f12")
        ajuda = na_tela(piloto)
        assert re.search(r"^ +z +entrada", ajuda, re.MULTILINE)
        assert re.search(r"^ +ctrl\+b +Estoque", ajuda, re.MULTILINE)
        await teclar(piloto, "escape", "ctrl+y", "!entrada da")
        assert re.search(r"Entrada da peça +z", na_tela(piloto))
        await teclar(piloto, "escape", "ctrl+y", "!ir para est")
        assert re.search(r"Ir para Estoque +ctrl\+b", na_tela(piloto))
        await teclar(piloto, "escape", "ctrl+y", "!saltar")
        assert re.search(r"Saltar para uma área da tela +ctrl\+g", na_tela(piloto))
        await teclar(piloto, "escape", "ctrl+y", "!ajuda")
        assert re.search(r"Ajuda desta tela +F12", na_tela(piloto))
        await teclar(piloto, "escape", "z")
        assert type(piloto.app.screen).__name__ == "NovaEntrada"


async def test_a_tecla_de_sair_nao_pode_ser_a_que_se_digita(
    povoada: OficinaVigiada, abrir: Abrir, config: Path
) -> None:
    config.write_text('[teclas]\nsair = "a"\n', "utf-8")  # noqa: ASYNC240
    async with abrir(povoada) as piloto:
        await teclar(piloto, "!banana")
        assert piloto.app.return_code is None
        assert "banana" in na_tela(piloto)


@pytest.mark.parametrize(
    "escrito",
    [
        "teclas = 3",
        "teclas = []",
        'teclas = "f2"',
        "[teclas]\nestoque = 3\nfila = []\n",
        '[teclas]\nestoque = ""\nfila = ","\npaleta = " "\n',
        '[teclas]\nestoque = "f3"\nfila = "f3"\n"estoque.entrada" = "j"\n',
        '[teclas]\n"nao.existe" = "f9"\n"" = "x"\n',
        '[teclas]\nestoque = "não é tecla"\nfila = "ctrl+shift+alt+hyper+¬"\n',
        '[teclas]\nestoque = "\\u001b[2J"\n',
        "[teclas\nestoque = ",
        f"x = {'[' * 5000}",
        "\x00\x01\x02",
        "[[teclas]]\nestoque = 1\n",
        '[teclas]\nsair = "q"\n"tela.voltar" = "ctrl+p"\n"lista.escolher" = ""\n',
    ],
)
async def test_teclas_que_nao_se_entendem_nao_impedem_de_abrir(
    povoada: OficinaVigiada, abrir: Abrir, config: Path, escrito: str
) -> None:
    config.write_bytes(escrito.encode("latin-1", "replace"))  # noqa: ASYNC240
    async with abrir(povoada) as piloto:
        app = piloto.app
        assert isinstance(app, Balcao)
        assert app.perfil is not None
        for aba in ABAS:
            await app.action_ir(aba)
            await sossegar(piloto)
            assert app.current_mode == aba
            await app.run_action("ajuda")
            await sossegar(piloto)
            assert "Nesta tela" in na_tela(piloto)
            await app.run_action("screen.voltar")
            await app.run_action("paleta")
            await sossegar(piloto)
            assert isinstance(app.screen, Paleta)
            await app.screen.run_action("screen.sair")
            await sossegar(piloto)
        assert all(c.isprintable() for c in na_tela(piloto).replace("\n", ""))


@pytest.mark.parametrize("tecla", ["f1", "question_mark"])
@pytest.mark.parametrize(
    "lugar",
    a_examinar(lugar for lugar in CORRIQUEIROS if lugar.nome != "ajuda"),
    ids=lambda lugar: lugar.nome,
)
async def test_a_ajuda_e_das_teclas_da_tela_e_em_portugues(
    povoada: OficinaVigiada, abrir: Abrir, lugar: Lugar, tecla: str
) -> None:
    async with abrir(povoada, (120, 60)) as piloto:
        await teclar(piloto, *lugar.teclas)
        tela = piloto.app.screen
        if not isinstance(tela, Tela):
            return
        if tecla == "question_mark" and tela.digitando:
            return
        mostradas = tela.query_one(Rodape).pares()
        await teclar(piloto, tecla)
        visto = na_tela(piloto)
        corpo = "\n".join(visto.split("\n")[2:-2])
        assert "Nesta tela" in visto
        for rotulada, rotulo, acao in mostradas:
            if not acao.startswith("app."):
                assert any(rotulada in linha and rotulo in linha for linha in corpo.split("\n"))
        inglesas = {
            palavra
            for linha in corpo.split("\n")
            for palavra in INGLES.findall(linha)
            if palavra.lower() not in DE_TECLA
        }
        assert inglesas == set(), corpo
        await teclar(piloto, "escape")
        assert piloto.app.screen is tela


@pytest.mark.parametrize(("letra", "aba"), [(aba[0], aba) for aba in ABAS])
async def test_g_e_a_inicial(povoada: OficinaVigiada, abrir: Abrir, letra: str, aba: str) -> None:
    async with abrir(povoada) as piloto:
        await teclar(piloto, "f6" if aba != "estoque" else "f3", "g")
        dita = na_tela(piloto).split("\n")[-1]
        assert f"{letra} {ABAS[aba]}" in dita
        await teclar(piloto, letra)
        assert piloto.app.current_mode == aba


async def test_o_salto_leva_a_area_da_letra(povoada: OficinaVigiada, abrir: Abrir) -> None:
    async with abrir(povoada) as piloto:
        await teclar(piloto, "f7", "ctrl+o")
        assert na_tela(piloto)
        await teclar(piloto, "a")
        campo = piloto.app.screen.focused
        await teclar(piloto, "ctrl+o", "s")
        lista = piloto.app.screen.focused
        assert isinstance(campo, Input)
        assert isinstance(lista, Lista)
        await teclar(piloto, "ctrl+o", "escape")
        assert piloto.app.screen.focused is lista


async def test_a_paleta_acha_sem_acento_e_faz(povoada: OficinaVigiada, abrir: Abrir) -> None:
    async with abrir(povoada) as piloto:
        await teclar(piloto, "ctrl+p", "!orcamentos ir", "enter")
        assert piloto.app.current_mode == "orcamentos"
        await teclar(piloto, "f7", "ctrl+p", "!CADASTRO PECAS", "enter")
        assert "um pedaço do código" in na_tela(piloto)


async def test_o_comando_se_copia_e_nao_carrega_outro(
    povoada: OficinaVigiada, abrir: Abrir
) -> None:
    async with abrir(povoada) as piloto:
        await teclar(piloto, "f6", "ctrl+p", "!copiar", "enter")
        assert piloto.app.clipboard == "oficina estoque listar"
        assert "copiado: oficina estoque listar" in na_tela(piloto)
        await teclar(piloto, "f2", '!a"; rm -rf ~; $(x) `y`', "ctrl+p", "!copiar", "enter")
        assert split(piloto.app.clipboard) == ["oficina", "buscar", 'a"; rm -rf ~; $(x) `y`']


# ── o que destrói ────────────────────────────────────────────────────────────────────────────

DESTROEM = [
    lugar
    for lugar in LUGARES
    if lugar.nome.startswith(("cancelar", "estorno")) or lugar.nome.endswith("desativar")
]


@pytest.mark.parametrize("lugar", DESTROEM, ids=lambda lugar: lugar.nome)
async def test_enter_sozinho_nao_destroi_nada(
    povoada: OficinaVigiada, abrir: Abrir, tmp_path: Path, lugar: Lugar
) -> None:
    def tudo() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "oficina.db")) as banco:
            return list(banco.iterdump())

    antes = tudo()
    async with abrir(povoada) as piloto:
        await teclar(piloto, *lugar.teclas)
        dialogo = piloto.app.screen
        assert isinstance(dialogo, Confirmar)
        seguro = dialogo.query_one("#seguro", Botao)
        if lugar.gasta:
            await piloto.press("tab", "tab", "enter")
            await sossegar(piloto)
            assert "Falta o motivo" in na_tela(piloto)
            await piloto.press("enter")
        await piloto.pause()
        assert dialogo.focused is seguro
        assert "▌" not in seguro._rotulo
        await teclar(piloto, "enter")
        assert piloto.app.screen is not dialogo
    assert tudo() == antes


# ── quem atende ──────────────────────────────────────────────────────────────────────────────

SENHA = "cavalo bateria grampo"


async def test_trocar_de_operador(
    povoada: OficinaVigiada, abrir: Abrir, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bia = cenario.funcionario(povoada, Papel.ATENDENTE, cenario.CPF_BIA)
    povoada.executar(DefinirSenha(funcionario_id=bia.id, senha=SENHA))
    async with abrir(povoada, (120, 40)) as piloto:
        vistas = [na_tela(piloto)]
        await teclar(piloto, "ctrl+p", "!operador", "enter", f"!{cenario.CPF_BIA}", "enter")
        await teclar(piloto, f"!{SENHA}x", "enter")
        vistas.append(na_tela(piloto))
        assert "senha" in vistas[-1].lower()
        assert "! " in vistas[-1]
        senha = piloto.app.screen.query_one("#campo-senha", CampoBR)
        assert senha.digitado == f"{SENHA}x"
        assert piloto.app.screen.query_one("#campo-cpf", CampoBR).value == cenario.CPF_BIA
        await teclar(piloto, "end", "backspace", "enter")
        vistas.append(na_tela(piloto))
        topo = vistas[-1].split("\n")[0]
        assert bia.nome in topo
        await teclar(piloto, "f2", "!3", "enter", "n", "!Trocou o pneu", "enter")
        vistas.append(na_tela(piloto))
    (ultimo, *_) = sorted(
        povoada.executar(VerHistoricoOrdem(ordem_id=3)), key=lambda linha: linha.em, reverse=True
    )
    assert ultimo.ator == bia.nome
    escritos = [
        arquivo.read_bytes()
        for arquivo in tmp_path.rglob("*")  # noqa: ASYNC240
        if arquivo.is_file() and not arquivo.name.startswith("oficina.db")
    ]
    for dita in (SENHA, f"{SENHA}x"):
        assert all(dita not in vista for vista in vistas)
        assert all(dita.encode() not in escrito for escrito in escritos)
        assert dita not in caplog.text
    banco = b"".join(a.read_bytes() for a in tmp_path.glob("oficina.db*"))  # noqa: ASYNC240
    assert SENHA.encode() not in banco


@pytest.mark.parametrize("teclas", [("ctrl+p",), ("ctrl+o",), ("f3", "g"), ("!1", "enter", "n")])
async def test_atras_do_que_se_pergunta_ainda_se_ve_a_tela(
    povoada: OficinaVigiada, abrir: Abrir, teclas: tuple[str, ...]
) -> None:
    async with abrir(povoada) as piloto:
        await teclar(piloto, *teclas)
        assert piloto.app.screen.is_modal
        assert piloto.app.screen.styles.background.a < 1
