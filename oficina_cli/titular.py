"""O que a linha de comando faz a pedido do titular dos dados: o arquivo dele, e o nome digitado."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from oficina_cli import saida
from oficina_cli.atendimento import Atendimento
from oficina_cli.erros import dizer
from oficina_cli.opcoes import PADRAO, Formato
from oficina_cli.pergunta import pedir
from oficina_core import arquivos
from oficina_core.casos import traducao
from oficina_core.casos.clientes import FichaCliente
from oficina_core.casos.clientes_exportacao import SECOES, ExportarDadosCliente
from oficina_core.dominio.cliente import nome_anonimo
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import sem_acento


def ler_tudo(atendimento: Atendimento, pedido: ExportarDadosCliente) -> dict[str, Any]:
    """O documento inteiro, com as partes juntas."""
    parte = atendimento.executar(pedido)
    documento: dict[str, Any] = traducao.escrever(parte)
    while parte.proximo:
        parte = atendimento.executar(replace(pedido, cursor=parte.proximo))
        seguinte = traducao.escrever(parte)
        for secao in SECOES:
            documento[secao] += seguinte[secao]
    del documento["proximo"]
    return documento


def entregar(destino: Path, ler: Callable[[], dict[str, Any]], formato: Formato | None) -> None:
    """Grava o documento em um arquivo novo, que só lê quem o fez.

    O arquivo se abre antes de pedir: o que não se pode gravar nem deixa o evento.
    """
    if formato not in (None, Formato.JSON):
        raise DadoInvalido("Esse documento é sempre JSON; tire o -o.", "saida")
    if destino == PADRAO:
        sys.stdout.write(_escrito(ler()))
        return
    with arquivos.novo(destino) as arquivo:
        arquivo.write(_escrito(ler()).encode())
    dizer(f"Gravado em {destino}, que só você pode ler. Entregue-o ao cliente, e apague-o.")


def _escrito(documento: dict[str, Any]) -> str:
    return saida.em_json(documento, indent=2) + "\n"


def exigir_nome(ficha: FichaCliente, dito: str | None, *, pode_perguntar: bool) -> None:
    """Levanta DadoInvalido se não se diz o nome do cliente; de quem já não o tem, não se pede."""
    if ficha.nome == nome_anonimo(ficha.id):
        return
    if dito is None:
        dito = pedir(
            f"Anonimizar não se desfaz. Para confirmar, digite o nome do cliente {ficha.id}, "
            f"{ficha.nome}",
            pode_perguntar=pode_perguntar,
            falta='Anonimizar não se desfaz: repita com --confirmar "NOME", o nome do cliente.',
        )
    if _igual(dito) != _igual(ficha.nome):
        raise DadoInvalido(
            f"Não é esse o nome do cliente {ficha.id}; nada foi feito.",
            "confirmar",
            comando=f"cliente ver id:{ficha.id}",
        )


def _igual(nome: str) -> str:
    return " ".join(sem_acento(nome).split())
