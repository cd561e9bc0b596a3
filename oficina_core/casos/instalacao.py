"""O que só se faz uma vez, quando a oficina ainda não tem ninguém."""

from dataclasses import dataclass, field, replace
from typing import Self

from oficina_core.casos.entrada import DefinirSenha, Resumo, Segredo, Senhas, conferir_senha
from oficina_core.casos.funcionarios import CriarFuncionario, FichaFuncionario
from oficina_core.casos.portas import Oficina, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import Conflito


@dataclass(frozen=True, kw_only=True)
class CriarPrimeiroFuncionario:
    """Cadastra o gerente que dá acesso aos outros, com a senha dele, se ninguém se cadastrou."""

    cpf: str
    nome: str
    senha: Segredo = field(repr=False)
    email: str | None = None

    def __post_init__(self) -> None:
        self._gerente()
        if not isinstance(self.senha, Resumo):
            conferir_senha(self.senha)

    def preparar(self, senhas: Senhas, sal: bytes, _: Oficina) -> Self:
        """O que vai para a transação: o resumo já está feito quando ela começa."""
        return replace(self, senha=senhas.resumir(self.senha, sal))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        _tomar_a_vez(uow)
        if any(
            uow.funcionarios.listar(busca=None, inativos=inativos, depois=None, limite=1)
            for inativos in (False, True)
        ):
            raise Conflito(
                "Já há quem trabalhe na oficina; peça a um gerente que cadastre os outros.",
                comando="funcionario criar",
            )
        gerente = self._gerente().executar(uow)
        return DefinirSenha(funcionario_id=gerente.id, senha=self.senha).executar(uow)

    def _gerente(self) -> CriarFuncionario:
        return CriarFuncionario(cpf=self.cpf, nome=self.nome, papel=Papel.GERENTE, email=self.email)


def _tomar_a_vez(uow: UnidadeDeTrabalho) -> None:
    """Quem chega ao mesmo tempo espera na primeira loja, e então já vê o gerente."""
    primeira = uow.lojas.todas()[0]
    uow.lojas.salvar(primeira)
