"""A parte da API em que se entra: o bastante de /auth e de /usuarios/eu, por HTTP de verdade."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CPF, SENHA, CODIGO = "52998224725", "uma frase que só a Ana sabe", "123456"
AVISO = "Se esse CPF é de um cliente, o código vai ao contato dele."
VENCE_EM = 1_800_000_000  # 15/01/2027, às 8h UTC


def ficha(dados: bytes) -> str:
    """Um token com a cara de um JWT."""
    return f"x.{base64.urlsafe_b64encode(dados).decode().rstrip('=')}.y"


TOKEN = ficha(json.dumps({"exp": VENCE_EM}).encode())
PERFIL = {
    "tipo": "FUNCIONARIO",
    "id": 7,
    "nome": "Ana [/] Souza",
    "papel": "GERENTE",
    "loja_id": 1,
    "telefone": None,
    "email": None,
    "versao": 1,
}


@dataclass
class Api:
    """O que chegou, e o que se responde em vez do costume."""

    url: str
    pedidos: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    resposta: tuple[int, dict[str, str], Any] | None = None
    em: dict[str, Any] = field(default_factory=dict)  # o corpo que há em cada caminho

    def atender(self, alvo: str, cabecalhos: dict[str, str], corpo: Any) -> Any:
        self.pedidos.append((alvo, cabecalhos, corpo))
        if self.resposta:
            return self.resposta
        if alvo in self.em:
            return 200, {}, self.em[alvo]
        if alvo == "POST /auth":
            return _entrar(corpo)
        if cabecalhos.get("Authorization") == f"Bearer {TOKEN}":
            return 200, {}, PERFIL
        return problema(401, "nao_identificado", "Não se sabe quem pede.")


def _entrar(corpo: dict[str, str]) -> tuple[int, dict[str, str], Any]:
    if corpo == {"cpf": CPF}:
        return 202, {}, {"detail": AVISO}
    if corpo in ({"cpf": CPF, "senha": SENHA}, {"cpf": CPF, "codigo": CODIGO}):
        return 200, {}, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600}
    return problema(401, "nao_identificado", "O CPF ou a senha não conferem.")


def problema(
    status: int, codigo: str, detalhe: str, **cabecalhos: str
) -> tuple[int, dict[str, str], Any]:
    return status, cabecalhos, {"codigo": codigo, "detail": detalhe, "erros": []}


@contextmanager
def no_ar() -> Iterator[Api]:
    class Atendente(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            tamanho = int(self.headers.get("Content-Length", 0))
            corpo = json.loads(self.rfile.read(tamanho) or "null")
            alvo = f"{self.command} {self.path}"
            status, cabecalhos, resposta = api.atender(alvo, dict(self.headers), corpo)
            dados = json.dumps(resposta).encode()
            self.send_response(status)
            for nome, valor in {**cabecalhos, "Content-Length": str(len(dados))}.items():
                self.send_header(nome, valor)
            self.end_headers()
            self.wfile.write(dados)

        do_GET = do_POST  # noqa: N815 — o nome que o http.server procura

        def log_message(self, *_: object) -> None:
            """Calado."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Atendente) as servidor:
        api = Api(f"http://127.0.0.1:{servidor.server_address[1]}")
        threading.Thread(target=servidor.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield api
        finally:
            servidor.shutdown()
