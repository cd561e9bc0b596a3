"""As perguntas que param a tela: sem borda, com as próprias teclas, e o botão seguro primeiro."""

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from oficina_cli.erros import por_extenso
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import (
    ALERTA,
    FORTE,
    SUAVE,
    juntar,
    solta,
    teclas,
    trecho,
    uma_linha,
)
from oficina_cli.tui.widgets.janela import NaJanela
from oficina_cli.tui.widgets.lista import Lista, pronta

if TYPE_CHECKING:
    from oficina_cli.tui.app import Balcao

T = TypeVar("T")
Fazer = Callable[[T], Coroutine[Any, Any, object]]  # o que se faz com a resposta
LARGURA = 60


class Botao(Widget, can_focus=True):
    """Uma palavra que se aperta."""

    DEFAULT_CSS = """
    Botao { width: auto; height: 1; padding: 0 1; margin: 0 2 0 0; text-wrap: nowrap; }
    Botao:focus { background: $acento; color: $fundo; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "apertar", show=False)]

    def __init__(self, rotulo: str, ao_apertar: Callable[[], None], *, id: str) -> None:
        super().__init__(id=id)
        self._rotulo, self._ao_apertar = uma_linha(rotulo), ao_apertar

    def render(self) -> Content:
        return Content(self._rotulo)

    def action_apertar(self) -> None:
        self._ao_apertar()

    def on_click(self, _: Click) -> None:
        self._ao_apertar()


class Dialogo(ModalScreen[T], NaJanela[T], Generic[T]):
    """A moldura de um diálogo: título, corpo e as teclas."""

    DEFAULT_CSS = """
    Dialogo { align: center middle; }
    Dialogo #dialogo {
        width: 64; max-width: 100%; height: auto; max-height: 90%;
        background: $faixa; padding: 1 0;
    }
    Dialogo #dialogo > Static { height: auto; padding: 0 2; }
    Dialogo Input {
        border: none; height: 1; padding: 0 1; background: $campo; margin: 1 2 0 2;
    }
    Dialogo Lista { background: $faixa; scrollbar-background: $faixa; }
    Dialogo #botoes { height: 1; margin: 1 2 0 2; }
    Dialogo #com-motivo { height: 1; margin: 1 2 0 2; }
    Dialogo #com-motivo Static { width: auto; color: $suave; }
    Dialogo #com-motivo:focus-within Static { color: $acento; text-style: bold; }
    Dialogo #com-motivo Input { width: 1fr; margin: 0; }
    Dialogo #pe { margin: 1 0 0 0; }
    Dialogo #porque { color: $alerta; margin: 1 0 0 0; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "voltar", "volta", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]
    TECLAS: ClassVar[tuple[tuple[str, str], ...]] = (("enter", "confirma"), ("esc", "volta"))

    def __init__(
        self, titulo: str, frases: Sequence[str] = (), *, fazer: Fazer[T] | None = None
    ) -> None:
        super().__init__()
        self._titulo, self._frases, self._fazer = titulo, frases, fazer
        self._fazendo = False

    def compose(self) -> ComposeResult:
        with Vertical(id="dialogo"):
            yield Static(solta((uma_linha(self._titulo), FORTE)))
            if self._frases:
                yield Static(juntar(map(solta, self._dobras())))
            yield from self.compor()
            yield Static(id="porque")
            yield Static(teclas(self.TECLAS), id="pe")

    def _dobras(self) -> list[tuple[str, str]]:
        return [dobra for frase in self._frases for dobra in trecho(frase, LARGURA, SUAVE)]

    def compor(self) -> ComposeResult:
        """O meio do diálogo."""
        yield from ()

    def recusar(self, frase: str) -> None:
        """Diz por que ainda não."""
        linhas = [
            solta(("! ", ALERTA) if n == 0 else "  ", dobra)
            for n, (dobra, _) in enumerate(trecho(frase, LARGURA - 2))
        ]
        porque = self.query_one("#porque", Static)
        porque.update(juntar(linhas))
        porque.display = True

    def calar(self) -> None:
        self.query_one("#porque").display = False

    def lembrar(self, frase: str) -> None:
        """O que se diz enquanto a oficina não responde; vazio é que respondeu."""
        if frase:
            self.recusar(frase)
        else:
            self.calar()

    def concluir(self, resposta: T) -> None:
        """Fecha com a resposta; se há o que fazer com ela, só depois de feito.

        O que se recusa fica dito no diálogo, com o que nele se digitou.
        """
        if self._fazer is None:
            self.dismiss(resposta)
        elif not self._fazendo:
            self._fazendo = True
            self.run_worker(self._tentar(self._fazer, resposta), group="acoes", exit_on_error=False)

    async def _tentar(self, fazer: Fazer[T], resposta: T) -> None:
        """O que se tecla à frente é de quem fica: este, se se recusa, ou a tela de trás."""
        balcao = cast("Balcao", self.app)
        senha = balcao.segurar()
        try:
            self.calar()
            if await balcao.tentar(fazer(resposta), lambda erro: self.recusar(por_extenso(erro))):
                self.dismiss(resposta)
        finally:
            self._fazendo = False
            balcao.largar(senha)

    def action_voltar(self) -> None:
        if self._fazendo:
            self.recusar("Ainda se grava; espere a resposta.")
        else:
            self.dismiss(None)


