"""Os limites de negócio que cada oficina escolhe."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from oficina_core.dominio.entidade import Entidade
from oficina_core.dominio.erros import DadoInvalido


@dataclass(kw_only=True, slots=True)
class Parametro(Entidade):
    """Um limite que a oficina escolheu, no lugar do padrão."""

    nome: str
    valor: int


@dataclass(frozen=True, kw_only=True)
class Parametros:
    """Valores em vigor; o que a tabela `parametros` não diz fica no padrão."""

    validade_dias: int = 10  # CDC art. 40 § 1º
    desconto_atendente: int = 10  # por cento do orçamento
    atraso_dias: int = 3  # dias com a ordem aberta até a marca de atraso

    def __post_init__(self) -> None:
        limites = {"validade_dias": 365, "desconto_atendente": 100, "atraso_dias": 365}
        for campo, maximo in limites.items():
            if not 0 <= getattr(self, campo) <= maximo:
                raise DadoInvalido(f"O parâmetro {campo} vai de 0 a {maximo}.", campo)

    def atrasadas_desde(self, agora: datetime) -> datetime:
        """A ordem aberta antes disso está atrasada."""
        return agora - timedelta(days=self.atraso_dias)

    @classmethod
    def nomes(cls) -> tuple[str, ...]:
        return tuple(campo.name for campo in fields(cls))
