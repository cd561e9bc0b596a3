"""kill -9 na API, com quem insiste do outro lado: nada confirmado se perde, nada se dobra.

OFICINA_TESTE_QUEDAS diz quantas vezes ela morre.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import sleep

import pytest

from oficina_cli.remota import OficinaRemota
from tests.api.balcoes import Atender, Balcoes
from tests.api.programa import Programa, contratar, no_ar, token
from tests.banco.insistente import aprovar
from tests.banco.test_quedas import conferir, preparar

QUEDAS = int(os.environ.get("OFICINA_TESTE_QUEDAS", "2"))
CONFIRMADOS = 12  # pedidos que se esperam, ao menos, entre uma queda e outra


@pytest.fixture
def api(url_mysql: str) -> Iterator[Programa]:
    with no_ar(url_mysql) as (programa,):
        yield programa


def test_api_morta_no_meio_nao_perde_nem_dobra(api: Programa) -> None:
    oficina = preparar(api.url)
    eu = token(api.url, f"funcionario:{contratar(api.url)}")

    @contextmanager
    def atendente() -> Iterator[Atender]:
        pela_api = OficinaRemota.em(api.endereco, eu)
        yield partial(aprovar, pela_api)
        pela_api.fechar()

    with Balcoes(atendente) as balcoes:
        for _ in range(QUEDAS):
            balcoes.mais(CONFIRMADOS)
            sleep(random.uniform(0, 0.1))  # noqa: S311 — em qualquer ponto de um pedido
            api.matar()
            api.ligar()
        balcoes.mais(CONFIRMADOS)
    conferir(oficina, api.url, len(balcoes.confirmados))
    oficina.fechar()
