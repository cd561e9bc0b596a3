"""Os orçamentos: a lista, e a montagem de um, que se guarda desde a primeira linha."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, Static

from oficina_cli.tui.base import SEM_TECLAR, Tela
from oficina_cli.tui.fios import em_fio
from oficina_cli.tui.ordens import VIVOS, TelaOrdem, ler_km
from oficina_cli.tui.proposta import (
    Linha,
    Linhas,
    Produto,
    com,
    diferencas,
    fundir,
    ler_desconto,
    linhas_de,
    pedido,
    quantas_e_que,
    sem_desconto,
)
from oficina_cli.tui.rascunhos import CHEGADA, Rascunho
from oficina_cli.tui.widgets.campos import TEXTO, CampoBR, Entrada
from oficina_cli.tui.widgets.conflito import Conflito
from oficina_cli.tui.widgets.desenho import (
    ALERTA,
    FORTE,
    NADA,
    SUAVE,
    Celula,
    dir_,
    esq,
    linha,
    registro,
    secao,
    solta,
    uma_linha,
    valor,
)
from oficina_cli.tui.widgets.dialogo import Confirmar, Perguntar
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_cli.tui.widgets.vazio import vazio
from oficina_core.casos.itens import BuscarItens, ItemAchado, TipoAchado
from oficina_core.casos.kits import FichaKit, VerKit
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EditarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    LinhaItem,
    LinhaOrcamento,
    ListarOrcamentos,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.ordens import FichaOrdem, VerOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.paginas import LIMITE_MAXIMO, Pagina
from oficina_core.casos.veiculos import FichaVeiculo, Sugestao
from oficina_core.dominio.dinheiro import ZERO, ler_quantidade
from oficina_core.dominio.erros import DadoInvalido, VersaoAntiga
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento, TipoItem
from oficina_core.texto import data, duracao, quantidade, quantos, reais

S = StatusOrcamento
ACHADOS = 6  # linhas da busca de itens
GUARDAR = 0.5  # segundos sem teclar antes de guardar em disco
DO_KIT = 3  # letras
PEDE, TEM = 7, 5  # colunas do kit
SINAIS = {StatusItem.APROVADO: "✔", StatusItem.RECUSADO: "✖"}
JA_NAO_ESTA = "Outro balcão tirou essa linha do orçamento."
NAO_FICOU = "Nada se gravou: o orçamento está como o outro balcão o deixou."
ESPERAM = (S.AGUARDANDO_APROVACAO, S.EXPIRADO)


QUANDO: dict[str, tuple[StatusOrcamento | None, ...]] = {
    "enviar": (None, S.RASCUNHO),
    "trocar_area": (None, S.RASCUNHO),
    "desconto": (S.RASCUNHO,),
    "quantidade": (S.RASCUNHO,),
    "perguntar_quantidade": (S.RASCUNHO,),
    "tirar": (S.RASCUNHO,),
    "aprovar": (S.RASCUNHO, S.AGUARDANDO_APROVACAO),
    "revisar": ESPERAM,
    "cancelar": VIVOS,
}
COM_LETRA = {"quantidade", "perguntar_quantidade", "tirar", "aprovar", "revisar"}


@dataclass
class Carro:
    """De quem é o orçamento que ainda não existe: o carro que chegou, ou uma ordem já aberta."""

    veiculo: FichaVeiculo | None = None
    ordem_id: int | None = None
    queixa: str = ""
    cliente: str = ""
    placa: str = ""
    sugestoes: tuple[Sugestao, ...] = ()

    @classmethod
    def da(cls, ordem: FichaOrdem) -> "Carro":
        """O de uma ordem já aberta."""
        return cls(
            ordem_id=ordem.id,
            queixa=ordem.queixa,
            cliente=ordem.cliente,
            placa=ordem.placa,
            sugestoes=ordem.sugestoes,
        )

    @property
    def chegando(self) -> bool:
        """Se a ordem ainda vai nascer, com a primeira linha."""
        return self.ordem_id is None and self.veiculo is not None


class TelaOrcamento(Tela):
    """A montagem: o que se inclui se grava na hora, em rascunho; F9 envia."""

    ABA = "orcamentos"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "incluir", "incluir", id="orcamento.incluir"),
        Binding("tab", "trocar_area", "itens", id="orcamento.area", priority=True),
        Binding("f8,ctrl+t", "desconto", "desconto", id="orcamento.desconto"),
        Binding("f9,ctrl+e", "enviar", "enviar", priority=True, id="orcamento.enviar"),
        Binding("a", "aprovar", "aprovar", id="orcamento.aprovar"),
        Binding("v", "revisar", "outra versão", id="orcamento.revisar"),
        Binding("o", "ordem", "ordem", show=False, id="orcamento.ordem"),
        Binding("plus", "quantidade(1)", "mais um", show=False, id="orcamento.mais"),
        Binding("minus", "quantidade(-1)", "menos um", show=False, id="orcamento.menos"),
        Binding("q", "perguntar_quantidade", "quantidade", id="orcamento.quantidade"),
        Binding("delete,x", "tirar", "tirar", id="orcamento.tirar"),
    ]
    COMANDOS = (
        ("Enviar o orçamento", "enviar"),
        ("Dar desconto", "desconto"),
        ("Aprovar, inteiro ou por linha", "aprovar"),
        ("Fazer outra versão", "revisar"),
        ("Cancelar o orçamento", "cancelar"),
        ("Ver a ordem de serviço", "ordem"),
    )

    def __init__(self, carro: Carro, ficha: FichaOrcamento | None = None) -> None:
        super().__init__()
        self.carro, self.ficha = carro, ficha
        self._achados_de = ""
        self._nomes: dict[Produto, str] = {}  # do que se incluiu nesta tela
        self._kit: FichaKit | None = None  # o que está aceso nos achados, se a tela é larga
        self._do_kit: dict[str, ItemAchado] = {}  # o que há das peças dele, pelo código

    def compor(self) -> ComposeResult:
        with Horizontal(id="lados"):
            with Vertical(id="montagem"):
                with Horizontal(id="chegada"):
                    with Horizontal(classes="par curto"):
                        yield Static("Km ", classes="rotulo", markup=False)
                        yield Entrada(self._km(), id="km", max_length=7)
                    with Horizontal(classes="par"):
                        yield Static("Queixa ", classes="rotulo", markup=False)
                        dica = "o nome do kit, se ficar vazia"
                        yield CampoBR(TEXTO, self.carro.queixa, dica=dica, id="queixa")
                with Horizontal(id="inclusao"):
                    yield Static("Incluir ", classes="rotulo", markup=False)
                    yield Entrada(placeholder="serviço, peça ou kit · 2*código", id="incluir")
                yield Lista(
                    self._achado, chave=lambda a: (a.tipo, a.id), sempre_acesa=True, id="achados"
                )
                yield Folha(self._cabecalho, id="cabecalho")
                yield Lista(self._item, id="itens")
                yield Folha(self._somas, id="somas")
            yield Folha(self._lado, id="lado", classes="fio")

    def on_mount(self) -> None:
        self.query_one("#achados").display = False
        self.query_one("#chegada").display = self.carro.chegando
        self._mostrar(self.ficha)
        if self.carro.chegando:
            km = self.query_one("#km", Input)
            self.set_focus(km)
            km.action_select_all()
            self.em_segundo_plano("rascunho", self._retomar)

    def comecar(self) -> None:
        """O foco volta ao que se inclui."""
        self.set_focus(self.query_one("#incluir" if self.rascunho else "#itens"))

    # ── o que se digita antes da primeira linha ──────────────────────────────────────────────

    @property
    def _nome_do_rascunho(self) -> str:
        return f"{CHEGADA}{self.carro.veiculo.id}" if self.carro.veiculo else ""

    async def _retomar(self) -> None:
        """O que ficou por gravar da última vez."""
        guardado = await em_fio(partial(self.balcao.rascunhos.ler, self._nome_do_rascunho))
        for nome, dito in (guardado.campos if guardado else {}).items():
            for campo in self.query(f"#{nome}").results(Input):
                campo.value = dito
        if guardado:
            self.avisar("Continua o que ficou sem gravar.")

    @on(Input.Changed, "#km, #queixa")
    def _ao_mudar_a_chegada(self) -> None:
        """Guarda logo, mas não a cada letra."""
        self._guardar_em(GUARDAR)

    @on(Input.Blurred, "#km, #queixa")
    def _ao_largar_a_chegada(self) -> None:
        """O campo que se acabou de preencher não espera."""
        self._guardar_em(0)

    def _guardar_em(self, espera: float) -> None:
        if self._por_guardar:
            self.em_segundo_plano("guardar", self._guardar, espera)

    async def _guardar(self) -> None:
        if (veiculo := self.carro.veiculo) and self._por_guardar:
            titulo = f"{veiculo.placa} · {veiculo.cliente}"
            rascunho = Rascunho(self._nome_do_rascunho, titulo, self._digitado)
            await self.balcao.anotar(rascunho.nome, rascunho)

    async def _esquecer(self) -> None:
        self.workers.cancel_group(self, "guardar")
        if nome := self._nome_do_rascunho:
            await self.balcao.anotar(nome, None)

    @property
    def _digitado(self) -> dict[str, str]:
        return {nome: self.query_one(f"#{nome}", Input).value for nome in ("km", "queixa")}

    @property
    def _por_guardar(self) -> bool:
        """O que se digitou antes de haver ordem; o km, sozinho, guarda-se mas não prende a tela."""
        return self.ficha is None and self.carro.chegando and self._digitado != self._proposto

    @property
    def _proposto(self) -> dict[str, str]:
        return {"km": self._km(), "queixa": self.carro.queixa}

    def _km(self) -> str:
        veiculo = self.carro.veiculo
        return str(veiculo.km) if veiculo and veiculo.km is not None else ""

    @property
    def rascunho(self) -> bool:
        """Se ainda se muda."""
        return self.ficha is None or self.ficha.status is S.RASCUNHO

    @property
    def sujo(self) -> bool:
        """O que ainda não tem linha nenhuma não está gravado."""
        return (
            self.ficha is None
            and self.carro.chegando
            and bool(self.query_one("#queixa", Input).value.strip())
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Só se oferece o que o estado admite; em um campo, nada do que as letras fazem."""
        if action in COM_LETRA and self.digitando:
            return False
        if action == "incluir":
            return self.rascunho and getattr(self.focused, "id", "") == "incluir"
        if action == "ordem":
            return bool(self.ficha and self.ficha.ordem_id)
        status = self.ficha.status if self.ficha else None
        return action not in QUANDO or status in QUANDO[action]

    async def reler(self, *, suave: bool) -> None:
        if self.ficha is None:
            return
        lida = await self.pedir(VerOrcamento(orcamento_id=self.ficha.id))
        # O que se pediu antes de gravar pode chegar depois, e não desfaz o que já se mostra.
        if lida.id == self.ficha.id and lida.versao >= self.ficha.versao:
            self._mostrar(lida)

    def _mostrar(self, ficha: FichaOrcamento | None) -> None:
        self.ficha = ficha
        itens = self.query_one("#itens", Lista)
        itens.styles.height = max(1, len(ficha.itens)) if ficha else 1
        self.em_segundo_plano(
            "itens", partial(itens.abrir_mantendo, pronta(ficha.itens if ficha else ()))
        )
        self.query_one("#inclusao").display = self.rascunho
        if not self.rascunho or not self.carro.chegando:
            self.query_one("#chegada").display = False
        for folha in self.query(Folha):
            folha.redesenhar()
        self.redesenhar()
        self.refresh_bindings()
        if self.focused is None or not self.focused.is_attached or not _a_vista(self.focused):
            self.comecar()

    # ── como se desenha ──────────────────────────────────────────────────────────────────────

    def contexto(self) -> tuple[Content, Content]:
        ficha, veiculo = self.ficha, self.carro.veiculo
        if ficha:
            onde = f"OS {ficha.ordem_id}" if ficha.ordem_id else "balcão"
            partes = (ficha.cliente, ficha.placa, onde)
        elif veiculo:
            partes = (veiculo.cliente, veiculo.placa, "nova ordem")
        else:
            partes = (self.carro.cliente, self.carro.placa, f"OS {self.carro.ordem_id}")
        total = reais(ficha.valor_total) if ficha else ""
        return registro(*partes), solta((total, FORTE))

    def comando(self) -> str:
        ficha = self.ficha
        if ficha is None:
            placa = self.carro.veiculo.placa if self.carro.veiculo else "PLACA"
            return f"oficina ordem abrir --placa {placa} --kit CÓDIGO --enviar"
        acao = "enviar" if ficha.status is S.RASCUNHO else "ver"
        return f"oficina orcamento {acao} {ficha.id}"

    def _achado(self, achado: ItemAchado, largura: int, foco: bool) -> list[Content]:
        n = largura - 3 - 7 - 15 - 8 - 9 - 4 * 2
        pede = achado.completo is False or (achado.disponivel is not None and not achado.disponivel)
        return [
            linha(
                esq(achado.tipo.rotulo, 7, SUAVE),
                esq(achado.codigo, 15),
                esq(achado.nome, n),
                dir_(_ha(achado), 8, ALERTA if pede else SUAVE),
                dir_(valor(achado.preco), 9),
                foco=foco,
            )
        ]

    def _cabecalho(self, largura: int) -> list[Content]:
        if self.ficha is None:
            return [NADA, *self._convite(largura)]
        n = self._largura_do_item(largura)
        return [
            *self._situacao(largura),
            linha(
                *self._marca(""),
                esq("Item", n, SUAVE),
                dir_("Qtd", 8, SUAVE),
                dir_("Unitário", 9, SUAVE),
                dir_("Total", 10, SUAVE),
            ),
        ]

    def _situacao(self, largura: int) -> list[Content]:
        """O que já não se muda diz em que pé está."""
        ficha = self.ficha
        if ficha is None or ficha.status is S.RASCUNHO:
            return [NADA]
        if self.larga:  # o lado já o diz
            return []
        vale = f" · vale até {data(ficha.validade)}" if ficha.validade else ""
        estilo = ALERTA if ficha.status is S.EXPIRADO else SUAVE
        return [
            secao(f"Orçamento {ficha.id}", largura, f"{ficha.status.rotulo}{vale}", estilo),
            NADA,
        ]

    def _convite(self, largura: int) -> Iterator[Content]:
        if self.carro.sugestoes and not self.larga:  # com a tela larga, estão ao lado
            yield secao("Recusado antes", largura, "ofereça de novo")
            for sugestao in self.carro.sugestoes[:5]:
                yield linha(esq(sugestao.descricao, largura - 12), dir_(valor(sugestao.total), 10))
            yield NADA
        yield linha(("Digite o que o carro precisa: a primeira linha já fica guardada.", SUAVE))
        if self.carro.chegando:
            yield linha(("Só a queixa também abre a ordem: preencha-a e F9.", SUAVE))

    def _largura_do_item(self, largura: int) -> int:
        marca = 3 if self._respondido else 0
        return largura - marca - 8 - 9 - 10 - 3 * 2

    @property
    def _respondido(self) -> bool:
        """Se há linha aprovada ou recusada: só então se reserva lugar ao sinal."""
        itens = self.ficha.itens if self.ficha else ()
        return any(item.status in SINAIS for item in itens)

    def _marca(self, sinal: str) -> list[Celula]:
        return [esq(sinal, 1)] if self._respondido else []

    def _item(self, item: LinhaItem, largura: int, foco: bool) -> list[Content]:
        n = self._largura_do_item(largura - 3)
        un = "" if item.peca_id is None else f" {item.unidade.value}"
        falta = _falta(item)
        aviso = f"! falta {quantidade(falta)}{un}" if falta else ""
        nome = esq(item.descricao, n - len(aviso) - (1 if aviso else 0))
        return [
            linha(
                *self._marca(SINAIS.get(item.status, "")),
                solta(nome, (f" {aviso}" if aviso else "", ALERTA)),
                dir_(f"{quantidade(item.quantidade)}{un}", 8, SUAVE),
                dir_(valor(item.preco_unitario), 9, SUAVE),
                dir_(valor(item.total), 10),
                foco=foco,
            )
        ]

    def _somas(self, largura: int) -> list[Content]:
        ficha = self.ficha
        if ficha is None:
            return []
        linhas = [NADA]
        if ficha.desconto:
            cheio = ficha.valor_total + ficha.desconto
            por_cento = ficha.desconto / cheio * 100 if cheio else ZERO
            dito = f"Desconto de {quantidade(round(por_cento, 1))} % em {valor(cheio)}"
            linhas.append(
                linha(dir_(dito, largura - 16, SUAVE), dir_(f"−{valor(ficha.desconto)}", 14))
            )
        linhas.append(
            linha(dir_("Total", largura - 16, FORTE), dir_(reais(ficha.valor_total), 14, FORTE))
        )
        return linhas

    def _lado(self, largura: int) -> list[Content]:
        ficha = self.ficha
        linhas = [*self._conteudo_do_kit(largura)]
        if ficha:
            n, total = largura - 15, ficha.valor_total
            linhas += [secao(f"Orçamento {ficha.id}", largura, ficha.status.rotulo)]
            dias = (ficha.validade - self.balcao.agora().date()).days if ficha.validade else None
            vale = (
                f"{data(ficha.validade)} ({quantos(dias, 'dia', 'dias')})"
                if (ficha.validade and dias is not None)
                else "10 dias após enviar"
            )
            linhas += [
                linha(esq("Vale até", 13, SUAVE), esq(vale, n)),
                linha(esq("Peças", 13, SUAVE), esq(_parte(ficha.total_pecas, total), n)),
                linha(esq("Mão de obra", 13, SUAVE), esq(_parte(ficha.total_servicos, total), n)),
            ]
            if ficha.revisao > 1:
                linhas.append(
                    linha(
                        esq("Versão", 13, SUAVE),
                        f"{ficha.revisao}, no lugar do {ficha.substitui_id}",
                    )
                )
            if ficha.decidido_por:
                meio = ficha.decidido_meio.rotulo if ficha.decidido_meio else ""
                linhas.append(
                    linha(
                        esq("Respondeu", 13, SUAVE),
                        esq(f"{ficha.decidido_por}, {meio}", largura - 18),
                    )
                )
            linhas += [NADA, NADA]
        if self.carro.sugestoes:
            linhas.append(secao("Recusado antes", largura, "ofereça de novo"))
            for s in self.carro.sugestoes[:6]:
                linhas.append(linha(esq(s.descricao, largura - 11), dir_(valor(s.total), 9)))
                if s.motivo:
                    linhas.append(linha(esq(f"“{uma_linha(s.motivo)}”", largura, SUAVE)))
        return linhas

    def _conteudo_do_kit(self, largura: int) -> Iterator[Content]:
        """O que o kit aceso pede, e o que há de cada peça."""
        if self._kit is None:
            return
        yield Content.assemble(
            secao(f"Kit {self._kit.codigo}", largura - PEDE - TEM - 2 * 2),
            linha(dir_("pede", PEDE, SUAVE), dir_("tem", TEM, SUAVE)),
        )
        for parte in self._kit.itens:
            peca = self._do_kit.get(parte.codigo)
            un = f" {parte.unidade.value}" if parte.tipo is TipoItem.PECA else ""
            ha = max(ZERO, peca.disponivel or ZERO) if peca else ZERO
            curta = peca is not None and ha < parte.quantidade
            tem = quantidade(ha) if peca else ""
            yield linha(
                esq(parte.nome, largura - PEDE - TEM - 2 * 2),
                dir_(f"{quantidade(parte.quantidade)}{un}", PEDE),
                dir_(f"! {tem}" if curta else tem, TEM, ALERTA if curta else SUAVE),
            )
        yield NADA
        yield NADA

    @on(Lista.Destacado, "#achados")
    def _ao_destacar_o_achado(self, destacado: Lista.Destacado) -> None:
        achado: ItemAchado | None = destacado.item
        if not self.larga or achado is None or achado.tipo is not TipoAchado.KIT:
            self._mostrar_o_kit(None, {})
        elif self._kit is None or self._kit.id != achado.id:
            self.em_segundo_plano("kit", partial(self._ler_o_kit, achado.id))

    async def _ler_o_kit(self, kit_id: int) -> None:
        kit = await self.pedir(VerKit(kit_id=kit_id))
        codigos = [p.codigo for p in kit.itens if p.tipo is TipoItem.PECA]
        ha: dict[str, ItemAchado] = {}
        for codigo in codigos:
            achados = await self.pedir(BuscarItens(texto=codigo, limite=1))
            ha |= {a.codigo: a for a in achados if a.tipo is TipoAchado.PECA and a.codigo == codigo}
        aceso: ItemAchado | None = self.query_one("#achados", Lista).item
        if aceso and aceso.tipo is TipoAchado.KIT and aceso.id == kit_id and self._achados_de:
            self._mostrar_o_kit(kit, ha)

    def _mostrar_o_kit(self, kit: FichaKit | None, ha: dict[str, ItemAchado]) -> None:
        if kit is not self._kit:
            self._kit, self._do_kit = kit, ha
            self.query_one("#lado", Folha).redesenhar()

    # ── achar o que se inclui ────────────────────────────────────────────────────────────────

    @on(Input.Changed, "#incluir")
    def _ao_digitar(self, mudou: Input.Changed) -> None:
        if texto := mudou.value.strip():
            self.em_segundo_plano("achados", partial(self._procurar, texto), SEM_TECLAR)
        else:
            self.workers.cancel_group(self, "achados")
            self._fechar_achados()

    async def _procurar(self, texto: str) -> None:
        _, que = quantas_e_que(texto)
        achados = await self.pedir(BuscarItens(texto=que, limite=ACHADOS))
        lista = self.query_one("#achados", Lista)
        if self.query_one("#incluir", Input).value.strip() != texto:
            return
        self._achados_de = texto
        await lista.abrir(pronta(achados[: ACHADOS * 2]))
        lista.styles.height = min(ACHADOS, len(achados))
        lista.display = bool(achados)
        if not achados:
            self.avisar(f"nada com “{que}”: confira o código, ou cadastre em F7")
        elif self.aviso.startswith("nada com"):
            self.calar()

    def _fechar_achados(self) -> None:
        self._achados_de = ""
        self.query_one("#achados").display = False
        self._mostrar_o_kit(None, {})

    def on_key(self, evento: Key) -> None:
        """As setas andam nos achados sem sair do campo."""
        lista = self.query_one("#achados", Lista)
        em_campo = self.focused is self.query_one("#incluir")
        if em_campo and evento.key in ("up", "down"):
            evento.stop()
            if lista.display:
                lista.action_mover(1 if evento.key == "down" else -1)
            elif evento.key == "down" and self.ficha:
                self.set_focus(self.query_one("#itens"))

    @on(Input.Submitted, "#km")
    def _ao_dizer_o_km(self) -> None:
        self.set_focus(self.query_one("#incluir"))

    @on(Input.Submitted, "#queixa")
    def _ao_dizer_a_queixa(self) -> None:
        self.set_focus(self.query_one("#incluir"))

    @on(Input.Submitted, "#incluir")
    def _ao_incluir(self) -> None:
        self.action_incluir()

    def action_incluir(self) -> None:
        """O que enter faz no campo, para quem clica na tecla."""
        if texto := self.query_one("#incluir", Input).value.strip():
            self.agir(self._incluir_o_achado(texto))

    @on(Lista.Escolhido, "#achados")
    def _ao_clicar_no_achado(self) -> None:
        self.agir(self._incluir_o_achado(self.query_one("#incluir", Input).value.strip()))

    async def _incluir_o_achado(self, texto: str) -> None:
        visto = self._achados_de == texto
        if not visto:
            self.workers.cancel_group(self, "achados")
            await self._procurar(texto)
        lista = self.query_one("#achados", Lista)
        achado: ItemAchado | None = lista.item if self._achados_de == texto else None
        if achado is None:
            return
        quantas, que = quantas_e_que(texto)
        if not (visto or _certo(que, achado, len(lista.itens))):
            return
        await self._incluir(achado, quantas)
        self.query_one("#incluir", Input).value = ""
        self._fechar_achados()

    # ── o que se grava ───────────────────────────────────────────────────────────────────────

    async def _incluir(self, achado: ItemAchado, quantas: Decimal) -> None:
        if achado.tipo is not TipoAchado.KIT:
            self._nomes[Produto.de(achado)] = achado.nome
        if self.ficha is None:
            await self._nascer(achado, quantas)
            ficou = True
        else:
            base = linhas_de(self.ficha)
            ficou = await self._gravar(com(base, achado, quantas), base)
        que = "kit " if achado.tipo is TipoAchado.KIT else ""
        self._dizer_se_ficou(f"incluído: {que}{achado.codigo}", ficou=ficou)

    def _dizer_se_ficou(self, feito: str, *, ficou: bool) -> None:
        hora = f"{self.balcao.agora():%H:%M}"
        self.avisar(f"{feito} · rascunho guardado às {hora}" if ficou else NAO_FICOU)

    async def _nascer(self, achado: ItemAchado, quantas: Decimal) -> None:
        """A primeira linha abre a ordem, se ela ainda não existe, e guarda o rascunho."""
        campos = com({}, achado, quantas)
        if self.carro.ordem_id is not None:
            caso = CriarOrcamento(ordem_id=self.carro.ordem_id, **campos)
            self._mostrar(await self.pedir(caso))
            return
        queixa = self.query_one("#queixa", Input).value.strip()
        if not queixa and achado.tipo is not TipoAchado.KIT:
            queixa = achado.nome
        ordem = await self._abrir_ordem(queixa, campos)
        self._mostrar(await self.pedir(VerOrcamento(orcamento_id=ordem.orcamentos[0].id)))

    async def _abrir_ordem(self, queixa: str, campos: dict[str, Any]) -> FichaOrdem:
        veiculo = self.carro.veiculo
        dito = self.query_one("#km", Input).value.strip()
        try:
            km = ler_km(dito) if dito else None
        except DadoInvalido:
            self.set_focus(self.query_one("#km"))
            raise
        ordem = await self.pedir(
            AbrirOrdem(
                veiculo_id=veiculo.id if veiculo else 0, km=km, queixa=queixa or None, **campos
            )
        )
        await self._esquecer()
        self.carro = replace(self.carro, ordem_id=ordem.id)
        self.query_one("#chegada").display = False
        return ordem

    async def _gravar(self, campos: dict[str, Any], base: Linhas) -> bool:
        """Troca as linhas do rascunho; se outro gravou antes, pergunta o que fica.

        Falso se, perguntado, se desistiu.
        """
        ficha = self.ficha
        if ficha is None:
            return False
        try:
            self._mostrar(await self._editar(ficha, ficha.versao, campos))
        except VersaoAntiga:
            return await self._resolver(base, await self._pretendido(ficha, campos))
        return True

    async def _editar(
        self, ficha: FichaOrcamento, versao: int, campos: dict[str, Any]
    ) -> FichaOrcamento:
        return await self.pedir(
            EditarOrcamento(
                orcamento_id=ficha.id,
                versao=versao,
                descricao=ficha.descricao,
                validade=ficha.validade,
                **campos,
            )
        )

    async def _pretendido(self, ficha: FichaOrcamento, campos: dict[str, Any]) -> Linhas:
        """As linhas que você queria, com os kits já abertos."""
        queria: dict[Produto, Linha] = {}
        nomes = self._nomes | {produto: dita.nome for produto, dita in linhas_de(ficha).items()}
        for item in campos.get("servicos", ()):
            produto = Produto(item.id, None)
            queria[produto] = Linha(nomes.get(produto, "serviço"), item.quantidade, item.desconto)
        for item in campos.get("pecas", ()):
            produto = Produto(None, item.id)
            queria[produto] = Linha(nomes.get(produto, "peça"), item.quantidade, item.desconto)
        for kit_id in campos.get("kits", ()):
            kit = await self.pedir(VerKit(kit_id=kit_id))
            for parte in kit.itens:
                achados = await self.pedir(BuscarItens(texto=parte.codigo, limite=1))
                achado = next(
                    a
                    for a in achados
                    if (a.codigo, a.tipo.value) == (parte.codigo, parte.tipo.value)
                )
                produto = Produto.de(achado)
                antes = queria.get(produto, Linha(achado.nome, ZERO))
                queria[produto] = replace(antes, quantidade=antes.quantidade + parte.quantidade)
        return queria

    async def _resolver(self, base: Linhas, seu: Linhas) -> bool:
        """Seu, atual, escolher: até gravar o escolhido, ou até se desistir dele."""
        while self.ficha:
            agora = await self.pedir(VerOrcamento(orcamento_id=self.ficha.id))
            atual = linhas_de(agora)
            if agora.status is not S.RASCUNHO:
                self._mostrar(agora)
                raise VersaoAntiga(
                    f"Outro balcão mudou o orçamento {agora.id}: está {agora.status.rotulo}."
                )
            if not (outras := diferencas(base, seu, atual)):
                self._mostrar(agora)
                return True
            ficam = await self.balcao.perguntar(
                Conflito(f"O orçamento {agora.id} mudou enquanto você editava", outras)
            )
            self._mostrar(agora)
            if ficam is None:
                return False
            seu, base = fundir(seu, atual, ficam), atual
            try:
                self._mostrar(await self._editar(agora, agora.versao, pedido(seu)))
            except VersaoAntiga:
                continue
            return True
        return False

    async def _trocar(self, linhas: Linhas, feito: str, **desconto: Decimal) -> None:
        base = linhas_de(self.ficha)
        ficou = await self._gravar({**pedido(linhas), **desconto}, base)
        self._dizer_se_ficou(feito, ficou=ficou)

    @property
    def _linha_atual(self) -> tuple[Produto, LinhaItem] | None:
        item: LinhaItem | None = self.query_one("#itens", Lista).item
        return (Produto(item.servico_id, item.peca_id), item) if item else None

    def action_quantidade(self, passo: int) -> None:
        if atual := self._linha_atual:
            produto, item = atual
            nova = item.quantidade + passo
            if nova > 0:
                self.agir(self._por_quantidade(produto, nova))

    async def _por_quantidade(self, produto: Produto, quanta: Decimal) -> None:
        linhas = linhas_de(self.ficha)
        if produto not in linhas:
            raise VersaoAntiga(JA_NAO_ESTA)
        linhas[produto] = replace(linhas[produto], quantidade=quanta)
        await self._trocar(linhas, "quantidade mudada")

    def action_perguntar_quantidade(self) -> None:
        if atual := self._linha_atual:
            self.agir(self._perguntar_quantidade(*atual))

    async def _perguntar_quantidade(self, produto: Produto, item: LinhaItem) -> None:
        quanta = await self.balcao.perguntar(
            Perguntar(
                f"Quanto de {item.descricao}?",
                ler_quantidade,
                campo=Entrada(value=quantidade(item.quantidade)),
            )
        )
        if quanta:
            await self._por_quantidade(produto, quanta)

    def action_tirar(self) -> None:
        if atual := self._linha_atual:
            self.agir(self._tirar(atual[0]))

    async def _tirar(self, produto: Produto) -> None:
        linhas = linhas_de(self.ficha)
        if linhas.pop(produto, None) is None:
            raise VersaoAntiga(JA_NAO_ESTA)
        await self._trocar(linhas, "linha tirada")

    def action_desconto(self) -> None:
        self.agir(self._descontar())

    async def _descontar(self) -> None:
        dito = await self.balcao.perguntar(
            Perguntar(
                "Desconto",
                ler_desconto,
                (
                    "Em reais (50,00), em porcentagem (10%), ou =500,00 para o valor final.",
                    "Reparte-se pelas linhas; 0 tira o desconto.",
                ),
            )
        )
        if dito is not None:
            await self._trocar(sem_desconto(linhas_de(self.ficha)), "desconto mudado", **dito)

    def action_enviar(self) -> None:
        self.agir(self._enviar())

    async def _enviar(self) -> None:
        if pendente := self.query_one("#incluir", Input).value.strip():
            await self._incluir_o_achado(pendente)
            if self.query_one("#incluir", Input).value:
                raise DadoInvalido("Escolha o que incluir com enter, ou apague-o, antes de enviar.")
        if self.ficha is None:
            await self._so_abrir()
            return
        ficha = await self.pedir(
            EnviarOrcamento(orcamento_id=self.ficha.id, versao=self.ficha.versao)
        )
        self._mostrar(ficha)
        falta = any(_falta(item) for item in ficha.itens)
        aviso = " Falta peça no estoque: confira antes de prometer." if falta else ""
        self.avisar(f"Orçamento {ficha.id} enviado; espera a resposta do cliente.{aviso}")

    async def _so_abrir(self) -> None:
        """Sem linha nenhuma, a queixa basta para abrir a ordem."""
        queixa = self.query_one("#queixa", Input).value.strip()
        if not self.carro.chegando:
            raise DadoInvalido("Inclua ao menos um serviço, peça ou kit antes de enviar.")
        if not queixa:
            self.set_focus(self.query_one("#queixa"))
            raise DadoInvalido("Inclua um serviço, peça ou kit, ou diga a queixa do cliente.")
        ordem = await self._abrir_ordem(queixa, {})
        tela = await TelaOrdem.de(self.balcao, ordem.id)
        self.balcao.trocar_tela(tela, f"OS {ordem.id} aberta. {ordem.aviso or ''}".strip())

    def action_trocar_area(self) -> None:
        itens, campo = self.query_one("#itens"), self.query_one("#incluir")
        ordem = (
            [self.query_one("#km"), self.query_one("#queixa"), campo]
            if (self.query_one("#chegada").display)
            else [campo]
        )
        ordem += [itens] if self.ficha and self.ficha.itens else []
        n = ordem.index(self.focused) + 1 if self.focused in ordem else 0
        self.set_focus(ordem[n % len(ordem)])
        self.refresh_bindings()

    def action_aprovar(self) -> None:
        from oficina_cli.tui.aprovacao import TelaAprovacao

        if self.ficha:
            self.app.push_screen(TelaAprovacao(self.ficha), self._ao_aprovar)

    def _ao_aprovar(self, ordem_id: int | None) -> None:
        if ordem_id:
            self.agir(self._ver_ordem(ordem_id))

    async def _ver_ordem(self, ordem_id: int) -> None:
        self.balcao.trocar_tela(await TelaOrdem.de(self.balcao, ordem_id))

    def action_revisar(self) -> None:
        self.agir(self._revisar())

    async def _revisar(self) -> None:
        if self.ficha:
            self._mostrar(await self.pedir(RevisarOrcamento(orcamento_id=self.ficha.id)))
            self.comecar()
            self.avisar("Outra versão, em rascunho; a anterior vale até esta ser enviada.")

    def action_cancelar(self) -> None:
        self.agir(self._cancelar())

    async def _cancelar(self) -> None:
        ficha = self.ficha
        if ficha is None:
            return
        motivo = await self.balcao.perguntar(
            Confirmar(
                f"Cancelar o orçamento {ficha.id}?",
                (
                    f"{ficha.placa} · {ficha.cliente} · {reais(ficha.valor_total)}",
                    "O cliente já não poderá responder a ele.",
                ),
                acao=f"Cancelar o orçamento {ficha.id}",
                seguro="Voltar sem cancelar",
                motivo=True,
            )
        )
        if motivo:
            self._mostrar(await self.pedir(CancelarOrcamento(orcamento_id=ficha.id, motivo=motivo)))
            self.avisar("Orçamento cancelado.")

    def action_ordem(self) -> None:
        if self.ficha and self.ficha.ordem_id:
            self.agir(self._ver_ordem(self.ficha.ordem_id))

    def action_voltar(self) -> None:
        campo = self.query_one("#incluir", Input)
        if self.digitando and campo.value:
            campo.value = ""
        elif self.sujo:
            # Fora da vez: sai-se também da tela que espera por um banco que não responde.
            self.run_worker(self._largar(), group="acoes", exit_on_error=False)
        elif self._por_guardar:
            self.run_worker(self._sair(), group="acoes", exit_on_error=False)
        else:
            self.dismiss(None)

    async def _sair(self) -> None:
        await self._esquecer()
        self.dismiss(None)

    async def _largar(self) -> None:
        await self._guardar()  # se se fecha o programa em vez de responder
        sai = await self.balcao.perguntar(
            Confirmar(
                "Sair sem abrir a ordem?",
                ("A queixa que você digitou não foi gravada. F9 abre a ordem com ela.",),
                acao="Sair sem gravar",
            )
        )
        if sai is not None:
            await self._sair()


