"""Kits: a raiz e os itens dela, que se leem e se gravam juntos."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Sessao
from oficina_core.banco.repositorios.cadastros import (
    CadastrosSQL,
    com_codigo,
    depois_de,
    pedaco,
)
from oficina_core.casos.paginas import Chave
from oficina_core.dominio.kit import ItemKit, Kit

KITS = com_codigo(tabelas.kits, Kit, "kit")
ITENS = (
    select(tabelas.kit_itens)
    .where(tabelas.kit_itens.c.kit_id.in_(bindparam("ids", expanding=True)))
    .order_by(tabelas.kit_itens.c.id)
)
_I, _S, _P = tabelas.kit_itens, tabelas.servicos, tabelas.pecas
DE_HOJE = (
    select(
        *(_I.c.kit_id, _I.c.peca_id, _I.c.quantidade, _P.c.unidade),
        func.coalesce(_S.c.preco, _P.c.preco).label("preco"),
        func.coalesce(_S.c.ativo, _P.c.ativo).label("ativo"),
    )
    .select_from(
        _I.outerjoin(_S, _S.c.id == _I.c.servico_id).outerjoin(_P, _P.c.id == _I.c.peca_id)
    )
    .where(_I.c.kit_id.in_(bindparam("ids", expanding=True)))
)


@cache
def _todos_os_itens(*, busca: bool, inativos: bool, depois: bool) -> Select[Any]:
    kits = tabelas.kits
    consulta = (
        select(
            *(_I.c.id, kits.c.codigo, kits.c.nome, _I.c.quantidade, _P.c.unidade),
            _S.c.codigo.label("servico"),
            _P.c.codigo.label("peca"),
        )
        .select_from(
            kits.join(_I, _I.c.kit_id == kits.c.id)
            .outerjoin(_S, _S.c.id == _I.c.servico_id)
            .outerjoin(_P, _P.c.id == _I.c.peca_id)
        )
        .where(kits.c.ativo == (not inativos))
    )
    if busca:
        consulta = consulta.where(kits.c.busca.like(bindparam("pedaco"), escape="\\"))
    if depois:
        consulta = consulta.where(depois_de(kits.c.codigo, _I.c.id))
    return consulta.order_by(kits.c.codigo, _I.c.id).limit(bindparam("limite"))


NOVOS_ITENS = insert(tabelas.kit_itens)
SEM_ITENS = delete(tabelas.kit_itens).where(tabelas.kit_itens.c.kit_id == bindparam("kit"))


class KitsSQL(CadastrosSQL[Kit]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, KITS)

    def adicionar(self, entidade: Kit) -> None:
        super().adicionar(entidade)
        self._gravar_itens([entidade])

    def adicionar_varios(self, entidades: Sequence[Kit]) -> None:
        super().adicionar_varios(entidades)
        self._gravar_itens(entidades)

    def salvar(self, entidade: Kit) -> None:
        super().salvar(entidade)
        self._executar(SEM_ITENS, {"kit": entidade.id})
        self._gravar_itens([entidade])

    def itens_de(self, kits: Collection[int]) -> dict[int, list[Any]]:
        itens: dict[int, list[Any]] = {kit: [] for kit in kits}
        if itens:
            for linha in self._linhas(DE_HOJE, ids=list(itens)):
                itens[linha["kit_id"]].append(linha)
        return itens

    def listar_itens(
        self, *, busca: str | None, inativos: bool, depois: Chave | None, limite: int
    ) -> Sequence[Any]:
        valores: dict[str, Any] = {"limite": limite}
        if busca:
            valores["pedaco"] = pedaco(busca)
        if depois:
            valores["ultima"], valores["ultimo"] = depois
        consulta = _todos_os_itens(busca=bool(busca), inativos=inativos, depois=depois is not None)
        return self._linhas(consulta, **valores)

    def _ler(self, consulta: Any, **valores: Any) -> list[Kit]:
        linhas = self._linhas(consulta, **valores)
        itens: dict[int, list[ItemKit]] = {linha["id"]: [] for linha in linhas}
        if itens:
            for i in self._executar(ITENS, {"ids": list(itens)}):
                itens[i.kit_id].append(
                    ItemKit(servico_id=i.servico_id, peca_id=i.peca_id, quantidade=i.quantidade)
                )
        return [self._entidade({**linha, "itens": itens[linha["id"]]}) for linha in linhas]

    def _entidade(self, linha: Any) -> Kit:
        kit = Kit(**linha)
        self._sessao.diario.leu(
            "kits", kit.id, self._linha(kit), kit.versao, lambda: self._linha(kit)
        )
        return kit

    def _linha(self, entidade: Kit) -> dict[str, Any]:
        return super()._linha(entidade) | {"itens": [_item(i) for i in entidade.itens]}

    def _guardar(self, entidade: Kit, linha: dict[str, Any]) -> dict[str, Any]:
        campos = super()._guardar(entidade, linha)
        campos.pop("itens")
        return campos

    def _gravar_itens(self, kits: Sequence[Kit]) -> None:
        """Em ordem de peça, que a chave estrangeira trava."""
        itens = [{"kit_id": kit.id} | _item(item) for kit in kits for item in kit.itens]
        if itens:
            self._executar(NOVOS_ITENS, sorted(itens, key=lambda item: item["peca_id"] or 0))


def _item(item: ItemKit) -> dict[str, Any]:
    return {
        "servico_id": item.servico_id,
        "peca_id": item.peca_id,
        "quantidade": item.quantidade,
    }
