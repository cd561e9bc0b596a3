"""Concorrentes de verdade: processos que esperam a largada e executam um caso cada um.

Cada processo roda `python -m tests.banco.corrida`, lê um pedido por linha em JSON, responde
`pronto`, espera a largada e diz como terminou. Ficam abertos de uma corrida para a outra.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos import traducao
from oficina_core.casos.portas import Pedido
from oficina_core.catalogo import CATALOGO
from oficina_core.dominio.erros import ErroOficina

CASOS = {rota.caso.__name__: rota.caso for rota in CATALOGO}


@dataclass(frozen=True)
class Chegada:
    """Como um concorrente terminou: a resposta, ou o código do erro e o que ele disse."""

    resposta: Any = None
    erro: str | None = None
    mensagem: str = ""


class Corredor:
    """Um processo que corre quantas vezes se pedir."""

    def __init__(self) -> None:
        self._processo = subprocess.Popen(
            [sys.executable, "-m", "tests.banco.corrida"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def dizer(self, linha: str) -> None:
        assert self._processo.stdin is not None
        self._processo.stdin.write(linha + "\n")
        self._processo.stdin.flush()

    def ouvir(self) -> str:
        assert self._processo.stdout is not None
        return self._processo.stdout.readline()

    def parar(self) -> None:
        self._processo.communicate(timeout=30)


class Pista:
    """Os corredores de uma sessão de testes; nascem quando se precisa deles."""

    def __init__(self, url: str, corredores: list[Corredor]) -> None:
        self._url, self._corredores = url, corredores

    def correr(self, casos: Sequence[Any], chave: str | None = None) -> list[Chegada]:
        """Cada caso em um processo, todos largando juntos."""
        while len(self._corredores) < len(casos):
            self._corredores.append(Corredor())
        escalados = self._corredores[: len(casos)]
        for corredor, caso in zip(escalados, casos, strict=True):
            pedido = [self._url, type(caso).__name__, traducao.escrever(caso), chave]
            corredor.dizer(json.dumps(pedido))
        for corredor in escalados:
            assert corredor.ouvir() == "pronto\n"
        for corredor in escalados:
            corredor.dizer("já")
        return [Chegada(**json.loads(corredor.ouvir())) for corredor in escalados]


def _uma(url: str, nome: str, campos: Any, chave: str | None) -> None:
    caso = traducao.ler(CASOS[nome], campos)
    oficina = OficinaLocal.em(url)
    with oficina._conectar(so_leitura=True):
        print("pronto", flush=True)
        sys.stdin.readline()
    try:
        chegada = {"resposta": traducao.escrever(oficina.executar(caso, Pedido(chave=chave)))}
    except ErroOficina as erro:
        chegada = {"erro": erro.codigo, "mensagem": str(erro)}
    oficina.fechar()
    print(json.dumps(chegada), flush=True)


if __name__ == "__main__":
    for linha in sys.stdin:
        _uma(*json.loads(linha))
