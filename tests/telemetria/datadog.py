"""O que o Datadog recebe: como o OpenMetrics v2 dele chama o que a API expõe.

Tirado do código do próprio coletor (integrations-core, datadog_checks_base 38.5).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.telemetria.prometheus import PASTA

SUFIXOS = {"counter": (".count",), "gauge": ("",), "histogram": ("", ".count", ".sum")}
DO_AGENTE = ("kubernetes.", "kubernetes_state.")  # quem as colhe é o Agent, não da API
DO_POD = {"pod_name"}  # quem o põe é o Agent
NOME = re.compile(r"(?:sum|avg|max|min|p\d\d):([a-z_.]+)\{([^}]*)\}(?: by \{(\w+)\})?")
FILTRO = re.compile(r"!?(\w+):")
CONFERENCIA = "oficina.openmetrics.health"  # a do próprio coletor


def ler(nome: str) -> Any:
    return json.loads((PASTA / "datadog" / nome).read_text(encoding="utf-8"))


def instancia() -> dict[str, Any]:
    """Como o Agent colhe a API."""
    (instancia,) = ler("openmetrics.json")["openmetrics"]["instances"]
    return dict(instancia)


def recebidas(exposto: str) -> dict[str, set[str]]:
    """Os nomes que chegam ao Datadog, e os rótulos de cada um."""
    colhida = instancia()
    (nomes,) = colhida["metrics"]
    return {
        f"{colhida['namespace']}.{nomes[familia.name]}{sufixo}": {
            rotulo for amostra in familia.samples for rotulo in amostra.labels
        }
        for familia in text_string_to_metric_families(exposto)
        if familia.name in nomes
        for sufixo in SUFIXOS[familia.type]
    }


def usadas(consulta: str) -> Iterator[tuple[str, set[str]]]:
    """O que a consulta de um monitor lê, e os rótulos por que o escolhe ou o separa."""
    if consulta.startswith(f'"{CONFERENCIA}".over('):
        yield CONFERENCIA, set()
    for nome, filtro, grupo in NOME.findall(consulta):
        yield nome, {*FILTRO.findall(filtro), *filter(None, [grupo])}
