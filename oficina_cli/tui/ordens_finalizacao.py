"""O que se usou de cada peça, antes de dar o serviço por pronto."""

from decimal import Decimal
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import FORTE, SUAVE, dir_, esq, linha, solta
from oficina_cli.tui.widgets.dialogo import Dialogo, Fazer, Perguntar
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_core.casos.orcamentos import LinhaItem
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem, PecaUsada
from oficina_core.dominio.dinheiro import ZERO, conferir_minimo, ler_quantidade, total_da_linha
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import StatusItem
from oficina_core.texto import quantidade, reais


def pecas_de(ficha: FichaOrdem) -> list[LinhaItem]:
    """As que se aprovaram e ainda não tiveram baixa."""
    return [
        item
        for orcamento in ficha.orcamentos
        for item in orcamento.itens
        if item.peca_id and item.status is StatusItem.APROVADO and item.usada is None
    ]


class Finalizar(Dialogo[FinalizarOrdem]):
    """Cada peça gastou o aprovado, a não ser que se diga menos; devolve o pedido a fazer."""

    DEFAULT_CSS = """
    Finalizar Lista { height: auto; max-height: 10; margin: 1 0 0 0; }
    Finalizar #conta { margin: 1 0 0 0; }
    """
    TECLAS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("ctrl+s", "finaliza"),
        ("q", "usou outra quantidade"),
        ("esc", "volta"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f9", "confirmar", show=False, priority=True),
        Binding("q", "quantidade", show=False),
    ]

    def __init__(self, ficha: FichaOrdem, fazer: Fazer[FinalizarOrdem]) -> None:
        self._ficha, self._pecas = ficha, pecas_de(ficha)
        efeito = (
            "Dá baixa no estoque do que se usou, e não se desfaz:"
            if self._pecas
            else "Não usou peça nenhuma: só o serviço se dá por pronto."
        )
        quem = f"{ficha.placa} · {ficha.veiculo} · {ficha.cliente}"
        super().__init__(f"Finalizar a OS {ficha.id}?", (quem, efeito), fazer=fazer)
        self._usadas: dict[int, Decimal] = {}

    def compor(self) -> ComposeResult:
        yield Lista(self._linha, chave=lambda item: item.id)
        yield Static(self._conta(), id="conta")

    async def on_mount(self) -> None:
        lista = self.query_one(Lista)
        lista.styles.height = min(10, len(self._pecas))
        await lista.abrir(pronta(self._pecas))
        self.set_focus(lista)

    def _linha(self, item: LinhaItem, largura: int, foco: bool) -> list[Content]:
        usada = self._usadas.get(item.id, item.quantidade)
        menos = "" if usada == item.quantidade else f"de {quantidade(item.quantidade)}"
        return [
            linha(
                esq(item.descricao, largura - 3 - 10 - 8 - 2 * 2),
                dir_(menos, 8, SUAVE),
                dir_(f"{quantidade(usada)} {item.unidade.value}", 10),
                foco=foco,
            )
        ]

    def _conta(self) -> Content:
        """O que o cliente paga por tudo, e quanto pagaria se se usasse o aprovado."""
        a_menos = (
            _a_menos(item, self._usadas[item.id]) for item in self._pecas if item.id in self._usadas
        )
        aprovado = self._ficha.total
        total = aprovado - sum(a_menos, ZERO)
        antes = "" if total == aprovado else f", em vez de {reais(aprovado)}"
        return solta("Total ", (reais(total), FORTE), (antes, SUAVE))

    def action_confirmar(self) -> None:
        usadas = (PecaUsada(linha=id, quantidade=usada) for id, usada in self._usadas.items())
        ordem = self._ficha
        self.concluir(FinalizarOrdem(ordem_id=ordem.id, usadas=tuple(usadas), versao=ordem.versao))

    def on_lista_escolhido(self) -> None:
        self.action_quantidade()

    def action_quantidade(self) -> None:
        item: LinhaItem | None = self.query_one(Lista).item
        if item:
            self.app.push_screen(self._quanto(item), lambda usada: self._usar(item, usada))

    def _quanto(self, item: LinhaItem) -> Perguntar[Decimal]:
        def ler(dito: str) -> Decimal:
            usada = ler_quantidade(dito)
            conferir_minimo(usada, "quantidade")
            item.unidade.base(usada)
            if usada > item.quantidade:
                raise DadoInvalido(
                    f"Aprovaram-se {quantidade(item.quantidade)}; o que passa disso pede um "
                    "complementar."
                )
            return usada

        usada = self._usadas.get(item.id, item.quantidade)
        campo = Entrada(value=quantidade(usada))
        return Perguntar(f"Quanto se usou de {item.descricao}?", ler, campo=campo)

    def _usar(self, item: LinhaItem, usada: Decimal | None) -> None:
        if usada is not None:
            self._usadas[item.id] = usada
            self.query_one(Lista).redesenhar()
            self.query_one("#conta", Static).update(self._conta())


def _a_menos(item: LinhaItem, usada: Decimal) -> Decimal:
    """Quanto a linha deixa de custar, se só isto se usou."""
    base = item.unidade.base
    return item.total - total_da_linha(
        item.preco_unitario,
        base(usada),
        item.unidade.fator,
        item.desconto,
        de=base(item.quantidade),
    )
