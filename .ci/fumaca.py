"""Confere a oficina pela porta da frente: a casa responde, o banco atende, e quem entra lê.

    OFICINA_URL_PUBLICA=https://… SEGREDO_FUMACA=nome python3 .ci/fumaca.py

SEGREDO_FUMACA é o nome, no AWS Secrets Manager, de {"cpf": "…", "senha": "…"}: um mecânico só para
isto, que vê menos que os outros.
"""

import json
import os
import subprocess
import sys
import time
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

TENTATIVAS = 10  # enquanto o balanceador ainda descobre os endereços novos
INTERVALO = 3.0
PASSAGEIROS = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class Falhou(Exception):
    """O que não deu certo, e o que fazer."""


def pedir(endereco: str, corpo: dict[str, str] | None = None, token: str = "") -> Any:
    """A resposta, em JSON; insiste só no que passa sozinho."""
    pedido = Request(endereco, json.dumps(corpo).encode() if corpo else None)
    pedido.add_header("Content-Type", "application/json")
    if token:
        pedido.add_header("Authorization", f"Bearer {token}")
    for tentativa in range(1, TENTATIVAS + 1):
        try:
            with urlopen(pedido, timeout=10) as resposta:
                return json.load(resposta)
        except (HTTPError, URLError, TimeoutError, ConnectionError, ValueError) as motivo:
            passa = not isinstance(motivo, HTTPError) or motivo.code in PASSAGEIROS
            if tentativa == TENTATIVAS or not passa:
                raise Falhou(f"{urlsplit(endereco).path} não respondeu bem: {motivo}.") from motivo
        time.sleep(INTERVALO)
    raise AssertionError


def quem_confere(segredo: str) -> dict[str, str]:
    """O CPF e a senha, que só passam pela memória."""
    comando = ("aws", "secretsmanager", "get-secret-value", "--secret-id", segredo)
    filtro = ("--query", "SecretString", "--output", "text")
    lido = subprocess.run((*comando, *filtro), stdout=subprocess.PIPE, text=True, check=False)
    try:
        dados = json.loads(lido.stdout)
        return {"cpf": dados["cpf"], "senha": dados["senha"]}
    except (ValueError, LookupError, TypeError) as motivo:
        raise Falhou(f"O segredo {segredo!r} não se leu como {{cpf, senha}}.") from motivo


def conferir(url: str, quem: dict[str, str]) -> None:
    partes = urlsplit(url)
    if partes.scheme != "https" and partes.hostname != "127.0.0.1":
        raise Falhou(f"OFICINA_URL_PUBLICA começa com https://, e não é {url!r}.")
    url = url.rstrip("/")
    if pedir(f"{url}/").get("nome") != "oficina":
        raise Falhou("Quem responde nesse endereço não é a oficina.")
    pedir(f"{url}/health/ready")
    token = pedir(f"{url}/auth", quem)["access_token"]
    pedir(f"{url}/ordens?limite=1", token=token)
    print("A casa responde, o banco atende, e quem entra lê.")


if __name__ == "__main__":
    try:
        quem = quem_confere(os.environ.get("SEGREDO_FUMACA", ""))
        conferir(os.environ.get("OFICINA_URL_PUBLICA", ""), quem)
    except Falhou as motivo:
        sys.exit(str(motivo))
