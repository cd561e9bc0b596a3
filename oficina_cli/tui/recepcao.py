"""A recepção: o carro que ainda não se conhece, e de quem ele é, viram uma ordem de uma vez."""

import re
from dataclasses import replace
from functools import partial
from shlex import join
from typing import Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from oficina_cli.tui.base import Tela
from oficina_cli.tui.clientes import documento_a_vista, telefone_a_vista
from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.orcamentos_chegada import Carro
from oficina_cli.tui.orcamentos_montagem import TelaOrcamento, aberta
from oficina_cli.tui.ordens import TelaOrdem
from oficina_cli.tui.reativacao import reativado
from oficina_cli.tui.veiculos import COR, MARCA, MODELO
from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo
from oficina_cli.tui.widgets.desenho import FORTE, NADA, SUAVE, esq, linha, secao, solta, uma_linha
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_core import texto
from oficina_core.casos.busca import Buscar
from oficina_core.casos.clientes import DadosCliente, FichaCliente
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.veiculos import DadosVeiculo, LinhaVeiculo, VerHistoricoVeiculo
from oficina_core.dominio import valores as dominio
from oficina_core.dominio.erros import Conflito, DadoInvalido, OutroCarro, OutroDono, RegraViolada
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.texto import sem_acento

LARGURA = 76
OUTRO_CARRO = "outro carro"
FALTA_QUEIXA = "Diga o que o cliente pede: é a queixa da ordem."
FORA_DA_CASA = (StatusOrdem.ENTREGUE, StatusOrdem.CANCELADA)
COMECO_DE_PLACA = re.compile("[A-Za-z]{3}-?[0-9][0-9A-Za-z]{0,3}")


def _documento(dito: str) -> str:
    """Com a pontuação, se é um documento; o que ainda não é fica como se digitou."""
    completo = isinstance(dito, dominio.CPF | dominio.CNPJ)
    return texto.documento(dito) if completo else dito


DOCUMENTO = replace(campos.DOCUMENTO, mostrar=_documento)


def onde_cabe(buscado: str) -> tuple[str, str]:
    """O campo em que o que se procurou se escreve, e o valor dele."""
    for campo, ler in (
        ("placa", dominio.Placa),
        ("documento", dominio.documento),
        ("telefone", dominio.Telefone),
    ):
        try:
            return campo, ler(buscado)
        except DadoInvalido:
            continue
    if COMECO_DE_PLACA.fullmatch(buscado):
        return "placa", buscado.upper()
    return ("nome" if any(map(str.isalpha, buscado)) else "documento"), buscado


