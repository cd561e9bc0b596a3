"""O painel, os alertas e os monitores diante de um Prometheus que colhe um dia da API."""

import re
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
from tests.telemetria.prometheus import LIVRO, PACIENCIA, Prometheus, seletores

SUBIU = "rate(oficina_http_duracao_seconds_count{{{}}}[1m]) > 0"
DO_BANCO = ("OficinaSemBanco", "OficinaErrosDemais")  # os que a falta dele acende
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
        pronta = SUBIU.format('rota="/health/ready", status="503"')
        for acontecer in (pronta, *(f'ALERTS{{alertname="{alerta}"}}' for alerta in DO_BANCO)):
            _ate(prometheus, acontecer, dia.pedir_sem_banco)
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


def test_um_dia_diante_do_prometheus(vivo: Vivo) -> None:
    """Um teste só: o dia é um, e os processos que repartem os testes fariam um cada."""
    assert _consultas_sem_dados(vivo) == []
    assert _series_que_faltam(vivo) == []
    assert _perguntas_sem_series(vivo) == []
    assert _medidas_que_o_datadog_nao_recebe(vivo) == []
    acesos = {
        alerta["labels"]["alertname"] for alerta in vivo.prometheus.perguntar("alerts")["alerts"]
    }
    assert set(DO_BANCO) <= acesos
    assert not acesos & {"OficinaForaDoAr", "OficinaErroEmOrdem", "OficinaMemoriaNoFim"}


def _consultas_sem_dados(vivo: Vivo) -> list[painel.Consulta]:
    """As do painel que nada dão, ou sem os rótulos que a legenda cita."""
    faltam = []
    for consulta in painel.consultas():
        series = vivo.prometheus.valores(consulta.expressao)
        print(f"{len(series):4} séries  {consulta.painel}: {consulta.expressao}")  # noqa: T201
        if not series or any(set(consulta.rotulos) - serie.keys() for serie in series):
            faltam.append(consulta)
    return faltam


def _series_que_faltam(vivo: Vivo) -> list[str]:
    """As que um alerta lê, com os valores que se pedem dos rótulos, e o Prometheus não tem.

    As do cluster vêm de outro, que aqui não há: dessas se exige que não pareçam da API.
    """
    faltam = []
    for grupo, regras in vivo.prometheus.regras().items():
        for regra in regras:
            lidas = seletores(regra["query"])
            assert lidas, regra["name"]
            for nome, seletor in sorted(lidas):
                if grupo == DO_CLUSTER:
                    assert nome.startswith("kube_"), regra["name"]
                    continue
                series = vivo.prometheus.valores(seletor)
                print(f"{len(series):4} séries  {regra['name']}: {seletor}")  # noqa: T201
                if not series:
                    faltam.append(f"{regra['name']}: {seletor}")
    return faltam


def _perguntas_sem_series(vivo: Vivo) -> list[str]:
    """As que docs/alertas.md manda fazer, e que o Prometheus entende, mas leem o que não há."""
    trechos = re.findall(r"`([^`\n]+)`", LIVRO.read_text(encoding="utf-8"))
    perguntas = [trecho for trecho in trechos if seletores(trecho)]
    assert len(perguntas) > len(DO_BANCO)
    faltam = []
    for pergunta in perguntas:
        vivo.prometheus.valores(pergunta)
        faltam += [lido for _, lido in seletores(pergunta) if not vivo.prometheus.valores(lido)]
    return faltam


def _medidas_que_o_datadog_nao_recebe(vivo: Vivo) -> list[str]:
    """As que se mandam colher e a API não tem, e o que um monitor olha e não se colhe."""
    recebidas = datadog.recebidas(vivo.exposto)
    (nomes,) = datadog.instancia()["metrics"]
    chegam = {nome.removesuffix(".count") for nome in recebidas}
    faltam = [nome for nome in nomes.values() if f"oficina.{nome}" not in chegam]
    for monitor in datadog.ler("monitores.json"):
        usadas = [*datadog.usadas(monitor["query"])]
        assert usadas, monitor["name"]
        for nome, rotulos in usadas:
            if nome.startswith(datadog.DO_AGENTE) or nome == datadog.CONFERENCIA:
                continue
            if nome not in recebidas or rotulos - recebidas[nome] - datadog.DO_POD:
                faltam.append(f"{monitor['name']}: {nome} {rotulos}")
    return faltam
