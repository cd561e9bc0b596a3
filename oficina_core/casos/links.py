"""O link por onde o cliente vê o orçamento e decide, sem senha."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.entrada import Segredo
from oficina_core.casos.orcamentos import LINHAS_MAXIMO, FichaOrcamento, ordem_do_orcamento
from oficina_core.casos.orcamentos import ficha as ficha_do_orcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.codigo import resumir
from oficina_core.dominio.erros import Conflito, RegraViolada
from oficina_core.dominio.link import POR_HORA, VALIDADE, LinkAprovacao, SituacaoLink, por_extenso
from oficina_core.dominio.orcamento import Orcamento, StatusOrcamento
from oficina_core.dominio.ordem import OrdemServico, StatusOrdem
from oficina_core.dominio.tentativa import HORA

SEGREDO = 32  # bytes
SITUACAO = {
    StatusOrcamento.AGUARDANDO_APROVACAO: SituacaoLink.ABERTO,
    StatusOrcamento.EXPIRADO: SituacaoLink.VENCIDO,
    StatusOrcamento.APROVADO: SituacaoLink.DECIDIDO,
    StatusOrcamento.RECUSADO: SituacaoLink.DECIDIDO,
    StatusOrcamento.SUBSTITUIDO: SituacaoLink.TROCADO,
}
RECUSADO_PELO_LINK = "recusado pelo cliente, pelo link"


@dataclass(frozen=True, kw_only=True)
class FichaLink:
    """O link recém-feito. O `segredo`, que vai no endereço, só se mostra esta vez.

    Abre até `vale_ate`, para acompanhar; `responder_ate` é o último dia em que se pode responder.
    """

    id: int
    orcamento_id: int
    segredo: Segredo = field(repr=False)
    cliente: str
    telefone: str | None
    responder_ate: date | None
    vale_ate: datetime


@dataclass(frozen=True, kw_only=True)
class CriarLink:
    """Faz um link para o cliente ver o orçamento enviado e responder, por linha, sem senha.

    Vale enquanto o orçamento valer, para uma resposta só; depois dela, mostra o andamento.
    """

    orcamento_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaLink:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        ordem_do_orcamento(uow, orcamento)
        _exigir_em_aberto(uow, orcamento)
        recentes = uow.links.feitos_desde(orcamento.id, uow.agora() - HORA)
        if recentes >= POR_HORA:
            raise RegraViolada(
                f"Na última hora já se fizeram {POR_HORA} links deste orçamento; "
                "use o que se mandou, ou espere."
            )
        link, segredo = novo_link(uow, orcamento)
        cliente = uow.clientes.citado(orcamento.cliente_id)
        return FichaLink(
            id=link.id,
            orcamento_id=orcamento.id,
            segredo=segredo,
            cliente=cliente.nome,
            telefone=cliente.telefone,
            responder_ate=orcamento.validade,
            vale_ate=link.vale_ate,
        )


def novo_link(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> tuple[LinkAprovacao, str]:
    """Um link e o segredo dele, de 256 bits (ASVS 11.5.1), do orçamento que espera resposta."""
    segredo = secrets.token_urlsafe(SEGREDO)
    link = LinkAprovacao(
        orcamento_id=orcamento.id,
        resumo=resumir(segredo),
        conteudo=resumir(_mostrado(uow, orcamento)),
        vale_ate=uow.agora() + VALIDADE,
        criado_em=uow.agora(),
    )
    uow.links.adicionar(link)
    return link, segredo


def _exigir_em_aberto(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> None:
    situacao = orcamento.situacao(uow.hoje(orcamento.loja_id))
    if situacao is StatusOrcamento.RASCUNHO:
        raise Conflito(f"O orçamento {orcamento.id} ainda é rascunho; envie-o, e então há link.")
    if situacao is StatusOrcamento.EXPIRADO:
        raise Conflito(
            f"O orçamento {orcamento.id} venceu; para o renovar, faça e envie outra versão.",
            comando=f"orcamento revisar {orcamento.id} --enviar",
        )
    if situacao is not StatusOrcamento.AGUARDANDO_APROVACAO:
        raise Conflito(
            f"O orçamento {orcamento.id} está {situacao.rotulo}; só tem link o que espera resposta."
        )


def renovar_link(uow: UnidadeDeTrabalho, link_id: int, orcamento: Orcamento) -> str:
    """O segredo novo do link que espera resposta; o de antes já não abre nada."""
    segredo = secrets.token_urlsafe(SEGREDO)
    link = uow.links.obter(link_id)
    link.resumo, link.conteudo = resumir(segredo), resumir(_mostrado(uow, orcamento))
    uow.links.salvar(link)
    return segredo


@dataclass(frozen=True, kw_only=True)
class OrdemDoLink:
    """Em que pé está a ordem do orçamento."""

    id: int
    status: StatusOrdem
    criado_em: datetime
    data_inicio: datetime | None
    data_fim: datetime | None

    @classmethod
    def de(cls, ordem: OrdemServico) -> Self:
        return cls(
            id=ordem.id,
            status=ordem.status,
            criado_em=ordem.criado_em,
            data_inicio=ordem.data_inicio,
            data_fim=ordem.data_fim,
        )


@dataclass(frozen=True, kw_only=True)
class PaginaDoLink:
    """O que o link mostra; do que venceu ou se trocou, só que já não vale."""

    situacao: SituacaoLink
    loja: str
    fuso: str
    conteudo: str
    orcamento: FichaOrcamento | None
    ordem: OrdemDoLink | None


@dataclass(frozen=True, kw_only=True)
class VerPeloLink:
    """Mostra o orçamento e o andamento da ordem a quem tem o link."""

    def executar(self, uow: UnidadeDeTrabalho) -> PaginaDoLink:
        return _pagina(uow, *_do_link(uow))


@dataclass(frozen=True, kw_only=True)
class DecidirPeloLink:
    """Registra a resposta do cliente pelo link: as linhas aprovadas, ou nenhuma.

    `conteudo` é o resumo do que se mostrou; se não é mais aquilo, a resposta não vale.
    """

    linhas: tuple[int, ...]
    conteudo: Segredo
    endereco: str
    motivo: str | None = None

    def __post_init__(self) -> None:
        campos.lista(self.linhas, "linhas", LINHAS_MAXIMO)
        campos.fixar(self, motivo=campos.nota_opcional(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> PaginaDoLink:
        link, orcamento = _do_link(uow)
        self._aplicar(uow, orcamento)
        link.decidir(self.conteudo, _mostrado(uow, orcamento), self.endereco, uow.agora())
        uow.links.salvar(link)
        return _pagina(uow, link, uow.orcamentos.obter(orcamento.id))

    def _aplicar(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> None:
        """Pelos mesmos casos do balcão, que movem a ordem e separam as peças."""
        situacao = _situacao(uow, orcamento)
        if situacao is not SituacaoLink.ABERTO:
            raise Conflito(f"Este orçamento {situacao.rotulo}; fale com a oficina.")
        if self.linhas:
            AprovarOrcamento(
                orcamento_id=orcamento.id, linhas=self.linhas, motivo=self.motivo
            ).executar(uow)
        else:
            RecusarOrcamento(
                orcamento_id=orcamento.id, motivo=self.motivo or RECUSADO_PELO_LINK
            ).executar(uow)


def _do_link(uow: UnidadeDeTrabalho) -> tuple[LinkAprovacao, Orcamento]:
    link = uow.links.obter(uow.ator.id or 0)
    link.exigir_valido(uow.agora())
    return link, uow.orcamentos.obter(link.orcamento_id)


def _mostrado(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> str:
    return por_extenso(orcamento, uow.veiculos.citado(orcamento.veiculo_id).placa)


def _situacao(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> SituacaoLink:
    status = orcamento.situacao(uow.hoje(orcamento.loja_id))
    return SITUACAO.get(status, SituacaoLink.SEM_EFEITO)


def _pagina(uow: UnidadeDeTrabalho, link: LinkAprovacao, orcamento: Orcamento) -> PaginaDoLink:
    situacao = _situacao(uow, orcamento)
    a_vista = situacao in (SituacaoLink.ABERTO, SituacaoLink.DECIDIDO)
    ordem = uow.ordens.obter(orcamento.ordem_id) if a_vista and orcamento.ordem_id else None
    loja = uow.lojas.obter(orcamento.loja_id)
    return PaginaDoLink(
        situacao=situacao,
        loja=loja.nome,
        fuso=loja.fuso,
        conteudo=link.conteudo,
        orcamento=ficha_do_orcamento(uow, orcamento) if a_vista else None,
        ordem=OrdemDoLink.de(ordem) if ordem else None,
    )
