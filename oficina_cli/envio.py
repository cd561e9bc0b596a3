"""Quem entrega as mensagens da caixa de saída, e o laço que a esvazia."""

import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from time import monotonic, sleep
from typing import Any

from oficina_cli.erros import dizer
from oficina_core.casos.mensagens import Carta
from oficina_core.casos.portas import Oficina
from oficina_core.configuracao import Configuracao
from oficina_core.correio import (
    Carteiro,
    CarteiroManual,
    CarteiroSMTP,
    CarteiroWebhook,
    SemEntrega,
    Texto,
    despachar,
)
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel
from oficina_core.enderecos import com_tls, propria_maquina, segura
from oficina_core.segredos import BYTES_MINIMOS, adivinhavel
from oficina_core.texto import quantos

ESPERA_MAXIMA = 300  # segundos entre uma tentativa e outra, com o banco fora
PASSO = 0.5  # segundos: o quanto quem manda parar espera


def escolher(configuracao: Configuracao, mostrar: Callable[[Carta, Texto], None]) -> Carteiro:
    """O carteiro que a configuração pede; sem nenhum, quem atende copia o que `mostrar` mostra.

    Levanta DadoInvalido com tudo o que falta, ou sobra, na configuração.
    """
    if problemas := tuple(_problemas(configuracao)):
        raise DadoInvalido(
            "Com esta configuração as mensagens não saem; corrija o que segue e repita.",
            detalhes=problemas,
        )
    url = configuracao.oficina_url_publica or ""
    if configuracao.smtp_host:
        return _por_correio(configuracao, configuracao.smtp_host, url)
    if configuracao.webhook_url and configuracao.webhook_segredo:
        segredo = configuracao.webhook_segredo.get_secret_value()
        return CarteiroWebhook(url, configuracao.webhook_url, segredo)
    return CarteiroManual(url, mostrar)


def _por_correio(c: Configuracao, host: str, url: str) -> CarteiroSMTP:
    senha = c.smtp_password.get_secret_value() if c.smtp_password else None
    de = c.smtp_de or ""
    return CarteiroSMTP(url, host, c.smtp_port, de, c.smtp_user, senha, c.smtp_seguranca)


def _problemas(c: Configuracao) -> Iterator[str]:
    if c.smtp_host and c.webhook_url:
        yield "SMTP_HOST e WEBHOOK_URL são dois caminhos para a mesma mensagem; apague um dos dois"
    if not c.oficina_url_publica:
        yield "OFICINA_URL_PUBLICA falta: é o endereço em que o cliente abre o link"
    elif c.producao and not com_tls(c.oficina_url_publica):
        yield "OFICINA_URL_PUBLICA é um endereço https://"
    if c.smtp_host:
        yield from _do_correio(c)
    if c.webhook_url:
        yield from _do_webhook(c, c.webhook_url)


def _do_correio(c: Configuracao) -> Iterator[str]:
    if not all(parseaddr(c.smtp_de or "")[1].partition("@")):
        yield "SMTP_DE falta, ou não é um remetente como oficina@exemplo.com.br"
    if c.smtp_seguranca == "nenhuma" and not propria_maquina(c.smtp_host):
        yield "SMTP_SEGURANCA=nenhuma só serve com o correio na própria máquina; use starttls"


def _do_webhook(c: Configuracao, url: str) -> Iterator[str]:
    segredo = c.webhook_segredo.get_secret_value().encode() if c.webhook_segredo else b""
    if c.producao and not com_tls(url):
        yield "WEBHOOK_URL é um endereço https://"
    elif not segura(url):
        yield "WEBHOOK_URL é um endereço https://, ou http:// na própria máquina"
    if not segredo:
        yield "WEBHOOK_SEGREDO falta: é o que assina cada mensagem"
    elif c.producao and (len(segredo) < BYTES_MINIMOS or adivinhavel(segredo)):
        yield f"WEBHOOK_SEGREDO tem {BYTES_MINIMOS} bytes ou mais, ao acaso; sorteie outro"


@dataclass(kw_only=True)
class Remessa:
    """O que se conseguiu; o que falhou volta a se tentar mais tarde, a não ser que se desista."""

    entregues: int = 0
    falharam: int = 0

    def __str__(self) -> str:
        ditas = quantos(self.entregues, "mensagem entregue", "mensagens entregues")
        return f"{ditas}, {quantos(self.falharam, 'falha', 'falhas')}"


class Parada:
    """Se mandaram parar: o que está no meio se conclui, e nada novo começa."""

    def __init__(self) -> None:
        self.pedida = False

    def pedir(self, *_: Any) -> None:
        """Na segunda vez, para onde estiver."""
        if self.pedida:
            raise KeyboardInterrupt
        self.pedida = True

    def esperar(self, segundos: float) -> None:
        """Em passos curtos: o sono que um sinal interrompe continua depois dele."""
        ate = monotonic() + segundos
        while not self.pedida and (falta := ate - monotonic()) > 0:
            sleep(min(falta, PASSO))


@contextmanager
def ao_mandarem_parar() -> Iterator[Parada]:
    """Ctrl-C e SIGTERM, enquanto dura, só pedem a parada."""
    parada = Parada()
    antes = {sinal: signal.signal(sinal, parada.pedir) for sinal in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield parada
    finally:
        for sinal, fazer in antes.items():
            signal.signal(sinal, fazer)


def esvaziar(oficina: Oficina, carteiro: Carteiro, remessa: Remessa, parada: Parada) -> None:
    """Entrega uma por uma até não haver nenhuma, ou até mandarem parar."""
    while not parada.pedida and (entregue := despachar(oficina, carteiro, _explicar)) is not None:
        if entregue:
            remessa.entregues += 1
        else:
            remessa.falharam += 1


def _explicar(carta: Carta, erro: ErroOficina) -> None:
    depois = "" if isinstance(erro, SemEntrega) else " Tenta-se de novo mais tarde."
    dizer(f"A mensagem {carta.id} não saiu. {erro}{depois}")


def vigiar(
    oficina: Oficina, carteiro: Carteiro, remessa: Remessa, parada: Parada, intervalo: int
) -> None:
    """Esvazia a caixa de tempo em tempo; com o banco fora, espera cada vez mais e insiste."""
    espera = intervalo
    while not parada.pedida:
        rodada = Remessa()
        try:
            esvaziar(oficina, carteiro, rodada, parada)
            espera = intervalo
        except Indisponivel as erro:
            espera = min(espera * 2, ESPERA_MAXIMA)
            dizer(f"{erro} Tenta-se de novo em {quantos(espera, 'segundo', 'segundos')}.")
        if rodada.entregues or rodada.falharam:
            dizer(f"{rodada}.")
        remessa.entregues += rodada.entregues
        remessa.falharam += rodada.falharam
        parada.esperar(espera * random.uniform(1, 1.1))  # noqa: S311 — nem todos ao mesmo tempo
