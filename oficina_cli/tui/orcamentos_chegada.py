"""O que se pergunta antes da primeira linha: o km e a queixa do carro que chegou."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.ordens import ler_km
from oficina_cli.tui.rascunhos import CHEGADA, GUARDAR, Rascunho, semear
from oficina_cli.tui.widgets.campos import TEXTO, CampoBR, Entrada
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.casos.veiculos import FichaVeiculo, HistoricoVeiculo, Sugestao
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.ordem import StatusOrdem

if TYPE_CHECKING:
    from oficina_cli.tui.base import Tela


@dataclass
class Carro:
    """De quem é o orçamento que ainda não existe: o carro que chegou, ou uma ordem já aberta."""

    veiculo: FichaVeiculo | None = None
    ordem_id: int | None = None
    queixa: str = ""
    cliente: str = ""
    placa: str = ""
    complementar: bool = False
    sugestoes: tuple[Sugestao, ...] = ()

    @classmethod
    def da(cls, ordem: FichaOrdem) -> Self:
        """O de uma ordem já aberta."""
        return cls(
            ordem_id=ordem.id,
            queixa=ordem.queixa,
            cliente=ordem.cliente,
            placa=ordem.placa,
            complementar=ordem.status is StatusOrdem.EM_EXECUCAO,
            sugestoes=ordem.sugestoes,
        )

    @classmethod
    def que_chega(cls, historico: HistoricoVeiculo) -> Self:
        """Um carro sem ordem aberta, com o que se recusou nas outras visitas."""
        return cls(veiculo=historico.veiculo, sugestoes=historico.recusados)

    @property
    def chegando(self) -> bool:
        """Se a ordem ainda vai nascer, com a primeira linha."""
        return self.ordem_id is None and self.veiculo is not None


class Chegada(Horizontal):
    """Até haver ordem, o que se digita aqui se guarda em disco."""

    class Pronta(Message):
        """Enter em um dos campos: segue-se ao que se inclui."""

    def __init__(self, carro: Carro) -> None:
        super().__init__(id="chegada")
        self.carro = carro
        self.semente = semear()  # de onde sai a chave da ordem que se abre

    def compose(self) -> ComposeResult:
        with Horizontal(classes="par curto"):
            yield Static("Km ", classes="rotulo", markup=False)
            yield Entrada(self._proposto["km"], id="km", max_length=7)
        with Horizontal(classes="par"):
            yield Static("Queixa ", classes="rotulo", markup=False)
            dica = "o nome do kit, se ficar vazia"
            yield CampoBR(TEXTO, self._proposto["queixa"], dica=dica, id="queixa")

    def on_mount(self) -> None:
        self.display = self.carro.chegando

    def comecar(self) -> None:
        """O foco no km, selecionado: digitar troca."""
        self.screen.set_focus(self.campo_km)
        self.campo_km.action_select_all()

    @property
    def campo_km(self) -> Input:
        return self.query_one("#km", Input)

    @property
    def campo_queixa(self) -> Input:
        return self.query_one("#queixa", Input)

    @property
    def campos(self) -> list[Input]:
        """Os que se preenchem agora."""
        return [self.campo_km, self.campo_queixa] if self.display else []

    @property
    def queixa(self) -> str:
        return self.campo_queixa.value.strip()

    @property
    def km(self) -> int | None:
        """O que se digitou; DadoInvalido, com o foco no campo, se não é um número."""
        dito = self.campo_km.value.strip()
        try:
            return ler_km(dito) if dito else None
        except DadoInvalido:
            self.screen.set_focus(self.campo_km)
            raise

    @property
    def por_guardar(self) -> bool:
        """Se há algo digitado que ainda não é de uma ordem."""
        return self.carro.chegando and self._digitado != self._proposto

    @property
    def sujo(self) -> bool:
        """O km, sozinho, guarda-se, mas não prende a tela."""
        return self.carro.chegando and bool(self.queixa)

    async def retomar(self) -> bool:
        """Repõe o que ficou por gravar da última vez, se ficou."""
        guardado = await em_fio(partial(self._tela.balcao.rascunhos.ler, self.nome))
        self.semente = (guardado and guardado.semente) or self.semente
        for nome, dito in (guardado.campos if guardado else {}).items():
            for campo in self.query(f"#{nome}").results(Input):
                campo.value = dito
        return guardado is not None

    async def guardar(self) -> bool:
        """Se o disco o guardou, ou se não há o que guardar."""
        if (veiculo := self.carro.veiculo) and self.por_guardar:
            titulo = f"{veiculo.placa} · {veiculo.cliente}"
            rascunho = Rascunho(self.nome, titulo, self._digitado, semente=self.semente)
            return await self._tela.anotar(rascunho.nome, rascunho)
        return True

    def esquecer(self) -> None:
        """O que se largou já não é rascunho."""
        self._tela.workers.cancel_group(self._tela, "guardar")
        if self.nome:
            self._tela.balcao.esquecer(self.nome)

    def virou(self, ordem_id: int) -> None:
        """O carro já tem ordem: não há mais o que perguntar."""
        self.carro.ordem_id = ordem_id
        self.display = False

    @on(Input.Changed)
    def _ao_mudar(self) -> None:
        """Guarda logo, mas não a cada letra."""
        self._guardar_em(GUARDAR)

    @on(Input.Blurred)
    def _ao_largar(self) -> None:
        """O campo que se acabou de preencher não espera."""
        self._guardar_em(0)

    @on(Input.Submitted)
    def _ao_enviar(self, enviado: Input.Submitted) -> None:
        enviado.stop()
        self.post_message(self.Pronta())

    def _guardar_em(self, espera: float) -> None:
        if self.por_guardar:
            self._tela.em_segundo_plano("guardar", self.guardar, espera)

    @property
    def _tela(self) -> "Tela":
        return cast("Tela", self.screen)

    @property
    def nome(self) -> str:
        """O do rascunho; vazio se não há carro."""
        return f"{CHEGADA}{self.carro.veiculo.id}" if self.carro.veiculo else ""

    @property
    def _digitado(self) -> dict[str, str]:
        return {"km": self.campo_km.value, "queixa": self.campo_queixa.value}

    @property
    def _proposto(self) -> dict[str, str]:
        km = self.carro.veiculo.km if self.carro.veiculo else None
        return {"km": "" if km is None else str(km), "queixa": self.carro.queixa}
