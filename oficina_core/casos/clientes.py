"""Casos de uso do cliente."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from oficina_core.casos import campos
from oficina_core.casos.cadastros import Busca, Recurso, ativar, recusar_repetido
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.casos.veiculos import LinhaVeiculo
from oficina_core.dominio.acesso import Ator, Papel
from oficina_core.dominio.cliente import Cliente, TipoCliente
from oficina_core.dominio.mensagem import Mensagem, TipoMensagem
from oficina_core.texto import documento_mascarado, email_mascarado, telefone_mascarado

VEICULOS_MAXIMO = 100


@dataclass(frozen=True, kw_only=True)
class FichaCliente:
    """O cliente e até 100 carros dele; para o mecânico, com os dados pessoais mascarados (LGPD)."""

    id: int
    tipo: TipoCliente
    nome: str
    documento: str | None
    telefone: str | None
    email: str | None
    ativo: bool
    veiculos: tuple[LinhaVeiculo, ...]
    criado_em: datetime
    versao: int

    @classmethod
    def de(cls, cliente: Cliente, veiculos: Sequence[Linha], ator: Ator) -> Self:
        mascarar = ator.papel is Papel.MECANICO
        return cls(
            id=cliente.id,
            tipo=cliente.tipo,
            nome=cliente.nome,
            documento=documento_para(ator, cliente),
            telefone=telefone_para(ator, cliente),
            email=email_mascarado(cliente.email) if mascarar else cliente.email,
            ativo=cliente.ativo,
            veiculos=tuple(map(LinhaVeiculo.de, veiculos)),
            criado_em=cliente.criado_em,
            versao=cliente.versao,
        )


@dataclass(frozen=True, kw_only=True)
class LinhaCliente:
    """O cliente em uma lista, sempre mascarado."""

    id: int
    nome: str
    documento: str | None
    telefone: str | None
    ativo: bool

    @classmethod
    def de(cls, linha: Linha) -> Self:
        return cls(
            id=linha["id"],
            nome=linha["nome"],
            documento=documento_mascarado(linha["documento"]),
            telefone=telefone_mascarado(linha["telefone"]),
            ativo=linha["ativo"],
        )


@dataclass(frozen=True, kw_only=True)
class DadosCliente:
    """O que se diz de um cliente: nome, e documento ou telefone."""

    nome: str
    documento: str | None = None
    telefone: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        campos.fixar(
            self,
            nome=campos.nome(self.nome),
            documento=campos.documento(self.documento),
            telefone=campos.telefone(self.telefone),
            email=campos.email(self.email),
        )

    def cadastrar(self, uow: UnidadeDeTrabalho) -> Cliente:
        """Cria o cliente; Conflito se o documento já tem dono, mesmo desativado."""
        recusar_repetido(uow.clientes, self.documento, Recurso.CLIENTE)
        cliente = Cliente(
            nome=self.nome,
            documento=self.documento,
            telefone=self.telefone,
            email=self.email,
            criado_em=uow.agora(),
        )
        uow.clientes.adicionar(cliente)
        return cliente


@dataclass(frozen=True, kw_only=True)
class CriarCliente(DadosCliente):
    """Cadastra um cliente; sem CPF ou CNPJ, nome e telefone bastam."""

    def executar(self, uow: UnidadeDeTrabalho) -> FichaCliente:
        return FichaCliente.de(self.cadastrar(uow), (), uow.ator)


@dataclass(frozen=True, kw_only=True)
class EditarCliente(DadosCliente):
    """Troca os dados do cliente."""

    cliente_id: int
    versao: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaCliente:
        cliente = uow.clientes.obter(self.cliente_id)
        cliente.conferir_versao(self.versao)
        cliente.exigir_identificado()
        recusar_repetido(uow.clientes, self.documento, Recurso.CLIENTE, cliente.id)
        cliente.nome = self.nome
        trocar_contato(uow, cliente, self.documento, self.telefone, self.email)
        uow.clientes.salvar(cliente)
        return _ficha(uow, cliente)


@dataclass(frozen=True, kw_only=True)
class VerCliente:
    """Mostra um cliente."""

    cliente_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaCliente:
        return _ficha(uow, uow.clientes.obter(self.cliente_id))


@dataclass(frozen=True, kw_only=True)
class ListarClientes(Busca):
    """Lista os clientes por nome."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[LinhaCliente]:
        return self.pagina(uow.clientes, LinhaCliente.de)


@dataclass(frozen=True, kw_only=True)
class DesativarCliente:
    """Tira o cliente das listas; a história dele fica."""

    cliente_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaCliente:
        return _ficha(uow, ativar(uow.clientes, self.cliente_id, ativo=False))


@dataclass(frozen=True, kw_only=True)
class ReativarCliente:
    """Devolve o cliente às listas."""

    cliente_id: int

    def executar(self, uow: UnidadeDeTrabalho) -> FichaCliente:
        uow.clientes.obter(self.cliente_id).exigir_identificado()
        return _ficha(uow, ativar(uow.clientes, self.cliente_id, ativo=True))


def trocar_contato(
    uow: UnidadeDeTrabalho,
    cliente: Cliente,
    documento: str | None,
    telefone: str | None,
    email: str | None,
) -> None:
    """Troca o contato e avisa o antigo: quem não pediu a troca tem de saber por onde ainda lê."""
    antigo = Mensagem(
        tipo=TipoMensagem.CONTATO,
        cliente_id=cliente.id,
        email=cliente.email,
        telefone=cliente.telefone,
        proxima_em=uow.agora(),
        criado_em=uow.agora(),
    )
    mudou = cliente.trocar_contato(documento, telefone, email, uow.agora())
    if mudou and (antigo.email or antigo.telefone):
        uow.mensagens.adicionar(antigo)


def documento_para(ator: Ator, cliente: Cliente) -> str | None:
    """O CPF ou CNPJ, mascarado para o mecânico."""
    mascarar = ator.papel is Papel.MECANICO
    return documento_mascarado(cliente.documento) if mascarar else cliente.documento


def telefone_para(ator: Ator, cliente: Cliente) -> str | None:
    """O telefone, mascarado para o mecânico."""
    mascarar = ator.papel is Papel.MECANICO
    return telefone_mascarado(cliente.telefone) if mascarar else cliente.telefone


def _ficha(uow: UnidadeDeTrabalho, cliente: Cliente) -> FichaCliente:
    veiculos = uow.busca.veiculos_dos_clientes([cliente.id], VEICULOS_MAXIMO)
    return FichaCliente.de(cliente, veiculos, uow.ator)
