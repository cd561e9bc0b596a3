"""Ordens de serviço, e o que só se acrescenta a elas: anotações e pagamentos."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, or_, select

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios import alcance
from oficina_core.banco.repositorios.alcance import Visao
from oficina_core.banco.repositorios.base import (
    Comandos,
    Entidades,
    Registros,
    Sessao,
    nome_de,
)
from oficina_core.banco.repositorios.orcamentos import item_da_linha
from oficina_core.casos.paginas import Chave
from oficina_core.dominio.conta import Conta
from oficina_core.dominio.orcamento import ABERTOS, StatusItem
from oficina_core.dominio.ordem import ENCERRADAS, Anotacao, OrdemServico, StatusOrdem
from oficina_core.dominio.pagamento import Pagamento

OS = tabelas.ordens
ORC = tabelas.orcamentos
ITEM = tabelas.orcamento_itens

ORDENS = Comandos(OS, OrdemServico, "ordem")
OBTER = alcance.por_visao(lambda visao: alcance.restringir(ORDENS.leitura, OS, visao))
DO_VEICULO = alcance.por_visao(
    lambda visao: alcance.restringir(
        select(OS.c.id, OS.c.status, OS.c.queixa, OS.c.km_entrada, OS.c.criado_em)
        .where(OS.c.veiculo_id == bindparam("veiculo"))
        .order_by(OS.c.criado_em.desc(), OS.c.id.desc())
        .limit(100),
        OS,
        visao,
    )
)
_andamento = (
    select(OS.c.id, OS.c.status, OS.c.criado_em)
    .where(OS.c.cliente_id == bindparam("de_fora"))
    .order_by(OS.c.id.desc())
    .limit(bindparam("limite"))
)
ANDAMENTO = {False: _andamento, True: _andamento.where(OS.c.id < bindparam("ultimo"))}
_destas = ORC.c.ordem_id.in_(bindparam("ordens", expanding=True))
ABERTOS_DELAS = select(
    *(ORC.c.ordem_id, ORC.c.id, ORC.c.substitui_id, ORC.c.status, ORC.c.valor_total, ORC.c.validade)
).where(_destas, ORC.c.status.in_(ABERTOS))
ENVIADOS_DELAS = ABERTOS_DELAS.where(alcance.ENVIADO)
COBRADOS = (
    select(ITEM, ORC.c.ordem_id)
    .join_from(ITEM, ORC, ITEM.c.orcamento_id == ORC.c.id)
    .where(_destas, ITEM.c.status == StatusItem.APROVADO)
)
PAGOS = select(tabelas.pagamentos.c.ordem_id, tabelas.pagamentos.c.valor).where(
    tabelas.pagamentos.c.ordem_id.in_(bindparam("ordens", expanding=True))
)


V = tabelas.veiculos
DA_LISTA: Select[Any] = select(
    *(OS.c.id, OS.c.status, OS.c.queixa, OS.c.criado_em, OS.c.loja_id),
    *(V.c.placa, V.c.marca, V.c.modelo),
    nome_de(tabelas.clientes, OS.c.cliente_id, "cliente"),
    nome_de(tabelas.funcionarios, OS.c.mecanico_id, "mecanico"),
).join_from(OS, V, OS.c.veiculo_id == V.c.id)


@cache
def _do_status(visao: Visao, *, encerrada: bool, depois: bool) -> Select[Any]:
    """Um status da fila, pelo índice (loja, status, criado_em, id)."""
    consulta = DA_LISTA.where(OS.c.status == bindparam("status"))
    consulta = alcance.restringir(consulta, OS, visao)
    quando = bindparam("quando", type_=OS.c.criado_em.type)
    numero: BindParameter[int] = bindparam("ultimo")
    if depois and encerrada:
        seguinte = or_(OS.c.criado_em < quando, and_(OS.c.criado_em == quando, OS.c.id < numero))
        consulta = consulta.where(seguinte)
    elif depois:
        seguinte = or_(OS.c.criado_em > quando, and_(OS.c.criado_em == quando, OS.c.id > numero))
        consulta = consulta.where(seguinte)
    if encerrada:
        consulta = consulta.order_by(OS.c.criado_em.desc(), OS.c.id.desc())
    else:
        consulta = consulta.order_by(OS.c.criado_em, OS.c.id)
    return consulta.limit(bindparam("limite"))


class OrdensSQL(Entidades[OrdemServico]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, ORDENS)
        self._visao = alcance.visao(sessao.ator, todas_lojas=True)

    @property
    def _alcance(self) -> dict[str, Any]:
        return alcance.valores(self._sessao.ator, self._visao)

    def obter(self, id: int) -> OrdemServico:
        return self._um(id, OBTER[self._visao], **self._alcance)

    def do_status(
        self, status: StatusOrdem, *, todas_lojas: bool, depois: Chave | None, limite: int
    ) -> Sequence[Any]:
        visao = alcance.visao(self._sessao.ator, todas_lojas=todas_lojas)
        consulta = _do_status(visao, encerrada=status in ENCERRADAS, depois=depois is not None)
        valores = alcance.valores(self._sessao.ator, visao) | {"status": status, "limite": limite}
        if depois:
            valores["quando"], valores["ultimo"] = depois
        return self._linhas(consulta, **valores)

    def andamento(self, *, depois: Chave | None, limite: int) -> Sequence[Any]:
        valores: dict[str, Any] = {"de_fora": self._sessao.ator.cliente_id, "limite": limite}
        if depois:
            (valores["ultimo"],) = depois
        return self._linhas(ANDAMENTO[depois is not None], **valores)

    def do_veiculo(self, veiculo_id: int) -> Sequence[Any]:
        return self._linhas(DO_VEICULO[self._visao], veiculo=veiculo_id, **self._alcance)

    def contas(self, ordens: Mapping[int, StatusOrdem], hoje: date) -> dict[int, Conta]:
        """Três consultas para todas; a conta é a do domínio, e nada se arredonda em SQL."""
        if not ordens:
            return {}
        itens, abertos, pagos = defaultdict(list), defaultdict(list), defaultdict(list)
        destas = {"ordens": list(ordens)}
        for linha in self._linhas(COBRADOS, **destas):
            itens[linha["ordem_id"]].append(item_da_linha(linha))
        de_fora = self._visao in alcance.DE_FORA
        for linha in self._executar(ENVIADOS_DELAS if de_fora else ABERTOS_DELAS, destas):
            abertos[linha.ordem_id].append(linha)
        for linha in self._executar(PAGOS, destas):
            pagos[linha.ordem_id].append(linha.valor)
        return {
            ordem: Conta.de(status, itens[ordem], abertos[ordem], pagos[ordem], hoje)
            for ordem, status in ordens.items()
        }


class PagamentosSQL(Registros[Pagamento]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, PAGAMENTOS)

    def da_ordem(self, ordem_id: int) -> list[Pagamento]:
        return self._ler(PAGAMENTOS_DA_ORDEM, ordem=ordem_id)


class AnotacoesSQL(Registros[Anotacao]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, ANOTACOES)

    def da_ordem(self, ordem_id: int) -> list[Anotacao]:
        return self._ler(ANOTACOES_DA_ORDEM, ordem=ordem_id)


def _da_ordem(comandos: Comandos[Any]) -> Select[Any]:
    tabela = comandos.tabela
    return (
        select(*comandos.colunas)
        .where(tabela.c.ordem_id == bindparam("ordem"))
        .order_by(tabela.c.id)
    )


PAGAMENTOS = Comandos(tabelas.pagamentos, Pagamento, "pagamento")
PAGAMENTOS_DA_ORDEM = _da_ordem(PAGAMENTOS)
ANOTACOES = Comandos(tabelas.anotacoes, Anotacao, "anotação")
ANOTACOES_DA_ORDEM = _da_ordem(ANOTACOES)
