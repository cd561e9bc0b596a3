"""A resposta do cliente, linha por linha, anotada por quem atende."""

from collections.abc import Iterator
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from oficina_cli.tui import orcamentos_desenho as desenho
from oficina_cli.tui.base import Tela
from oficina_cli.tui.widgets.campos import Entrada
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
from oficina_cli.tui.widgets.dialogo import Confirmar, Escolher, Perguntar
from oficina_cli.tui.widgets.folha import Folha
from oficina_cli.tui.widgets.lista import Lista, pronta
from oficina_core.casos.orcamentos import FichaOrcamento, LinhaItem, VerOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import VerOrdem
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.erros import FaltaPeca, RegraViolada, VersaoAntiga
from oficina_core.dominio.orcamento import Meio, StatusOrcamento
from oficina_core.texto import data, quantidade, quantos, reais

S = StatusOrcamento
SUJO = "A resposta ainda não foi gravada: ctrl+s grava, esc de novo descarta."
MUDOU = "O orçamento mudou em outro balcão: confira antes de confirmar."
MEIOS = (Meio.BALCAO, Meio.WHATSAPP, Meio.TELEFONE, Meio.EMAIL)
NA_ORDEM = (S.AGUARDANDO_APROVACAO, S.RASCUNHO, S.EXPIRADO)  # o que se responde primeiro


