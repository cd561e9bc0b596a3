"""A montagem de um orçamento, que se guarda desde a primeira linha."""

from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.widget import Widget

from oficina_cli.tui import orcamentos_desenho as desenho
from oficina_cli.tui.base import Tela
from oficina_cli.tui.formulario import GRAVANDO
from oficina_cli.tui.orcamentos_chegada import Carro, Chegada
from oficina_cli.tui.orcamentos_edicao import Edicao, Mudou
from oficina_cli.tui.orcamentos_inclusao import Escolha, Inclusao
from oficina_cli.tui.orcamentos_proposta import (
    Linha,
    Linhas,
    Produto,
    com,
    ler_desconto,
    linhas_de,
    pedido,
    produto_de,
    repetidas,
    sem_desconto,
)
from oficina_cli.tui.ordens import TelaOrdem
from oficina_cli.tui.ordens_desenho import VIVOS
from oficina_cli.tui.widgets.campos import Entrada
from oficina_cli.tui.widgets.desenho import FORTE, NADA, registro, solta
from oficina_cli.tui.widgets.dialogo import Confirmar, Escolher, Perguntar
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_core.casos.itens import TipoAchado
from oficina_core.casos.kits import FichaKit
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    CriarOrcamento,
    EnviarOrcamento,
    FichaOrcamento,
    LinhaItem,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.portas import CasoDeUso
from oficina_core.casos.veiculos import Sugestao
from oficina_core.dominio.dinheiro import ler_quantidade
from oficina_core.dominio.erros import DadoInvalido, VersaoAntiga
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.texto import quantidade, reais

S = StatusOrcamento
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


