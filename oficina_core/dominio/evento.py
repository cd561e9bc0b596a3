"""Evento: o que mudou, quem mudou e quando. A auditoria; só se acrescenta."""

from dataclasses import dataclass
from datetime import datetime

from oficina_core.dominio.acesso import TipoAtor
from oficina_core.dominio.entidade import Registro


@dataclass(kw_only=True, slots=True)
class Evento(Registro):
    """`acao` é o nome do caso de uso; `diferenca`, os campos que mudaram, em JSON."""

    loja_id: int | None
    entidade: str
    entidade_id: int
    seq: int
    acao: str
    diferenca: str
    ator_tipo: TipoAtor
    ator_id: int | None
    ator_nome: str
    requisicao: str | None
    em: datetime
