"""O estoque: o que há de cada peça na loja, o que falta, e o que se faz a respeito."""

from dataclasses import replace
from functools import partial
from shlex import join
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Input, Static

from oficina_cli.tui.base import SEM_TECLAR, Tela, argumento
from oficina_cli.tui.estoque_desenho import ao_lado, da_peca, em_foco, nada, titulos
from oficina_cli.tui.estoque_formularios import (
    FormularioPeca,
    NovaEntrada,
    NovaPrateleira,
    NovoAjuste,
)
from oficina_cli.tui.estoque_movimentos import TelaMovimentos
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import FORTE, NADA, solta
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.moldura import Aviso
from oficina_cli.tui.widgets.paginas import Fonte
from oficina_core.casos.estoque import LinhaMovimento, ListarMovimentos
from oficina_core.casos.paginas import LIMITE_MAXIMO, Pagina
from oficina_core.casos.pecas import LinhaPeca, ListarPecas, VerPeca
from oficina_core.casos.portas import CasoDeUso

BUSCA_MAXIMA = 120
FORMULARIOS: dict[str, type[FormularioPeca]] = {
    "entrada": NovaEntrada,
    "ajustar": NovoAjuste,
    "prateleira": NovaPrateleira,
}
ULTIMOS = 30  # movimentos ao lado


class ListaDePecas(Lista, inherit_bindings=False):
    """Aqui o `j` é do ajuste, e não desce."""

    BINDINGS: ClassVar[list[BindingType]] = [
        replace(binding, key="down") if binding.id == "lista.seguinte" else binding
        for binding in Lista.BINDINGS
        if isinstance(binding, Binding)
    ]


