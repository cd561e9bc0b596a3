"""O cadastro de clientes."""

from typing import Any

from oficina_cli.tui.cadastro import Cadastro, Coluna, Fichario
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
from oficina_core.texto import TAMANHO_CPF, documento_mascarado, telefone


class CadastroCliente(Cadastro):
    """Nome, e documento ou telefone."""

    RECURSO = Recurso.CLIENTE

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


def documento_a_vista(valor: str | None) -> str:
    """Basta para conferir com o cliente; inteiro, só no cadastro dele (LGPD)."""
    if not valor:
        return ""
    tipo = "CPF" if len(valor) == TAMANHO_CPF else "CNPJ"
    return f"{tipo} {documento_mascarado(valor)}" if valor.isalnum() else valor


def telefone_a_vista(valor: str | None) -> str:
    """Com a pontuação; o que a oficina já mascarou fica como veio."""
    return telefone(valor) if valor and valor.startswith("+55") else valor or ""


CLIENTES = Fichario(
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
    desativar=DesativarCliente,
    dica="um pedaço do nome",
    efeito="Sai das listas e não abre ordem nova; a história dele fica.",
)
