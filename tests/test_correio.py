"""Como a mensagem chega: e-mail e webhook de verdade, em servidores da própria máquina."""

import hmac
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.entrada import PedirCodigo
from oficina_core.casos.mensagens import Carta, LinhaMensagem, ListarMensagens
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.correio import (
    CarteiroManual,
    CarteiroSMTP,
    CarteiroWebhook,
    Texto,
    despachar,
    no_whatsapp,
)
from oficina_core.dominio.erros import Indisponivel, NaoEncontrado
from oficina_core.dominio.mensagem import FALHAS_MAXIMO, SituacaoMensagem, TipoMensagem
from tests import cenario
from tests.certificado import certificado
from tests.conftest import Relogio

URL = "https://oficina.exemplo.com.br"
DE = "Oficina do Zé <avisos@oficina.exemplo.com.br>"
SEGREDO = "o segredo do webhook, com acentuação"
CARTA = Carta(
    id=7,
    tipo=TipoMensagem.ORCAMENTO,
    nome="Ana Conceição",
    email="ana@exemplo.com.br",
    telefone="+5511987654321",
    segredo="s" * 43,
    orcamento_id=12,
    descricao="Troca de óleo",
    valor=Decimal("249.65"),
    vale_ate=None,
)


class Caixa:
    """Recebe o que se manda, e às vezes recusa."""

    def __init__(self) -> None:
        self.cartas: list[tuple[list[str], EmailMessage]] = []
        self.recusa = ""
        self.ao_receber: Callable[[], object] = lambda: None

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.recusa:
            return self.recusa
        carta = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(carta, EmailMessage)
        self.cartas.append((envelope.rcpt_tos, carta))
        self.ao_receber()
        return "250 OK"

    @property
    def numeros(self) -> Counter[str]:
        return Counter(carta["Message-ID"] for _, carta in self.cartas)


def porta_livre() -> int:
    with socket.socket() as ocupada:
        ocupada.bind(("127.0.0.1", 0))
        numero: int = ocupada.getsockname()[1]
    return numero


@contextmanager
def correio(caixa: Caixa, porta: int, **como: Any) -> Iterator[None]:
    controle = Controller(caixa, hostname="127.0.0.1", port=porta, **como)
    controle.start()
    try:
        yield
    finally:
        controle.stop()


@pytest.fixture
def caixa() -> Caixa:
    return Caixa()


@pytest.fixture
def porta(caixa: Caixa) -> Iterator[int]:
    """Onde atende um servidor de e-mail de verdade."""
    numero = porta_livre()
    with correio(caixa, numero):
        yield numero


def carteiro(porta: int, **mais: Any) -> CarteiroSMTP:
    return CarteiroSMTP(URL, "127.0.0.1", porta, DE, **({"seguranca": "nenhuma"} | mais))


def com(**campos: Any) -> Carta:
    return Carta(**({nome: getattr(CARTA, nome) for nome in CARTA.__dataclass_fields__} | campos))


def test_o_email_leva_o_link_ao_cliente(caixa: Caixa, porta: int) -> None:
    carteiro(porta).entregar(CARTA)
    ((para, carta),) = caixa.cartas
    assert para == ["ana@exemplo.com.br"]
    assert (carta["To"], carta["From"], carta["Subject"]) == (para[0], DE, "Orçamento 12")
    assert carta["Message-ID"] == "<mensagem-7@oficina.exemplo.com.br>"
    assert carta.get_content().strip() == (
        "Olá, Ana! Seu orçamento: Troca de óleo, R$ 249,65. "
        f"Veja e responda: {URL}/aprovar/{'s' * 43}"
    )


def test_o_codigo_vai_sem_link(caixa: Caixa, porta: int) -> None:
    carteiro(porta).entregar(com(tipo=TipoMensagem.CODIGO, segredo="123456"))
    ((_, carta),) = caixa.cartas
    assert carta["Subject"] == "Seu código de acesso"
    assert "123456" in carta.get_content()
    assert "http" not in carta.get_content()


