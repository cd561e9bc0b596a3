"""O que comprar para a loja de quem pede."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, true

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Sessao
from oficina_core.banco.repositorios.cadastros import depois_de
from oficina_core.casos.paginas import Chave
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.orcamento import StatusItem
from oficina_core.dominio.ordem import StatusOrdem

OS, ORC, ITEM = tabelas.ordens, tabelas.orcamentos, tabelas.orcamento_itens
P, E, MOV = tabelas.pecas, tabelas.estoques, tabelas.movimentos

# Pelas ordens em execução, que são poucas: pela peça, seriam as linhas de toda a história dela.
ESPERAS = (
    select(ITEM.c.peca_id, ORC.c.ordem_id, (ITEM.c.quantidade - ITEM.c.reservada).label("falta"))
    .prefix_with("STRAIGHT_JOIN", dialect="mysql")
    .join_from(OS, ORC, ORC.c.ordem_id == OS.c.id)
    .join(ITEM, ITEM.c.orcamento_id == ORC.c.id)
    .where(
        OS.c.loja_id == bindparam("loja"),
        OS.c.status == StatusOrdem.EM_EXECUCAO,
        ITEM.c.status == StatusItem.APROVADO,
        ITEM.c.peca_id.is_not(None),
        ITEM.c.reservada < ITEM.c.quantidade,
    )
)
_estorno = MOV.alias()
# Por valor, e na ordem do índice inteiro: de outro modo, o MySQL põe em ordem o livro da peça.
_estornada = select(_estorno.c.id).where(_estorno.c.estorno_de == MOV.c.id).scalar_subquery()
_ultimo_custo = (
    select(MOV.c.custo_unitario)
    .where(
        MOV.c.loja_id == bindparam("loja"),
        MOV.c.peca_id == P.c.id,
        MOV.c.causa == CausaMovimento.ENTRADA,
        MOV.c.par_id.is_(None),  # a que veio de outra loja não é compra
        _estornada.is_(None),
    )
    .order_by(MOV.c.loja_id.desc(), MOV.c.peca_id.desc(), MOV.c.seq.desc())
    .limit(1)
    .correlate(P)
    .scalar_subquery()
    .label("custo")
)
# Toda peça tem saldo; a junção externa só obriga a ler as peças na ordem do código.
_lista = (
    select(
        *(P.c.id, P.c.codigo, P.c.nome, P.c.unidade),
        *(E.c.estoque, E.c.reservado, E.c.minimo, E.c.localizacao),
        _ultimo_custo,
    )
    .join_from(P, E, and_(E.c.peca_id == P.c.id, E.c.loja_id == bindparam("loja")), isouter=True)
    .where(
        or_(
            and_(P.c.ativo == true(), E.c.estoque - E.c.reservado < E.c.minimo),
            P.c.id.in_(bindparam("esperadas", expanding=True)),
        )
    )
    .order_by(P.c.codigo, P.c.id)
    .limit(bindparam("limite"))
)
LISTA = {False: _lista, True: _lista.where(depois_de(P.c.codigo, P.c.id))}


class ReposicaoSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao

    def esperas(self) -> Sequence[Any]:
        return self._linhas(ESPERAS)

    def listar(
        self, *, esperadas: Collection[int], depois: Chave | None, limite: int
    ) -> Sequence[Any]:
        valores: dict[str, Any] = {"esperadas": list(esperadas), "limite": limite}
        if depois:
            valores["ultima"], valores["ultimo"] = depois
        return self._linhas(LISTA[depois is not None], **valores)

    def _linhas(self, consulta: Any, **valores: Any) -> Sequence[Any]:
        valores["loja"] = self._sessao.ator.loja_certa
        linhas: Sequence[Any] = self._sessao.conexao.execute(consulta, valores).mappings().all()
        return linhas
