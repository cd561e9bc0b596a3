"""Casos de uso do funcionário."""

from dataclasses import dataclass
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Busca, Recurso, ativar, recusar_repetido
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.funcionario import Funcionario
from oficina_core.dominio.valores import CPF
from oficina_core.texto import documento_mascarado


@dataclass(frozen=True, kw_only=True)
class FichaFuncionario:
    """O funcionário por inteiro, menos a senha."""

    id: int
    nome: str
    cpf: str
    papel: Papel
    email: str | None
    loja_id: int | None
    ativo: bool
    versao: int

    @classmethod
    def de(cls, f: Funcionario) -> Self:
        return cls(
            id=f.id,
            nome=f.nome,
            cpf=f.cpf,
            papel=f.papel,
            email=f.email,
            loja_id=f.loja_id,
            ativo=f.ativo,
            versao=f.versao,
        )


@dataclass(frozen=True, kw_only=True)
class LinhaFuncionario:
    """O funcionário em uma lista, com o CPF mascarado."""

    id: int
    nome: str
    papel: Papel
    cpf: str | None
    loja_id: int | None
    ativo: bool

    @classmethod
    def de(cls, linha: Linha) -> Self:
        return cls(
            id=linha["id"],
            nome=linha["nome"],
            papel=linha["papel"],
            cpf=documento_mascarado(linha["cpf"]),
            loja_id=linha["loja_id"],
            ativo=linha["ativo"],
        )


@dataclass(frozen=True, kw_only=True)
class DadosFuncionario:
    """O que se diz de um funcionário; sem loja, ele é de todas."""

    cpf: str
    nome: str
    papel: Papel
    email: str | None = None
    loja_id: int | None = None

    def __post_init__(self) -> None:
        campos.fixar(
            self, cpf=CPF(self.cpf), nome=campos.nome(self.nome), email=campos.email(self.email)
        )

    def _conferir(self, uow: UnidadeDeTrabalho, id: int = 0) -> None:
        exigir_da_loja(uow, self.loja_id)
        recusar_repetido(uow.funcionarios, self.cpf, Recurso.FUNCIONARIO, id)
        if self.loja_id is not None:
            uow.lojas.obter(self.loja_id)


@dataclass(frozen=True, kw_only=True)
class CriarFuncionario(DadosFuncionario):
    """Cadastra quem trabalha na oficina e o papel que tem."""

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        self._conferir(uow)
        funcionario = Funcionario(
            cpf=self.cpf,
            nome=self.nome,
            papel=self.papel,
            email=self.email,
            loja_id=self.loja_id,
        )
        uow.funcionarios.adicionar(funcionario)
        return FichaFuncionario.de(funcionario)


@dataclass(frozen=True, kw_only=True)
class EditarFuncionario(DadosFuncionario):
    """Troca os dados do funcionário; o papel novo vale já no pedido seguinte."""

    funcionario_id: int
    versao: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        funcionario = uow.funcionarios.obter(self.funcionario_id)
        exigir_da_loja(uow, funcionario.loja_id)
        funcionario.conferir_versao(self.versao)
        self._conferir(uow, funcionario.id)
        funcionario.cpf, funcionario.nome, funcionario.papel = self.cpf, self.nome, self.papel
        funcionario.email, funcionario.loja_id = self.email, self.loja_id
        uow.funcionarios.salvar(funcionario)
        return FichaFuncionario.de(funcionario)


@dataclass(frozen=True, kw_only=True)
class VerFuncionario:
    """Mostra um funcionário."""

    funcionario_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        return FichaFuncionario.de(uow.funcionarios.obter(self.funcionario_id))


@dataclass(frozen=True, kw_only=True)
class ListarFuncionarios(Busca):
    """Lista os funcionários por nome."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaFuncionario]:
        return self.pagina(uow.funcionarios, LinhaFuncionario.de)


@dataclass(frozen=True, kw_only=True)
class DesativarFuncionario:
    """Impede o funcionário de agir, já no pedido seguinte; o que ele fez fica."""

    funcionario_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        return _ativar(uow, self.funcionario_id, ativo=False)


@dataclass(frozen=True, kw_only=True)
class ReativarFuncionario:
    """Deixa o funcionário voltar a agir."""

    funcionario_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaFuncionario:
        return _ativar(uow, self.funcionario_id, ativo=True)


def _ativar(uow: UnidadeDeTrabalho, id: int, *, ativo: bool) -> FichaFuncionario:
    exigir_da_loja(uow, uow.funcionarios.obter(id).loja_id)
    return FichaFuncionario.de(ativar(uow.funcionarios, id, ativo=ativo))


def exigir_da_loja(uow: UnidadeDeTrabalho, loja_id: int | None) -> None:
    uow.ator.exigir_loja(loja_id, acao="mexer na equipe de outra, nem dar acesso à rede")
