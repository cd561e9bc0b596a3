"""Uma tela de formulário: nada do que se digita se perde, e nada se grava por cima de outro."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from oficina_cli.tui.base import Tela
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.rascunhos import Rascunho
from oficina_cli.tui.widgets.campos import Campo, CampoBR, Formulario
from oficina_cli.tui.widgets.conflito import Conflito, Diferenca
from oficina_cli.tui.widgets.desenho import secao
from oficina_cli.tui.widgets.folha import Folha
from oficina_core.dominio.erros import DadoInvalido, VersaoAntiga
from oficina_core.dominio.valores import Opcao

SUJO = "Há o que gravar: ctrl+s grava, esc de novo descarta."
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
    _acabou = False  # o que se digitou já não é rascunho

    def campos(self) -> tuple[Campo, ...]:
        """Os campos, na ordem em que se preenchem."""
        raise NotImplementedError

    async def gravar(self, valores: dict[str, Any]) -> Any:
        """Faz o pedido à oficina; VersaoAntiga, ao editar, abre a escolha entre seu e atual."""
        raise NotImplementedError

    async def agora(self) -> Gravado:
        """O registro que se edita, lido de novo."""
        raise NotImplementedError

    @property
    def nome_do_rascunho(self) -> str:
        """Com que nome o digitado se guarda em disco; vazio, não se guarda."""
        return ""

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
        primeiro = next(iter(self.formulario.rotulados.values()))
        self.set_focus(primeiro.campo)
        if self.nome_do_rascunho:
            await self._retomar()

    async def _retomar(self) -> None:
        guardado = await em_fio(partial(self.balcao.rascunhos.ler, self.nome_do_rascunho))
        if guardado:
            self.formulario.repor(dict(guardado.campos))
            self.versao = guardado.versao or self.versao
            self.avisar(CONTINUA)

    @on(Formulario.Mudou)
    def _ao_mudar(self) -> None:
        if self.nome_do_rascunho and not self._acabou:
            novo = self.versao is None  # do que ainda não existe, guarda-se tudo
            campos = self.formulario.digitado() if novo else self.formulario.mudados()
            rascunho = Rascunho(self.nome_do_rascunho, self.titulo(), campos, self.versao)
            self.em_segundo_plano("rascunho", partial(self.balcao.anotar, rascunho.nome, rascunho))

    async def esquecer(self) -> None:
        """O que se gravou, ou se descartou, já não é rascunho."""
        if self.nome_do_rascunho:
            await self.balcao.anotar(self.nome_do_rascunho, None)

    @on(Formulario.Pronto)
    def _ao_terminar(self) -> None:
        self.action_gravar()

    def action_gravar(self) -> None:
        self.agir(self._gravar())

    async def _gravar(self) -> None:
        valores = self.formulario.valores()
        while valores is not None:
            try:
                resultado = await self.gravar(valores)
            except VersaoAntiga:
                valores = await self._resolver(valores)
            except DadoInvalido as erro:
                if not self.formulario.apontar(erro.campo, str(erro)):
                    self.recusar(erro)
                return
            else:
                self._acabou = True
                await self.esquecer()
                self.concluir(resultado)
                return

    def concluir(self, resultado: Any) -> None:
        """O que se faz depois de gravar: sair, com o que se gravou."""
        self.dismiss(resultado)

    async def _resolver(self, seu: dict[str, Any]) -> dict[str, Any] | None:
        """O que fica, campo por campo; None é deixar como está na tela, sem gravar."""
        base = self.formulario.iniciais()
        gravado = await self.agora()
        outros = self._diferencas(base, seu, gravado.valores)
        ficam: set[str] | None = set()
        if outros:
            conflito = Conflito("Outro gravou enquanto você editava", outros)
            ficam = await self.balcao.perguntar(conflito)
        if ficam is None:
            return None
        self.versao = gravado.versao
        return {
            campo: seu[campo] if campo in ficam else gravado.valores.get(campo, seu[campo])
            for campo in seu
        }

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

    def action_limpar(self) -> None:
        self.formulario.recomecar()
        self.em_segundo_plano("rascunho", self.esquecer)
        self.avisar("Do começo.")

    def action_voltar(self) -> None:
        if self.sujo and self.aviso != SUJO:
            self.avisar(SUJO)
            return
        self.em_segundo_plano("rascunho", self._largar)

    async def _largar(self) -> None:
        self._acabou = True
        await self.esquecer()
        self.dismiss(None)
