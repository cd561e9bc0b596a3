"""O próximo passo: o comando que costuma vir depois, conforme o estado em que se ficou."""

from collections.abc import Iterator
from typing import Any

from oficina_core.casos.orcamentos import FichaOrcamento
from oficina_core.casos.ordens import FichaOrdem
from oficina_core.dominio.orcamento import StatusOrcamento
from oficina_core.dominio.ordem import ENCERRADAS, StatusOrdem
from oficina_core.texto import quantidade, reais

DO_ORCAMENTO = {
    StatusOrcamento.RASCUNHO: "orcamento enviar {id}",
    StatusOrcamento.AGUARDANDO_APROVACAO: "orcamento aprovar {id}",
    StatusOrcamento.EXPIRADO: "orcamento revisar {id} --enviar",
}
DA_ORDEM = {
    StatusOrdem.RECEBIDA: "ordem diagnosticar {id}",
    StatusOrdem.EM_DIAGNOSTICO: "orcamento criar --ordem {id} --kit KIT",
    StatusOrdem.EM_EXECUCAO: "ordem finalizar {id}",
    StatusOrdem.FINALIZADA: "ordem entregar {id}",
}
SE_ESPERA_RESPOSTA = "orcamento link {id}"
SE_FALTA_PECA = "estoque entrada id:{peca} {falta}"
SE_FALTA_RECEBER = "ordem pagar {id} --pix {saldo}"


def passos(ficha: Any) -> Iterator[str]:
    """O orçamento em aberto manda; sem ele, a ordem."""
    match ficha:
        case FichaOrcamento(id=id, status=status) if status in DO_ORCAMENTO:
            yield from _do_orcamento(id, status)
        case FichaOrdem():
            yield from _da_ordem(ficha)


def _do_orcamento(numero: int, status: StatusOrcamento) -> Iterator[str]:
    if status is StatusOrcamento.AGUARDANDO_APROVACAO:
        yield SE_ESPERA_RESPOSTA.format(id=numero)
    yield DO_ORCAMENTO[status].format(id=numero)


def _da_ordem(ordem: FichaOrdem) -> Iterator[str]:
    for orcamento in reversed(ordem.orcamentos):
        if orcamento.status in DO_ORCAMENTO:
            yield from _do_orcamento(orcamento.id, orcamento.status)
            return
    if ordem.falta_peca:
        for item in (item for orcamento in ordem.orcamentos for item in orcamento.itens):
            if item.falta:
                falta = quantidade(item.falta).replace(".", "")
                yield SE_FALTA_PECA.format(peca=item.peca_id, falta=falta)
        return
    if ordem.status in ENCERRADAS and ordem.saldo > 0:
        yield SE_FALTA_RECEBER.format(id=ordem.id, saldo=reais(ordem.saldo).removeprefix("R$ "))
    if ordem.status in DA_ORDEM:
        yield DA_ORDEM[ordem.status].format(id=ordem.id)
