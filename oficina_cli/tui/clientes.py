"""O cadastro de clientes."""

from typing import Any, ClassVar

from textual.binding import BindingType

from oficina_cli.tui.cadastro import Cadastro, Coluna, Prateleira
from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import (
    CriarCliente,
    DesativarCliente,
    EditarCliente,
    FichaCliente,
    LinhaCliente,
    ListarClientes,
    VerCliente,
)
from oficina_core.casos.portas import CasoDeUso


class CadastroCliente(Cadastro):
    """Nome, e documento ou telefone."""

    RECURSO = Recurso.CLIENTE
    BINDINGS: ClassVar[list[BindingType]] = [*TelaFormulario.BINDINGS]

    def perguntas(self) -> tuple[Campo, ...]:
        return (
            Campo(nome="nome", rotulo="Nome", tipo=campos.NOME, obrigatorio=True),
            Campo(
                nome="documento",
                rotulo="CPF ou CNPJ",
                tipo=campos.DOCUMENTO,
                dica="sem ele, o telefone basta",
            ),
            Campo(nome="telefone", rotulo="Telefone", tipo=campos.TELEFONE),
            Campo(nome="email", rotulo="E-mail", tipo=campos.EMAIL),
        )

    def caso(self, valores: dict[str, Any]) -> CasoDeUso[FichaCliente]:
        if self.ficha is None:
            return CriarCliente(**valores)
        return EditarCliente(**valores, cliente_id=self.ficha.id, versao=self.versao or 0)

    @staticmethod
    def ver(id: int) -> CasoDeUso[FichaCliente]:
        return VerCliente(cliente_id=id)


CLIENTES = Prateleira(
    nome="Clientes",
    linha=LinhaCliente,
    colunas=(
        Coluna("Nome", lambda c: c.nome),
        Coluna("CPF ou CNPJ", lambda c: c.documento or "—", 18, suave=True),
        Coluna("Telefone", lambda c: c.telefone or "—", 15, suave=True),
    ),
    formulario=CadastroCliente,
    listar=ListarClientes,
    criar=CriarCliente,
    editar=EditarCliente,
    desativar=lambda numero: DesativarCliente(cliente_id=numero),
    dica="um pedaço do nome",
    efeito="Sai das listas e não abre ordem nova; a história dele fica.",
)
