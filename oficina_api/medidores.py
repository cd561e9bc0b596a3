"""O que se olha na hora de colher as medidas: quão cheio está o processo, e o que se espera dele.

Nada aqui custa a quem pede: o que já se sabe só se lê, e o que o banco tem a dizer se pergunta em
um fio à parte, de tempos em tempos.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Lock, Thread
from time import monotonic

from anyio import CapacityLimiter
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from oficina_core import versao
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.mensagens import CaixaDeSaida
from oficina_core.dominio.erros import ErroOficina

MEMORIA_DO_GRUPO = Path("/sys/fs/cgroup/memory.max")  # o limite do contêiner, se há


@contextmanager
def medindo(
    registro: CollectorRegistry, oficina: OficinaLocal, fios: CapacityLimiter
) -> Iterator[None]:
    coletores = (
        ProcessCollector(registry=None),
        Lotacao(oficina, fios),
        Mensagens(oficina.caixa_de_saida),
    )
    for coletor in coletores:
        registro.register(coletor)
    try:
        yield
    finally:
        for coletor in coletores:
            registro.unregister(coletor)


class Lotacao(Collector):
    """Os fios que atendem, as conexões ao banco, a memória e a versão deste processo."""

    def __init__(self, oficina: OficinaLocal, fios: CapacityLimiter) -> None:
        self._oficina, self._fios = oficina, fios
        self._memoria, self._versao = memoria(), versao.instalada()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        fios, conexoes = self._fios.statistics(), self._oficina.conexoes()
        for nome, ajuda, valor in (
            ("fios_limite", "Fios que podem atender", fios.total_tokens),
            ("fios_em_uso", "Fios que atendem agora", fios.borrowed_tokens),
            ("fios_espera", "Pedidos que esperam por um fio", fios.tasks_waiting),
            ("banco_conexoes_limite", "Conexões ao banco que se podem usar", conexoes.limite),
            ("banco_conexoes_em_uso", "Conexões ao banco em uso", conexoes.em_uso),
            ("memoria_limite_bytes", "Memória que o processo pode usar", self._memoria),
        ):
            yield GaugeMetricFamily(f"oficina_{nome}", ajuda, value=valor)
        qual = GaugeMetricFamily("oficina_versao_info", "A versão que roda", labels=("versao",))
        qual.add_metric((self._versao,), 1)
        yield qual


class Mensagens(Collector):
    """O que espera na caixa de saída, que uma só pergunta por vez busca.

    Sem resposta no prazo, vale a anterior; passado o tempo em que ela ainda diz algo, nada se
    mostra.
    """

    prazo = 0.5  # segundos
    validade, esquecimento = 30.0, 150.0

    def __init__(self, perguntar: Callable[[], CaixaDeSaida]) -> None:
        self._perguntar = perguntar
        self._trava, self._fio = Lock(), Thread()
        self._caixa: CaixaDeSaida | None = None
        self._sabida = self._perguntada = float("-inf")

    def collect(self) -> Iterator[GaugeMetricFamily]:
        self._renovar()
        quantas = GaugeMetricFamily(
            "oficina_mensagens", "Mensagens que não chegaram ao cliente", labels=("situacao",)
        )
        atraso = GaugeMetricFamily(
            "oficina_mensagens_atraso_seconds",
            "Há quanto tempo a pendente mais velha já devia ter saído",
        )
        if self._caixa and monotonic() < self._sabida + self.esquecimento:
            quantas.add_metric(("PENDENTE",), self._caixa.pendentes)
            quantas.add_metric(("FALHOU",), self._caixa.falhas)
            atraso.add_metric((), self._caixa.atraso / timedelta(seconds=1))
        yield from (quantas, atraso)

    def _renovar(self) -> None:
        with self._trava:
            if not self._fio.is_alive() and monotonic() >= self._perguntada + self.validade:
                self._perguntada = monotonic()
                self._fio = Thread(target=self._buscar, daemon=True)
                self._fio.start()
            fio = self._fio
        if fio.is_alive():
            fio.join(self.prazo)

    def _buscar(self) -> None:
        with suppress(ErroOficina):
            self._caixa, self._sabida = self._perguntar(), monotonic()


def memoria() -> int:
    """O limite do contêiner ou, sem ele, a memória da máquina; zero, onde não se sabe."""
    da_maquina = 0
    with suppress(AttributeError):  # o Windows não o diz
        da_maquina = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):  # sem contêiner, ou sem limite: "max"
        return min(da_maquina, int(MEMORIA_DO_GRUPO.read_text(encoding="ascii")))
    return da_maquina
