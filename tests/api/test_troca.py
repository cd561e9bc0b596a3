"""Trocar os processos um a um, com gente pedindo, sem que nenhum pedido falhe.

Quem distribui sabe da mudança com atraso, como no Kubernetes: até lá, manda pedidos a quem se
despede. O programa sozinho cobre o atraso curto; o longo, quem cobre é a pausa que o Kubernetes faz
antes do SIGTERM (`preStop`). OFICINA_TESTE_TROCAS diz quantas vezes se trocam todos.
"""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Event
from time import sleep
from typing import Any, Self

import pytest

from oficina_core.banco.verificacao import verificar
from tests.api.ponte import ListaAtrasada, Ponte
from tests.api.programa import PACIENCIA, identificar, no_ar, pedir
from tests.api.servico import aguardar
from tests.implantacao.regras.disponibilidade import AVISO

TROCAS = int(os.environ.get("OFICINA_TESTE_TROCAS", "1"))
PROCESSOS = 2
ATRASO = 1.5  # segundos; a espera do programa, de 3, o cobre
ATRASO_LONGO = 5  # a espera já não o cobre
PAUSA = 7  # o preStop dos manifestos não é menor
PEDIDOS = 1000  # ao menos, em cada troca
CLIENTES = 6  # metade guarda a conexão, metade abre uma por pedido


class Freguesia:
    """Quem pede sem parar, e sem insistir: cada pedido que falha se conta."""

    def __init__(self, porta: int, eu: dict[str, str]) -> None:
        self._porta, self._eu = porta, eu
        self._numeros, self._chega = count(), Event()
        self.atendidos = 0

    def __enter__(self) -> Self:
        self._fios = ThreadPoolExecutor(CLIENTES)
        self._clientes: list[Future[Counter[Any]]] = [
            self._fios.submit(self._pedir, guarda=numero % 2 == 0) for numero in range(CLIENTES)
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self._chega.set()
        self._fios.shutdown()

    def ate(self, quantos: int) -> None:
        """Espera que tantos pedidos se tenham feito."""
        aguardar(lambda: self.atendidos >= quantos, PACIENCIA * TROCAS)

    @property
    def ouvido(self) -> Counter[Any]:
        """Quantas vezes cada status; o que falhou sem um vai pelo nome do erro."""
        return sum((cliente.result() for cliente in self._clientes), Counter[Any]())

    def _pedir(self, *, guarda: bool) -> Counter[Any]:
        ouvido: Counter[Any] = Counter()
        http = HTTPConnection("127.0.0.1", self._porta, timeout=PACIENCIA)
        while not self._chega.is_set():
            numero = next(self._numeros)
            cliente = {"nome": f"Cliente {numero}", "telefone": "(11) 98765-4321"}
            pedido = ("POST", "/clientes", cliente) if numero % 4 == 0 else ("GET", "/clientes")
            try:
                ouvido[pedir(http if guarda else self._porta, *pedido, **self._eu).status] += 1
                self.atendidos += 1
            except (OSError, HTTPException) as erro:
                ouvido[type(erro).__name__] += 1
                http.close()
            sleep(0.01)
        http.close()
        return ouvido


@pytest.fixture
def eu(url_mysql: str) -> Iterator[dict[str, str]]:
    yield identificar(url_mysql)
    assert verificar(url_mysql) == ()


def trocar(
    url: str,
    eu: dict[str, str],
    trocas: int,
    *opcoes: str,
    atraso: float = ATRASO,
    pausa: float = 0,
) -> Counter[Any]:
    """O que ouviu quem pedia enquanto se trocaram todos, tantas vezes."""
    with no_ar(url, PROCESSOS, opcoes=opcoes) as primeiros, ExitStack() as outros:
        atendem = list(primeiros)
        lista = ListaAtrasada(*(programa.porta for programa in atendem), atraso=atraso)
        with Ponte(lista.escolher) as ponte, Freguesia(ponte.porta, eu) as freguesia:
            for _ in range(trocas):
                novos = outros.enter_context(no_ar(url, PROCESSOS, opcoes=opcoes))
                for velho, novo in zip(atendem, novos, strict=True):
                    lista.trocar(velho.porta, novo.porta)
                    sleep(pausa)
                    velho.despedir()
                    assert velho.processo.wait(PACIENCIA) == 0
                atendem = list(novos)
            freguesia.ate(PEDIDOS * trocas)
        return freguesia.ouvido


def test_trocar_todos_nao_perde_pedido(url_mysql: str, eu: dict[str, str]) -> None:
    ouvido = trocar(url_mysql, eu, TROCAS)
    assert ouvido.keys() == {200, 201}, ouvido


def test_sem_espera_a_troca_perde_pedidos(url_mysql: str, eu: dict[str, str]) -> None:
    """O controle: é a espera que cobre o atraso de quem distribui."""
    ouvido = trocar(url_mysql, eu, 1, "--espera", "0")
    assert ouvido.keys() - {200, 201}, ouvido


def test_com_a_pausa_do_kubernetes_o_atraso_longo_tambem_nao_perde(
    url_mysql: str, eu: dict[str, str]
) -> None:
    assert PAUSA <= AVISO
    ouvido = trocar(url_mysql, eu, TROCAS, atraso=ATRASO_LONGO, pausa=PAUSA)
    assert ouvido.keys() == {200, 201}, ouvido


def test_sem_a_pausa_o_atraso_longo_perde_pedidos(url_mysql: str, eu: dict[str, str]) -> None:
    """O controle: a espera do programa, só, não cobre um atraso maior que ela."""
    ouvido = trocar(url_mysql, eu, 1, atraso=ATRASO_LONGO)
    assert ouvido.keys() - {200, 201}, ouvido
