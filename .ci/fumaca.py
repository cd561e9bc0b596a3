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
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TENTATIVAS = 10  # enquanto o balanceador ainda descobre os endereços novos
INTERVALO = 3.0
PRAZO = 10  # segundos
MAXIMO = 1024 * 1024
PASSAGEIROS = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class Falhou(Exception):
    """O que não deu certo, e o que fazer."""


class SemDesvio(HTTPRedirectHandler):
    """Quem desvia levaria o token a outro endereço, e a conferência diria que passou."""

    def redirect_request(self, *_: Any) -> None:
        return None


ABRIR = build_opener(SemDesvio).open


def pedir(endereco: str, corpo: dict[str, str] | None = None, token: str = "") -> Any:
    """A resposta, em JSON; insiste só no que passa sozinho."""
    pedido = Request(endereco, json.dumps(corpo).encode() if corpo else None)
    pedido.add_header("Content-Type", "application/json")
    if token:
        pedido.add_header("Authorization", f"Bearer {token}")
    for tentativa in range(1, TENTATIVAS + 1):
        try:
            with ABRIR(pedido, timeout=PRAZO) as resposta:
                return ler(resposta)
        except (HTTPException, OSError, ValueError, RecursionError) as motivo:
            passa = not isinstance(motivo, HTTPError) or motivo.code in PASSAGEIROS
            if tentativa == TENTATIVAS or not passa:
                raise Falhou(f"{urlsplit(endereco).path} não respondeu bem: {motivo}.") from motivo
        time.sleep(INTERVALO)
    raise AssertionError


def ler(resposta: Any) -> Any:
    """O JSON que veio, se cabe e se chega a tempo."""
    fim, partes = time.monotonic() + PRAZO, [b""]
    while parte := resposta.read1(MAXIMO):
        partes.append(parte)
        if time.monotonic() > fim or sum(map(len, partes)) > MAXIMO:
            raise ValueError("a resposta é grande demais, ou não acaba")
    return json.loads(b"".join(partes))


def campo(resposta: Any, nome: str) -> str:
    """O que ela diz nesse campo; nada, se não é o que a oficina daria."""
    return str(resposta.get(nome, "")) if isinstance(resposta, dict) else ""


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
    if campo(pedir(f"{url}/"), "nome") != "oficina":
        raise Falhou("Quem responde nesse endereço não é a oficina.")
    pedir(f"{url}/health/ready")
    token = campo(pedir(f"{url}/auth", quem), "access_token")
    pedir(f"{url}/ordens?limite=1", token=token)
    print("A casa responde, o banco atende, e quem entra lê.")


if __name__ == "__main__":
    try:
        quem = quem_confere(os.environ.get("SEGREDO_FUMACA", ""))
        conferir(os.environ.get("OFICINA_URL_PUBLICA", ""), quem)
    except Falhou as motivo:
        sys.exit(str(motivo))
