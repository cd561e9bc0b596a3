"""Um emissor externo de mentira, com servidor e chaves de verdade."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from oficina_api.jwks import JWKS
from oficina_api.tokens import Tokens
from oficina_core.dominio.erros import NaoIdentificado
from tests.api.fichas_ruins import Forja
from tests.api.test_tokens import AGORA, INSTANTE

FORJA = Forja(segredo=b"", agora=INSTANTE)


def chave(nome: str, bits: int = 2048) -> RSAPrivateKey:
    return _sortear(nome, bits)


@cache
def _sortear(nome: str, bits: int) -> RSAPrivateKey:
    """Uma por nome, seja qual for o jeito de a pedir."""
    return generate_private_key(public_exponent=65537, key_size=bits)


def publica(nome: str, bits: int = 2048, **mudancas: Any) -> dict[str, Any]:
    jwk = RSAAlgorithm.to_jwk(chave(nome, bits).public_key(), as_dict=True)
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": nome, "use": "sig"} | mudancas


def ficha(nome: str, bits: int = 2048, *, kid: str | None = None, **mudancas: Any) -> str:
    cabecalho = {"kid": kid or nome}
    return jwt.encode(FORJA.dados(**mudancas), chave(nome, bits), "RS256", cabecalho)


@dataclass
class Fonte:
    """O que o servidor responde; `pedidos` são os caminhos que lhe pediram."""

    url: str = ""
    corpo: bytes = b'{"keys": []}'
    status: int = 200
    cabecalhos: dict[str, str] = field(default_factory=dict)
    segurar: threading.Event | None = None
    gotas: float = 0
    enrolar: float = 0
    pedidos: list[str] = field(default_factory=list)

    def publicar(self, *jwks: Any) -> None:
        self.corpo = json.dumps({"keys": jwks}).encode()


class Atendente(BaseHTTPRequestHandler):
    fonte: Fonte

    def do_GET(self) -> None:
        self.fonte.pedidos.append(self.path)
        if self.fonte.segurar:
            self.fonte.segurar.wait(5)
        self.send_response(self.fonte.status)
        for nome, valor in self.fonte.cabecalhos.items():
            self.send_header(nome, valor)
        try:
            self._enrolar()
            self.end_headers()
            self._escrever()
        except OSError:  # quem lia desistiu
            self.close_connection = True

    def _enrolar(self) -> None:
        fim = time.monotonic() + self.fonte.enrolar
        while self.fonte.enrolar and time.monotonic() < fim:
            self.send_header("X-Nada", "1")
            self.flush_headers()
            time.sleep(0.05)

    def _escrever(self) -> None:
        passo = 1 if self.fonte.gotas else len(self.fonte.corpo)
        for inicio in range(0, len(self.fonte.corpo), passo):
            self.wfile.write(self.fonte.corpo[inicio : inicio + passo])
            time.sleep(self.fonte.gotas)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def servir() -> Iterator[Fonte]:
    fonte = Fonte()
    atendente = type("AtendenteDaFonte", (Atendente,), {"fonte": fonte})
    with ThreadingHTTPServer(("127.0.0.1", 0), atendente) as servidor:
        servidor.daemon_threads = True
        fonte.url = f"http://127.0.0.1:{servidor.server_port}/jwks.json"
        thread = threading.Thread(target=servidor.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield fonte
        finally:
            if fonte.segurar:
                fonte.segurar.set()
            servidor.shutdown()
            thread.join()


@dataclass
class Cena:
    """Um leitor dessa fonte, com um relógio que só anda quando se manda."""

    fonte: Fonte
    agora: float = 1000
    falhas: int = 0

    def __post_init__(self) -> None:
        self.chaves = JWKS(self.fonte.url, self._falhou, lambda: self.agora)
        self.tokens = Tokens(
            emissor="oficina",
            publico="oficina-api",
            ttl=3600,
            chaves=self.chaves,
            agora=lambda: AGORA,
        )

    def _falhou(self) -> None:
        self.falhas += 1

    def aceita(self, token: str) -> bool:
        try:
            self.tokens.ler(token)
        except NaoIdentificado:
            return False
        return True

    def passar(self, segundos: float) -> None:
        self.agora += segundos

    def esperar(self) -> None:
        """Até a leitura em curso acabar: a que ninguém espera também se confere."""
        assert self.chaves._acabou.wait(5)
