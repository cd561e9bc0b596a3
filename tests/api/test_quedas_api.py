"""kill -9 na API, com quem insiste do outro lado: nada confirmado se perde, nada se dobra.

OFICINA_TESTE_QUEDAS diz quantas vezes ela morre.
"""

import os
import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from threading import Event
from time import sleep
from typing import Self

import pytest

from oficina_cli.remota import OficinaRemota
from tests.api.programa import Programa, contratar, no_ar, token
from tests.api.servico import aguardar
from tests.banco.insistente import aprovar
from tests.banco.test_quedas import conferir, preparar

QUEDAS = int(os.environ.get("OFICINA_TESTE_QUEDAS", "2"))
BALCOES = 4
CONFIRMADOS = 12  # pedidos que se esperam, ao menos, entre uma queda e outra


class Balcoes:
    """Quem aprova orçamentos sem parar, um número por pedido, e insiste até ouvir que valeu."""

    def __init__(self, endereco: str, token: str) -> None:
        self._endereco, self._token = endereco, token
        self._numeros, self._chega = count(), Event()
        self.confirmados: list[int] = []

    def __enter__(self) -> Self:
        self._fios = ThreadPoolExecutor(BALCOES)
        self._balcoes: list[Future[None]] = [
            self._fios.submit(self._atender) for _ in range(BALCOES)
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self._chega.set()
        self._fios.shutdown()
        for balcao in self._balcoes:
            balcao.result()

    def mais(self, quantos: int) -> None:
        alvo = len(self.confirmados) + quantos
        aguardar(lambda: len(self.confirmados) >= alvo)

    def _atender(self) -> None:
        oficina = OficinaRemota.em(self._endereco, self._token)
        while not self._chega.is_set():
            numero = next(self._numeros)
            aprovar(oficina, numero)
            self.confirmados.append(numero)
        oficina.fechar()


@pytest.fixture
def api(url_mysql: str) -> Iterator[Programa]:
    with no_ar(url_mysql) as (programa,):
        yield programa


def test_api_morta_no_meio_nao_perde_nem_dobra(api: Programa) -> None:
    oficina = preparar(api.url)
    with Balcoes(api.endereco, token(api.url, f"funcionario:{contratar(api.url)}")) as balcoes:
        for _ in range(QUEDAS):
            balcoes.mais(CONFIRMADOS)
            sleep(random.uniform(0, 0.1))  # noqa: S311 — em qualquer ponto de um pedido
            api.matar()
            api.ligar()
        balcoes.mais(CONFIRMADOS)
    assert sorted(balcoes.confirmados) == list(range(len(balcoes.confirmados)))
    conferir(oficina, api.url, len(balcoes.confirmados))
    oficina.fechar()
