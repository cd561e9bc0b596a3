"""O painel do Grafana: o que ele pergunta, como o Grafana o perguntaria."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.telemetria.prometheus import PASTA

ARQUIVO = PASTA / "grafana" / "oficina.json"
VARIAVEIS = {"$__rate_interval": "1m", "$__range": "1h", "$copia": ".*"}


@dataclass(frozen=True)
class Consulta:
    painel: str
    expressao: str
    legenda: str

    @property
    def rotulos(self) -> list[str]:
        return re.findall(r"\{\{(\w+)\}\}", self.legenda)


def ler() -> dict[str, Any]:
    painel: dict[str, Any] = json.loads(ARQUIVO.read_text(encoding="utf-8"))
    return painel


def consultas() -> Iterator[Consulta]:
    for painel in ler()["panels"]:
        for alvo in painel.get("targets", ()):
            expressao = alvo["expr"]
            for nome, valor in VARIAVEIS.items():
                expressao = expressao.replace(nome, valor)
            yield Consulta(painel["title"], expressao, alvo["legendFormat"])
