"""Casos de uso da ordem de serviço."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import dropwhile
from typing import Any, Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.clientes import telefone_para
from oficina_core.casos.orcamentos import LinhaItem, linhas_de, propostas_em_estoque
from oficina_core.casos.paginas import Chave, Lista, Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.casos.veiculos import Sugestao, sugestoes
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.conta import Conta
from oficina_core.dominio.dinheiro import Reais
from oficina_core.dominio.erros import RegraViolada
from oficina_core.dominio.evento import visivel
from oficina_core.dominio.orcamento import Orcamento, StatusOrcamento
from oficina_core.dominio.ordem import (
    ENCERRADAS,
    FILA,
    SEM_RESPOSTA,
    Anotacao,
    OrdemServico,
    StatusOrdem,
)
from oficina_core.dominio.pagamento import FormaPagamento, Pagamento
from oficina_core.dominio.valores import CPF
from oficina_core.texto import lista, reais

NA_CASA_MAXIMO = 5
EQUIPE = 1000  # pessoas, muito mais do que trabalham em uma rede de oficinas


@dataclass(frozen=True, kw_only=True)
class OrcamentoDaOrdem:
    """Um orçamento, visto da ordem."""

    id: int
    status: StatusOrcamento
    complementar: bool
    valor_total: Reais
    valor_aprovado: Reais | None
    itens: tuple[LinhaItem, ...]


@dataclass(frozen=True, kw_only=True)
class LinhaPagamento:
    id: int
    forma: FormaPagamento
    valor: Reais
    em: datetime
    ator: str
    estorno_de: int | None


@dataclass(frozen=True, kw_only=True)
class LinhaAnotacao:
    texto: str
    ator: str
    em: datetime


@dataclass(frozen=True, kw_only=True)
class FichaOrdem:
    """A ordem inteira: o carro, o que se aprovou, o que se pagou e o que falta.

    `sugestoes` é o que o cliente deixou para depois em outras visitas, enquanto ainda se orça.
    """

    id: int
    status: StatusOrdem
    placa: str
    veiculo: str
    cliente_id: int
    cliente: str
    telefone: str | None
    queixa: str
    mecanico: str | None
    km_entrada: int | None
    km_saida: int | None
    aguarda_complementar: bool
    falta_peca: bool
    a_aprovar: Reais
    total: Reais
    pago: Reais
    saldo: Reais
    aviso: str | None
    motivo_cancelamento: str | None
    orcamentos: tuple[OrcamentoDaOrdem, ...]
    sugestoes: tuple[Sugestao, ...]
    pagamentos: tuple[LinhaPagamento, ...]
    anotacoes: tuple[LinhaAnotacao, ...]
    criado_em: datetime
    data_inicio: datetime | None
    data_fim: datetime | None
    versao: int


def ficha(uow: UnidadeDeTrabalho, ordem: OrdemServico, *, aviso: str | None = None) -> FichaOrdem:
    """A ordem como está agora; `aviso` é o que esta ação tem a dizer, se não é sobre dinheiro."""
    cliente = uow.clientes.citado(ordem.cliente_id)
    veiculo = uow.veiculos.citado(ordem.veiculo_id)
    mecanico = uow.funcionarios.citado(ordem.mecanico_id) if ordem.mecanico_id else None
    orcamentos = uow.orcamentos.da_ordem(ordem.id)
    ha = propostas_em_estoque(uow, ordem.loja_id, orcamentos)
    pagamentos = uow.pagamentos.da_ordem(ordem.id)
    hoje = uow.hoje(ordem.loja_id)
    conta = Conta.de(
        ordem.status,
        [item for orcamento in orcamentos for item in orcamento.itens],
        [orcamento for orcamento in orcamentos if orcamento.aberto],
        [pagamento.valor for pagamento in pagamentos],
        hoje,
    )
    return FichaOrdem(
        id=ordem.id,
        status=ordem.status,
        placa=veiculo.placa,
        veiculo=f"{veiculo.marca} {veiculo.modelo}",
        cliente_id=ordem.cliente_id,
        cliente=cliente.nome,
        telefone=telefone_para(uow.ator, cliente),
        queixa=ordem.queixa,
        mecanico=mecanico.nome if mecanico else None,
        km_entrada=ordem.km_entrada,
        km_saida=ordem.km_saida,
        aguarda_complementar=conta.aguarda_complementar,
        falta_peca=conta.falta_peca,
        a_aprovar=conta.a_aprovar,
        total=conta.total,
        pago=conta.pago,
        saldo=conta.saldo,
        aviso=aviso or _aviso(ordem, conta.saldo),
        motivo_cancelamento=ordem.motivo_cancelamento,
        orcamentos=tuple(_do_orcamento(ordem, o, ha, hoje) for o in orcamentos),
        sugestoes=(
            sugestoes(uow, ordem.veiculo_id, fora_da=ordem.id)
            if ordem.status in SEM_RESPOSTA
            else ()
        ),
        pagamentos=tuple(map(_do_pagamento, pagamentos)),
        anotacoes=_anotacoes(uow, ordem.id),
        criado_em=ordem.criado_em,
        data_inicio=ordem.data_inicio,
        data_fim=ordem.data_fim,
        versao=ordem.versao,
    )


def _aviso(ordem: OrdemServico, saldo: Reais) -> str | None:
    """O que se diz ao entregar com saldo: avisar pode, reter o carro não (STJ REsp 1.628.385)."""
    if ordem.status is StatusOrdem.ENTREGUE and saldo > 0:
        return f"Falta receber {reais(saldo)}."
    if saldo < 0 and ordem.status in ENCERRADAS:
        return f"Há {reais(-saldo)} a devolver ao cliente."
    return f"Há um sinal de {reais(-saldo)}." if saldo < 0 else None


def outras_na_casa(uow: UnidadeDeTrabalho, nova: OrdemServico) -> str | None:
    """O mesmo carro, com outra ordem ainda na casa, costuma ser o mesmo atendimento.

    É aviso à oficina: quem é de fora não o recebe.
    """
    if uow.ator.de_fora:
        return None
    na_casa = uow.busca.ordens_na_casa([nova.veiculo_id], NA_CASA_MAXIMO)
    outras = [linha for linha in na_casa if linha["id"] != nova.id]
    if not outras:
        return None
    ditas = lista([f"a ordem {linha['id']}, {linha['status'].rotulo}" for linha in outras])
    return f"Este veículo já tem {ditas}."


def _do_orcamento(
    ordem: OrdemServico, orcamento: Orcamento, ha: Mapping[int, int], hoje: date
) -> OrcamentoDaOrdem:
    return OrcamentoDaOrdem(
        id=orcamento.id,
        status=orcamento.situacao(hoje),
        complementar=not orcamento.principal,
        valor_total=orcamento.valor_total,
        valor_aprovado=orcamento.valor_aprovado,
        itens=linhas_de(orcamento, ha, executa=ordem.status is StatusOrdem.EM_EXECUCAO),
    )


def _anotacoes(uow: UnidadeDeTrabalho, ordem_id: int) -> tuple[LinhaAnotacao, ...]:
    """As notas da ordem, que são da oficina: quem é de fora não as vê."""
    if uow.ator.de_fora:
        return ()
    notas = uow.anotacoes.da_ordem(ordem_id)
    return tuple(LinhaAnotacao(texto=nota.texto, ator=nota.ator, em=nota.em) for nota in notas)


def _do_pagamento(pagamento: Pagamento) -> LinhaPagamento:
    return LinhaPagamento(
        id=pagamento.id,
        forma=pagamento.forma,
        valor=pagamento.valor,
        em=pagamento.em,
        ator=pagamento.ator,
        estorno_de=pagamento.estorno_de,
    )


@dataclass(frozen=True, kw_only=True)
class VerOrdem:
    """Mostra uma ordem de serviço."""

    ordem_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        return ficha(uow, uow.ordens.obter(self.ordem_id))


@dataclass(frozen=True, kw_only=True)
class LinhaOrdem:
    """A ordem na fila; `atrasada` passou dos dias que a oficina se deu, `saldo` falta receber."""

    id: int
    status: StatusOrdem
    placa: str
    veiculo: str
    cliente: str
    queixa: str
    mecanico: str | None
    a_aprovar: Reais
    total: Reais
    saldo: Reais
    aguarda_complementar: bool
    falta_peca: bool
    orcamento_vencido: bool
    atrasada: bool
    criado_em: datetime
    loja_id: int

    @classmethod
    def de(cls, linha: Linha, conta: Conta, atraso: datetime) -> Self:
        status = linha["status"]
        return cls(
            id=linha["id"],
            status=status,
            placa=linha["placa"],
            veiculo=f"{linha['marca']} {linha['modelo']}",
            cliente=linha["cliente"],
            queixa=linha["queixa"],
            mecanico=linha["mecanico"],
            a_aprovar=conta.a_aprovar,
            total=conta.total,
            saldo=conta.saldo,
            aguarda_complementar=conta.aguarda_complementar,
            falta_peca=conta.falta_peca,
            orcamento_vencido=conta.orcamento_vencido,
            atrasada=status in FILA and linha["criado_em"] < atraso,
            criado_em=linha["criado_em"],
            loja_id=linha["loja_id"],
        )


@dataclass(frozen=True, kw_only=True)
class ListarOrdens(Lista):
    """A fila: em execução, aguardando aprovação, em diagnóstico e recebidas, a mais antiga antes.

    As encerradas só aparecem pedindo o status, e então a mais nova vem antes.
    """

    status: StatusOrdem | None = None
    todas_lojas: bool = False

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaOrdem]:
        if self.todas_lojas:
            uow.ator.exigir(Papel.GERENTE, acao="ver todas as lojas")
        linhas = self._ler(uow)
        return self.paginar(linhas, _chave, montar_linha(uow, linhas))

    def _ler(self, uow: UnidadeDeTrabalho) -> list[Linha]:
        """Um status de cada vez, cada um por uma consulta com índice, até encher a página."""
        status: tuple[StatusOrdem, ...] = (self.status,) if self.status else FILA
        depois: list[Any] | None = None
        if chave := self.depois(StatusOrdem, datetime, int):
            parado, *depois = chave
            status = tuple(dropwhile(lambda atual: atual is not parado, status))
        linhas: list[Linha] = []
        for atual in status:
            faltam = self.limite + 1 - len(linhas)
            linhas += uow.ordens.do_status(
                atual,
                todas_lojas=self.todas_lojas,
                depois=tuple(depois) if depois else None,
                limite=faltam,
            )
            depois = None
            if len(linhas) > self.limite:
                break
        return linhas


def montar_linha(
    uow: UnidadeDeTrabalho, linhas: Collection[Linha]
) -> Callable[[Linha], LinhaOrdem]:
    """Como cada uma destas linhas se mostra, com as contas de todas lidas de uma vez."""
    contas = uow.ordens.contas({linha["id"]: linha["status"] for linha in linhas}, uow.hoje())
    atraso = uow.parametros.atrasadas_desde(uow.agora())
    return lambda linha: LinhaOrdem.de(linha, contas[linha["id"]], atraso)


def _chave(linha: Linha) -> Chave:
    return linha["status"], linha["criado_em"].isoformat(), linha["id"]


@dataclass(frozen=True, kw_only=True)
class Mecanico:
    """De um mecânico, o que basta para lhe dar uma ordem."""

    id: int
    nome: str


@dataclass(frozen=True, kw_only=True)
class ListarMecanicos:
    """Lista os mecânicos a quem se pode dar a ordem."""

    ordem_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[Mecanico]:
        loja = uow.ordens.obter(self.ordem_id).loja_id
        equipe = uow.funcionarios.listar(busca=None, inativos=False, depois=None, limite=EQUIPE)
        return Pagina(
            itens=tuple(
                Mecanico(id=linha["id"], nome=linha["nome"])
                for linha in equipe
                if linha["papel"] is Papel.MECANICO and linha["loja_id"] in (None, loja)
            )
        )


@dataclass(frozen=True, kw_only=True)
class AtribuirMecanico:
    """Diz de que mecânico é a ordem; sem mecânico, ela fica sem dono."""

    ordem_id: int
    mecanico_id: Referencia | None
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, mecanico_id=campos.referencia(self.mecanico_id, CPF))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        ordem.atribuir(
            None if self.mecanico_id is None else _mecanico(uow, self.mecanico_id, ordem.loja_id)
        )
        uow.ordens.salvar(ordem)
        return ficha(uow, ordem)


def _mecanico(uow: UnidadeDeTrabalho, referencia: Referencia, loja_id: int) -> int:
    funcionario = exigir_ativo(uow.funcionarios.achar(referencia), Recurso.FUNCIONARIO)
    if funcionario.papel is not Papel.MECANICO:
        raise RegraViolada(f"O funcionário {funcionario.id} não é mecânico.")
    if funcionario.loja_id not in (None, loja_id):
        raise RegraViolada(f"O mecânico {funcionario.id} é de outra loja.")
    return funcionario.id


@dataclass(frozen=True, kw_only=True)
class IniciarDiagnostico:
    """Começa o diagnóstico; o mecânico que o começa fica com a ordem sem dono."""

    ordem_id: int
    mecanico_id: Referencia | None = None
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, mecanico_id=campos.referencia(self.mecanico_id, CPF))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        if self.mecanico_id is not None:
            uow.ator.exigir(Papel.GERENTE, acao="dar a ordem a um mecânico")
            ordem.atribuir(_mecanico(uow, self.mecanico_id, ordem.loja_id))
        ordem.assumir(uow.ator)
        ordem.diagnosticar()
        uow.ordens.salvar(ordem)
        return ficha(uow, ordem)


@dataclass(frozen=True, kw_only=True)
class AnotarOrdem:
    """Escreve uma nota na ordem; notas não se apagam."""

    ordem_id: int
    texto: str

    def __post_init__(self) -> None:
        campos.fixar(self, texto=campos.nota(self.texto, "texto"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        if ordem.assumir(uow.ator):
            uow.ordens.salvar(ordem)
        anotar(uow, ordem, self.texto)
        return ficha(uow, ordem)


def anotar(uow: UnidadeDeTrabalho, ordem: OrdemServico, texto: str) -> None:
    """A nota, em nome de quem pede."""
    uow.anotacoes.adicionar(
        Anotacao(ordem_id=ordem.id, texto=texto, ator=uow.ator.nome, em=uow.agora())
    )


@dataclass(frozen=True, kw_only=True)
class LinhaHistorico:
    """Um acontecimento da ordem."""

    em: datetime
    acao: str
    entidade: str
    entidade_id: int
    ator: str
    diferenca: str


@dataclass(frozen=True, kw_only=True)
class VerHistoricoOrdem:
    """Mostra tudo o que aconteceu com a ordem: quem fez o quê, e quando."""

    ordem_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> tuple[LinhaHistorico, ...]:
        ordem = uow.ordens.obter(self.ordem_id)
        return tuple(
            LinhaHistorico(
                em=evento.em,
                acao=evento.acao,
                entidade=evento.entidade,
                entidade_id=evento.entidade_id,
                ator=evento.ator_nome,
                diferenca=visivel(evento.diferenca, uow.ator.papel),
            )
            for evento in uow.eventos.da_ordem(ordem.id)
        )
