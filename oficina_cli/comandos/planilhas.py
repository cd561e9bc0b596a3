"""O que os comandos `importar` têm em comum: o arquivo, o que fazer com o que não serve."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from typer import Argument, Option

from oficina_cli import leitura, saida
from oficina_cli.atendimento import Atendimento
from oficina_cli.erros import dizer
from oficina_core import arquivos
from oficina_core.casos.clientes_importacao import RevelarClientes
from oficina_core.casos.importacao import Importacao, LinhaRecusada
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.portas import CasoDeUso, Simulacao
from oficina_core.casos.veiculos_importacao import RevelarVeiculos
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import quantos

ALGUMA_FICOU_DE_FORA = 2

Arquivo: TypeAlias = Annotated[
    Path | None,
    Argument(parser=Path, metavar="ARQUIVO", help="Planilha CSV ou NDJSON; - lê a entrada padrão."),
]
Mapa: TypeAlias = Annotated[
    list[tuple[str, str]] | None,
    Option(
        "--mapa",
        parser=leitura.troca,
        metavar="COLUNA=CAMPO",
        help='De que campo é uma coluna, como "Preço de venda=preco"; repita para cada uma.',
    ),
]
Atualizar: TypeAlias = Annotated[
    bool, Option("--atualizar", help="Onde difere, fica o que está na planilha.")
]
Inicial: TypeAlias = Annotated[
    bool, Option("--inicial", help="Usa o catálogo de partida, que vem com o programa.")
]
Revelar: TypeAlias = Annotated[
    bool,
    Option(
        "--revelar",
        help="Mostra os dados pessoais, como a planilha que se importa; fica no registro quem viu.",
    ),
]
Parcial: TypeAlias = Annotated[
    bool,
    Option(
        "--parcial",
        help="Entram as linhas que servem; se alguma fica de fora, diz por quê e sai com 2.",
    ),
]
Rejeitadas: TypeAlias = Annotated[
    Path | None,
    Option(
        "--rejeitadas",
        parser=Path,
        metavar="ARQUIVO",
        help="Com --parcial, escreve neste arquivo novo as linhas que ficam de fora, e o motivo.",
    ),
]


def importar(
    atendimento: Atendimento,
    nome: str,
    pedir: Callable[[tuple[Any, ...]], CasoDeUso[Importacao]],
    *,
    arquivo: Path | None,
    inicial: bool | None = None,
    mapa: Sequence[tuple[str, str]] | None = None,
    parcial: bool,
    rejeitadas: Path | None,
) -> None:
    """Lê o arquivo, faz o pedido que `pedir` monta das linhas e mostra o que houve com elas.

    `inicial` é se se pede o catálogo de partida; None, se não há.
    """
    from oficina_cli import importacao

    if (arquivo is None) is not bool(inicial):
        ou = "" if inicial is None else ", ou --inicial: um dos dois"
        raise DadoInvalido(f"Diga o ARQUIVO da planilha{ou}.", "arquivo")
    if rejeitadas and not parcial:
        raise DadoInvalido("--rejeitadas só se usa com --parcial.", "rejeitadas")
    especie = importacao.ESPECIES[nome]
    lida = importacao.ler(arquivo or importacao.inicial(nome), especie, dict(mapa or ()))
    for aviso in lida.avisos:
        dizer(aviso)
    if not parcial:
        lida.exigir_inteira()
    if rejeitadas:
        arquivos.exigir_livre(rejeitadas)
    destino = None if atendimento.comuns.simular else rejeitadas
    with arquivos.novo(destino) if destino else nullcontext() as devolvidas:
        resposta = _pedir(atendimento, pedir, lida.linhas, lida.recusadas)
        recusadas = _resumo(resposta).recusadas
        atendimento.mostrar(resposta, Importacao)  # antes do arquivo, que pode não caber no disco
        if devolvidas and recusadas:
            lida.devolver(devolvidas, recusadas)
    if atendimento.comuns.simular:
        ficam = quantos(len(recusadas), "linha ficaria de fora", "linhas ficariam de fora")
        dizer(f"Simulação: nada foi gravado{f'; {ficam}' if recusadas else ''}.")
    elif recusadas:
        fora = quantos(len(recusadas), "linha ficou de fora", "linhas ficaram de fora")
        onde = f"; estão em {rejeitadas}, com o motivo" if rejeitadas else ""
        dizer(f"{fora}{onde}. Corrija e importe de novo só o que falta.")
    if recusadas:
        raise typer.Exit(ALGUMA_FICOU_DE_FORA)


def _pedir(
    atendimento: Atendimento,
    pedir: Callable[[tuple[Any, ...]], CasoDeUso[Importacao]],
    linhas: tuple[Any, ...],
    recusadas: tuple[LinhaRecusada, ...],
) -> Importacao | Simulacao[Importacao]:
    """O que a oficina responde, com as recusadas na leitura junto das que ela recusou."""
    from oficina_cli import progresso

    if not linhas:
        return Importacao(novos=0, atualizados=0, iguais=0, recusadas=recusadas)
    with progresso.esperando(f"Importando {quantos(len(linhas), 'registro', 'registros')}"):
        resposta: Importacao | Simulacao[Importacao] = atendimento.gravar(pedir(linhas))
    resumo = _resumo(resposta)
    juntas = sorted((*recusadas, *resumo.recusadas), key=lambda recusada: recusada.linha)
    resumo = replace(resumo, recusadas=tuple(juntas))
    return replace(resposta, resultado=resumo) if isinstance(resposta, Simulacao) else resumo


def revelar(atendimento: Atendimento, caso: RevelarClientes | RevelarVeiculos, linha: type) -> None:
    """Uma página com os dados pessoais à mostra; ou todas, se se pede tudo."""
    tipo = Pagina[linha]  # type: ignore[valid-type]
    saida.conferir(tipo, atendimento.formato, atendimento.campos)
    pedido = atendimento.completar(caso)
    revelada = atendimento.executar(pedido)
    pagina: Pagina[Any] | None = Pagina(itens=revelada.itens, proximo=revelada.proximo)
    if atendimento.comuns.tudo:
        pagina = atendimento.ate_o_fim(pedido, pagina, tipo)
    if pagina:
        atendimento.mostrar(pagina, tipo)


def _resumo(resposta: Importacao | Simulacao[Importacao]) -> Importacao:
    return resposta.resultado if isinstance(resposta, Simulacao) else resposta
