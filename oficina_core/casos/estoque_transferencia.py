"""A peça que vai de uma loja para outra."""

from dataclasses import dataclass

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Recurso, exigir_ativo
from oficina_core.casos.campos import Referencia
from oficina_core.casos.estoque import Atendida, completar
from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.dinheiro import Quantidade, Reais, Unidade, conferir_quantidade
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.estoque import CausaMovimento, Movimento, chegou_de, foi_para
from oficina_core.dominio.loja import Loja
from oficina_core.dominio.peca import Peca

MOTIVO_MAXIMO = 800  # com o que se diz da outra loja, cabe onde o de todo movimento cabe


@dataclass(frozen=True, kw_only=True)
class LadoTransferencia:
    """O movimento em uma das lojas, e o que ela tem da peça depois dele."""

    loja_id: int
    nome: str
    movimento_id: int
    delta: Quantidade
    estoque: Quantidade
    disponivel: Quantidade
    unidade: Unidade


@dataclass(frozen=True, kw_only=True)
class FichaTransferencia:
    """O que foi de uma loja à outra, nesta ordem, e as ordens de lá que o esperavam."""

    codigo: str
    nome: str
    quantidade: Quantidade
    unidade: Unidade
    custo: Reais | None
    lojas: tuple[LadoTransferencia, ...]
    atendidas: tuple[Atendida, ...]


@dataclass(frozen=True, kw_only=True)
class TransferirEstoque:
    """Leva peças de uma loja para outra: sai só do disponível, e chega pelo custo médio da origem.

    Na loja `de`, é um ajuste para menos; na loja `para`, uma entrada, que atende primeiro quem
    esperava pela peça. Os dois movimentos dizem um do outro; desfaz-se transferindo de volta.
    """

    peca_id: Referencia
    quantidade: Quantidade
    de: int
    para: int
    motivo: str | None = None

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            quantidade=conferir_quantidade(self.quantidade),
            motivo=campos.nota_opcional(self.motivo, "motivo", maximo=MOTIVO_MAXIMO),
        )
        if self.de == self.para:
            raise DadoInvalido("A peça vai de uma loja para outra; diga duas lojas.", "para")

    def executar(self, uow: UnidadeDeTrabalho) -> FichaTransferencia:
        uow.ator.exigir_loja(None, acao="levar peças de uma loja a outra")
        origem, destino = uow.lojas.obter(self.de), uow.lojas.obter(self.para)
        peca = exigir_ativo(uow.pecas.achar(self.peca_id), Recurso.PECA)
        base = peca.unidade.base(self.quantidade)
        for loja_id in sorted((origem.id, destino.id)):  # duas que se cruzam não se travam
            uow.estoques.travar(loja_id, [peca.id])
        la, ca = (uow.estoques.saldos(loja.id, [peca.id])[peca.id] for loja in (origem, destino))
        saiu = uow.estoques.mover(
            origem.id,
            peca.id,
            -base,
            CausaMovimento.AJUSTE,
            motivo=foi_para(destino, ca.seq + 1, self.motivo),
        )
        chegou = uow.estoques.mover(
            destino.id,
            peca.id,
            base,
            CausaMovimento.ENTRADA,
            custo=la.custo,
            motivo=chegou_de(origem, saiu.seq, self.motivo),
            par_id=saiu.id,
        )
        atendidas = completar(uow, destino.id, peca)
        return FichaTransferencia(
            codigo=peca.codigo,
            nome=peca.nome,
            quantidade=self.quantidade,
            unidade=peca.unidade,
            custo=la.custo,
            lojas=(_lado(uow, origem, peca, saiu), _lado(uow, destino, peca, chegou)),
            atendidas=atendidas,
        )


def _lado(
    uow: UnidadeDeTrabalho, loja: Loja, peca: Peca, movimento: Movimento
) -> LadoTransferencia:
    saldo = uow.estoques.saldos(loja.id, [peca.id])[peca.id]
    return LadoTransferencia(
        loja_id=loja.id,
        nome=loja.nome,
        movimento_id=movimento.id,
        delta=peca.unidade.comercial(movimento.delta),
        estoque=peca.unidade.comercial(saldo.estoque),
        disponivel=peca.unidade.comercial(saldo.disponivel),
        unidade=peca.unidade,
    )
