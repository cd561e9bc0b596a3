"""Casos de uso do orçamento."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.kits import ItemPedido, pedidos
from oficina_core.casos.paginas import LIMITE_PADRAO, Pagina, abrir, conferir_limite, paginar
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.dinheiro import ZERO, Quantidade, Reais, Unidade
from oficina_core.dominio.erros import AcessoNegado, Conflito, DadoInvalido, RegraViolada
from oficina_core.dominio.orcamento import (
    Decisao,
    ItemOrcamento,
    Meio,
    Orcamento,
    StatusItem,
    StatusOrcamento,
    TipoItem,
)
from oficina_core.dominio.ordem import OrdemServico, StatusOrdem


@dataclass(frozen=True, kw_only=True)
class LinhaItem:
    """Um item do orçamento, como se lê no papel.

    `falta` é o que ainda não tem peça separada; `cobrado`, o que a linha custou pelo que se usou.
    """

    id: int
    tipo: TipoItem
    descricao: str
    quantidade: Quantidade
    unidade: Unidade
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
    def de(cls, item: ItemOrcamento) -> Self:
        comercial = item.unidade.comercial
        return cls(
            id=item.id,
            tipo=item.tipo,
            descricao=item.descricao,
            quantidade=comercial(item.quantidade),
            unidade=item.unidade,
            preco_unitario=item.preco_unitario,
            desconto=item.desconto,
            total=item.total,
            status=item.status,
            motivo=item.motivo,
            falta=comercial(item.falta),
            usada=None if item.usada is None else comercial(item.usada),
            cobrado=None if item.usada is None else item.cobrado,
            servico_id=item.servico_id,
            peca_id=item.peca_id,
        )


@dataclass(frozen=True, kw_only=True)
class FichaOrcamento:
    """O orçamento, com mão de obra e peças em separado (CDC art. 40)."""

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


def ficha(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> FichaOrcamento:
    veiculo = uow.veiculos.obter(orcamento.veiculo_id)
    por_tipo = {
        tipo: sum((i.total for i in orcamento.itens if i.tipo is tipo), ZERO) for tipo in TipoItem
    }
    return FichaOrcamento(
        id=orcamento.id,
        status=orcamento.situacao(uow.hoje()),
        revisao=orcamento.revisao,
        ordem_id=orcamento.ordem_id,
        complementar_de=orcamento.complementar_de,
        substitui_id=orcamento.substitui_id,
        placa=veiculo.placa,
        veiculo=f"{veiculo.marca} {veiculo.modelo}",
        cliente=uow.clientes.obter(orcamento.cliente_id).nome,
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
        itens=tuple(map(LinhaItem.de, orcamento.itens)),
        criado_em=orcamento.criado_em,
        versao=orcamento.versao,
    )


@dataclass(frozen=True, kw_only=True)
class Proposta:
    """O que se propõe: serviços, peças e kits, cada um por id, código ou pedido inteiro.

    `desconto` em reais se reparte pelas linhas, na proporção delas.
    """

    servicos: tuple[Referencia | ItemPedido, ...] = ()
    pecas: tuple[Referencia | ItemPedido, ...] = ()
    kits: tuple[Referencia, ...] = ()
    desconto: Reais = ZERO

    def __post_init__(self) -> None:
        campos.fixar(self, desconto=campos.reais(self.desconto, "desconto"))

    @property
    def vazia(self) -> bool:
        return not (self.servicos or self.pecas or self.kits)

    def compor(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> list[str]:
        """Põe as linhas no orçamento com os preços de hoje; devolve os nomes dos kits."""
        nomes = self._compor_kits(uow, orcamento)
        servicos, pecas = pedidos(self.servicos), pedidos(self.pecas)
        achados = uow.servicos.achar_varios([item.id for item in servicos])
        for item in servicos:
            servico = exigir_ativo(achados[item.id], Recurso.SERVICO)
            orcamento.incluir(servico, Unidade.UN.base(item.quantidade), item.desconto)
        achadas = uow.pecas.achar_varios([item.id for item in pecas])
        for item in pecas:
            peca = exigir_ativo(achadas[item.id], Recurso.PECA)
            orcamento.incluir(peca, peca.unidade.base(item.quantidade), item.desconto)
        orcamento.descontar(self.desconto)
        _limitar_desconto(uow, orcamento)
        return nomes

    def _compor_kits(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> list[str]:
        achados = uow.kits.achar_varios(self.kits)
        kits = [exigir_ativo(achados[referencia], Recurso.KIT) for referencia in self.kits]
        itens = [item for kit in kits for item in kit.itens]
        servicos = uow.servicos.achar_varios([i.servico_id for i in itens if i.servico_id])
        pecas = uow.pecas.achar_varios([i.peca_id for i in itens if i.peca_id])
        for item in itens:
            if item.servico_id:
                servico = exigir_ativo(servicos[item.servico_id], Recurso.SERVICO)
                orcamento.incluir(servico, item.quantidade)
            else:
                peca = exigir_ativo(pecas[item.peca_id or 0], Recurso.PECA)
                orcamento.incluir(peca, item.quantidade)
        return [kit.nome for kit in kits]


def _limitar_desconto(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> None:
    """O mecânico não dá desconto; o atendente, até o limite da oficina; o gerente, qualquer um."""
    if not orcamento.desconto or uow.ator.papel is Papel.GERENTE:
        return
    if uow.ator.papel is Papel.MECANICO:
        raise AcessoNegado("O mecânico não dá desconto; peça ao balcão.")
    limite = uow.parametros.desconto_atendente
    if orcamento.desconto * 100 > orcamento.bruto * limite:
        raise RegraViolada(f"O desconto passa de {limite} %; peça ao gerente.")


def ordem_do_orcamento(uow: UnidadeDeTrabalho, orcamento: Orcamento) -> OrdemServico | None:
    """A ordem do orçamento, se já há; o mecânico só mexe no que é de uma ordem sua."""
    ordem = None if orcamento.ordem_id is None else uow.ordens.obter(orcamento.ordem_id)
    if uow.ator.papel is Papel.MECANICO:
        if ordem is None:
            raise AcessoNegado("O orçamento sem ordem de serviço é do balcão.")
        ordem.exigir_responsavel(uow.ator.id)
    return ordem


def abrir_rascunho(
    uow: UnidadeDeTrabalho, ordem: OrdemServico, descricao: str, validade: date | None = None
) -> Orcamento:
    """Um rascunho vazio para a ordem: o principal, ou um complementar se ela já se executa."""
    ordem.exigir_orcavel()
    complementar = ordem.status is StatusOrdem.EM_EXECUCAO
    if not complementar:
        vivos = [o for o in uow.orcamentos.da_ordem(ordem.id) if o.principal and o.aberto]
        if vivos:
            raise Conflito(
                f"A ordem {ordem.id} já tem o orçamento {vivos[-1].id}, "
                f"{vivos[-1].status.rotulo}; edite, revise ou cancele esse."
            )
    return Orcamento(
        loja_id=ordem.loja_id,
        veiculo_id=ordem.veiculo_id,
        cliente_id=ordem.cliente_id,
        ordem_id=ordem.id,
        complementar_de=ordem.orcamento_id if complementar else None,
        descricao=descricao,
        validade=validade,
        criado_em=uow.agora(),
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
            if uow.ator.papel is Papel.MECANICO:
                ordem.exigir_responsavel(uow.ator.id)
            orcamento = abrir_rascunho(uow, ordem, descricao, self.validade)
        kits = self.compor(uow, orcamento)
        orcamento.descricao = descricao or _descrever(kits, orcamento)
        gravar_novo(uow, ordem, orcamento, ja_envia=self.enviar)
        return ficha(uow, orcamento)

    def _de_balcao(self, uow: UnidadeDeTrabalho, descricao: str) -> Orcamento:
        uow.ator.exigir(Papel.ATENDENTE, Papel.GERENTE, acao="orçar sem ordem de serviço")
        veiculo = exigir_ativo(uow.veiculos.achar(self.veiculo_id or 0), Recurso.VEICULO)
        return Orcamento(
            loja_id=uow.ator.loja_certa,
            veiculo_id=veiculo.id,
            cliente_id=veiculo.cliente_id,
            descricao=descricao,
            validade=self.validade,
            criado_em=uow.agora(),
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
        novo = Orcamento(
            loja_id=orcamento.loja_id,
            veiculo_id=orcamento.veiculo_id,
            cliente_id=orcamento.cliente_id,
            descricao=self.descricao,
            criado_em=orcamento.criado_em,
        )
        self.compor(uow, novo)
        orcamento.reescrever(novo)
        _limitar_desconto(uow, orcamento)
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
class ListarOrcamentos:
    """Lista os orçamentos, do mais novo para o mais antigo."""

    status: StatusOrcamento | None = None
    veiculo_id: Referencia | None = None
    ordem_id: int | None = None
    todas_lojas: bool = False
    limite: int = LIMITE_PADRAO
    cursor: str | None = None

    def __post_init__(self) -> None:
        conferir_limite(self.limite)

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaOrcamento]:
        if self.todas_lojas:
            uow.ator.exigir(Papel.GERENTE, acao="ver todas as lojas")
        veiculo_id = None if self.veiculo_id is None else uow.veiculos.achar(self.veiculo_id).id
        filtro = (type(self).__name__, self.status, veiculo_id, self.ordem_id, self.todas_lojas)
        linhas = uow.orcamentos.listar(
            status=self.status,
            hoje=uow.hoje(),
            veiculo_id=veiculo_id,
            ordem_id=self.ordem_id,
            todas_lojas=self.todas_lojas,
            depois=abrir(self.cursor, (int,), *filtro),
            limite=self.limite + 1,
        )
        return paginar(
            linhas, self.limite, lambda x: (x["id"],), lambda x: _linha(x, uow.hoje()), *filtro
        )


def _linha(linha: Linha, hoje: date) -> LinhaOrcamento:
    status = linha["status"]
    if status is StatusOrcamento.AGUARDANDO_APROVACAO and linha["validade"] < hoje:
        status = StatusOrcamento.EXPIRADO
    return LinhaOrcamento(
        id=linha["id"],
        status=status,
        placa=linha["placa"],
        cliente=linha["cliente"],
        descricao=linha["descricao"],
        valor_total=linha["valor_total"],
        validade=linha["validade"],
        ordem_id=linha["ordem_id"],
        criado_em=linha["criado_em"],
    )


def enviar(uow: UnidadeDeTrabalho, ordem: OrdemServico | None, orcamento: Orcamento) -> None:
    """Congela o rascunho; a revisão anterior, se esperava, deixa de valer. Não grava o orçamento.

    A ordem do orçamento principal passa a aguardar; em execução, ela nem se move.
    """
    orcamento.enviar(uow.hoje(), uow.parametros.validade_dias)
    if ordem:
        ordem.exigir_orcavel()
        if orcamento.principal:
            ordem.aguardar_aprovacao()
        uow.ordens.salvar(ordem)
    if orcamento.substitui_id:
        anterior = uow.orcamentos.obter(orcamento.substitui_id)
        anterior.substituir()
        uow.orcamentos.salvar(anterior)


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
        return ficha(uow, orcamento)


@dataclass(frozen=True, kw_only=True)
class RecusarOrcamento:
    """Registra que o cliente recusou tudo; a ordem volta ao diagnóstico, ou se cancela.

    As linhas recusadas voltam como sugestão na próxima visita do veículo.
    """

    orcamento_id: int
    motivo: str
    meio: Meio = Meio.BALCAO
    por: str | None = None
    cancelar_ordem: bool = False
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            motivo=campos.nota(self.motivo, "motivo"),
            por=campos.nome_opcional(self.por, "por"),
        )

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrcamento:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        orcamento.conferir_versao(self.versao)
        ordem = ordem_do_orcamento(uow, orcamento)
        orcamento.recusar(self.motivo, decisao(uow, orcamento, self.por, self.meio))
        if ordem:
            if orcamento.principal and self.cancelar_ordem:
                ordem.cancelar(self.motivo)
            elif orcamento.principal:
                ordem.retomar_diagnostico()
            uow.ordens.salvar(ordem)
        uow.orcamentos.salvar(orcamento)
        uow.orcamentos.salvar_itens(orcamento)
        if ordem and ordem.status is StatusOrdem.CANCELADA:
            cancelar_abertos(uow, ordem, self.motivo)
        return ficha(uow, orcamento)


def cancelar_abertos(uow: UnidadeDeTrabalho, ordem: OrdemServico, motivo: str) -> None:
    """Cancela os orçamentos da ordem que ainda não tiveram resposta."""
    for orcamento in uow.orcamentos.da_ordem(ordem.id):
        if orcamento.aberto:
            orcamento.cancelar(motivo)
            uow.orcamentos.salvar(orcamento)


def decisao(uow: UnidadeDeTrabalho, orcamento: Orcamento, por: str | None, meio: Meio) -> Decisao:
    """Quem decidiu: a pessoa dita, ou o cliente do orçamento."""
    nome = por or uow.clientes.obter(orcamento.cliente_id).nome
    return Decisao(por=nome, em=uow.agora(), meio=meio)


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