def _certo(texto: str, achado: ItemAchado, quantos_sao: int) -> bool:
    """Se o que se digitou só pode ser este, mesmo sem ter visto a lista; o kit é o mais comum."""
    exato = achado.codigo.casefold() == texto.casefold()
    kit = achado.tipo is TipoAchado.KIT and len(texto) >= DO_KIT
    return exato or kit or quantos_sao == 1


def _a_vista(widget: Any) -> bool:
    return all(ancestral.display for ancestral in widget.ancestors_with_self)


def _ha(achado: ItemAchado) -> str:
    match achado.tipo:
        case TipoAchado.KIT:
            return "completo" if achado.completo else "! falta"
        case TipoAchado.SERVICO:
            return duracao(achado.tempo_estimado) if achado.tempo_estimado else ""
    dita = f"{quantidade(achado.disponivel or ZERO)} {achado.unidade.value}"
    return dita if achado.disponivel else f"! {dita}"


def _falta(item: LinhaItem) -> Decimal:
    """Quanto a linha pede além do que há; zero se há, ou se já não se pergunta."""
    if item.disponivel is None:
        return item.falta
    return max(ZERO, item.quantidade - max(ZERO, item.disponivel))


def _parte(quanto: Decimal, total: Decimal) -> str:
    if not total:
        return valor(quanto)
    return f"{valor(quanto)} · {round(quanto / total * 100)} %"


