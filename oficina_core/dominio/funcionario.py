"""Funcionário: quem atende, conserta ou gerencia."""

from dataclasses import dataclass, field

from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.entidade import Cadastro


@dataclass(kw_only=True, slots=True)
class Funcionario(Cadastro):
    """Sem `loja_id`, é de todas as lojas; sem `senha_hash`, não entra pela API."""

    cpf: str
    nome: str
    papel: Papel
    email: str | None = None
    loja_id: int | None = None
    senha_hash: str | None = field(default=None, repr=False)
