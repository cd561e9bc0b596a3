"""A ordem de serviço: por onde passou, o que se faz nela, e o que falta."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content

from oficina_cli.tui.base import Tela
from oficina_cli.tui.ordens_desenho import VIVOS, Desenho
from oficina_cli.tui.ordens_finalizacao import Finalizar, pecas_de
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import (
    FORTE,
    registro,
    solta,
    valor,
)
from oficina_cli.tui.widgets.dialogo import Confirmar, Escolher, Perguntar
from oficina_cli.tui.widgets.folha import Desenho as DesenhoDaFolha
from oficina_cli.tui.widgets.folha import Folha
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    FichaOrdem,
    IniciarDiagnostico,
    LinhaHistorico,
    LinhaOrdem,
    LinhaPagamento,
    ListarMecanicos,
    OrcamentoDaOrdem,
    VerHistoricoOrdem,
    VerOrdem,
)
from oficina_core.casos.ordens_encerramento import CancelarOrdem, EntregarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import EstornarPagamento, RegistrarPagamento
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.dinheiro import ZERO, ler_reais
from oficina_core.dominio.erros import DadoInvalido, PagamentoRepetido
from oficina_core.dominio.ordem import ENCERRADAS, SEM_RESPOSTA, StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.texto import limpar, quantos, reais

if TYPE_CHECKING:
    from oficina_cli.tui.app import Balcao

S = StatusOrdem
QUANDO: dict[str, tuple[StatusOrdem, ...]] = {
    "finalizar": (S.EM_EXECUCAO,),
    "entregar": (S.FINALIZADA,),
    "entregar_com_km": (S.FINALIZADA,),
    "diagnosticar": (S.RECEBIDA,),
    "orcamento": (*SEM_RESPOSTA, S.EM_EXECUCAO),
    "cancelar": (*SEM_RESPOSTA, S.EM_EXECUCAO),
    "mecanico": (*SEM_RESPOSTA, S.EM_EXECUCAO),
}


CASOS: dict[str, type[CasoDeUso[Any]]] = {
    "finalizar": FinalizarOrdem,
    "entregar": EntregarOrdem,
    "entregar_com_km": EntregarOrdem,
    "diagnosticar": IniciarDiagnostico,
    "receber": RegistrarPagamento,
    "estornar": EstornarPagamento,
    "mecanico": AtribuirMecanico,
    "cancelar": CancelarOrdem,
    "orcamento": CriarOrcamento,
    "aprovar": AprovarOrcamento,
}


class TelaOrdem(Tela):
    """Uma ordem inteira; cada letra é uma ação sobre ela."""

    ABA = "fila"
    NO_RODAPE = 6
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "finalizar", "finalizar", id="ordem.finalizar"),
        Binding("e", "entregar", "entregar", id="ordem.entregar"),
        Binding("a", "aprovar", "aprovar", id="ordem.aprovar"),
        Binding("d", "diagnosticar", "diagnosticar", id="ordem.diagnosticar"),
        Binding("o", "orcamento", "orçamento", id="ordem.orcamento"),
        Binding("f8,r", "receber", "receber", id="ordem.receber"),
        Binding("n", "anotar", "anotar", id="ordem.anotar"),
        Binding("m", "mecanico", "mecânico", id="ordem.mecanico"),
        Binding("v", "ver_orcamento", "orçamento respondido", show=False, id="ordem.ver"),
        Binding("c", "orcamento", "serviço a mais", show=False, id="ordem.complementar"),
    ]
    COMANDOS = (
        ("Finalizar a ordem", "finalizar"),
        ("Entregar o carro", "entregar"),
        ("Entregar o carro, anotando o km", "entregar_com_km"),
        ("Orçamento da ordem, ou um complementar", "orcamento"),
        ("Ver o orçamento respondido", "ver_orcamento"),
        ("Receber um pagamento", "receber"),
        ("Estornar um pagamento", "estornar"),
        ("Anotar", "anotar"),
        ("Dar a ordem a um mecânico", "mecanico"),
        ("Cancelar a ordem", "cancelar"),
    )

    def __init__(self, ficha: FichaOrdem, historico: tuple[LinhaHistorico, ...]) -> None:
        super().__init__()
        self.ficha, self.historico = ficha, historico

    @classmethod
    async def de(cls, balcao: "Balcao", ordem_id: int) -> Self:
        """A tela de uma ordem, já lida."""
        ficha = await balcao.pedir(VerOrdem(ordem_id=ordem_id))
        historico = await balcao.pedir(VerHistoricoOrdem(ordem_id=ordem_id))
        return cls(ficha, historico)

    def compor(self) -> ComposeResult:
        with VerticalScroll(id="ordem"):
            yield Folha(self._desenhar(Desenho.trilho))
            with Horizontal(id="lados"):
                yield Folha(self._desenhar(Desenho.itens), id="itens")
                yield Folha(self._desenhar(Desenho.tempo), id="tempo", classes="fio")

    def _desenhar(self, parte: Callable[[Desenho, int], list[Content]]) -> DesenhoDaFolha:
        """Uma parte da ordem como ela está na hora de desenhar."""
        return lambda largura: parte(Desenho(self.ficha, self.historico, self.balcao.fuso), largura)

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#ordem"))

    async def reler(self, *, suave: bool) -> None:
        lida = await self.pedir(VerOrdem(ordem_id=self.ficha.id))
        # O que se pediu antes de gravar pode chegar depois, e não desfaz o que já se mostra.
        if lida.versao >= self.ficha.versao:
            self._mostrar(lida)
        self.historico = await self.pedir(VerHistoricoOrdem(ordem_id=self.ficha.id))
        self._redesenhar_folhas()

    def _mostrar(self, ficha: FichaOrdem) -> None:
        self.ficha = ficha
        self._redesenhar_folhas()
        self.refresh_bindings()
        self.redesenhar()

    def _redesenhar_folhas(self) -> None:
        for folha in self.query(Folha):
            folha.redesenhar()

    def contexto(self) -> tuple[Content, Content]:
        ficha = self.ficha
        total = ficha.total or ficha.a_aprovar
        return (
            registro(ficha.cliente, ficha.placa, f"OS {ficha.id}"),
            solta((reais(total) if total else "", FORTE)),
        )

    def comando(self) -> str:
        return f"oficina ordem ver {self.ficha.id}"

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        return CASOS.get(acao)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Só se oferece o que o estado da ordem admite."""
        ficha = self.ficha
        if not super().check_action(action, parameters):
            return False
        if action == "aprovar":
            return any(orcamento.status in VIVOS for orcamento in ficha.orcamentos)
        if action == "receber" and ficha.status in ENCERRADAS:
            return ficha.saldo > 0
        if action == "estornar":
            return bool(self._estornaveis)
        if action == "ver_orcamento":
            return self._respondido is not None
        return action not in QUANDO or ficha.status in QUANDO[action]

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    def action_diagnosticar(self) -> None:
        self.agir(self._fazer(IniciarDiagnostico(ordem_id=self.ficha.id), "Diagnóstico começado"))

    def action_finalizar(self) -> None:
        self.agir(self._finalizar())

    async def _finalizar(self) -> None:
        await self.balcao.perguntar(
            Finalizar(self.ficha, lambda caso: self._fazer(caso, "Ordem finalizada"))
        )

    def action_entregar(self) -> None:
        self.agir(self._entregar())

    async def _entregar(self) -> None:
        deve = self.ficha.saldo > 0
        if deve and await self.balcao.perguntar(confirmar_entrega(self.ficha)) is None:
            return
        await self._fazer(EntregarOrdem(ordem_id=self.ficha.id), "Carro entregue")

    def action_entregar_com_km(self) -> None:
        self.agir(self._entregar_com_km())

    async def _entregar_com_km(self) -> None:
        await self.balcao.perguntar(
            Perguntar(
                "Com que km o carro sai?",
                ler_km,
                ("Só números, como no painel do carro.",),
                fazer=lambda km: self._fazer(
                    EntregarOrdem(ordem_id=self.ficha.id, km=km), "Carro entregue"
                ),
            )
        )

    async def _fazer(self, caso: Any, feito: str) -> None:
        ficha = await self.pedir(caso)
        self._mostrar(ficha)
        self.avisar(f"{feito}. {ficha.aviso or ''}".strip())
        self.historico = await self.pedir(VerHistoricoOrdem(ordem_id=self.ficha.id))
        self._redesenhar_folhas()

    def action_anotar(self) -> None:
        self.agir(self._anotar())

    async def _anotar(self) -> None:
        await self.balcao.perguntar(
            Perguntar(
                "Anotar na ordem",
                ler_texto,
                ("Fica no histórico; não se apaga.",),
                fazer=lambda nota: self._fazer(
                    AnotarOrdem(ordem_id=self.ficha.id, texto=nota), "Anotado"
                ),
            )
        )

    def action_mecanico(self) -> None:
        self.agir(self._atribuir())

    async def _atribuir(self) -> None:
        pagina = await self.pedir(ListarMecanicos(ordem_id=self.ficha.id))
        mecanicos = [(mecanico.id, mecanico.nome) for mecanico in pagina.itens]
        escolhido = await self.balcao.perguntar(
            Escolher("Quem faz o serviço?", [*mecanicos, (0, "ninguém ainda")])
        )
        if escolhido is not None:
            caso = AtribuirMecanico(
                ordem_id=self.ficha.id, mecanico_id=escolhido or None, versao=self.ficha.versao
            )
            await self._fazer(caso, f"Mecânico: {dict(mecanicos).get(escolhido, 'ninguém ainda')}")

    def action_receber(self) -> None:
        self.agir(self._receber())

    async def _receber(self) -> None:
        ficha = self.ficha
        forma = await self.balcao.perguntar(
            Escolher(
                f"Receber {reais(ficha.saldo)}" if ficha.saldo > 0 else "Receber um sinal",
                [(forma, forma.rotulo) for forma in FormaPagamento],
                ("De que forma?",),
            )
        )
        if forma is None:
            return
        await self.balcao.perguntar(
            Perguntar(
                f"Quanto, em {forma.rotulo}?",
                ler_reais,
                campo=Entrada(value=valor(ficha.saldo) if ficha.saldo > ZERO else ""),
                fazer=lambda quanto: self._pagar(
                    RegistrarPagamento(ordem_id=ficha.id, forma=forma, valor=quanto)
                ),
            )
        )

    async def _pagar(self, pagamento: RegistrarPagamento) -> None:
        saldo = self.ficha.saldo
        if 0 < saldo < pagamento.valor:
            em_dinheiro = pagamento.forma is FormaPagamento.DINHEIRO
            perguntar = self._dar_troco if em_dinheiro else self._receber_a_mais
            if not await perguntar(saldo, pagamento.valor):
                raise DadoInvalido(f"Faltam {reais(saldo)}: confira o valor.", "valor")
            if em_dinheiro:
                pagamento = replace(pagamento, valor=saldo)
        try:
            await self._fazer(pagamento, f"Recebido: {reais(pagamento.valor)}")
        except PagamentoRepetido as repetido:
            outro = await self.balcao.perguntar(
                Confirmar(
                    "Receber outro igual?",
                    (str(repetido),),
                    acao="É outro pagamento: receber",
                    seguro="Voltar sem receber",
                )
            )
            if outro is None:
                raise
            await self._pagar(replace(pagamento, outro_igual=True))

    async def _dar_troco(self, saldo: Decimal, dito: Decimal) -> bool:
        """O pagamento é o que fica na gaveta; o troco volta com o cliente."""
        fica = await self.balcao.perguntar(
            Escolher(
                f"Troco: {reais(dito - saldo)}",
                [(True, f"Receber {reais(saldo)}"), (False, "Voltar e conferir")],
                (f"Faltam {reais(saldo)}, e o cliente dá {reais(dito)}.",),
            )
        )
        return bool(fica)

    async def _receber_a_mais(self, saldo: Decimal, dito: Decimal) -> bool:
        sim = await self.balcao.perguntar(
            Confirmar(
                "Receber mais do que falta?",
                (f"Faltam {reais(saldo)}, e o valor dito é {reais(dito)}.",),
                acao="Receber assim mesmo",
                seguro="Voltar e conferir",
            )
        )
        return sim is not None

    @property
    def _estornaveis(self) -> list[LinhaPagamento]:
        pagamentos = self.ficha.pagamentos
        estornados = {pagamento.estorno_de for pagamento in pagamentos}
        return [p for p in pagamentos if p.estorno_de is None and p.id not in estornados]

    def action_estornar(self) -> None:
        self.agir(self._estornar())

    async def _estornar(self) -> None:
        fuso = self.balcao.fuso
        opcoes = [
            (p, f"{p.em.astimezone(fuso):%d/%m %H:%M} · {p.forma.rotulo} · {reais(p.valor)}")
            for p in self._estornaveis
        ]
        escolhido = await self.balcao.perguntar(Escolher("Que pagamento se estorna?", opcoes))
        if escolhido is None:
            return
        valor_dito = reais(escolhido.valor)
        await self.balcao.perguntar(
            Confirmar(
                f"Estornar {valor_dito}, {escolhido.forma.rotulo}?",
                ("O pagamento e a devolução ficam os dois no registro.",),
                acao=f"Estornar {valor_dito}",
                seguro="Voltar sem estornar",
                fazer=lambda _: self._fazer(
                    EstornarPagamento(pagamento_id=escolhido.id), f"Estornado: {valor_dito}"
                ),
            )
        )

    @property
    def _respondido(self) -> OrcamentoDaOrdem | None:
        """O último que já não espera nada."""
        respondidos = [o for o in self.ficha.orcamentos if o.status not in VIVOS]
        return respondidos[-1] if respondidos else None

    def action_ver_orcamento(self) -> None:
        from oficina_cli.tui.orcamentos import abrir

        if self._respondido:
            self.agir(abrir(self, self._respondido.id))

    def action_aprovar(self) -> None:
        from oficina_cli.tui.aprovacao import aprovar_da_ordem

        self.agir(aprovar_da_ordem(self, self.ficha.id))

    def action_orcamento(self) -> None:
        self.agir(self._orcar())

    async def _orcar(self) -> None:
        from oficina_cli.tui.orcamentos_montagem import abrir_da_ordem

        await abrir_da_ordem(self, self.ficha)

    def action_cancelar(self) -> None:
        self.agir(self._cancelar())

    async def _cancelar(self) -> None:
        ficha = self.ficha
        separadas = sum(item.falta < item.quantidade for item in pecas_de(ficha))
        voltam = quantos(separadas, "peça separada volta", "peças separadas voltam")
        volta = f"{voltam} ao estoque. " if separadas else ""
        await self.balcao.perguntar(
            Confirmar(
                f"Cancelar a OS {ficha.id}?",
                (
                    f"{ficha.placa} · {ficha.veiculo} · {ficha.cliente}",
                    f"{volta}A ordem continua no histórico.",
                ),
                acao=f"Cancelar a OS {ficha.id}",
                seguro="Voltar sem cancelar",
                motivo=True,
                fazer=lambda motivo: self._fazer(
                    CancelarOrdem(ordem_id=ficha.id, motivo=motivo), "Ordem cancelada"
                ),
            )
        )


def confirmar_entrega(ordem: FichaOrdem | LinhaOrdem) -> Confirmar:
    """O que se pergunta antes de o carro sair, com o que falta receber."""
    falta = f"Falta receber {reais(ordem.saldo)}. " if ordem.saldo > ZERO else ""
    return Confirmar(
        f"Entregar a OS {ordem.id}?",
        (
            f"{ordem.placa} · {ordem.veiculo} · {ordem.cliente}",
            f"{falta}O carro sai da oficina, e isso não se desfaz.",
        ),
        acao=f"Entregar a OS {ordem.id}",
        seguro="Voltar sem entregar",
    )


def ler_km(dito: str) -> int:
    digitos = dito.replace(".", "").replace(" ", "")
    if not (digitos.isascii() and digitos.isdigit()):
        raise DadoInvalido("O km é um número inteiro, como 98.500.", "km")
    return int(digitos)


def ler_texto(dito: str) -> str:
    if not dito:
        raise DadoInvalido("Escreva algo, ou esc para voltar.")
    return limpar(dito)
