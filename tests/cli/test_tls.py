"""O certificado da API, com TLS de verdade: o que não confere se diz, e nada se manda."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from oficina_cli import remota
from oficina_cli.remota import OficinaRemota
from oficina_core.casos.clientes import CriarCliente
from oficina_core.dominio.erros import Indisponivel
from tests.certificado import certificado

ANA = CriarCliente(nome="Ana", telefone="11987654321")


@pytest.fixture(autouse=True)
def nenhuma_espera(monkeypatch: pytest.MonkeyPatch) -> None:
    def esperar(_: float) -> None:
        pytest.fail("insistir com um certificado que não confere não adianta")

    monkeypatch.setattr(remota, "sleep", esperar)


@contextmanager
def servidor(contexto: ssl.SSLContext | None) -> Iterator[tuple[int, list[bytes]]]:
    """Aceita conexões, e guarda o que chega por elas; sem contexto, não fala TLS."""
    recebido: list[bytes] = []

    def atender() -> None:
        with suppress(OSError):
            while True:
                conexao, _ = escuta.accept()
                with suppress(OSError), conexao:
                    if contexto is None:
                        conexao.recv(1024)
                        conexao.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                        continue
                    with contexto.wrap_socket(conexao, server_side=True) as segura:
                        recebido.append(segura.recv(1024))

    with socket.create_server(("127.0.0.1", 0)) as escuta:
        threading.Thread(target=atender, daemon=True).start()
        yield escuta.getsockname()[1], recebido
        escuta.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("como", "conhecida", "motivo"),
    [
        ({}, False, "não vem de uma autoridade que esta máquina conheça"),
        ({"dias": -1}, True, "venceu"),
        ({"para": "127.0.0.2"}, True, "é de outro endereço"),
    ],
    ids=["autoridade", "vencido", "outro"],
)
def test_certificado_que_nao_confere_se_diz_e_nada_se_manda(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    como: dict[str, str | int],
    motivo: str,
    *,
    conhecida: bool,
) -> None:
    arquivo = certificado(tmp_path, **como)  # type: ignore[arg-type]
    monkeypatch.setattr(remota, "propria_maquina", lambda _: False)
    if conhecida:
        monkeypatch.setenv("SSL_CERT_FILE", str(arquivo))
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(arquivo)
    with servidor(contexto) as (porta, recebido):
        oficina = OficinaRemota.em(f"https://127.0.0.1:{porta}", "segredo")
        with pytest.raises(Indisponivel, match=f"O certificado de 127.0.0.1 {motivo}"):
            oficina.executar(ANA)
        oficina.fechar()
    assert recebido == []


def test_quem_nao_fala_tls_se_diz() -> None:
    with servidor(None) as (porta, _):
        oficina = OficinaRemota.em(f"https://127.0.0.1:{porta}", "segredo")
        with pytest.raises(Indisponivel, match=r"127\.0\.0\.1 não apresentou um certificado"):
            oficina.executar(ANA)
        oficina.fechar()
