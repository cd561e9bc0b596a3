"""As tabelas e os tipos delas: cada coluna tem o nome do campo que guarda."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from sys import intern
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.mysql import DATETIME, MEDIUMTEXT
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from oficina_core.dominio.acesso import Papel, TipoAtor
from oficina_core.dominio.cliente import TipoCliente
from oficina_core.dominio.dinheiro import Unidade, centavos, de_centavos
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.mensagem import SituacaoMensagem, TipoMensagem
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento, TipoItem
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.dominio.valores import Opcao

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

INTEIRO = BigInteger().with_variant(Integer(), "sqlite")
TEXTO_LONGO = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")


def texto(tamanho: int) -> Any:
    """Texto com limite; a tabela STRICT do SQLite só conhece TEXT, e o domínio já mediu."""
    return String(tamanho).with_variant(Text(), "sqlite")


class Centavos(TypeDecorator[Decimal]):
    """Dinheiro exato em qualquer banco: Decimal no domínio, centavos na tabela."""

    impl = INTEIRO
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else centavos(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else de_centavos(int(value))


class Logico(TypeDecorator[bool]):
    """Verdadeiro ou falso, como 1 ou 0."""

    impl = SmallInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class Momento(TypeDecorator[datetime]):
    """Um instante em UTC, com microssegundos; sem fuso não entra."""

    impl = DATETIME(fsp=6).with_variant(Text(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Instante sem fuso não se grava.")
        utc = value.astimezone(UTC).replace(tzinfo=None)
        return utc.isoformat(" ", "microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        lido = datetime.fromisoformat(value) if isinstance(value, str) else value
        return lido.replace(tzinfo=UTC)


class Dia(TypeDecorator[date]):
    """Uma data, sem hora nem fuso."""

    impl = Date().with_variant(Text(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return value.isoformat() if value and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Codificada(TypeDecorator[Opcao]):
    """O código de uma opção do domínio."""

    impl = texto(24)
    cache_ok = True

    def __init__(self, opcoes: type[Opcao]) -> None:
        super().__init__()
        self.opcoes = opcoes
        self._por_codigo = {opcao.value: opcao for opcao in opcoes}  # o Enum demora dez vezes mais

    def process_bind_param(self, value: Opcao | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Opcao | None:
        return None if value is None else self._por_codigo.get(value) or self.opcoes(value)


def _coluna(nome: str, tipo: Any, *regras: Any, **opcoes: Any) -> Column[Any]:
    """Coluna obrigatória, que é o caso comum."""
    return Column(nome, tipo, *regras, **{"nullable": False} | opcoes)


def nomes(tabela: Table, *, menos: Collection[str] = ()) -> list[str]:
    """Os das colunas, em `str`: os do SQLAlchemy são de outra classe, que se procura devagar."""
    return [intern(str(coluna.name)) for coluna in tabela.c if coluna.name not in menos]


def _de(nome: str, tabela: str, *, opcional: bool = False, **opcoes: Any) -> Column[Any]:
    """Referência a outra tabela; nada se apaga em cascata."""
    return Column(nome, INTEIRO, ForeignKey(f"{tabela}.id"), nullable=opcional, **opcoes)


def _tabela(nome: str, *partes: Any) -> Table:
    return Table(
        nome,
        metadata,
        *partes,
        sqlite_strict=True,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def _registro(nome: str, *partes: Any) -> Table:
    """Tabela do que se escreve uma vez; o número nunca se repete."""
    chave = Column("id", INTEIRO, primary_key=True, autoincrement=True)
    tabela = _tabela(nome, chave, *partes)
    tabela.dialect_options["sqlite"]["autoincrement"] = True
    return tabela


def _entidade(nome: str, *partes: Any) -> Table:
    """Tabela do que muda: com número e versão."""
    return _registro(nome, _coluna("versao", INTEIRO), *partes)


def _cadastro(nome: str, *partes: Any) -> Table:
    """Tabela do que se desativa; `busca` é o nome sem acento, para procurar."""
    return _entidade(nome, _coluna("ativo", Logico), _coluna("busca", texto(200)), *partes)


lojas = _entidade("lojas", _coluna("nome", texto(60)), _coluna("fuso", texto(60)))

clientes = _cadastro(
    "clientes",
    _coluna("tipo", Codificada(TipoCliente)),
    _coluna("documento", texto(14), nullable=True),
    _coluna("nome", texto(120)),
    _coluna("email", texto(254), nullable=True),
    _coluna("telefone", texto(16), nullable=True),
    _coluna("contato_em", Momento, nullable=True),
    _coluna("exportado_em", Momento, nullable=True),
    _coluna("anonimizado_em", Momento, nullable=True),
    _coluna("motivo_anonimizacao", texto(1000), nullable=True),
    _coluna("criado_em", Momento),
    UniqueConstraint("documento"),
    Index(None, "busca", "id"),
    Index(None, "telefone"),
)

funcionarios = _cadastro(
    "funcionarios",
    _coluna("cpf", texto(11)),
    _coluna("nome", texto(120)),
    _coluna("email", texto(254), nullable=True),
    _coluna("papel", Codificada(Papel)),
    _de("loja_id", "lojas", opcional=True),
    _coluna("senha_hash", texto(200), nullable=True),
    _coluna("senha_em", Momento, nullable=True),
    UniqueConstraint("cpf"),
)

veiculos = _cadastro(
    "veiculos",
    _coluna("placa", texto(7)),
    _coluna("placa_canonica", texto(7)),
    _coluna("marca", texto(40)),
    _coluna("modelo", texto(60)),
    _coluna("ano", INTEIRO, nullable=True),
    _coluna("cor", texto(30), nullable=True),
    _coluna("km", INTEIRO, nullable=True),
    _de("cliente_id", "clientes"),
    UniqueConstraint("placa_canonica"),
    Index(None, "cliente_id"),
)

servicos = _cadastro(
    "servicos",
    _coluna("codigo", texto(30)),
    _coluna("nome", texto(120)),
    _coluna("preco", Centavos),
    _coluna("tempo_estimado", INTEIRO),
    UniqueConstraint("codigo"),
    CheckConstraint("preco >= 0", "preco"),
)

pecas = _cadastro(
    "pecas",
    _coluna("codigo", texto(30)),
    _coluna("nome", texto(120)),
    _coluna("unidade", Codificada(Unidade)),
    _coluna("preco", Centavos),
    UniqueConstraint("codigo"),
    CheckConstraint("preco >= 0", "preco"),
)

kits = _cadastro(
    "kits", _coluna("codigo", texto(30)), _coluna("nome", texto(120)), UniqueConstraint("codigo")
)

kit_itens = _registro(
    "kit_itens",
    _de("kit_id", "kits"),
    _de("servico_id", "servicos", opcional=True),
    _de("peca_id", "pecas", opcional=True),
    _coluna("quantidade", INTEIRO),
    CheckConstraint("quantidade > 0", "quantidade"),
    CheckConstraint("(servico_id IS NULL) <> (peca_id IS NULL)", "um_so"),
    Index(None, "kit_id"),
)

estoques = _tabela(
    "estoques",
    _de("loja_id", "lojas", primary_key=True),
    _de("peca_id", "pecas", primary_key=True),
    _coluna("estoque", INTEIRO),
    _coluna("reservado", INTEIRO),
    _coluna("custo", Centavos, nullable=True),
    _coluna("minimo", INTEIRO),
    _coluna("localizacao", texto(30), nullable=True),
    _coluna("prateleira", INTEIRO),
    _coluna("seq", INTEIRO),
    CheckConstraint("estoque >= 0", "estoque"),
    CheckConstraint("reservado >= 0 AND reservado <= estoque", "reservado"),
)

ordens = _entidade(
    "ordens_servico",
    _de("loja_id", "lojas"),
    _de("veiculo_id", "veiculos"),
    _de("cliente_id", "clientes"),
    Column(
        "orcamento_id",
        INTEIRO,
        ForeignKey("orcamentos.id", use_alter=True),
        nullable=True,
    ),
    _coluna("status", Codificada(StatusOrdem)),
    _coluna("queixa", texto(1000)),
    _coluna("km_entrada", INTEIRO, nullable=True),
    _coluna("km_saida", INTEIRO, nullable=True),
    _de("mecanico_id", "funcionarios", opcional=True),
    _coluna("motivo_cancelamento", texto(1000), nullable=True),
    _coluna("data_inicio", Momento, nullable=True),
    _coluna("data_fim", Momento, nullable=True),
    _coluna("criado_em", Momento),
    UniqueConstraint("orcamento_id"),
    Index(None, "loja_id", "status", "criado_em", "id"),
    Index(None, "loja_id", "data_fim"),
    Index(None, "mecanico_id", "status", "criado_em", "id"),
    Index(None, "cliente_id", "criado_em"),
    Index(None, "veiculo_id", "criado_em"),
)

orcamentos = _entidade(
    "orcamentos",
    _de("loja_id", "lojas"),
    _de("veiculo_id", "veiculos"),
    _de("cliente_id", "clientes"),
    _de("ordem_id", "ordens_servico", opcional=True),
    _de("complementar_de", "orcamentos", opcional=True),
    _coluna("revisao", INTEIRO),
    _de("substitui_id", "orcamentos", opcional=True),
    _coluna("descricao", texto(200)),
    _coluna("status", Codificada(StatusOrcamento)),
    _coluna("valor_total", Centavos),
    _coluna("valor_aprovado", Centavos, nullable=True),
    _coluna("validade", Dia, nullable=True),
    _coluna("motivo", texto(1000), nullable=True),
    _coluna("decidido_por", texto(120), nullable=True),
    _coluna("decidido_em", Momento, nullable=True),
    _coluna("decidido_meio", Codificada(Meio), nullable=True),
    _coluna("criado_em", Momento),
    UniqueConstraint("substitui_id"),
    CheckConstraint("status <> 'EXPIRADO'", "status"),
    CheckConstraint("valor_total >= 0", "valor_total"),
    Index(None, "loja_id", "id"),
    Index(None, "loja_id", "status", "id"),
    Index(None, "loja_id", "decidido_em"),
    Index(None, "ordem_id"),
    Index(None, "veiculo_id", "id"),
    Index(None, "cliente_id", "id"),
)

orcamento_itens = _registro(
    "orcamento_itens",
    _de("orcamento_id", "orcamentos"),
    _coluna("tipo", Codificada(TipoItem)),
    _de("servico_id", "servicos", opcional=True),
    _de("peca_id", "pecas", opcional=True),
    _coluna("descricao", texto(120)),
    _coluna("unidade", Codificada(Unidade)),
    _coluna("preco_unitario", Centavos),
    _coluna("quantidade", INTEIRO),
    _coluna("desconto", Centavos),
    _coluna("total", Centavos),
    _coluna("status", Codificada(StatusItem)),
    _coluna("motivo", texto(1000), nullable=True),
    _coluna("reservada", INTEIRO),
    _coluna("usada", INTEIRO, nullable=True),
    CheckConstraint("quantidade > 0", "quantidade"),
    CheckConstraint("total >= 0 AND desconto >= 0", "total"),
    CheckConstraint("reservada >= 0 AND reservada <= quantidade", "reservada"),
    CheckConstraint("usada IS NULL OR (usada >= 0 AND usada <= quantidade)", "usada"),
    CheckConstraint("(servico_id IS NULL) <> (peca_id IS NULL)", "um_so"),
    Index(None, "orcamento_id", "id"),
    Index(None, "peca_id", "status"),
)

movimentos = _registro(
    "movimentos_estoque",
    _de("loja_id", "lojas"),
    _de("peca_id", "pecas"),
    _coluna("seq", INTEIRO),
    _coluna("delta", INTEIRO),
    _coluna("saldo_apos", INTEIRO),
    _coluna("custo_unitario", Centavos, nullable=True),
    _coluna("causa", Codificada(CausaMovimento)),
    _coluna("motivo", texto(1000), nullable=True),
    _de("ordem_id", "ordens_servico", opcional=True),
    _de("estorno_de", "movimentos_estoque", opcional=True),
    _de("par_id", "movimentos_estoque", opcional=True),
    _coluna("ator", texto(120)),
    _coluna("em", Momento),
    UniqueConstraint("loja_id", "peca_id", "seq"),
    UniqueConstraint("estorno_de"),
    UniqueConstraint("par_id"),
    CheckConstraint("delta <> 0 AND saldo_apos >= 0", "delta"),
    Index(None, "loja_id", "id"),
    Index(None, "loja_id", "causa", "em", "peca_id"),
    Index(None, "ordem_id"),
)

pagamentos = _registro(
    "pagamentos",
    _de("ordem_id", "ordens_servico"),
    _coluna("forma", Codificada(FormaPagamento)),
    _coluna("valor", Centavos),
    _coluna("em", Momento),
    _coluna("ator", texto(120)),
    _de("estorno_de", "pagamentos", opcional=True),
    UniqueConstraint("estorno_de"),
    Index(None, "ordem_id"),
    Index(None, "em"),
)

anotacoes = _registro(
    "anotacoes",
    _de("ordem_id", "ordens_servico"),
    _coluna("texto", texto(1000)),
    _coluna("ator", texto(120)),
    _coluna("em", Momento),
    Index(None, "ordem_id"),
)

eventos = _registro(
    "eventos",
    _coluna("loja_id", INTEIRO, nullable=True),
    _coluna("entidade", texto(30)),
    _coluna("entidade_id", INTEIRO),
    _coluna("seq", INTEIRO),
    _coluna("acao", texto(60)),
    _coluna("diferenca", TEXTO_LONGO),
    _coluna("ator_tipo", Codificada(TipoAtor)),
    _coluna("ator_id", INTEIRO, nullable=True),
    _coluna("ator_nome", texto(120)),
    _coluna("requisicao", texto(64), nullable=True),
    _coluna("em", Momento),
    UniqueConstraint("entidade", "entidade_id", "seq"),
    Index(None, "loja_id", "id"),
)

parametros = _entidade(
    "parametros", _coluna("nome", texto(40)), _coluna("valor", INTEIRO), UniqueConstraint("nome")
)

tentativas = _tabela(
    "tentativas",
    Column("chave", texto(64), primary_key=True),
    _coluna("falhas", INTEIRO),
    _coluna("ultima", Momento),
    Index(None, "ultima"),
)

origens = _tabela(
    "origens",
    Column("chave", texto(64), primary_key=True),
    _coluna("ultima", Momento),
    Index(None, "ultima"),
)

codigos = _registro(
    "codigos",
    _de("cliente_id", "clientes"),
    _coluna("resumo", texto(64)),
    _coluna("falhas", INTEIRO),
    _coluna("vale_ate", Momento),
    _coluna("usado_em", Momento, nullable=True),
    Index(None, "cliente_id", "id"),
    Index(None, "vale_ate"),
)

links = _entidade(
    "links_aprovacao",
    _de("orcamento_id", "orcamentos"),
    _coluna("resumo", texto(64)),
    _coluna("conteudo", texto(64)),
    _coluna("vale_ate", Momento),
    _coluna("criado_em", Momento),
    _coluna("decidido_em", Momento, nullable=True),
    _coluna("decidido_de", texto(45), nullable=True),
    _coluna("mostrado", TEXTO_LONGO, nullable=True),
    UniqueConstraint("resumo"),
    Index(None, "orcamento_id", "criado_em"),
)

mensagens = _registro(
    "caixa_saida",
    _coluna("tipo", Codificada(TipoMensagem)),
    _de("cliente_id", "clientes"),
    _de("loja_id", "lojas", opcional=True),
    _de("orcamento_id", "orcamentos", opcional=True),
    _de("link_id", "links_aprovacao", opcional=True),
    _coluna("email", texto(254), nullable=True),
    _coluna("telefone", texto(16), nullable=True),
    _coluna("situacao", Codificada(SituacaoMensagem)),
    _coluna("falhas", INTEIRO),
    _coluna("proxima_em", Momento),
    _coluna("criado_em", Momento),
    Index(None, "situacao", "proxima_em", "id"),
    Index(None, "situacao", "id"),
    Index(None, "loja_id", "id"),
    Index(None, "loja_id", "situacao", "id"),
    Index(None, "cliente_id", "id"),
)

idempotencia = _tabela(
    "idempotencia",
    Column("quem", texto(40), primary_key=True),
    Column("caso", texto(60), primary_key=True),
    Column("chave", texto(64), primary_key=True),
    _coluna("resumo", texto(64)),
    _coluna("resposta", TEXTO_LONGO, nullable=True),
    _coluna("criado_em", Momento),
    Index(None, "criado_em"),
)
