"""Casos de uso do orçamento."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.estoque import disponiveis
from oficina_core.casos.orcamentos_proposta import Proposta
from oficina_core.casos.paginas import Lista, Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.dinheiro import ZERO, Quantidade, Reais, Unidade
from oficina_core.dominio.erros import Conflito, DadoInvalido
from oficina_core.dominio.mensagem import Mensagem, TipoMensagem
from oficina_core.dominio.orcamento import (
    ItemOrcamento,
    Meio,
    Orcamento,
    StatusItem,
    StatusOrcamento,
    TipoItem,
    situacao,
)
from oficina_core.dominio.ordem import OrdemServico, StatusOrdem
from oficina_core.dominio.valores import INTEIRO_MAXIMO
from oficina_core.texto import lista, quantidade

BALCAO = (Papel.ATENDENTE, Papel.GERENTE)
LINHAS_MAXIMO = 1000  # as que um pedido cita


@dataclass(frozen=True, kw_only=True)
class LinhaItem:
    """Um item do orçamento, como se lê no papel.

    `disponivel` é o que a loja tem da peça, e só se diz à oficina e enquanto o cliente não
    responde; `falta`, o que a ordem em execução ainda não tem separado; `cobrado`, o que a linha
    custou pelo que se usou.
    """

    id: int
    tipo: TipoItem
    descricao: str
    quantidade: Quantidade
    unidade: Unidade
    disponivel: Quantidade | None
    preco_unitario: Reais
    desconto: Reais
    total: Reais
    status: StatusItem
    motivo: str | None
    falta: Quantidade
    usada: Quantidade | None
    cobrado: Reais | None
    servico_id: int | None
    peca_id: int | None

    @classmethod
    def de(cls, item: ItemOrcamento, ha: Mapping[int, int], *, executa: bool) -> Self:
        comercial = item.unidade.comercial
        disponivel = ha.get(item.peca_id or 0)
        return cls(
            id=item.id,
            tipo=item.tipo,
            descricao=item.descricao,
            quantidade=comercial(item.quantidade),
            unidade=item.unidade,
            disponivel=None if disponivel is None else comercial(disponivel),
            preco_unitario=item.preco_unitario,
            desconto=item.desconto,
            total=item.total,
            status=item.status,
            motivo=item.motivo,
            falta=comercial(item.falta) if executa else ZERO,
            usada=None if item.usada is None else comercial(item.usada),
            cobrado=None if item.usada is None else item.cobrado,
            servico_id=item.servico_id,
            peca_id=item.peca_id,
        )

    @property
    def curta(self) -> bool:
        """Se a linha pede mais do que há da peça."""
        return self.disponivel is not None and self.disponivel < self.quantidade


@dataclass(frozen=True, kw_only=True)
class FichaOrcamento:
    """O orçamento, com mão de obra e peças em separado (CDC art. 40).

    `aviso` diz à oficina o que ainda não há em estoque para o que se propõe.
    """

    id: int
    status: StatusOrcamento
    revisao: int
    ordem_id: int | None
    complementar_de: int | None
    substitui_id: int | None
    placa: str
    veiculo: str
    cliente: str
    descricao: str
    validade: date | None
    total_servicos: Reais
    total_pecas: Reais
    desconto: Reais
    valor_total: Reais
    valor_aprovado: Reais | None
    decidido_por: str | None
    decidido_meio: Meio | None
    decidido_em: datetime | None
    motivo: str | None
    aviso: str | None
    itens: tuple[LinhaItem, ...]
    criado_em: datetime
    versao: int


@dataclass(frozen=True, kw_only=True)
class LinhaOrcamento:
    id: int
    status: StatusOrcamento
    placa: str
    cliente: str
    descricao: str
    valor_total: Reais
    validade: date | None
    ordem_id: int | None
    criado_em: datetime
    loja_id: int


def ficha(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> FichaOrcamento:
    veiculo = uow.veiculos.citado(orcamento.veiculo_id)
    ha = propostas_em_estoque(uow, orcamento.loja_id, [orcamento])
    itens = linhas_de(orcamento, ha, executa=_espera_peca(uow, orcamento))
    por_tipo = {
        tipo: sum((i.total for i in orcamento.itens if i.tipo is tipo), ZERO) for tipo in TipoItem
    }
    return FichaOrcamento(
        id=orcamento.id,
        status=orcamento.situacao(uow.hoje(orcamento.loja_id)),
        revisao=orcamento.revisao,
        ordem_id=orcamento.ordem_id,
        complementar_de=orcamento.complementar_de,
        substitui_id=orcamento.substitui_id,
        placa=veiculo.placa,
        veiculo=f"{veiculo.marca} {veiculo.modelo}",
        cliente=uow.clientes.citado(orcamento.cliente_id).nome,
        descricao=orcamento.descricao,
        validade=orcamento.validade,
        total_servicos=por_tipo[TipoItem.SERVICO],
        total_pecas=por_tipo[TipoItem.PECA],
        desconto=orcamento.desconto,
        valor_total=orcamento.valor_total,
        valor_aprovado=orcamento.valor_aprovado,
        decidido_por=orcamento.decidido_por,
        decidido_meio=orcamento.decidido_meio,
        decidido_em=orcamento.decidido_em,
        motivo=orcamento.motivo,
        aviso=_aviso(itens),
        itens=itens,
        criado_em=orcamento.criado_em,
        versao=orcamento.versao,
    )


def propostas_em_estoque(
    uow: UnidadeDeTrabalho, loja_id: int, orcamentos: Iterable[Orcamento]
) -> dict[int, int]:
    """O que a loja tem de cada peça que ainda se propõe; o estoque não se diz a quem é de fora."""
    if uow.ator.de_fora:
        return {}
    abertos = [orcamento for orcamento in orcamentos if orcamento.aberto]
    pecas = {item.peca_id for orcamento in abertos for item in orcamento.itens if item.peca_id}
    return disponiveis(uow, loja_id, pecas)


def linhas_de(
    orcamento: Orcamento, ha: Mapping[int, int], *, executa: bool
) -> tuple[LinhaItem, ...]:
    """As linhas: com o que há de cada peça, sem resposta ainda; com o que falta, se se executa."""
    conta = ha if orcamento.aberto else {}
    return tuple(LinhaItem.de(item, conta, executa=executa) for item in orcamento.itens)


def _espera_peca(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> bool:
    """Se a ordem do orçamento ainda se executa sem todas as peças dele."""
    if orcamento.ordem_id is None or not any(item.falta for item in orcamento.itens):
        return False
    return uow.ordens.obter(orcamento.ordem_id).status is StatusOrdem.EM_EXECUCAO


def _aviso(itens: Sequence[LinhaItem]) -> str | None:
    faltas = [
        f"{item.descricao} (pede {quantidade(item.quantidade, item.unidade)}, "
        f"há {quantidade(item.disponivel or ZERO, item.unidade)})"
        for item in itens
        if item.curta
    ]
    return f"Falta estoque: {lista(faltas)}." if faltas else None


def ordem_do_orcamento(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> OrdemServico | None:
    """A ordem do orçamento, se já há; o mecânico só mexe no que é de uma ordem sua."""
    if orcamento.ordem_id is None:
        if not uow.ator.de_fora:
            uow.ator.exigir(*BALCAO, acao="mexer em orçamento sem ordem de serviço")
        return None
    ordem = uow.ordens.obter(orcamento.ordem_id)
    ordem.exigir_responsavel(uow.ator)
    return ordem


def rascunho_da(
    ordem: OrdemServico, agora: datetime, descricao: str = "", validade: date | None = None
) -> Orcamento:
    """Um rascunho vazio para a ordem: o principal, ou um complementar se ela já se executa."""
    complementar = ordem.status is StatusOrdem.EM_EXECUCAO
    return Orcamento(
        loja_id=ordem.loja_id,
        veiculo_id=ordem.veiculo_id,
        cliente_id=ordem.cliente_id,
        ordem_id=ordem.id,
        complementar_de=ordem.orcamento_id if complementar else None,
        descricao=descricao,
        validade=validade,
        criado_em=agora,
    )


@dataclass(frozen=True, kw_only=True)
class CriarOrcamento(Proposta):
    """Faz um orçamento em rascunho, para uma ordem ou para um veículo no balcão.

    Em ordem que já se executa, é um orçamento complementar. `enviar` já o manda ao cliente.
    """

    veiculo_id: Referencia | None = None
    ordem_id: int | None = None
    descricao: str | None = None
    validade: date | None = None
    enviar: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.veiculo_id is None) == (self.ordem_id is None):
            raise DadoInvalido("Diga o veículo ou a ordem, um dos dois.", "veiculo_id")
        if self.vazia:
            raise DadoInvalido("Inclua ao menos um serviço, peça ou kit.", "servicos")
        campos.fixar(self, descricao=campos.nome_opcional(self.descricao, "descricao", 200))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrcamento:
        descricao = self.descricao or ""
        if self.ordem_id is None:
            ordem, orcamento = None, self._de_balcao(uow, descricao)
        else:
            ordem = uow.ordens.obter(self.ordem_id)
            ordem.exigir_responsavel(uow.ator)
            _exigir_vaga(uow, ordem)
            orcamento = rascunho_da(ordem, uow.agora(), descricao, self.validade)
        kits = self.compor(uow, orcamento)
        orcamento.descricao = descricao or _descrever(kits, orcamento)
        gravar_novo(uow, ordem, orcamento, ja_envia=self.enviar)
        return ficha(uow, orcamento)

    def _de_balcao(self, uow: UnidadeDeTrabalho, descricao: str) -> Orcamento:
        uow.ator.exigir(*BALCAO, acao="orçar sem ordem de serviço")
        veiculo = exigir_ativo(uow.veiculos.achar(self.veiculo_id or 0), Recurso.VEICULO)
        uow.clientes.segurar(uow.clientes.obter(veiculo.cliente_id))
        return Orcamento(
            loja_id=uow.ator.loja_certa,
            veiculo_id=veiculo.id,
            cliente_id=veiculo.cliente_id,
            descricao=descricao,
            validade=self.validade,
            criado_em=uow.agora(),
        )


def _exigir_vaga(uow: UnidadeDeTrabalho, ordem: OrdemServico) -> None:
    """Levanta Conflito se a ordem não recebe orçamento, ou já tem o principal sem resposta."""
    ordem.exigir_orcavel()
    if ordem.status is StatusOrdem.EM_EXECUCAO:
        return
    for orcamento in uow.orcamentos.da_ordem(ordem.id):
        if orcamento.principal and orcamento.aberto:
            raise Conflito(
                f"A ordem {ordem.id} já tem o orçamento {orcamento.id}, "
                f"{orcamento.status.rotulo}; edite, revise ou cancele esse."
            )


def _descrever(kits: list[str], orcamento: Orcamento) -> str:
    return ", ".join(kits or [item.descricao for item in orcamento.itens])[:200]


def gravar_novo(
    uow: UnidadeDeTrabalho, ordem: OrdemServico | None, orcamento: Orcamento, *, ja_envia: bool
) -> None:
    """Guarda o rascunho, com a ordem na mão para que não nasçam dois."""
    if ja_envia:
        enviar(uow, ordem, orcamento)
    elif ordem:
        uow.ordens.salvar(ordem)
    uow.orcamentos.adicionar(orcamento)
    if ja_envia:
        _avisar_cliente(uow, orcamento)


@dataclass(frozen=True, kw_only=True)
class EditarOrcamento(Proposta):
    """Troca o que o rascunho propõe; a linha que fica guarda o preço do dia em que entrou."""

    orcamento_id: int
    versao: int
    descricao: str
    validade: date | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.fixar(self, descricao=campos.nome(self.descricao, "descricao", 200))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrcamento:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        orcamento.conferir_versao(self.versao)
        ordem_do_orcamento(uow, orcamento)
        orcamento.esvaziar()
        self.compor(uow, orcamento)
        orcamento.descricao, orcamento.validade = self.descricao, self.validade
        uow.orcamentos.salvar(orcamento)
        uow.orcamentos.salvar_itens(orcamento)
        return ficha(uow, orcamento)


@dataclass(frozen=True, kw_only=True)
class VerOrcamento:
    """Mostra um orçamento."""

    orcamento_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrcamento:
        return ficha(uow, uow.orcamentos.obter(self.orcamento_id))


@dataclass(frozen=True, kw_only=True)
class ListarOrcamentos(Lista):
    """Lista os orçamentos, do mais novo para o mais antigo."""

    status: StatusOrcamento | None = None
    veiculo_id: Referencia | None = None
    ordem_id: int | None = None
    todas_lojas: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        campos.faixa(self.ordem_id, "ordem_id", 1, INTEIRO_MAXIMO)

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaOrcamento]:
        if self.todas_lojas:
            uow.ator.exigir(Papel.GERENTE, acao="ver todas as lojas")
        veiculo_id = None if self.veiculo_id is None else uow.veiculos.achar(self.veiculo_id).id
        hoje = uow.hoje()
        linhas = uow.orcamentos.listar(
            status=self.status,
            hoje=hoje,
            veiculo_id=veiculo_id,
            ordem_id=self.ordem_id,
            todas_lojas=self.todas_lojas,
            depois=self.depois(int),
            limite=self.limite + 1,
        )
        return self.paginar(linhas, lambda x: (x["id"],), lambda x: _linha(x, hoje))


def _linha(linha: Linha, hoje: date) -> LinhaOrcamento:
    return LinhaOrcamento(
        id=linha["id"],
        status=situacao(linha["status"], linha["validade"], hoje),
        placa=linha["placa"],
        cliente=linha["cliente"],
        descricao=linha["descricao"],
        valor_total=linha["valor_total"],
        validade=linha["validade"],
        ordem_id=linha["ordem_id"],
        criado_em=linha["criado_em"],
        loja_id=linha["loja_id"],
    )


def enviar(uow: UnidadeDeTrabalho, ordem: OrdemServico | None, orcamento: Orcamento) -> None:
    """Congela o rascunho; a revisão anterior, se esperava, deixa de valer. Não grava o orçamento.

    A ordem do orçamento principal passa a aguardar; em execução, ela nem se move.
    """
    orcamento.enviar(uow.hoje(orcamento.loja_id), uow.parametros.validade_dias)
    if ordem:
        ordem.exigir_orcavel()
        if orcamento.principal:
            ordem.aguardar_aprovacao()
        uow.ordens.salvar(ordem)
    if orcamento.substitui_id:
        anterior = uow.orcamentos.obter(orcamento.substitui_id)
        anterior.substituir()
        uow.orcamentos.salvar(anterior)


def _avisar_cliente(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> None:
    """Deixa a mensagem com o link na caixa de saída; quem a envia é outro processo."""
    uow.mensagens.adicionar(
        Mensagem(
            tipo=TipoMensagem.ORCAMENTO,
            cliente_id=orcamento.cliente_id,
            loja_id=orcamento.loja_id,
            orcamento_id=orcamento.id,
            proxima_em=uow.agora(),
            criado_em=uow.agora(),
        )
    )


@dataclass(frozen=True, kw_only=True)
class EnviarOrcamento:
    """Manda o orçamento ao cliente: dali em diante ele não muda e a validade conta.

    A validade padrão é de 10 dias (CDC art. 40 § 1º).
    """

    orcamento_id: int
    versao: int | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrcamento:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        orcamento.conferir_versao(self.versao)
        enviar(uow, ordem_do_orcamento(uow, orcamento), orcamento)
        uow.orcamentos.salvar(orcamento)
        _avisar_cliente(uow, orcamento)
        return ficha(uow, orcamento)


@dataclass(frozen=True, kw_only=True)
class RevisarOrcamento:
    """Copia um orçamento enviado em um rascunho novo, revisão seguinte, com os mesmos preços.

    O enviado só deixa de valer quando a revisão for enviada; `enviar` faz isso já, e assim renova
    um orçamento vencido.
    """

    orcamento_id: int
    enviar: bool = False
    versao: int | None = None

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrcamento:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        orcamento.conferir_versao(self.versao)
        ordem = ordem_do_orcamento(uow, orcamento)
        if rascunho := uow.orcamentos.revisao_de(orcamento.id):
            raise Conflito(
                f"O orçamento {orcamento.id} já tem a revisão {rascunho.id} em rascunho; "
                f"edite ou cancele essa."
            )
        revisao = orcamento.revisar(uow.agora())
        if ordem:
            if orcamento.principal:
                ordem.retomar_diagnostico()
            uow.ordens.salvar(ordem)
        uow.orcamentos.salvar(orcamento)
        gravar_novo(uow, ordem, revisao, ja_envia=self.enviar)
        return ficha(uow, revisao)


@dataclass(frozen=True, kw_only=True)
class CancelarOrcamento:
    """Desiste de um orçamento que o cliente ainda não respondeu, com o motivo.

    Se era uma revisão em rascunho, a ordem volta a esperar pelo que já se enviou.
    """

    orcamento_id: int
    motivo: str
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, motivo=campos.nota(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrcamento:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        orcamento.conferir_versao(self.versao)
        ordem = ordem_do_orcamento(uow, orcamento)
        anterior = orcamento.substitui_id and uow.orcamentos.obter(orcamento.substitui_id)
        orcamento.cancelar(self.motivo)
        if ordem:
            if anterior and anterior.status is StatusOrcamento.AGUARDANDO_APROVACAO:
                ordem.voltar_a_aguardar()
            elif orcamento.principal:
                ordem.retomar_diagnostico()
            uow.ordens.salvar(ordem)
        uow.orcamentos.salvar(orcamento)
        return ficha(uow, orcamento)
