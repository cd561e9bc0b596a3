"""O Prometheus do Debian: confere as regras e, no ar, colhe a API e responde ao que se pergunta."""

import json
import math
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests import servidor_debian
from tests.servidor_programa import porta_livre, separado, vigiar

PASTA = Path(__file__).parents[2] / "telemetria"
REGRAS = PASTA / "prometheus" / "alertas.yaml"
LIVRO = PASTA.parent / "docs" / "alertas.md"
PACIENCIA = 30  # segundos
NOSSOS = re.compile(r'(?<![\w:"])((?:oficina[_:]|process_|kube_)[\w:]+|up)(\{[^{}]*\})?')

# Colhe a cada segundo, e não à meia hora: o dia dos testes passa depressa.
COLHEITA = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{regras}]
scrape_configs:
  - job_name: oficina-api
    static_configs: [{{targets: ["127.0.0.1:{porta}"]}}]
"""


def comando(programa: str) -> tuple[str, ...]:
    raiz = servidor_debian.desempacotado("prometheus")
    return servidor_debian.comando(raiz, f"usr/bin/{programa}")


def promtool(*argumentos: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*comando("promtool"), *argumentos],
        cwd=PASTA / "prometheus",
        check=False,
        capture_output=True,
        text=True,
    )


def seletores(expressao: str) -> set[tuple[str, str]]:
    """As séries que uma expressão lê: o nome, e o nome com o que se pede dos rótulos."""
    return {(achado[1], achado[0]) for achado in NOSSOS.finditer(expressao)}


@dataclass
class Prometheus:
    """No ar em uma porta desta máquina, com dados só seus; cai com quem testa."""

    colhe: int
    porta: int = field(default_factory=porta_livre)

    def __enter__(self) -> Self:
        self._pasta = Path(tempfile.mkdtemp(prefix="oficina-prometheus-"))
        self._vigia = vigiar(os.getpid(), self._pasta)
        configuracao = self._pasta / "prometheus.yaml"
        configuracao.write_text(
            COLHEITA.format(regras=json.dumps(str(REGRAS)), porta=self.colhe), encoding="utf-8"
        )
        self._registro = (self._pasta / "registro").open("wb")
        self._processo = separado(
            *comando("prometheus"),
            f"--config.file={configuracao}",
            f"--storage.tsdb.path={self._pasta / 'dados'}",
            f"--web.listen-address=127.0.0.1:{self.porta}",
            saida=self._registro.fileno(),
        )
        (self._pasta / "pid").write_text(str(self._processo.pid), encoding="ascii")
        self._aguardar()
        return self

    def __exit__(self, *_: object) -> None:
        self._processo.kill()
        self._processo.wait()
        self._registro.close()
        self._vigia.kill()
        self._vigia.wait()
        shutil.rmtree(self._pasta, ignore_errors=True)

    def _aguardar(self) -> None:
        fim = monotonic() + PACIENCIA
        while True:
            try:
                urlopen(f"http://127.0.0.1:{self.porta}/-/ready").close()
            except OSError:
                registro = (self._pasta / "registro").read_text(encoding="utf-8")
                assert self._processo.poll() is None, registro
                assert monotonic() < fim, registro
                sleep(0.05)
            else:
                return

    def perguntar(self, caminho: str, **parametros: str) -> Any:
        endereco = f"http://127.0.0.1:{self.porta}/api/v1/{caminho}?{urlencode(parametros)}"
        try:
            with urlopen(endereco) as resposta:
                return json.load(resposta)["data"]
        except HTTPError as erro:
            raise AssertionError(json.load(erro)["error"]) from None

    def valores(self, expressao: str) -> list[dict[str, str]]:
        """Os rótulos de cada série que a expressão dá; a que não é número não conta."""
        return [
            serie["metric"]
            for serie in self.perguntar("query", query=expressao)["result"]
            if not math.isnan(float(serie["value"][1]))
        ]

    def regras(self) -> dict[str, list[dict[str, Any]]]:
        """As que ele leu, por grupo."""
        grupos = self.perguntar("rules")["groups"]
        return {grupo["name"]: grupo["rules"] for grupo in grupos}
