"""Casos de uso dos parâmetros da oficina."""

from dataclasses import dataclass, replace

from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.parametros import Parametros


@dataclass(frozen=True, kw_only=True)
class VerParametros:
    """Mostra os limites em vigor: validade, desconto do atendente, marca de atraso."""

    def executar(self, uow: UnidadeDeTrabalho) -> Parametros:
        return uow.parametros


@dataclass(frozen=True, kw_only=True)
class DefinirParametro:
    """Muda um limite da oficina."""

    nome: str
    valor: int

    def __post_init__(self) -> None:
        if self.nome not in Parametros.nomes():
            nomes = ", ".join(Parametros.nomes())
            raise DadoInvalido(f"O parâmetro é um de: {nomes}.", "nome")
        replace(Parametros(), **{self.nome: self.valor})

    def executar(self, uow: UnidadeDeTrabalho) -> Parametros:
        uow.ator.exigir_loja(None, acao="mudar os limites da rede")
        return uow.definir_parametro(self.nome, self.valor)
