"""O que toda tela do balcão tem: a moldura, e o jeito de pedir à oficina."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, TextArea

from oficina_cli.erros import por_extenso
from oficina_cli.tui.rascunhos import Rascunho, por_que
from oficina_cli.tui.widgets.desenho import NADA
from oficina_cli.tui.widgets.janela import NaJanela
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.moldura import ESTREITA, Aviso, Contexto, Rodape, Topo
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.erros import ErroOficina
from oficina_core.texto import quantos

if TYPE_CHECKING:
    from oficina_cli.tui.app import Balcao

R = TypeVar("R")
SEM_TECLAR = 0.15  # segundos, antes de perguntar à oficina o que se busca


def argumento(dito: str) -> list[str]:
    """O que se procura, no fim de um comando; o que começa com `-` não é opção dele."""
    return ["--", dito] if dito.startswith("-") else [dito] if dito else []


class Tela(NaJanela[Any]):
    """Uma tela inteira. As ações que pedem algo à oficina correm em `agir`, uma de cada vez."""

    ABA: ClassVar[str] = ""
    COMANDOS: ClassVar[tuple[tuple[str, str], ...]] = ()  # o que só está na paleta: título, ação
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "voltar", "voltar", show=False, id="tela.voltar"),
        Binding("f5,ctrl+r", "atualizar", "atualizar", show=False, id="tela.atualizar"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._vez = asyncio.Lock()
        self._epoca = self._desde = 0
        self._por_reler = self._relendo = False
        self.sem_disco = False  # não se pôde guardar o rascunho, e já se disse

    def compose(self) -> ComposeResult:
        yield Topo()
        yield Contexto()
        with Container(id="corpo"):
            yield from self.compor()
        yield Aviso()
        yield Rodape()

    def compor(self) -> ComposeResult:
        """O corpo da tela."""
        yield from ()

    def contexto(self) -> tuple[Content, Content]:
        """O registro em foco e o total, para a segunda linha."""
        return NADA, NADA

    def comando(self) -> str:
        """O comando de terminal que faz ou mostra o mesmo; vazio se não há."""
        return ""

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        """O que a ação pede à oficina, se não é de todos: a quem não o pode, não se oferece."""
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        caso = self.caso_de(action)
        return (caso is None or self.balcao.pode(caso)) and super().check_action(action, parameters)

    async def reler(self, *, suave: bool) -> None:
        """Lê de novo o que se mostra; `suave` é sem mover a linha sob o cursor."""

    @property
    def balcao(self) -> "Balcao":
        return cast("Balcao", self.app)

    @property
    def larga(self) -> bool:
        """Se há lugar para duas áreas lado a lado."""
        return self.app.size.width >= ESTREITA

    @property
    def digitando(self) -> bool:
        """Se as letras vão para um campo."""
        return isinstance(self.focused, Input | TextArea)

    @property
    def sujo(self) -> bool:
        """Se há algo digitado que ainda não se gravou."""
        return False

    def redesenhar(self) -> None:
        """A moldura, depois de mudar o que ela mostra."""
        for moldura in self.query("Topo, Contexto, Rodape, Aviso"):
            moldura.refresh()

    def virar_minuto(self) -> None:
        """Passou tempo: a hora é outra, e o que se diz há quanto tempo foi."""
        self.redesenhar()
        for lista in self.query(Lista):
            lista.redesenhar()

    def mudar_contexto(self) -> None:
        """Só a segunda linha: é o que muda quando o cursor anda."""
        self.query_one(Contexto).refresh()

    def avisar(self, texto: str) -> None:
        self.query_one(Aviso).dizer(texto)

    def recusar(self, erro: ErroOficina) -> None:
        """Diz por que não; nada do que se digitou se perde."""
        self.alertar(por_extenso(erro))

    def alertar(self, texto: str) -> None:
        """O que pede atenção: fica à vista até a ação seguinte, se a tela ainda está aberta."""
        for aviso in self.query(Aviso):
            aviso.dizer(texto, pede=True)

    def calar(self) -> None:
        self.query_one(Aviso).calar()

    def contar_pendentes(self, quantas: int) -> None:
        """As mudanças de outro balcão que esperam o F5, para não mover a linha do cursor."""
        dita = quantos(quantas, "mudança", "mudanças")
        self.query_one(Aviso).lembrar(f"{dita} em outro balcão · F5 mostra" if quantas else "")

    async def reler_listas(self, *listas: Lista, suave: bool) -> None:
        """Todas ao mesmo tempo: a espera é a da mais lenta, e a tela se pinta uma vez."""
        await asyncio.gather(
            *(lista.atualizar() if suave else lista.carregar() for lista in listas)
        )
        self.contar_pendentes(sum(lista.pendentes for lista in listas))

    @property
    def aviso(self) -> str:
        """O que a tela tem a dizer, na linha de aviso."""
        return self.query_one(Aviso).frase

    async def pedir(self, caso: CasoDeUso[R]) -> R:
        return await self.balcao.pedir(caso)

    def agir(self, acao: Coroutine[Any, Any, object]) -> None:
        """Põe a ação na vez; a recusa vira aviso, e o que se tecla à frente espera o fim dela."""
        senha = self.balcao.segurar()

        async def na_vez() -> None:
            try:
                async with self._vez:
                    self._desde = self.balcao.epoca
                    self.calar()
                    await self.balcao.tentar(acao, self.recusar)
            finally:
                acao.close()  # a que não teve vez
                self.balcao.largar(senha)

        self.run_worker(na_vez(), group="acoes", exit_on_error=False)

    def desistir(self) -> None:
        """Larga a ação em curso, se ela ainda nada gravou."""
        if not self.balcao.gravou_desde(self._desde):
            self.workers.cancel_group(self, "acoes")

    def on_lista_recusada(self, mensagem: Lista.Recusada) -> None:
        self.recusar(mensagem.erro)

    def on_screen_resume(self) -> None:
        self.virar_minuto()
        self.reler_ja()

    def mudou(self) -> None:
        """Alguém mudou algo em outro balcão; a tela que ainda se monta lê logo depois."""
        if self.is_mounted:
            self.reler_ja()

    def reler_ja(self) -> None:
        """Se já se lê, lê outra vez a seguir: quem grava sem parar não impede de ler."""
        self._por_reler = True
        if not self._relendo:
            self.em_segundo_plano("reler", self._reler_o_que_mudou)

    async def _reler_o_que_mudou(self) -> None:
        self._relendo = True
        try:
            while self._por_reler:
                self._por_reler = False
                await self._reler(suave=True)
        finally:
            self._relendo = False

    def em_segundo_plano(
        self, grupo: str, fazer: Callable[[], Coroutine[Any, Any, object]], espera: float = 0
    ) -> None:
        """Uma leitura sem vez: a nova toma o lugar da que ainda corria, ou esperava."""

        async def tentar() -> None:
            await asyncio.sleep(espera)
            await self.balcao.tentar(fazer(), self.recusar)

        self.run_worker(cast("Any", tentar), group=grupo, exclusive=True, exit_on_error=False)

    async def _reler(self, *, suave: bool) -> None:
        epoca = self.balcao.epoca
        await self.reler(suave=suave and self._epoca == epoca)
        self._epoca = epoca

    def action_atualizar(self) -> None:
        self.agir(self._reler(suave=False))

    def action_comando(self) -> None:
        """Mostra o comando de terminal que faz o mesmo, e o põe na área de transferência."""
        self.app.copy_to_clipboard(self.comando())
        self.query_one(Aviso).dizer(f"copiado: {self.comando()}", some_em=None)

    async def anotar(self, nome: str, rascunho: Rascunho | None) -> bool:
        """Se o disco ficou com o rascunho, ou, com None, sem ele; se não, diz por quê."""
        try:
            await self.balcao.anotar(nome, rascunho)
        except OSError as erro:
            self.sem_disco = True
            self.alertar(por_que(erro))
            return False
        self.sem_disco = False
        return True

    async def largar_para_depois(self) -> bool:
        """Se já se pode ir a outra tela sem perder nada; senão, diz por quê."""
        if self.sujo:
            self.action_voltar()
            return False
        return True

    def action_voltar(self) -> None:
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
