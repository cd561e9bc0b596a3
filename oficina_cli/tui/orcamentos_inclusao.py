"""O que se inclui em um orçamento: procura-se enquanto se digita, e enter escolhe."""

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static

from oficina_cli.tui.base import SEM_TECLAR
from oficina_cli.tui.orcamentos_desenho import do_achado
from oficina_cli.tui.orcamentos_proposta import quantas_e_que
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_core.casos.itens import BuscarItens, ItemAchado, TipoAchado
from oficina_core.casos.kits import FichaKit, VerKit

if TYPE_CHECKING:
    from oficina_cli.tui.base import Tela

ACHADOS = 6  # linhas
DO_KIT = 3  # letras
NADA_COM = "Nada encontrado com"


class Escolha(NamedTuple):
    """Quanto, e de quê."""

    achado: ItemAchado
    quantas: Decimal


class Inclusao(Vertical):
    """Um campo e, sob ele, o que tem o que se digitou."""

    class Escolheu(Message):
        """Enter no campo, ou um clique no achado."""

    class Acendeu(Message):
        """Outro kit está aceso, ou nenhum."""

        def __init__(self, kit: FichaKit | None) -> None:
            super().__init__()
            self.kit = kit

    DEFAULT_CSS = """
    Inclusao { height: auto; }
    Inclusao #achados { height: 6; }
    """

    def __init__(self) -> None:
        super().__init__(id="incluir-item")
        self._achados_de = ""
        self._kit: FichaKit | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="inclusao"):
            yield Static("Incluir ", classes="rotulo", markup=False)
            yield Entrada(placeholder="serviço, peça ou kit · 2*código", id="incluir")
        yield Lista(do_achado, chave=lambda a: (a.tipo, a.id), sempre_acesa=True, id="achados")

    def on_mount(self) -> None:
        self.achados.display = False

    @property
    def campo(self) -> Input:
        return self.query_one("#incluir", Input)

    @property
    def achados(self) -> Lista:
        return self.query_one("#achados", Lista)

    @property
    def texto(self) -> str:
        return self.campo.value.strip()

    def limpar(self) -> None:
        self.campo.value = ""
        self._fechar()

    async def escolha(self, texto: str) -> Escolha | None:
        """O achado aceso, procurado já se ainda não se viu; None se não é certo qual."""
        visto = self._achados_de == texto
        if not visto:
            self._tela.workers.cancel_group(self._tela, "achados")
            await self._procurar(texto)
        achado: ItemAchado | None = self.achados.item if self._achados_de == texto else None
        if achado is None:
            return None
        quantas, que = quantas_e_que(texto)
        if visto or _certo(que, achado, len(self.achados.itens)):
            return Escolha(achado, quantas)
        return None

    @on(Input.Changed)
    def _ao_digitar(self) -> None:
        if texto := self.texto:
            self._tela.em_segundo_plano("achados", partial(self._procurar, texto), SEM_TECLAR)
        else:
            self._tela.workers.cancel_group(self._tela, "achados")
            self._fechar()

    async def _procurar(self, texto: str) -> None:
        _, que = quantas_e_que(texto)
        achados = await self._tela.pedir(BuscarItens(texto=que, limite=ACHADOS))
        if self.texto != texto:
            return
        self._achados_de = texto
        await self.achados.abrir(pronta(achados[: ACHADOS * 2]))
        self.achados.styles.height = min(ACHADOS, len(achados))
        self.achados.display = bool(achados)
        self.dizer_se_nada_ha()

    def dizer_se_nada_ha(self) -> None:
        """Que nada tem o que se digitou; ou se cala, se já tem."""
        if self._achados_de == self.texto and not self.achados.display:
            _, que = quantas_e_que(self.texto)
            self._tela.avisar(f"{NADA_COM} «{que}»: confira o código, ou cadastre em F7")
        elif self._tela.aviso.startswith(NADA_COM):
            self._tela.calar()

    def _fechar(self) -> None:
        self._achados_de = ""
        self.achados.display = False
        self._acender(None)

    def on_key(self, evento: Key) -> None:
        """As setas andam nos achados sem sair do campo."""
        if self.achados.display and self.campo.has_focus and evento.key in ("up", "down"):
            evento.stop()
            self.achados.action_mover(1 if evento.key == "down" else -1)

    @on(Input.Submitted)
    def _ao_enviar(self, enviado: Input.Submitted) -> None:
        enviado.stop()
        self.post_message(self.Escolheu())

    @on(Lista.Escolhido)
    def _ao_clicar(self, escolhido: Lista.Escolhido) -> None:
        escolhido.stop()
        self.post_message(self.Escolheu())

    @on(Lista.Destacado)
    def _ao_destacar(self, destacado: Lista.Destacado) -> None:
        achado: ItemAchado | None = destacado.item
        if not self._tela.larga or achado is None or achado.tipo is not TipoAchado.KIT:
            self._acender(None)
        elif self._kit is None or self._kit.id != achado.id:
            self._tela.em_segundo_plano("kit", partial(self._ler_o_kit, achado.id))

    async def _ler_o_kit(self, kit_id: int) -> None:
        kit = await self._tela.pedir(VerKit(kit_id=kit_id))
        aceso: ItemAchado | None = self.achados.item
        if aceso and aceso.tipo is TipoAchado.KIT and aceso.id == kit_id and self._achados_de:
            self._acender(kit)

    def _acender(self, kit: FichaKit | None) -> None:
        if kit is not self._kit:
            self._kit = kit
            self.post_message(self.Acendeu(kit))

    @property
    def _tela(self) -> "Tela":
        return cast("Tela", self.screen)


def _certo(texto: str, achado: ItemAchado, quantos_sao: int) -> bool:
    """Se o que se digitou só pode ser este, mesmo sem ter visto a lista; o kit é o mais comum."""
    exato = achado.codigo.casefold() == texto.casefold()
    kit = achado.tipo is TipoAchado.KIT and len(texto) >= DO_KIT
    return exato or kit or quantos_sao == 1
