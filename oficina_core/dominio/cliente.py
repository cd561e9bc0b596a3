"""Cliente: a pessoa ou empresa que traz o veículo."""

from dataclasses import dataclass
from datetime import datetime

from oficina_core.dominio.entidade import Cadastro
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import TAMANHO_CPF


class TipoCliente(Opcao):
    PF = "PF", "pessoa física"
    PJ = "PJ", "pessoa jurídica"


@dataclass(kw_only=True, slots=True)
class Cliente(Cadastro):
    """Sem documento, nome e telefone bastam; com ele, é único mesmo depois de desativado."""

    nome: str
    documento: str | None = None
    email: str | None = None
    telefone: str | None = None
    tipo: TipoCliente = TipoCliente.PF
    criado_em: datetime

    def __post_init__(self) -> None:
        self.conferir()

    def conferir(self) -> None:
        """Levanta DadoInvalido se não há como saber quem é ou como falar com ele."""
        if not self.documento and not self.telefone:
            raise DadoInvalido("Sem CPF ou CNPJ, informe ao menos o telefone.", "telefone")
        if self.documento:
            self.tipo = TipoCliente.PF if len(self.documento) == TAMANHO_CPF else TipoCliente.PJ