@pytest.mark.parametrize(
    "nome",
    [
        "[/] x",
        "José da Conceição",
        "Zé\r\nBcc: eva@golpe.test",
        "\r\n.\r\nMAIL FROM:<eva@golpe.test>",
        "Zé\u2028Bcc: eva@golpe.test",
        "=?utf-8?q?=0ABcc:_eva=40golpe.test?=",
    ],
)
def test_nome_hostil_nao_escreve_cabecalho_nem_acrescenta_destino(
    caixa: Caixa, porta: int, nome: str
) -> None:
    carteiro(porta).entregar(com(nome=nome, descricao=nome))
    ((para, carta),) = caixa.cartas
    assert para == ["ana@exemplo.com.br"]
    assert {campo.lower() for campo in carta} == {
        *("subject", "from", "to", "message-id", "date"),
        *("mime-version", "content-type", "content-transfer-encoding"),
    }
    assert f"Olá, {nome.split(maxsplit=1)[0]}!" in carta.get_content()


def test_quem_nao_tem_email_nao_o_recebe(caixa: Caixa, porta: int) -> None:
    with pytest.raises(NaoEncontrado, match="não tem e-mail"):
        carteiro(porta).entregar(com(email=None))
    assert caixa.cartas == []


@pytest.mark.parametrize("recusa", ["550 não existe", "451 mais tarde"])
def test_email_recusado_se_tenta_mais_tarde(caixa: Caixa, porta: int, recusa: str) -> None:
    caixa.recusa = recusa
    with pytest.raises(Indisponivel, match="não aceitou"):
        carteiro(porta).entregar(CARTA)


@pytest.mark.parametrize("seguranca", ["starttls", "tls"])
def test_servidor_que_nao_prova_quem_e_nao_recebe_nem_a_senha(
    caixa: Caixa, tmp_path: Path, seguranca: str
) -> None:
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(certificado(tmp_path))
    como = "ssl_context" if seguranca == "tls" else "tls_context"
    ditas: list[object] = []

    def autenticar(*dados: object) -> None:
        ditas.append(dados)

    if seguranca == "starttls":
        numero = porta_livre()
        with correio(caixa, numero, **{como: contexto}, authenticator=autenticar):
            _recusado(carteiro(numero, seguranca=seguranca, usuario="o", senha="s"))
    else:
        with _so_tls(contexto) as numero:
            _recusado(carteiro(numero, seguranca=seguranca, usuario="o", senha="s"))
    assert caixa.cartas == []
    assert ditas == []


def _recusado(carteiro: CarteiroSMTP) -> None:
    with pytest.raises(Indisponivel, match="não aceitou") as falha:
        carteiro.entregar(CARTA)
    assert isinstance(falha.value.__cause__, ssl.SSLCertVerificationError)


@contextmanager
def _so_tls(contexto: ssl.SSLContext) -> Iterator[int]:
    """Uma porta que só completa o aperto de mãos."""

    def atender() -> None:
        try:
            conexao, _ = escuta.accept()
            contexto.wrap_socket(conexao, server_side=True).close()
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as escuta:
        threading.Thread(target=atender, daemon=True).start()
        yield escuta.getsockname()[1]


# --- Webhook


class Gancho:
    """Um sistema da oficina que recebe as mensagens."""

    def __init__(self) -> None:
        self.recebidos: list[tuple[str, dict[str, str], bytes]] = []
        self.linha = b"HTTP/1.1 204 No Content\r\n"


@pytest.fixture
def gancho() -> Gancho:
    return Gancho()


