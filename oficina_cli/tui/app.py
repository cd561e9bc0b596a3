"""A aplicação do balcão: as abas, quem atende, e a conversa com a oficina."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, tzinfo
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from shutil import get_terminal_size
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from platformdirs import user_state_path
from textual.actions import parse
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Event, Key, Paste, Resize
from textual.geometry import Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from oficina_cli.conexao import Conexao
from oficina_cli.erros import estranhar
from oficina_cli.tui import teclas, temas
from oficina_cli.tui.base import Tela
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.rascunhos import Rascunho, Rascunhos, semear
from oficina_cli.tui.widgets.dialogo import Dialogo, Escolher
from oficina_cli.tui.widgets.janela import NaJanela
from oficina_cli.tui.widgets.moldura import ligacoes, nome_da_tecla, tecla_de
from oficina_cli.tui.widgets.paleta import Comando
from oficina_core.casos.lojas import FichaLoja, ListarLojas
from oficina_core.casos.perfil import FichaPerfil, VerMeuPerfil
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.catalogo import PAPEIS, ROTAS
from oficina_core.dominio.erros import (
    ErroOficina,
    Indisponivel,
    MuitasTentativas,
    NaoIdentificado,
)
from oficina_core.texto import limpar

if TYPE_CHECKING:
    from oficina_cli.tui.vigia import Vigia

R = TypeVar("R")

ABAS = {
    "atendimento": "Atendimento",
    "fila": "Fila",
    "orcamentos": "Orçamentos",
    "estoque": "Estoque",
    "cadastros": "Cadastros",
    "painel": "Painel",
}
ESPERAS = (0.5, 1, 2, 5)  # segundos entre uma tentativa e outra, com a oficina fora
DEMONSTRACAO = "DEMONSTRAÇÃO"
ENTRE = "Entre de novo: ctrl+p, Trocar de operador."
SAINDO = "Saindo… falta a resposta do que se está gravando."
AINDA = "Ainda se grava o que você digitou lá; espere a resposta."
VOLTAS = 2
SOSSEGO = 0.1  # segundos, depois de a janela mudar de tamanho, até se conferir e desenhar tudo
DISCO_MAXIMO = 2  # segundos que se espera pelo disco, ao sair de uma tela
ESPERA_MAXIMA = 3  # segundos que se espera, ao sair, pelo que se está gravando
PASSO = 0.02
RELOGIO = 20  # segundos entre uma olhada na hora e outra
DEMORA = 1.0  # segundos sem resposta, até se dizer que se espera
FALHAS = 5  # seguidas, uma por segundo, do que avisa dos outros balcões, até se dizer
TECLA_MAXIMA = 0.3  # segundos que uma tecla espera pela anterior


def _urgente(evento: Event) -> bool:
    return isinstance(evento, Key) and evento.key in {"ctrl+q", "escape"}


class TeclaFeita(Message):
    """Vai atrás do que a tecla provocou, pelo mesmo caminho: quando chega, tudo já se soube.

    São duas voltas: a tecla sobe do campo à aplicação, que a entende, e o que daí nasce sobe outra
    vez do campo.
    """

    def __init__(self, senha: object, quem: MessagePump, voltas: int) -> None:
        super().__init__()
        self.senha, self.quem, self.voltas = senha, quem, voltas


def _chave(semente: str, loja: int | None, caso: CasoDeUso[Any]) -> str:
    return sha256(repr((semente, loja, caso)).encode()).hexdigest()


def _neste_instante() -> datetime:
    return datetime.now(UTC)


class Balcao(App[None]):
    """O programa em tela cheia, sobre a oficina que a conexão abre."""

    TITLE = "oficina"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-estreita"), (100, "-larga")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "ajuda", "ajuda", show=False, id="ajuda"),
        Binding("f2,ctrl+n", "ir('atendimento')", "Atendimento", show=False, id="atendimento"),
        Binding("f3", "ir('fila')", "Fila", show=False, id="fila"),
        Binding("f4", "ir('orcamentos')", "Orçamentos", show=False, id="orcamentos"),
        Binding("f6", "ir('estoque')", "Estoque", show=False, id="estoque"),
        Binding("f7", "ir('cadastros')", "Cadastros", show=False, id="cadastros"),
        Binding("g", "g", "ir a…", show=False, id="ir"),
        Binding("ctrl+p", "paleta", "tudo", show=False, id="paleta"),
        Binding("ctrl+o", "saltar", "saltar", show=False, id="saltar"),
        Binding("ctrl+q", "sair", "sair", show=False, priority=True, id="sair"),
    ]

    def __init__(
        self,
        conexao: Conexao,
        *,
        demonstracao: bool = False,
        inicio: bool = False,
        agora: Callable[[], datetime] | None = None,
        rascunhos: Rascunhos | None = None,
        ao_chegar: Callable[[], None] = lambda: None,
    ) -> None:
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
        super().__init__()
        self.animation_level = "none"
        self.conexao = conexao
        self.inicio = inicio  # ainda se escolhe onde a oficina fica
        self.oficina: Oficina | None = None
        self.perfil: FichaPerfil | None = None
        self.lojas: tuple[FichaLoja, ...] = ()
        self.loja: int | None = None
        self._loja_escolhida: int | None = None
        self.fuso: tzinfo | None = None
        self.selo = DEMONSTRACAO if demonstracao else ""
        self.sem_conexao = ""  # o que se diz de uma oficina que não responde
        self._fora_desde = ""
        self.sem_noticias = ""  # e dos outros balcões, se só deles não se sabe
        self.estranhos: list[Exception] = []
        self.epoca = 0  # muda com o que este balcão grava, e com quem atende e onde
        self.teclas_trocadas: dict[str, str] = {}
        self.rascunhos = rascunhos or Rascunhos(self._pasta)
        self._agora = agora or _neste_instante
        self._ao_chegar = ao_chegar
        self._segurando: set[object] = set()
        self._guardadas: deque[Event] = deque()
        self._teclas: dict[object, Screen[Any]] = {}  # as que ainda fazem o que fazem, e onde
        self._gravacoes = 0  # o que se mandou gravar, e ainda não se sabe se ficou
        self._vigia: Vigia | None = None
        self._fechando = False
        self._preso: Tela | None = None  # de onde já se quis sair, e o disco não guardou

    def _pasta(self) -> Path:
        """Os rascunhos desta oficina, que não são os de outra; só se chama em um fio."""
        onde = sha256(self.conexao.onde.encode()).hexdigest()[:12]
        return user_state_path("oficina", appauthor=False) / "rascunhos" / onde

    @property
    def abas(self) -> dict[str, str]:
        return {} if self.inicio else ABAS

    @property
    def quem(self) -> str:
        """Quem atende, e com que papel."""
        if self.perfil is None:
            return "primeira vez" if self.inicio else ""
        pessoa = f"{limpar(self.perfil.nome)}, {self.perfil.papel.lower()}"
        onde = [limpar(loja.nome) for loja in self.lojas if loja.id == self.loja]
        return f"{pessoa} · {onde[0]}" if onde and len(self.lojas) > 1 else pessoa

    @property
    def hora(self) -> str:
        return f"{self.agora():%d/%m %H:%M}"

    def agora(self) -> datetime:
        """O momento, no fuso da loja."""
        return self._agora().astimezone(self.fuso)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return temas.PALETAS[temas.PADRAO]._asdict()

    async def on_mount(self) -> None:
        for aba in ABAS:
            self.add_mode(aba, partial(self._abrir_aba, aba))
        for tema in temas.temas():
            self.register_theme(tema)
        self.theme = temas.PADRAO
        self.set_interval(RELOGIO, self._virar_minuto)
        self._ouvir_quem_manda_acabar()
        if self.inicio:
            from oficina_cli.tui.inicio import TelaInicio

            await self.push_screen(TelaInicio())
        else:
            await self.atender()

    def _abrir_aba(self, aba: str) -> Screen[Any]:
        """A tela da aba, importada só quando alguém vai a ela."""
        abertura: type[Screen[Any]] = import_module(f"oficina_cli.tui.{aba}").ABERTURA
        tela = abertura()
        # Nasce com o CSS em dia; sem isto, o Textual o leria inteiro duas vezes.
        tela._css_update_count = self._css_update_count  # noqa: SLF001
        return tela

    async def atender(self) -> None:
        """Abre o atendimento na oficina da conexão."""
        self.inicio = False
        await self.switch_mode("atendimento")
        self.trabalhar(self._chegar(), "chegada")

    async def _chegar(self) -> None:
        """Passa a saber quem atende; a quem a oficina não conhece, pede que entre."""
        self.teclas_trocadas = await em_fio(teclas.do_usuario)
        self.set_keymap(self.teclas_trocadas)
        try:
            await self._conhecer()
        except NaoIdentificado as erro:
            self.action_operador(str(erro))
        else:
            self._ao_chegar()

    async def _conhecer(self) -> None:
        """Quem atende, em que loja, que horas são nela, e o que muda noutros balcões."""
        self.perfil = await self.pedir(VerMeuPerfil())
        self.lojas = (await self.pedir(ListarLojas())).itens
        self.loja = self._loja_escolhida or self.conexao.loja_dita() or self.perfil.loja_id
        if self.loja is None and len(self.lojas) > 1:
            self.loja = self._loja_escolhida = await self._perguntar_loja() or self.lojas[0].id
            self._reler()
        dela = [loja for loja in self.lojas if self.loja in (None, loja.id)]
        self.fuso = ZoneInfo(dela[0].fuso) if dela else None
        self._virar_minuto()
        await self._vigiar()

    async def _perguntar_loja(self) -> int | None:
        opcoes = [(loja.id, limpar(loja.nome)) for loja in self.lojas]
        return await self.perguntar(Escolher("Em que loja você está?", opcoes))

    def action_loja(self) -> None:
        """Passa a trabalhar em outra loja da rede."""
        self.trabalhar(self._trocar_de_loja(), "chegada")

    async def _trocar_de_loja(self) -> None:
        if escolhida := await self._perguntar_loja():
            self._loja_escolhida = escolhida
            await self._chegar()
            self._reler()

    def _reler(self) -> None:
        """O que as abas mostram era de outra loja, ou de outra pessoa."""
        self.epoca += 1
        if isinstance(self.screen, Tela):
            self.screen.action_atualizar()

    def on_resize(self) -> None:
        self.set_timer(SOSSEGO, self._conferir_tamanho)

    def _conferir_tamanho(self) -> None:
        """O tamanho que a janela tem, e tudo desenhado de novo.

        Os avisos do sistema podem chegar trocados, e o último ser de um tamanho que já passou; e,
        se a janela volta ao que era antes que alguém note, o que não coube já se perdeu.
        """
        tamanho = self.size if self.is_headless else Size(*get_terminal_size())
        if tamanho == self.size:
            self.refresh()
        else:
            self.post_message(Resize(tamanho, tamanho))

    def _virar_minuto(self) -> None:
        if not (self.is_headless or os.isatty(0)):  # sem terminal, e ninguém avisou
            self._cair()
        if isinstance(self.screen, Tela):
            self.screen.virar_minuto()

    # ── a conversa com a oficina ─────────────────────────────────────────────────────────────

    async def pedir(self, caso: CasoDeUso[R], semente: str = "") -> R:
        """A resposta da oficina; se ela não atende, diz desde quando, e insiste até atender.

        A chave é uma só: o que se gravou e não se soube não se grava de novo; nem mais tarde, se a
        semente e o pedido são os mesmos. Levanta as outras recusas.
        """
        chave = _chave(semente or semear(), self.loja, caso) if ROTAS[type(caso)].escreve else None
        quem, pedido = self.oficina, Pedido(chave=chave, loja=self.loja)
        with self._a_gravar() if chave else nullcontext():
            resposta = await self._insistir(
                lambda: (quem or self.conexao.oficina).executar(caso, pedido)
            )
        self.epoca += chave is not None
        return resposta

    async def _insistir(self, executar: Callable[[], R]) -> R:
        """O que se executa, sempre em um fio: abrir a conexão também espera."""
        laco, tentativa = asyncio.get_running_loop(), 0
        while True:
            demora = laco.call_later(DEMORA, self._demorou)
            try:
                resposta = await em_fio(executar)
            except NaoIdentificado as erro:
                erro.detalhes = (ENTRE,)
                raise
            except MuitasTentativas:
                raise
            except Indisponivel as erro:
                self._caiu(str(erro) if tentativa else "")
                await asyncio.sleep(ESPERAS[min(tentativa, len(ESPERAS) - 1)])
                tentativa += 1
            else:
                self._voltou()
                return resposta
            finally:
                demora.cancel()

    def pode(self, caso: type[CasoDeUso[Any]]) -> bool:
        """Se o papel de quem atende admite o caso; enquanto não se sabe qual é, admite."""
        papel = PAPEIS.get(self.perfil.papel) if self.perfil else None
        return papel is None or papel in ROTAS[caso].papeis

    def trabalhar(self, fazer: Coroutine[Any, Any, object], grupo: str) -> None:
        """Faz em segundo plano, fora da vez de qualquer tela; o que dá errado se diz."""

        def recusar(erro: ErroOficina) -> None:
            if isinstance(self.screen, Tela):
                self.screen.recusar(erro)

        self.run_worker(self.tentar(fazer, recusar), group=grupo, exit_on_error=False)

    async def tentar(
        self, fazer: Awaitable[object], recusar: Callable[[ErroOficina], None]
    ) -> bool:
        """Se deu certo; a recusa se diz a quem pediu, e a tela fica, com o que se digitou."""
        try:
            await fazer
        except ErroOficina as erro:
            recusar(erro)
        except Exception as erro:  # noqa: BLE001
            self.estranhar(erro)
        else:
            return True
        return False

    def estranhar(self, erro: Exception) -> None:
        """O que ninguém esperava vai para o registro, e o balcão continua."""
        self.estranhos.append(erro)
        frase = estranhar(erro)
        frase = frase[0].upper() + frase[1:]
        if isinstance(self.screen, Tela):
            self.screen.alertar(frase)
        elif isinstance(self.screen, Dialogo):
            self.screen.recusar(frase)

    def _demorou(self) -> None:
        """Ainda não se sabe se caiu, mas quem espera há de saber que se espera."""
        if not self.sem_conexao:
            desiste = " · esc desiste" if self._espera_por_acao and not self._gravacoes else ""
            self.sem_conexao = f"esperando a oficina…{desiste}"
            self._mostrar_aviso()

    def _caiu(self, porque: str) -> None:
        """O motivo só se diz quando já se insistiu."""
        self._fora_desde = self._fora_desde or f"{self.agora():%H:%M}"
        dito = f"sem conexão desde {self._fora_desde} · tentando de novo"
        self.sem_conexao = f"{dito} · {porque}" if porque else dito
        self.soltar()
        self._mostrar_aviso()

    def _voltou(self) -> None:
        if self.sem_conexao:
            self.sem_conexao = self._fora_desde = ""
            self._mostrar_aviso()

    def _redesenhar_avisos(self) -> None:
        for aviso in self.screen.query("Aviso"):
            aviso.refresh(layout=True)

    def _mostrar_aviso(self) -> None:
        self._redesenhar_avisos()
        if isinstance(self.screen, Dialogo):
            self.screen.lembrar(self.sem_conexao)

    async def trocar_operador(self, cpf: str, senha: str) -> None:
        """Passa a atender em nome de outro; NaoIdentificado se a senha não é dele."""
        self.oficina = await em_fio(lambda: self.conexao.entrar(cpf, senha))
        self.loja = self._loja_escolhida = None
        await self._chegar()
        self._reler()

    async def perguntar(self, dialogo: Dialogo[R]) -> R | None:
        """A resposta do diálogo; None se se desistiu. Só se chama de dentro de uma ação."""
        self.soltar()
        return await self.push_screen_wait(dialogo)

    async def anotar(self, nome: str, rascunho: Rascunho | None) -> None:
        """Guarda o que se digitou em disco, ou, com None, apaga o que lá havia."""
        self.rascunhos.anotar(nome, rascunho)
        with self._a_gravar():
            await em_fio(self.rascunhos.gravar)

    @contextmanager
    def _a_gravar(self) -> Iterator[None]:
        """Quem sai espera um instante pelo que se grava, em disco ou na oficina."""
        self._gravacoes += 1
        try:
            yield
        finally:
            self._gravacoes -= 1

    def esquecer(self, nome: str) -> None:
        """O que se gravou, ou se largou, já não é rascunho: sabe-se já, e o disco a seguir."""
        self.rascunhos.anotar(nome, None)
        self.run_worker(em_fio(self.rascunhos.gravar), group="rascunho", exit_on_error=False)

    def desistir(self, tela: Tela) -> None:
        """Fecha a tela de um rascunho que ainda se grava: até se saber, não se manda outra vez."""
        tela.dismiss(None)
        self.avisar_depois(AINDA)

    async def ate_o_fim(
        self, rascunho: str, titulo: str, gravacao: Awaitable[R], contar: Callable[[R], str]
    ) -> R:
        """O que a oficina respondeu; a quem já saiu da tela, diz-se onde estiver.

        Enquanto isso o rascunho não se oferece; gravado, esquece-se.
        """
        tarefa = asyncio.ensure_future(self._gravar(rascunho, gravacao))
        try:
            with self._a_gravar():
                return await asyncio.shield(tarefa)
        except asyncio.CancelledError:
            tarefa.add_done_callback(partial(self._contar_de_longe, titulo, contar))
            raise

    async def _gravar(self, rascunho: str, gravacao: Awaitable[R]) -> R:
        if not rascunho:
            return await gravacao
        self.rascunhos.gravando.add(rascunho)
        try:
            resposta = await gravacao
        finally:
            self.rascunhos.gravando.discard(rascunho)
        self.esquecer(rascunho)
        return resposta

    def _contar_de_longe(
        self, titulo: str, contar: Callable[[R], str], tarefa: "asyncio.Future[R]"
    ) -> None:
        if tarefa.cancelled():  # o programa fechou
            return
        try:
            frase = contar(tarefa.result())
        except ErroOficina as erro:
            frase = f"{titulo} não se gravou: {erro}"
        except Exception as erro:  # noqa: BLE001 — quem já saiu também o há de saber
            frase = f"{titulo}: {estranhar(erro)}"
        self.avisar_depois(frase)

    def trocar_tela(self, tela: Tela, aviso: str = "") -> None:
        """Põe outra tela no lugar desta; a ação que pede isto é da tela que sai, e acaba antes."""
        senha = self.segurar()

        async def trocar() -> None:
            try:
                if not self._fechando:
                    await self.switch_screen(tela)
                    tela.call_after_refresh(tela.avisar, aviso)
            finally:
                self.largar(senha)

        self.call_later(trocar)

    def avisar_depois(self, frase: str) -> None:
        """A frase na tela a que se volta."""

        def dizer() -> None:
            if isinstance(self.screen, Tela):
                self.screen.avisar(frase)

        self.call_later(dizer)

    # ── o que muda noutros balcões ───────────────────────────────────────────────────────────

    async def _vigiar(self) -> None:
        from oficina_cli.tui.vigia import vigia_de

        vigia = vigia_de(self.oficina or self.conexao.oficina, self.loja)
        antes, self._vigia = self._vigia, vigia
        if antes:
            await em_fio(antes.parar)

        laco = asyncio.get_running_loop()

        def olhar() -> None:
            falhas, ditas = 0, None
            while self._vigia is vigia and not self._fechando:
                try:
                    houve, falhas = vigia.esperar() != (), 0
                except ErroOficina:
                    houve, falhas = False, falhas + 1
                with suppress(RuntimeError):  # a tela fechou
                    if falhas in (0, FALHAS) and falhas != ditas:
                        ditas = falhas
                        laco.call_soon_threadsafe(self._saber_dos_outros, not falhas)
                    if houve and not self._fechando:
                        laco.call_soon_threadsafe(self._mudou)

        Thread(target=olhar, daemon=True).start()

    def _saber_dos_outros(self, sabe: bool) -> None:
        antes, agora = self.sem_noticias, f"{self.agora():%H:%M}"
        self.sem_noticias = "" if sabe else f"sem saber dos outros balcões desde {agora}"
        if self.sem_noticias != antes and self.is_running:
            self._redesenhar_avisos()

    def _mudou(self) -> None:
        if self.is_running and not self._fechando and isinstance(self.screen, Tela):
            self.screen.mudou()

    # ── teclas adiantadas ────────────────────────────────────────────────────────────────────

    def segurar(self) -> object:
        """Enquanto se guarda o que isto devolve, as teclas esperam: vão para a tela seguinte."""
        senha = object()
        self._segurando.add(senha)
        return senha

    def largar(self, senha: object) -> None:
        self._segurando.discard(senha)
        if self._guardadas:
            self.call_later(self._entregar)

    def soltar(self) -> None:
        """Ninguém mais segura: quem tem o foco agora recebe o que se teclou."""
        self._segurando.clear()
        self.call_later(self._entregar)

    async def _entregar(self) -> None:
        """A próxima das guardadas, na vez dela; a que larga o que demora não espera."""
        if self._espera_por_acao and any(map(_urgente, self._guardadas)):
            while not _urgente(evento := self._guardadas.popleft()):
                pass  # quem volta desiste do que teclou à frente
            self._desistir()
            await self._passar(evento)
        elif self._guardadas and not self._segurando:
            await self._passar(self._guardadas.popleft())

    @property
    def _espera_por_acao(self) -> bool:
        """Se o que segura as teclas não é só a tecla anterior."""
        return bool(self._segurando - self._teclas.keys())

    def _desistir(self) -> None:
        """Já não se espera: o que só se lia se larga, e o que se grava acaba depois."""
        self._segurando.clear()
        if isinstance(self.screen, Tela):
            self.screen.desistir()

    def gravou_desde(self, epoca: int) -> bool:
        """Se este balcão gravou algo desde aí, ou ainda grava."""
        return bool(self._gravacoes) or self.epoca != epoca

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        else:
            self._guardadas.append(event)
            await self._entregar()

    async def _passar(self, evento: Event) -> None:
        """Uma tecla de cada vez: a seguinte espera que esta tenha feito o que faz."""
        senha = self.segurar()
        await super().on_event(evento)
        self._teclas[senha] = self.screen
        self._seguir(TeclaFeita(senha, self.screen.focused or self.screen, VOLTAS))
        self.set_timer(TECLA_MAXIMA, lambda: self._acabou_a_tecla(senha))

    def _seguir(self, mensagem: "TeclaFeita") -> None:
        if not (mensagem.voltas and mensagem.quem.post_message(mensagem)):
            self._acabou_a_tecla(mensagem.senha)

    def _acabou_a_tecla(self, senha: object) -> None:
        self._teclas.pop(senha, None)
        self.largar(senha)

    def on_na_janela_fechou(self, fechou: NaJanela.Fechou) -> None:
        """A tecla que fechou a tela já fez o que fazia; a seguinte não espera mais."""
        for senha, tela in list(self._teclas.items()):
            if tela is fechou.tela:
                self._acabou_a_tecla(senha)

    def on_tecla_feita(self, feita: "TeclaFeita") -> None:
        self._seguir(TeclaFeita(feita.senha, feita.quem, feita.voltas - 1))

    # ── por onde se anda ─────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Antes de haver oficina, não há aonde ir."""
        if self.inicio and action in {"ir", "g", "saltar", "operador"}:
            return False
        return super().check_action(action, parameters)

    async def run_action(self, *args: Any, **kwargs: Any) -> bool:
        """Uma ação com defeito não derruba o balcão, nem leva o que se digitou."""
        try:
            return await super().run_action(*args, **kwargs)
        except Exception as erro:  # noqa: BLE001
            self.estranhar(erro)
            return True

    async def action_ir(self, aba: str) -> None:
        """Vai à abertura da aba; o que está sujo se resolve antes."""
        if self.modal or not await self._desempilhar():
            return
        if self.current_mode != aba:
            await self.switch_mode(aba)
            await self._desempilhar()
        inicio = getattr(self.screen, "comecar", None)
        if inicio and self.screen.is_mounted:  # a que ainda se monta começa pelo começo
            inicio()

    @property
    def modal(self) -> bool:
        return bool(self.screen.is_modal)

    async def _desempilhar(self) -> bool:
        while len(self.screen_stack) > 1:
            if not await self._pode_largar():
                return False
            await self.pop_screen()
        return True

    async def _pode_largar(self) -> bool:
        if not isinstance(self.screen, Tela):
            return True
        with suppress(TimeoutError):  # o que o disco não guardou a tempo continua anotado
            return await asyncio.wait_for(self.screen.largar_para_depois(), DISCO_MAXIMO)
        return True

    def action_g(self) -> None:
        """`g` e a inicial da aba, fora de campo."""
        from oficina_cli.tui.widgets.salto import EscolherAba

        self.push_screen(EscolherAba(ABAS), self._ir_a)

    def _ir_a(self, aba: str | None) -> None:
        if aba:
            self.call_later(self.action_ir, aba)

    def action_saltar(self) -> None:
        from oficina_cli.tui.widgets.salto import Salto

        if not self.modal:
            self.push_screen(Salto(self.screen), self._saltar_para)

    def _saltar_para(self, alvo: Any) -> None:
        if alvo is not None:
            alvo()

    def action_ajuda(self) -> None:
        from oficina_cli.tui.ajuda import TelaAjuda

        if not isinstance(self.screen, TelaAjuda) and not self.modal:
            self.push_screen(TelaAjuda(self.screen))

    def action_operador(self, porque: str = "") -> None:
        from oficina_cli.tui.operador import TelaOperador

        self.push_screen(TelaOperador(porque))

    def action_tema(self) -> None:
        nomes = list(temas.PALETAS)
        self.theme = nomes[(nomes.index(self.theme) + 1) % len(nomes)]

    async def action_sair(self) -> None:
        tela = self.screen
        if await self._pode_largar() or (tela is self._preso and self._preso.sem_disco):
            await self._sair()
        elif isinstance(tela, Tela):
            self._preso = tela

    def _ouvir_quem_manda_acabar(self) -> None:
        """A janela que se fecha, ou o sistema que desliga: guarda-se o que se digitou, e sai-se."""
        for sinal in ("SIGTERM", "SIGHUP"):
            with suppress(AttributeError, NotImplementedError):  # o Windows não os tem
                asyncio.get_running_loop().add_signal_handler(getattr(signal, sinal), self._cair)

    def _cair(self) -> None:
        async def cair() -> None:
            await self._pode_largar()
            await self._sair()

        self.run_worker(cair(), group="saida", exit_on_error=False)

    async def _sair(self) -> None:
        if self._gravacoes and isinstance(self.screen, Tela):
            self.screen.avisar(SAINDO)
        with suppress(TimeoutError):  # senão o que ficou gravado se ofereceria por gravar
            await asyncio.wait_for(self._acabar_de_gravar(), ESPERA_MAXIMA)
        await self._encerrar()
        with suppress(Exception):
            await asyncio.wait_for(em_fio(self.rascunhos.gravar), DISCO_MAXIMO)
        self.workers.cancel_all()  # a tela que uma ação ainda abrisse já não se montaria
        self.exit()

    async def _acabar_de_gravar(self) -> None:
        while self._gravacoes:  # noqa: ASYNC110 — a ação segue à resposta, e pode gravar mais
            await asyncio.sleep(PASSO)

    def _fatal_error(self) -> None:
        """O Textual mostraria o rastro com o que se digitou; quem abriu o balcão é que o conta."""
        self._close_messages_no_wait()

    @property
    def falha(self) -> Exception | None:
        """O que derrubou a aplicação, se algo a derrubou."""
        return self._exception

    async def _encerrar(self) -> None:
        self._fechando = True
        if self._vigia:
            with suppress(Exception):
                await em_fio(self._vigia.parar)

    async def on_unmount(self) -> None:
        await self._encerrar()
        with suppress(Exception):
            await asyncio.wait_for(em_fio(self.rascunhos.fechar), DISCO_MAXIMO)

    def action_paleta(self) -> None:
        from oficina_cli.tui.widgets.paleta import Paleta

        if not self.modal:
            self.push_screen(Paleta(list(self._comandos(self.screen))), self._fazer)

    def _fazer(self, comando: Comando | None) -> None:
        if comando:
            self.call_later(comando.fazer)

    def _comandos(self, tela: Screen[Any]) -> Iterator[Comando]:
        """Tudo o que se pode fazer desta tela: primeiro o que é dela."""
        if isinstance(tela, Tela):
            for titulo, acao in tela.COMANDOS:
                _, nome, parametros = parse(acao)
                if tela.check_action(nome, parametros) is not False:
                    tecla = self._tecla(ligacoes(type(tela)), acao)
                    yield Comando(titulo, tecla, partial(self.run_action, acao, tela))
            if tela.comando():
                yield Comando("Copiar o comando de terminal", "", tela.action_comando)
        for aba, nome in self.abas.items():
            tecla = self._tecla(self.BINDINGS, f"ir('{aba}')")
            yield Comando(f"Ir para {nome}", tecla, partial(self.action_ir, aba))
        if not self.inicio:
            yield Comando("Trocar de operador", "", self.action_operador)
        if len(self.lojas) > 1:
            yield Comando("Trocar de loja", "", self.action_loja)
        yield Comando("Trocar o tema: escuro, claro, alto contraste", "", self.action_tema)
        yield Comando(
            "Saltar para uma área da tela", self._tecla(self.BINDINGS, "saltar"), self.action_saltar
        )
        yield Comando("Ajuda desta tela", self._tecla(self.BINDINGS, "ajuda"), self.action_ajuda)
        yield Comando("Sair", self._tecla(self.BINDINGS, "sair"), self.action_sair)

    def _tecla(self, ligacoes: Iterable[BindingType], acao: str) -> str:
        for ligacao in ligacoes:
            if isinstance(ligacao, Binding) and ligacao.action == acao:
                return nome_da_tecla(tecla_de(self, ligacao))
        return ""
