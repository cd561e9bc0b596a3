"""Uma tela de formulário: nada do que se digita se perde, e nada se grava por cima de outro."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from oficina_cli.tui.base import Tela
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.rascunhos import GUARDAR, Rascunho, semear
from oficina_cli.tui.widgets.campos import Campo, CampoBR, Formulario
from oficina_cli.tui.widgets.conflito import Conflito, Diferenca
from oficina_cli.tui.widgets.desenho import secao
from oficina_cli.tui.widgets.dialogo import Dialogo
from oficina_cli.tui.widgets.folha import Folha
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.erros import DadoInvalido, VersaoAntiga
from oficina_core.dominio.valores import Opcao

R = TypeVar("R")

SUJO = "Há o que gravar: ctrl+s grava, esc de novo descarta."
PRESO = "Há o que gravar: ctrl+s grava, esc duas vezes descarta."
GRAVANDO = "Gravando… espere a resposta."
CONTINUA = "Continua o que ficou sem gravar · ctrl+l começa de novo"


@dataclass(frozen=True)
class Gravado:
    """Como o registro está agora: os valores dos campos do formulário e a versão deles."""

    valores: Mapping[str, Any]
    versao: int


class TelaFormulario(Tela):
    """Campos e um ctrl+s. Quem herda diz os campos, como se grava e, ao editar, como está agora.

    A tela devolve o que `gravar` devolve, ou None se se desistiu.
    """

    TITULO: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "gravar", "gravar", priority=True, id="formulario.gravar"),
        Binding("escape", "voltar", "voltar", id="formulario.voltar"),
        Binding("ctrl+l", "limpar", "começar de novo", show=False, id="formulario.limpar"),
    ]
    COMANDOS = (("Gravar", "gravar"), ("Começar de novo", "limpar"))

    versao: int | None = None
    nome_do_rascunho = ""  # com que o digitado se guarda em disco, do começo ao fim; vazio, não
    _avisado = False  # o esc seguinte descarta
    _gravando = False
    _acabou = False  # o que se digitou já não é rascunho

    def __init__(self) -> None:
        super().__init__()
        self._semente = semear()

    def campos(self) -> tuple[Campo, ...]:
        """Os campos, na ordem em que se preenchem."""
        raise NotImplementedError

    async def gravar(self, valores: dict[str, Any]) -> Any:
        """Faz o pedido à oficina; VersaoAntiga, ao editar, abre a escolha entre seu e atual."""
        raise NotImplementedError

    async def agora(self) -> Gravado:
        """O registro que se edita, lido de novo."""
        raise NotImplementedError

    def titulo(self) -> str:
        return self.TITULO

    def compor(self) -> ComposeResult:
        with Vertical(id="formulario"):
            yield Folha(lambda largura: [secao(self.titulo(), min(largura, 76))])
            yield Formulario(*self.campos())

    @property
    def formulario(self) -> Formulario:
        return self.query_one(Formulario)

    @property
    def sujo(self) -> bool:
        return self.formulario.sujo

    async def on_mount(self) -> None:
        campos = [rotulado.campo for rotulado in self.formulario.rotulados.values()]
        vazios = [campo for campo in campos if not getattr(campo, "value", "")]
        novo = self.versao is None  # do que já existe, começa-se pelo começo
        self.set_focus((vazios or campos)[0] if novo else campos[0])
        if self.nome_do_rascunho in self.balcao.rascunhos.gravando:
            self.balcao.desistir(self)
        elif self.nome_do_rascunho:
            await self.balcao.tentar(self._retomar(), self.recusar)

    async def _retomar(self) -> None:
        guardado = await em_fio(partial(self.balcao.rascunhos.ler, self.nome_do_rascunho))
        if guardado:
            self.formulario.repor(dict(guardado.campos))
            self.versao = guardado.versao or self.versao
            self._semente = guardado.semente or self._semente
            self.avisar(CONTINUA)

    # ── o rascunho ───────────────────────────────────────────────────────────────────────────

    @on(Formulario.Mudou)
    def _ao_mudar(self) -> None:
        self._rearmar()
        self.em_segundo_plano("rascunho", self._guardar, GUARDAR)

    async def _guardar(self) -> None:
        await self._anotar(self._rascunho())

    def _rascunho(self) -> Rascunho | None:
        """O que se guarda: do que ainda não existe, tudo; do que se edita, só o que mudou."""
        if self._acabou or not self.sujo:
            return None
        campos = self.formulario.digitado() if self.versao is None else self.formulario.mudados()
        nome, titulo = self.nome_do_rascunho, self.titulo()
        return Rascunho(nome, titulo, campos, self.versao, self._semente)

    async def _anotar(self, rascunho: Rascunho | None) -> bool:
        """Se o disco o guardou, ou se dele não se guarda nada."""
        return not self.nome_do_rascunho or await self.anotar(self.nome_do_rascunho, rascunho)

    def _esquecer(self) -> None:
        if self.nome_do_rascunho:
            self.balcao.esquecer(self.nome_do_rascunho)

    # ── gravar ───────────────────────────────────────────────────────────────────────────────

    @on(Formulario.Pronto)
    def _ao_terminar(self) -> None:
        self.action_gravar()

    def action_gravar(self) -> None:
        if self._gravando:
            self.alertar(GRAVANDO)
        else:
            self.agir(self._gravar())

    async def _gravar(self) -> None:
        self._avisado, self._gravando = False, True
        try:
            while (valores := self.formulario.valores()) is not None:
                await self._guardar()  # a semente fica em disco antes de o pedido ir
                try:
                    resultado = await self.balcao.ate_o_fim(
                        self.nome_do_rascunho, self.titulo(), self._mandar(valores), self.contar
                    )
                except VersaoAntiga:
                    if not await self._resolver(valores):
                        return
                except DadoInvalido as erro:
                    if not self.formulario.apontar(erro.campo, str(erro)):
                        self.recusar(erro)
                    return
                else:
                    self.concluir(resultado)
                    return
        finally:
            self._gravando = False

    async def _mandar(self, valores: dict[str, Any]) -> Any:
        resultado = await self.gravar(valores)
        self._acabou = True
        return resultado

    async def pedir(self, caso: CasoDeUso[R]) -> R:
        """Com a semente do rascunho; do que se edita, basta a versão."""
        novo = self.nome_do_rascunho and self.versao is None
        return await self.balcao.pedir(caso, self._semente if novo else "")

    def contar(self, resultado: Any) -> str:
        """O que se gravou, dito a quem já está em outra tela."""
        return f"Gravado: {self.titulo()}."

    def concluir(self, resultado: Any) -> None:
        """O que se faz depois de gravar: sair, com o que se gravou."""
        self.dismiss(resultado)

    async def perguntar(self, dialogo: Dialogo[R]) -> R | None:
        """A resposta do diálogo; None também a quem já saiu daqui: de longe não se pergunta."""
        if not self.is_running:
            return None
        return await self.balcao.perguntar(dialogo)

    async def _resolver(self, seu: dict[str, Any]) -> bool:
        """Deixa nos campos o que fica, um por um; falso é não gravar por ora."""
        base = self.formulario.iniciais()
        gravado = await self.agora()
        outros = self._diferencas(base, seu, gravado.valores)
        ficam: set[str] | None = set()
        if outros:
            conflito = Conflito("Outro gravou enquanto você editava", outros)
            ficam = await self.perguntar(conflito)
        if ficam is None:
            return False
        self.versao = gravado.versao
        self.formulario.partir_de(gravado.valores, menos=ficam)
        return True

    def _diferencas(
        self, base: Mapping[str, Any], seu: Mapping[str, Any], atual: Mapping[str, Any]
    ) -> list[Diferenca]:
        rotulados = self.formulario.rotulados
        return [
            Diferenca(
                campo,
                rotulado.rotulo,
                self._dizer(campo, seu[campo]),
                self._dizer(campo, atual[campo]),
                fica_o_seu=base.get(campo) == atual[campo],
            )
            for campo, rotulado in rotulados.items()
            if campo in atual and seu[campo] != atual[campo]
        ]

    def _dizer(self, campo: str, valor: Any) -> str:
        if valor is None:
            return ""
        if isinstance(valor, Opcao):
            return valor.rotulo
        dono = self.formulario.rotulados[campo].campo
        return dono.tipo.mostrar(valor) if isinstance(dono, CampoBR) else str(valor)

    # ── sair ─────────────────────────────────────────────────────────────────────────────────

    def _rearmar(self) -> None:
        """Mexeu-se depois do aviso: o esc seguinte avisa outra vez."""
        if self._avisado:
            self._avisado = False
            self.calar()

    def action_limpar(self) -> None:
        self._rearmar()
        self.formulario.recomecar()
        self._esquecer()
        self._semente = semear()
        self.avisar("Do começo.")

    def action_voltar(self) -> None:
        if self._gravando:
            self.alertar(GRAVANDO)
        elif self.sujo and not self._avisado:
            self.alertar(SUJO)
            self._avisado = True
        else:
            self._acabou = True
            self._esquecer()
            self.dismiss(None)

    async def largar_para_depois(self) -> bool:
        """Se daqui se pode sair sem perder nada: o digitado vai já para o disco.

        O que se está gravando acaba depois, e diz-se onde se estiver.
        """
        if self.sujo and self.nome_do_rascunho:
            return await self._anotar(self._rascunho())
        if self.sujo and not self._gravando:
            self.alertar(PRESO)
            return False
        return True
