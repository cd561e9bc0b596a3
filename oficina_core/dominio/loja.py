"""Loja: cada endereço da oficina, com o seu estoque, a sua fila e o seu fuso."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from oficina_core.dominio.entidade import Entidade


@dataclass(kw_only=True, slots=True)
class Loja(Entidade):
    nome: str
    fuso: str = "America/Sao_Paulo"

    @property
    def zona(self) -> ZoneInfo:
        return ZoneInfo(self.fuso)
