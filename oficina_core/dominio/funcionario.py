"""Funcionário: quem atende, conserta ou gerencia."""

from dataclasses import dataclass, field
from datetime import datetime

from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.entidade import Cadastro


@dataclass(kw_only=True, slots=True)
class Funcionario(Cadastro):
    """Sem `loja_id`, é de todas as lojas; sem `senha_hash`, não entra pela API.

    `senha_em` é quando alguém lhe deu a senha: o que entrou antes dela já não vale.
    """

    cpf: str
    nome: str
    papel: Papel
    email: str | None = None
    loja_id: int | None = None
    senha_hash: str | None = field(default=None, repr=False)
    senha_em: datetime | None = None
