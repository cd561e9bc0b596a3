"""Comandos do serviço."""

from decimal import Decimal
from typing import Annotated

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_cli.comandos import planilhas
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.servicos import (
    CriarServico,
    DesativarServico,
    EditarServico,
    ImportarServicos,
    ListarServicos,
    ReativarServico,
    VerServico,
)

app = grupo("Serviços: a tabela de mão de obra.")

Minutos = Annotated[int | None, opcoes.inteiro("--minutos", "Tempo estimado, em minutos.")]


@comando(app, 'servico criar --codigo OLEO --nome "Troca de óleo" --preco 80,00 --minutos 30')
def criar(
    codigo: Annotated[str, opcoes.texto("--codigo", "Curto e sem espaço, como FREIO-DIANT.")],
    nome: Annotated[str, opcoes.texto("--nome", "Como se chama.")],
    preco: Annotated[Decimal, opcoes.dinheiro("--preco", "Preço da mão de obra.")],
    minutos: Minutos = None,
) -> CriarServico:
    return CriarServico(codigo=codigo, nome=nome, preco=preco, tempo_estimado=minutos or 0)


@comando(app, "servico listar freio", "servico listar -o csv --tudo > servicos.csv")
def listar(*, busca: opcoes.Busca = None, inativos: opcoes.Inativos = False) -> ListarServicos:
    return ListarServicos(busca=busca, inativos=inativos)


@comando(app, "servico ver OLEO")
def ver(atendimento: Atendimento, servico: opcoes.Servico) -> VerServico:
    return VerServico(servico_id=atendimento.localizar(Recurso.SERVICO, servico))


@comando(app, "servico editar OLEO --preco 90,00")
def editar(
    atendimento: Atendimento,
    servico: opcoes.Servico,
    *,
    codigo: Annotated[str | None, opcoes.texto("--codigo", "O código novo.")] = None,
    nome: Annotated[str | None, opcoes.texto("--nome", "Como se chama.")] = None,
    preco: Annotated[Decimal | None, opcoes.dinheiro("--preco", "Preço da mão de obra.")] = None,
    minutos: Minutos = None,
) -> EditarServico:
    numero = atendimento.localizar(Recurso.SERVICO, servico)
    atual = atendimento.executar(VerServico(servico_id=numero))
    return mudado(
        EditarServico,
        atual,
        servico_id=numero,
        codigo=codigo,
        nome=nome,
        preco=preco,
        tempo_estimado=minutos,
    )


@comando(app, "servico desativar OLEO", pergunta="Desativar o serviço {servico}?")
def desativar(atendimento: Atendimento, servico: opcoes.Servico) -> DesativarServico:
    return DesativarServico(servico_id=atendimento.localizar(Recurso.SERVICO, servico))


@comando(app, "servico reativar OLEO")
def reativar(atendimento: Atendimento, servico: opcoes.Servico) -> ReativarServico:
    return ReativarServico(servico_id=atendimento.localizar(Recurso.SERVICO, servico))


@comando(
    app,
    "servico importar --inicial",
    "servico importar servicos.csv --atualizar --simular",
    caso=ImportarServicos,
)
def importar(
    atendimento: Atendimento,
    *,
    arquivo: planilhas.Arquivo = None,
    inicial: planilhas.Inicial = False,
    mapa: planilhas.Mapa = None,
    atualizar: planilhas.Atualizar = False,
    parcial: planilhas.Parcial = False,
    rejeitadas: planilhas.Rejeitadas = None,
) -> None:
    planilhas.importar(
        atendimento,
        "servicos",
        lambda linhas: ImportarServicos(linhas=linhas, atualizar=atualizar, parcial=parcial),
        arquivo=arquivo,
        inicial=inicial,
        mapa=mapa,
        parcial=parcial,
        rejeitadas=rejeitadas,
    )
