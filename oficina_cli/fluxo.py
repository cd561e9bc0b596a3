"""Muitos registros por um comando só: a cada linha de JSON que entra, uma que responde.

Cada linha é um pedido inteiro, com os campos do corpo da API, e uma transação: a que não serve diz
por quê, e as outras seguem. Lê e responde à medida que chega.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from typing import Any

from oficina_cli.atendimento import Atendimento
from oficina_cli.erros import codigo_de, dizer
from oficina_cli.saida import em_json
from oficina_core.casos import traducao
from oficina_core.casos.portas import Pedido
from oficina_core.catalogo import CORPO
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel

CHAVE_MAXIMA = 50  # a ela se junta o número da linha


def atender(atendimento: Atendimento, caso: type) -> int:
    """Faz cada pedido da entrada padrão; o código de saída é o da primeira linha recusada, ou 0.

    Repetido com a mesma chave, o que já se gravou não se grava de novo. Se a oficina deixa de
    responder, para ali.
    """
    if sys.stdin.isatty():
        raise DadoInvalido(
            "O - lê da entrada padrão: mande-lhe um arquivo, como em < linhas.ndjson"
        )
    base = atendimento.comuns.chave or secrets.token_hex(16)
    Pedido(chave=base)  # a que não serve se recusa antes da primeira linha
    if len(base) > CHAVE_MAXIMA:
        raise DadoInvalido(f"Aqui a chave tem até {CHAVE_MAXIMA} letras e números.", "chave")
    codigo, numero = 0, 0
    try:
        for numero, linha in _linhas():
            resposta, saiu = _uma(atendimento, caso, linha, f"{base}-{numero}")
            codigo = codigo or saiu
            sys.stdout.write(em_json({"linha": numero} | resposta) + "\n")
            sys.stdout.flush()
    except BrokenPipeError:
        _dizer_onde(numero, base)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Indisponivel("Quem lia as respostas parou de ler, e o resto não se fez.") from None
    except BaseException:
        _dizer_onde(numero, base)
        raise
    return codigo


def _dizer_onde(numero: int, chave: str) -> None:
    dizer(f"Parou na linha {numero}; para repetir sem gravar duas vezes, use --chave {chave}")


def _linhas() -> Iterator[tuple[int, bytes]]:
    """As que têm algo, com o número que têm no arquivo; de uma grande demais, só o começo."""
    entrada, numero = sys.stdin.buffer, 0
    while linha := entrada.readline(CORPO + 1):
        numero += 1
        inteira = linha
        while len(linha) > CORPO and not linha.endswith(b"\n"):
            linha = entrada.readline(CORPO + 1)
        if inteira.strip():
            yield numero, inteira


def _uma(
    atendimento: Atendimento, caso: Any, linha: bytes, chave: str
) -> tuple[dict[str, Any], int]:
    """O que se responde a uma linha, e o código com que ela sozinha sairia."""
    try:
        if len(linha) > CORPO:
            raise DadoInvalido("A linha passa de 1 MiB.")
        pedido = traducao.ler(caso, traducao.carregar(linha))
        return {"resultado": _executar(atendimento, pedido, chave)}, 0
    except Indisponivel:
        raise
    except ErroOficina as erro:
        return {"erro": _erro(erro)}, codigo_de(erro)


def _executar(atendimento: Atendimento, pedido: Any, chave: str) -> Any:
    oficina, loja = atendimento.conexao.oficina, atendimento.loja
    if atendimento.comuns.simular:
        return traducao.escrever(oficina.simular(pedido, Pedido(loja=loja)))
    return traducao.escrever(oficina.executar(pedido, Pedido(chave=chave, loja=loja)))


def _erro(erro: ErroOficina) -> dict[str, Any]:
    """A recusa, em dados: só o que ela tem."""
    dito = {
        "codigo": erro.codigo,
        "mensagem": str(erro),
        "campo": getattr(erro, "campo", None),
        "detalhes": list(erro.detalhes),
        "comando": erro.comando,
    }
    return {nome: valor for nome, valor in dito.items() if valor}
