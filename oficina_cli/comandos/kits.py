"""Comandos do kit."""

from typing import Annotated

from typer import Option

from oficina_cli import opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo, mudado
from oficina_cli.comandos import planilhas
from oficina_core.casos.cadastros import Recurso
from oficina_core.casos.kits import (
    CriarKit,
    DesativarKit,
    EditarKit,
    FichaKit,
    ItemPedido,
    ListarKits,
    ReativarKit,
    VerKit,
)
from oficina_core.casos.kits_importacao import ImportarKits, ListarItensDeKits
from oficina_core.dominio.orcamento import TipoItem

app = grupo("Kits: serviços e peças que se orçam juntos.")


@comando(
    app,
    'kit criar --codigo TROCA-OLEO --nome "Troca de óleo 1.0" '
    "--servico OLEO --peca OLEO-5W30:3,5 --peca FILTRO-OLEO",
)
def criar(
    codigo: Annotated[str, opcoes.texto("--codigo", "Curto e sem espaço, como FREIO-DIANT.")],
    nome: Annotated[str, opcoes.texto("--nome", "Como se chama.")],
    servico: opcoes.Servicos = None,
    peca: opcoes.Pecas = None,
) -> CriarKit:
    return CriarKit(
        codigo=codigo, nome=nome, servicos=tuple(servico or ()), pecas=tuple(peca or ())
    )


@comando(app, "kit listar", "kit listar --itens --tudo -o csv > kits.csv")
def listar(
    *,
    busca: opcoes.Busca = None,
    inativos: opcoes.Inativos = False,
    itens: Annotated[
        bool, Option("--itens", help="Uma linha por item: é a planilha que se importa.")
    ] = False,
) -> ListarKits | ListarItensDeKits:
    caso = ListarItensDeKits if itens else ListarKits
    return caso(busca=busca, inativos=inativos)


@comando(app, "kit ver TROCA-OLEO")
def ver(atendimento: Atendimento, kit: opcoes.Kit) -> VerKit:
    return VerKit(kit_id=atendimento.localizar(Recurso.KIT, kit))


@comando(
    app,
    'kit editar TROCA-OLEO --nome "Troca de óleo 1.0 e 1.4"',
    "kit editar TROCA-OLEO --servico OLEO --peca OLEO-5W30:4 --peca FILTRO-OLEO",
)
def editar(
    atendimento: Atendimento,
    kit: opcoes.Kit,
    *,
    codigo: Annotated[str | None, opcoes.texto("--codigo", "O código novo.")] = None,
    nome: Annotated[str | None, opcoes.texto("--nome", "Como se chama.")] = None,
    servico: opcoes.Servicos = None,
    peca: opcoes.Pecas = None,
) -> EditarKit:
    numero = atendimento.localizar(Recurso.KIT, kit)
    atual = atendimento.executar(VerKit(kit_id=numero))
    return mudado(
        EditarKit,
        atual,
        kit_id=numero,
        codigo=codigo,
        nome=nome,
        servicos=tuple(servico) if servico else _do_tipo(atual, TipoItem.SERVICO),
        pecas=tuple(peca) if peca else _do_tipo(atual, TipoItem.PECA),
    )


def _do_tipo(kit: FichaKit, tipo: TipoItem) -> tuple[ItemPedido, ...]:
    return tuple(
        ItemPedido(id=item.codigo, quantidade=item.quantidade)
        for item in kit.itens
        if item.tipo is tipo
    )


@comando(app, "kit desativar TROCA-OLEO", pergunta="Desativar o kit {kit}?")
def desativar(atendimento: Atendimento, kit: opcoes.Kit) -> DesativarKit:
    return DesativarKit(kit_id=atendimento.localizar(Recurso.KIT, kit))


@comando(app, "kit reativar TROCA-OLEO")
def reativar(atendimento: Atendimento, kit: opcoes.Kit) -> ReativarKit:
    return ReativarKit(kit_id=atendimento.localizar(Recurso.KIT, kit))


@comando(
    app,
    "kit importar --inicial",
    "kit importar kits.csv --simular",
    caso=ImportarKits,
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
        "kits",
        lambda linhas: ImportarKits(kits=linhas, atualizar=atualizar, parcial=parcial),
        arquivo=arquivo,
        inicial=inicial,
        mapa=mapa,
        parcial=parcial,
        rejeitadas=rejeitadas,
    )
