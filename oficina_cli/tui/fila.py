"""A fila: que carros estão na casa, em que pé, e o que cada um espera."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Input, Static

from oficina_cli.fila import idade
from oficina_cli.tui.base import Tela
from oficina_cli.tui.ordens import TelaOrdem, avancar
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import (
    ALERTA,
    FORTE,
    NADA,
    SUAVE,
    TRACO,
    caber,
    dir_,
    esq,
    juntar,
    linha,
    solta,
    valor,
)
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.ordens import LinhaOrdem, ListarOrdens
from oficina_core.casos.paginas import LIMITE_MAXIMO, Pagina
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.ordem import FILA, StatusOrdem
from oficina_core.texto import reais, sem_acento

FILTRO_MAXIMO = 1000  # ordens que o filtro percorre
LARGA = 100  # colunas: daí em diante cabe o quadro
CARTAO = 4  # linhas, com o respiro
VISOES: tuple[tuple[str, StatusOrdem | None], ...] = (
    ("fila", None),
    ("finalizadas", StatusOrdem.FINALIZADA),
    ("entregues", StatusOrdem.ENTREGUE),
    ("canceladas", StatusOrdem.CANCELADA),
)


def titulo(status: StatusOrdem) -> str:
    return status.rotulo.capitalize()


def soma(ordens: Sequence[LinhaOrdem]) -> str:
    total = sum((quanto(ordem) for ordem in ordens), ZERO)
    return valor(total) if total else ""


def quanto(ordem: LinhaOrdem) -> Any:
    """O aprovado ou, antes disso, o proposto."""
    return ordem.total or ordem.a_aprovar


class TelaFila(Tela):
    """Em 100 colunas, o quadro; com menos, a lista por status."""

    ABA = "fila"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "abrir", "abrir", id="fila.abrir"),
        Binding("a", "aprovar", "aprovar", id="fila.aprovar"),
        Binding("shift+right,greater_than_sign", "avancar", "avançar", id="fila.avancar"),
        Binding("slash", "filtrar", "filtrar", id="fila.filtrar"),
        Binding("left", "coluna(-1)", "Coluna anterior", show=False, id="fila.esquerda"),
        Binding("right", "coluna(1)", "Coluna seguinte", show=False, id="fila.direita"),
        Binding("v", "visao", "finalizadas, entregues…", show=False, id="fila.visao"),
    ]
    COMANDOS = (
        ("Ver finalizadas, entregues, canceladas", "visao"),
        ("Filtrar a fila", "filtrar"),
        ("Avançar a ordem", "avancar"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._visao = 0
        self._filtro = ""

    def compor(self) -> ComposeResult:
        yield Entrada(placeholder="placa, cliente, carro, mecânico ou número", id="filtro")
        yield Static(id="vazio")
        with Vertical(id="em-lista"):
            yield Lista(self._linha, agrupar=lambda o: titulo(o.status), resumir=soma, id="lista")
        with Horizontal(id="em-quadro"):
            for status in reversed(FILA):
                with Vertical(classes="coluna"):
                    yield Static(classes="titulo")
                    yield Lista(self._cartao, altura=CARTAO, id=status.value.lower())

    def on_mount(self) -> None:
        self.query_one("#filtro").display = False
        self.query_one("#vazio").display = False
        self._dispor()

    def on_resize(self, _: Resize) -> None:
        if self._dispor():
            self.action_atualizar()

    def comecar(self) -> None:
        """O cursor volta à lista."""
        self._focar()

    @property
    def quadro(self) -> bool:
        """Se há lugar para as colunas lado a lado, e o que se vê é a fila."""
        return self.app.size.width >= LARGA and self._status is None

    @property
    def _status(self) -> StatusOrdem | None:
        return VISOES[self._visao][1]

    def _dispor(self) -> bool:
        """Mostra a lista ou o quadro; diz se trocou."""
        lista, quadro = self.query_one("#em-lista"), self.query_one("#em-quadro")
        antes = quadro.display
        quadro.display, lista.display = self.quadro, not self.quadro
        return bool(antes != quadro.display)

    def listas(self) -> list[Lista]:
        """As que estão à vista."""
        onde = "#em-quadro" if self.quadro else "#em-lista"
        return list(self.query_one(onde).query(Lista))

    @property
    def lista(self) -> Lista:
        """A que tem o foco, ou a primeira com alguém."""
        listas = self.listas()
        cheias = [lista for lista in listas if lista.item is not None]
        focada = [lista for lista in cheias if lista is self.focused]
        return (focada or cheias or listas)[0]

    @property
    def ordem(self) -> LinhaOrdem | None:
        item: LinhaOrdem | None = self.lista.item
        return item

    async def reler(self, *, suave: bool) -> None:
        listas = self.listas()
        primeira = not suave or not any(lista.itens for lista in listas)
        pendentes = 0
        for lista in listas:
            if primeira:
                await lista.abrir(self._fonte(lista)) if not lista.itens else await lista.carregar()
            else:
                pendentes += await lista.atualizar()
        self._contar(pendentes)

    def _contar(self, pendentes: int) -> None:
        for lista in self.listas() if self.quadro else []:
            quantas = len(lista.itens)
            status = StatusOrdem(str(lista.id).upper())
            cabeca = lista.parent.query_one(Static) if lista.parent else None
            if isinstance(cabeca, Static):
                numero = f"{quantas}{'' if lista.inteira else '+'}"
                cabeca.update(self._cabeca(titulo(status), numero, lista.size.width - 4))
        ninguem = not any(lista.itens for lista in self.listas())
        self._mostrar_vazio(vazia=ninguem)
        self.contar_pendentes(pendentes)
        if not self.digitando and self.focused is not self.lista:
            self._focar()
        self.redesenhar()

    def _cabeca(self, nome: str, numero: str, largura: int) -> Content:
        titulo = linha(esq(nome, largura - len(numero), FORTE), (numero, FORTE), vao=0)
        return juntar([titulo, linha(("─" * largura, TRACO))])

    def _mostrar_vazio(self, *, vazia: bool) -> None:
        aviso = self.query_one("#vazio", Static)
        aviso.display = vazia
        if not vazia:
            return
        if self._filtro:
            aviso.update(vazio("Nada com esse filtro", "esc limpa o filtro.", ()))
        elif self._status:
            aviso.update(vazio(f"Nenhuma ordem {self._status.rotulo}", "", (("v", "outra lista"),)))
        else:
            aviso.update(
                vazio(
                    "Nenhum carro na oficina",
                    "As ordens abertas aparecem aqui, por status.",
                    (
                        ("F2", "atender um cliente pela placa"),
                        ("v", "ver as entregues"),
                        ("F1", "ver as teclas"),
                    ),
                )
            )

    def _focar(self) -> None:
        self.set_focus(self.lista)

    # ── de onde vêm as ordens ────────────────────────────────────────────────────────────────

    def _fonte(self, lista: Lista) -> Callable[[str | None], Any]:
        status = StatusOrdem(str(lista.id).upper()) if self.quadro else self._status

        async def ler(cursor: str | None) -> Pagina[LinhaOrdem]:
            caso = ListarOrdens(status=status, limite=LIMITE_MAXIMO, cursor=cursor)
            return await self.pedir(caso)

        return ler

    async def _filtrar(self, texto: str) -> None:
        self._filtro = texto
        for lista in self.listas():
            fonte = self._fonte(lista)
            await lista.abrir(await _so_as_que_tem(texto, fonte) if texto else fonte)
        self._contar(0)

    # ── como se desenham ─────────────────────────────────────────────────────────────────────

    def _linha(self, ordem: LinhaOrdem, largura: int, foco: bool) -> list[Content]:
        sobra = max(0, largura - 79)
        return [
            linha(
                esq(ordem.placa, 7, FORTE if foco else ""),
                dir_(str(ordem.id), 5, SUAVE),
                esq(carro(ordem.veiculo, 14 + sobra // 3), 14 + sobra // 3),
                esq(ordem.cliente, 16 + sobra // 3, SUAVE),
                esq(_primeiro(ordem.mecanico), 7, SUAVE),
                self._idade(ordem, 6),
                dir_(valor(quanto(ordem)), 9),
                foco=foco,
            )
        ]

    def _cartao(self, ordem: LinhaOrdem, largura: int, foco: bool) -> list[Content]:
        n = largura - 4
        vaga = n - 8 - 8
        numero = str(ordem.id)
        dinheiro = valor(quanto(ordem))
        return [
            linha(
                esq(ordem.placa, 7, FORTE),
                esq(carro(ordem.veiculo, vaga), vaga),
                self._idade(ordem, 7),
                vao=1,
                foco=foco,
            ),
            linha(
                esq(ordem.cliente, n - len(numero) - 1, FORTE if foco else ""),
                (numero, SUAVE),
                vao=1,
                foco=foco,
            ),
            linha(
                esq(_primeiro(ordem.mecanico), n - len(dinheiro) - 1, SUAVE),
                (dinheiro, FORTE if foco else ""),
                vao=1,
                foco=foco,
            ),
        ]

    def _idade(self, ordem: LinhaOrdem, largura: int) -> tuple[str, str]:
        tempo = idade(ordem.criado_em, self.balcao.agora())
        if ordem.atrasada or ordem.falta_peca or ordem.orcamento_vencido:
            return dir_(f"! {tempo}", largura, ALERTA)
        return dir_(tempo, largura, SUAVE)

    def contexto(self) -> tuple[Content, Content]:
        ordem = self.ordem
        if ordem is None:
            nome = VISOES[self._visao][0]
            return solta((nome.capitalize(), FORTE)), NADA
        porque = _porque(ordem)
        return (
            solta(
                (caber(ordem.cliente, min(40, len(ordem.cliente))), FORTE),
                (" · ", SUAVE),
                (ordem.placa, FORTE),
                (" · ", SUAVE),
                f"OS {ordem.id}",
                (f" · ! {porque}" if porque else "", ALERTA),
            ),
            solta((reais(quanto(ordem)) if quanto(ordem) else "", FORTE)),
        )

    def comando(self) -> str:
        status = self._status
        return "oficina ordem fila" + (f" --status {status.value}" if status else "")

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    @on(Lista.Destacado)
    def _ao_destacar(self) -> None:
        self.redesenhar()

    @on(Lista.Escolhido)
    def _ao_escolher(self) -> None:
        self.action_abrir()

    def action_abrir(self) -> None:
        if ordem := self.ordem:
            self.agir(self._abrir(ordem.id))

    async def _abrir(self, ordem_id: int) -> None:
        await self.app.push_screen(await TelaOrdem.de(self.balcao, ordem_id))

    def action_aprovar(self) -> None:
        if ordem := self.ordem:
            from oficina_cli.tui.aprovacao import aprovar_da_ordem

            self.agir(aprovar_da_ordem(self, ordem.id))

    def action_avancar(self) -> None:
        if ordem := self.ordem:
            self.agir(avancar(self, ordem.id, ordem.status))

    def action_coluna(self, passo: int) -> None:
        listas = self.listas()
        if self.lista in listas:
            n = listas.index(self.lista) + passo
            while 0 <= n < len(listas):
                if listas[n].itens:
                    self.set_focus(listas[n])
                    break
                n += passo
        self.redesenhar()

    def action_visao(self) -> None:
        self._visao = (self._visao + 1) % len(VISOES)
        self._dispor()
        self.agir(self._filtrar(self._filtro))
        self.avisar(f"mostrando: {VISOES[self._visao][0]}")

    def action_filtrar(self) -> None:
        campo = self.query_one("#filtro", Input)
        campo.display = True
        self.set_focus(campo)

    @on(Input.Changed, "#filtro")
    def _ao_filtrar(self, mudou: Input.Changed) -> None:
        self.em_segundo_plano("filtro", partial(self._filtrar, mudou.value.strip()))

    @on(Input.Submitted, "#filtro")
    def _ao_terminar_o_filtro(self) -> None:
        self._focar()

    def action_voltar(self) -> None:
        campo = self.query_one("#filtro", Input)
        if campo.display:
            campo.value = ""
            campo.display = False
            self._focar()
        elif self._visao:
            self._visao = len(VISOES) - 1
            self.action_visao()


async def _so_as_que_tem(texto: str, fonte: Callable[[str | None], Any]) -> Any:
    """A fonte com as ordens que têm o texto na placa, no cliente, no carro, no mecânico."""
    dito, achadas, cursor, lidas = sem_acento(texto), [], None, 0
    while lidas < FILTRO_MAXIMO:
        pagina = await fonte(cursor)
        lidas += len(pagina.itens)
        achadas += [ordem for ordem in pagina.itens if dito in _procuravel(ordem)]
        cursor = pagina.proximo
        if cursor is None:
            break
    return pronta(achadas)


def _procuravel(ordem: LinhaOrdem) -> str:
    partes = (ordem.placa, ordem.cliente, ordem.veiculo, ordem.mecanico or "", str(ordem.id))
    return sem_acento(" ".join((*partes, ordem.queixa)))


def carro(veiculo: str, largura: int) -> str:
    """Sem a marca, se com ela o modelo não cabe."""
    return veiculo if len(veiculo) <= largura else veiculo.partition(" ")[2] or veiculo


def _primeiro(nome: str | None) -> str:
    return nome.split()[0] if nome else "—"


def _porque(ordem: LinhaOrdem) -> str:
    """O que segura a ordem, em palavras."""
    if ordem.falta_peca:
        return "falta peça"
    if ordem.orcamento_vencido:
        return "o orçamento venceu"
    if ordem.atrasada:
        return "atrasada"
    return ""


ABERTURA = TelaFila