@pytest.fixture
def endereco(gancho: Gancho) -> Iterator[str]:
    class Atendente(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            corpo = self.rfile.read(int(self.headers["Content-Length"]))
            gancho.recebidos.append((self.path, dict(self.headers), corpo))
            self.wfile.write(gancho.linha + b"Connection: close\r\n\r\n")

        do_GET = do_POST  # noqa: N815 — o nome que o http.server procura

        def log_message(self, *_: object) -> None:
            """Calado."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Atendente) as servidor:
        threading.Thread(target=servidor.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{servidor.server_address[1]}/gancho"
        servidor.shutdown()


@pytest.mark.parametrize("nome", ["Ana Conceição", "[/] x", '"},{"id":8'])
def test_o_webhook_recebe_assinado_e_com_o_numero_da_mensagem(
    gancho: Gancho, endereco: str, nome: str
) -> None:
    CarteiroWebhook(URL, endereco, SEGREDO).entregar(com(nome=nome))
    ((caminho, cabecalhos, corpo),) = gancho.recebidos
    assinatura = hmac.new(SEGREDO.encode(), corpo, sha256).hexdigest()
    assert cabecalhos["X-Oficina-Assinatura"] == f"sha256={assinatura}"
    assert cabecalhos["Idempotency-Key"] == "mensagem-7"
    assert caminho == "/gancho"
    dados = json.loads(corpo)
    assert dados["nome"] == nome
    assert (dados["id"], dados["tipo"]) == (7, "ORCAMENTO")
    assert (dados["email"], dados["telefone"]) == ("ana@exemplo.com.br", "+5511987654321")
    assert dados["texto"].endswith(f"{URL}/aprovar/{'s' * 43}")


@pytest.mark.parametrize(
    "linha",
    [
        b"HTTP/1.1 500 Ops\r\n",
        b"HTTP/1.1 404 Nada\r\n",
        b"HTTP/1.1 304 Igual\r\n",
        b"isto nao e HTTP\r\n",
        b"",
    ],
)
def test_webhook_que_nao_aceita_se_tenta_mais_tarde(
    gancho: Gancho, endereco: str, linha: bytes
) -> None:
    gancho.linha = linha
    with pytest.raises(Indisponivel, match="webhook não aceitou"):
        CarteiroWebhook(URL, endereco, SEGREDO).entregar(CARTA)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_o_webhook_nao_segue_desvio(gancho: Gancho, endereco: str, status: int) -> None:
    alvo = endereco.replace("/gancho", "/outro")
    gancho.linha = f"HTTP/1.1 {status} Desvio\r\nLocation: {alvo}\r\n".encode()
    with pytest.raises(Indisponivel, match="webhook não aceitou"):
        CarteiroWebhook(URL, endereco, SEGREDO).entregar(CARTA)
    assert [caminho for caminho, _, _ in gancho.recebidos] == ["/gancho"]


def test_o_segredo_e_a_senha_nao_se_mostram() -> None:
    assert SEGREDO not in repr(CarteiroWebhook(URL, "http://x.test", SEGREDO))
    assert "s3nh4" not in repr(carteiro(25, senha="s3nh4"))
    assert CARTA.segredo not in repr(CARTA)


@pytest.mark.parametrize(
    ("telefone", "comeco"),
    [("+5511987654321", "https://wa.me/5511987654321?text="), (None, "https://wa.me/?text=")],
)
def test_a_conversa_abre_com_o_texto_e_nada_mais(telefone: str | None, comeco: str) -> None:
    assert no_whatsapp(telefone, "Olá & adeus #1") == f"{comeco}Ol%C3%A1%20%26%20adeus%20%231"


# --- A caixa de saída, contra os dois bancos


def enviar_orcamentos(oficina: OficinaLocal, quantos: int = 1) -> None:
    cenario.catalogo(oficina)
    dono = CriarCliente(nome="Ana", documento=cenario.CPF_ANA, email="ana@exemplo.com.br")
    oficina.executar(dono)
    cenario.veiculo(oficina)
    for _ in range(quantos):
        oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True))


def mensagens(oficina: OficinaLocal) -> tuple[LinhaMensagem, ...]:
    return oficina.executar(ListarMensagens(limite=100)).itens


def test_servidor_fora_do_ar_se_tenta_de_novo_cada_vez_mais_tarde(
    local: OficinaLocal, relogio: Relogio, caixa: Caixa
) -> None:
    enviar_orcamentos(local)
    numero = porta_livre()
    for espera in (30, 60, 120):
        assert despachar(local, carteiro(numero)) is False
        relogio.passar(seconds=espera - 5)
        assert despachar(local, carteiro(numero)) is None, "ainda não é hora"
        relogio.passar(seconds=10)
    with correio(caixa, numero):
        assert despachar(local, carteiro(numero)) is True
        assert despachar(local, carteiro(numero)) is None
    (linha,) = mensagens(local)
    assert (linha.situacao, linha.falhas) == (SituacaoMensagem.ENVIADA, 3)
    assert list(caixa.numeros.values()) == [1]


def test_depois_de_muitas_falhas_se_desiste_e_isso_se_ve(
    local: OficinaLocal, relogio: Relogio
) -> None:
    enviar_orcamentos(local)
    numero = porta_livre()
    for _ in range(FALHAS_MAXIMO):
        assert despachar(local, carteiro(numero)) is False
        relogio.passar(hours=3)
    assert despachar(local, carteiro(numero)) is None
    (linha,) = mensagens(local)
    assert linha.situacao is SituacaoMensagem.FALHOU


def test_quem_nao_tem_por_onde_receber_nao_se_tenta_de_novo(
    local: OficinaLocal, porta: int, caixa: Caixa
) -> None:
    cenario.catalogo(local)
    cenario.enviado(local)
    assert despachar(local, carteiro(porta)) is False
    assert despachar(local, carteiro(porta)) is None
    assert [linha.situacao for linha in mensagens(local)] == [SituacaoMensagem.FALHOU]
    assert caixa.cartas == []


def test_o_codigo_pedido_chega_ao_email(local: OficinaLocal, porta: int, caixa: Caixa) -> None:
    local.executar(CriarCliente(nome="Ana", documento=cenario.CPF_ANA, email="ana@exemplo.com.br"))
    local.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="127.0.0.1"))
    assert despachar(local, carteiro(porta)) is True
    ((_, carta),) = caixa.cartas
    assert re.search(r"Seu código é [0-9]{6}\.", carta.get_content())


def test_a_mao_quem_atende_ve_o_texto(local: OficinaLocal) -> None:
    enviar_orcamentos(local)
    vistas: list[tuple[Carta, Texto]] = []
    manual = CarteiroManual(URL, lambda *vista: vistas.append(vista))
    assert despachar(local, manual) is True
    ((carta, texto),) = vistas
    assert f"{URL}/aprovar/{carta.segredo}" in texto.corpo


def test_dois_que_enviam_ao_mesmo_tempo_entregam_cada_mensagem_uma_vez(
    local: OficinaLocal, porta: int, caixa: Caixa
) -> None:
    enviar_orcamentos(local, 12)
    encontro = threading.Barrier(2, timeout=30)

    class EmPar:
        """A primeira entrega de cada um espera a do outro: os dois trabalham de fato."""

        esperou = False

        def entregar(self, carta: Carta) -> None:
            if not self.esperou:
                self.esperou = True
                encontro.wait()
            carteiro(porta).entregar(carta)

    def esvaziar(meu: EmPar) -> int:
        return len(list(iter(lambda: despachar(local, meu), None)))

    with ThreadPoolExecutor(2) as dois:
        assert sum(dois.map(esvaziar, [EmPar(), EmPar()])) == 12
    assert sorted(caixa.numeros.values()) == [1] * 12
    assert {linha.situacao for linha in mensagens(local)} == {SituacaoMensagem.ENVIADA}


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL é do Unix")
def test_quem_cai_entre_entregar_e_anotar_entrega_de_novo_com_o_mesmo_numero(
    url: str, porta: int, caixa: Caixa
) -> None:
    agora = datetime.now(UTC)
    oficina = OficinaLocal.em(url)
    enviar_orcamentos(oficina)
    nascido = threading.Event()

    def derrubar() -> None:
        assert nascido.wait(30)
        programa.send_signal(signal.SIGKILL)

    caixa.ao_receber = derrubar
    programa = subprocess.Popen(
        [sys.executable, "-m", "oficina_cli", "--banco", url, "mensagem", "enviar"],
        env={
            **os.environ,
            "OFICINA_URL_PUBLICA": URL,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(porta),
            "SMTP_DE": DE,
            "SMTP_SEGURANCA": "nenhuma",
        },
    )
    nascido.set()
    assert programa.wait(60) == -signal.SIGKILL
    assert sum(caixa.numeros.values()) == 1
    caixa.ao_receber = lambda: None
    assert [linha.situacao for linha in mensagens(oficina)] == [SituacaoMensagem.PENDENTE]
    assert despachar(oficina, carteiro(porta)) is None, "ainda é de quem a tomou"
    depois = OficinaLocal.em(url, lambda: agora + timedelta(minutes=5))
    assert despachar(depois, carteiro(porta)) is True
    assert list(caixa.numeros.values()) == [2], "o mesmo Message-ID, duas vezes"
    assert [linha.situacao for linha in mensagens(oficina)] == [SituacaoMensagem.ENVIADA]
    for aberta in (oficina, depois):
        aberta.fechar()
