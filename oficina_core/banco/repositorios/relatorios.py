"""O que os relatórios leem de uma loja; as contas e os dias são do domínio, e não do SQL."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Executable, and_, bindparam, func, or_, select

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Sessao, nome_de
from oficina_core.banco.repositorios.orcamentos import item_da_linha
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.faturamento import Faturamento
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import FILA, StatusOrdem
from oficina_core.dominio.permanencia import Mudanca

OS, ORC, ITEM = tabelas.ordens, tabelas.orcamentos, tabelas.orcamento_itens
EVT, SALDO, PECA, V = tabelas.eventos, tabelas.estoques, tabelas.pecas, tabelas.veiculos

_momento = OS.c.criado_em.type
_de: BindParameter[datetime] = bindparam("de", type_=_momento)
_desde: BindParameter[datetime] = bindparam("desde", type_=_momento)
_ate: BindParameter[datetime] = bindparam("ate", type_=_momento)
_loja: BindParameter[int] = bindparam("loja")
_limite: BindParameter[int] = bindparam("limite")

# Com todos os status, o índice da fila serve também a um intervalo de datas.
_abertas_entre = and_(
    OS.c.loja_id == _loja,
    OS.c.status.in_(list(StatusOrdem)),
    OS.c.criado_em >= _de,
    OS.c.criado_em < _ate,
)
CHEGADAS = select(OS.c.criado_em).where(_abertas_entre)
FATURADAS = (
    select(ITEM, ORC.c.ordem_id)
    .join_from(OS, ORC, ORC.c.ordem_id == OS.c.id)
    .join(ITEM, ITEM.c.orcamento_id == ORC.c.id)
    .where(
        OS.c.loja_id == _loja,
        OS.c.data_fim >= _de,
        OS.c.data_fim < _ate,
        ITEM.c.status == StatusItem.APROVADO,
    )
)
# Enquanto a ordem não acaba, cada linha custa o total que se guardou dela.
EM_ABERTO = (
    select(func.count(OS.c.id.distinct()), func.sum(ITEM.c.total))
    .join_from(OS, ORC, ORC.c.ordem_id == OS.c.id, isouter=True)
    .outerjoin(ITEM, and_(ITEM.c.orcamento_id == ORC.c.id, ITEM.c.status == StatusItem.APROVADO))
    .where(OS.c.loja_id == _loja, OS.c.status.in_(FILA))
)
# Uma junção externa, e nada em ordem: o SQLite leria os eventos de todas as ordens que já houve.
MUDANCAS = (
    select(OS.c.id, EVT.c.seq, EVT.c.em, EVT.c.diferenca)
    .join_from(
        OS,
        EVT,
        and_(
            EVT.c.entidade == OS.name,
            EVT.c.entidade_id == OS.c.id,
            EVT.c.em < _ate,
            EVT.c.diferenca.like('%"status":%'),
        ),
        isouter=True,
    )
    .where(_abertas_entre, or_(OS.c.data_fim.is_(None), OS.c.data_fim >= _desde))
)
_disponivel = SALDO.c.estoque - SALDO.c.reservado
EM_FALTA = (
    select(
        *(PECA.c.id, PECA.c.codigo, PECA.c.nome, PECA.c.unidade, PECA.c.preco, PECA.c.ativo),
        *(SALDO.c.estoque, SALDO.c.reservado, SALDO.c.minimo, SALDO.c.localizacao),
        func.count().over().label("ao_todo"),
    )
    .prefix_with("STRAIGHT_JOIN", dialect="mysql")  # senão ele lê todas as peças, e o saldo depois
    .join_from(SALDO, PECA, SALDO.c.peca_id == PECA.c.id)
    .where(SALDO.c.loja_id == _loja, _disponivel < SALDO.c.minimo, PECA.c.ativo == bindparam("sim"))
    .order_by(_disponivel / SALDO.c.minimo, PECA.c.codigo)
    .limit(_limite)
)
VENCENDO = (
    select(
        *(ORC.c.id.label("orcamento_id"), ORC.c.validade, ORC.c.valor_total, V.c.placa),
        nome_de(tabelas.clientes, ORC.c.cliente_id, "cliente"),
        func.count().over().label("ao_todo"),
    )
    .join_from(ORC, V, ORC.c.veiculo_id == V.c.id)
    .where(
        ORC.c.loja_id == _loja,
        ORC.c.status == StatusOrcamento.AGUARDANDO_APROVACAO,
        ORC.c.validade.between(
            bindparam("de", type_=ORC.c.validade.type), bindparam("ate", type_=ORC.c.validade.type)
        ),
    )
    .order_by(ORC.c.validade, ORC.c.id)
    .limit(_limite)
)


class RelatoriosSQL:
    def __init__(self, sessao: Sessao) -> None:
        self._sessao = sessao

    def chegadas(self, de: datetime, ate: datetime) -> Sequence[datetime]:
        return [linha["criado_em"] for linha in self._linhas(CHEGADAS, de=de, ate=ate)]

    def faturado(self, de: datetime, ate: datetime) -> Faturamento:
        linhas = self._linhas(FATURADAS, de=de, ate=ate)
        return Faturamento.de((linha["ordem_id"], item_da_linha(linha)) for linha in linhas)

    def em_aberto(self) -> tuple[int, Decimal]:
        ((ordens, total),) = (linha.values() for linha in self._linhas(EM_ABERTO))
        return ordens, total or ZERO

    def mudancas(self, de: datetime, desde: datetime, ate: datetime) -> list[Mudanca]:
        lidas = self._linhas(MUDANCAS, de=de, desde=desde, ate=ate)
        mudancas = [linha for linha in lidas if linha["seq"]]
        return [
            Mudanca(ordem_id=linha["id"], status=_novo(linha["diferenca"]), em=linha["em"])
            for linha in sorted(mudancas, key=itemgetter("id", "seq"))
        ]

    def em_falta(self, limite: int) -> Sequence[Any]:
        return self._linhas(EM_FALTA, limite=limite, sim=True)

    def vencendo(self, de: date, ate: date, limite: int) -> Sequence[Any]:
        return self._linhas(VENCENDO, de=de, ate=ate, limite=limite)

    def _linhas(self, consulta: Executable, **valores: Any) -> Sequence[Any]:
        loja = self._sessao.ator.loja_certa
        return self._sessao.conexao.execute(consulta, {"loja": loja, **valores}).mappings().all()


def _novo(diferenca: str) -> StatusOrdem:
    """O status de depois: sozinho na ordem que nasce; na que muda, o segundo do par."""
    status = json.loads(diferenca)["status"]
    return StatusOrdem(status if isinstance(status, str) else status[1])
