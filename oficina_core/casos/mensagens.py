"""A caixa de saída: o que a oficina tem a dizer ao cliente, enviado fora das transações.

Quem envia toma uma mensagem, entrega e conclui, em transações separadas: se cai no meio, a
mensagem volta a aparecer quando o prazo de quem a tomou passa.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oficina_core.casos.links import novo_link
from oficina_core.casos.paginas import Lista, Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.codigo import VALIDADE, Codigo, resumir
from oficina_core.dominio.dinheiro import Reais
from oficina_core.dominio.mensagem import Mensagem, SituacaoMensagem, TipoMensagem
from oficina_core.dominio.orcamento import Orcamento, StatusOrcamento

PRAZO_DE_ENVIO = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Carta:
    """Uma mensagem por extenso, para entregar agora. O `segredo` é o do link, ou o código."""

    id: int
    tipo: TipoMensagem
    nome: str
    email: str | None
    telefone: str | None
    segredo: str = field(repr=False)
    orcamento_id: int | None
    descricao: str | None
    valor: Reais | None
    vale_ate: datetime | None


@dataclass(frozen=True, kw_only=True)
class TomarMensagem:
    """Toma para si a mensagem mais antiga por enviar, e diz o que entregar; None se não há.

    A que já não faz falta (o orçamento respondido, o cliente desativado) se descarta no caminho.
    """

    def executar(self, uow: UnidadeDeTrabalho) -> Carta | None:
        while mensagem := uow.mensagens.tomar(uow.agora(), uow.agora() + PRAZO_DE_ENVIO):
            cliente = uow.clientes.citado(mensagem.cliente_id)
            if cliente.ativo and (carta := _escrever(uow, mensagem, cliente)):
                return carta
            mensagem.situacao = SituacaoMensagem.DESCARTADA
            uow.mensagens.salvar(mensagem)
        return None


def _escrever(uow: UnidadeDeTrabalho, mensagem: Mensagem, cliente: Cliente) -> Carta | None:
    if mensagem.tipo is TipoMensagem.CODIGO:
        return _com_codigo(uow, mensagem, cliente)
    orcamento = uow.orcamentos.citado(mensagem.orcamento_id or 0)
    status = orcamento.situacao(uow.hoje(orcamento.loja_id))
    if status is not StatusOrcamento.AGUARDANDO_APROVACAO:
        return None
    _, segredo = novo_link(uow, orcamento)
    return _carta(mensagem, cliente, segredo, orcamento=orcamento)


def _com_codigo(uow: UnidadeDeTrabalho, mensagem: Mensagem, cliente: Cliente) -> Carta | None:
    """O código nasce na hora de enviar; o pedido que já passou da validade não serve a ninguém."""
    vale_ate = uow.agora() + VALIDADE
    if uow.agora() > mensagem.criado_em + VALIDADE:
        return None
    segredo = f"{secrets.randbelow(10**6):06}"
    uow.codigos.adicionar(Codigo(cliente_id=cliente.id, resumo=resumir(segredo), vale_ate=vale_ate))
    return _carta(mensagem, cliente, segredo, vale_ate=vale_ate)


def _carta(
    mensagem: Mensagem,
    cliente: Cliente,
    segredo: str,
    *,
    orcamento: Orcamento | None = None,
    vale_ate: datetime | None = None,
) -> Carta:
    return Carta(
        id=mensagem.id,
        tipo=mensagem.tipo,
        nome=cliente.nome,
        email=cliente.email,
        telefone=cliente.telefone,
        segredo=segredo,
        orcamento_id=mensagem.orcamento_id,
        descricao=orcamento.descricao if orcamento else None,
        valor=orcamento.valor_total if orcamento else None,
        vale_ate=vale_ate,
    )


@dataclass(frozen=True, kw_only=True)
class ConcluirMensagem:
    """Diz como acabou a entrega: a que falhou se tenta mais tarde, a não ser que se desista."""

    mensagem_id: int
    entregue: bool
    desistir: bool = False

    def executar(self, uow: UnidadeDeTrabalho) -> None:
        mensagem = uow.mensagens.obter(self.mensagem_id)
        if mensagem.situacao is not SituacaoMensagem.PENDENTE:
            return
        if self.entregue:
            mensagem.situacao = SituacaoMensagem.ENVIADA
        else:
            mensagem.falhar(uow.agora(), desistir=self.desistir)
        uow.mensagens.salvar(mensagem)


@dataclass(frozen=True, kw_only=True)
class LinhaMensagem:
    """Uma mensagem na lista; do cliente, só o nome."""

    id: int
    tipo: TipoMensagem
    situacao: SituacaoMensagem
    cliente: str
    orcamento_id: int | None
    falhas: int
    criado_em: datetime

    @classmethod
    def de(cls, linha: Linha) -> "LinhaMensagem":
        return cls(
            id=linha["id"],
            tipo=linha["tipo"],
            situacao=linha["situacao"],
            cliente=linha["cliente"],
            orcamento_id=linha["orcamento_id"],
            falhas=linha["falhas"],
            criado_em=linha["criado_em"],
        )


@dataclass(frozen=True, kw_only=True)
class ListarMensagens(Lista):
    """Lista as mensagens ao cliente, da mais nova para a mais antiga."""

    situacao: SituacaoMensagem | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaMensagem]:
        linhas = uow.mensagens.listar(
            situacao=self.situacao, depois=self.depois(int), limite=self.limite + 1
        )
        return self.paginar(linhas, lambda linha: (linha["id"],), LinhaMensagem.de)
