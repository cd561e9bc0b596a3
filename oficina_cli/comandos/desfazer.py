"""O comando que desfaz."""

from typing import Annotated, Any

import typer
from typer import Argument

from oficina_cli import leitura, opcoes
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando
from oficina_cli.erros import explicar
from oficina_cli.rotulos import ENTIDADES, frase
from oficina_core.casos.desfazer import POR_ACAO, LinhaDesfazivel, ListarDesfaziveis
from oficina_core.casos.estoque import EstornarMovimento
from oficina_core.casos.portas import CasoDeUso
from oficina_core.dominio.erros import NaoEncontrado

raiz = typer.Typer()


@comando(
    raiz,
    "desfazer",
    'desfazer 812 --motivo "digitado errado"',
    pergunta="Desfazer a ação {numero}?",
    painel="Atendimento",
)
def desfazer(
    atendimento: Atendimento,
    numero: Annotated[
        int | None,
        Argument(parser=leitura.numero, metavar="AÇÃO", help="O número, como na lista."),
    ] = None,
    motivo: Annotated[str | None, opcoes.texto("--motivo", "Por que se desfaz.")] = None,
) -> EstornarMovimento | CasoDeUso[Any]:
    """Desfaz uma ação sua, por outra que lhe dá volta; sem dizer qual, mostra as que têm volta.

    Nada se apaga: fica no registro o que se fez e o que o desfez.
    """
    if numero is None:
        return ListarDesfaziveis()
    linha = _achar(atendimento, numero)
    par = POR_ACAO[linha.acao]
    volta = par.volta(linha.entidade_id, motivo)
    registro = f"{ENTIDADES[linha.entidade]} {linha.entidade_id}"
    explicar(f"{frase(linha.acao).capitalize()} ({registro}): oficina {linha.comando}")
    explicar(par.explicacao)
    if motivo and not par.leva_motivo:
        explicar("Aviso: esta volta não guarda motivo.")
    return volta


def _achar(atendimento: Atendimento, numero: int) -> LinhaDesfazivel:
    for linha in atendimento.executar(ListarDesfaziveis(desfeitas=True)).itens:
        if linha.id == numero:
            return linha
    raise NaoEncontrado(
        f"A ação {numero} não está entre as suas últimas que se desfazem; confira o número.",
        comando="desfazer",
    )
