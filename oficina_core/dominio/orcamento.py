"""Orçamento: o que a oficina propõe fazer no veículo, por quanto e até quando."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol, Self, TypeAlias

from oficina_core.dominio.acesso import Externo, Papel
from oficina_core.dominio.dinheiro import (
    CENTAVO,
    QUANTIDADE_MAXIMA,
    ZERO,
    Unidade,
    desconto_da_linha,
    percentual,
    ratear,
    total_da_linha,
)
from oficina_core.dominio.entidade import Entidade
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    NaoEncontrado,
    RegraViolada,
)
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.servico import Servico
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import data, quantidade, reais


class StatusOrcamento(Opcao):
    """EXPIRADO se deriva de AGUARDANDO_APROVACAO e da validade; nunca se grava."""

    RASCUNHO = "RASCUNHO", "rascunho"
    AGUARDANDO_APROVACAO = "AGUARDANDO_APROVACAO", "aguardando aprovação"
    APROVADO = "APROVADO", "aprovado"
    RECUSADO = "RECUSADO", "recusado"
    CANCELADO = "CANCELADO", "cancelado"
    SUBSTITUIDO = "SUBSTITUIDO", "substituído"
    EXPIRADO = "EXPIRADO", "expirado"


ABERTOS = (StatusOrcamento.RASCUNHO, StatusOrcamento.AGUARDANDO_APROVACAO)


# O que fazer quando o status não admite o que se pediu, e o comando que o faz.
SAIDAS: dict[StatusOrcamento, tuple[str, str]] = {
    StatusOrcamento.RASCUNHO: (
        "ele se edita, se envia ou se cancela",
        "orcamento ver {orcamento}",
    ),
    StatusOrcamento.AGUARDANDO_APROVACAO: (
        "registre a resposta do cliente ou, para o mudar, faça outra versão",
        "orcamento revisar {orcamento}",
    ),
    StatusOrcamento.APROVADO: (
        "o que ainda falta vai em um complementar",
        "orcamento criar --ordem {ordem}",
    ),
    StatusOrcamento.RECUSADO: ("faça outro", "orcamento criar"),
    StatusOrcamento.CANCELADO: ("faça outro", "orcamento criar"),
    StatusOrcamento.SUBSTITUIDO: ("vale a versão que veio depois", "orcamento listar"),
}


def situacao(status: StatusOrcamento, validade: date | None, hoje: date) -> StatusOrcamento:
    """O status, ou EXPIRADO quando a validade (inclusive) passou sem resposta."""
    espera = status is StatusOrcamento.AGUARDANDO_APROVACAO
    return StatusOrcamento.EXPIRADO if espera and validade and validade < hoje else status


class StatusItem(Opcao):
    PENDENTE = "PENDENTE", "pendente"
    APROVADO = "APROVADO", "aprovado"
    RECUSADO = "RECUSADO", "recusado"


class TipoItem(Opcao):
    SERVICO = "SERVICO", "serviço"
    PECA = "PECA", "peça"


Produto: TypeAlias = tuple[int | None, int | None]  # o serviço ou a peça, por id


class Meio(Opcao):
    """Como o cliente decidiu: a prova de que fala o CDC (art. 39 VI e 40)."""

    BALCAO = "BALCAO", "balcão, presencial"
    TELEFONE = "TELEFONE", "telefone"
    WHATSAPP = "WHATSAPP", "WhatsApp"
    EMAIL = "EMAIL", "e-mail"
    LINK = "LINK", "link do orçamento"
    ACESSO = "ACESSO", "acesso do cliente"


class Proposto(Protocol):
    """Um orçamento em aberto, inteiro ou só estas colunas dele."""

    @property
    def id(self) -> int: ...
    @property
    def substitui_id(self) -> int | None: ...
    @property
    def status(self) -> StatusOrcamento: ...
    @property
    def validade(self) -> date | None: ...
    @property
    def valor_total(self) -> Decimal: ...


def a_aprovar(abertos: Collection[Proposto]) -> Decimal:
    """O que ainda se propõe ao cliente: a revisão entra no lugar do que ela revisa."""
    revisados = {proposto.substitui_id for proposto in abertos}
    return sum((p.valor_total for p in abertos if p.id not in revisados), ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decisao:
    """Quem respondeu pelo cliente, quando e por que meio."""

    por: str
    em: datetime
    meio: Meio


@dataclass(kw_only=True, slots=True)
class ItemOrcamento:
    """Uma linha da proposta; descrição e preço ficam congelados no dia em que foi feita.

    `quantidade`, `reservada` e `usada` na unidade de base; `preco_unitario` por unidade comercial.
    """

    id: int = 0
    tipo: TipoItem
    servico_id: int | None = None
    peca_id: int | None = None
    descricao: str
    unidade: Unidade = Unidade.UN
    preco_unitario: Decimal
    quantidade: int
    desconto: Decimal = ZERO
    total: Decimal = ZERO
    status: StatusItem = StatusItem.PENDENTE
    motivo: str | None = None
    reservada: int = 0
    usada: int | None = None

    @classmethod
    def de(cls, produto: Peca | Servico) -> Self:
        """Uma unidade do produto, ao preço de hoje."""
        if isinstance(produto, Peca):
            return cls(
                tipo=TipoItem.PECA,
                peca_id=produto.id,
                descricao=produto.nome,
                unidade=produto.unidade,
                preco_unitario=produto.preco,
                quantidade=produto.unidade.fator,
            )
        return cls(
            tipo=TipoItem.SERVICO,
            servico_id=produto.id,
            descricao=produto.nome,
            preco_unitario=produto.preco,
            quantidade=1,
        )

    @property
    def produto(self) -> Produto:
        """O que a linha cita: cada serviço e cada peça está uma vez só em um orçamento."""
        return self.servico_id, self.peca_id

    @property
    def bruto(self) -> Decimal:
        return total_da_linha(self.preco_unitario, self.quantidade, self.unidade.fator)

    @property
    def falta(self) -> int:
        """Quanto desta linha aprovada ainda não tem peça separada."""
        aberta = self.status is StatusItem.APROVADO and self.usada is None
        return self.falta_para(self.quantidade) if aberta else 0

    def falta_para(self, base: int) -> int:
        """Quanto ainda não tem peça separada, para gastar `base` desta linha."""
        return 0 if self.peca_id is None else max(0, base - self.reservada)

    @property
    def cobrado(self) -> Decimal:
        """O que a linha custa ao cliente: nada se não aprovada; o usado, depois de finalizada."""
        if self.status is not StatusItem.APROVADO:
            return ZERO
        if self.usada is None or self.tipo is TipoItem.SERVICO:
            return self.total
        return total_da_linha(
            self.preco_unitario,
            self.usada,
            self.unidade.fator,
            self.desconto,
            de=self.quantidade,
        )

    @property
    def descontado(self) -> Decimal:
        """De quanto se abriu mão no que a linha custa.

        Só da linha aprovada; das outras não se cobra, e nada se descontou.
        """
        if self.status is not StatusItem.APROVADO:
            return ZERO
        gasto = self.quantidade if self.usada is None else self.usada
        return desconto_da_linha(self.preco_unitario, gasto, self.unidade.fator, self.cobrado)

    def usar(self, base: int) -> None:
        """Anota quanto se gastou; RegraViolada se passa do aprovado."""
        if base > self.quantidade:
            aprovado = quantidade(self.unidade.comercial(self.quantidade), self.unidade)
            raise RegraViolada(
                f"A linha {self.id} teve {aprovado} aprovados; para usar mais, faça um orçamento "
                "complementar."
            )
        self.usada = base

    def soltar(self) -> int:
        """O que estava separado para a linha, que deixa de estar."""
        solta, self.reservada = self.reservada, 0
        return solta

    def calcular(self) -> None:
        """Refaz o total; RegraViolada se o desconto passa do valor da linha."""
        if self.quantidade > QUANTIDADE_MAXIMA:
            raise DadoInvalido(f"A quantidade de {self.descricao} é grande demais.", "quantidade")
        bruto = self.bruto
        if not ZERO <= self.desconto <= bruto:
            raise RegraViolada(f"O desconto em {self.descricao} vai de R$ 0,00 a {reais(bruto)}.")
        self.total = total_da_linha(
            self.preco_unitario, self.quantidade, self.unidade.fator, self.desconto
        )


@dataclass(kw_only=True, slots=True)
class Orcamento(Entidade):
    """Proposta de serviços e peças, que o cliente aprova inteira, por linha, ou recusa.

    Enviado, não muda: outra proposta é outra revisão (CDC art. 40 § 2º).
    """

    loja_id: int
    veiculo_id: int
    cliente_id: int
    ordem_id: int | None = None
    complementar_de: int | None = None
    revisao: int = 1
    substitui_id: int | None = None
    descricao: str
    status: StatusOrcamento = StatusOrcamento.RASCUNHO
    valor_total: Decimal = ZERO
    valor_aprovado: Decimal | None = None
    validade: date | None = None
    motivo: str | None = None
    decidido_por: str | None = None
    decidido_em: datetime | None = None
    decidido_meio: Meio | None = None
    criado_em: datetime
    itens: list[ItemOrcamento] = field(default_factory=list)
    _sairam: dict[Produto, ItemOrcamento] = field(init=False, repr=False, default_factory=dict)

    @property
    def principal(self) -> bool:
        return self.complementar_de is None

    @property
    def aberto(self) -> bool:
        """Rascunho ou à espera do cliente: ainda pode virar outra coisa."""
        return self.status in ABERTOS

    @property
    def bruto(self) -> Decimal:
        return sum((item.bruto for item in self.itens), ZERO)

    @property
    def desconto(self) -> Decimal:
        return sum((item.desconto for item in self.itens), ZERO)

    @property
    def aprovados(self) -> list[ItemOrcamento]:
        return [item for item in self.itens if item.status is StatusItem.APROVADO]

    def situacao(self, hoje: date) -> StatusOrcamento:
        return situacao(self.status, self.validade, hoje)

    def exigir_desconto(self, papel: Papel | Externo, limite: int) -> None:
        """O mecânico não dá desconto; o atendente, até `limite` por cento; o gerente, qualquer um.

        O limite vale no total e em cada linha, porque o cliente pode aprovar só a que teve mais
        desconto; nela, o centavo que sobra do rateio passa. Levanta AcessoNegado ou RegraViolada.
        """
        if not self.desconto or papel is Papel.GERENTE:
            return
        if papel is Papel.MECANICO:
            raise AcessoNegado("O mecânico não dá desconto; peça ao balcão.")
        if self.desconto > percentual(self.bruto, Decimal(limite)):
            raise RegraViolada(f"O desconto passa de {limite} %; peça ao gerente.")
        for item in self.itens:
            if (item.desconto - CENTAVO) * 100 > item.bruto * limite:
                raise RegraViolada(
                    f"O desconto em {item.descricao} passa de {limite} %; peça ao gerente."
                )

    def incluir(
        self, produto: Peca | Servico, quantidade: int = 1, desconto: Decimal = ZERO
    ) -> None:
        """Põe um serviço ou peça na proposta; o que já está nela soma na mesma linha."""
        self._exigir("receber itens", StatusOrcamento.RASCUNHO)
        nova = ItemOrcamento.de(produto)
        for item in self.itens:
            if item.produto == nova.produto:
                item.quantidade += quantidade
                item.desconto += desconto
                break
        else:
            velha = self._sairam.get(nova.produto, nova)
            item = replace(velha, quantidade=quantidade, desconto=desconto)
            self.itens.append(item)
        item.calcular()
        self._somar()

    def esvaziar(self) -> None:
        """Recomeça a proposta; a linha que voltar a ela guarda o número e o preço congelado."""
        self._exigir("mudar", StatusOrcamento.RASCUNHO)
        self._sairam = {item.produto: item for item in self.itens}
        self.itens = []
        self._somar()

    def descontar(self, desconto: Decimal) -> None:
        """Reparte um desconto em reais pelas linhas, além do que cada uma já tem."""
        self._exigir("receber desconto", StatusOrcamento.RASCUNHO)
        if not ZERO <= desconto <= self.valor_total:
            total = reais(self.valor_total)
            raise RegraViolada(f"O desconto e o valor final vão de R$ 0,00 a {total}.")
        if desconto:
            cotas = ratear(desconto, [item.total for item in self.itens])
            for item, cota in zip(self.itens, cotas, strict=True):
                item.desconto += cota
                item.calcular()
            self._somar()

    def enviar(self, hoje: date, dias: int) -> None:
        """Congela a proposta e começa a contar a validade."""
        self._exigir("ser enviado", StatusOrcamento.RASCUNHO)
        if not self.itens:
            raise RegraViolada("O orçamento está vazio; inclua ao menos um serviço ou peça.")
        self.validade = self.validade or hoje + timedelta(days=dias)
        if self.validade < hoje:
            raise RegraViolada(f"A validade {data(self.validade)} já passou; escolha outra.")
        self.status = StatusOrcamento.AGUARDANDO_APROVACAO

    def aprovar(
        self, linhas: Collection[int] | None, decisao: Decisao, hoje: date, motivo: str | None
    ) -> None:
        """Fecha cada linha: as de `linhas` (None: todas) aprovadas, as outras recusadas."""
        self._exigir("ser aprovado", StatusOrcamento.AGUARDANDO_APROVACAO)
        if self.situacao(hoje) is StatusOrcamento.EXPIRADO:
            raise RegraViolada(
                f"O orçamento {self.id} venceu em {data(self.validade)}; "  # type: ignore[arg-type]
                "para o renovar, faça e envie outra versão.",
                comando=f"orcamento revisar {self.id} --enviar",
            )
        escolhidas = {item.id for item in self.itens} if linhas is None else set(linhas)
        if not escolhidas:
            raise RegraViolada("Diga ao menos uma linha a aprovar, ou recuse o orçamento.")
        if estranhas := escolhidas - {item.id for item in self.itens}:
            raise NaoEncontrado(f"A linha {min(estranhas)} não é do orçamento {self.id}.")
        for item in self.itens:
            if item.id in escolhidas:
                item.status = StatusItem.APROVADO
            else:
                item.status, item.motivo = StatusItem.RECUSADO, motivo
        self.valor_aprovado = sum((item.total for item in self.aprovados), ZERO)
        self._decidir(StatusOrcamento.APROVADO, decisao)

    def recusar(self, motivo: str, decisao: Decisao) -> None:
        self._exigir("ser recusado", StatusOrcamento.AGUARDANDO_APROVACAO)
        for item in self.itens:
            item.status, item.motivo = StatusItem.RECUSADO, motivo
        self.valor_aprovado, self.motivo = ZERO, motivo
        self._decidir(StatusOrcamento.RECUSADO, decisao)

    def cancelar(self, motivo: str) -> None:
        """Desiste da proposta; a revisão cancelada libera o lugar para outra.

        O rascunho fica sem validade, como tudo o que nunca se enviou: o cliente não o vê.
        """
        if not self.aberto:
            raise self._recusa("ser cancelado")
        if self.status is StatusOrcamento.RASCUNHO:
            self.validade = None
        self.status, self.motivo, self.substitui_id = StatusOrcamento.CANCELADO, motivo, None

    def substituir(self) -> None:
        """A revisão seguinte foi enviada: se esta ainda esperava, deixa de valer."""
        if self.status is StatusOrcamento.AGUARDANDO_APROVACAO:
            self.status = StatusOrcamento.SUBSTITUIDO

    def revisar(self, agora: datetime) -> Self:
        """Um rascunho igual, revisão seguinte, com os mesmos preços."""
        self._exigir("ser revisado", StatusOrcamento.AGUARDANDO_APROVACAO)
        return replace(
            self,
            id=0,
            versao=1,
            revisao=self.revisao + 1,
            substitui_id=self.id,
            status=StatusOrcamento.RASCUNHO,
            validade=None,
            criado_em=agora,
            itens=[replace(item, id=0) for item in self.itens],
        )

    def _somar(self) -> None:
        self.valor_total = sum((item.total for item in self.itens), ZERO)

    def _decidir(self, status: StatusOrcamento, decisao: Decisao) -> None:
        self.status = status
        self.decidido_por, self.decidido_em = decisao.por, decisao.em
        self.decidido_meio = decisao.meio

    def _exigir(self, acao: str, status: StatusOrcamento) -> None:
        if self.status is not status:
            raise self._recusa(acao)

    def _recusa(self, acao: str) -> Conflito:
        saida, comando = SAIDAS[self.status]
        return Conflito(
            f"O orçamento {self.id} está {self.status.rotulo} e não pode {acao}; {saida}.",
            comando=comando.format(orcamento=self.id, ordem=self.ordem_id),
        )
