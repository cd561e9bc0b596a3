"""Comandos do cliente."""

from typing import Annotated

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_cli.comandos import planilhas
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import (
    CriarCliente,
    DesativarCliente,
    EditarCliente,
    ListarClientes,
    ReativarCliente,
    VerCliente,
)
from oficina_core.casos.clientes_importacao import (
    ImportarClientes,
    LinhaClienteRevelado,
    RevelarClientes,
)

app = grupo("Clientes: quem traz o carro.")

Documento = Annotated[str | None, opcoes.documento("CPF ou CNPJ; ou diga --cpf ou --cnpj.")]
Telefone = Annotated[str | None, opcoes.texto("--telefone", "Com DDD.")]
Email = Annotated[str | None, opcoes.texto("--email", "Como ana@exemplo.com.br.")]


@comando(app, 'cliente criar --nome "Ana Souza" --cpf 529.982.247-25')
def criar(
    nome: Annotated[str, opcoes.texto("--nome", "Nome completo ou razão social.")],
    documento: Documento = None,
    telefone: Telefone = None,
    email: Email = None,
) -> CriarCliente:
    return CriarCliente(nome=nome, documento=documento, telefone=telefone, email=email)


@comando(app, "cliente listar souza", "cliente listar --revelar --tudo -o csv > clientes.csv")
def listar(
    atendimento: Atendimento,
    *,
    busca: opcoes.Busca = None,
    inativos: opcoes.Inativos = False,
    revelar: planilhas.Revelar = False,
) -> ListarClientes | None:
    if not revelar:
        return ListarClientes(busca=busca, inativos=inativos)
    caso = RevelarClientes(busca=busca, inativos=inativos)
    planilhas.revelar(atendimento, caso, LinhaClienteRevelado)
    return None


@comando(app, "cliente ver 529.982.247-25", "cliente ver id:12 -o json")
def ver(atendimento: Atendimento, cliente: opcoes.Cliente) -> VerCliente:
    return VerCliente(cliente_id=atendimento.localizar(Recurso.CLIENTE, cliente))


@comando(app, 'cliente editar id:12 --telefone "(11) 98765-4321" --email ""', sem={"veiculos"})
def editar(
    atendimento: Atendimento,
    cliente: opcoes.Cliente,
    *,
    nome: Annotated[str | None, opcoes.texto("--nome", "Nome completo ou razão social.")] = None,
    documento: Documento = None,
    telefone: Telefone = None,
    email: Email = None,
) -> EditarCliente:
    numero = atendimento.localizar(Recurso.CLIENTE, cliente)
    atual = atendimento.executar(VerCliente(cliente_id=numero))
    return mudado(
        EditarCliente,
        atual,
        cliente_id=numero,
        nome=nome,
        documento=documento,
        telefone=telefone,
        email=email,
    )


@comando(
    app, "cliente desativar id:12", pergunta="Desativar o cliente {cliente}?", sem={"veiculos"}
)
def desativar(atendimento: Atendimento, cliente: opcoes.Cliente) -> DesativarCliente:
    return DesativarCliente(cliente_id=atendimento.localizar(Recurso.CLIENTE, cliente))


@comando(app, "cliente reativar id:12", sem={"veiculos"})
def reativar(atendimento: Atendimento, cliente: opcoes.Cliente) -> ReativarCliente:
    return ReativarCliente(cliente_id=atendimento.localizar(Recurso.CLIENTE, cliente))


@comando(
    app,
    "cliente importar clientes.csv --simular",
    "cliente importar clientes.csv --parcial --rejeitadas de-fora.csv",
    caso=ImportarClientes,
)
def importar(
    atendimento: Atendimento,
    *,
    arquivo: planilhas.Arquivo = None,
    mapa: planilhas.Mapa = None,
    atualizar: planilhas.Atualizar = False,
    parcial: planilhas.Parcial = False,
    rejeitadas: planilhas.Rejeitadas = None,
) -> None:
    planilhas.importar(
        atendimento,
        "clientes",
        lambda linhas: ImportarClientes(linhas=linhas, atualizar=atualizar, parcial=parcial),
        arquivo=arquivo,
        mapa=mapa,
        parcial=parcial,
        rejeitadas=rejeitadas,
    )
