"""As duas portas do núcleo: o que ele oferece e o que ele pede. Só assinaturas e valores."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Protocol, Self, TypeAlias, TypeVar

from oficina_core.casos import campos
from oficina_core.casos.campos import Referencia
from oficina_core.casos.paginas import Chave
from oficina_core.dominio.acesso import Ator, Sujeito
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.codigo import Codigo
from oficina_core.dominio.conta import Conta
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.estoque import CausaMovimento, Movimento, Saldo
from oficina_core.dominio.evento import Evento
from oficina_core.dominio.faturamento import OrdemFaturada
from oficina_core.dominio.funcionario import Funcionario
from oficina_core.dominio.giro import Porcao
from oficina_core.dominio.kit import Kit
from oficina_core.dominio.link import LinkAprovacao
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.mensagem import Mensagem, SituacaoMensagem
from oficina_core.dominio.orcamento import ItemOrcamento, Orcamento, Produto, StatusOrcamento
from oficina_core.dominio.ordem import Anotacao, OrdemServico, StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento, Pagamento
from oficina_core.dominio.parametros import Parametros
from oficina_core.dominio.peca import Peca
from oficina_core.dominio.periodo import Recorte
from oficina_core.dominio.permanencia import Mudanca
from oficina_core.dominio.resposta import Resposta
from oficina_core.dominio.servico import Servico
from oficina_core.dominio.tentativa import Tentativa
from oficina_core.dominio.valores import INTEIRO_MAXIMO
from oficina_core.dominio.veiculo import Veiculo

E = TypeVar("E")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Linha = Mapping[str, Any]  # uma linha de lista: só as colunas que se mostram


class Repositorio(Protocol[E]):
    """Uma coleção de entidades, vista por quem pede: o que está fora do alcance não existe."""

    def obter(self, id: int, /) -> E:
        """Devolve a entidade ou levanta NaoEncontrado."""
        ...

    def citado(self, id: int, /) -> E:
        """O que um registro à vista cita: aqui o alcance de quem pede não conta."""
        ...

    def adicionar(self, entidade: E, /) -> None:
        """Guarda a entidade e lhe dá um id."""
        ...


class Entidades(Repositorio[E], Protocol[E]):
    """Coleção do que muda."""

    def salvar(self, entidade: E, /) -> None:
        """Grava o que mudou, ou levanta VersaoAntiga se alguém gravou depois da leitura."""
        ...


class Cadastros(Entidades[E], Protocol[E]):
    """Coleção do que se procura pelo nome que as pessoas usam."""

    def achar(self, referencia: Referencia, /) -> E:
        """Por id, ou pelo nome natural; levanta NaoEncontrado."""
        ...

    def achar_varios(self, referencias: Collection[Referencia], /) -> dict[Referencia, E]:
        """O mesmo para vários, em uma consulta; levanta NaoEncontrado no primeiro que falta."""
        ...

    def que_ha(self, referencias: Collection[Referencia], /) -> dict[Referencia, E]:
        """O mesmo, só com os que existem."""
        ...

    def procurar(self, nome: str, /) -> E | None:
        """Pelo nome natural, ativo ou não."""
        ...

    def listar(
        self, *, busca: str | None, inativos: bool, depois: Chave | None, limite: int
    ) -> Sequence[Linha]:
        """Até `limite` linhas depois da chave, por nome; `busca` é um pedaço do nome ou código."""
        ...


class CadastrosEmLote(Cadastros[E], Protocol[E]):
    """Coleção que se importa de uma planilha."""

    def adicionar_varios(self, entidades: Sequence[E], /) -> None: ...
    def por_nome(self, nomes: Collection[str], /) -> dict[str, E]:
        """As que existem, ativas ou não, pelo nome natural."""
        ...


class Veiculos(CadastrosEmLote[Veiculo], Protocol):
    def do_cliente(self, cliente_id: int, /) -> list[Veiculo]:
        """Os ativos, de quem é dono deles hoje."""
        ...


class Kits(CadastrosEmLote[Kit], Protocol):
    def itens_de(self, kits: Collection[int], /) -> Mapping[int, Sequence[Linha]]:
        """O que cada kit leva, com o preço de hoje; serviço não tem unidade."""
        ...

    def listar_itens(
        self, *, busca: str | None, inativos: bool, depois: Chave | None, limite: int
    ) -> Sequence[Linha]:
        """Os itens de todos os kits, em ordem de kit, com o código do que se pede."""
        ...


class Clientes(CadastrosEmLote[Cliente], Protocol):
    def do_contato(
        self, contatos: Collection[tuple[str, str]], /
    ) -> dict[tuple[str, str], Cliente]:
        """Os que têm este nome, em minúsculas e sem acento, e este telefone.

        De vários com os mesmos, o que não tem documento, o ativo e o mais antigo, nessa ordem.
        """
        ...

    def segurar(self, cliente: Cliente, /) -> None:
        """Toma a linha até o fim da transação: o que vai citá-lo não o acha anonimizado depois.

        Levanta VersaoAntiga se ele já não é como se leu.
        """
        ...


class Pecas(CadastrosEmLote[Peca], Protocol):
    def listar_com_saldo(
        self,
        *,
        busca: str | None,
        inativos: bool,
        abaixo_do_minimo: bool,
        depois: Chave | None,
        limite: int,
    ) -> Sequence[Linha]:
        """As peças com o estoque da loja de quem pede."""
        ...


@dataclass(frozen=True, kw_only=True)
class NovoSaldo:
    """Como começa o estoque de uma peça; quantidades na unidade de base."""

    peca_id: int
    quantidade: int = 0
    custo: Decimal | None = None
    minimo: int = 0
    localizacao: str | None = None


class Estoques(Protocol):
    """Os saldos de cada loja. Toda mudança é um UPDATE que leva a condição; peças em ordem de id.

    A loja é a do registro que se mexe (a ordem, o movimento), e não a de quem pede.
    """

    def criar(self, novos: Sequence[NovoSaldo], /) -> None:
        """Abre o saldo de peças recém-criadas: na loja de quem pede, com o que se disse dele."""
        ...

    def abrir(self, loja_id: int, /) -> None:
        """Abre, em zero, o saldo de todas as peças em uma loja recém-criada."""
        ...

    def saldos(self, loja_id: int, pecas: Iterable[int], /) -> dict[int, Saldo]: ...

    def travar(self, loja_id: int, pecas: Iterable[int], /) -> None:
        """Toma as linhas para si até o fim da transação; a `reservada` delas fica parada."""
        ...

    def reservar(
        self, loja_id: int, pedidos: Mapping[int, int], /, *, permitir_falta: bool
    ) -> dict[int, int]:
        """Separa o pedido de cada peça e diz quanto separou.

        Sem `permitir_falta`, levanta RegraViolada com o que falta de cada uma.
        """
        ...

    def liberar(self, loja_id: int, reservadas: Mapping[int, int], /) -> None: ...

    def mover(
        self,
        loja_id: int,
        peca_id: int,
        delta: int,
        causa: CausaMovimento,
        *,
        custo: Decimal | None = None,
        motivo: str | None = None,
        ordem_id: int | None = None,
        estorno_de: int | None = None,
        par_id: int | None = None,
        liberar: int = 0,
    ) -> Movimento:
        """Muda o saldo, solta `liberar` do reservado e escreve o movimento.

        Levanta RegraViolada se o saldo não cobre o que sai ou o que fica reservado.
        """
        ...

    def definir(
        self, loja_id: int, peca_id: int, minimo: int, localizacao: str | None, /
    ) -> None: ...


class Movimentos(Repositorio[Movimento], Protocol):
    def estornado(self, id: int, /) -> bool: ...
    def par(self, movimento: Movimento, /) -> Movimento | None:
        """O da outra loja, se este é um dos lados de uma transferência."""
        ...

    def listar(
        self, *, peca_id: int | None, depois: Chave | None, limite: int
    ) -> Sequence[Linha]: ...


@dataclass(frozen=True, kw_only=True)
class Espera:
    """Uma linha aprovada a que falta peça."""

    ordem_id: int
    orcamento_id: int
    placa: str
    item: ItemOrcamento


class Orcamentos(Entidades[Orcamento], Protocol):
    """`salvar` grava a raiz; as linhas vão depois, quando o estoque já está na mão."""

    def salvar_itens(self, orcamento: Orcamento, /) -> None: ...
    def da_ordem(self, ordem_id: int, /) -> list[Orcamento]: ...
    def codigos(self, orcamentos: Collection[int], /) -> dict[Produto, str]:
        """O código de hoje de cada serviço e peça que estes orçamentos citam."""
        ...

    def revisao_de(self, orcamento_id: int, /) -> Orcamento | None:
        """O rascunho que substituirá este, se há."""
        ...

    def pecas_da_ordem(self, ordem_id: int, /) -> list[int]:
        """As peças das linhas aprovadas da ordem."""
        ...

    def esperando(self, loja_id: int, peca_id: int, /) -> list[Espera]:
        """Linhas aprovadas com falta desta peça, na loja; a aprovação mais antiga primeiro."""
        ...

    def completar(self, item: ItemOrcamento, /) -> None:
        """Grava a `reservada` de uma linha, com o estoque dela travado."""
        ...

    def recusados_do_veiculo(self, veiculo_id: int, /) -> Sequence[Linha]:
        """O que o cliente deixou para depois, e ainda não fez; do mais recente ao mais antigo."""
        ...

    def listar(
        self,
        *,
        status: StatusOrcamento | None,
        hoje: date,
        veiculo_id: int | None,
        ordem_id: int | None,
        todas_lojas: bool,
        depois: Chave | None,
        limite: int,
    ) -> Sequence[Linha]: ...


class Ordens(Entidades[OrdemServico], Protocol):
    def do_status(
        self, status: StatusOrdem, *, todas_lojas: bool, depois: Chave | None, limite: int
    ) -> Sequence[Linha]:
        """As ordens de um status: na fila, da mais antiga; encerradas, da mais nova."""
        ...

    def andamento(self, *, depois: Chave | None, limite: int) -> Sequence[Linha]:
        """Só o número, o status e a abertura das ordens do cliente que pede, da mais nova."""
        ...

    def do_veiculo(self, veiculo_id: int, /) -> Sequence[Linha]: ...
    def contas(self, ordens: Mapping[int, StatusOrdem], hoje: date, /) -> dict[int, Conta]:
        """A conta de cada ordem, dado o status dela."""
        ...


class Anotacoes(Protocol):
    def adicionar(self, anotacao: Anotacao, /) -> None: ...
    def da_ordem(self, ordem_id: int, /) -> list[Anotacao]: ...


class Pagamentos(Repositorio[Pagamento], Protocol):
    def da_ordem(self, ordem_id: int, /) -> list[Pagamento]: ...


class Eventos(Protocol):
    def da_ordem(self, ordem_id: int, /) -> list[Evento]:
        """Os da ordem e de tudo o que é dela, até os links dos orçamentos, em ordem."""
        ...

    def depois_de(self, marca: int, limite: int, /) -> list[Evento]:
        """Os de número maior, em ordem: os da loja de quem pede e os de loja nenhuma."""
        ...

    def ultimos(self, limite: int, /) -> list[Evento]:
        """Os mesmos, do mais novo para o mais antigo."""
        ...

    def das_acoes(self, acoes: Collection[str], limite: int, /) -> list[Evento]:
        """Os destas ações, do mais novo para o mais antigo, entre os mais recentes de todos."""
        ...

    def revelou(self, clientes: Sequence[int], /) -> None:
        """Deixa no registro de quem se mostraram os dados pessoais."""
        ...


class Tentativas(Protocol):
    def tomar(self, chave: str, /) -> Tentativa:
        """A contagem dessa chave, travada até o fim da transação."""
        ...

    def salvar(self, tentativa: Tentativa, /) -> None: ...
    def zerar(self, chave: str, /) -> None: ...

    def conhece(self, lugar: str, desde: datetime, /) -> bool:
        """Se desse lugar já se entrou, desde então."""
        ...

    def conhecer(self, lugar: str, /) -> None:
        """Desse lugar se entrou agora."""
        ...


class Codigos(Protocol):
    def adicionar(self, codigo: Codigo, /) -> None: ...
    def salvar(self, codigo: Codigo, /) -> None: ...
    def ultimo(self, cliente_id: int, /) -> Codigo | None: ...


class Links(Entidades[LinkAprovacao], Protocol):
    def feitos_desde(self, orcamento_id: int, desde: datetime, /) -> int:
        """Quantos são, sem que outro os conte até o fim da transação."""
        ...


class Mensagens(Protocol):
    def obter(self, id: int, /) -> Mensagem: ...
    def adicionar(self, mensagem: Mensagem, /) -> None: ...
    def salvar(self, mensagem: Mensagem, tomada: datetime, /) -> bool:
        """Se ainda era de quem a tomou até `tomada`; a que já é de outro não muda."""
        ...

    def tomar(self, agora: datetime, ate: datetime, /) -> Mensagem | None:
        """A mais antiga por enviar, que até lá é de quem a tomou."""
        ...

    def listar(
        self,
        *,
        loja: int | None,
        situacao: SituacaoMensagem | None,
        depois: Chave | None,
        limite: int,
    ) -> Sequence[Linha]:
        """As de uma loja, ou de todas e de nenhuma."""
        ...


@dataclass(frozen=True, kw_only=True)
class Limpeza:
    """Quantas linhas se limparam do que dizia quem é um cliente."""

    textos: int
    mensagens: int
    links: int
    respostas: int


Ocultar: TypeAlias = Callable[[str | None], str | None]


class Titulares(Protocol):
    """O que a oficina guarda de um cliente, em qualquer loja (LGPD art. 18)."""

    def do_cliente(self, que: str, cliente_id: int, depois: int, limite: int, /) -> Sequence[Linha]:
        """Os veículos, as ordens, os orçamentos ou as mensagens de número maior, em ordem."""
        ...

    def citam(self, que: str, ids: Collection[int], /) -> Sequence[Linha]:
        """O que é destas ordens, ou destes orçamentos, em ordem."""
        ...

    def eventos(self, entidade: str, ids: Collection[int], /) -> Sequence[Linha]:
        """O que se registrou de cada um, em ordem."""
        ...

    def limpar(self, cliente: Cliente, ocultar: Ocultar, /) -> Limpeza:
        """Tira o que diz quem é o cliente de tudo o que é dele, menos do próprio cadastro."""
        ...


class Lojas(Entidades[Loja], Protocol):
    def todas(self) -> list[Loja]: ...
    def travar(self) -> None:
        """Toma todas até o fim da transação: não nasce outra, nem peça, que tem saldo em cada."""
        ...

    def movimento(self, id: int, /) -> Linha:
        """Quantos `funcionarios` trabalham nela, e quantas `ordens_abertas` tem."""
        ...


class Busca(Protocol):
    """O que se acha por um pedaço; do que se desativou, nada."""

    def clientes_por_nome(self, nome: str, limite: int, /) -> Sequence[Linha]: ...
    def clientes_por_numero(self, digitos: str, limite: int, /) -> Sequence[Linha]:
        """Um pedaço do telefone ou do documento."""
        ...

    def clientes_do_telefone(self, telefone: str, /) -> Sequence[Linha]:
        """Os que têm exatamente este telefone."""
        ...

    def veiculos(self, texto: str, limite: int, /) -> Sequence[Linha]:
        """Um pedaço da placa, da marca ou do modelo."""
        ...

    def veiculos_de_placas(self, canonicas: Collection[str], limite: int, /) -> Sequence[Linha]: ...

    def veiculos_dos_clientes(
        self, clientes: Collection[int], limite: int, /
    ) -> Sequence[Linha]: ...

    def ordem(self, numero: int, /) -> Sequence[Linha]:
        """A ordem desse número, se quem pede a vê."""
        ...

    def ordens_na_casa(self, veiculos: Collection[int], limite: int, /) -> Sequence[Linha]:
        """As que ainda não saíram, da mais nova para a mais antiga."""
        ...

    def kits(self, texto: str, codigo: str, limite: int, /) -> Sequence[Linha]:
        """Um pedaço do código ou do nome, em ordem de código; antes, o que tem este código."""
        ...

    def servicos(self, texto: str, codigo: str, limite: int, /) -> Sequence[Linha]: ...
    def pecas(self, texto: str, codigo: str, limite: int, /) -> Sequence[Linha]: ...


class Relatorios(Protocol):
    """O que se mede na loja de quem pede, ou nas do recorte; o último instante já está fora."""

    def chegadas(self, de: datetime, ate: datetime, /) -> Sequence[datetime]:
        """Quando se abriu cada ordem."""
        ...

    def faturadas(self, recortes: Sequence[Recorte], /) -> Sequence[OrdemFaturada]:
        """As ordens que acabaram nesse tempo."""
        ...

    def pago(self, recortes: Sequence[Recorte], /) -> Mapping[int, Decimal]:
        """O que já se pagou, até agora, de cada ordem que acabou nesse tempo."""
        ...

    def recebido(self, recortes: Sequence[Recorte], /) -> Mapping[FormaPagamento, Decimal]:
        """O que entrou nesse tempo por cada forma, menos o que se devolveu."""
        ...

    def respostas(self, recortes: Sequence[Recorte], /) -> Sequence[Resposta]:
        """As linhas respondidas nesse tempo, somadas por motivo."""
        ...

    def consumo(self, recortes: Sequence[Recorte], /) -> Sequence[Porcao]:
        """O que saiu para ordens nesse tempo, ao custo congelado; cada peça, uma vez por fuso."""
        ...

    def estocadas(self, recortes: Sequence[Recorte], /) -> Sequence[Porcao]:
        """O que há hoje nas lojas, ao custo médio."""
        ...

    def paradas(self, recortes: Sequence[Recorte], /) -> Sequence[Porcao]:
        """Do que há hoje, o que já havia antes do primeiro instante e não saiu desde então."""
        ...

    def em_aberto(self) -> tuple[int, Decimal]:
        """Quantas ordens não acabaram, e quanto já se aprovou nelas."""
        ...

    def mudancas(self, recorte: Recorte, abertas_desde: datetime, /) -> Sequence[Mudanca]:
        """As das ordens abertas desde então que não acabaram antes desse tempo.

        Vão até o fim dele, cada ordem de uma vez e na ordem em que mudou.
        """
        ...

    def em_falta(self, lojas: Sequence[int], limite: int, /) -> Sequence[Linha]:
        """As peças abaixo do mínimo, a mais vazia primeiro; `ao_todo`, quantas são."""
        ...

    def vencendo(self, de: date, ate: date, limite: int, /) -> Sequence[Linha]:
        """Os orçamentos que esperam resposta e vencem nesses dias, o primeiro a vencer antes."""
        ...


class Reposicao(Protocol):
    """O que comprar para a loja de quem pede."""

    def esperas(self) -> Sequence[Linha]:
        """O que falta a cada linha aprovada das ordens em execução, e de que ordem ela é."""
        ...

    def listar(
        self, *, esperadas: Collection[int], depois: Chave | None, limite: int
    ) -> Sequence[Linha]:
        """As peças abaixo do mínimo e as `esperadas`, em ordem de código, com o último custo."""
        ...


class UnidadeDeTrabalho(Protocol):
    """O que um pedido enxerga: quem pede, que horas são e o acervo, em uma só transação."""

    @property
    def ator(self) -> Ator: ...
    @property
    def parametros(self) -> Parametros: ...
    def definir_parametro(self, nome: str, valor: int, /) -> Parametros:
        """Muda um limite e devolve os que passam a valer."""
        ...

    def agora(self) -> datetime: ...
    def hoje(self, loja_id: int | None = None, /) -> date:
        """O dia nessa loja, ou na de quem pede."""
        ...

    @property
    def lojas(self) -> Lojas: ...
    @property
    def clientes(self) -> Clientes: ...
    @property
    def funcionarios(self) -> Cadastros[Funcionario]: ...
    @property
    def veiculos(self) -> Veiculos: ...
    @property
    def servicos(self) -> CadastrosEmLote[Servico]: ...
    @property
    def pecas(self) -> Pecas: ...
    @property
    def kits(self) -> Kits: ...
    @property
    def estoques(self) -> Estoques: ...
    @property
    def movimentos(self) -> Movimentos: ...
    @property
    def orcamentos(self) -> Orcamentos: ...
    @property
    def ordens(self) -> Ordens: ...
    @property
    def anotacoes(self) -> Anotacoes: ...
    @property
    def pagamentos(self) -> Pagamentos: ...
    @property
    def eventos(self) -> Eventos: ...
    @property
    def busca(self) -> Busca: ...
    @property
    def relatorios(self) -> Relatorios: ...
    @property
    def reposicao(self) -> Reposicao: ...
    @property
    def tentativas(self) -> Tentativas: ...
    @property
    def codigos(self) -> Codigos: ...
    @property
    def links(self) -> Links: ...
    @property
    def mensagens(self) -> Mensagens: ...
    @property
    def titulares(self) -> Titulares: ...


class CasoDeUso(Protocol[R_co]):
    """Um pedido à oficina: os campos são os dados, executar é a ação."""

    def executar(self, uow: UnidadeDeTrabalho, /) -> R_co: ...


@dataclass(frozen=True, kw_only=True)
class Pedido:
    """O que viaja ao lado do caso: a chave de idempotência, o número do pedido e a loja."""

    chave: str | None = None
    requisicao: str | None = None
    loja: int | None = None

    def __post_init__(self) -> None:
        """Levanta DadoInvalido: a chave e a requisição são curtas, visíveis e ASCII."""
        if self.chave is not None and not re.fullmatch("[!-~]{8,64}", self.chave):
            raise DadoInvalido("A chave tem de 8 a 64 letras e números.", "chave")
        if self.requisicao is not None and not re.fullmatch("[!-~]{1,64}", self.requisicao):
            raise DadoInvalido("O número da requisição tem até 64 letras e números.", "requisicao")
        campos.faixa(self.loja, "loja", 1, INTEIRO_MAXIMO)


@dataclass(frozen=True, kw_only=True)
class Efeito:
    """Um registro que mudaria, e como."""

    entidade: str
    id: int
    acao: str
    diferenca: str


@dataclass(frozen=True, kw_only=True)
class Simulacao(Generic[R]):
    """O que o pedido responderia e o que mudaria, sem que nada tenha mudado."""

    resultado: R
    efeitos: tuple[Efeito, ...]


PEDIDO = Pedido()


class Oficina(Protocol):
    """Quem atende pedidos. CLI, TUI e API não conhecem outra coisa."""

    def executar(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> R: ...
    def simular(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> Simulacao[R]: ...


class Recepcao(Oficina, Protocol):
    """A porta da frente: atende em nome de alguém."""

    def como(self, sujeito: Sujeito, /) -> Self: ...


class Portaria(Recepcao, Protocol):
    """A recepção que também reconhece quem chega por um link."""

    def link(self, resumo: str, /) -> Sujeito:
        """De quem é o link que tem esse resumo; NaoEncontrado se não há."""
        ...
