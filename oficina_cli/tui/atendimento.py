"""O atendimento: uma caixa que acha qualquer coisa, e o que se sabe do carro que chegou."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from shlex import join
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, Static

from oficina_cli.fila import ETAPAS, idade
from oficina_cli.tui.base import SEM_TECLAR, Tela, argumento
from oficina_cli.tui.clientes import documento_a_vista, telefone_a_vista
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.orcamentos import abrir as abrir_orcamento
from oficina_cli.tui.orcamentos_chegada import Carro
from oficina_cli.tui.orcamentos_montagem import TelaOrcamento
from oficina_cli.tui.ordens import TelaOrdem
from oficina_cli.tui.papeis import exigir_papel
from oficina_cli.tui.rascunhos import Rascunho
from oficina_cli.tui.retomada import retomar
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import (
    FORTE,
    NADA,
    SUAVE,
    dir_,
    esq,
    juntar,
    linha,
    registro,
    secao,
    solta,
    uma_linha,
    valor,
)
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_core.casos.busca import Achados, Buscar
from oficina_core.casos.clientes import FichaCliente, LinhaCliente, VerCliente
from oficina_core.casos.orcamentos import LinhaOrcamento, ListarOrcamentos
from oficina_core.casos.ordens import LinhaOrdem, ListarOrdens
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.veiculos import (
    HistoricoVeiculo,
    LinhaVeiculo,
    VerHistoricoVeiculo,
)
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.valores import Placa
from oficina_core.texto import (
    milhar,
    quantos,
    reais,
    sem_acento,
)

PRONTAS = 5
MINIMO = 2  # letras; o número de uma ordem pode ter um algarismo só
SITUACAO = 17  # colunas: "diagnóstico · 123"
UMA_LINHA = 70  # colunas: com menos, o que se recusou pede duas linhas


@dataclass(frozen=True)
class Achado:
    """Uma linha da busca: um carro, uma ordem ou um cliente."""

    tipo: str
    id: int
    placa: str
    titulo: str
    resumo: str
    a_direita: str
    ordem_id: int | None = None


class TelaAtendimento(Tela):
    """A busca já abre com o foco; enter atende o que está aceso."""

    ABA = "atendimento"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "atender", "atender", id="atendimento.atender"),
        Binding("escape", "voltar", "limpar", id="atendimento.limpar"),
        Binding("f3", "app.ir('fila')", "fila", id="atendimento.fila"),
        Binding("f7", "app.ir('cadastros')", "cadastros", id="atendimento.cadastros"),
        Binding("ctrl+l,f9", "outra_ordem", "outra ordem", show=False, id="atendimento.outra"),
    ]
    COMANDOS = (
        ("Cadastrar cliente e veículo", "cadastrar"),
        ("Abrir outra ordem para o carro aceso", "outra_ordem"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._buscado: str | None = None
        self._parecidos = False  # há carro de placa parecida com a que não se achou
        self._historico: HistoricoVeiculo | None = None
        self._cliente: FichaCliente | None = None

    def compor(self) -> ComposeResult:
        with Horizontal(id="lados"):
            with Vertical(id="busca"):
                with Horizontal(id="caixa"):
                    yield Static("Buscar ", classes="rotulo", markup=False)
                    yield Entrada(
                        placeholder="placa, nome, telefone, CPF ou número da OS", id="buscar"
                    )
                    yield Static(id="contagem")
                yield Static(id="nada")
                yield Lista(
                    self._achado,
                    altura=3 if self.larga else 1,
                    chave=lambda a: (a.tipo, a.id),
                    sempre_acesa=True,
                    id="achados",
                )
                yield Lista(
                    self._pendente,
                    chave=_chave,
                    agrupar=_grupo,
                    id="pendentes",
                )
            yield Folha(self._ficha, id="ficha", classes="fio")

    def on_mount(self) -> None:
        self.query_one("#nada").display = False
        self.query_one("#achados").display = False
        self.set_focus(self.campo)

    def comecar(self) -> None:
        """A busca, com o que estava nela selecionado: digitar troca."""
        self.set_focus(self.campo)
        self.campo.action_select_all()

    @property
    def campo(self) -> Input:
        return self.query_one("#buscar", Input)

    @property
    def achados(self) -> Lista:
        return self.query_one("#achados", Lista)

    # ── o que se mostra ──────────────────────────────────────────────────────────────────────

    async def reler(self, *, suave: bool) -> None:
        rascunhos = await self.pedir(ListarOrcamentos(status=StatusOrcamento.RASCUNHO, limite=5))
        prontas = await self.pedir(ListarOrdens(status=StatusOrdem.FINALIZADA, limite=PRONTAS))
        guardados = await em_fio(self.balcao.rascunhos.todos)
        pendentes = [*guardados, *rascunhos.itens, *prontas.itens]
        lista = self.query_one("#pendentes", Lista)
        await lista.carregar(pronta(pendentes))
        lista.styles.height = len(pendentes) + len(set(map(_grupo, pendentes)))
        if self._buscado:
            await self._buscar(self._buscado)
        self.redesenhar()

    def contexto(self) -> tuple[Content, Content]:
        if self._historico is None:
            return solta((f"{self.balcao.agora():%d/%m/%Y}", FORTE)), NADA
        veiculo = self._historico.veiculo
        aberta = self._aberta()
        onde = f"OS {aberta}" if aberta else "sem ordem aberta"
        return (
            registro(veiculo.cliente, veiculo.placa, onde),
            NADA,
        )

    def comando(self) -> str:
        return join(["oficina", "buscar", *argumento(self.campo.value.strip() or "TEXTO")])

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        """O que não abre uma ordem que já existe abre outra."""
        if acao == "atender" and self.is_mounted and self._aberta():
            return None
        abrem = {"atender", "cadastrar", "outra_ordem"}
        return AbrirOrdem if acao in abrem else super().caso_de(acao)

    def _aberta(self) -> int | None:
        achado: Achado | None = self.achados.item if self.achados.display else None
        return achado.ordem_id if achado else None

    def _achado(self, a: Achado, largura: int, foco: bool) -> list[Content]:
        n = largura - 3
        buscado = sem_acento(self._buscado or "").upper().replace("-", "")
        placa: list[tuple[str, str]] = [(esq(a.placa, 7)[0], FORTE)]
        if buscado and a.placa.startswith(buscado):
            corte = len(buscado)
            placa = [(a.placa[:corte], "bold underline"), (esq(a.placa, 7)[0][corte:], FORTE)]
        marca = ("▌ ", "$acento") if foco else "  "
        suave = "" if foco else SUAVE
        direita = uma_linha(a.a_direita)
        if not self.larga:
            titulo = (n - 7 - SITUACAO - 3 * 2 + 1) // 2
            resumo = n - 7 - SITUACAO - 3 * 2 - titulo
            fim = [esq(a.resumo, resumo, suave), dir_(direita, SITUACAO, suave)]
            if not direita:
                fim = [esq(a.resumo, resumo + 2 + SITUACAO, suave)]
            return [
                Content.assemble(
                    marca, *placa, "  ", esq(a.titulo, titulo), *(p for c in fim for p in ("  ", c))
                )
            ]
        return [
            Content.assemble(marca, *placa, "  ", esq(a.titulo, n - 9, FORTE if foco else "")),
            Content.assemble(
                marca, " " * 9, esq(a.resumo, n - 10 - len(direita), suave), " ", (direita, suave)
            ),
        ]

    def _pendente(self, p: Any, largura: int, foco: bool) -> list[Content]:
        if isinstance(p, Rascunho):
            return [linha(esq(p.titulo, largura - 3), foco=foco)]
        if isinstance(p, LinhaOrcamento):
            quem, direita = p.cliente, idade(p.criado_em, self.balcao.agora())
        else:
            quem, direita = p.cliente, valor(p.saldo) if p.saldo else "pago"
        carro = p.descricao if isinstance(p, LinhaOrcamento) else p.veiculo.partition(" ")[2]
        n = largura - 3 - 7 - 9 - 2 * 2
        dito = f"{carro} · {quem}"
        if isinstance(p, LinhaOrcamento) and len(dito) > n:
            dito = carro
        return [linha(esq(p.placa, 7), esq(dito, n), dir_(direita, 9, SUAVE), foco=foco)]

    def _ficha(self, largura: int) -> list[Content]:
        if self._historico is None:
            return self._boas_vindas(largura)
        return [*self._cabeca(largura), *self._recusados(largura), *self._visitas(largura)]

    def _boas_vindas(self, largura: int) -> list[Content]:
        return [
            linha(("Atender", FORTE)),
            linha(("Digite um pedaço da placa, do nome, do telefone ou do CPF,", SUAVE)),
            linha(("ou o número da ordem de serviço.", SUAVE)),
            NADA,
            linha(esq("enter", 8, "bold $acento"), "atende o que está aceso"),
            linha(esq("↑ ↓", 8, "bold $acento"), "escolhe"),
            linha(esq("F3", 8, "bold $acento"), "a fila da oficina"),
            linha(esq("ctrl+p", 8, "bold $acento"), "tudo o que se pode fazer"),
        ]

    def _cabeca(self, largura: int) -> Iterator[Content]:
        historico, cliente = self._historico, self._cliente
        if historico is None:
            return
        v = historico.veiculo
        n = (largura - 2) // 2
        carro = " · ".join(
            filter(None, [f"{v.marca} {v.modelo}" + (f" {v.ano}" if v.ano else ""), v.cor])
        )
        km = f"{milhar(v.km)} km" if v.km is not None else ""
        doc = fone = ""
        if cliente:
            doc = documento_a_vista(cliente.documento)
            fone = telefone_a_vista(cliente.telefone)
        yield linha(esq(v.cliente, n, FORTE), esq(v.placa, n, FORTE))
        yield linha(esq(doc, n), esq(carro, n))
        yield linha(esq(fone, n), esq(km, n))
        yield NADA

    def _recusados(self, largura: int) -> Iterator[Content]:
        recusados = self._historico.recusados if self._historico else ()
        if not recusados:
            return
        yield secao("Recusado antes", largura, "ofereça de novo")
        for s in recusados[:4]:
            quando = f"{s.em.astimezone(self.balcao.fuso):%d/%m/%y}"
            motivo = f"“{uma_linha(s.motivo)}”" if s.motivo else ""
            if largura >= UMA_LINHA:
                yield linha(
                    esq(s.descricao, largura - 8 - 26 - 9 - 3 * 2),
                    esq(quando, 8, SUAVE),
                    esq(motivo, 26, SUAVE),
                    dir_(valor(s.total), 9),
                )
            else:
                yield linha(esq(s.descricao, largura - 12), dir_(valor(s.total), 10))
                yield linha(esq(f"{quando} · {motivo}" if motivo else quando, largura, SUAVE))
        yield NADA

    def _visitas(self, largura: int) -> Iterator[Content]:
        visitas = self._historico.visitas if self._historico else ()
        gasto = sum((v.total for v in visitas if v.status is not StatusOrdem.CANCELADA), ZERO)
        meta = quantos(len(visitas), "visita", "visitas")
        yield secao("Histórico", largura, f"{meta} · {reais(gasto)}" if gasto else meta)
        if not visitas:
            yield linha(("primeira vez na oficina", SUAVE))
        for v in visitas[:20]:
            n = largura - 8 - 5 - 11 - 9 - 4 * 2
            yield linha(
                (f"{v.criado_em.astimezone(self.balcao.fuso):%d/%m/%y}", SUAVE),
                dir_(str(v.ordem_id), 5, SUAVE),
                esq(v.queixa, n),
                esq(ETAPAS[v.status], 11, SUAVE),
                dir_(valor(v.total), 9),
            )

    # ── a busca ──────────────────────────────────────────────────────────────────────────────

    @on(Input.Changed, "#buscar")
    def _ao_digitar(self, mudou: Input.Changed) -> None:
        texto = mudou.value.strip()
        if len(texto) < MINIMO and not texto.isdecimal():
            for grupo in ("busca", "ficha"):
                self.workers.cancel_group(self, grupo)
            self._limpar()
        else:
            self.em_segundo_plano("busca", partial(self._buscar, texto), SEM_TECLAR)

    def _limpar(self) -> None:
        self._buscado, self._historico, self._cliente = None, None, None
        self.query_one("#contagem", Static).update("")
        self.query_one("#nada").display = False
        self.achados.display = False
        self.query_one("#pendentes").display = True
        self.query_one("#ficha", Folha).redesenhar()
        self.redesenhar()

    async def _buscar(self, texto: str) -> None:
        lidos = await self.pedir(Buscar(texto=texto))
        achados = _em_linhas(lidos, texto)
        if self.campo.value.strip() != texto:
            return
        # O que estava aceso na busca de antes não é resposta a esta.
        outra, self._buscado = self._buscado != texto, texto
        abrir = self.achados.abrir if outra else self.achados.carregar
        await abrir(pronta(achados))
        self.achados.styles.height = len(achados) * (3 if self.larga else 1)
        self.achados.display = bool(achados)
        self.query_one("#pendentes").display = False
        self.query_one("#contagem", Static).update(Content(_quantos(achados)))
        nada = self.query_one("#nada", Static)
        nada.display = not achados
        self._parecidos = bool(lidos.parecidos)
        dito = _sem_achar(texto) if self.balcao.pode(AbrirOrdem) else "Nada encontrado"
        nada.update(juntar([linha((dito, SUAVE)), *_parecidos(lidos.parecidos)]))

    @on(Lista.Destacado, "#achados")
    def _ao_destacar(self) -> None:
        self.em_segundo_plano("ficha", self._conhecer)

    async def _conhecer(self) -> None:
        """O que se sabe do carro aceso."""
        achado: Achado | None = self.achados.item if self.achados.display else None
        self._historico, self._cliente = await self._ler(achado)
        self.query_one("#ficha", Folha).redesenhar()
        self.redesenhar()

    async def _ler(
        self, achado: Achado | None
    ) -> tuple[HistoricoVeiculo | None, FichaCliente | None]:
        if achado is None or achado.tipo != "veiculo":
            return None, None
        historico = await self.pedir(VerHistoricoVeiculo(veiculo_id=achado.id))
        cliente = await self.pedir(VerCliente(cliente_id=historico.veiculo.cliente_id))
        return historico, cliente

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    def on_key(self, evento: Key) -> None:
        """As setas andam nos achados sem sair da busca; sem busca, nas pendências."""
        if evento.key not in ("up", "down") or self.focused is not self.campo:
            return
        evento.stop()
        if self.achados.display:
            self.achados.action_mover(1 if evento.key == "down" else -1)
        elif evento.key == "down" and self.query_one("#pendentes", Lista).itens:
            self.set_focus(self.query_one("#pendentes"))

    @on(Input.Submitted, "#buscar")
    def _ao_enviar(self) -> None:
        self.action_atender()

    @on(Lista.Escolhido, "#achados")
    def _ao_escolher(self) -> None:
        self.action_atender()

    @on(Lista.Escolhido, "#pendentes")
    def _ao_retomar(self, escolhido: Lista.Escolhido) -> None:
        item = escolhido.item
        if isinstance(item, Rascunho):
            self.agir(retomar(self, item))
        elif isinstance(item, LinhaOrcamento):
            self.agir(abrir_orcamento(self, item.id))
        else:
            self.agir(self._abrir_ordem(item.id))

    def action_atender(self) -> None:
        texto = self.campo.value.strip()
        if len(texto) >= 1:
            self.agir(self._atender(texto, de_novo=False))

    def action_outra_ordem(self) -> None:
        if texto := self.campo.value.strip():
            self.agir(self._atender(texto, de_novo=True))

    async def _atender(self, texto: str, *, de_novo: bool) -> None:
        visto = self._buscado == texto
        if not visto:
            self.workers.cancel_group(self, "busca")
            await self._buscar(texto)
            if self._buscado != texto:  # enquanto se esperava, procurou-se outra coisa
                return
        achado: Achado | None = self.achados.item if self.achados.display else None
        if achado is None and not visto and self._parecidos:
            return
        if achado and not visto and not _certo(texto, achado, self.achados.itens):
            return
        if achado and achado.ordem_id and not (de_novo and achado.tipo == "veiculo"):
            await self._abrir_ordem(achado.ordem_id)
            return
        exigir_papel(self, AbrirOrdem)
        if achado is None:
            await self._cadastrar(texto)
        elif achado.tipo == "cliente":
            await self._ver_cliente(achado.id)
        else:
            await self._receber(achado.id)

    async def _abrir_ordem(self, ordem_id: int) -> None:
        await self._ir(await TelaOrdem.de(self.balcao, ordem_id))

    async def _receber(self, veiculo_id: int) -> None:
        if self._historico is None or self._historico.veiculo.id != veiculo_id:
            self._historico = await self.pedir(VerHistoricoVeiculo(veiculo_id=veiculo_id))
        await self._ir(TelaOrcamento(Carro.que_chega(self._historico)))

    async def _ver_cliente(self, cliente_id: int) -> None:
        from oficina_cli.tui.recepcao import Recepcao

        cliente = await self.pedir(VerCliente(cliente_id=cliente_id))
        await self._ir(Recepcao(cliente=cliente))

    def action_cadastrar(self) -> None:
        self.agir(self._cadastrar(self.campo.value.strip()))

    async def _cadastrar(self, texto: str) -> None:
        from oficina_cli.tui.recepcao import Recepcao

        await self._ir(Recepcao(buscado=texto))

    async def _ir(self, tela: Tela) -> None:
        """Quem volta acha o que buscou selecionado: digitar troca."""
        self.campo.action_select_all()
        await self.app.push_screen(tela)

    def action_voltar(self) -> None:
        if self.focused is not self.campo:
            self.set_focus(self.campo)
        else:
            self.campo.value = ""


def _quantos(achados: Sequence[Achado]) -> str:
    return quantos(len(achados), "encontrado", "encontrados") if achados else ""


def _sem_achar(texto: str) -> str:
    placa = _placa(texto)
    if placa:
        return f"Nenhum carro assim · enter cadastra o {placa}"
    return "Nada encontrado · enter cadastra um cliente novo"


def _parecidos(veiculos: Sequence[LinhaVeiculo]) -> Iterator[Content]:
    if veiculos:
        yield NADA
        yield linha(("Seria um destes?", SUAVE))
    for v in veiculos:
        yield linha(esq(v.placa, 7, FORTE), uma_linha(f"{v.marca} {v.modelo} · {v.cliente}"))


def _em_linhas(achados: Achados, texto: str) -> list[Achado]:
    """A ordem do número dito; depois os carros, com a ordem que têm na casa; depois os clientes."""
    da_placa = {}
    for ordem in reversed(achados.ordens):
        if ordem.status not in (StatusOrdem.ENTREGUE, StatusOrdem.CANCELADA):
            da_placa[ordem.placa] = ordem
    dita = next((ordem for ordem in achados.ordens if str(ordem.id) == texto), None)
    veiculos = [v for v in achados.veiculos if dita is None or v.placa != dita.placa]
    placas = {veiculo.placa for veiculo in veiculos}
    outras = [o for o in achados.ordens if o is not dita and o.placa not in placas]
    return [
        *map(_da_ordem, [dita, *outras] if dita else outras),
        *(_do_veiculo(veiculo, da_placa.get(veiculo.placa)) for veiculo in veiculos),
        *map(_do_cliente, achados.clientes),
    ]


def _da_ordem(ordem: LinhaOrdem) -> Achado:
    return Achado(
        "ordem",
        ordem.id,
        ordem.placa,
        f"OS {ordem.id} · {ordem.veiculo}",
        ordem.cliente,
        ETAPAS[ordem.status],
        ordem.id,
    )


def _do_veiculo(veiculo: LinhaVeiculo, ordem: LinhaOrdem | None) -> Achado:
    ano = f" {veiculo.ano}" if veiculo.ano else ""
    onde = f"{ETAPAS[ordem.status]} · {ordem.id}" if ordem else ""
    return Achado(
        "veiculo",
        veiculo.id,
        veiculo.placa,
        f"{veiculo.marca} {veiculo.modelo}{ano}",
        veiculo.cliente,
        onde,
        ordem.id if ordem else None,
    )


def _do_cliente(cliente: LinhaCliente) -> Achado:
    resumo = " · ".join(filter(None, [cliente.documento, cliente.telefone]))
    return Achado("cliente", cliente.id, "cliente", cliente.nome, resumo, "")


def _certo(texto: str, achado: Achado, todos: Sequence[Achado]) -> bool:
    """Se o que se digitou só pode ser este, mesmo sem ter visto a lista."""
    if len(todos) == 1 or texto == str(achado.ordem_id):
        return True
    return _placa(texto) is not None and achado.tipo == "veiculo"


def _placa(texto: str) -> str | None:
    try:
        return str(Placa(texto))
    except DadoInvalido:
        return None


def _chave(pendente: Any) -> tuple[str, Any]:
    return type(pendente).__name__, getattr(pendente, "id", None) or pendente.nome


def _grupo(pendente: Any) -> str:
    match pendente:
        case Rascunho():
            return "Ficou por gravar"
        case LinhaOrcamento():
            return "Rascunhos por terminar"
    return "Prontas para entregar"


ABERTURA = TelaAtendimento
