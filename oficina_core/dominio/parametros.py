"""Os limites de negócio que cada oficina escolhe."""

from collections.abc import Mapping
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
class Limite:
    """O que um parâmetro quer dizer, em que se conta e até onde vai."""

    descricao: str
    unidade: str
    maximo: int
    minimo: int = 0


LIMITES: Mapping[str, Limite] = {
    "validade_dias": Limite(
        descricao="Por quanto tempo vale o orçamento enviado, se não se diz até quando.",
        unidade="dias",
        maximo=365,
    ),
    "desconto_atendente": Limite(
        descricao="Até quanto do orçamento o atendente desconta sem chamar o gerente.",
        unidade="%",
        maximo=100,
    ),
    "atraso_dias": Limite(
        descricao="Há quanto tempo aberta, a ordem se marca como atrasada na fila.",
        unidade="dias",
        maximo=365,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Parametros:
    """Valores em vigor; o que a tabela `parametros` não diz fica no padrão."""

    validade_dias: int = 10  # CDC art. 40 § 1º
    desconto_atendente: int = 10
    atraso_dias: int = 3

    def __post_init__(self) -> None:
        for nome, limite in LIMITES.items():
            if not limite.minimo <= getattr(self, nome) <= limite.maximo:
                raise DadoInvalido(
                    f"O parâmetro {nome} vai de {limite.minimo} a {limite.maximo} "
                    f"{limite.unidade}.",
                    nome,
                )

    def atrasadas_desde(self, agora: datetime) -> datetime:
        """A ordem aberta antes disso está atrasada."""
        return agora - timedelta(days=self.atraso_dias)

    @classmethod
    def nomes(cls) -> tuple[str, ...]:
        return tuple(campo.name for campo in fields(cls))
