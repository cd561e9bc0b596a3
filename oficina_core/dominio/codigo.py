"""Código: seis números que provam que se lê o telefone ou o e-mail do cliente."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from oficina_core.dominio.entidade import Registro

VALIDADE = timedelta(minutes=10)
FALHAS_MAXIMO = 5


def resumir(codigo: str) -> str:
    """O que se guarda no lugar do segredo."""
    return sha256(codigo.encode()).hexdigest()


@dataclass(kw_only=True, slots=True)
class Codigo(Registro):
    """Serve uma vez, até `vale_ate`, e cai depois de cinco erros."""

    cliente_id: int
    resumo: str = field(repr=False)
    falhas: int = 0
    vale_ate: datetime
    usado_em: datetime | None = None

    def gastar(self, resumo: str, agora: datetime) -> bool:
        """Se é este e ainda vale; o erro conta, e o acerto o gasta."""
        vale = self.usado_em is None and agora <= self.vale_ate and self.falhas < FALHAS_MAXIMO
        if vale and hmac.compare_digest(self.resumo, resumo):
            self.usado_em = agora
            return True
        self.falhas += 1
        return False
