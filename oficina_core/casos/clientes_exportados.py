"""O documento que o cliente recebe com os seus dados: só o que é dele, e nada de quem o atendeu."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from oficina_core.casos.portas import Linha
from oficina_core.dominio.acesso import TipoAtor
from oficina_core.dominio.cliente import Cliente, TipoCliente
from oficina_core.dominio.dinheiro import Quantidade, Reais, Unidade
from oficina_core.dominio.mensagem import SituacaoMensagem, TipoMensagem
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento, TipoItem
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento


@dataclass(frozen=True, kw_only=True)
class Acontecimento:
    """O que se fez com um registro; da equipe, só que foi ela."""

    em: datetime
    acao: str
    entidade: str
    entidade_id: int
    quem: TipoAtor

    @classmethod
    def de(cls, linha: Linha) -> Self:
        return cls(
            em=linha["em"],
            acao=linha["acao"],
            entidade=linha["entidade"],
            entidade_id=linha["entidade_id"],
            quem=linha["ator_tipo"],
        )


@dataclass(frozen=True, kw_only=True)
class CadastroExportado:
    id: int
    tipo: TipoCliente
    nome: str
    documento: str | None
    telefone: str | None
    email: str | None
    ativo: bool
    criado_em: datetime
    contato_em: datetime | None
    anonimizado_em: datetime | None
    historico: tuple[Acontecimento, ...]

    @classmethod
    def de(cls, cliente: Cliente, eventos: Sequence[Linha]) -> Self:
        return cls(
            id=cliente.id,
            tipo=cliente.tipo,
            nome=cliente.nome,
            documento=cliente.documento,
            telefone=cliente.telefone,
            email=cliente.email,
            ativo=cliente.ativo,
            criado_em=cliente.criado_em,
            contato_em=cliente.contato_em,
            anonimizado_em=cliente.anonimizado_em,
            historico=tuple(map(Acontecimento.de, eventos)),
        )


@dataclass(frozen=True, kw_only=True)
class VeiculoExportado:
    id: int
    placa: str
    marca: str
    modelo: str
    ano: int | None
    cor: str | None
    km: int | None
    ativo: bool


@dataclass(frozen=True, kw_only=True)
class ItemExportado:
    tipo: TipoItem
    descricao: str
    quantidade: Quantidade
    unidade: Unidade
    preco_unitario: Reais
    desconto: Reais
    total: Reais
    status: StatusItem
    motivo: str | None


@dataclass(frozen=True, kw_only=True)
class LinkExportado:
    """O link que se mandou, sem o segredo; da resposta, o endereço, o texto mostrado e o resumo."""

    criado_em: datetime
    vale_ate: datetime
    decidido_em: datetime | None
    decidido_de: str | None
    conteudo: str
    mostrado: str | None


@dataclass(frozen=True, kw_only=True)
class OrcamentoExportado:
    id: int
    revisao: int
    placa: str
    descricao: str
    status: StatusOrcamento
    valor_total: Reais
    valor_aprovado: Reais | None
    validade: date | None
    motivo: str | None
    decidido_por: str | None
    decidido_em: datetime | None
    decidido_meio: Meio | None
    criado_em: datetime
    itens: tuple[ItemExportado, ...]
    links: tuple[LinkExportado, ...]


@dataclass(frozen=True, kw_only=True)
class AnotacaoExportada:
    em: datetime
    texto: str


@dataclass(frozen=True, kw_only=True)
class PagamentoExportado:
    id: int
    em: datetime
    forma: FormaPagamento
    valor: Reais
    estorno_de: int | None


@dataclass(frozen=True, kw_only=True)
class OrdemExportada:
    id: int
    placa: str
    status: StatusOrdem
    queixa: str
    km_entrada: int | None
    km_saida: int | None
    motivo_cancelamento: str | None
    criado_em: datetime
    data_inicio: datetime | None
    data_fim: datetime | None
    orcamentos: tuple[OrcamentoExportado, ...]
    anotacoes: tuple[AnotacaoExportada, ...]
    pagamentos: tuple[PagamentoExportado, ...]
    historico: tuple[Acontecimento, ...]


@dataclass(frozen=True, kw_only=True)
class MensagemExportada:
    id: int
    tipo: TipoMensagem
    situacao: SituacaoMensagem
    orcamento_id: int | None
    email: str | None
    telefone: str | None
    criado_em: datetime