async def abrir_da_ordem(tela: Tela, ordem: FichaOrdem) -> None:
    """O orçamento em que se trabalha agora: o que está vivo, ou um novo, com a primeira linha."""
    vivo = next((o for o in reversed(ordem.orcamentos) if o.status in VIVOS), None)
    carro = Carro.da(ordem)
    if vivo is None:
        await tela.app.push_screen(TelaOrcamento(carro))
        return
    ficha = await tela.pedir(VerOrcamento(orcamento_id=vivo.id))
    await tela.app.push_screen(TelaOrcamento(carro, ficha))


async def abrir(tela: Tela, orcamento_id: int) -> None:
    """A tela de um orçamento, com o que se recusou antes, se ainda se orça."""
    ficha = await tela.pedir(VerOrcamento(orcamento_id=orcamento_id))
    sugestoes: tuple[Sugestao, ...] = ()
    if ficha.ordem_id and ficha.status in VIVOS:
        sugestoes = (await tela.pedir(VerOrdem(ordem_id=ficha.ordem_id))).sugestoes
    carro = Carro(ordem_id=ficha.ordem_id, sugestoes=sugestoes)
    await tela.app.push_screen(TelaOrcamento(carro, ficha))


VISOES: tuple[tuple[str, StatusOrcamento | None], ...] = (
    ("esperando resposta", S.AGUARDANDO_APROVACAO),
    ("rascunhos", S.RASCUNHO),
    ("vencidos", S.EXPIRADO),
    ("todos", None),
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

    @property
    def lista(self) -> Lista:
        return self.query_one(Lista)

    async def _fonte(self, cursor: str | None) -> Pagina[LinhaOrcamento]:
        status = VISOES[self._visao][1]
        return await self.pedir(
            ListarOrcamentos(status=status, limite=LIMITE_MAXIMO, cursor=cursor)
        )

    async def reler(self, *, suave: bool) -> None:
        if suave and self.lista.itens:
            self.contar_pendentes(await self.lista.atualizar())
        else:
            await self.lista.carregar()
        aviso = self.query_one("#vazio", Static)
        aviso.display = not self.lista.itens
        nome = VISOES[self._visao][0]
        aviso.update(
            vazio(
                f"Nenhum orçamento: {nome}",
                "",
                (("v", "outra lista"), ("F2", "atender um cliente")),
            )
        )
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

    @on(Lista.Escolhido)
    def _ao_escolher(self) -> None:
        self.action_abrir()

    def action_abrir(self) -> None:
        if self.lista.item:
            self.agir(abrir(self, self.lista.item.id))

    def action_aprovar(self) -> None:
        if self.lista.item:
            self.agir(self._aprovar(self.lista.item.id))

    async def _aprovar(self, orcamento_id: int) -> None:
        from oficina_cli.tui.aprovacao import TelaAprovacao

        ficha = await self.pedir(VerOrcamento(orcamento_id=orcamento_id))
        await self.app.push_screen(TelaAprovacao(ficha))

    def action_visao(self, passo: int) -> None:
        self._visao = (self._visao + passo) % len(VISOES)
        self.agir(self.reler(suave=False))


def _curto(status: StatusOrcamento) -> str:
    return {S.AGUARDANDO_APROVACAO: "espera", S.SUBSTITUIDO: "trocado"}.get(status, status.rotulo)


ABERTURA = TelaOrcamentos
