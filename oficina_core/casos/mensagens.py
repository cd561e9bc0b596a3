"""A caixa de saída: o que a oficina tem a dizer ao cliente, enviado fora das transações.

Quem envia toma uma mensagem, entrega e conclui, em transações separadas: se cai no meio, a
mensagem volta a aparecer quando o prazo de quem a tomou passa.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oficina_core.casos.entrada import Segredo
from oficina_core.casos.links import novo_link, renovar_link
from oficina_core.casos.paginas import Lista, Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.codigo import VALIDADE, Codigo, resumir
from oficina_core.dominio.dinheiro import Reais
from oficina_core.dominio.mensagem import Mensagem, SituacaoMensagem, TipoMensagem
from oficina_core.dominio.orcamento import Orcamento, StatusOrcamento
from oficina_core.dominio.veiculo import Veiculo

PRAZO_DE_ENVIO = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class CaixaDeSaida:
    """O que não chegou ao cliente, e há quanto tempo a pendente mais velha já devia ter ido."""

    pendentes: int = 0
    falhas: int = 0
    atraso: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True)
class Carta:
    """Uma mensagem por extenso, para entregar até `prazo`: depois, outro a pode tomar.

    O `segredo` é o do link, ou o código; o aviso ao contato antigo não tem nenhum. Nem o contato
    se guarda com a resposta: o antigo se esquece quando a mensagem acaba.
    """

    id: int
    tipo: TipoMensagem
    nome: str
    email: Segredo | None
    telefone: Segredo | None
    segredo: Segredo = field(repr=False)
    orcamento_id: int | None
    veiculo: str | None
    descricao: str | None
    valor: Reais | None
    vale_ate: datetime | None
    prazo: datetime


@dataclass(frozen=True, kw_only=True)
class TomarMensagem:
    """Toma para si a mensagem mais antiga por enviar, e diz o que entregar; None se não há.

    A que já não faz falta (o orçamento respondido, o cliente desativado) se descarta no caminho, e
    da que se tomou todas as vezes sem que ninguém a concluísse se desiste.
    """

    def executar(self, uow: UnidadeDeTrabalho) -> Carta | None:
        while mensagem := uow.mensagens.tomar(uow.agora(), uow.agora() + PRAZO_DE_ENVIO):
            cliente = uow.clientes.citado(mensagem.cliente_id)
            if mensagem.esgotada:
                mensagem.encerrar(SituacaoMensagem.FALHOU)
            elif carta := _escrever(uow, mensagem, cliente):
                return carta
            else:
                mensagem.encerrar(SituacaoMensagem.DESCARTADA)
            uow.mensagens.salvar(mensagem, mensagem.proxima_em)
        return None


def _escrever(uow: UnidadeDeTrabalho, mensagem: Mensagem, cliente: Cliente) -> Carta | None:
    """A carta, se ainda faz falta; o aviso ao contato antigo faz, mesmo do desativado."""
    if mensagem.tipo is TipoMensagem.CONTATO:
        return _carta(mensagem, cliente, "")
    if mensagem.tipo is TipoMensagem.CODIGO:
        return _com_codigo(uow, mensagem, cliente)
    return _com_link(uow, mensagem, cliente) if cliente.ativo else None


def _com_link(uow: UnidadeDeTrabalho, mensagem: Mensagem, cliente: Cliente) -> Carta | None:
    """O link de uma mensagem é um só: a que sai de novo troca o segredo, e o de antes cai."""
    orcamento = uow.orcamentos.citado(mensagem.orcamento_id or 0)
    status = orcamento.situacao(uow.hoje(orcamento.loja_id))
    if status is not StatusOrcamento.AGUARDANDO_APROVACAO:
        return None
    if mensagem.link_id:
        segredo = renovar_link(uow, mensagem.link_id, orcamento)
    else:
        link, segredo = novo_link(uow, orcamento)
        mensagem.link_id = link.id
        uow.mensagens.salvar(mensagem, mensagem.proxima_em)
    veiculo = uow.veiculos.citado(orcamento.veiculo_id)
    return _carta(mensagem, cliente, segredo, orcamento=orcamento, veiculo=veiculo)


def _com_codigo(uow: UnidadeDeTrabalho, mensagem: Mensagem, cliente: Cliente) -> Carta | None:
    """O código nasce na hora de enviar; o pedido que já passou da validade não serve a ninguém.

    Nem vai ao contato que se trocou há pouco, ainda que depois do pedido.
    """
    vale_ate = uow.agora() + VALIDADE
    passou = uow.agora() > mensagem.criado_em + VALIDADE
    if passou or not cliente.prova_quem_e(uow.agora()):
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
    veiculo: Veiculo | None = None,
    vale_ate: datetime | None = None,
) -> Carta:
    contato = mensagem if mensagem.tipo is TipoMensagem.CONTATO else cliente
    return Carta(
        id=mensagem.id,
        tipo=mensagem.tipo,
        nome=cliente.nome,
        email=contato.email,
        telefone=contato.telefone,
        segredo=segredo,
        orcamento_id=mensagem.orcamento_id,
        veiculo=f"{veiculo.marca} {veiculo.modelo}, placa {veiculo.placa}" if veiculo else None,
        descricao=orcamento.descricao if orcamento else None,
        valor=orcamento.valor_total if orcamento else None,
        vale_ate=vale_ate,
        prazo=mensagem.proxima_em,
    )


@dataclass(frozen=True, kw_only=True)
class ConcluirMensagem:
    """Diz como acabou a entrega: a que falhou se tenta mais tarde, a não ser que se desista.

    `prazo` é o da carta: quem passou dele e já não tem a mensagem não a muda.
    """

    mensagem_id: int
    prazo: datetime
    entregue: bool
    desistir: bool = False

    def executar(self, uow: UnidadeDeTrabalho) -> None:
        mensagem = uow.mensagens.obter(self.mensagem_id)
        if self.entregue:
            mensagem.encerrar(SituacaoMensagem.ENVIADA)
        else:
            mensagem.falhar(uow.agora(), desistir=self.desistir)
        uow.mensagens.salvar(mensagem, self.prazo)


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
    """Lista as mensagens ao cliente, da mais nova para a mais antiga.

    Vê-se a loja em que se trabalha; a rede, se não diz qual, vê todas e o que não é de nenhuma.
    """

    situacao: SituacaoMensagem | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaMensagem]:
        linhas = uow.mensagens.listar(
            loja=_loja(uow),
            situacao=self.situacao,
            depois=self.depois(int),
            limite=self.limite + 1,
        )
        return self.paginar(linhas, lambda linha: (linha["id"],), LinhaMensagem.de)


def _loja(uow: UnidadeDeTrabalho) -> int | None:
    """A de quem pede; None, que é tudo, para quem é da rede, se há uma só ou não se disse qual."""
    if uow.ator.da_rede and len(uow.lojas.todas()) == 1:
        return None
    return uow.ator.loja
