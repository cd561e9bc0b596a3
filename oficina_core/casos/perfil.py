"""O que cada um vê e muda de si: `/usuarios/eu`."""

from dataclasses import dataclass
from datetime import datetime

from oficina_core.casos import campos
from oficina_core.casos.clientes import trocar_contato
from oficina_core.casos.entrada import exigir_vez, tentar
from oficina_core.casos.paginas import Lista, Pagina
from oficina_core.casos.portas import Linha, UnidadeDeTrabalho
from oficina_core.dominio.acesso import TipoAtor
from oficina_core.dominio.cliente import Cliente
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.tentativa import CONTATOS


@dataclass(frozen=True, kw_only=True)
class FichaPerfil:
    """Quem pede, como a oficina o conhece.

    `loja_id` é a loja em que trabalha, ou nenhuma; `versao` é a do cadastro, para trocar o contato.
    """

    tipo: TipoAtor
    id: int | None
    nome: str
    papel: str
    loja_id: int | None
    telefone: str | None
    email: str | None
    versao: int


@dataclass(frozen=True, kw_only=True)
class VerMeuPerfil:
    """Mostra quem pede: o nome, o papel e o contato."""

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPerfil:
        ator = uow.ator
        match ator.tipo:
            case TipoAtor.CLIENTE:
                return _do_cliente(uow, uow.clientes.obter(ator.id or 0))
            case TipoAtor.FUNCIONARIO:
                funcionario = uow.funcionarios.obter(ator.id or 0)
                return _perfil(uow, None, funcionario.email, funcionario.versao)
        return _perfil(uow, None, None, 1)


@dataclass(frozen=True, kw_only=True)
class EditarMeuContato:
    """Troca o telefone e o e-mail do cliente que pede, até três vezes por hora."""

    versao: int
    telefone: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        campos.fixar(self, telefone=campos.telefone(self.telefone), email=campos.email(self.email))

    def executar(self, uow: UnidadeDeTrabalho) -> FichaPerfil:
        cliente = uow.clientes.obter(uow.ator.id or 0)
        cliente.conferir_versao(self.versao)
        exigir_vez(tentar(uow, (CONTATOS, str(cliente.id))))
        trocar_contato(uow, cliente, cliente.documento, self.telefone, self.email)
        uow.clientes.salvar(cliente)
        return _do_cliente(uow, cliente)


@dataclass(frozen=True, kw_only=True)
class Andamento:
    """Em que pé está uma ordem, e nada mais: serve a quem só disse o CPF."""

    ordem_id: int
    status: StatusOrdem
    criado_em: datetime

    @classmethod
    def de(cls, linha: Linha) -> "Andamento":
        return cls(ordem_id=linha["id"], status=linha["status"], criado_em=linha["criado_em"])


@dataclass(frozen=True, kw_only=True)
class AcompanharOrdens(Lista):
    """Mostra em que pé estão as ordens do cliente que pede, da mais nova para a mais antiga."""

    def executar(self, uow: UnidadeDeTrabalho) -> Pagina[Andamento]:
        linhas = uow.ordens.andamento(depois=self.depois(int), limite=self.limite + 1)
        return self.paginar(linhas, lambda linha: (linha["id"],), Andamento.de)


def _do_cliente(uow: UnidadeDeTrabalho, cliente: Cliente) -> FichaPerfil:
    return _perfil(uow, cliente.telefone, cliente.email, cliente.versao)


def _perfil(
    uow: UnidadeDeTrabalho, telefone: str | None, email: str | None, versao: int
) -> FichaPerfil:
    ator = uow.ator
    return FichaPerfil(
        tipo=ator.tipo,
        id=ator.id,
        nome=ator.nome,
        papel=ator.papel.value,
        loja_id=ator.loja,
        telefone=telefone,
        email=email,
        versao=versao,
    )
