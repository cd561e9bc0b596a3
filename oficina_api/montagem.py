"""A API inteira, montada a partir da configuração."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime

from anyio import to_thread
from fastapi import FastAPI

from oficina_api import (
    acesso,
    aprovacao,
    documentos,
    eventos,
    medidores,
    observabilidade,
    partida,
    saude,
)
from oficina_api.app import criar_app
from oficina_api.metricas import Metricas
from oficina_api.mural import Mural
from oficina_api.tokens import Tokens
from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal, relogio
from oficina_core.banco.motor import abrir
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import Indisponivel

SO_LE = "O servidor do banco só aceita leitura agora; tente de novo em instantes."


def montar(
    configuracao: Configuracao,
    agora: Callable[[], datetime] = relogio,
    confia_em: str | None = None,
) -> FastAPI:
    """A API desta configuração; DadoInvalido, com tudo de uma vez, se ela não é segura.

    `agora` é o relógio da oficina; o dos tokens é sempre o da máquina. `confia_em` é o que o
    servidor sabe dos proxies.
    """
    observabilidade.configurar(configuracao.log_level)
    partida.conferir(configuracao, confia_em)
    metricas = Metricas()
    oficina = OficinaLocal.em(configuracao.banco(), agora)
    sonda = abrir(configuracao.banco())  # a prontidão não disputa as conexões de quem atende
    tokens = Tokens.de(configuracao, ao_falhar=lambda: metricas.falhou("jwks"))
    identificar = acesso.identificador(tokens, somente_cpf=configuracao.auth_somente_cpf)

    @asynccontextmanager
    async def vida(_: FastAPI) -> AsyncIterator[None]:
        porta, endereco = configuracao.metrics_port, configuracao.metrics_host
        fios = to_thread.current_default_thread_limiter()
        with (
            medidores.medindo(metricas.registro, oficina, fios),
            metricas.publicadas(porta, endereco) if porta else nullcontext(),
        ):
            yield
        oficina.fechar()
        sonda.dispose()

    def pronta() -> None:
        manutencao.conferir(sonda)
        if manutencao.so_le(sonda):
            sonda.dispose()
            oficina.largar_conexoes()
            raise Indisponivel(SO_LE)

    app = criar_app(
        oficina, identificar, metricas=metricas, origens=configuracao.origens, vida=vida
    )
    acesso.instalar(app, oficina, tokens, somente_cpf=configuracao.auth_somente_cpf)
    saude.instalar(app, pronta)
    eventos.instalar(app, oficina, Mural(oficina), identificar)
    aprovacao.instalar(app, oficina, metricas)
    documentos.instalar(app, abertos=configuracao.documentos_abertos)
    return app
