"""Como uma ordem acaba: finalizada com o que se usou, entregue, ou cancelada."""

from collections import Counter
from dataclasses import dataclass

from oficina_core.casos import campos
from oficina_core.casos.orcamentos import LINHAS_MAXIMO
from oficina_core.casos.ordens import FichaOrdem, ficha
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.dinheiro import Quantidade, conferir_minimo
from oficina_core.dominio.erros import DadoInvalido, NaoEncontrado
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.orcamento import (
    ABERTOS,
    ItemOrcamento,
    Orcamento,
    StatusOrcamento,
    TipoItem,
)
from oficina_core.dominio.ordem import OrdemServico, StatusOrdem
from oficina_core.dominio.veiculo import KM_MAXIMO
from oficina_core.texto import quantidade


@dataclass(frozen=True, kw_only=True)
class PecaUsada:
    """Quanto se usou de uma linha do orçamento, na unidade comercial."""

    linha: int
    quantidade: Quantidade

    def __post_init__(self) -> None:
        conferir_minimo(self.quantidade, "quantidade")


@dataclass(frozen=True, kw_only=True)
class FinalizarOrdem:
    """Dá o serviço por pronto: baixa do estoque o que se usou e solta o resto.

    Cada linha gastou o aprovado, a não ser que se diga menos. Recusa enquanto um orçamento
    espera resposta ou falta peça para o que se gastou.
    """

    ordem_id: int
    usadas: tuple[PecaUsada, ...] = ()
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.lista(self.usadas, "usadas", LINHAS_MAXIMO)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        ordem.assumir(uow.ator)
        ordem.finalizar(uow.agora())
        uow.ordens.salvar(ordem)
        orcamentos = _tomar_orcamentos(uow, ordem, "ordem finalizada", StatusOrcamento.RASCUNHO)
        itens = [item for orcamento in orcamentos for item in orcamento.aprovados]
        esperando = [o.id for o in orcamentos if o.status is StatusOrcamento.AGUARDANDO_APROVACAO]
        self._anotar_uso(itens)
        ordem.exigir_completa(esperando, _faltas(itens))
        _baixar(uow, ordem, itens)
        for orcamento in orcamentos:
            uow.orcamentos.salvar_itens(orcamento)
        return ficha(uow, ordem)

    def _anotar_uso(self, itens: list[ItemOrcamento]) -> None:
        usadas = {usada.linha: usada.quantidade for usada in self.usadas}
        if len(usadas) < len(self.usadas):
            raise DadoInvalido("Uma linha foi dita duas vezes; some as quantidades.", "usadas")
        pecas = {item.id for item in itens if item.tipo is TipoItem.PECA}
        if estranhas := usadas.keys() - pecas:
            raise NaoEncontrado(f"A linha {min(estranhas)} não é de peça aprovada desta ordem.")
        for item in itens:
            usada = usadas.get(item.id)
            item.usar(item.quantidade if usada is None else item.unidade.base(usada))


def _tomar_orcamentos(
    uow: UnidadeDeTrabalho, ordem: OrdemServico, motivo: str, *cancelaveis: StatusOrcamento
) -> list[Orcamento]:
    """Os orçamentos da ordem, com eles e o estoque deles na mão; a `reservada` já não muda.

    Os que estão em `cancelaveis` se cancelam: sem resposta, não sobrevivem à ordem.
    """
    for orcamento in uow.orcamentos.da_ordem(ordem.id):
        if orcamento.status in cancelaveis:
            orcamento.cancelar(motivo)
        uow.orcamentos.salvar(orcamento)
    uow.estoques.travar(ordem.loja_id, uow.orcamentos.pecas_da_ordem(ordem.id))
    return uow.orcamentos.da_ordem(ordem.id)


def _faltas(itens: list[ItemOrcamento]) -> list[str]:
    """O que se gastou sem estar separado."""
    return [
        f"{quantidade(item.unidade.comercial(falta), item.unidade)} de {item.descricao}"
        for item in itens
        if (falta := item.falta_para(item.usada or 0))
    ]


def _baixar(uow: UnidadeDeTrabalho, ordem: OrdemServico, itens: list[ItemOrcamento]) -> None:
    """Um movimento por peça, ainda que ela esteja em vários orçamentos da ordem."""
    usado, reservado = Counter[int](), Counter[int]()
    for item in itens:
        if item.peca_id is not None:
            usado[item.peca_id] += item.usada or 0
            reservado[item.peca_id] += item.soltar()
    for peca_id in sorted(reservado):
        if usado[peca_id]:
            uow.estoques.mover(
                ordem.loja_id,
                peca_id,
                -usado[peca_id],
                CausaMovimento.SAIDA_OS,
                ordem_id=ordem.id,
                liberar=reservado[peca_id],
            )
        elif reservado[peca_id]:
            uow.estoques.liberar(ordem.loja_id, {peca_id: reservado[peca_id]})


@dataclass(frozen=True, kw_only=True)
class EntregarOrdem:
    """Devolve o carro ao cliente; saldo a pagar avisa, mas não impede (STJ REsp 1.628.385)."""

    ordem_id: int
    km: int | None = None
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.faixa(self.km, "km", 0, KM_MAXIMO)

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        ordem.entregar(self.km)
        uow.ordens.salvar(ordem)
        if self.km is not None:
            veiculo = uow.veiculos.obter(ordem.veiculo_id)
            veiculo.rodar(self.km)
            uow.veiculos.salvar(veiculo)
        return ficha(uow, ordem)


@dataclass(frozen=True, kw_only=True)
class CancelarOrdem:
    """Cancela a ordem, com o motivo: solta as peças separadas e os orçamentos em aberto.

    Em execução, só o gerente.
    """

    ordem_id: int
    motivo: str
    versao: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, motivo=campos.nota(self.motivo, "motivo"))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaOrdem:
        ordem = uow.ordens.obter(self.ordem_id)
        ordem.conferir_versao(self.versao)
        if ordem.status is StatusOrdem.EM_EXECUCAO:
            uow.ator.exigir(Papel.GERENTE, acao="cancelar uma ordem em execução")
        ordem.cancelar(self.motivo)
        uow.ordens.salvar(ordem)
        reservadas = Counter[int]()
        for orcamento in _tomar_orcamentos(uow, ordem, self.motivo, *ABERTOS):
            for item in orcamento.aprovados:
                if item.peca_id is not None and item.reservada:
                    reservadas[item.peca_id] += item.soltar()
            uow.orcamentos.salvar_itens(orcamento)
        uow.estoques.liberar(ordem.loja_id, reservadas)
        return ficha(uow, ordem)
