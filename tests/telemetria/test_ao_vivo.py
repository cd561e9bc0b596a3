"""O painel, os alertas e os monitores diante de um Prometheus que colhe um dia da API."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic, sleep
from urllib.request import urlopen

import pytest

from oficina_core.banco import manutencao
from tests.api.programa import identificar, no_ar
from tests.servidor_debian import SemPrograma
from tests.servidor_mysql import Servidor, iniciar
from tests.servidor_programa import porta_livre
from tests.telemetria import datadog, painel
from tests.telemetria.dia import Dia
from tests.telemetria.prometheus import PACIENCIA, Prometheus, seletores

SUBIU = "rate(oficina_http_duracao_seconds_count{{{}}}[1m]) > 0"
DO_CLUSTER = "oficina-cluster"  # do kube-state-metrics, que aqui não há


@dataclass(frozen=True)
class Vivo:
    prometheus: Prometheus
    exposto: str


@pytest.fixture(scope="module")
def vivo(mysql: Servidor) -> Iterator[Vivo]:
    """Depois de um dia de trabalho, e de o banco cair."""
    medidas = porta_livre()
    with ExitStack() as pilha:
        try:
            servidor = pilha.enter_context(iniciar())
            prometheus = pilha.enter_context(Prometheus(medidas))
        except SemPrograma as motivo:
            pytest.fail(str(motivo))
        url = servidor.criar_banco("oficina_teste_telemetria")
        manutencao.migrar(url)
        eu = identificar(url)
        (api,) = pilha.enter_context(no_ar(url, ambiente={"METRICS_PORT": str(medidas)}))
        dia = Dia(api, eu)
        dia.abrir()
        _ate(prometheus, "up == 1", lambda: None)
        _ate(
            prometheus, SUBIU.format('rota="/ordens/{ordem_id}/entrega", status="200"'), dia.atender
        )
        servidor.matar()
        _ate(prometheus, SUBIU.format('rota="/health/ready", status="503"'), dia.pedir_sem_banco)
        with urlopen(f"http://127.0.0.1:{medidas}/metrics") as resposta:
            exposto = resposta.read().decode()
        yield Vivo(prometheus, exposto)


def _ate(prometheus: Prometheus, acontecer: str, passo: Callable[[], None]) -> None:
    """Repete o passo até que o Prometheus o veja."""
    fim = monotonic() + PACIENCIA
    while not prometheus.valores(acontecer):
        assert monotonic() < fim, acontecer
        passo()
        sleep(0.3)


@pytest.mark.parametrize(
    "consulta", [pytest.param(uma, id=f"{uma.painel}-{uma.legenda}") for uma in painel.consultas()]
)
def test_cada_consulta_do_painel_tem_dados(vivo: Vivo, consulta: painel.Consulta) -> None:
    """E os rótulos que a legenda cita."""
    series = vivo.prometheus.valores(consulta.expressao)
    assert series
    for serie in series:
        assert set(consulta.rotulos) <= serie.keys()


def test_cada_serie_dos_alertas_existe(vivo: Vivo) -> None:
    """Com os valores que se pedem dos rótulos: um status ou uma rota errados não dariam nada."""
    regras = vivo.prometheus.regras()
    for grupo in regras.keys() - {DO_CLUSTER}:
        for regra in regras[grupo]:
            lidas = seletores(regra["query"])
            assert lidas, regra["name"]
            for _, seletor in lidas:
                assert vivo.prometheus.valores(seletor), f"{regra['name']}: {seletor}"


def test_do_cluster_nada_vem_da_api(vivo: Vivo) -> None:
    for regra in vivo.prometheus.regras()[DO_CLUSTER]:
        for nome, _ in seletores(regra["query"]):
            assert nome.startswith("kube_")


def test_sem_banco_o_alerta_se_acende(vivo: Vivo) -> None:
    acesos = {
        alerta["labels"]["alertname"] for alerta in vivo.prometheus.perguntar("alerts")["alerts"]
    }
    assert {"OficinaSemBanco", "OficinaErrosDemais"} <= acesos
    assert not acesos & {"OficinaForaDoAr", "OficinaErroEmOrdem", "OficinaMemoriaNoFim"}


def test_cada_medida_que_o_datadog_colhe_existe(vivo: Vivo) -> None:
    recebidas = datadog.recebidas(vivo.exposto)
    (nomes,) = datadog.instancia()["metrics"]
    assert {f"oficina.{nome}" for nome in nomes.values()} <= {
        nome.removesuffix(".count") for nome in recebidas
    }


def test_cada_monitor_do_datadog_olha_o_que_se_colhe(vivo: Vivo) -> None:
    recebidas = datadog.recebidas(vivo.exposto)
    for monitor in datadog.ler("monitores.json"):
        nomes = [*datadog.usadas(monitor["query"])]
        assert nomes, monitor["name"]
        for nome, filtros in nomes:
            if nome.startswith(datadog.DO_AGENTE) or nome == datadog.CONFERENCIA:
                continue
            assert filtros <= recebidas[nome] | datadog.DO_POD, monitor["name"]