class TelaAprovacao(Tela):
    """Tudo começa aprovado, no balcão, pelo próprio cliente; ctrl+s confirma."""

    ABA = "orcamentos"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f9", "confirmar", "confirmar", priority=True, id="aprovacao.confirmar"),
        Binding("space", "mudar", "muda a linha", id="aprovacao.mudar"),
        Binding("m", "motivo", "motivo", id="aprovacao.motivo"),
        Binding("w", "meio", "por onde", id="aprovacao.meio"),
        Binding("t", "tudo", "tudo", show=False, id="aprovacao.tudo"),
        Binding("p", "por", "quem aprovou", show=False, id="aprovacao.por"),
    ]
    COMANDOS = (
        ("Confirmar a resposta", "confirmar"),
        ("Recusar tudo", "recusar_tudo"),
        ("Por onde o cliente respondeu", "meio"),
        ("Quem aprovou", "por"),
        ("Motivo do que se recusou", "motivo"),
    )

    def __init__(self, ficha: FichaOrcamento) -> None:
        super().__init__()
        self.ficha = ficha
        self._fora: set[int] = set()
        self._motivo, self._por, self._meio = "", "", Meio.BALCAO
        self._avisado = False  # já se disse que sair descarta a resposta

    def compor(self) -> ComposeResult:
        with Vertical():
            yield Folha(self._cabeca)
            yield Lista(self._item)
            yield Folha(self._resumo)

    async def on_mount(self) -> None:
        lista = self.query_one(Lista)
        await lista.abrir(pronta(self.ficha.itens))
        lista.styles.max_height = len(self.ficha.itens)
        self.set_focus(lista)

    async def reler(self, *, suave: bool) -> None:
        lida = await self.pedir(VerOrcamento(orcamento_id=self.ficha.id))
        if lida.versao <= self.ficha.versao:
            return
        self.ficha = lida
        self._fora &= {item.id for item in lida.itens}
        lista = self.query_one(Lista)
        await lista.carregar(pronta(lida.itens))
        lista.styles.max_height = len(lida.itens)
        self._redesenhar()
        self.alertar(MUDOU)

    @property
    def sujo(self) -> bool:
        return bool(self._fora or self._motivo or self._por)

    def contexto(self) -> tuple[Content, Content]:
        ficha = self.ficha
        onde = f"OS {ficha.ordem_id}" if ficha.ordem_id else "balcão"
        return (
            registro(ficha.cliente, ficha.placa, onde),
            solta((reais(self._aprovado), FORTE)),
        )

    def comando(self) -> str:
        base = f"oficina orcamento aprovar {self.ficha.id} --meio {self._meio.value.lower()}"
        if not self._fora:
            return base
        linhas = ",".join(str(item.id) for item in self.ficha.itens if item.id not in self._fora)
        return f"{base} --linhas {linhas}"

    @property
    def _aprovado(self) -> Any:
        return sum((i.total for i in self.ficha.itens if i.id not in self._fora), ZERO)

    def _cabeca(self, largura: int) -> list[Content]:
        ficha = self.ficha
        vale = f" · vale até {data(ficha.validade)}" if ficha.validade else ""
        return [secao(f"Orçamento {ficha.id}", largura, f"{ficha.status.rotulo}{vale}"), NADA]

    def _item(self, item: LinhaItem, largura: int, foco: bool) -> list[Content]:
        fora = item.id in self._fora
        estilo = SUAVE if fora and not foco else ""
        un = "" if item.peca_id is None else f" {item.unidade.value}"
        n = largura - 3 - 1 - 9 - 12 - 3 * 2
        curta = ZERO if fora else desenho.falta(item)
        falta = f"! falta {quantidade(curta)}{un}" if curta else ""
        nome = esq(item.descricao, n - len(falta) - (1 if falta else 0), estilo)
        cabeca = Content.assemble(
            ("▌ ", "$acento") if foco else "  ",
            ("✖" if fora else "✔", estilo),
            "  ",
            nome,
            (f" {falta}" if falta else "", ALERTA),
        )
        resto = linha(
            dir_(f"{quantidade(item.quantidade)}{un}", 9, "" if foco else SUAVE),
            dir_("recusado" if fora else valor(item.total), 12, estilo),
        )
        return [Content.assemble(cabeca, resto)]

    def _resumo(self, largura: int) -> list[Content]:
        recusado = self.ficha.valor_total - self._aprovado
        linhas = [NADA]
        if recusado:
            linhas.append(linha(dir_("Recusado", largura - 16, SUAVE), dir_(valor(recusado), 14)))
        linhas.append(
            linha(dir_("Aprovado", largura - 16, FORTE), dir_(reais(self._aprovado), 14, FORTE))
        )
        linhas += [NADA, *self._quem(largura)]
        return linhas

    def _quem(self, largura: int) -> Iterator[Content]:
        yield linha(esq("Quem aprovou", 14, SUAVE), esq(self._por or "o próprio cliente", 50))
        yield linha(esq("Por onde", 14, SUAVE), self._meio.rotulo)
        if self._fora:
            yield linha(
                esq("Motivo", 14, SUAVE),
                esq(self._motivo or "não dito (m diz por que recusou)", largura - 18),
            )
        pecas = sum(1 for i in self.ficha.itens if i.peca_id and i.id not in self._fora)
        if len(self._fora) == len(self.ficha.itens):
            depois = "recusa o orçamento inteiro"
        else:
            reserva = f"reserva {quantos(pecas, 'peça', 'peças')} · " if pecas else ""
            depois = f"{reserva}a ordem entra em execução"
        yield linha(esq("Ao confirmar", 14, SUAVE), depois)

    def _redesenhar(self) -> None:
        self._avisado = False
        self.query_one(Lista).redesenhar()
        for folha in self.query(Folha):
            folha.redesenhar()
        self.redesenhar()

    def action_mudar(self) -> None:
        if item := self.query_one(Lista).item:
            self._fora ^= {item.id}
            self._redesenhar()

    def on_lista_escolhido(self) -> None:
        self.action_mudar()

    def action_tudo(self) -> None:
        self._fora = set() if self._fora else {item.id for item in self.ficha.itens}
        self._redesenhar()

    def action_recusar_tudo(self) -> None:
        self._fora = {item.id for item in self.ficha.itens}
        self._redesenhar()
        self.action_confirmar()

    def action_motivo(self) -> None:
        self.agir(self._dizer_motivo())

    async def _dizer_motivo(self) -> None:
        dito = await self.balcao.perguntar(
            Perguntar("Por que recusou?", str, campo=Entrada(value=self._motivo, max_length=500))
        )
        if dito is not None:
            self._motivo = dito
            self._redesenhar()

    def action_por(self) -> None:
        self.agir(self._dizer_quem())

    async def _dizer_quem(self) -> None:
        dito = await self.balcao.perguntar(
            Perguntar(
                "Quem aprovou?",
                str,
                ("Vazio é o próprio cliente.",),
                campo=Entrada(value=self._por, max_length=120),
            )
        )
        if dito is not None:
            self._por = dito
            self._redesenhar()

    def action_meio(self) -> None:
        self.agir(self._escolher_meio())

    async def _escolher_meio(self) -> None:
        opcoes = [(meio, meio.rotulo) for meio in MEIOS]
        if meio := await self.balcao.perguntar(Escolher("Por onde o cliente respondeu?", opcoes)):
            self._meio = meio
            self._redesenhar()

    def action_confirmar(self) -> None:
        self.agir(self._confirmar())

    async def _confirmar(self) -> None:
        try:
            if len(self._fora) == len(self.ficha.itens):
                await self._recusar()
            else:
                await self._aprovar()
        except VersaoAntiga:
            await self.reler(suave=False)

    async def _aprovar(self, *, permitir_falta: bool = False) -> None:
        ficha = self.ficha
        linhas = tuple(i.id for i in ficha.itens if i.id not in self._fora) if self._fora else None
        try:
            ordem = await self.pedir(
                AprovarOrcamento(
                    orcamento_id=ficha.id,
                    linhas=linhas,
                    meio=self._meio,
                    por=self._por or None,
                    motivo=self._motivo or None,
                    permitir_falta=permitir_falta,
                    versao=ficha.versao,
                )
            )
        except FaltaPeca as falta:
            sim = await self.balcao.perguntar(
                Confirmar(
                    "Aprovar assim mesmo?",
                    (
                        str(falta),
                        *falta.detalhes,
                        "As linhas curtas esperam a peça; a próxima entrada é delas.",
                    ),
                    acao="Aprovar e esperar a peça",
                    seguro="Voltar sem aprovar",
                )
            )
            if sim is None:
                return
            await self._aprovar(permitir_falta=True)
            return
        self._fora.clear()
        await self._sair(
            ordem.id,
            f"Orçamento {ficha.id} aprovado: OS {ordem.id} em execução. "
            f"{ordem.aviso or ''}".strip(),
        )

    async def _recusar(self) -> None:
        if not self._motivo:
            await self._dizer_motivo()
        if not self._motivo:
            return
        ficha = await self.pedir(
            RecusarOrcamento(
                orcamento_id=self.ficha.id,
                motivo=self._motivo,
                meio=self._meio,
                por=self._por or None,
                versao=self.ficha.versao,
            )
        )
        await self._sair(ficha.ordem_id, f"Orçamento {ficha.id} recusado.")

    async def _sair(self, ordem_id: int | None, frase: str) -> None:
        self.dismiss(ordem_id)
        self.balcao.avisar_depois(frase)

    def action_voltar(self) -> None:
        if self.sujo and not self._avisado:
            self._avisado = True
            self.alertar(SUJO)
            return
        self.dismiss(None)


async def aprovar_da_ordem(tela: Tela, ordem_id: int) -> None:
    """A resposta ao orçamento que a ordem tem vivo; sem nenhum, diz o que falta."""
    ordem = await tela.pedir(VerOrdem(ordem_id=ordem_id))
    for status in NA_ORDEM:
        for orcamento in reversed(ordem.orcamentos):
            if orcamento.status is status:
                await responder(tela, orcamento.id)
                return
    tela.avisar(f"A OS {ordem_id} não tem orçamento esperando resposta; abra-a e tecle o.")


async def responder(tela: Tela, orcamento_id: int) -> None:
    """A resposta a um orçamento; ao que venceu não se responde, e diz-se como se renova."""
    ficha = await tela.pedir(VerOrcamento(orcamento_id=orcamento_id))
    if ficha.status is S.EXPIRADO and ficha.validade:
        venceu = desenho.vencimento(ficha.validade, tela.balcao.agora().date())
        raise RegraViolada(
            f"O orçamento {ficha.id} {venceu}: abra-o e tecle v para fazer outra versão."
        )
    await tela.app.push_screen(TelaAprovacao(ficha))
