"""Como se desenha uma ordem: por onde passou, o que tem, e o que se faz agora."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from textual.content import Content

from oficina_cli.tui.historia import acontecimentos
from oficina_cli.tui.widgets.desenho import (
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
    trecho,
    uma_linha,
    valor,
)
from oficina_core.casos.orcamentos import LinhaItem
from oficina_core.casos.ordens import FichaOrdem, LinhaHistorico, OrcamentoDaOrdem
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.texto import milhar, quantidade, quantos, reais

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


@dataclass(frozen=True)
class Desenho:
    """As partes da tela de uma ordem, com as horas no fuso da loja."""

    ficha: FichaOrdem
    historico: tuple[LinhaHistorico, ...]
    fuso: tzinfo | None

    def trilho(self, largura: int) -> list[Content]:
        ficha = self.ficha
        if ficha.status is S.CANCELADA:
            trilho = [
                linha(("✖ Cancelada", FORTE), (uma_linha(ficha.motivo_cancelamento or ""), SUAVE))
            ]
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
        return em.astimezone(self.fuso) if em else None

    def _pede(self) -> str:
        ficha = self.ficha
        if ficha.falta_peca:
            return "falta peça"
        if ficha.aguarda_complementar:
            return "aguarda complementar"
        if any(o.status is StatusOrcamento.EXPIRADO for o in ficha.orcamentos):
            return "o orçamento venceu"
        return ""

    def itens(self, largura: int) -> list[Content]:
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
        total = orcamento.valor_total
        if orcamento.valor_aprovado is not None:
            total = sum(map(_cobrado, orcamento.itens), ZERO)
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
        yield linha(
            (MARCAS[item.status], estilo),
            esq(item.descricao, n, estilo),
            dir_(f"{qtd}{un}", 8, SUAVE),
            dir_("recusado" if recusado else valor(_cobrado(item)), 10, estilo),
        )
        if recusado and item.motivo:
            yield linha(" ", (f"“{uma_linha(item.motivo)}”", SUAVE))
        if item.falta:
            yield linha(" ", (f"! falta {quantidade(item.falta)}{un}", ALERTA))

    def _sugestoes(self, largura: int) -> Iterator[Content]:
        vivos = (o for o in self.ficha.orcamentos if o.status in VIVOS)
        ja = {(item.servico_id, item.peca_id) for o in vivos for item in o.itens}
        sugestoes = [s for s in self.ficha.sugestoes if (s.servico_id, s.peca_id) not in ja]
        if not sugestoes:
            return
        yield secao("Recusado antes", largura, "ofereça de novo")
        for sugestao in sugestoes[:4]:
            yield linha(esq(sugestao.descricao, largura - 12), dir_(valor(sugestao.total), 10))
        yield NADA

    def _dinheiro(self, largura: int) -> Iterator[Content]:
        ficha = self.ficha
        if not (ficha.pagamentos or ficha.total):
            return
        yield secao("Conta", largura, reais(ficha.total))
        for pagamento in ficha.pagamentos:
            quando = pagamento.em.astimezone(self.fuso)
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
        aprovados = [
            i for o in ficha.orcamentos for i in o.itens if i.status is StatusItem.APROVADO
        ]
        pecas = sum(1 for item in aprovados if item.peca_id)
        if vivo and vivo.status is StatusOrcamento.RASCUNHO:
            return solta((f"o orçamento {vivo.id}", FORTE), ": terminar e enviar (o)")
        if vivo and vivo.status is StatusOrcamento.EXPIRADO:
            return solta(("renovar", FORTE), f": o orçamento {vivo.id} venceu (o, depois v)")
        if vivo:
            return solta(("aprovar", FORTE), f": o orçamento {vivo.id} espera a resposta (a)")
        falta = f"; falta receber {reais(ficha.saldo)}" if ficha.saldo > 0 else ""
        o_que, como = {
            S.EM_EXECUCAO: ("finalizar", f": dá baixa em {quantos(pecas, 'peça', 'peças')} (f)"),
            S.FINALIZADA: ("entregar", f" o carro (e){falta}"),
            S.ENTREGUE: ("", f"nada: a ordem acabou{falta}"),
            S.CANCELADA: ("", "nada: a ordem acabou"),
        }.get(ficha.status, ("orçar", ": o que o carro precisa (o)"))
        if ficha.status is S.EM_EXECUCAO and ficha.falta_peca:
            o_que, como = (
                "dar entrada",
                " na peça que falta (F6), ou finalizar com o que se usou (f)",
            )
        return solta((o_que, FORTE), (como, "" if o_que else SUAVE))

    def tempo(self, largura: int) -> list[Content]:
        linhas: list[Content] = []
        if self.ficha.anotacoes:
            linhas.append(secao("Anotações", largura, str(len(self.ficha.anotacoes))))
            for nota in reversed(self.ficha.anotacoes):
                quando = nota.em.astimezone(self.fuso)
                dobras = trecho(nota.texto, largura - 22)
                for n, (dobra, _) in enumerate(dobras[:6]):
                    cabeca = f"{quando:%d/%m %H:%M}" if n == 0 else ""
                    quem = nota.ator.split()[0] if n == 0 and nota.ator else ""
                    linhas.append(linha(esq(cabeca, 11, SUAVE), esq(quem, 7, SUAVE), dobra))
            linhas.append(NADA)
        ditos = acontecimentos(self.historico)
        linhas.append(secao("Linha do tempo", largura, str(len(ditos))))
        for quando, quem, frase in ditos[:40]:
            local = quando.astimezone(self.fuso)
            linhas.append(
                linha(
                    esq(f"{local:%d/%m %H:%M}", 11, SUAVE),
                    esq(quem.split()[0] if quem else "", 7, SUAVE),
                    esq(frase, largura - 22),
                )
            )
        return linhas


def _cobrado(item: LinhaItem) -> Decimal:
    """O que a linha custa: o proposto, o que se usou dela, ou nada, se recusada."""
    if item.status is StatusItem.RECUSADO:
        return ZERO
    return item.total if item.cobrado is None else item.cobrado
