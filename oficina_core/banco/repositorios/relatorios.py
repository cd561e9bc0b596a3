"""O que os relatórios leem de uma loja; as contas e os dias são do domínio, e não do SQL."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Executable, and_, bindparam, func, or_, select

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios import relatorios_estoque as prateleira
from oficina_core.banco.repositorios.base import Sessao, nome_de
from oficina_core.banco.repositorios.orcamentos import item_da_linha
from oficina_core.dominio.dinheiro import ZERO
from oficina_core.dominio.faturamento import OrdemFaturada
from oficina_core.dominio.giro import Porcao
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import FILA, StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from oficina_core.dominio.periodo import Recorte
from oficina_core.dominio.permanencia import Mudanca
from oficina_core.dominio.resposta import Resposta

OS, ORC, ITEM = tabelas.ordens, tabelas.orcamentos, tabelas.orcamento_itens
EVT, PAG, V = tabelas.eventos, tabelas.pagamentos, tabelas.veiculos

_momento = OS.c.criado_em.type
_de: BindParameter[datetime] = bindparam("de", type_=_momento)
_desde: BindParameter[datetime] = bindparam("desde", type_=_momento)
_ate: BindParameter[datetime] = bindparam("ate", type_=_momento)
_loja: BindParameter[int] = bindparam("loja")
_limite: BindParameter[int] = bindparam("limite")

_lojas: BindParameter[Any] = bindparam("lojas", expanding=True)

# Com todos os status, o índice da fila serve também a um intervalo de datas.
_todos = OS.c.status.in_(list(StatusOrdem))
CHEGADAS = select(OS.c.criado_em).where(
    OS.c.loja_id == _loja, _todos, OS.c.criado_em >= _de, OS.c.criado_em < _ate
)
_acabadas = and_(OS.c.loja_id.in_(_lojas), OS.c.data_fim >= _de, OS.c.data_fim < _ate)
FATURADAS = (
    select(
        *(OS.c.id.label("ordem_id"), OS.c.loja_id, OS.c.mecanico_id),
        *(OS.c.data_inicio, OS.c.data_fim, ITEM),
    )
    .join_from(OS, ORC, ORC.c.ordem_id == OS.c.id)
    .join(ITEM, ITEM.c.orcamento_id == ORC.c.id)
    .where(_acabadas, ITEM.c.status == StatusItem.APROVADO)
)
PAGO = (
    select(OS.c.id, func.sum(PAG.c.valor).label("valor"))
    .join_from(OS, PAG, PAG.c.ordem_id == OS.c.id)
    .where(_acabadas)
    .group_by(OS.c.id)
)
# Por subconsulta: com junção, o SQLite leria todas as ordens da loja, e os pagamentos delas.
_loja_dele = select(OS.c.loja_id).where(OS.c.id == PAG.c.ordem_id).scalar_subquery()
RECEBIDO = (
    select(PAG.c.forma, func.sum(PAG.c.valor).label("valor"))
    .where(PAG.c.em >= _de, PAG.c.em < _ate, _loja_dele.in_(_lojas))
    .group_by(PAG.c.forma)
)
RESPOSTAS = (
    select(
        *(ITEM.c.status, ITEM.c.motivo),
        func.count().label("linhas"),
        func.sum(ITEM.c.total).label("valor"),
    )
    .join_from(ORC, ITEM, ITEM.c.orcamento_id == ORC.c.id)
    .where(ORC.c.loja_id.in_(_lojas), ORC.c.decidido_em >= _de, ORC.c.decidido_em < _ate)
    .group_by(ITEM.c.status, ITEM.c.motivo)
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
    .where(
        *(OS.c.loja_id.in_(_lojas), _todos, OS.c.criado_em >= _desde, OS.c.criado_em < _ate),
        or_(OS.c.data_fim.is_(None), OS.c.data_fim >= _de),
    )
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

    def faturadas(self, recortes: Sequence[Recorte]) -> list[OrdemFaturada]:
        return [
            _faturada(recorte, list(linhas))
            for recorte in recortes
            for _, linhas in groupby(
                sorted(self._do_recorte(FATURADAS, recorte), key=itemgetter("ordem_id", "id")),
                key=itemgetter("ordem_id"),
            )
        ]

    def pago(self, recortes: Sequence[Recorte]) -> dict[int, Decimal]:
        return {linha["id"]: linha["valor"] for linha in self._dos_recortes(PAGO, recortes)}

    def recebido(self, recortes: Sequence[Recorte]) -> dict[FormaPagamento, Decimal]:
        por_forma: dict[FormaPagamento, Decimal] = {}
        for linha in self._dos_recortes(RECEBIDO, recortes):
            por_forma[linha["forma"]] = por_forma.get(linha["forma"], ZERO) + linha["valor"]
        return por_forma

    def respostas(self, recortes: Sequence[Recorte]) -> list[Resposta]:
        return [Resposta(**linha) for linha in self._dos_recortes(RESPOSTAS, recortes)]

    def consumo(self, recortes: Sequence[Recorte]) -> list[Porcao]:
        return [*map(prateleira.porcao, self._dos_recortes(prateleira.CONSUMO, recortes))]

    def estocadas(self, recortes: Sequence[Recorte]) -> list[Porcao]:
        return [*map(prateleira.porcao, self._dos_recortes(prateleira.ESTOCADAS, recortes))]

    def paradas(self, recortes: Sequence[Recorte]) -> list[Porcao]:
        return [*map(prateleira.porcao, self._dos_recortes(prateleira.PARADAS, recortes))]

    def em_aberto(self) -> tuple[int, Decimal]:
        ((ordens, total),) = (linha.values() for linha in self._linhas(EM_ABERTO))
        return ordens, total or ZERO

    def mudancas(self, recorte: Recorte, abertas_desde: datetime) -> list[Mudanca]:
        lidas = self._do_recorte(MUDANCAS, recorte, desde=abertas_desde)
        mudancas = [linha for linha in lidas if linha["seq"]]
        return [
            Mudanca(ordem_id=linha["id"], status=_novo(linha["diferenca"]), em=linha["em"])
            for linha in sorted(mudancas, key=itemgetter("id", "seq"))
        ]

    def em_falta(self, lojas: Sequence[int], limite: int) -> Sequence[Any]:
        return self._ler(prateleira.EM_FALTA, lojas=list(lojas), limite=limite, sim=True)

    def vencendo(self, de: date, ate: date, limite: int) -> Sequence[Any]:
        return self._linhas(VENCENDO, de=de, ate=ate, limite=limite)

    def _linhas(self, consulta: Executable, **valores: Any) -> Sequence[Any]:
        return self._ler(consulta, loja=self._sessao.ator.loja_certa, **valores)

    def _dos_recortes(self, consulta: Executable, recortes: Sequence[Recorte]) -> Iterator[Any]:
        """As linhas de cada recorte: são tantos quantos os fusos, e quase sempre um."""
        for recorte in recortes:
            yield from self._do_recorte(consulta, recorte)

    def _do_recorte(self, consulta: Executable, recorte: Recorte, **valores: Any) -> Sequence[Any]:
        tempo = {"de": recorte.de, "ate": recorte.ate}
        return self._ler(consulta, lojas=list(recorte.lojas), **tempo, **valores)

    def _ler(self, consulta: Executable, **valores: Any) -> Sequence[Any]:
        return self._sessao.conexao.execute(consulta, valores).mappings().all()


def _faturada(recorte: Recorte, linhas: Sequence[Mapping[str, Any]]) -> OrdemFaturada:
    """A ordem, das linhas dela, que a repetem."""
    ordem = linhas[0]
    return OrdemFaturada(
        id=ordem["ordem_id"],
        loja_id=ordem["loja_id"],
        mecanico_id=ordem["mecanico_id"],
        dia=recorte.dia(ordem["data_fim"]),
        execucao=ordem["data_fim"] - ordem["data_inicio"],
        itens=tuple(map(item_da_linha, linhas)),
    )


def _novo(diferenca: str) -> StatusOrdem:
    """O status de depois: sozinho na ordem que nasce; na que muda, o segundo do par."""
    status = json.loads(diferenca)["status"]
    return StatusOrdem(status if isinstance(status, str) else status[1])
