"""Orçamentos: a raiz e as linhas dela, que se gravam em momentos diferentes da transação."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios import alcance
from oficina_core.banco.repositorios.alcance import Visao
from oficina_core.banco.repositorios.base import Comandos, Entidades, Sessao, nome_de
from oficina_core.casos.paginas import Chave
from oficina_core.casos.portas import Espera
from oficina_core.dominio.orcamento import (
    ItemOrcamento,
    Orcamento,
    Produto,
    StatusItem,
    StatusOrcamento,
)
from oficina_core.dominio.ordem import StatusOrdem

ORC = tabelas.orcamentos
ITEM = tabelas.orcamento_itens
OS = tabelas.ordens

ORCAMENTOS = Comandos(ORC, Orcamento, "orçamento")
CAMPOS_DO_ITEM = tabelas.nomes(ITEM, menos=("id", "orcamento_id"))


def _visto(consulta: Select[Any], visao: Visao) -> Select[Any]:
    """Do mecânico, o que é de uma ordem sua, de ninguém, ou ainda sem ordem."""
    if visao is Visao.BANCADA:
        consulta = consulta.outerjoin(OS, ORC.c.ordem_id == OS.c.id)
    return alcance.restringir(consulta, ORC, visao)


OBTER = alcance.por_visao(lambda visao: _visto(ORCAMENTOS.leitura, visao))
DA_ORDEM = (
    select(*ORCAMENTOS.colunas).where(ORC.c.ordem_id == bindparam("ordem")).order_by(ORC.c.id)
)
ENVIADOS_DA_ORDEM = DA_ORDEM.where(alcance.ENVIADO)
REVISAO = select(*ORCAMENTOS.colunas).where(
    ORC.c.substitui_id == bindparam("anterior"), ORC.c.status == StatusOrcamento.RASCUNHO
)
_itens = select(ITEM).order_by(ITEM.c.id)
ITENS = _itens.where(ITEM.c.orcamento_id == bindparam("este"))
ITENS_DE_VARIOS = _itens.where(ITEM.c.orcamento_id.in_(bindparam("ids", expanding=True)))
CODIGOS = (
    select(
        *(ITEM.c.servico_id, ITEM.c.peca_id),
        func.coalesce(tabelas.servicos.c.codigo, tabelas.pecas.c.codigo).label("codigo"),
    )
    .select_from(ITEM)
    .outerjoin(tabelas.servicos, ITEM.c.servico_id == tabelas.servicos.c.id)
    .outerjoin(tabelas.pecas, ITEM.c.peca_id == tabelas.pecas.c.id)
    .where(ITEM.c.orcamento_id.in_(bindparam("ids", expanding=True)))
)
NOVO_ITEM = insert(ITEM)
SEM_ITEM = delete(ITEM).where(ITEM.c.id == bindparam("este"))
MUDA_ITEM = update(ITEM).where(ITEM.c.id == bindparam("este"))
PECAS_DA_ORDEM = (
    select(ITEM.c.peca_id)
    .join_from(ORC, ITEM, ITEM.c.orcamento_id == ORC.c.id)
    .where(
        ORC.c.ordem_id == bindparam("ordem"),
        ITEM.c.status == StatusItem.APROVADO,
        ITEM.c.peca_id.is_not(None),
    )
    .distinct()
)
ESPERANDO = (
    select(ITEM, ORC.c.ordem_id, tabelas.veiculos.c.placa)
    .join_from(ITEM, ORC, ITEM.c.orcamento_id == ORC.c.id)
    .join(OS, ORC.c.ordem_id == OS.c.id)
    .join(tabelas.veiculos, OS.c.veiculo_id == tabelas.veiculos.c.id)
    .where(
        ITEM.c.peca_id == bindparam("peca"),
        ITEM.c.status == StatusItem.APROVADO,
        ITEM.c.reservada < ITEM.c.quantidade,
        OS.c.status == StatusOrdem.EM_EXECUCAO,
        OS.c.loja_id == bindparam("loja"),
    )
    .order_by(ORC.c.decidido_em, ITEM.c.id)
)
COMPLETA = (
    update(ITEM).where(ITEM.c.id == bindparam("este")).values(reservada=bindparam("separada"))
)
_depois, _de_depois = ORC.alias(), ITEM.alias()
_aprovado_depois = (
    select(_de_depois.c.id)
    .join_from(_depois, _de_depois, _de_depois.c.orcamento_id == _depois.c.id)
    .where(
        _depois.c.veiculo_id == ORC.c.veiculo_id,
        _depois.c.id > ORC.c.id,
        _de_depois.c.status == StatusItem.APROVADO,
        or_(_de_depois.c.servico_id == ITEM.c.servico_id, _de_depois.c.peca_id == ITEM.c.peca_id),
    )
    .exists()
)
RECUSADOS = alcance.por_visao(
    lambda visao: _visto(
        select(
            *(
                ITEM.c.orcamento_id,
                ITEM.c.servico_id,
                ITEM.c.peca_id,
                ITEM.c.descricao,
                ITEM.c.unidade,
                ITEM.c.quantidade,
                ITEM.c.total,
                ITEM.c.motivo,
            ),
            ORC.c.ordem_id,
            ORC.c.decidido_em,
        )
        .join_from(ORC, ITEM, ITEM.c.orcamento_id == ORC.c.id)
        .where(
            ORC.c.veiculo_id == bindparam("veiculo"),
            ITEM.c.status == StatusItem.RECUSADO,
            ~_aprovado_depois,
        )
        .order_by(ORC.c.id.desc(), ITEM.c.id)
        .limit(100),
        visao,
    )
)


def item_da_linha(linha: Any) -> ItemOrcamento:
    return ItemOrcamento(id=linha["id"], **{campo: linha[campo] for campo in CAMPOS_DO_ITEM})


class OrcamentosSQL(Entidades[Orcamento]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, ORCAMENTOS)
        self._visao = alcance.visao(sessao.ator, todas_lojas=True)

    @property
    def _alcance(self) -> dict[str, Any]:
        return alcance.valores(self._sessao.ator, self._visao)

    def obter(self, id: int) -> Orcamento:
        return self._um(id, OBTER[self._visao], **self._alcance)

    def adicionar(self, entidade: Orcamento) -> None:
        super().adicionar(entidade)
        self.salvar_itens(entidade)

    def salvar_itens(self, orcamento: Orcamento) -> None:
        """Insere as novas, tira as que saíram e atualiza as que ficaram, em ordem de peça."""
        antes = self._itens_vistos(orcamento)
        for id in antes.keys() - {item.id for item in orcamento.itens}:
            self._executar(SEM_ITEM, {"este": id})
        self._inserir(orcamento, [item for item in orcamento.itens if not item.id])
        for item in sorted(orcamento.itens, key=lambda item: item.peca_id or 0):
            if item.id in antes and (valores := _campos(item)) != antes[item.id]:
                self._executar(MUDA_ITEM, valores | {"este": item.id})
        super()._gravou(orcamento, self._linha(orcamento))

    def _inserir(self, orcamento: Orcamento, novos: list[ItemOrcamento]) -> None:
        """Em um comando só; o que cada linha cita, único no orçamento, diz o número que recebeu."""
        if not novos:
            return
        novos.sort(key=lambda item: item.peca_id or 0)
        raiz = {"orcamento_id": orcamento.id}
        self._executar(NOVO_ITEM, [_campos(item) | raiz for item in novos])
        linhas = self._linhas(ITENS, este=orcamento.id)
        ids = {(linha["servico_id"], linha["peca_id"]): linha["id"] for linha in linhas}
        for item in novos:
            item.id = ids[item.servico_id, item.peca_id]
        orcamento.itens.sort(key=lambda item: item.id)

    def da_ordem(self, ordem_id: int) -> list[Orcamento]:
        de_fora = self._visao in alcance.DE_FORA
        return self._ler(ENVIADOS_DA_ORDEM if de_fora else DA_ORDEM, ordem=ordem_id)

    def codigos(self, orcamentos: Collection[int]) -> dict[Produto, str]:
        linhas = self._linhas(CODIGOS, ids=list(orcamentos)) if orcamentos else ()
        return {(linha["servico_id"], linha["peca_id"]): linha["codigo"] for linha in linhas}

    def revisao_de(self, orcamento_id: int) -> Orcamento | None:
        achadas = self._ler(REVISAO, anterior=orcamento_id)
        return achadas[0] if achadas else None

    def pecas_da_ordem(self, ordem_id: int) -> list[int]:
        return list(self._executar(PECAS_DA_ORDEM, {"ordem": ordem_id}).scalars())

    def esperando(self, loja_id: int, peca_id: int) -> list[Espera]:
        return [
            Espera(
                ordem_id=linha["ordem_id"],
                orcamento_id=linha["orcamento_id"],
                placa=linha["placa"],
                item=item_da_linha(linha),
            )
            for linha in self._linhas(ESPERANDO, peca=peca_id, loja=loja_id)
        ]

    def completar(self, item: ItemOrcamento) -> None:
        """A `reservada` de uma linha só cresce até a baixa, e por isso numera o evento."""
        self._executar(COMPLETA, {"este": item.id, "separada": item.reservada})
        linha = {"reservada": item.reservada}
        self._sessao.diario.gravou("orcamento_itens", item.id, linha, item.reservada, lambda: linha)

    def recusados_do_veiculo(self, veiculo_id: int) -> Sequence[Any]:
        return self._linhas(RECUSADOS[self._visao], veiculo=veiculo_id, **self._alcance)

    def listar(
        self,
        *,
        status: StatusOrcamento | None,
        hoje: date,
        veiculo_id: int | None,
        ordem_id: int | None,
        todas_lojas: bool,
        depois: Chave | None,
        limite: int,
    ) -> Sequence[Any]:
        visao = alcance.visao(self._sessao.ator, todas_lojas=todas_lojas)
        filtros: dict[str, Any] = {
            "status": status,
            "veiculo": veiculo_id,
            "ordem": ordem_id,
            "ultimo": depois and depois[0],
        }
        ditos = {nome: valor for nome, valor in filtros.items() if valor is not None}
        valores = alcance.valores(self._sessao.ator, visao) | ditos | {"limite": limite}
        if status in VIGENCIA:
            valores |= {"hoje": hoje, "status": StatusOrcamento.AGUARDANDO_APROVACAO}
        vigencia = status if status in VIGENCIA else None
        return self._linhas(_lista(visao, frozenset(ditos), vigencia), **valores)

    def _ler(self, consulta: Any, **valores: Any) -> list[Orcamento]:
        linhas = self._linhas(consulta, **valores)
        itens: dict[int, list[ItemOrcamento]] = {linha["id"]: [] for linha in linhas}
        for linha in self._itens(list(itens)):
            itens[linha["orcamento_id"]].append(item_da_linha(linha))
        return [self._entidade({**linha, "itens": itens[linha["id"]]}) for linha in linhas]

    def _itens(self, orcamentos: list[int]) -> list[dict[str, Any]]:
        match orcamentos:
            case []:
                return []
            case [um]:
                return self._linhas(ITENS, este=um)
        return self._linhas(ITENS_DE_VARIOS, ids=orcamentos)

    def _entidade(self, linha: Any) -> Orcamento:
        o = Orcamento(**linha)
        self._sessao.diario.leu(
            "orcamentos", o.id, self._linha(o), o.versao, lambda: self._linha(o)
        )
        return o

    def _linha(self, entidade: Orcamento) -> dict[str, Any]:
        return super()._linha(entidade) | {"itens": {i.id: _campos(i) for i in entidade.itens}}

    def _guardar(self, entidade: Orcamento, linha: dict[str, Any]) -> dict[str, Any]:
        return {campo: valor for campo, valor in linha.items() if campo != "itens"}

    def _gravou(self, entidade: Orcamento, linha: dict[str, Any]) -> None:
        """`salvar` grava só a raiz: as linhas, no banco, estão como se viram."""
        super()._gravou(entidade, linha | {"itens": self._itens_vistos(entidade)})

    def _itens_vistos(self, orcamento: Orcamento) -> dict[int, dict[str, Any]]:
        visto = self._sessao.diario.visto("orcamentos", orcamento.id)
        return dict(visto["itens"]) if visto else {}


VIGENCIA = (StatusOrcamento.AGUARDANDO_APROVACAO, StatusOrcamento.EXPIRADO)


@cache
def _lista(visao: Visao, filtros: frozenset[str], vigencia: StatusOrcamento | None) -> Select[Any]:
    v = tabelas.veiculos
    consulta = select(
        *(ORC.c.id, ORC.c.status, ORC.c.descricao, ORC.c.valor_total, ORC.c.validade),
        *(ORC.c.ordem_id, ORC.c.criado_em, ORC.c.loja_id, v.c.placa),
        nome_de(tabelas.clientes, ORC.c.cliente_id, "cliente"),
    ).join_from(ORC, v, ORC.c.veiculo_id == v.c.id)
    condicoes = {
        "status": ORC.c.status == bindparam("status"),
        "veiculo": ORC.c.veiculo_id == bindparam("veiculo"),
        "ordem": ORC.c.ordem_id == bindparam("ordem"),
        "ultimo": ORC.c.id < bindparam("ultimo"),
    }
    consulta = consulta.where(*(condicoes[filtro] for filtro in sorted(filtros)))
    hoje = bindparam("hoje", type_=ORC.c.validade.type)
    if vigencia is StatusOrcamento.EXPIRADO:
        consulta = consulta.where(ORC.c.validade < hoje)
    elif vigencia:
        consulta = consulta.where(ORC.c.validade >= hoje)
    return _visto(consulta, visao).order_by(ORC.c.id.desc()).limit(bindparam("limite"))


def _campos(item: ItemOrcamento) -> dict[str, Any]:
    return {campo: getattr(item, campo) for campo in CAMPOS_DO_ITEM}
