"""Do nome que as pessoas usam ao número do registro."""

from dataclasses import dataclass
from typing import Any

from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.portas import Cadastros, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel


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
        if self.recurso is Recurso.FUNCIONARIO:
            uow.ator.exigir(Papel.GERENTE, acao="procurar funcionários")
        colecoes: dict[Recurso, Cadastros[Any]] = {
            Recurso.CLIENTE: uow.clientes,
            Recurso.FUNCIONARIO: uow.funcionarios,
            Recurso.VEICULO: uow.veiculos,
            Recurso.PECA: uow.pecas,
            Recurso.SERVICO: uow.servicos,
            Recurso.KIT: uow.kits,
        }
        return Achado(id=colecoes[self.recurso].achar(self.nome).id)
