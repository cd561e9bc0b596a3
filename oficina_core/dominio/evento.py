"""Evento: o que mudou, quem mudou e quando. A auditoria; só se acrescenta."""

import json
from dataclasses import dataclass
from datetime import datetime

from oficina_core.dominio.acesso import Externo, Papel, TipoAtor
from oficina_core.dominio.entidade import Registro

SO_DO_GERENTE = frozenset({"custo_unitario", "decidido_de"})


def visivel(diferenca: str, papel: Papel | Externo) -> str:
    """A diferença como este papel a pode ler: o custo e o endereço do cliente são do gerente."""
    if papel is Papel.GERENTE:
        return diferenca
    campos = json.loads(diferenca)
    vistos = {campo: valor for campo, valor in campos.items() if campo not in SO_DO_GERENTE}
    return json.dumps(vistos, ensure_ascii=False, separators=(",", ":"))


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

    @property
    def do_cliente(self) -> bool:
        """Se foi o próprio cliente, cujo nome o evento não guarda."""
        return self.ator_tipo in (TipoAtor.CLIENTE, TipoAtor.LINK)
