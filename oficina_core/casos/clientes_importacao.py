"""Casos de uso do cliente: trazer de uma planilha, e levar para ela."""

from dataclasses import dataclass
from typing import Any, Self

from oficina_core.casos.cadastros import Busca, por_nome
from oficina_core.casos.clientes import DadosCliente, trocar_contato
from oficina_core.casos.importacao import (
    Importacao,
    Importar,
    conferir_planilha,
    importar,
    trocas,
)
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.casos.traducao import Passageira
from oficina_core.dominio.cliente import Cliente, exigir_contato
from oficina_core.texto import documento_mascarado, sem_acento, telefone_mascarado


@dataclass(frozen=True, kw_only=True)
class LinhaImportadaCliente(DadosCliente):
    """Um cliente da planilha: conhece-se pelo documento ou, sem ele, pelo nome e telefone."""

    linha: int

    def __post_init__(self) -> None:
        super().__post_init__()
        exigir_contato(self.documento, self.telefone)

    @property
    def chave(self) -> str | tuple[str, str]:
        return self.documento or (sem_acento(self.nome), self.telefone or "")

    @property
    def rotulo(self) -> str:
        if self.documento:
            return f"o documento {documento_mascarado(self.documento)}"
        return f"{self.nome}, {telefone_mascarado(self.telefone)},"

    def trocas(self, atual: Cliente) -> list[str]:
        return trocas(self, atual, ("nome", "telefone", "email"))

    def novo(self, uow: UnidadeDeTrabalho) -> Cliente:
        return Cliente(
            nome=self.nome,
            documento=self.documento,
            telefone=self.telefone,
            email=self.email,
            criado_em=uow.agora(),
        )

    def vestir(self, uow: UnidadeDeTrabalho, cliente: Cliente) -> None:
        """Como quem edita, com aviso ao contato antigo; o que a planilha não diz fica."""
        cliente.nome = self.nome
        telefone, email = self.telefone or cliente.telefone, self.email or cliente.email
        trocar_contato(uow, cliente, cliente.documento, telefone, email)


@dataclass(frozen=True, kw_only=True)
class ImportarClientes(Importar):
    """Traz os clientes de uma planilha: todos ou nenhum; o que já está igual não muda.

    O cliente é o do CPF ou CNPJ; sem ele, o que tem o mesmo nome, como quer que se escreva, e
    telefone. Quem muda de contato pela planilha recebe o aviso no antigo.
    """

    linhas: tuple[LinhaImportadaCliente, ...]

    def executar(self, uow: UnidadeDeTrabalho) -> Importacao:
        conferir_planilha(self.linhas)
        chaves = [linha.chave for linha in self.linhas]
        do_documento = uow.clientes.por_nome([x for x in chaves if isinstance(x, str)])
        existentes: dict[Any, Cliente] = {
            **do_documento,
            **uow.clientes.do_contato([x for x in chaves if isinstance(x, tuple)]),
        }
        return importar(
            self,
            uow.clientes,
            self.linhas,
            existentes,
            novo=lambda linha: linha.novo(uow),
            vestir=lambda linha, cliente: linha.vestir(uow, cliente),
        ).resumo


@dataclass(frozen=True, kw_only=True)
class LinhaClienteRevelado:
    """O cliente em uma lista, com os dados pessoais à mostra: é a planilha que se importa."""

    id: int
    nome: str
    documento: str | None
    telefone: str | None
    email: str | None
    ativo: bool

    @classmethod
    def de(cls, linha: Linha) -> Self:
        return cls(**{nome: linha[nome] for nome in cls.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class ClientesRevelados(Passageira):
    """Uma página deles; `proximo` é o cursor da seguinte, que vai no pedido."""

    itens: tuple[LinhaClienteRevelado, ...]
    proximo: str | None


@dataclass(frozen=True, kw_only=True)
class RevelarClientes(Busca):
    """Lista os clientes por nome, com os dados pessoais à mostra; fica no registro quem os viu."""

    def executar(self, uow: UnidadeDeTrabalho) -> ClientesRevelados:
        pagina = self.paginar(self.linhas(uow.clientes), por_nome, LinhaClienteRevelado.de)
        if pagina.itens:
            uow.eventos.revelou([cliente.id for cliente in pagina.itens])
        return ClientesRevelados(itens=pagina.itens, proximo=pagina.proximo)
