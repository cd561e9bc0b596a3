"""A ordem de serviço: por onde passou, o que se faz nela, e o que falta."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content

from oficina_cli.tui.base import Tela
from oficina_cli.tui.widgets.campos import Entrada
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
    registro,
    secao,
    solta,
    trecho,
    uma_linha,
    valor,
)
from oficina_cli.tui.widgets.dialogo import Confirmar, Escolher, Perguntar
from oficina_cli.tui.widgets.folha import Folha
from oficina_core.casos.funcionarios import ListarFuncionarios
from oficina_core.casos.orcamentos import LinhaItem
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    FichaOrdem,
    IniciarDiagnostico,
    LinhaHistorico,
    OrcamentoDaOrdem,
    VerHistoricoOrdem,
    VerOrdem,
)
from oficina_core.casos.ordens_encerramento import CancelarOrdem, EntregarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.dominio.dinheiro import ZERO, ler_reais
from oficina_core.dominio.erros import DadoInvalido, PagamentoRepetido
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import ENCERRADAS, SEM_RESPOSTA, StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.texto import limpar, milhar, quantidade, quantos, reais

if TYPE_CHECKING:
    from oficina_cli.tui.app import Balcao

S = StatusOrdem
PASSOS = (
    (S.RECEBIDA, "Recebida"),
    (S.EM_DIAGNOSTICO, "Diagnóstico"),
    (S.AGUARDANDO_APROVACAO, "Aprovação"),
    (S.EM_EXECUCAO, "Execução"),
    (S.FINALIZADA, "Finalizada"),
    (S.ENTREGUE, "Entregue"),
)
HORA_CABE = 17  # colunas por passo
CHEGAM = {
    S.EM_DIAGNOSTICO: "IniciarDiagnostico",
    S.AGUARDANDO_APROVACAO: "EnviarOrcamento",
    S.ENTREGUE: "EntregarOrdem",
}
MARCAS = {StatusItem.APROVADO: "✔", StatusItem.RECUSADO: "✖", StatusItem.PENDENTE: "○"}
VIVOS = (StatusOrcamento.RASCUNHO, StatusOrcamento.AGUARDANDO_APROVACAO, StatusOrcamento.EXPIRADO)


QUANDO: dict[str, tuple[StatusOrdem, ...]] = {
    "finalizar": (S.EM_EXECUCAO,),
    "entregar": (S.FINALIZADA,),
    "entregar_com_km": (S.FINALIZADA,),
    "diagnosticar": (S.RECEBIDA,),
    "orcamento": (*SEM_RESPOSTA, S.EM_EXECUCAO),
    "cancelar": (*SEM_RESPOSTA, S.EM_EXECUCAO),
    "mecanico": (*SEM_RESPOSTA, S.EM_EXECUCAO),
}


class TelaOrdem(Tela):
    """Uma ordem inteira; cada letra é uma ação sobre ela."""

    ABA = "fila"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "finalizar", "finalizar", id="ordem.finalizar"),
        Binding("e", "entregar", "entregar", id="ordem.entregar"),
        Binding("a", "aprovar", "aprovar", id="ordem.aprovar"),
        Binding("d", "diagnosticar", "diagnosticar", id="ordem.diagnosticar"),
        Binding("o", "orcamento", "orçamento", id="ordem.orcamento"),
        Binding("f8,r", "receber", "receber", id="ordem.receber"),
        Binding("n", "anotar", "anotar", id="ordem.anotar"),
        Binding("m", "mecanico", "mecânico", id="ordem.mecanico"),
        Binding("c", "orcamento", "serviço a mais", show=False, id="ordem.complementar"),
    ]
    COMANDOS = (
        ("Finalizar a ordem", "finalizar"),
        ("Entregar o carro", "entregar"),
        ("Entregar o carro, anotando o km", "entregar_com_km"),
        ("Orçamento da ordem", "orcamento"),
        ("Registrar pagamento", "receber"),
        ("Anotar", "anotar"),
        ("Dar a ordem a um mecânico", "mecanico"),
        ("Cancelar a ordem", "cancelar"),
    )

    def __init__(self, ficha: FichaOrdem, historico: tuple[LinhaHistorico, ...]) -> None:
        super().__init__()
        self.ficha, self.historico = ficha, historico

    @classmethod
    async def de(cls, balcao: "Balcao", ordem_id: int) -> Self:
        """A tela de uma ordem, já lida."""
        ficha = await balcao.pedir(VerOrdem(ordem_id=ordem_id))
        historico = await balcao.pedir(VerHistoricoOrdem(ordem_id=ordem_id))
        return cls(ficha, historico)

    def compor(self) -> ComposeResult:
        with VerticalScroll(id="ordem"):
            yield Folha(self._trilho)
            with Horizontal(id="lados"):
                yield Folha(self._itens, id="itens")
                yield Folha(self._tempo, id="tempo", classes="fio")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#ordem"))

    async def reler(self, *, suave: bool) -> None:
        lida = await self.pedir(VerOrdem(ordem_id=self.ficha.id))
        # O que se pediu antes de gravar pode chegar depois, e não desfaz o que já se mostra.
        if lida.versao >= self.ficha.versao:
            self._mostrar(lida)
        self.historico = await self.pedir(VerHistoricoOrdem(ordem_id=self.ficha.id))
        self._redesenhar_folhas()

    def _mostrar(self, ficha: FichaOrdem) -> None:
        self.ficha = ficha
        self._redesenhar_folhas()
        self.refresh_bindings()
        self.redesenhar()

    def _redesenhar_folhas(self) -> None:
        for folha in self.query(Folha):
            folha.redesenhar()

    def contexto(self) -> tuple[Content, Content]:
        ficha = self.ficha
        total = ficha.total or ficha.a_aprovar
        return (
            registro(ficha.cliente, ficha.placa, f"OS {ficha.id}"),
            solta((reais(total) if total else "", FORTE)),
        )

    def comando(self) -> str:
        return f"oficina ordem ver {self.ficha.id}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Só se oferece o que o estado da ordem admite."""
        ficha = self.ficha
        if action == "aprovar":
            return any(orcamento.status in VIVOS for orcamento in ficha.orcamentos)
        if action == "receber" and ficha.status in ENCERRADAS:
            return ficha.saldo > 0
        return action not in QUANDO or ficha.status in QUANDO[action]

    # ── como se desenha ──────────────────────────────────────────────────────────────────────

    def _trilho(self, largura: int) -> list[Content]:
        ficha = self.ficha
        if ficha.status is S.CANCELADA:
            trilho = [linha(("✖ Cancelada", FORTE), (ficha.motivo_cancelamento or "", SUAVE))]
        else:
            trilho = self._passos(largura)
        detalhes = [ficha.veiculo, ficha.mecanico or "sem mecânico"]
        if ficha.km_entrada is not None:
            detalhes.append(f"km {milhar(ficha.km_entrada)}")
        pede = self._pede()
        trilho.append(
            solta(
                "  ",
                (f"! {pede}" if pede else "", ALERTA),
                (" · " if pede else "", SUAVE),
                (uma_linha(" · ".join(detalhes)), SUAVE),
            )
        )
        queixa = [linha(dobra) for dobra in trecho(f"“{ficha.queixa}”", largura)[:2]]
        return [*trilho, *queixa, NADA]

    def _passos(self, largura: int) -> list[Content]:
        """Os passos do caminho, com o de agora aceso; se há lugar, a hora de cada um embaixo."""
        atual = [passo for passo, _ in PASSOS].index(self.ficha.status)
        vaga = min(19, largura // len(PASSOS))
        com_hora = vaga >= HORA_CABE
        nomes, horas = list[Celula](), list[Celula]()
        for n, (passo, nome) in enumerate(PASSOS):
            acabou = n < atual or self.ficha.status is S.ENTREGUE
            simbolo, estilo = ("✔", "") if acabou else ("○", SUAVE)
            if n == atual and not acabou:
                simbolo, estilo = "●", "bold $acento"
            dito = f"{simbolo} {nome}"
            vao = "" if passo is S.ENTREGUE else "  "
            nomes.append((dito.ljust(vaga) if com_hora else f"{dito}{vao}", estilo))
            quando = self._quando(passo) if n <= atual else None
            horas.append(((f"  {quando:%d/%m %H:%M}" if quando else "").ljust(vaga), SUAVE))
        linhas = [solta("  ", *nomes)]
        return [*linhas, solta("  ", *horas), NADA] if com_hora else linhas

    def _quando(self, passo: StatusOrdem) -> datetime | None:
        """Quando a ordem chegou a esse passo, no fuso da loja."""
        em = {
            S.RECEBIDA: self.ficha.criado_em,
            S.EM_EXECUCAO: self.ficha.data_inicio,
            S.FINALIZADA: self.ficha.data_fim,
        }.get(passo)
        if em is None and passo in CHEGAM:
            em = next((h.em for h in reversed(self.historico) if h.acao == CHEGAM[passo]), None)
        return em.astimezone(self.balcao.fuso) if em else None

    def _pede(self) -> str:
        ficha = self.ficha
        if ficha.falta_peca:
            return "falta peça"
        if ficha.aguarda_complementar:
            return "aguarda complementar"
        if any(o.status is StatusOrcamento.EXPIRADO for o in ficha.orcamentos):
            return "o orçamento venceu"
        return ""

    def _itens(self, largura: int) -> list[Content]:
        n = largura - 1 - 8 - 10 - 6
        linhas: list[Content] = []
        for orcamento in self.ficha.orcamentos:
            if orcamento.status in (StatusOrcamento.SUBSTITUIDO, StatusOrcamento.CANCELADO):
                continue
            linhas.append(self._cabeca(orcamento, largura))
            for item in orcamento.itens:
                linhas += self._item(item, n)
            linhas.append(NADA)
        if not linhas:
            linhas += [
                secao("Orçamento", largura),
                linha(("ainda não há", SUAVE)),
                linha(("o", ACENTO), "faz o orçamento", vao=2),
                NADA,
            ]
        linhas += self._sugestoes(largura)
        linhas += self._dinheiro(largura)
        dobras = self._proximo().wrap(max(10, largura - 15))
        rotulos = ["Próximo passo", *[""] * (len(dobras) - 1)]
        proximo = [linha(esq(r, 13, SUAVE), d) for r, d in zip(rotulos, dobras, strict=True)]
        return [*linhas, *proximo, NADA]

    def _cabeca(self, orcamento: OrcamentoDaOrdem, largura: int) -> Content:
        nome = "Complementar" if orcamento.complementar else "Orçamento"
        total = (
            orcamento.valor_aprovado
            if orcamento.valor_aprovado is not None
            else (orcamento.valor_total)
        )
        pede = orcamento.status in VIVOS
        return secao(
            f"{nome} {orcamento.id}",
            largura,
            f"{orcamento.status.rotulo} · {valor(total)}",
            ALERTA if pede else SUAVE,
        )

    def _item(self, item: LinhaItem, n: int) -> Iterator[Content]:
        recusado = item.status is StatusItem.RECUSADO
        estilo = SUAVE if recusado else ""
        qtd = quantidade(item.usada if item.usada is not None else item.quantidade)
        un = "" if item.peca_id is None else f" {item.unidade.value}"
        total = item.total if item.cobrado is None else item.cobrado
        yield linha(
            (MARCAS[item.status], estilo),
            esq(item.descricao, n, estilo),
            dir_(f"{qtd}{un}", 8, SUAVE),
            dir_("recusado" if recusado else valor(total), 10, estilo),
        )
        if item.falta:
            yield linha(" ", (f"! falta {quantidade(item.falta)}{un}", ALERTA))

    def _sugestoes(self, largura: int) -> Iterator[Content]:
        if not self.ficha.sugestoes:
            return
        yield secao("Recusado antes", largura, "ofereça de novo")
        for sugestao in self.ficha.sugestoes[:4]:
            yield linha(esq(sugestao.descricao, largura - 12), dir_(valor(sugestao.total), 10))
        yield NADA

    def _dinheiro(self, largura: int) -> Iterator[Content]:
        ficha = self.ficha
        if not (ficha.pagamentos or ficha.total):
            return
        yield secao("Conta", largura, reais(ficha.total))
        for pagamento in ficha.pagamentos:
            quando = pagamento.em.astimezone(self.balcao.fuso)
            nome = pagamento.forma.rotulo + (" (estorno)" if pagamento.estorno_de else "")
            yield linha(
                (f"{quando:%d/%m %H:%M}", SUAVE),
                esq(nome, largura - 25),
                dir_(valor(pagamento.valor), 10),
            )
        if ficha.saldo:
            rotulo = "A receber" if ficha.saldo > 0 else "A devolver"
            yield linha(esq(rotulo, largura - 12, SUAVE), dir_(valor(abs(ficha.saldo)), 10, FORTE))
        yield NADA

    def _proximo(self) -> Content:
        """O que se faz agora, e o que isso muda."""
        ficha = self.ficha
        vivo = next((o for o in reversed(ficha.orcamentos) if o.status in VIVOS), None)
        pecas = sum(
            1
            for o in ficha.orcamentos
            for i in o.itens
            if i.peca_id and i.status is StatusItem.APROVADO
        )
        if vivo and vivo.status is StatusOrcamento.RASCUNHO:
            return solta((f"o orçamento {vivo.id}", FORTE), ": terminar e enviar (o)")
        if vivo:
            return solta(("aprovar", FORTE), f": o orçamento {vivo.id} espera a resposta (a)")
        match ficha.status:
            case S.RECEBIDA | S.EM_DIAGNOSTICO | S.AGUARDANDO_APROVACAO:
                return solta(("orçar", FORTE), ": o que o carro precisa (o)")
            case S.EM_EXECUCAO:
                baixa = quantos(pecas, "peça", "peças")
                return solta(("finalizar", FORTE), f": dá baixa em {baixa} (f)")
            case S.FINALIZADA:
                falta = f"; falta receber {reais(ficha.saldo)}" if ficha.saldo > 0 else ""
                return solta(("entregar", FORTE), f" o carro (e){falta}")
        return solta(("nada: a ordem acabou", SUAVE))

    def _tempo(self, largura: int) -> list[Content]:
        from oficina_cli.tui.historia import acontecimentos

        linhas: list[Content] = []
        if self.ficha.anotacoes:
            linhas.append(secao("Anotações", largura, str(len(self.ficha.anotacoes))))
            for nota in reversed(self.ficha.anotacoes):
                quando = nota.em.astimezone(self.balcao.fuso)
                dobras = trecho(nota.texto, largura - 22)
                for n, (dobra, _) in enumerate(dobras[:6]):
                    cabeca = f"{quando:%d/%m %H:%M}" if n == 0 else ""
                    quem = nota.ator.split()[0] if n == 0 and nota.ator else ""
                    linhas.append(linha(esq(cabeca, 11, SUAVE), esq(quem, 7, SUAVE), dobra))
            linhas.append(NADA)
        ditos = acontecimentos(self.historico)
        linhas.append(secao("Linha do tempo", largura, str(len(ditos))))
        for quando, quem, frase in ditos[:40]:
            local = quando.astimezone(self.balcao.fuso)
            linhas.append(
                linha(
                    esq(f"{local:%d/%m %H:%M}", 11, SUAVE),
                    esq(quem.split()[0] if quem else "", 7, SUAVE),
                    esq(frase, largura - 22),
                )
            )
        return linhas

    # ── o que se faz ─────────────────────────────────────────────────────────────────────────

    def action_diagnosticar(self) -> None:
        self.agir(self._fazer(IniciarDiagnostico(ordem_id=self.ficha.id), "Diagnóstico começado"))

    def action_finalizar(self) -> None:
        self.agir(self._fazer(FinalizarOrdem(ordem_id=self.ficha.id), "Ordem finalizada"))

    def action_entregar(self) -> None:
        self.agir(self._fazer(EntregarOrdem(ordem_id=self.ficha.id), "Carro entregue"))

    def action_entregar_com_km(self) -> None:
        self.agir(self._entregar_com_km())

    async def _entregar_com_km(self) -> None:
        km = await self.balcao.perguntar(
            Perguntar("Com que km o carro sai?", ler_km, ("Só números, como no painel do carro.",))
        )
        if km is not None:
            await self._fazer(EntregarOrdem(ordem_id=self.ficha.id, km=km), "Carro entregue")

    async def _fazer(self, caso: Any, feito: str) -> None:
        ficha = await self.pedir(caso)
        self._mostrar(ficha)
        self.avisar(f"{feito}. {ficha.aviso or ''}".strip())
        self.historico = await self.pedir(VerHistoricoOrdem(ordem_id=self.ficha.id))
        self._redesenhar_folhas()

    def action_anotar(self) -> None:
        self.agir(self._anotar())

    async def _anotar(self) -> None:
        nota = await self.balcao.perguntar(
            Perguntar("Anotar na ordem", ler_texto, ("Fica no histórico; não se apaga.",))
        )
        if nota:
            await self._fazer(AnotarOrdem(ordem_id=self.ficha.id, texto=nota), "Anotado")

    def action_mecanico(self) -> None:
        self.agir(self._atribuir())

    async def _atribuir(self) -> None:
        from oficina_core.dominio.acesso import Papel

        pagina = await self.pedir(ListarFuncionarios(limite=100))
        mecanicos = [(f.id, f.nome) for f in pagina.itens if f.papel is Papel.MECANICO]
        escolhido = await self.balcao.perguntar(
            Escolher("De que mecânico é a ordem?", [*mecanicos, (0, "de ninguém")])
        )
        if escolhido is not None:
            caso = AtribuirMecanico(
                ordem_id=self.ficha.id, mecanico_id=escolhido or None, versao=self.ficha.versao
            )
            await self._fazer(caso, "Mecânico trocado")

    def action_receber(self) -> None:
        self.agir(self._receber())

    async def _receber(self) -> None:
        ficha = self.ficha
        forma = await self.balcao.perguntar(
            Escolher(
                f"Receber {reais(ficha.saldo)}" if ficha.saldo > 0 else "Receber um sinal",
                [(forma, forma.rotulo) for forma in FormaPagamento],
                ("De que forma?",),
            )
        )
        if forma is None:
            return
        quanto = await self.balcao.perguntar(
            Perguntar(
                f"Quanto, em {forma.rotulo}?",
                ler_dinheiro,
                campo=Entrada(value=valor(ficha.saldo) if ficha.saldo > ZERO else ""),
            )
        )
        if quanto is not None:
            await self._pagar(RegistrarPagamento(ordem_id=ficha.id, forma=forma, valor=quanto))

    async def _pagar(self, pagamento: RegistrarPagamento) -> None:
        try:
            await self._fazer(pagamento, f"Recebido: {reais(pagamento.valor)}")
        except PagamentoRepetido as repetido:
            outro = await self.balcao.perguntar(
                Confirmar(
                    "Receber outro igual?",
                    (str(repetido),),
                    acao="É outro pagamento: receber",
                    seguro="Voltar sem receber",
                )
            )
            if outro is not None:
                await self._pagar(replace(pagamento, outro_igual=True))

    def action_aprovar(self) -> None:
        from oficina_cli.tui.aprovacao import aprovar_da_ordem

        self.agir(aprovar_da_ordem(self, self.ficha.id))

    def action_orcamento(self) -> None:
        self.agir(self._orcar())

    async def _orcar(self) -> None:
        from oficina_cli.tui.orcamentos_montagem import abrir_da_ordem

        await abrir_da_ordem(self, self.ficha)

    def action_cancelar(self) -> None:
        self.agir(self._cancelar())

    async def _cancelar(self) -> None:
        ficha = self.ficha
        separadas = sum(
            1
            for o in ficha.orcamentos
            for i in o.itens
            if i.peca_id and i.status is StatusItem.APROVADO and i.usada is None
        )
        volta = quantos(separadas, "peça separada volta", "peças separadas voltam")
        motivo = await self.balcao.perguntar(
            Confirmar(
                f"Cancelar a OS {ficha.id}?",
                (
                    f"{ficha.placa} · {ficha.veiculo} · {ficha.cliente}",
                    f"{volta} ao estoque. A ordem continua no histórico.",
                ),
                acao=f"Cancelar a OS {ficha.id}",
                seguro="Voltar sem cancelar",
                motivo=True,
            )
        )
        if motivo:
            await self._fazer(CancelarOrdem(ordem_id=ficha.id, motivo=motivo), "Ordem cancelada")


def ler_km(dito: str) -> int:
    digitos = dito.replace(".", "").replace(" ", "")
    if not (digitos.isascii() and digitos.isdigit()):
        raise DadoInvalido("O km é um número inteiro, como 98500.", "km")
    return int(digitos)


def ler_texto(dito: str) -> str:
    if not dito:
        raise DadoInvalido("Escreva algo, ou esc para voltar.")
    return limpar(dito)


def ler_dinheiro(dito: str) -> Any:
    return ler_reais(dito)
