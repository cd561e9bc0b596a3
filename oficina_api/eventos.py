"""O que acontece na oficina, na hora: GET /eventos (SSE).

Um aviso só diz que é preciso ler de novo: pode repetir, e não se perde. O `id` dele é a marca de
onde continuar, que o navegador devolve em Last-Event-ID depois de uma queda; se dali para cá
aconteceu demais, um `recarregar` diz que se leia tudo de novo, e nada se repete.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, FastAPI, Request
from starlette.responses import StreamingResponse

from oficina_api.acesso import Identificar
from oficina_api.lugares import Lugares
from oficina_api.mural import Mural, Quadro, Recado
from oficina_api.pedidos import ler_pedido
from oficina_core.casos.eventos import ListarEventos
from oficina_core.casos.perfil import VerMeuPerfil
from oficina_core.casos.portas import Recepcao
from oficina_core.casos.traducao import canonico
from oficina_core.dominio.acesso import Sujeito
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel

MARCA = re.compile("[0-9]{1,18}")
PASSO = 0.5  # segundos: de quanto em quanto tempo se vê se é hora de parar
SILENCIO = 15.0  # sem nada a dizer, diz-se que se está vivo
OUVINTES_MAXIMO = 100  # por processo: cada um é um pedido em curso, e estes têm teto
POR_PESSOA = 5  # quem trabalha abre umas poucas telas
CONFERENCIA = 30.0  # de quanto em quanto tempo se vê se quem ouve ainda pode


def instalar(
    app: FastAPI,
    oficina: Recepcao,
    mural: Mural,
    identificar: Identificar,
    conferencia: float = CONFERENCIA,
) -> None:
    """Publica GET /eventos; `app.state.saindo` encerra as transmissões."""
    ouvindo = Lugares()

    async def tomar_lugar(
        sujeito: Annotated[Sujeito, Depends(identificar)],
    ) -> AsyncIterator[Sujeito]:
        """Antes de qualquer fio, e até o fim da transmissão: conferir e tomar é um passo só."""
        quem = str(sujeito)
        if ouvindo.de(quem) >= POR_PESSOA:
            raise Indisponivel(
                f"Você já acompanha em {POR_PESSOA} telas; feche uma e tente de novo."
            )
        if ouvindo.todos() >= OUVINTES_MAXIMO:
            raise Indisponivel("Já há gente demais acompanhando; tente de novo.")
        with ouvindo.tomar(quem):
            yield sujeito

    def receber(
        request: Request, sujeito: Annotated[Sujeito, Depends(tomar_lugar)]
    ) -> StreamingResponse:
        pedido = ler_pedido(request)
        desde = _ler_marca(request)
        balcao = oficina.como(sujeito)
        comeco = balcao.executar(ListarEventos(), pedido).marca
        loja = balcao.executar(VerMeuPerfil(), pedido).loja_id

        async def ainda() -> bool:
            """Se quem ouve ainda pode ouvir, e a mesma loja."""
            try:
                agora = oficina.como(await identificar(request))
                perfil = await to_thread.run_sync(agora.executar, VerMeuPerfil(), pedido)
            except ErroOficina:
                return False
            return perfil.loja_id == loja

        marca = comeco if desde is None else desde
        transmissao = _transmitir(app, mural.da_loja(loja), marca, ainda, conferencia)
        return StreamingResponse(transmissao, media_type="text/event-stream")

    app.add_api_route("/eventos", receber, methods=["GET"])


def _ler_marca(request: Request) -> int | None:
    texto = request.headers.get("Last-Event-ID")
    if texto is None:
        return None
    if not MARCA.fullmatch(texto):
        raise DadoInvalido("Last-Event-ID é o id do último aviso recebido.")
    return int(texto)


async def _transmitir(
    app: FastAPI,
    quadro: Quadro,
    desde: int,
    ainda: Callable[[], Awaitable[bool]],
    conferencia: float,
) -> AsyncIterator[str]:
    """Entra na fila, põe quem chega em dia desde a marca, e depois só repassa."""
    ouvinte = quadro.entrar()
    try:
        yield _escrever(desde, "inicio", "{}")
        try:
            marca, atrasados = await quadro.novos(desde, set())
        except ErroOficina:
            return  # quem ouve volta, da mesma marca
        if atrasados is None:
            yield _escrever(marca, "recarregar", "{}")
        vistos = {aviso.id for aviso in atrasados or ()}
        for aviso in atrasados or ():
            yield _escrever(marca, "mudou", canonico(aviso))
        relogio = asyncio.get_running_loop().time
        falou = conferiu = relogio()
        while not (app.state.saindo.is_set() or ouvinte.perdido):
            recado = await _proximo(ouvinte.fila)
            if recado and recado.aviso.id not in vistos:
                yield _escrever(recado.marca, "mudou", canonico(recado.aviso))
                falou = relogio()
            if relogio() - falou > SILENCIO:
                yield ": ainda aqui\n\n"
                falou = relogio()
            if relogio() - conferiu > conferencia:
                if not await ainda():
                    return
                conferiu = relogio()
    finally:
        quadro.sair(ouvinte)


async def _proximo(fila: "asyncio.Queue[Recado]") -> Recado | None:
    try:
        return await asyncio.wait_for(fila.get(), PASSO)
    except TimeoutError:
        return None


def _escrever(marca: int, tipo: str, dados: str) -> str:
    return f"id: {marca}\nevent: {tipo}\ndata: {dados}\n\n"