class TelaEstoque(Tela):
    """As peças; com 100 colunas, a que está em foco se vê ao lado."""

    ABA = "estoque"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "entrada", "entrada", id="estoque.entrada"),
        Binding("j", "ajustar", "ajuste", id="estoque.ajustar"),
        Binding("m", "movimentos", "movimentos", id="estoque.movimentos"),
        Binding("b", "abaixo", "só abaixo", id="estoque.abaixo"),
        Binding("p", "prateleira", "mínimo e lugar", show=False, id="estoque.prateleira"),
        Binding("slash", "filtrar", "filtrar", show=False, id="estoque.filtrar"),
        Binding("down,tab", "lista", "lista", id="estoque.lista"),
    ]
    COMANDOS = (
        ("Entrada da peça", "entrada"),
        ("Ajuste: conferência, sobra ou falta", "ajustar"),
        ("Movimentos da peça", "movimentos"),
        ("Prateleira: mínimo e lugar", "prateleira"),
        ("Só as peças abaixo do mínimo", "abaixo"),
        ("Filtrar as peças", "filtrar"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._filtro = ""
        self._abaixo = False
        self._movimentos: tuple[LinhaMovimento, ...] = ()
        self._dono: int | None = None  # de que peça eles são
        self.lista = ListaDePecas(self._linha, self._fonte())

    def compor(self) -> ComposeResult:
        with Horizontal(id="lados"):
            with Vertical(id="pecas"):
                with Horizontal(id="procura"):
                    yield Static("/", classes="rotulo", markup=False)
                    yield Entrada(
                        placeholder="código, nome ou lugar", max_length=BUSCA_MAXIMA, id="filtro"
                    )
                    yield Static(id="contagem", markup=False)
                yield Folha(lambda largura: [titulos(largura)], id="titulos")
                yield Static(id="vazio")
                yield self.lista
            yield Folha(self._ao_lado, id="lado", classes="fio")

    def on_mount(self) -> None:
        self.query_one("#vazio").display = False
        self.set_focus(self.lista)

    def on_resize(self, _: Resize) -> None:
        self._ver_ao_lado()

    def comecar(self) -> None:
        """O cursor volta à lista."""
        self.set_focus(self.lista)

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        return FORMULARIOS[acao].CASO if acao in FORMULARIOS else super().caso_de(acao)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "lista":
            return self.digitando
        return super().check_action(action, parameters)

    @property
    def peca(self) -> LinhaPeca | None:
        item: LinhaPeca | None = self.lista.item
        return item

    # ── de onde vêm as peças ─────────────────────────────────────────────────────────────────

    def _fonte(self, texto: str = "") -> Fonte:
        """As peças que se pedem agora; o filtro não muda entre uma página e outra."""
        return partial(self._ler, texto, self._abaixo)

    async def _ler(self, texto: str, abaixo: bool, cursor: str | None) -> Pagina[LinhaPeca]:
        return await self.pedir(
            ListarPecas(
                busca=texto or None, abaixo_do_minimo=abaixo, limite=LIMITE_MAXIMO, cursor=cursor
            )
        )

    async def reler(self, *, suave: bool) -> None:
        await self.reler_listas(self.lista, suave=suave)
        self._contar()
        self._ver_ao_lado()

    async def _procurar(self, texto: str) -> None:
        if texto != self._filtro:
            await self._abrir(texto)

    # ── como se desenha ──────────────────────────────────────────────────────────────────────

    def _contar(self) -> None:
        ha = self.lista.virtual_size.height
        mais = "" if self.lista.inteira else "+"
        dita = f"{ha}{mais} {'peça' if ha == 1 else 'peças'}"
        contagem = self.query_one("#contagem", Static)
        contagem.update(f"{dita} abaixo do mínimo ▼" if self._abaixo else dita)
        aviso = self.query_one("#vazio", Static)
        aviso.display = not ha
        self.query_one("#titulos").display = bool(ha)
        self.lista.set_class(not ha, "-vazia")
        aviso.update(nada(self._filtro, abaixo=self._abaixo))
        self.redesenhar()

    def _linha(self, peca: LinhaPeca, largura: int, foco: bool) -> list[Content]:
        return [da_peca(peca, largura - 3, foco=foco)]

    def _ao_lado(self, largura: int) -> list[Content]:
        if self.peca is None:
            return []
        seus = self._movimentos if self._dono == self.peca.id else None
        return ao_lado(self.peca, seus, largura - 1, self.balcao.fuso)

    def contexto(self) -> tuple[Content, Content]:
        if self.peca is None:
            return solta(("Estoque", FORTE)), NADA
        return em_foco(self.peca, self.app.size.width)

    def comando(self) -> str:
        abaixo = ["--abaixo-do-minimo"] * self._abaixo
        return join(["oficina", "estoque", "listar", *abaixo, *argumento(self._filtro)])

    @on(Lista.Destacado)
    def _ao_destacar(self) -> None:
        self._contar()
        self._ver_ao_lado()

    def _ver_ao_lado(self) -> None:
        self.query_one("#lado", Folha).redesenhar()
        if self.larga and self.peca:
            espera = 0 if self._dono == self.peca.id else SEM_TECLAR
            self.em_segundo_plano("lado", partial(self._ler_ao_lado, self.peca.id), espera)

    async def _ler_ao_lado(self, peca_id: int) -> None:
        pagina = await self.pedir(ListarMovimentos(peca_id=peca_id, limite=ULTIMOS))
        self._movimentos, self._dono = pagina.itens, peca_id
        self.query_one("#lado", Folha).redesenhar()

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    def action_entrada(self) -> None:
        self.agir(self._preencher(NovaEntrada))

    def action_ajustar(self) -> None:
        self.agir(self._preencher(NovoAjuste))

    def action_prateleira(self) -> None:
        self.agir(self._preencher(NovaPrateleira))

    async def _preencher(self, formulario: type[FormularioPeca]) -> None:
        if self.peca:
            ficha = await self.pedir(VerPeca(peca_id=self.peca.id))
            await self.app.push_screen(formulario(ficha), self._ao_gravar)

    def _ao_gravar(self, frase: str | None) -> None:
        if frase:
            self.query_one(Aviso).dizer(frase, some_em=None)

    @on(Lista.Escolhido)
    def action_movimentos(self) -> None:
        self.agir(self._ver_movimentos())

    async def _ver_movimentos(self) -> None:
        if self.peca:
            ficha = await self.pedir(VerPeca(peca_id=self.peca.id))
            await self.app.push_screen(TelaMovimentos(ficha))

    def action_abaixo(self) -> None:
        self._abaixo = not self._abaixo
        self.agir(self._abrir(self._filtro))

    def mostrar_o_que_falta(self) -> None:
        """O que está abaixo do mínimo, seja o que for que antes se filtrava."""
        self._abaixo = True
        with self.prevent(Input.Changed):
            self.query_one("#filtro", Input).value = ""
        self.agir(self._abrir(""))

    async def _abrir(self, texto: str) -> None:
        await self.lista.abrir(self._fonte(texto))
        self.contar_pendentes(0)
        self._filtro = texto
        self._contar()
        self._ver_ao_lado()

    def action_filtrar(self) -> None:
        self.set_focus(self.query_one("#filtro"))

    @on(Input.Changed, "#filtro")
    def _ao_digitar(self, mudou: Input.Changed) -> None:
        self.em_segundo_plano("filtro", partial(self._procurar, mudou.value.strip()), SEM_TECLAR)

    @on(Input.Submitted, "#filtro")
    def action_lista(self) -> None:
        """Procura já: a tecla seguinte age na peça que se vê, e não na de antes."""
        self.agir(self._procurar_ja())

    async def _procurar_ja(self) -> None:
        self.workers.cancel_group(self, "filtro")
        await self._procurar(self.query_one("#filtro", Input).value.strip())
        self.set_focus(self.lista)

    def action_voltar(self) -> None:
        campo = self.query_one("#filtro", Input)
        if campo.value:
            campo.value = ""
            self.action_lista()
        elif self.digitando:
            self.set_focus(self.lista)
        elif self._abaixo:
            self.action_abaixo()


ABERTURA = TelaEstoque
