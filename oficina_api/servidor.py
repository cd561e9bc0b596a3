"""Como o programa se põe a atender, e como se despede sem perder pedido.

Ao SIGTERM, a prontidão nega na hora e cada resposta fecha a conexão, mas ainda se atende durante a
espera: quem distribui os pedidos demora a saber que este processo sai. Depois se para de aceitar,
e o que está em curso termina.
"""

import logging
import signal
from asyncio import Protocol
from errno import EADDRINUSE
from socket import AF_INET, AF_INET6, create_server, socket
from threading import Event
from time import monotonic
from types import FrameType

import uvicorn
from fastapi import FastAPI

from oficina_api.protocolo import Prazos
from oficina_core.dominio.erros import Indisponivel

REGISTRO = logging.getLogger(__name__)
SEM_PORTA = 7  # o código de saída do que não atende, como na linha de comando
ESPERA = 3.0  # segundos
CARENCIA = 20  # para o que está em curso terminar
OCIOSA = 75  # acima dos 60 do balanceador: quem fecha primeiro a conexão parada é ele


class Servidor(uvicorn.Server):
    """O uvicorn que se despede: `saindo` é o aviso que a aplicação e as respostas leem."""

    def __init__(self, config: uvicorn.Config, saindo: Event, espera: float) -> None:
        super().__init__(config)
        self._saindo, self._espera = saindo, espera
        self._fim: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """O primeiro SIGTERM começa a despedida; outro sinal, ou o Ctrl-C, a encurta."""
        if sig == signal.SIGTERM and self._fim is None:
            self._saindo.set()
            self._fim = monotonic() + self._espera
            return
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        if self._fim is not None and monotonic() >= self._fim:
            self.should_exit = True
        return await super().on_tick(counter)


def preparar(
    app: FastAPI,
    *,
    espera: float = ESPERA,
    protocolo: type[Protocol] = Prazos,
    confia_em: str | None = None,
) -> Servidor:
    """O servidor pronto para `run()`; `confia_em` é o proxy de quem se aceitam X-Forwarded-*."""
    config = uvicorn.Config(
        app,
        http=protocolo,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=confia_em is not None,
        forwarded_allow_ips=confia_em,
        timeout_keep_alive=OCIOSA,
        timeout_graceful_shutdown=CARENCIA,
    )
    return Servidor(config, app.state.saindo, espera)


def servir(
    app: FastAPI,
    host: str = "127.0.0.1",
    porta: int = 8000,
    *,
    espera: float = ESPERA,
    confia_em: str | None = None,
) -> None:
    """Atende até que mandem parar, e termina em paz: o SIGTERM não é falha.

    Levanta Indisponivel se a porta já é de outro programa, se não se pode tê-la, ou se o que abre
    com a API não se abre.
    """
    with _ocupar(host, porta) as escuta:
        REGISTRO.info("A API atende em %s, na porta %s.", *escuta.getsockname()[:2])
        try:
            preparar(app, espera=espera, confia_em=confia_em).run(sockets=[escuta])
        except SystemExit as fim:
            raise Indisponivel(
                "A API não conseguiu começar; o motivo está no registro, acima. Se é a porta das "
                "medidas, confira METRICS_HOST e METRICS_PORT."
            ) from fim


def _ocupar(host: str, porta: int) -> socket:
    """A porta já nossa; quem chega antes de a API estar pronta espera por ela."""
    try:
        return create_server((host, porta), family=AF_INET6 if ":" in host else AF_INET)
    except (OSError, OverflowError) as erro:
        if getattr(erro, "errno", None) == EADDRINUSE:
            raise Indisponivel(
                f"A porta {porta} já é de outro programa nesta máquina; encerre-o, ou escolha "
                "outra com --porta."
            ) from erro
        raise Indisponivel(
            f"Não deu para atender em {host}, na porta {porta}; confira --host e --porta."
        ) from erro