class Recepcao(TelaFormulario):
    """Quem não é conhecido se diz por inteiro; de quem é, só se pergunta o carro."""

    ABA = "atendimento"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "escolher", "atender", id="recepcao.escolher"),
    ]

    def __init__(self, buscado: str = "", cliente: FichaCliente | None = None) -> None:
        super().__init__()
        self.cliente = cliente
        self.nome_do_rascunho = f"recepcao-{cliente.id}" if cliente else "recepcao"
        self._buscado = onde_cabe(buscado.strip()) if buscado.strip() else ("", "")

    @property
    def carros(self) -> list[LinhaVeiculo]:
        """Os que o cliente já trouxe."""
        return [v for v in self.cliente.veiculos if v.ativo] if self.cliente else []

    def titulo(self) -> str:
        if not self.cliente:
            return "Carro novo"
        return "Outro carro" if self.carros else "O carro"

    def contexto(self) -> tuple[Content, Content]:
        quem = uma_linha(self.cliente.nome) if self.cliente else "Recepção"
        return solta((quem, FORTE)), NADA

    def comando(self) -> str:
        dito = self.formulario.digitado()
        opcoes = {**dito, "cliente": f"id:{self.cliente.id}"} if self.cliente else dito
        ditas = [parte for nome, valor in opcoes.items() if valor for parte in (f"--{nome}", valor)]
        return join(["oficina", "ordem", "abrir", *ditas])

    def campos(self) -> tuple[Campo, ...]:
        do_carro = (
            Campo(nome="placa", rotulo="Placa", tipo=campos.PLACA, obrigatorio=True),
            Campo(nome="marca", rotulo="Marca", tipo=MARCA, obrigatorio=True),
            Campo(nome="modelo", rotulo="Modelo", tipo=MODELO, obrigatorio=True),
            Campo(nome="ano", rotulo="Ano do modelo", tipo=campos.INTEIRO),
            Campo(nome="cor", rotulo="Cor", tipo=COR),
            Campo(nome="km", rotulo="Km", tipo=campos.KM),
        )
        do_cliente = (
            Campo(
                nome="documento",
                rotulo="CPF ou CNPJ",
                tipo=DOCUMENTO,
                dica="sem ele, o telefone basta",
            ),
            Campo(nome="nome", rotulo="Nome do cliente", tipo=campos.NOME, obrigatorio=True),
            Campo(nome="telefone", rotulo="Telefone", tipo=campos.TELEFONE),
            Campo(nome="email", rotulo="E-mail", tipo=campos.EMAIL),
        )
        queixa = Campo(nome="queixa", rotulo="O que o cliente pede *", tipo=campos.TEXTO)
        onde, dito = self._buscado
        return tuple(
            replace(campo, inicial=dito) if campo.nome == onde else campo
            for campo in (*do_carro, *(() if self.cliente else do_cliente), queixa)
        )

    def compor(self) -> ComposeResult:
        if self.cliente:
            yield Folha(self._do_cliente, id="cliente")
            yield Lista(self._carro, chave=str, id="carros")
        yield from super().compor()

    def _do_cliente(self, largura: int) -> list[Content]:
        if not self.cliente:
            return []
        c, n = self.cliente, min(largura, LARGURA)
        dados = (
            documento_a_vista(c.documento),
            telefone_a_vista(c.telefone),
            texto.email_mascarado(c.email),
        )
        linhas = [
            secao("Cliente", n),
            linha(esq(c.nome, n, FORTE)),
            linha(esq(" · ".join(filter(None, dados)) or "sem contato", n, SUAVE)),
            NADA,
        ]
        return [*linhas, secao("Que carro veio?", n)] if self._escolhendo else linhas

    def _carro(self, carro: Any, largura: int, foco: bool) -> list[Content]:
        n = min(largura - 4, LARGURA) - 9
        if not isinstance(carro, LinhaVeiculo):
            return [linha(esq("+", 7), esq(carro, n), foco=foco)]
        ano = f" {carro.ano}" if carro.ano else ""
        return [
            linha(
                esq(carro.placa, 7, FORTE), esq(f"{carro.marca} {carro.modelo}{ano}", n), foco=foco
            )
        ]

    # ── que carro veio ───────────────────────────────────────────────────────────────────────

    _escolhendo = False

    async def _retomar(self) -> None:
        await super()._retomar()
        if self.sujo and self._buscado[0]:
            self._dizer_que_continua()
        elif self.cliente:
            await self._perguntar_o_carro(perguntar=bool(self.carros) and not self.sujo)

    def _dizer_que_continua(self) -> None:
        campo, dito = self._buscado
        if self.formulario.digitado()[campo] != self.formulario.rotulados[campo].campo.inicial:
            self.avisar(f"Continua o que não se gravou · ctrl+l começa a de {dito}")

    async def _perguntar_o_carro(self, *, perguntar: bool) -> None:
        """Mostra os carros do cliente ou, se não é nenhum deles, os campos do outro."""
        lista = self.query_one("#carros", Lista)
        self._escolhendo = perguntar
        lista.display = perguntar
        self.query_one("#formulario").display = not perguntar
        self.query_one("#cliente", Folha).redesenhar()
        if perguntar:
            await lista.abrir(pronta([*self.carros, OUTRO_CARRO]))
            self.set_focus(lista)
        else:
            self.set_focus(self.formulario.rotulados["placa"].campo)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("gravar", "limpar"):
            return not self._escolhendo
        if action == "escolher":
            return self._escolhendo
        return super().check_action(action, parameters)

    def action_escolher(self) -> None:
        self.query_one("#carros", Lista).action_escolher()

    @on(Lista.Escolhido, "#carros")
    def _ao_escolher(self, escolhido: Lista.Escolhido) -> None:
        if isinstance(escolhido.item, LinhaVeiculo):
            self.agir(self._atender(escolhido.item.id))
        else:
            self.agir(self._perguntar_o_carro(perguntar=False))

    async def _atender(self, veiculo_id: int) -> None:
        """O carro que já está na casa mostra a ordem dele; o que chega, o orçamento."""
        historico = await self.pedir(VerHistoricoVeiculo(veiculo_id=veiculo_id))
        abertas = [v.ordem_id for v in historico.visitas if v.status not in FORA_DA_CASA]
        tela: Tela
        if abertas:
            tela = await TelaOrdem.de(self.balcao, abertas[0])
        else:
            tela = TelaOrcamento(Carro.que_chega(historico))
        self.balcao.trocar_tela(tela)

    # ── quem é ───────────────────────────────────────────────────────────────────────────────

    @on(Input.Blurred)
    def _ao_largar(self, largado: Input.Blurred) -> None:
        ditos = {"documento": "Esse documento", "telefone": "Esse telefone"}
        for nome in ditos.keys() & self.formulario.rotulados.keys():
            if largado.input is self.formulario.rotulados[nome].campo and largado.value.strip():
                self.em_segundo_plano("conhecido", partial(self._reconhecer, largado, ditos[nome]))

    async def _reconhecer(self, largado: Input.Blurred, oque: str) -> None:
        """De quem já é cliente se diz, e se escreve, o nome: não se cadastra outra vez."""
        clientes = (await self.pedir(Buscar(texto=largado.value))).clientes
        if len(clientes) != 1 or largado.input.value != largado.value:
            return
        nome = cast("Input", self.formulario.rotulados["nome"].campo)
        if not nome.value.strip():
            nome.value = clientes[0].nome
            if nome.has_focus:
                nome.action_select_all()
        if sem_acento(nome.value) not in sem_acento(clientes[0].nome):
            self.alertar(f"{oque} já é de {clientes[0].nome}; confira.")
        else:
            self.avisar(f"{oque} já é de {clientes[0].nome}.")

    # ── a ordem ──────────────────────────────────────────────────────────────────────────────

    async def gravar(self, valores: dict[str, Any]) -> FichaOrdem:
        if not valores["queixa"]:
            raise DadoInvalido(FALTA_QUEIXA, "queixa")
        caso = self._ordem(valores)
        while True:
            try:
                return await self.pedir(caso)
            except (Conflito, RegraViolada) as recusa:
                caso = await self._contornar(caso, recusa)

    def _ordem(self, valores: dict[str, Any]) -> AbrirOrdem:
        v = valores
        cliente = (
            None
            if self.cliente
            else DadosCliente(
                nome=v["nome"], documento=v["documento"], telefone=v["telefone"], email=v["email"]
            )
        )
        return AbrirOrdem(
            veiculo_id=v["placa"],
            veiculo=DadosVeiculo(marca=v["marca"], modelo=v["modelo"], ano=v["ano"], cor=v["cor"]),
            cliente=cliente,
            cliente_id=self.cliente.id if self.cliente else None,
            km=v["km"],
            queixa=v["queixa"],
        )

    async def _contornar(self, caso: AbrirOrdem, recusa: Conflito | RegraViolada) -> AbrirOrdem:
        """O pedido que passa, se quem atende concorda com o efeito; senão, a mesma recusa."""
        dito = str(recusa)
        if isinstance(recusa, OutroDono):
            if await self._confirma(
                "O carro mudou de dono?",
                dito,
                "Ao confirmar, o carro passa a este cliente, com o histórico que tem.",
                acao="Mudou de dono: transferir",
                seguro="Voltar sem transferir",
            ):
                return replace(caso, transferir=True)
        elif isinstance(recusa, OutroCarro):
            if await self._confirma(
                "É esse o carro?",
                dito,
                "Ao confirmar, a ordem é desse carro, e o cadastro dele não muda.",
                acao="É ele: abrir a ordem",
                seguro="Voltar e conferir",
            ):
                return replace(caso, veiculo=None)
        elif await reativado(self, recusa, "Ao confirmar, volta às listas e a ordem se abre."):
            return caso
        raise recusa

    async def _confirma(
        self, titulo: str, recusa: str, efeito: str, *, acao: str, seguro: str
    ) -> bool:
        frases = (f"{recusa.partition(';')[0]}.", efeito)
        dialogo = Confirmar(titulo, frases, acao=acao, seguro=seguro)
        return await self.perguntar(dialogo) is not None

    def concluir(self, resultado: FichaOrdem) -> None:
        """Aberta a ordem, a tela dá lugar ao que se propõe nela."""
        self.balcao.trocar_tela(TelaOrcamento(Carro.da(resultado)), self.contar(resultado))

    def contar(self, resultado: FichaOrdem) -> str:
        return aberta(resultado)
