"""Os orçamentos: primeiro os que esperam a resposta do cliente."""

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from oficina_cli.tui.aprovacao import responder
from oficina_cli.tui.base import Tela
from oficina_cli.tui.orcamentos_chegada import Carro
from oficina_cli.tui.orcamentos_montagem import ESPERAM, TelaOrcamento
from oficina_cli.tui.ordens_desenho import VIVOS
from oficina_cli.tui.widgets.desenho import (
    ALERTA,
    FORTE,
    NADA,
    SUAVE,
    dir_,
    esq,
    linha,
    registro,
    secao,
    solta,
    valor,
)
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.orcamentos import LinhaOrcamento, ListarOrcamentos, VerOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.paginas import LIMITE_MAXIMO, Pagina
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.veiculos import Sugestao
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.texto import reais

S = StatusOrcamento
VISOES: tuple[tuple[str, StatusOrcamento | None, str], ...] = (
    ("esperando resposta", S.AGUARDANDO_APROVACAO, "Nenhum orçamento esperando resposta"),
    ("rascunhos", S.RASCUNHO, "Nenhum rascunho"),
    ("vencidos", S.EXPIRADO, "Nenhum orçamento vencido"),
    ("todos", None, "Nenhum orçamento"),
)


class TelaOrcamentos(Tela):
    """A lista: primeiro os que esperam resposta."""

    ABA = "orcamentos"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "abrir", "abrir", id="orcamentos.abrir"),
        Binding("a", "aprovar", "aprovar", id="orcamentos.aprovar"),
        Binding("v", "visao(1)", "outra lista", id="orcamentos.visao"),
    ]
    COMANDOS = (("Outra lista: rascunhos, vencidos, todos", "visao(1)"),)

    def __init__(self) -> None:
        super().__init__()
        self._visao = 0

    def compor(self) -> ComposeResult:
        yield Folha(self._cabeca)
        yield Static(id="vazio")
        yield Lista(self._linha, self._fonte)

    def on_mount(self) -> None:
        self.query_one("#vazio").display = False
        self.set_focus(self.lista)

    def comecar(self) -> None:
        self.set_focus(self.lista)

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        return AprovarOrcamento if acao == "aprovar" else super().caso_de(acao)

    @property
    def lista(self) -> Lista:
        return self.query_one(Lista)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Só se oferece o que se faz com o orçamento sob o cursor."""
        if action in {"abrir", "aprovar"} and self.is_mounted:
            o: LinhaOrcamento | None = self.lista.item
            if o is None or (action == "aprovar" and o.status not in VIVOS):
                return False
        return super().check_action(action, parameters)

    async def _fonte(self, cursor: str | None) -> Pagina[LinhaOrcamento]:
        status = VISOES[self._visao][1]
        return await self.pedir(
            ListarOrcamentos(status=status, limite=LIMITE_MAXIMO, cursor=cursor)
        )

    async def reler(self, *, suave: bool) -> None:
        await self.reler_listas(self.lista, suave=suave)
        aviso = self.query_one("#vazio", Static)
        aviso.display = not self.lista.itens
        nenhum = VISOES[self._visao][2]
        aviso.update(vazio(nenhum, "", (("v", "outra lista"), ("F2", "atender um cliente"))))
        self.query_one(Folha).redesenhar()
        self.redesenhar()

    def _cabeca(self, largura: int) -> list[Content]:
        quantos_ha = f"{len(self.lista.itens)}{'' if self.lista.inteira else '+'}"
        titulo = secao(VISOES[self._visao][0].capitalize(), largura, quantos_ha)
        if not self.lista.itens:
            return [titulo]
        cliente, que, situacao = self._larguras(largura)
        return [
            titulo,
            linha(
                dir_("Nº", 4, SUAVE),
                esq("Placa", 7, SUAVE),
                esq("Cliente", cliente, SUAVE),
                esq("O quê", que, SUAVE),
                *([esq("Situação", situacao, SUAVE)] if situacao else []),
                dir_("Vale até", 8, SUAVE),
                dir_("Total", 9, SUAVE),
            ),
        ]

    def _larguras(self, util: int) -> tuple[int, int, int]:
        """A do cliente, a do que se orça, e a da situação, que só se diz quando varia."""
        situacao = 0 if VISOES[self._visao][1] else 9
        sobra = util - 4 - 7 - 8 - 9 - 5 * 2 - (situacao + 2 if situacao else 0)
        return sobra // 2, sobra - sobra // 2, situacao

    def _linha(self, o: LinhaOrcamento, largura: int, foco: bool) -> list[Content]:
        cliente, que, situacao = self._larguras(largura - 3)
        hoje = self.balcao.agora().date()
        vence = f"{o.validade:%d/%m}" if o.validade else ""
        pede = o.validade is not None and o.status in ESPERAM and (o.validade - hoje).days <= 1
        return [
            linha(
                dir_(str(o.id), 4, SUAVE),
                esq(o.placa, 7, FORTE if foco else ""),
                esq(o.cliente, cliente, SUAVE),
                esq(o.descricao, que),
                *([esq(_curto(o.status), situacao, SUAVE)] if situacao else []),
                dir_(f"! {vence}" if pede else vence, 8, ALERTA if pede else SUAVE),
                dir_(valor(o.valor_total), 9),
                foco=foco,
            )
        ]

    def contexto(self) -> tuple[Content, Content]:
        o: LinhaOrcamento | None = self.lista.item
        if o is None:
            return solta((VISOES[self._visao][0].capitalize(), FORTE)), NADA
        os = f"OS {o.ordem_id}" if o.ordem_id else "balcão"
        return (
            registro(o.cliente, o.placa, f"orçamento {o.id}", os),
            solta((reais(o.valor_total), FORTE)),
        )

    def comando(self) -> str:
        status = VISOES[self._visao][1]
        return "oficina orcamento listar" + (f" --status {status.value}" if status else "")

    @on(Lista.Destacado)
    def _ao_destacar(self) -> None:
        self.mudar_contexto()
        self.refresh_bindings()

    @on(Lista.Escolhido)
    def _ao_escolher(self) -> None:
        self.action_abrir()

    def action_abrir(self) -> None:
        if self.lista.item:
            self.agir(abrir(self, self.lista.item.id))

    def action_aprovar(self) -> None:
        if self.lista.item:
            self.agir(responder(self, self.lista.item.id))

    def action_visao(self, passo: int) -> None:
        self._visao = (self._visao + passo) % len(VISOES)
        self.agir(self.reler(suave=False))


def _curto(status: StatusOrcamento) -> str:
    return {S.AGUARDANDO_APROVACAO: "espera", S.SUBSTITUIDO: "trocado"}.get(status, status.rotulo)


async def abrir(tela: Tela, orcamento_id: int) -> None:
    """A tela de um orçamento, com o que se recusou antes, se ainda se orça."""
    ficha = await tela.pedir(VerOrcamento(orcamento_id=orcamento_id))
    sugestoes: tuple[Sugestao, ...] = ()
    if ficha.ordem_id and ficha.status in VIVOS:
        sugestoes = (await tela.pedir(VerOrdem(ordem_id=ficha.ordem_id))).sugestoes
    carro = Carro(ordem_id=ficha.ordem_id, sugestoes=sugestoes)
    await tela.app.push_screen(TelaOrcamento(carro, ficha))


ABERTURA = TelaOrcamentos
