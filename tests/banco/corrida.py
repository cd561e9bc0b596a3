"""Concorrentes de verdade: processos que esperam a largada e executam um caso cada um.

Cada processo roda `python -m tests.banco.corrida`, lê um pedido por linha em JSON, responde
`pronto`, espera a largada e diz como terminou. Ficam abertos de uma corrida para a outra.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import lendo
from oficina_core.casos import traducao
from oficina_core.casos.portas import Pedido
from oficina_core.catalogo import CATALOGO
from oficina_core.dominio.erros import ErroOficina

PRAZO = 60  # segundos; quem passa dele reprova o teste, em vez de parar a bateria
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
        guarda = threading.Timer(PRAZO, self._processo.kill)
        guarda.daemon = True
        guarda.start()
        linha = self._processo.stdout.readline()
        guarda.cancel()
        assert linha, "o corredor morreu, ou passou do prazo"
        return linha

    def parar(self) -> None:
        self._processo.communicate(timeout=30)

    def derrubar(self) -> None:
        self._processo.kill()
        self.parar()


class Pista:
    """Os corredores de uma sessão de testes; nascem quando se precisa deles."""

    def __init__(self, url: str, corredores: list[Corredor]) -> None:
        self._url, self._corredores = url, corredores

    def correr(self, casos: Sequence[Any], chave: str | None = None) -> list[Chegada]:
        """Cada caso em um processo, todos largando juntos."""
        while len(self._corredores) < len(casos):
            self._corredores.append(Corredor())
        try:
            return self._largar(self._corredores[: len(casos)], casos, chave)
        except BaseException:
            # Quem sobrou está no meio de um pedido: a próxima corrida pede gente nova.
            while self._corredores:
                self._corredores.pop().derrubar()
            raise

    def _largar(
        self, escalados: list[Corredor], casos: Sequence[Any], chave: str | None
    ) -> list[Chegada]:
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
    with lendo(oficina._em_dia()):
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
