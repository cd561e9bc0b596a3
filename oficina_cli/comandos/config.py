"""Comandos da configuração."""

from typing import Annotated, Any

from typer import Option

from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_cli.erros import dizer

app = grupo("A configuração: o que vale, e quem o disse.")


@comando(app, "config mostrar", "config mostrar --origem", "config mostrar -o json")
def mostrar(
    atendimento: Atendimento,
    *,
    origem: Annotated[
        bool,
        Option(
            "--origem",
            help="De onde vem cada um: opção, ambiente, arquivo (--env), config.toml ou padrão.",
        ),
    ] = False,
) -> None:
    """Mostra tudo o que se pode configurar e o que vale agora; segredo nunca se mostra.

    O que cada nome quer dizer está em: oficina ajuda configuracao.
    """
    from oficina_cli import ajustes
    from oficina_core.configuracao import Configuracao

    conexao = atendimento.conexao
    camadas = Configuracao.camadas(conexao.env, **conexao.escolhas)
    ditos: Any = ajustes.em_vigor(conexao.configuracao, camadas)
    if origem:
        tipo: Any = tuple[ajustes.AjusteComOrigem, ...]
    else:
        tipo, ditos = tuple[ajustes.Ajuste, ...], map(ajustes.sem_origem, ditos)
    atendimento.mostrar(tuple(ditos), tipo)
    for frase in ajustes.desconhecidos(camadas):
        dizer(f"Aviso: {frase}")
