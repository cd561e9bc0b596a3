"""O que o cliente responde ao orçamento: aprovar, inteiro ou por linha, ou recusar."""

from dataclasses import dataclass

from oficina_core.casos import campos
from oficina_core.casos.orcamentos import (
    BALCAO,
    LINHAS_MAXIMO,
    FichaOrcamento,
    enviar,
    ordem_do_orcamento,
)
from oficina_core.casos.orcamentos import ficha as ficha_do_orcamento
from oficina_core.casos.ordens import FichaOrdem, anotar, ficha, outras_na_casa
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.acesso import Externo
from oficina_core.dominio.erros import Conflito, DadoInvalido, RegraViolada
from oficina_core.dominio.orcamento import Decisao, Meio, Orcamento, StatusOrcamento
from oficina_core.dominio.ordem import OrdemServico


@dataclass(frozen=True, kw_only=True)
class AprovarOrcamento:
    """Registra a aprovação do cliente, do orçamento inteiro ou por linha, e o meio.

    Separa as peças aprovadas e põe a ordem em execução; o orçamento de balcão abre a ordem dele.
    Aprovar de novo responde a mesma ordem. O rascunho é enviado e aprovado de uma vez. Sem
    estoque, recusa e diz o que falta, a não ser que `permitir_falta` deixe a linha esperar; a
    resposta do próprio cliente não se perde por isso: a linha espera a peça.
    """

    orcamento_id: int
    linhas: tuple[int, ...] | None = None
    meio: Meio = Meio.BALCAO
    por: str | None = None
    motivo: str | None = None
    permitir_falta: bool = False
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.lista(self.linhas or (), "linhas", LINHAS_MAXIMO)
        campos.fixar(
            self,
            por=campos.nome_opcional(self.por, "por"),
            motivo=campos.nota_opcional(self.motivo, "motivo"),
        )

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        ordem = ordem_do_orcamento(uow, orcamento)
        if ordem and orcamento.status is StatusOrcamento.APROVADO:
            self._exigir_mesma_resposta(orcamento)
            return ficha(uow, ordem)
        orcamento.conferir_versao(self.versao)
        if orcamento.status is StatusOrcamento.RASCUNHO:
            enviar(uow, ordem, orcamento)
        decidido = _decisao(uow, orcamento, self.por, self.meio)
        hoje = uow.hoje(orcamento.loja_id)
        orcamento.aprovar(self.linhas, decidido, hoje, self.motivo)
        do_balcao = ordem is None
        ordem = self._executar_ordem(uow, ordem, orcamento)
        revisao = _largar_revisao(uow, orcamento, f"o orçamento {orcamento.id} foi aprovado")
        self._reservar(uow, orcamento)
        uow.orcamentos.salvar_itens(orcamento)
        inteiro = len(orcamento.aprovados) == len(orcamento.itens)
        if self.motivo and (inteiro or uow.ator.de_fora):  # o cliente pode dizer o que quiser
            anotar(uow, ordem, self.motivo)
        avisos = _avisar(uow, revisao), outras_na_casa(uow, ordem) if do_balcao else None
        return ficha(uow, ordem, aviso=" ".join(filter(None, avisos)) or None)

    def _exigir_mesma_resposta(self, orcamento: Orcamento) -> None:
        """Aprovar de novo outras linhas não é repetir: é trabalho novo."""
        aprovadas = {item.id for item in orcamento.aprovados}
        if self.linhas is not None and set(self.linhas) != aprovadas:
            raise Conflito(
                f"O orçamento {orcamento.id} já foi respondido; o que ficou de fora vai em um "
                "complementar.",
                comando=f"orcamento criar --ordem {orcamento.ordem_id}",
            )

    def _executar_ordem(
        self, uow: UnidadeDeTrabalho, ordem: OrdemServico | None, orcamento: Orcamento
    ) -> OrdemServico:
        """Move a ordem e o orçamento, nesta ordem de travas; no balcão, a ordem nasce aqui."""
        if ordem is None:
            uow.orcamentos.salvar(orcamento)
            ordem = self._abrir(uow, orcamento)
            orcamento.ordem_id = ordem.id
        elif orcamento.principal:
            ordem.executar(orcamento.id, uow.agora())
            uow.ordens.salvar(ordem)
        else:
            ordem.exigir_orcavel()
            uow.ordens.salvar(ordem)
        uow.orcamentos.salvar(orcamento)
        return ordem

    def _abrir(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> OrdemServico:
        ordem = OrdemServico(
            loja_id=orcamento.loja_id,
            veiculo_id=orcamento.veiculo_id,
            cliente_id=orcamento.cliente_id,
            queixa=orcamento.descricao,
            criado_em=uow.agora(),
        )
        ordem.executar(orcamento.id, uow.agora())
        uow.ordens.adicionar(ordem)
        return ordem

    def _reservar(self, uow: UnidadeDeTrabalho, orcamento: Orcamento) -> None:
        itens = {item.peca_id: item for item in orcamento.aprovados if item.peca_id is not None}
        pedidos = {peca_id: item.quantidade for peca_id, item in itens.items()}
        separadas = uow.estoques.reservar(
            orcamento.loja_id, pedidos, permitir_falta=self.permitir_falta or uow.ator.de_fora
        )
        for peca_id, separada in separadas.items():
            itens[peca_id].reservada = separada


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
        if self.cancelar_ordem:
            uow.ator.exigir(*BALCAO, acao="cancelar a ordem")
        orcamento = uow.orcamentos.obter(self.orcamento_id)
        orcamento.conferir_versao(self.versao)
        ordem = ordem_do_orcamento(uow, orcamento)
        if self.cancelar_ordem and not orcamento.principal:
            raise RegraViolada(
                "Recusar um complementar não cancela a ordem; recuse-o, ou cancele a ordem inteira."
            )
        orcamento.recusar(self.motivo, _decisao(uow, orcamento, self.por, self.meio))
        if ordem:
            if self.cancelar_ordem:
                ordem.cancelar(self.motivo)
            elif orcamento.principal:
                ordem.retomar_diagnostico()
            uow.ordens.salvar(ordem)
        uow.orcamentos.salvar(orcamento)
        if ordem and self.cancelar_ordem:
            _largar_revisao(uow, orcamento, self.motivo)
        uow.orcamentos.salvar_itens(orcamento)
        return ficha_do_orcamento(uow, orcamento)


def _decisao(uow: UnidadeDeTrabalho, orcamento: Orcamento, por: str | None, meio: Meio) -> Decisao:
    """Quem decidiu: a pessoa dita, ou o cliente do orçamento; de fora, é o próprio cliente.

    O meio que prova que foi ele não se escolhe: é de quem pede pelo link ou com o seu acesso.
    """
    if uow.ator.de_fora:
        proprio = Meio.LINK if uow.ator.papel is Externo.LINK else Meio.ACESSO
        return Decisao(por=uow.ator.nome, em=uow.agora(), meio=proprio)
    if meio in (Meio.LINK, Meio.ACESSO):
        raise DadoInvalido("Esse meio é do próprio cliente; diga como ele respondeu.", "meio")
    nome = por or uow.clientes.citado(orcamento.cliente_id).nome
    return Decisao(por=nome, em=uow.agora(), meio=meio)


def _largar_revisao(uow: UnidadeDeTrabalho, orcamento: Orcamento, motivo: str) -> Orcamento | None:
    """Cancela a revisão que estava em rascunho: o que ela revia já teve resposta."""
    revisao = uow.orcamentos.revisao_de(orcamento.id)
    if revisao:
        revisao.cancelar(motivo)
        uow.orcamentos.salvar(revisao)
    return revisao


def _avisar(uow: UnidadeDeTrabalho, revisao: Orcamento | None) -> str | None:
    """Rascunho é da oficina: quem é de fora não sabe dele."""
    if revisao is None or uow.ator.de_fora:
        return None
    return f"A revisão {revisao.id}, que estava em rascunho, foi cancelada."
