"""O cadastro de funcionários, e a senha com que cada um entra."""

from typing import Any

from textual.content import Content

from oficina_cli.tui.cadastro import Cadastro, Coluna, Fichario
from oficina_cli.tui.formulario import TelaFormulario
from oficina_cli.tui.reativacao import nome_de
from oficina_cli.tui.widgets import campos
from oficina_cli.tui.widgets.campos import Campo
from oficina_cli.tui.widgets.desenho import FORTE, NADA, solta
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.funcionarios import (
    CriarFuncionario,
    DesativarFuncionario,
    EditarFuncionario,
    FichaFuncionario,
    LinhaFuncionario,
    ListarFuncionarios,
    VerFuncionario,
)
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import DadoInvalido


class CadastroFuncionario(Cadastro):
    """Quem trabalha na oficina e o papel que tem."""

    RECURSO = Recurso.FUNCIONARIO

    def perguntas(self) -> tuple[Campo, ...]:
        return (
            Campo(nome="nome", rotulo="Nome", tipo=campos.NOME, obrigatorio=True),
            Campo(nome="cpf", rotulo="CPF", tipo=campos.CPF, obrigatorio=True),
            Campo(nome="papel", rotulo="Papel", tipo=Papel, obrigatorio=True),
            Campo(nome="email", rotulo="E-mail", tipo=campos.EMAIL),
            Campo(
                nome="loja_id",
                rotulo="Loja",
                tipo=campos.INTEIRO,
                dica="o número; vazio, de todas",
            ),
        )

    def caso(self, valores: dict[str, Any]) -> CasoDeUso[FichaFuncionario]:
        if self.ficha is None:
            return CriarFuncionario(**valores)
        return EditarFuncionario(**valores, funcionario_id=self.ficha.id, versao=self.versao or 0)

    @staticmethod
    def ver(id: int) -> CasoDeUso[FichaFuncionario]:
        return VerFuncionario(funcionario_id=id)


class SenhaFuncionario(TelaFormulario):
    """A senha nova, duas vezes; não vai a rascunho nenhum."""

    ABA = "cadastros"
    TITULO = "Senha nova"

    def __init__(self, funcionario: LinhaFuncionario) -> None:
        super().__init__()
        self.funcionario = funcionario

    def contexto(self) -> tuple[Content, Content]:
        return solta((nome_de(self.funcionario), FORTE)), NADA

    def comando(self) -> str:
        return f"oficina funcionario senha id:{self.funcionario.id}"

    def campos(self) -> tuple[Campo, ...]:
        return (
            Campo(nome="senha", rotulo="Senha", tipo=campos.SENHA_NOVA, obrigatorio=True),
            Campo(nome="repetida", rotulo="De novo", tipo=campos.SENHA, obrigatorio=True),
        )

    async def gravar(self, valores: dict[str, Any]) -> FichaFuncionario:
        if valores["senha"] != valores["repetida"]:
            raise DadoInvalido("As duas não são iguais; digite de novo.", "repetida")
        return await self.pedir(
            DefinirSenha(funcionario_id=self.funcionario.id, senha=valores["senha"])
        )


FUNCIONARIOS = Fichario(
    nome="Funcionários",
    linha=LinhaFuncionario,
    colunas=(
        Coluna("Nome", lambda f: f.nome),
        Coluna("Papel", lambda f: f.papel.rotulo, 10),
        Coluna("CPF", lambda f: f.cpf or "—", 14, suave=True),
        Coluna("Loja", lambda f: str(f.loja_id or "todas"), 5, a_direita=True, suave=True),
    ),
    formulario=CadastroFuncionario,
    listar=ListarFuncionarios,
    criar=CriarFuncionario,
    editar=EditarFuncionario,
    desativar=DesativarFuncionario,
    dica="um pedaço do nome",
    efeito="Deixa de entrar e de agir, já no pedido seguinte; o que ele fez fica.",
)
