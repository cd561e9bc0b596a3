"""Comandos do cliente."""

from pathlib import Path
from typing import Annotated

from typer import Argument

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_cli.comandos import planilhas
from oficina_cli.titular import entregar, exigir_nome, ler_tudo
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.clientes import (
    CriarCliente,
    DesativarCliente,
    EditarCliente,
    ListarClientes,
    ReativarCliente,
    VerCliente,
)
from oficina_core.casos.clientes_anonimizacao import AnonimizarCliente
from oficina_core.casos.clientes_exportacao import ExportarDadosCliente
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


@comando(app, "cliente exportar 529.982.247-25", "cliente exportar id:12 - | jq .ordens")
def exportar(
    atendimento: Atendimento,
    cliente: opcoes.Cliente,
    arquivo: Annotated[
        Path | None,
        Argument(
            parser=Path,
            metavar="ARQUIVO",
            help="Onde gravar; - é a saída padrão. Sem ele, cliente-NÚMERO.json.",
        ),
    ] = None,
) -> None:
    """Entrega tudo o que a oficina guarda de um cliente (LGPD).

    Deixa um evento, com quem pediu e quando. O documento é um JSON; o arquivo só o lê quem o fez, e
    não passa por cima de outro.
    """
    numero = atendimento.localizar(Recurso.CLIENTE, cliente)
    pedido = ExportarDadosCliente(cliente_id=numero)
    destino = arquivo or Path(f"cliente-{numero}.json")
    entregar(destino, lambda: ler_tudo(atendimento, pedido), atendimento.comuns.saida)


@comando(
    app,
    'cliente anonimizar id:12 --motivo "pediu por carta" --simular',
    'cliente anonimizar id:12 --motivo "pediu por carta" --confirmar "Ana Souza"',
)
def anonimizar(
    atendimento: Atendimento,
    cliente: opcoes.Cliente,
    *,
    motivo: opcoes.Motivo,
    confirmar: Annotated[
        str | None, opcoes.texto("--confirmar", "O nome do cliente, em vez de o perguntar.")
    ] = None,
) -> AnonimizarCliente:
    numero = atendimento.localizar(Recurso.CLIENTE, cliente)
    if not atendimento.comuns.simular:
        ficha = atendimento.executar(VerCliente(cliente_id=numero))
        exigir_nome(ficha, confirmar, pode_perguntar=atendimento.pode_perguntar)
    return AnonimizarCliente(cliente_id=numero, motivo=motivo)
