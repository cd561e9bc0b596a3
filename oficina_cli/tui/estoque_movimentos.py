"""Os movimentos de uma peça: o livro que explica o saldo, e o estorno do que se digitou errado."""

from shlex import join
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from oficina_cli.tui.base import Tela
from oficina_cli.tui.estoque_desenho import com_sinal, em_foco, porque, quanto, saldo
from oficina_cli.tui.estoque_formularios import feito
from oficina_cli.tui.widgets.desenho import (
    FORTE,
    SUAVE,
    dir_,
    esq,
    linha,
    secao,
    solta,
    uma_linha,
    valor,
)
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.moldura import Aviso
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.estoque import EstornarMovimento, LinhaMovimento, ListarMovimentos
from oficina_core.casos.paginas import LIMITE_MAXIMO, Pagina
from oficina_core.casos.pecas import FichaPeca, VerPeca
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.erros import Conflito
from oficina_core.dominio.estoque import CausaMovimento as C
from oficina_core.texto import momento

ESTORNAVEIS = (C.ENTRADA, C.AJUSTE)
COM_CUSTO = 97  # colunas


class TelaMovimentos(Tela):
    """Do mais novo para o mais antigo."""

    ABA = "estoque"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "estornar", "estornar", id="movimentos.estornar"),
        Binding("escape", "voltar", "voltar", id="movimentos.voltar"),
    ]
    COMANDOS = (("Estornar o movimento", "estornar"),)

    def __init__(self, peca: FichaPeca) -> None:
        super().__init__()
        self.peca = peca
        self.lista = Lista(self._linha, self._fonte)

    def compor(self) -> ComposeResult:
        yield Folha(self._cabeca)
        yield Static(id="vazio")
        yield self.lista

    def on_mount(self) -> None:
        self.query_one("#vazio").display = False
        self.set_focus(self.lista)

    async def _fonte(self, cursor: str | None) -> Pagina[LinhaMovimento]:
        return await self.pedir(
            ListarMovimentos(peca_id=self.peca.id, limite=LIMITE_MAXIMO, cursor=cursor)
        )

    async def reler(self, *, suave: bool) -> None:
        self.peca = await self.pedir(VerPeca(peca_id=self.peca.id))
        await self.reler_listas(self.lista, suave=suave)
        nenhum = self.query_one("#vazio", Static)
        nenhum.display = not self.lista.itens
        self.lista.set_class(not self.lista.itens, "-vazia")
        nenhum.update(
            vazio(
                "Nenhum movimento",
                "A primeira entrada aparece aqui.",
                (("esc", "volta ao estoque"),),
            )
        )
        self.query_one(Folha).redesenhar()
        self.redesenhar()

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        return EstornarMovimento if acao == "estornar" else super().caso_de(acao)

    # ── como se desenha ──────────────────────────────────────────────────────────────────────

    def _cabeca(self, largura: int) -> list[Content]:
        return [
            secao("Movimentos", largura, f"em {self.peca.unidade.rotulo}s"),
            self._colunas("Quando", "O quê", "Qtd", "Saldo", "Custo", "Quem", largura),
        ]

    def _colunas(  # noqa: PLR0917
        self,
        quando: str,
        que: str,
        delta: str,
        resta: str,
        custo: str,
        quem: str,
        util: int,
        foco: bool | None = None,
    ) -> Content:
        custos = [dir_(custo, 9, SUAVE)] if util >= COM_CUSTO else []
        livre = util - 11 - 9 - 9 - 13 - 8 - 11 * len(custos)
        lida, forte = (SUAVE, SUAVE) if foco is None else ("", FORTE)
        return linha(
            esq(quando, 11, SUAVE),
            esq(que, livre, lida),
            dir_(delta, 9, forte),
            dir_(resta, 9, lida),
            *custos,
            esq(quem, 13, SUAVE),
            foco=bool(foco),
        )

    def _linha(self, m: LinhaMovimento, largura: int, foco: bool) -> list[Content]:
        quando = m.em.astimezone(self.balcao.fuso)
        return [
            self._colunas(
                f"{quando:%d/%m/%y}" if self._de_outro_ano(m) else f"{quando:%d/%m %H:%M}",
                porque(m),
                com_sinal(m),
                saldo(m),
                valor(m.custo_unitario),
                m.ator.split()[0] if m.ator else "",
                largura - 3,
                foco,
            )
        ]

    def _de_outro_ano(self, movimento: LinhaMovimento) -> bool:
        return movimento.em.astimezone(self.balcao.fuso).year != self.balcao.agora().year

    def contexto(self) -> tuple[Content, Content]:
        m: LinhaMovimento | None = self.lista.item
        if m is None:
            return em_foco(self.peca, self.app.size.width)
        return (
            solta(
                (self.peca.codigo, FORTE),
                (" · ", SUAVE),
                (f"movimento {m.id}", SUAVE),
                (" · ", SUAVE),
                uma_linha(porque(m)),
            ),
            solta((quanto(self.peca.estoque, self.peca), FORTE)),
        )

    def comando(self) -> str:
        return join(["oficina", "estoque", "movimentos", self.peca.codigo])

    @on(Lista.Destacado)
    def _ao_destacar(self) -> None:
        self.redesenhar()

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    def action_estornar(self) -> None:
        self.agir(self._estornar())

    async def _estornar(self) -> None:
        m: LinhaMovimento | None = self.lista.item
        if m is None:
            return
        if m.causa not in ESTORNAVEIS:
            raise Conflito("Só entrada e ajuste se estornam; a saída é da ordem de serviço.")
        volta = quanto(-m.delta, self.peca)
        sinal = "" if m.delta > 0 else "+"
        motivo = await self.balcao.perguntar(
            Confirmar(
                f"Estornar o movimento {m.id}?",
                (
                    f"{momento(m.em, self.balcao.fuso)} · {porque(m)}",
                    f"O saldo de {self.peca.codigo} muda {sinal}{volta}.",
                    "O movimento fica no livro, com o estorno ao lado.",
                ),
                acao=f"Estornar o movimento {m.id}",
                seguro="Voltar sem estornar",
                motivo=True,
            )
        )
        if motivo is None:
            return
        ficha = await self.pedir(EstornarMovimento(movimento_id=m.id, motivo=motivo))
        await self.reler(suave=False)
        self.query_one(Aviso).dizer(feito("Estorno", ficha), some_em=None)
