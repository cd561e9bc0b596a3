"""Do nome que as pessoas usam ao número do registro."""

from dataclasses import dataclass

from oficina_core.casos.portas import UnidadeDeTrabalho
from oficina_core.dominio.valores import Opcao


class Recurso(Opcao):
    """O que tem nome natural, e qual é ele."""

    CLIENTE = "cliente", "CPF ou CNPJ"
    FUNCIONARIO = "funcionario", "CPF"
    VEICULO = "veiculo", "placa"
    PECA = "peca", "código"
    SERVICO = "servico", "código"
    KIT = "kit", "código"


@dataclass(frozen=True, kw_only=True)
class Achado:
    id: int


@dataclass(frozen=True, kw_only=True)
class Localizar:
    """Acha um registro pelo nome natural: placa, documento ou código.

    Vai no corpo, e não no endereço, para que nenhum CPF fique em registro de acesso.
    """

    recurso: Recurso
    nome: str

    def executar(self, uow: UnidadeDeTrabalho) -> Achado:
        match self.recurso:
            case Recurso.CLIENTE:
                return Achado(id=uow.clientes.achar(self.nome).id)
            case Recurso.FUNCIONARIO:
                return Achado(id=uow.funcionarios.achar(self.nome).id)
            case Recurso.VEICULO:
                return Achado(id=uow.veiculos.achar(self.nome).id)
            case Recurso.PECA:
                return Achado(id=uow.pecas.achar(self.nome).id)
            case Recurso.SERVICO:
                return Achado(id=uow.servicos.achar(self.nome).id)
            case Recurso.KIT:
                return Achado(id=uow.kits.achar(self.nome).id)
