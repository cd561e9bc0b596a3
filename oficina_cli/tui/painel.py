"""O painel: como vai o mês, contra os mesmos dias do anterior, e o que pede atenção agora."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from oficina_cli.tui.base import Tela
from oficina_cli.tui.orcamentos import abrir
from oficina_cli.tui.widgets.desenho import (
    ACENTO,
    ALERTA,
    FORTE,
    NADA,
    SUAVE,
    Celula,
    dir_,
    esq,
    linha,
    secao,
    solta,
    valor,
)
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.pecas import LinhaPeca
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.relatorios import FichaPainel, LinhaVencendo, VerPainel
from oficina_core.dominio.erros import AcessoNegado
from oficina_core.dominio.periodo import Periodo
from oficina_core.texto import duracao, quantidade, quantos, reais

MESES = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho"),
    *("julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
)
PRIMEIRO = "2000-01"
ALTA = 32  # linhas: daí em diante cabem os carros de cada dia
BLOCOS = " ▁▂▃▄▅▆▇█"
ALTURA, POR_CARRO = 3, 3  # linhas do gráfico, e oitavos de linha que um carro ocupa, se couber
NOME, TEMPO = 20, 8  # colunas
DE_QUANTO, QUANDO, QUANTO = 10, 6, 10
VAO = 2


class TelaPainel(Tela):
    """Os números em cima; embaixo, o que falta na prateleira e o que está para vencer."""

    ABA = "painel"
    AUTO_FOCUS = "#vencendo"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "abrir", "abrir", id="painel.abrir"),
        Binding("left", "mes(-1)", "mês anterior", id="painel.anterior"),
        Binding("right", "mes(1)", "seguinte", id="painel.seguinte"),
        Binding("r", "repor", "repor", id="painel.repor"),
    ]
    COMANDOS = (
        ("Ver o mês anterior", "mes(-1)"),
        ("Ver o mês seguinte", "mes(1)"),
        ("Repor o estoque", "repor"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.ficha: FichaPainel | None = None
        self._mes: str | None = None  # None é o de hoje
        self._recusa = ""

    def compor(self) -> ComposeResult:
        yield Static(id="vazio")
        yield Folha(self._numeros, id="numeros")
        with Horizontal(id="atencao"):
            with Vertical():
                yield Folha(self._titulo_da_falta)
                yield Lista(self._peca, self._em_falta, id="falta")
            with Vertical(classes="fio"):
                yield Folha(self._titulo_dos_que_vencem)
                yield Lista(
                    self._vencendo,
                    self._a_vencer,
                    chave=attrgetter("orcamento_id"),
                    id="vencendo",
                )

    def on_mount(self) -> None:
        self.query_one("#vazio").display = False

    def on_resize(self, _: Resize) -> None:
        self._desenhar()

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        return VerPainel if acao == "mes" else super().caso_de(acao)

    def comecar(self) -> None:
        """De volta ao mês de hoje."""
        self._mes = None
        if self.ficha:
            self._focar()
        self.reler_ja()

    async def _em_falta(self, _: str | None) -> Pagina[LinhaPeca]:
        return Pagina(itens=self.ficha.em_falta if self.ficha else ())

    async def _a_vencer(self, _: str | None) -> Pagina[LinhaVencendo]:
        return Pagina(itens=self.ficha.vencendo if self.ficha else ())

    async def reler(self, *, suave: bool) -> None:
        mes = self._mes
        try:
            ficha = await self.pedir(VerPainel(mes=mes))
        except AcessoNegado as erro:
            self.ficha, self._recusa = None, str(erro)
        else:
            if mes != self._mes:  # já se pediu outro
                return
            self.ficha, self._recusa = ficha, ""
            await self.reler_listas(self._falta, self._vencem, suave=suave)
        self._desenhar()
        if self.focused not in (self._falta, self._vencem) or not self._escolhida.itens:
            self._focar()

    def _desenhar(self) -> None:
        nada = self._nada()
        aviso = self.query_one("#vazio", Static)
        aviso.display = nada is not None
        aviso.update(nada or "")
        for folha in self.query(Folha):
            folha.redesenhar()
        for parte in ("#numeros", "#atencao"):
            self.query_one(parte).display = nada is None
        self.redesenhar()

    def _nada(self) -> Content | None:
        """O que se diz no lugar dos números, quando não há número nenhum."""
        if self._recusa:
            return vazio(
                "O painel é de quem cuida do balcão",
                self._recusa,
                (("F2", "atender um cliente pela placa"), ("F3", "ver a fila")),
            )
        if self.ficha is None or _conta_algo(self.ficha):
            return None
        if self._mes:
            return vazio(
                f"Nada em {_por_extenso(self.ficha.ate)}",
                "Nenhum carro chegou nesse mês.",
                (("←", "mês anterior"), ("→", "mês seguinte")),
            )
        return vazio(
            "Ainda não há o que contar",
            "Os números do mês aparecem conforme se atende.",
            (
                ("F2", "atender um cliente pela placa"),
                ("F6", "pôr as peças no estoque"),
                ("←", "ver o mês anterior"),
            ),
        )

    @property
    def _falta(self) -> Lista:
        return self.query_one("#falta", Lista)

    @property
    def _vencem(self) -> Lista:
        return self.query_one("#vencendo", Lista)

    @property
    def _escolhida(self) -> Lista:
        return self._falta if self.focused is self._falta else self._vencem

    def _focar(self) -> None:
        """No que vence, que é o que se abre; sem ele, no que falta."""
        self.set_focus(self._vencem if self._vencem.itens else self._falta)

    # ── como se desenha ──────────────────────────────────────────────────────────────────────

    def contexto(self) -> tuple[Content, Content]:
        if self.ficha is None:
            return solta(("Painel", FORTE)), NADA
        mes = Periodo(de=self.ficha.ate.replace(day=1), ate=self.ficha.ate)
        antes = mes.anterior
        return (
            solta((_por_extenso(mes.ate).capitalize(), FORTE), (f" · de 1 a {mes.ate.day}", SUAVE)),
            solta((f"contra 1 a {antes.ate.day} de {MESES[antes.ate.month - 1]}", SUAVE)),
        )

    def comando(self) -> str:
        return "oficina relatorio painel" + (f" --mes {self._mes}" if self._mes else "")

    def _numeros(self, largura: int) -> list[Content]:
        if self.ficha is None:
            return [NADA]
        linhas = [*_topo(self.ficha, largura), NADA, *_tempos(self.ficha, largura), NADA]
        if self.app.size.height >= ALTA and self.larga:
            linhas += [*_dias(self.ficha, largura), NADA]
        return linhas

    def _titulo_da_falta(self, largura: int) -> list[Content]:
        if not (self.ficha and self.ficha.abaixo_do_minimo):
            return [secao("Abaixo do mínimo", largura), linha(("nenhuma peça", SUAVE))]
        todas = self.ficha.abaixo_do_minimo
        dito = f"{_quantas(self.ficha.em_falta, todas)} {'peça' if todas == 1 else 'peças'}"
        return [secao("Abaixo do mínimo", largura, dito)]

    def _titulo_dos_que_vencem(self, largura: int) -> list[Content]:
        if not (self.ficha and self.ficha.vencendo_total):
            return [
                secao("Orçamentos vencendo", largura),
                linha(("nenhum nos próximos 7 dias", SUAVE)),
            ]
        quantos_ = _quantas(self.ficha.vencendo, self.ficha.vencendo_total)
        return [secao("Orçamentos vencendo", largura, quantos_)]

    def _peca(self, peca: LinhaPeca, largura: int, foco: bool) -> list[Content]:
        n = largura - 3
        ha = f"▼{quantidade(peca.disponivel)} de {quantidade(peca.minimo)}".replace("-", "−")
        nome = esq(peca.nome, n - DE_QUANTO - VAO)
        return [linha(nome, dir_(ha, DE_QUANTO, "$alerta"), foco=foco)]

    def _vencendo(self, o: LinhaVencendo, largura: int, foco: bool) -> list[Content]:
        sobra = largura - 3 - 7 - QUANDO - QUANTO - 3 * VAO
        hoje = self.balcao.agora().date()
        dia, estilo = f"{o.validade:%d/%m}", SUAVE
        if o.validade <= hoje:
            dia, estilo = "hoje", ALERTA
        elif o.validade == hoje + timedelta(days=1):
            dia = "amanhã"
        return [
            linha(
                esq(o.placa, 7),
                esq(dia, QUANDO, estilo),
                esq(o.cliente if self.larga else "", sobra, SUAVE),
                dir_(valor(o.valor_total), QUANTO),
                foco=foco,
            )
        ]

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    @on(Lista.Destacado)
    def _ao_destacar(self) -> None:
        self.redesenhar()

    @on(Lista.Escolhido)
    def _ao_escolher(self) -> None:
        self.action_abrir()

    def action_abrir(self) -> None:
        item = self._escolhida.item
        if isinstance(item, LinhaVencendo):
            self.agir(abrir(self, item.orcamento_id))
        elif item is not None:
            self.action_repor()

    def action_repor(self) -> None:
        self.app.call_later(self._repor)

    async def _repor(self) -> None:
        from oficina_cli.tui.estoque import TelaEstoque

        await self.balcao.action_ir("estoque")
        if isinstance(self.app.screen, TelaEstoque):
            self.app.screen.mostrar_o_que_falta()

    def action_mes(self, passo: int) -> None:
        hoje = f"{self.balcao.agora():%Y-%m}"
        novo = _somar(self._mes or hoje, passo)
        if novo > hoje:
            self.avisar("Este é o mês de agora; o seguinte ainda não chegou.")
        elif novo >= PRIMEIRO:
            self._mes = novo if novo < hoje else None
            self.action_atualizar()


def _quantas(mostradas: Sequence[object], todas: int) -> str:
    """Quantas são ao todo e, se nem todas se mostram, quantas se mostram."""
    return str(todas) if len(mostradas) == todas else f"{len(mostradas)} de {todas}"


def _conta_algo(ficha: FichaPainel) -> bool:
    return any(
        (ficha.carros, ficha.carros_antes, ficha.faturado, ficha.ordens_abertas)
    ) or bool(ficha.em_falta or ficha.vencendo)  # fmt: skip


def _por_extenso(dia: date) -> str:
    return f"{MESES[dia.month - 1]} de {dia.year}"


def _somar(mes: str, passo: int) -> str:
    ano, numero = map(int, mes.split("-"))
    ano, numero = divmod(ano * 12 + numero - 1 + passo, 12)
    return f"{ano}-{numero + 1:02}"


def _topo(ficha: FichaPainel, largura: int) -> Iterator[Content]:
    """Quatro números, e embaixo o que diz se são bons."""
    numeros = (
        ("Carros no mês", str(ficha.carros), _a_mais(ficha.carros - ficha.carros_antes)),
        (
            "Ticket médio",
            reais(ficha.ticket_medio),
            _contra(ficha.ticket_medio, ficha.ticket_antes),
        ),
        ("Faturado", reais(ficha.faturado), _em_pecas(ficha)),
        ("Em aberto", reais(ficha.em_aberto), quantos(ficha.ordens_abertas, "ordem", "ordens")),
    )
    coluna = (largura - 3 * VAO) // len(numeros)
    for parte, estilo in enumerate((SUAVE, FORTE, SUAVE)):
        yield linha(*(esq(numero[parte], coluna, estilo) for numero in numeros))


def _a_mais(diferenca: int) -> str:
    if not diferenca:
        return "o mesmo de antes"
    return ("+" if diferenca > 0 else "−") + quantos(abs(diferenca), "carro", "carros")


def _contra(agora: Decimal, antes: Decimal) -> str:
    if not (agora and antes):
        return "mês anterior sem nada"
    parte = round((agora / antes - 1) * 100)
    return f"{abs(parte)} % {'acima' if parte > 0 else 'abaixo'}" if parte else "o mesmo de antes"


def _em_pecas(ficha: FichaPainel) -> str:
    if not ficha.faturado:
        return "nada finalizado"
    return f"{round(ficha.faturado_pecas / ficha.faturado * 100)} % peças"


def _tempos(ficha: FichaPainel, largura: int) -> Iterator[Content]:
    yield secao("Tempo em cada status", largura, "metade dos carros leva menos")
    maior = max((tempo.minutos for tempo in ficha.tempos), default=0)
    cheia = largura - NOME - TEMPO - 2 * VAO
    for tempo in ficha.tempos:
        barra = "━" * round(cheia * tempo.minutos / maior) if maior else ""
        yield linha(
            esq(tempo.status.rotulo.capitalize(), NOME),
            dir_(duracao(tempo.minutos) if tempo.minutos else "—", TEMPO, FORTE),
            (barra, ACENTO if tempo.minutos == maior else SUAVE),
        )


def _dias(ficha: FichaPainel, largura: int) -> Iterator[Content]:
    """Uma coluna por dia do mês, até onde ele foi."""
    yield secao("Carros por dia", largura, f"{max(ficha.por_dia)} no maior dia")
    coluna = min(5, largura // len(ficha.por_dia))
    barra = max(1, coluna - VAO)
    cheia = ALTURA * (len(BLOCOS) - 1)
    escala = min(POR_CARRO, cheia / max(*ficha.por_dia, 1))
    for andar in reversed(range(ALTURA)):
        partes: list[Celula] = []
        for carros in ficha.por_dia:
            resto = round(carros * escala) - andar * (len(BLOCOS) - 1)
            bloco = BLOCOS[max(0, min(len(BLOCOS) - 1, resto))]
            partes.append(((bloco * barra).ljust(coluna), SUAVE))
        yield linha(*partes, vao=0)
    dias = range(1, len(ficha.por_dia) + 1)
    yield linha(*((f"{dia:>{barra}}".ljust(coluna), SUAVE) for dia in dias), vao=0)


ABERTURA = TelaPainel