class TelaOrcamento(Tela):
    """O que se inclui se grava na hora, em rascunho; F9 envia."""

    ABA = "orcamentos"
    NO_RODAPE = 6
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "incluir", "incluir", id="orcamento.incluir"),
        Binding("q", "perguntar_quantidade", "quantidade", id="orcamento.quantidade"),
        Binding("delete,x", "tirar", "tirar", id="orcamento.tirar"),
        Binding("tab", "trocar_area", "itens", id="orcamento.area", priority=True),
        Binding("f9,ctrl+e", "enviar", "enviar", priority=True, id="orcamento.enviar"),
        Binding("f8,ctrl+t", "desconto", "desconto", id="orcamento.desconto"),
        Binding("f10,ctrl+b", "recusados", "recusados antes", id="orcamento.recusados"),
        Binding("a", "aprovar", "aprovar", id="orcamento.aprovar"),
        Binding("v", "revisar", "outra versão", id="orcamento.revisar"),
        Binding("o", "ordem", "ordem", id="orcamento.ordem"),
        Binding("plus", "quantidade(1)", "mais um", show=False, id="orcamento.mais"),
        Binding("minus", "quantidade(-1)", "menos um", show=False, id="orcamento.menos"),
    ]
    COMANDOS = (
        ("Enviar o orçamento", "enviar"),
        ("Dar desconto", "desconto"),
        ("Incluir o que se recusou antes", "recusados"),
        ("Aprovar, inteiro ou por linha", "aprovar"),
        ("Fazer outra versão", "revisar"),
        ("Cancelar o orçamento", "cancelar"),
        ("Ver a ordem de serviço", "ordem"),
    )

    def __init__(self, carro: Carro, ficha: FichaOrcamento | None = None) -> None:
        super().__init__()
        self.carro, self.ficha = carro, ficha
        self._edicao = Edicao(self)
        self._kit: FichaKit | None = None  # o que está aceso nos achados

    def compor(self) -> ComposeResult:
        with Horizontal(id="lados"):
            with Vertical(id="montagem"):
                yield Chegada(self.carro)
                yield Inclusao()
                yield Folha(self._cabecalho, id="cabecalho")
                yield Lista(self._item, chave=produto_de, id="itens")
                yield Folha(self._somas, id="somas")
            yield Folha(self._lado, id="lado", classes="fio")

    def on_mount(self) -> None:
        self._mostrar(self.ficha)
        if self.chegada.nome in self.balcao.rascunhos.gravando:
            self.balcao.desistir(self)
        elif self.carro.chegando:
            self.chegada.comecar()
            self.em_segundo_plano("rascunho", self._retomar)

    async def _retomar(self) -> None:
        if await self.chegada.retomar():
            self.avisar("Continua o que ficou sem gravar.")

    def comecar(self) -> None:
        """O foco volta ao que se inclui."""
        self.set_focus(self.inclusao.campo if self.rascunho else self.itens)

    @property
    def chegada(self) -> Chegada:
        return self.query_one(Chegada)

    @property
    def inclusao(self) -> Inclusao:
        return self.query_one(Inclusao)

    @property
    def itens(self) -> Lista:
        return self.query_one("#itens", Lista)

    @property
    def rascunho(self) -> bool:
        """Se ainda se muda."""
        return self.ficha is None or self.ficha.status is S.RASCUNHO

    @property
    def sujo(self) -> bool:
        """O que ainda não tem linha nenhuma não está gravado."""
        return self.ficha is None and self.chegada.sujo

    def caso_de(self, acao: str) -> type[CasoDeUso[Any]] | None:
        return AprovarOrcamento if acao == "aprovar" else super().caso_de(acao)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Só se oferece o que o estado admite; em um campo, nada do que as letras fazem."""
        if not super().check_action(action, parameters):
            return False
        if action in COM_LETRA and self.digitando:
            return False
        if action == "incluir":
            return self.rascunho and getattr(self.focused, "id", "") == "incluir"
        if action == "recusados":
            return self.rascunho and bool(self._por_oferecer)
        if action == "ordem":
            return bool(self.ficha and self.ficha.ordem_id)
        status = self.ficha.status if self.ficha else None
        return action not in QUANDO or status in QUANDO[action]

    async def reler(self, *, suave: bool) -> None:
        if self.ficha is None:
            return
        lida = await self.pedir(VerOrcamento(orcamento_id=self.ficha.id))
        # O que se pediu antes de gravar pode chegar depois, e não desfaz o que já se mostra.
        if lida.id != self.ficha.id or lida.versao < self.ficha.versao:
            return
        acesa = self._linha_atual
        self._mostrar(lida)
        if acesa and self.itens.has_focus and acesa[0] not in linhas_de(lida):
            self.comecar()  # a tecla seguinte não é para a linha que ficou no lugar
            self.alertar(JA_NAO_ESTA)

    def _mostrar(self, ficha: FichaOrcamento | None) -> None:
        self.ficha = ficha
        linhas = ficha.itens if ficha else ()
        self.itens.styles.height = max(1, len(linhas))
        self.em_segundo_plano("itens", partial(self.itens.carregar, pronta(linhas)))
        self.inclusao.display = self.rascunho
        if not self.rascunho:
            self.chegada.display = False
        for folha in self.query(Folha):
            folha.redesenhar()
        self.redesenhar()
        self.refresh_bindings()
        if self.focused is None or not self.focused.is_attached or not _a_vista(self.focused):
            self.comecar()

    # ── como se desenha ──────────────────────────────────────────────────────────────────────

    def contexto(self) -> tuple[Content, Content]:
        ficha, carro = self.ficha, self.carro
        if ficha:
            onde = f"OS {ficha.ordem_id}" if ficha.ordem_id else "balcão"
            partes = (ficha.cliente, ficha.placa, onde)
        elif carro.veiculo:
            partes = (carro.veiculo.cliente, carro.veiculo.placa, "nova ordem")
        else:
            novo = "complementar da OS" if carro.complementar else "OS"
            partes = (carro.cliente, carro.placa, f"{novo} {carro.ordem_id}")
        aprovado = ficha.valor_aprovado if ficha else None
        total = reais(ficha.valor_total if aprovado is None else aprovado) if ficha else ""
        return registro(*partes), solta((total, FORTE))

    def comando(self) -> str:
        ficha = self.ficha
        if ficha is None and self.carro.ordem_id:
            return f"oficina orcamento criar --ordem {self.carro.ordem_id} --kit CÓDIGO --enviar"
        if ficha is None:
            placa = self.carro.veiculo.placa if self.carro.veiculo else "PLACA"
            return f"oficina ordem abrir --placa {placa} --kit CÓDIGO --enviar"
        acao = "enviar" if ficha.status is S.RASCUNHO else "ver"
        return f"oficina orcamento {acao} {ficha.id}"

    def _cabecalho(self, largura: int) -> list[Content]:
        """Com a tela larga, o lado já diz em que pé está e o que se recusou antes."""
        ficha = self.ficha
        if ficha is None:
            return [NADA, *desenho.convite(self.carro, largura, larga=self.larga)]
        titulos = desenho.titulos(largura, com_sinal=desenho.respondido(ficha))
        if ficha.status is S.RASCUNHO:
            return [NADA, titulos]
        if self.larga:
            return [titulos]
        return [desenho.situacao(ficha, self.balcao.agora().date(), largura), NADA, titulos]

    def _item(self, item: LinhaItem, largura: int, foco: bool) -> list[Content]:
        com_sinal = desenho.respondido(self.ficha)
        return [desenho.do_item(item, largura, foco=foco, com_sinal=com_sinal)]

    def _somas(self, largura: int) -> list[Content]:
        return list(desenho.somas(self.ficha, largura)) if self.ficha else []

    def _lado(self, largura: int) -> list[Content]:
        linhas: list[Content] = []
        if self._kit:
            linhas += desenho.do_kit(self._kit, largura)
        if self.ficha:
            linhas += desenho.resumo(self.ficha, self.balcao.agora().date(), largura)
        return [*linhas, *desenho.recusados(self._por_oferecer, largura)]

    @on(Inclusao.Acendeu)
    def _ao_acender_um_kit(self, acendeu: Inclusao.Acendeu) -> None:
        self._kit = acendeu.kit
        self.query_one("#lado", Folha).redesenhar()

    # ── por onde se anda ─────────────────────────────────────────────────────────────────────

    @on(Chegada.Pronta)
    def _ao_receber_o_carro(self) -> None:
        self.set_focus(self.inclusao.campo)

    def on_key(self, evento: Key) -> None:
        if evento.key == "down" and self.inclusao.campo.has_focus and self.ficha:
            evento.stop()
            self.set_focus(self.itens)

    @property
    def _area_seguinte(self) -> Widget:
        areas: list[Widget] = [*self.chegada.campos, self.inclusao.campo]
        if self.ficha and self.ficha.itens:
            areas.append(self.itens)
        n = areas.index(self.focused) + 1 if self.focused in areas else 0
        return areas[n % len(areas)]

    @property
    def rotulos(self) -> dict[str, str]:
        """Tab diz para onde vai."""
        seguinte = self._area_seguinte
        return {"trocar_area": "" if seguinte is self.focused else str(seguinte.id)}

    def action_trocar_area(self) -> None:
        self.set_focus(self._area_seguinte)
        self.refresh_bindings()

    def action_voltar(self) -> None:
        if self.digitando and self.inclusao.campo.value:
            self.inclusao.limpar()
        elif self.chegada.nome in self.balcao.rascunhos.gravando:
            self.alertar(GRAVANDO)
        elif self.sujo:
            self.balcao.trabalhar(self._largar(), "acoes")  # mesmo com o banco sem responder
        elif self.ficha is None and self.chegada.por_guardar:
            self._sair()
        else:
            self.dismiss(None)

    async def largar_para_depois(self) -> bool:
        """O que se digitou fica em rascunho, e se oferece de novo no atendimento."""
        return self.ficha is not None or await self.chegada.guardar()

    def _sair(self) -> None:
        self.chegada.esquecer()
        self.dismiss(None)

    async def _largar(self) -> None:
        await self.chegada.guardar()  # se se fecha o programa em vez de responder
        sai = await self.balcao.perguntar(
            Confirmar(
                "Sair sem abrir a ordem?",
                ("A queixa que você digitou não foi gravada. F9 abre a ordem com ela.",),
                acao="Sair sem gravar",
            )
        )
        if sai is not None:
            self._sair()

    # ── o que se inclui ──────────────────────────────────────────────────────────────────────

    @on(Inclusao.Escolheu)
    def action_incluir(self) -> None:
        if texto := self.inclusao.texto:
            self.agir(self._incluir_ou_dizer(texto))

    async def _incluir_ou_dizer(self, texto: str) -> None:
        if not await self._incluir_o_que_diz(texto):
            self.inclusao.dizer_se_nada_ha()

    async def _incluir_o_que_diz(self, texto: str) -> bool:
        """Falso se ainda não é certo o que se quis."""
        escolha = await self.inclusao.escolha(texto)
        if escolha is None:
            return False
        await self._incluir(escolha)
        self.inclusao.limpar()
        return True

    async def _incluir(self, escolha: Escolha) -> None:
        achado = escolha.achado
        do_kit = achado.tipo is TipoAchado.KIT  # que dá o nome à queixa vazia
        if not do_kit:
            self._edicao.nomes[Produto.de(achado)] = achado.nome
        await self._acrescentar(
            com(linhas_de(self.ficha), achado, escolha.quantas),
            f"incluído: {'kit ' if do_kit else ''}{achado.nome}",
            queixa="" if do_kit else achado.nome,
        )

    async def _acrescentar(self, campos: dict[str, Any], feito: str, *, queixa: str) -> None:
        if self.ficha is None:
            await self._nascer(campos, queixa)
            self._dizer_se_ficou(feito, ficou=True)
        else:
            antes = linhas_de(self.ficha)
            ficou = await self._gravar(campos)
            ditos = (feito, *repetidas(antes, linhas_de(self.ficha)))
            self._dizer_se_ficou(" · ".join(ditos), ficou=ficou)

    async def _nascer(self, campos: dict[str, Any], queixa: str) -> None:
        """A primeira linha abre a ordem, se ela ainda não existe, e guarda o rascunho."""
        if self.carro.ordem_id is not None:
            caso = CriarOrcamento(ordem_id=self.carro.ordem_id, **campos)
            self._mostrar(await self.pedir(caso))
            return
        ordem = await self._abrir_ordem(self.chegada.queixa or queixa, campos)
        self._mostrar(await self.pedir(VerOrcamento(orcamento_id=ordem.orcamentos[0].id)))

    @property
    def _por_oferecer(self) -> list[Sugestao]:
        """O que se recusou antes, e ainda não está aqui."""
        ja = linhas_de(self.ficha)
        return [s for s in self.carro.sugestoes if Produto(s.servico_id, s.peca_id) not in ja]

    def action_recusados(self) -> None:
        self.agir(self._incluir_recusado())

    async def _incluir_recusado(self) -> None:
        opcoes = [(s, f"{s.descricao} · {reais(s.total)}") for s in self._por_oferecer]
        sugestao = await self.balcao.perguntar(
            Escolher("Incluir o que se recusou antes", opcoes, ("Vai pelo preço de hoje.",))
        )
        if sugestao is None:
            return
        produto = Produto(sugestao.servico_id, sugestao.peca_id)
        linha = Linha(sugestao.descricao, sugestao.quantidade)
        self._edicao.nomes[produto] = sugestao.descricao
        await self._acrescentar(
            pedido({**linhas_de(self.ficha), produto: linha}),
            f"incluído: {sugestao.descricao}",
            queixa=sugestao.descricao,
        )

    async def _abrir_ordem(self, queixa: str, campos: dict[str, Any]) -> FichaOrdem:
        veiculo = self.carro.veiculo
        caso = AbrirOrdem(
            veiculo_id=veiculo.id if veiculo else 0,
            km=self.chegada.km,
            queixa=queixa or None,
            **campos,
        )
        await self.chegada.guardar()  # a semente fica em disco antes de o pedido ir
        gravacao = self.balcao.pedir(caso, self.chegada.semente)
        ordem = await self.balcao.ate_o_fim(self.chegada.nome, "A ordem", gravacao, aberta)
        self.chegada.virou(ordem.id)
        return ordem

    # ── o que se muda ────────────────────────────────────────────────────────────────────────

    async def _gravar(self, campos: dict[str, Any]) -> bool:
        """Troca as linhas do rascunho; falso se outro gravou antes e, perguntado, se desistiu."""
        if self.ficha is None:
            return False
        try:
            ficha, ficou = await self._edicao.gravar(self.ficha, campos)
        except Mudou as outro:
            self._mostrar(outro.ficha)
            raise
        self._mostrar(ficha)
        return ficou

    async def _trocar(self, linhas: Linhas, feito: str, **desconto: Decimal) -> None:
        ficou = await self._gravar({**pedido(linhas), **desconto})
        self._dizer_se_ficou(feito, ficou=ficou)

    def _dizer_se_ficou(self, feito: str, *, ficou: bool) -> None:
        hora = f"{self.balcao.agora():%H:%M}"
        self.avisar(f"{feito} · rascunho guardado às {hora}" if ficou else NAO_FICOU)

    @property
    def _linha_atual(self) -> tuple[Produto, LinhaItem] | None:
        item: LinhaItem | None = self.itens.item
        return (produto_de(item), item) if item else None

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
        linhas[produto] = linhas[produto].com(quanta)
        await self._trocar(linhas, "quantidade mudada")

    def action_perguntar_quantidade(self) -> None:
        if atual := self._linha_atual:
            self.agir(self._perguntar_quantidade(*atual))

    async def _perguntar_quantidade(self, produto: Produto, item: LinhaItem) -> None:
        await self.balcao.perguntar(
            Perguntar(
                f"Quanto de {item.descricao}?",
                ler_quantidade,
                campo=Entrada(value=quantidade(item.quantidade)),
                fazer=lambda quanta: self._por_quantidade(produto, quanta),
            )
        )

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
        await self.balcao.perguntar(
            Perguntar(
                "Desconto",
                ler_desconto,
                (
                    "Em reais (50,00), em porcentagem (10%), ou =500,00 para o valor final.",
                    "Reparte-se pelas linhas; 0 tira o desconto.",
                ),
                fazer=lambda dito: self._trocar(
                    sem_desconto(linhas_de(self.ficha)), "desconto mudado", **dito
                ),
            )
        )

    # ── o que se faz com ele ─────────────────────────────────────────────────────────────────

    def action_enviar(self) -> None:
        self.agir(self._enviar())

    async def _enviar(self) -> None:
        pendente = self.inclusao.texto
        if pendente and not await self._incluir_o_que_diz(pendente):
            raise DadoInvalido("Escolha o que incluir com enter, ou apague-o, antes de enviar.")
        if self.ficha is None:
            await self._so_abrir()
            return
        ficha = await self.pedir(
            EnviarOrcamento(orcamento_id=self.ficha.id, versao=self.ficha.versao)
        )
        self._mostrar(ficha)
        falta = any(desenho.falta(item) for item in ficha.itens)
        aviso = " Falta peça no estoque: confira antes de prometer." if falta else ""
        self.avisar(f"Orçamento {ficha.id} enviado; espera a resposta do cliente.{aviso}")

    async def _so_abrir(self) -> None:
        """Sem linha nenhuma, a queixa basta para abrir a ordem."""
        if not self.carro.chegando:
            raise DadoInvalido("Inclua ao menos um serviço, peça ou kit antes de enviar.")
        queixa = self.chegada.queixa
        if not queixa:
            self.set_focus(self.chegada.campo_queixa)
            raise DadoInvalido("Inclua um serviço, peça ou kit, ou diga a queixa do cliente.")
        ordem = await self._abrir_ordem(queixa, {})
        tela = await TelaOrdem.de(self.balcao, ordem.id)
        self.balcao.trocar_tela(tela, aberta(ordem))

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
        await self.balcao.perguntar(
            Confirmar(
                f"Cancelar o orçamento {ficha.id}?",
                (
                    f"{ficha.placa} · {ficha.cliente} · {reais(ficha.valor_total)}",
                    "O cliente já não poderá responder a ele.",
                ),
                acao=f"Cancelar o orçamento {ficha.id}",
                seguro="Voltar sem cancelar",
                motivo=True,
                fazer=lambda motivo: self._cancelar_por(ficha.id, motivo),
            )
        )

    async def _cancelar_por(self, orcamento_id: int, motivo: str) -> None:
        caso = CancelarOrcamento(orcamento_id=orcamento_id, motivo=motivo)
        self._mostrar(await self.pedir(caso))
        self.avisar("Orçamento cancelado.")

    def action_ordem(self) -> None:
        if self.ficha and self.ficha.ordem_id:
            self.agir(self._ver_ordem(self.ficha.ordem_id))


def aberta(ordem: FichaOrdem) -> str:
    """O que se diz da ordem que acaba de nascer."""
    return f"OS {ordem.id} aberta. {ordem.aviso or ''}".strip()


def _a_vista(widget: Widget) -> bool:
    return all(ancestral.display for ancestral in widget.ancestors_with_self)


async def abrir_da_ordem(tela: Tela, ordem: FichaOrdem) -> None:
    """O orçamento em que se trabalha agora: o que está vivo, ou um novo, com a primeira linha."""
    vivo = next((o for o in reversed(ordem.orcamentos) if o.status in VIVOS), None)
    ficha = await tela.pedir(VerOrcamento(orcamento_id=vivo.id)) if vivo else None
    await tela.app.push_screen(TelaOrcamento(Carro.da(ordem), ficha))
