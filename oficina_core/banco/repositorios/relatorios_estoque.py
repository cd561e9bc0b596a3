"""O que os relatórios leem do estoque: somas exatas, que só o domínio arredonda."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
    tuple_,
    type_coerce,
)

from oficina_core.banco import tabelas
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.giro import Porcao

SALDO, PECA, MOV = tabelas.estoques, tabelas.pecas, tabelas.movimentos

_de: BindParameter[datetime] = bindparam("de", type_=MOV.c.em.type)
_ate: BindParameter[datetime] = bindparam("ate", type_=MOV.c.em.type)
_lojas: BindParameter[Any] = bindparam("lojas", expanding=True)
_da_peca = (PECA.c.id, PECA.c.codigo, PECA.c.nome, PECA.c.unidade)


def _somas(base: ColumnElement[int], custo: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """A quantidade, o custo exato, em centavos × base, e o que ninguém sabe quanto custou."""
    centavos = type_coerce(custo, tabelas.INTEIRO)
    return (
        func.sum(base).label("base"),
        func.sum(base * func.coalesce(centavos, 0)).label("custo"),
        func.sum(case((custo.is_(None), base), else_=0)).label("sem_custo"),
    )


CONSUMO = (
    select(*_da_peca, *_somas(-MOV.c.delta, MOV.c.custo_unitario))
    .join_from(MOV, PECA, MOV.c.peca_id == PECA.c.id)
    .where(
        MOV.c.loja_id.in_(_lojas),
        MOV.c.causa == CausaMovimento.SAIDA_OS,
        MOV.c.em >= _de,
        MOV.c.em < _ate,
    )
    .group_by(*_da_peca)
)
ESTOCADAS = (
    select(*_da_peca, *_somas(SALDO.c.estoque, SALDO.c.custo))
    .prefix_with("STRAIGHT_JOIN", dialect="mysql")  # senão ele lê todas as peças, e o saldo depois
    .join_from(SALDO, PECA, SALDO.c.peca_id == PECA.c.id)
    .where(SALDO.c.loja_id.in_(_lojas), SALDO.c.estoque > 0)
    .group_by(*_da_peca)
)
_primeiro, _saida = MOV.alias(), MOV.alias()


def _dela(movimento: FromClause) -> ColumnElement[bool]:
    return and_(
        movimento.c.loja_id == SALDO.c.loja_id,
        movimento.c.peca_id == SALDO.c.peca_id,
    )


_ja_havia = exists().where(_dela(_primeiro), _primeiro.c.seq == 1, _primeiro.c.em < _de)
_sairam = select(MOV.c.loja_id, MOV.c.peca_id).where(
    MOV.c.loja_id.in_(_lojas), MOV.c.causa == CausaMovimento.SAIDA_OS, MOV.c.em >= _de
)
# Em ordem de seq: por max(em), o SQLite leria todas as saídas da loja, a cada peça.
_ultima = (
    select(_saida.c.em)
    .where(_dela(_saida), _saida.c.causa == CausaMovimento.SAIDA_OS)
    .order_by(_saida.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
PARADAS = ESTOCADAS.add_columns(func.max(_ultima, type_=MOV.c.em.type).label("ultima")).where(
    _ja_havia, tuple_(SALDO.c.loja_id, SALDO.c.peca_id).not_in(_sairam)
)
_disponivel = SALDO.c.estoque - SALDO.c.reservado
EM_FALTA = (
    select(
        *(*_da_peca, PECA.c.preco, PECA.c.ativo),
        *(SALDO.c.loja_id, SALDO.c.estoque, SALDO.c.reservado, SALDO.c.minimo),
        *(SALDO.c.localizacao, func.count().over().label("ao_todo")),
    )
    .prefix_with("STRAIGHT_JOIN", dialect="mysql")
    .join_from(SALDO, PECA, SALDO.c.peca_id == PECA.c.id)
    .where(
        SALDO.c.loja_id.in_(_lojas),
        _disponivel < SALDO.c.minimo,
        PECA.c.ativo == bindparam("sim"),
    )
    .order_by(_disponivel / SALDO.c.minimo, PECA.c.codigo, SALDO.c.loja_id)
    .limit(bindparam("limite"))
)


def porcao(linha: Any) -> Porcao:
    """O MySQL soma inteiros em DECIMAL."""
    return Porcao(
        peca_id=linha["id"],
        codigo=linha["codigo"],
        nome=linha["nome"],
        unidade=linha["unidade"],
        base=int(linha["base"]),
        custo=int(linha["custo"]),
        sem_custo=int(linha["sem_custo"]),
        ultima=linha.get("ultima"),
    )
