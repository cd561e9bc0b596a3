"""A fila: que carros estão na casa, em que pé, e o que cada um espera."""

from asyncio import gather
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Input, Static

from oficina_cli.fila import idade
from oficina_cli.tui.base import SEM_TECLAR, Tela
from oficina_cli.tui.ordens import TelaOrdem, confirmar_entrega
from oficina_cli.tui.ordens_finalizacao import Finalizar
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
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.paginas import Fonte
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import (
    FichaOrdem,
    IniciarDiagnostico,
    LinhaOrdem,
    ListarOrdens,
    VerOrdem,
)
from oficina_core.casos.ordens_encerramento import EntregarOrdem, FinalizarOrdem
from oficina_core.casos.paginas import LIMITE_PADRAO, Pagina
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.ordem import FILA, StatusOrdem
from oficina_core.texto import reais, sem_acento

S = StatusOrdem
FILTRO_MAXIMO = 1000  # ordens que o filtro percorre
CARTAO = 4  # linhas, com o respiro
COM_MARCA = 24  # colunas: "Volkswagen Saveiro 1.6"
PASSO: dict[StatusOrdem, type[CasoDeUso[Any]]] = {
    S.RECEBIDA: IniciarDiagnostico,
    S.EM_DIAGNOSTICO: AprovarOrcamento,
    S.AGUARDANDO_APROVACAO: AprovarOrcamento,
    S.EM_EXECUCAO: FinalizarOrdem,
    S.FINALIZADA: EntregarOrdem,
}
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
        Binding("shift+right,greater_than_sign", "avancar", "mover", id="fila.avancar"),
        Binding("slash", "filtrar", "filtrar", id="fila.filtrar"),
        Binding("left", "coluna(-1)", "Coluna anterior", show=False, id="fila.esquerda"),
        Binding("right", "coluna(1)", "Coluna seguinte", show=False, id="fila.direita"),
        Binding("v", "visao", "finalizadas, entregues…", show=False, id="fila.visao"),
    ]
    COMANDOS = (
        ("Ver finalizadas, entregues, canceladas", "visao"),
        ("Filtrar a fila", "filtrar"),
        ("Mover a ordem para o passo seguinte", "avancar"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._visao = 0
        self._filtro = ""

    def compor(self) -> ComposeResult:
        filtro = Entrada(placeholder="placa, cliente, carro, mecânico ou número", id="filtro")
        nada = Static(id="vazio")
        filtro.display = nada.display = False
        yield filtro
        yield nada
        yield self._disposicao()

    def _disposicao(self) -> Widget:
        """A lista ou o quadro: só o que se vê se monta."""
        if not self.quadro:
            return Vertical(
                Lista(
                    self._linha,
                    self._fonte(self._status),
                    agrupar=lambda o: titulo(o.status),
                    resumir=soma,
                    id="lista",
                ),
                id="em-lista",
            )
        return Horizontal(*map(self._coluna, reversed(FILA)), id="em-quadro")

    def _coluna(self, status: StatusOrdem) -> Widget:
        lista = Lista(self._cartao, self._fonte(status), altura=CARTAO, id=status.value.lower())
        return Vertical(Static(classes="titulo"), lista, classes="coluna")

    async def on_resize(self, _: Resize) -> None:
        if await self._dispor():
            self.action_atualizar()

    def comecar(self) -> None:
        """O cursor volta à lista."""
        self._focar()

    @property
    def quadro(self) -> bool:
        """Se há lugar para as colunas lado a lado, e o que se vê é a fila."""
        return self.larga and self._status is None

    @property
    def _status(self) -> StatusOrdem | None:
        return VISOES[self._visao][1]

    async def _dispor(self) -> bool:
        """Troca a lista pelo quadro, ou o contrário, se a largura pede; diz se trocou."""
        antes = self.query("#em-lista, #em-quadro").first()
        if (antes.id == "em-quadro") == self.quadro:
            return False
        async with self.batch():  # quem lê no meio da troca acha sempre uma lista
            await self.query_one("#corpo").mount(self._disposicao())
            await antes.remove()
        return True

    def listas(self) -> list[Lista]:
        """As que estão à vista."""
        return list(self.query(Lista))

    @property
    def lista(self) -> Lista | None:
        """A que tem o foco, ou a primeira com alguém; nenhuma, se a tela ainda se monta."""
        listas = self.listas()
        cheias = [lista for lista in listas if lista.item is not None]
        focada = [lista for lista in cheias if lista is self.focused]
        return next(iter([*focada, *cheias, *listas]), None)

    @property
    def ordem(self) -> LinhaOrdem | None:
        item: LinhaOrdem | None = self.lista.item if self.lista else None
        return item

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        if acao == "avancar" and self.is_mounted and self.ordem:
            return PASSO.get(self.ordem.status)
        return AprovarOrcamento if acao == "aprovar" else super().caso_de(acao)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sem ordem sob o cursor, não se oferece o que se faz com ela."""
        if action in {"abrir", "aprovar", "avancar"} and self.is_mounted:
            ordem = self.ordem
            if ordem is None or (action == "aprovar" and not _espera_resposta(ordem)):
                return False
        return super().check_action(action, parameters)

    async def reler(self, *, suave: bool) -> None:
        await self.reler_listas(*self.listas(), suave=suave)
        self._contar()

    def _contar(self) -> None:
        for lista in self.listas() if self.query("#em-quadro") else []:
            quantas = lista.quantas
            cabeca = lista.parent.query_one(Static) if lista.parent else None
            if isinstance(cabeca, Static):
                numero = f"{quantas}{'' if lista.inteira else '+'}"
                nome = titulo(_da_coluna(lista))
                cabeca.update(self._cabeca(nome, numero, lista.size.width - 4), layout=False)
        ninguem = not any(lista.quantas for lista in self.listas())
        self._mostrar_vazio(vazia=ninguem)
        if not self.digitando and self.focused is not self.lista:
            self._focar()
        self.redesenhar()

    def _cabeca(self, nome: str, numero: str, largura: int) -> Content:
        titulo = linha(esq(nome, largura - len(numero), FORTE), (numero, FORTE), vao=0)
        return juntar([titulo, linha(("─" * largura, TRACO))])

    def _mostrar_vazio(self, *, vazia: bool) -> None:
        aviso = self.query_one("#vazio", Static)
        aviso.display = vazia
        self.query("#em-lista, #em-quadro").first().display = not vazia
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

    def _fonte(self, status: StatusOrdem | None) -> Fonte:
        """As ordens que se pedem agora; o filtro não muda entre uma página e outra."""
        todas = partial(self._ler, status)
        if not self._filtro:
            return todas
        return partial(_so_as_que_tem, sem_acento(self._filtro), todas)

    def _fonte_da(self, lista: Lista) -> Fonte:
        return self._fonte(self._status if lista.id == "lista" else _da_coluna(lista))

    async def _ler(self, status: StatusOrdem | None, cursor: str | None) -> Pagina[LinhaOrdem]:
        return await self.pedir(ListarOrdens(status=status, limite=LIMITE_PADRAO, cursor=cursor))

    async def _filtrar(self, texto: str) -> None:
        self._filtro = texto
        await gather(*(lista.abrir(self._fonte_da(lista)) for lista in self.listas()))
        self.contar_pendentes(0)
        self._contar()

    # ── como se desenham ─────────────────────────────────────────────────────────────────────

    def _linha(self, ordem: LinhaOrdem, largura: int, foco: bool) -> list[Content]:
        sobra = max(0, largura - 79) // 2
        return [
            linha(
                esq(ordem.placa, 7, FORTE if foco else ""),
                dir_(str(ordem.id), 4, SUAVE),
                esq(carro(ordem.veiculo, 12 + sobra), 12 + sobra),
                esq(ordem.cliente, 20 + sobra, SUAVE),
                esq(_primeiro(ordem.mecanico), 6, SUAVE),
                self._idade(ordem, 6),
                dir_(valor(quanto(ordem)), 9),
                foco=foco,
            )
        ]

    def _cartao(self, ordem: LinhaOrdem, largura: int, foco: bool) -> list[Content]:
        n = largura - 3
        tempo = self._idade(ordem, 0)
        vaga = n - 8 - 1 - len(tempo[0])
        numero = str(ordem.id)
        dinheiro = valor(quanto(ordem))
        return [
            linha(
                esq(ordem.placa, 7, FORTE),
                esq(carro(ordem.veiculo, vaga), vaga),
                tempo,
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
        """Alinhada à direita; com largura zero, só o que ela ocupa."""
        tempo, estilo = idade(ordem.criado_em, self.balcao.agora()), SUAVE
        if ordem.atrasada or ordem.falta_peca or ordem.orcamento_vencido:
            tempo, estilo = f"! {tempo}", ALERTA
        return dir_(tempo, largura or len(tempo), estilo)

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
                (" · " if porque else "", SUAVE),
                (f"! {porque}" if porque else "", ALERTA),
            ),
            solta((reais(quanto(ordem)) if quanto(ordem) else "", FORTE)),
        )

    def comando(self) -> str:
        status = self._status
        return "oficina ordem fila" + (f" --status {status.value}" if status else "")

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    @on(Lista.Destacado)
    def _ao_destacar(self) -> None:
        self.mudar_contexto()
        self.refresh_bindings()  # o passo seguinte não é o mesmo, nem de quem o dá

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
            self.agir(self._aprovar(ordem.id))

    async def _aprovar(self, ordem_id: int) -> None:
        from oficina_cli.tui.aprovacao import aprovar_da_ordem

        await aprovar_da_ordem(self, ordem_id)

    def action_avancar(self) -> None:
        if ordem := self.ordem:
            self.agir(self._avancar(ordem))

    async def _avancar(self, ordem: LinhaOrdem) -> None:
        """O passo que o status pede; antes do que não se desfaz, pergunta."""
        match ordem.status:
            case S.RECEBIDA:
                ficha = await self.pedir(IniciarDiagnostico(ordem_id=ordem.id))
                await self._acompanhar(ficha, "em diagnóstico")
            case S.EM_DIAGNOSTICO | S.AGUARDANDO_APROVACAO:
                await self._aprovar(ordem.id)
            case S.EM_EXECUCAO:
                lida = await self.pedir(VerOrdem(ordem_id=ordem.id))
                await self.balcao.perguntar(Finalizar(lida, self._finalizar))
            case S.FINALIZADA:
                await self._entregar(ordem)

    async def _finalizar(self, caso: FinalizarOrdem) -> None:
        await self._acompanhar(await self.pedir(caso), "finalizada, pronta para entregar")

    async def _entregar(self, ordem: LinhaOrdem) -> None:
        if await self.balcao.perguntar(confirmar_entrega(ordem)) is not None:
            ficha = await self.pedir(EntregarOrdem(ordem_id=ordem.id))
            await self._acompanhar(ficha, f"entregue. {ficha.aviso or ''}".strip())

    async def _acompanhar(self, ordem: FichaOrdem, feito: str) -> None:
        """O cursor vai com a ordem: a tecla repetida não age na que ficou no lugar dela."""
        self.avisar(f"OS {ordem.id}: {feito}")
        await self.reler(suave=False)
        for lista in self.listas():
            if lista.ir_ao(ordem.id) or lista.id == ordem.status.value.lower():
                self.set_focus(lista)

    def action_coluna(self, passo: int) -> None:
        listas = self.listas()
        if self.lista in listas:
            n = listas.index(self.lista) + passo
            while 0 <= n < len(listas):
                if listas[n].quantas:
                    self.set_focus(listas[n])
                    break
                n += passo
        self.redesenhar()

    def action_visao(self) -> None:
        self._visao = (self._visao + 1) % len(VISOES)
        self.agir(self._mudar_de_visao())

    async def _mudar_de_visao(self) -> None:
        await self._dispor()
        await self._filtrar(self._filtro)
        self.avisar(f"mostrando: {VISOES[self._visao][0]}")

    def action_filtrar(self) -> None:
        campo = self.query_one("#filtro", Input)
        campo.display = True
        self.set_focus(campo)

    @on(Input.Changed, "#filtro")
    def _ao_filtrar(self, mudou: Input.Changed) -> None:
        self.em_segundo_plano("filtro", partial(self._filtrar, mudou.value.strip()), SEM_TECLAR)

    @on(Input.Submitted, "#filtro")
    def _ao_terminar_o_filtro(self) -> None:
        """Filtra já: a tecla seguinte age na ordem que se vê, e não na de antes."""
        self.agir(self._filtrar_ja())

    async def _filtrar_ja(self) -> None:
        self.workers.cancel_group(self, "filtro")
        await self._filtrar(self.query_one("#filtro", Input).value.strip())
        self._focar()

    def action_voltar(self) -> None:
        campo = self.query_one("#filtro", Input)
        if campo.display:
            with self.prevent(Input.Changed):
                campo.value = ""
            campo.display = False
            self._ao_terminar_o_filtro()
        elif self._visao:
            self._visao = len(VISOES) - 1
            self.action_visao()


def _da_coluna(lista: Lista) -> StatusOrdem:
    return StatusOrdem(str(lista.id).upper())


async def _so_as_que_tem(dito: str, fonte: Fonte, _: str | None) -> Pagina[LinhaOrdem]:
    """Uma página só, que muitas quase vazias não caberiam na memória da lista."""
    achadas: list[LinhaOrdem] = []
    cursor, lidas = None, 0
    while lidas < FILTRO_MAXIMO:
        pagina = await fonte(cursor)
        lidas += len(pagina.itens)
        achadas += [ordem for ordem in pagina.itens if dito in _procuravel(ordem)]
        cursor = pagina.proximo
        if cursor is None:
            break
    return Pagina(itens=tuple(achadas))


def _procuravel(ordem: LinhaOrdem) -> str:
    partes = (ordem.placa, ordem.cliente, ordem.veiculo, ordem.mecanico or "", str(ordem.id))
    return sem_acento(" ".join((*partes, ordem.queixa)))


def carro(veiculo: str, largura: int) -> str:
    """Com a marca só se há lugar de sobra: na mesma coluna, ou todos a têm ou nenhum."""
    return veiculo if largura >= COM_MARCA else veiculo.partition(" ")[2] or veiculo


def _primeiro(nome: str | None) -> str:
    return nome.split()[0] if nome else "—"


def _espera_resposta(ordem: LinhaOrdem) -> bool:
    """Se há orçamento que o cliente ainda pode aprovar."""
    espera = ordem.status is S.AGUARDANDO_APROVACAO or ordem.aguarda_complementar
    return espera or ordem.a_aprovar > ZERO


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
