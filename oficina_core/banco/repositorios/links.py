"""Links de aprovação."""

from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from oficina_core.banco import tabelas
from oficina_core.banco.repositorios.base import Comandos, Entidades, Sessao
from oficina_core.dominio.link import LinkAprovacao

LNK, ORC = tabelas.links, tabelas.orcamentos
LINKS = Comandos(LNK, LinkAprovacao, "link")
TRAVA = update(ORC).where(ORC.c.id == bindparam("este")).values(versao=ORC.c.versao)
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
        """Quantos são; quem conta trava o orçamento, e outro só conta quando este acaba."""
        self._executar(TRAVA, {"este": orcamento_id})
        valores = {"orcamento": orcamento_id, "desde": desde}
        return int(self._executar(FEITOS, valores).scalar())
