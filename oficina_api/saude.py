"""Como está o processo, para quem decide se o reinicia e se lhe manda pedidos.

Só a prontidão pergunta ao banco: se a vida perguntasse, a falta do banco reiniciaria todas as
cópias ao mesmo tempo. Nenhuma das duas entra na fila dos fios que atendem.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI

from oficina_core import versao
from oficina_core.dominio.erros import ErroOficina, Indisponivel

PRAZO = 1.0  # segundos
VALIDADE = 2.0
SEM_RESPOSTA = "O banco de dados não respondeu a tempo; tente de novo em instantes."


class Prontidao:
    """A resposta de `pronta`, que uma só pergunta por vez busca e que vale por dois segundos."""

    def __init__(self, pronta: Callable[[], None]) -> None:
        self._pronta = pronta
        self._fio = CapacityLimiter(1)
        self._pergunta: asyncio.Task[ErroOficina | None] | None = None
        self._vale_ate = 0.0

    async def conferir(self) -> None:
        """Levanta o que `pronta` levantou, ou Indisponivel se ela não responde no prazo.

        A pergunta que passou do prazo segue, e quem chega depois espera por ela mesma.
        """
        agora = asyncio.get_running_loop().time()
        if self._pergunta is None or (self._pergunta.done() and agora >= self._vale_ate):
            self._pergunta = asyncio.create_task(self._perguntar())
        await asyncio.wait({self._pergunta}, timeout=PRAZO)
        if not self._pergunta.done():
            raise Indisponivel(SEM_RESPOSTA)
        if (erro := self._pergunta.result()) is not None:
            raise erro

    async def _perguntar(self) -> ErroOficina | None:
        try:
            await to_thread.run_sync(self._pronta, limiter=self._fio)
        except ErroOficina as erro:
            return erro
        finally:
            self._vale_ate = asyncio.get_running_loop().time() + VALIDADE
        return None


def instalar(app: FastAPI, pronta: Callable[[], None]) -> None:
    """A raiz e a saúde, que não são casos de uso; `pronta` levanta ErroOficina se falta algo."""
    prontidao, numero = Prontidao(pronta), versao.instalada()

    async def raiz() -> dict[str, str]:
        """Diz que API é esta, de que versão e onde se vê como ela está."""
        return {"nome": "oficina", "versao": numero, "saude": "/health"}

    async def viva() -> dict[str, str]:
        """Diz que o processo atende; do banco, nada pergunta."""
        return {"status": "viva"}

    async def recebe() -> dict[str, str]:
        """Diz se o banco responde, na versão do programa, e se o processo não se despede."""
        if app.state.saindo.is_set():
            raise Indisponivel("Este processo se despede; outro atende.")
        await prontidao.conferir()
        return {"status": "pronta"}

    publicar = partial(app.add_api_route, methods=["GET"])
    publicar("/", raiz)
    publicar("/health", viva)
    publicar("/health/live", viva)
    publicar("/health/ready", recebe)
