"""O Schemathesis contra a API de verdade, em MySQL, como cada papel: `nox -s contrato`.

Cada papel tem um banco novo e um processo da API: o que um grava não atrapalha o outro. O que não
é daqui (`--max-examples 200`, `--seed 7`, `--include-path /ordens`) segue para o Schemathesis.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

from oficina_core.banco import manutencao
from tests.api.elenco import SEGREDO, Gente, configuracao, povoar
from tests.contrato_fartura import fartar
from tests.servidor_mysql import Servidor, obter
from tests.servidor_programa import porta_livre

BASE = Path(__file__).with_name("schemathesis.toml")
PAPEIS = ("sem token", "dono", "mecânico", "atendente", "gerente")
RIVAIS = ["dono", "outro cliente"]  # o que é de um, o outro não vê
UM_DIA = 86400  # segundos: o token vale até o fim da execução
PACIENCIA = 30.0


@dataclass
class Resultado:
    """Como foi com um papel; as respostas são as que a própria API registrou."""

    papel: str
    saida: int
    segundos: float
    respostas: Counter[tuple[str, int]]  # operação e status

    @property
    def quebras(self) -> int:
        return sum(vezes for (_, status), vezes in self.respostas.items() if status >= 500)

    def __str__(self) -> str:
        classes: Counter[str] = Counter()
        for (_, status), vezes in self.respostas.items():
            classes[f"{status // 100}xx"] += vezes
        feitas = {operacao for operacao, status in self.respostas if 200 <= status < 300}
        contadas = ", ".join(f"{vezes} × {classe}" for classe, vezes in sorted(classes.items()))
        return (
            f"{self.papel}: {'FALHOU' if self.saida or self.quebras else 'passou'} em "
            f"{self.segundos:.0f} s; {classes.total()} pedidos ({contadas}); "
            f"{len(feitas)} operações com sucesso"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papel", action="append", choices=PAPEIS)
    ditos, opcoes = parser.parse_known_args()
    servidor = obter()
    try:
        resultados = [experimentar(servidor, papel, opcoes) for papel in ditos.papel or PAPEIS]
    finally:
        servidor.parar()
    sys.stdout.writelines(f"{resultado}\n" for resultado in resultados)
    sys.exit(any(resultado.saida or resultado.quebras for resultado in resultados))


def experimentar(servidor: Servidor, papel: str, opcoes: Sequence[str]) -> Resultado:
    nome = f"oficina_teste_contrato_{os.getpid()}"
    url = servidor.criar_banco(nome)
    try:
        manutencao.migrar(url)
        gente = povoar(configuracao(url, jwt_ttl_seconds=UM_DIA))
        fartar(url, gente)
        with tempfile.TemporaryDirectory() as rascunho:
            pasta = Path(rascunho)
            return _rodar(papel, opcoes, url, gente, pasta)
    finally:
        servidor.apagar_banco(nome)


def _rodar(papel: str, opcoes: Sequence[str], url: str, gente: Gente, pasta: Path) -> Resultado:
    registro = pasta / "registro"
    with api(url, registro) as endereco:
        programa = Path(sys.executable).with_name("st")
        ajustes = ("--config-file", _ajustar(papel, gente, pasta))
        comeco = monotonic()
        st = subprocess.run(
            [programa, *ajustes, "run", f"{endereco}/openapi.json", *opcoes], check=False
        )
        segundos = monotonic() - comeco
    return Resultado(papel, st.returncode, segundos, _contar(registro))


@contextmanager
def api(url: str, registro: Path) -> Iterator[str]:
    """A API em um processo à parte, com o registro em um arquivo."""
    porta, sem_env = porta_livre(), registro.with_suffix(".env")
    sem_env.touch()  # o .env de quem desenvolve não entra
    endereco = f"http://127.0.0.1:{porta}"
    ambiente = {n: v for n, v in os.environ.items() if not n.startswith(("OFICINA_", "DB_"))}
    ambiente |= {"OFICINA_BANCO": url, "JWT_SECRET": SEGREDO, "JWT_TTL_SECONDS": str(UM_DIA)}
    comando = [sys.executable, "-m", "oficina_api", "--env", str(sem_env), "--espera", "0"]
    with (
        registro.open("wb") as saida,
        subprocess.Popen([*comando, "--porta", str(porta)], env=ambiente, stderr=saida) as processo,
    ):
        try:
            _aguardar(f"{endereco}/health/ready")
            yield endereco
        finally:
            processo.terminate()


def _aguardar(endereco: str) -> None:
    prazo = monotonic() + PACIENCIA
    while True:
        try:
            urlopen(endereco, timeout=PACIENCIA).close()  # noqa: S310 — endereço nosso
        except (OSError, HTTPException):
            if monotonic() > prazo:
                raise
            sleep(0.1)
        else:
            return


def _ajustar(papel: str, gente: Gente, pasta: Path) -> Path:
    """A configuração comum e, se há token, o de quem se experimenta e o dos rivais dele."""
    tokens, ajustes = pasta / "tokens.json", pasta / "schemathesis.toml"
    entradas = [
        {"name": nome, "fixedHeaders": [{"name": n, "value": v} for n, v in cabecalhos.items()]}
        for nome, cabecalhos in gente.principais.items()
        if cabecalhos and nome in {papel, *RIVAIS}
    ]
    tokens.write_text(json.dumps({"auth": entradas}), encoding="utf-8")
    identidade = {"path": str(tokens), "user": papel, "peers": RIVAIS}
    linhas = [
        f"{nome} = {json.dumps(valor, ensure_ascii=False)}" for nome, valor in identidade.items()
    ]
    quem = ["", "[auth.wfc]", *linhas, ""] if gente.principais[papel] else []
    ajustes.write_text(BASE.read_text(encoding="utf-8") + "\n".join(quem), encoding="utf-8")
    return ajustes


def _contar(registro: Path) -> Counter[tuple[str, int]]:
    """As respostas por operação; os erros que a API registrou se mostram como vieram."""
    respostas: Counter[tuple[str, int]] = Counter()
    with registro.open(encoding="utf-8") as linhas:
        for linha in linhas:
            dito = json.loads(linha)
            if dito["message"] == "pedido":
                respostas[f"{dito['metodo']} {dito['rota']}", dito["resposta"]] += 1
            elif dito["level"] in ("ERROR", "CRITICAL"):
                sys.stdout.write(linha)
    return respostas


if __name__ == "__main__":
    main()