class Confirmar(Dialogo[str]):
    """Uma ação que não se desfaz: o botão aceso é o seguro; devolve o motivo, ou "" se não pede.

    None é que não se confirmou.
    """

    TECLAS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("enter", "confirma o botão"),
        ("tab", "troca"),
        ("esc", "volta"),
    )

    def __init__(
        self,
        titulo: str,
        frases: Sequence[str] = (),
        *,
        acao: str,
        seguro: str = "Cancelar",
        motivo: bool = False,
        fazer: Fazer[str] | None = None,
    ) -> None:
        super().__init__(titulo, frases, fazer=fazer)
        self._acao, self._seguro, self._pede_motivo = acao, seguro, motivo

    def _dobras(self) -> list[tuple[str, str]]:
        """O que é, suave; e, depois de um respiro, o que acontece se se confirma."""
        que, *efeitos = self._frases or ("",)
        dobras = [*trecho(que, LARGURA, SUAVE if efeitos else "")]
        if efeitos:
            dobras.append(("", ""))
        return dobras + [dobra for frase in efeitos for dobra in trecho(frase, LARGURA)]

    def compor(self) -> ComposeResult:
        if self._pede_motivo:
            with Horizontal(id="com-motivo"):
                yield Static("Motivo ", markup=False)
                yield Entrada(max_length=500, id="motivo")
        with Horizontal(id="botoes"):
            yield Botao(self._seguro, self.action_voltar, id="seguro")
            yield Botao(self._acao, self._confirmar, id="acao")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#motivo" if self._pede_motivo else "#seguro"))

    def on_input_submitted(self, _: Input.Submitted) -> None:
        self.set_focus(self.query_one("#acao" if self._motivo() else "#seguro"))

    def _motivo(self) -> str:
        return self.query_one("#motivo", Input).value.strip() if self._pede_motivo else ""

    def _confirmar(self) -> None:
        if self._pede_motivo and not self._motivo():
            self.recusar("Falta o motivo: ele fica no histórico.")
            self.set_focus(self.query_one("#motivo"))
            return
        self.concluir(self._motivo())


class Perguntar(Dialogo[T]):
    """Um campo só; `ler` entende o que se digitou, ou levanta DadoInvalido com o porquê."""

    def __init__(
        self,
        titulo: str,
        ler: Callable[[str], T],
        frases: Sequence[str] = (),
        *,
        campo: Input | None = None,
        fazer: Fazer[T] | None = None,
    ) -> None:
        super().__init__(titulo, frases, fazer=fazer)
        self._ler, self._campo = ler, campo or Entrada(max_length=1000)

    def compor(self) -> ComposeResult:
        yield self._campo

    def on_mount(self) -> None:
        self.set_focus(self._campo)
        if self._campo.value:
            self._campo.action_select_all()

    def on_input_submitted(self, enviado: Input.Submitted) -> None:
        try:
            self.concluir(self._ler(enviado.value.strip()))
        except ValueError as erro:
            self.recusar(str(erro))


class Escolher(Dialogo[Any]):
    """Uma de várias opções: número, inicial ou setas."""

    DEFAULT_CSS = "Escolher Lista { height: auto; max-height: 14; margin: 1 0 0 0; }"
    TECLAS: ClassVar[tuple[tuple[str, str], ...]] = (("enter", "escolhe"), ("esc", "volta"))

    def __init__(
        self, titulo: str, opcoes: Sequence[tuple[Any, str]], frases: Sequence[str] = ()
    ) -> None:
        super().__init__(titulo, frases)
        self._opcoes = opcoes

    def compor(self) -> ComposeResult:
        def desenhar(opcao: tuple[Any, str], largura: int, foco: bool) -> list[Content]:
            from oficina_cli.tui.widgets.desenho import esq, linha

            return [linha(esq(opcao[1], largura - 3), foco=foco)]

        yield Lista(desenhar, pronta(self._opcoes), chave=lambda opcao: opcao[1])

    async def on_mount(self) -> None:
        lista = self.query_one(Lista)
        lista.styles.height = min(14, max(1, len(self._opcoes)))
        await lista.abrir(pronta(self._opcoes))
        self.set_focus(lista)

    def on_lista_escolhido(self, escolhido: Lista.Escolhido) -> None:
        self.dismiss(escolhido.item[0])

    def on_key(self, evento: Any) -> None:
        """A inicial, ou o número, põe o cursor na opção."""
        dita = (evento.character or "").lower()
        if not dita.strip() or dita in "jk":
            return
        for n, (_, rotulo) in enumerate(self._opcoes):
            if dita == str(n + 1) or rotulo.lower().startswith(dita):
                self.query_one(Lista).ir_para(n)
                evento.stop()
                return
