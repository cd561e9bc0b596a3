"""Os campos do balcão: o que se digita e o que se cola, até o que vem para quebrar."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widget import Widget

from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo, CampoBR, Escolha, Formulario, ler_data
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.texto import inofensivo
from tests.tui.hostis import HOSTIS

pytestmark = pytest.mark.anyio

PALETAS = {
    "oficina-escuro": {
        "fundo": "#10171d",
        "faixa": "#182229",
        "campo": "#22303a",
        "selecao": "#1d3b48",
        "texto": "#dde6ea",
        "suave": "#93a5af",
        "acento": "#62cde3",
        "alerta": "#ffab66",
        "traco": "#33434e",
    },
    "oficina-claro": {
        "fundo": "#fbfbf8",
        "faixa": "#eff1ee",
        "campo": "#e3e8e7",
        "selecao": "#cfe6ec",
        "texto": "#17242c",
        "suave": "#4c5c66",
        "acento": "#00566e",
        "alerta": "#9a3403",
        "traco": "#c3cbca",
    },
}
TIPOS = {nome: tipo for nome, tipo in vars(campos).items() if isinstance(tipo, campos.Tipo)}
HOJE = date(2026, 11, 23)
CPF, CNPJ = "12345678909", "12ABC34501DE35"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Mesa(App[None]):
    """Um formulário sobre o fundo, e quem escuta o que ele diz."""

    CSS = "Screen { background: $fundo; color: $texto; } Formulario { margin: 1 2; }"

    def __init__(self, montar: Callable[[], Widget], tema: str = "oficina-escuro") -> None:
        self.montar, self.tema = montar, tema
        super().__init__()
        self.ditos: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return PALETAS[self.tema]

    def compose(self) -> ComposeResult:
        yield self.montar()

    def on_mount(self) -> None:
        for nome, cores in PALETAS.items():
            tema = Theme(
                name=nome,
                primary=cores["acento"],
                background=cores["fundo"],
                dark=nome != "oficina-claro",
                variables=cores,
            )
            self.register_theme(tema)
        self.theme = self.tema

    def on_formulario_pronto(self) -> None:
        self.ditos.append("pronto")

    def on_formulario_mudou(self) -> None:
        self.ditos.append("mudou")


def completo() -> Formulario:
    return Formulario(
        Campo(nome="nome", rotulo="Nome", tipo=campos.NOME, obrigatorio=True),
        Campo(nome="documento", rotulo="CPF ou CNPJ", tipo=campos.DOCUMENTO, obrigatorio=True),
        Campo(nome="telefone", rotulo="Telefone", tipo=campos.TELEFONE),
        Campo(nome="placa", rotulo="Placa", tipo=campos.PLACA, dica="como ABC1D23"),
        Campo(nome="km", rotulo="km", tipo=campos.KM, inicial=61034),
        Campo(nome="valor", rotulo="Valor", tipo=campos.DINHEIRO, inicial=Decimal("1234.5")),
        Campo(nome="prazo", rotulo="Prazo", tipo=campos.tipo_data(lambda: HOJE)),
        Campo(nome="forma", rotulo="Forma", tipo=FormaPagamento, inicial=FormaPagamento.PIX),
        Campo(nome="senha", rotulo="Senha", tipo=campos.SENHA),
    )


async def colar(piloto: Pilot[None], dito: str) -> None:
    piloto.app.post_message(events.Paste(dito))
    await piloto.pause()


async def digitar(piloto: Pilot[None], dito: str) -> None:
    """Uma tecla por caractere, como o terminal as manda."""
    for caractere in dito:
        piloto.app.post_message(events.Key(caractere, caractere))
    await piloto.pause()


@pytest.mark.parametrize(
    ("tipo", "colado", "mostrado", "valor"),
    [
        ("DOCUMENTO", "123.456.789-09", "123.456.789-09", CPF),
        ("DOCUMENTO", " 123 456 789 09 ", "123.456.789-09", CPF),
        ("DOCUMENTO", "12345678909\n", "123.456.789-09", CPF),
        ("DOCUMENTO", "\n\n12345678909", "123.456.789-09", CPF),
        ("DOCUMENTO", "12abc34501de35", "12.ABC.345/01DE-35", CNPJ),
        ("DOCUMENTO", "12.ABC.345/01DE-35\t", "12.ABC.345/01DE-35", CNPJ),
        ("TELEFONE", "+55 (11) 98765-4321", "(11) 98765-4321", "+5511987654321"),
        ("TELEFONE", "\u202a+55 11 98765-4321\u202c", "(11) 98765-4321", "+5511987654321"),
        ("TELEFONE", "5511987654321", "(11) 98765-4321", "+5511987654321"),
        ("TELEFONE", "011 3456-7890", "(11) 3456-7890", "+551134567890"),
        ("PLACA", "abc-1234", "ABC1234", "ABC1234"),
        ("PLACA", "ABC 1D23\r\n", "ABC1D23", "ABC1D23"),
        ("DINHEIRO", "R$ 1.234,56", "1.234,56", Decimal("1234.56")),
        ("DINHEIRO", "R$\u00a01.234,56", "1.234,56", Decimal("1234.56")),
        ("DINHEIRO", "1234", "1.234,00", Decimal(1234)),
        ("DINHEIRO", "1234,5", "1.234,50", Decimal("1234.5")),
        ("DINHEIRO", "-5", "-5,00", Decimal(-5)),
        ("QUANTIDADE", "3,50", "3,5", Decimal("3.5")),
        ("QUANTIDADE", "1234", "1234", Decimal(1234)),
        ("KM", "61034", "61.034", 61034),
        ("INTEIRO", "2024", "2024", 2024),
        ("DATA", "31/12/2026", "31/12/2026", date(2026, 12, 31)),
        ("DATA", "2026-12-31", "31/12/2026", date(2026, 12, 31)),
        ("NOME", "  João \t da\nSilva ", "João da Silva", "João da Silva"),
        ("NOME", "Jose\u0301 D’A\u0301vila", "José D’Ávila", "José D’Ávila"),
        ("EMAIL", " Ana@Exemplo.com.BR", "ana@exemplo.com.br", "ana@exemplo.com.br"),
        ("SENHA", " Sen-ha 1\n", " Sen-ha 1", " Sen-ha 1"),
    ],
)
async def test_colar_em_qualquer_forma(tipo: str, colado: str, mostrado: str, valor: Any) -> None:
    async with Mesa(lambda: CampoBR(TIPOS[tipo])).run_test() as piloto:
        campo = piloto.app.query_one(CampoBR)
        await colar(piloto, colado)
        campo.formatar()
        assert (campo.value, campo.valor()) == (mostrado, valor)
        campo.formatar()
        assert (campo.value, campo.valor()) == (mostrado, valor)


@pytest.mark.parametrize(
    ("tipo", "dito", "frase"),
    [
        ("DINHEIRO", "10.50", "Use vírgula para os centavos: 10,50, e não 10.50."),
        ("QUANTIDADE", "1.5", "Use vírgula: 1,5, e não 1.5."),
        ("DOCUMENTO", "123.456.789-00", "Esse CPF não existe"),
        ("PLACA", "ABC12345", "A placa é como"),
        ("KM", "12,5", "número inteiro"),
        ("DATA", "31/02", "Escreva a data"),
    ],
)
async def test_o_que_o_dominio_recusa_fica_como_foi_digitado(
    tipo: str, dito: str, frase: str
) -> None:
    async with Mesa(lambda: CampoBR(TIPOS[tipo])).run_test() as piloto:
        campo = piloto.app.query_one(CampoBR)
        await digitar(piloto, dito)
        campo.formatar()
        assert campo.value == dito
        with pytest.raises(DadoInvalido, match=frase):
            campo.valor()


@pytest.mark.parametrize(
    ("dito", "dia"),
    [
        ("hoje", HOJE),
        ("Amanhã", date(2026, 11, 24)),
        ("amanha ", date(2026, 11, 24)),
        ("ontem", date(2026, 11, 22)),
        ("+3d", date(2026, 11, 26)),
        ("+10 dias", date(2026, 12, 3)),
        ("-3D", date(2026, 11, 20)),
        ("31/12", date(2026, 12, 31)),
        ("23/11", HOJE),
        ("1/2", date(2027, 2, 1)),
        ("29/02", date(2028, 2, 29)),
        ("31/12/27", date(2027, 12, 31)),
    ],
)
def test_datas_como_se_dizem(dito: str, dia: date) -> None:
    assert ler_data(dito, HOJE) == dia


@pytest.mark.parametrize("dito", ["", "depois", "32/01", "31/02", "+d", "+9999d", "31/12/1", "a/b"])
def test_data_que_nao_ha(dito: str) -> None:
    with pytest.raises(DadoInvalido, match="Escreva a data"):
        ler_data(dito, HOJE)


def um_de_cada() -> Formulario:
    return Formulario(*(Campo(nome=nome, rotulo="[red]x[/]", tipo=t) for nome, t in TIPOS.items()))


@pytest.mark.parametrize("colando", [True, False], ids=["colado", "digitado"])
async def test_texto_hostil_nao_age_nem_quebra_em_nenhum_tipo(*, colando: bool) -> None:
    async with Mesa(um_de_cada).run_test(size=(80, 40)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        for hostil in HOSTIS:
            for campo in piloto.app.query(CampoBR):
                campo.clear()
                teclas = [events.Key(caractere, caractere) for caractere in hostil[:40]]
                for evento in [events.Paste(hostil)] if colando else teclas:
                    campo.post_message(evento)
            await piloto.pause()
            for rotulado in formulario.rotulados.values():
                campo = rotulado.query_one(CampoBR)
                for passo in (campo.formatar, campo.action_delete_left, campo.action_home):
                    assert all(map(inofensivo, campo.value)), hostil
                    assert len(campo.value) <= campo.tipo.maximo
                    passo()
                rotulado.conferir()
                assert all(map(inofensivo, rotulado.erro)), hostil
            assert piloto.app.is_running


async def test_o_formulario_maior_que_a_tela_rola_ate_o_campo_com_foco() -> None:
    async with Mesa(um_de_cada).run_test(size=(60, 14)) as piloto:
        for rotulado in piloto.app.query_one(Formulario).rotulados.values():
            await piloto.pause()
            assert rotulado.campo.has_focus
            assert piloto.app.screen.region.contains_region(rotulado.campo.region)
            await piloto.press("tab")


@pytest.mark.parametrize("literal", ["[red]x[/]", "[@click=app.quit]a[/]", "\\[b]", ":smile:"])
async def test_a_marcacao_se_ve_como_foi_escrita(literal: str) -> None:
    def montar() -> Formulario:
        dita = Campo(nome="a", rotulo="A", tipo=campos.NOME, inicial=literal)
        return Formulario(dita, Campo(nome="b", rotulo="B", tipo=campos.NOME, dica=literal))

    async with Mesa(montar).run_test(size=(80, 24)) as piloto:
        piloto.app.query_one(Formulario).apontar("b", literal)
        await piloto.pause()
        linhas = [
            "".join(s.text for s in tira) for tira in piloto.app.screen._compositor.render_strips()
        ]
        assert sum(literal in linha for linha in linhas) == 3


async def test_o_que_passa_do_maximo_se_corta_com_aviso() -> None:
    async with Mesa(lambda: CampoBR(campos.NOME)).run_test() as piloto:
        campo = piloto.app.query_one(CampoBR)
        await colar(piloto, "x" * 10_240)
        assert (len(campo.value), campo.aviso) == (
            120,
            "Só cabem 120 letras; o resto ficou de fora.",
        )
        await piloto.press("backspace")
        assert (len(campo.value), campo.aviso) == (119, "")
        await digitar(piloto, "ab")
        assert campo.value == "x" * 119 + "a"
        assert campo.aviso


async def test_colar_no_meio_e_sobre_a_selecao() -> None:
    async with Mesa(lambda: CampoBR(campos.NOME, "João Souza")).run_test() as piloto:
        campo = piloto.app.query_one(CampoBR)
        await piloto.press("home", "right", "right", "right", "right")
        await colar(piloto, " da\n")
        assert (campo.value, campo.cursor_position) == ("João da Souza", 7)
        await piloto.press("ctrl+shift+a", "ctrl+c", "end", "ctrl+v")
        assert campo.value == "João da SouzaJoão da Souza"
        await piloto.press("ctrl+shift+a", "x")
        assert campo.value == "x"


async def test_o_acento_que_chega_separado_se_junta_no_meio() -> None:
    async with Mesa(lambda: CampoBR(campos.NOME, "Jos Silva")).run_test() as piloto:
        campo = piloto.app.query_one(CampoBR)
        await piloto.press("home", "right", "right", "right")
        await digitar(piloto, "e\u0301!")
        assert campo.value == "José! Silva"


async def test_apagar_o_que_foi_formatado_e_letra_por_letra() -> None:
    async with Mesa(lambda: CampoBR(campos.TELEFONE, "+5511987654321")).run_test() as piloto:
        campo = piloto.app.query_one(CampoBR)
        await piloto.press("end", "backspace", "backspace")
        assert campo.value == "(11) 98765-43"
        await digitar(piloto, "99")
        assert campo.valor() == "+5511987654399"


async def test_a_senha_nao_se_ve_nem_se_copia_nem_vai_ao_rascunho() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        senha = formulario.rotulados["senha"].campo
        senha.focus()
        await digitar(piloto, " minha senha é boa ")
        await piloto.press("ctrl+shift+a", "ctrl+c")
        await piloto.press("tab")
        assert senha.valor() == " minha senha é boa "
        assert "minha" not in piloto.app.export_screenshot()
        assert "senha" not in formulario.digitado()
        formulario.repor({"senha": "outra"})
        assert senha.valor() == " minha senha é boa "
        senha.focus()
        await piloto.press("ctrl+shift+a", "ctrl+x")
        assert (senha.digitado, piloto.app.clipboard) == ("", "")


async def test_enter_percorre_e_no_fim_anuncia() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        app, formulario = piloto.app, piloto.app.query_one(Formulario)
        assert isinstance(app, Mesa)
        for rotulado in formulario.rotulados.values():
            assert rotulado.campo.has_focus
            assert rotulado.has_class("-foco")
            assert not app.ditos
            await piloto.press("enter")
        await piloto.pause()
        assert app.ditos == ["pronto"]


async def test_sair_do_campo_confere_e_formata_mas_o_vazio_espera_o_fim() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        rotulados = piloto.app.query_one(Formulario).rotulados
        await piloto.press("tab")
        await digitar(piloto, "1234567890")
        assert rotulados["documento"].erro == ""
        await piloto.press("tab")
        assert rotulados["nome"].erro == ""
        assert "CPF (11 números)" in rotulados["documento"].erro
        await piloto.press("shift+tab", "end", "0")
        assert rotulados["documento"].erro
        await piloto.press("tab")
        assert rotulados["documento"].erro.startswith("Esse CPF não existe")
        await piloto.press("shift+tab")
        await colar(piloto, "12345678909")
        await piloto.press("tab")
        assert (rotulados["documento"].erro, rotulados["documento"].campo.digitado) == (
            "",
            "123.456.789-09",
        )


async def test_enter_nao_deixa_para_tras_o_campo_errado_e_tab_deixa() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        documento, telefone = (formulario.rotulados[n] for n in ("documento", "telefone"))
        documento.campo.focus()
        await digitar(piloto, "12345678900")
        await piloto.press("enter")
        assert documento.campo.has_focus
        assert documento.erro.startswith("Esse CPF não existe")
        await piloto.press("tab")
        assert telefone.campo.has_focus
        await piloto.press("shift+tab")
        await colar(piloto, "12345678909")
        await piloto.press("enter")
        assert telefone.campo.has_focus
        formulario.apontar("documento", "Esse cliente já existe.")
        await piloto.press("enter")
        assert telefone.campo.has_focus, "a recusa do núcleo, outro campo a pode resolver"


async def test_o_erro_aparece_sem_mover_os_outros_campos() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        antes = [r.campo.region for r in formulario.rotulados.values()]
        assert formulario.valores() is None
        await piloto.pause()
        assert formulario.rotulados["nome"].erro == "Falta preencher: Nome."
        assert formulario.rotulados["nome"].campo.has_focus
        assert [r.campo.region for r in formulario.rotulados.values()] == antes
        assert antes[-1].bottom <= 24


async def test_valores_sao_do_dominio() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        formulario.repor({"nome": "Ana", "documento": "123 456 789 09", "prazo": "+3d"})
        assert formulario.valores() == {
            "nome": "Ana",
            "documento": CPF,
            "telefone": None,
            "placa": None,
            "km": 61034,
            "valor": Decimal("1234.50"),
            "prazo": date(2026, 11, 26),
            "forma": FormaPagamento.PIX,
            "senha": None,
        }


async def test_sujo_e_o_rascunho_vai_e_volta() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        app, formulario = piloto.app, piloto.app.query_one(Formulario)
        assert isinstance(app, Mesa)
        assert not formulario.sujo
        await digitar(piloto, "Ana [b]")
        assert formulario.sujo
        await piloto.pause()
        ditos = len(app.ditos)
        assert set(app.ditos) == {"mudou"}
        await piloto.press("tab", "tab", "tab")
        await piloto.pause()
        assert len(app.ditos) == ditos
        formulario.rotulados["forma"].campo.focus()
        await piloto.press("b")
        rascunho = formulario.digitado()
        formulario.rotulados["km"].campo.repor("61034 ")
        assert rascunho["nome"] == "Ana [b]"
        assert rascunho["forma"] == "BOLETO"
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        formulario.repor(rascunho | {"sumiu": "x", "forma": "CHEQUE"})
        assert formulario.digitado() == rascunho | {"forma": "PIX"}
        formulario.repor(rascunho)
        assert formulario.digitado() == rascunho
        assert formulario.sujo
        formulario.repor({"nome": "", "forma": "PIX"})
        assert not formulario.sujo


async def test_o_rascunho_adulterado_entra_limpo() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        formulario.repor({"nome": "a\x1b[31m\x00b\n" + "c" * 999, "documento": "\ud800"})
        await piloto.pause()
        assert formulario.digitado()["nome"] == "ab " + "c" * 117
        assert formulario.digitado()["documento"] == ""


async def test_a_recusa_do_nucleo_fica_ate_se_mudar_o_texto() -> None:
    async with Mesa(completo).run_test(size=(80, 24)) as piloto:
        formulario = piloto.app.query_one(Formulario)
        rotulado = formulario.rotulados["nome"]
        formulario.repor({"nome": "Ana", "documento": CPF})
        assert formulario.apontar("nome", "Já existe uma Ana.\x1b[2J")
        await piloto.press("tab", "shift+tab")
        assert rotulado.erro.startswith("Já existe uma Ana.")
        assert formulario.valores()
        assert rotulado.erro == ""
        formulario.apontar("nome", "Já existe uma Ana.")
        await piloto.press("end", "x", "tab")
        assert rotulado.erro == ""
        assert not formulario.apontar("outro", "x")
        assert not formulario.apontar(None, "x")


async def test_a_escolha_troca_com_seta_letra_e_mouse() -> None:
    async with Mesa(lambda: Escolha(FormaPagamento, obrigatorio=True)).run_test() as piloto:
        escolha = piloto.app.query_one(Escolha)
        vistos = []
        for tecla in ("right", "left", "left", "c", "c", "c", "z", "[", "space", "P"):
            await piloto.press(tecla)
            vistos.append(str(escolha.digitado))
        assert vistos == [
            *("PIX", "DINHEIRO", "BOLETO", "CARTAO_CREDITO", "CARTAO_DEBITO", "CARTAO_CREDITO"),
            *("CARTAO_CREDITO", "CARTAO_CREDITO", "CARTAO_DEBITO", "PIX"),
        ]
        await piloto.click(Escolha, offset=(3, 0))
        assert escolha.valor() is FormaPagamento.CARTAO_CREDITO
        await piloto.click(Escolha, offset=(1, 0))
        assert escolha.valor() is FormaPagamento.PIX
        assert str(escolha.render()) == "‹ Pix ›"


async def test_a_escolha_opcional_pode_ser_nenhuma() -> None:
    async with Mesa(lambda: Escolha(FormaPagamento)).run_test() as piloto:
        escolha = piloto.app.query_one(Escolha)
        assert (escolha.valor(), str(escolha.render()), escolha.digitado) == (None, "‹ — ›", "")
        await piloto.press("left")
        assert escolha.valor() is FormaPagamento.BOLETO


async def test_a_letra_na_escolha_nao_chega_a_tela() -> None:
    class ComTecla(Mesa):
        BINDINGS = [("z", "quit")]  # noqa: RUF012

    async with ComTecla(lambda: Escolha(FormaPagamento)).run_test() as piloto:
        await piloto.press("z")
        assert piloto.app.is_running
        assert piloto.app._exit is False
