"""Links de aprovação."""

from datetime import datetime

from sqlalchemy import bindparam, func, select

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Comandos, Entidades, Sessao
from oficina_core.dominio.link import LinkAprovacao

LNK = tabelas.links
LINKS = Comandos(LNK, LinkAprovacao, "link")
FEITOS = (
    select(func.count())
    .select_from(LNK)
    .where(
        LNK.c.orcamento_id == bindparam("orcamento"),
        LNK.c.criado_em >= bindparam("desde", type_=LNK.c.criado_em.type),
    )
)


class LinksSQL(Entidades[LinkAprovacao]):
    def __init__(self, sessao: Sessao) -> None:
        super().__init__(sessao, LINKS)

    def feitos_desde(self, orcamento_id: int, desde: datetime) -> int:
        valores = {"orcamento": orcamento_id, "desde": desde}
        return int(self._executar(FEITOS, valores).scalar())
