"""O servidor de verdade: o que se atende quando falta fio, e a despedida."""

import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

import pytest
from fastapi import FastAPI

from oficina_api.app import FIOS
from tests.api.servico import aguardar, no_ar


def test_com_todos_os_fios_presos_a_saude_responde(app: FastAPI, solta: Event) -> None:
    with no_ar(app) as servidor:
        for _ in range(2 * FIOS):
            servidor.conectar(b"GET /presa HTTP/1.1\r\nHost: x\r\n\r\n")
        aguardar(lambda: len(servidor.servidor.server_state.tasks) == 2 * FIOS)
        assert servidor.pedir("GET", "/health/live").status == 200
        assert servidor.pedir("GET", "/health/ready").status == 200
        solta.set()


def test_nenhuma_resposta_diz_que_programa_atende(app: FastAPI) -> None:
    with no_ar(app) as servidor:
        assert "Server" not in servidor.pedir("GET", "/").headers


def test_despedida_ainda_atende_mas_ja_nega_a_prontidao(app: FastAPI) -> None:
    with no_ar(app, espera=60) as servidor:
        assert servidor.pedir("GET", "/health/ready").status == 200
        servidor.servidor.handle_exit(signal.SIGTERM, None)
        negada = servidor.pedir("GET", "/health/ready")
        assert (negada.status, negada.headers["Content-Type"]) == (503, "application/problem+json")
        atendida = servidor.pedir("GET", "/clientes/7")
        assert (atendida.status, atendida.headers["Connection"]) == (404, "close")
        assert servidor.pedir("GET", "/health/live").status == 200


def test_sem_espera_quem_chega_depois_nao_e_atendido(app: FastAPI) -> None:
    """O controle: é a espera que atende quem ainda não sabe da despedida."""
    with no_ar(app, espera=0) as servidor:
        servidor.servidor.handle_exit(signal.SIGTERM, None)
        aguardar(lambda: not servidor.servidor.servers[0].is_serving())
        with pytest.raises(OSError):  # noqa: PT011 — recusada ou cortada, conforme o sistema
            servidor.pedir("GET", "/clientes/7")


def test_segundo_sinal_encurta_a_despedida(app: FastAPI) -> None:
    with no_ar(app, espera=60) as servidor:
        servidor.servidor.handle_exit(signal.SIGTERM, None)
        servidor.servidor.handle_exit(signal.SIGTERM, None)
        aguardar(lambda: not servidor.servidor.servers[0].is_serving())


def test_o_que_esta_em_curso_termina_e_o_processo_sai_em_paz() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAMA],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    ) as processo:
        assert processo.stdout
        porta = int(processo.stdout.readline())
        aguardar(lambda: _ouve(porta))
        http = HTTPConnection("127.0.0.1", porta, timeout=10)
        fio = Thread(target=http.request, args=("GET", "/demorada"))
        fio.start()
        assert processo.stdout.readline() == b"atendendo\n"
        processo.send_signal(signal.SIGTERM)
        assert http.getresponse().status == 200
        fio.join()
        http.close()
        assert processo.wait(timeout=10) == 0
    assert not _ouve(porta)


def _ouve(porta: int) -> bool:
    with socket.socket() as conexao:
        return conexao.connect_ex(("127.0.0.1", porta)) == 0


PROGRAMA = """
import socket, time
from oficina_api.app import criar_app
from oficina_api.servidor import servir

with socket.create_server(("127.0.0.1", 0)) as livre:
    porta = livre.getsockname()[1]

def demorada():
    print("atendendo", flush=True)
    time.sleep(1)
    return {}

class Avisa:
    async def __aenter__(self):
        print(porta, flush=True)

    async def __aexit__(self, *_):
        pass

app = criar_app(None, lambda: None, vida=lambda app: Avisa())
app.add_api_route("/demorada", demorada)
servir(app, porta=porta, espera=0.2)
"""
