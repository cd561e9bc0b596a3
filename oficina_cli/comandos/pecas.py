"""Comandos da peça."""

from decimal import Decimal
from typing import Annotated

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_cli.comandos import planilhas
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.pecas import (
    CriarPeca,
    DesativarPeca,
    EditarPeca,
    ListarPecas,
    ReativarPeca,
    VerPeca,
)
from oficina_core.casos.pecas_importacao import ImportarPecas
from oficina_core.dominio.dinheiro import ZERO, Unidade

app = grupo("Peças: o que se vende, e por quanto.")


@comando(
    app,
    'peca criar --codigo FILTRO-OLEO --nome "Filtro de óleo" --preco 39,90',
    'peca criar --codigo OLEO-5W30 --nome "Óleo 5W30" --preco 52,00 --unidade l',
)
def criar(
    *,
    codigo: Annotated[str, opcoes.texto("--codigo", "Curto e sem espaço, como FREIO-DIANT.")],
    nome: Annotated[str, opcoes.texto("--nome", "Como se chama.")],
    preco: Annotated[Decimal, opcoes.dinheiro("--preco", "Preço de uma unidade.")],
    unidade: Annotated[
        Unidade, opcoes.escolha(Unidade, "--unidade", "Em que se vende; o padrão é un")
    ] = Unidade.UN,
    minimo: Annotated[
        Decimal | None, opcoes.quantidade("--minimo", "Estoque mínimo na loja.")
    ] = None,
    lugar: Annotated[str | None, opcoes.texto("--lugar", "Onde fica na loja.")] = None,
) -> CriarPeca:
    return CriarPeca(
        codigo=codigo,
        nome=nome,
        preco=preco,
        unidade=unidade,
        minimo=minimo or ZERO,
        localizacao=lugar,
    )


@comando(app, "peca listar filtro", "peca listar -o csv --tudo > pecas.csv")
def listar(
    *,
    busca: opcoes.Busca = None,
    inativos: opcoes.Inativos = False,
    abaixo_do_minimo: opcoes.AbaixoDoMinimo = False,
) -> ListarPecas:
    return ListarPecas(busca=busca, inativos=inativos, abaixo_do_minimo=abaixo_do_minimo)


@comando(app, "peca ver FILTRO-OLEO")
def ver(atendimento: Atendimento, peca: opcoes.Peca) -> VerPeca:
    return VerPeca(peca_id=atendimento.localizar(Recurso.PECA, peca))


@comando(app, "peca editar FILTRO-OLEO --preco 42,50")
def editar(
    atendimento: Atendimento,
    peca: opcoes.Peca,
    codigo: Annotated[str | None, opcoes.texto("--codigo", "O código novo.")] = None,
    nome: Annotated[str | None, opcoes.texto("--nome", "Como se chama.")] = None,
    preco: Annotated[Decimal | None, opcoes.dinheiro("--preco", "Preço de uma unidade.")] = None,
) -> EditarPeca:
    numero = atendimento.localizar(Recurso.PECA, peca)
    atual = atendimento.executar(VerPeca(peca_id=numero))
    return mudado(EditarPeca, atual, peca_id=numero, codigo=codigo, nome=nome, preco=preco)


@comando(app, "peca desativar FILTRO-OLEO", pergunta="Desativar a peça {peca}?")
def desativar(atendimento: Atendimento, peca: opcoes.Peca) -> DesativarPeca:
    return DesativarPeca(peca_id=atendimento.localizar(Recurso.PECA, peca))


@comando(app, "peca reativar FILTRO-OLEO")
def reativar(atendimento: Atendimento, peca: opcoes.Peca) -> ReativarPeca:
    return ReativarPeca(peca_id=atendimento.localizar(Recurso.PECA, peca))


@comando(
    app,
    "peca importar --inicial",
    'peca importar pecas.csv --mapa "Preço de venda=preco" --simular',
    "peca importar pecas.csv --parcial --rejeitadas de-fora.csv",
    caso=ImportarPecas,
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
        "pecas",
        lambda linhas: ImportarPecas(linhas=linhas, atualizar=atualizar, parcial=parcial),
        arquivo=arquivo,
        inicial=inicial,
        mapa=mapa,
        parcial=parcial,
        rejeitadas=rejeitadas,
    )
