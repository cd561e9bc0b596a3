"""Como a mensagem chega: por e-mail, em um servidor de verdade, ou à mão."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from oficina_core.correio import CarteiroSMTP, SemEntrega, escrever, no_whatsapp
from oficina_core.dominio.erros import Indisponivel
from oficina_core.dominio.mensagem import TipoMensagem
from tests.carteiros import CARTA, DE, URL, Caixa, carteiro, com, correio, porta_livre
from tests.certificado import certificado


@pytest.fixture
def caixa() -> Caixa:
    return Caixa()


@pytest.fixture
def porta(caixa: Caixa) -> Iterator[int]:
    """Onde atende um servidor de e-mail de verdade."""
    numero = porta_livre()
    with correio(caixa, numero):
        yield numero


def test_o_email_leva_o_link_ao_cliente(caixa: Caixa, porta: int) -> None:
    carteiro(porta).entregar(CARTA)
    ((para, carta),) = caixa.cartas
    assert para == ["ana@exemplo.com.br"]
    assert (carta["To"], carta["From"], carta["Subject"]) == (
        para[0],
        DE,
        "Orçamento do VW Gol 1.0, placa ABC1D23",
    )
    assert carta["Message-ID"] == "<mensagem-7@oficina.exemplo.com.br>"
    assert carta.get_content().strip() == (
        "Olá, Ana! Orçamento do VW Gol 1.0, placa ABC1D23: Troca de óleo, R$ 249,65. "
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
    with pytest.raises(SemEntrega, match="não tem e-mail"):
        carteiro(porta).entregar(com(email=None))
    assert caixa.cartas == []


def test_email_recusado_por_ora_se_tenta_mais_tarde(caixa: Caixa, porta: int) -> None:
    caixa.recusa = "451 mais tarde"
    with pytest.raises(Indisponivel, match="não aceitou"):
        carteiro(porta).entregar(CARTA)


class SemCaixa(Caixa):
    """Recusa o destinatário, antes de ouvir o texto."""

    async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802
        return self.recusa


@pytest.mark.parametrize("tipo", [Caixa, SemCaixa])
def test_email_recusado_de_vez_nao_se_tenta_mais(tipo: type[Caixa]) -> None:
    caixa, porta = tipo(), porta_livre()
    caixa.recusa = "550 não existe"
    with correio(caixa, porta), pytest.raises(SemEntrega, match="recusou de vez"):
        carteiro(porta).entregar(CARTA)


def test_destinatario_recusado_por_ora_se_tenta_mais_tarde() -> None:
    caixa, porta = SemCaixa(), porta_livre()
    caixa.recusa = "450 mais tarde"
    with correio(caixa, porta), pytest.raises(Indisponivel, match="não aceitou"):
        carteiro(porta).entregar(CARTA)


def test_a_carta_ao_contato_antigo_diz_o_que_fazer() -> None:
    texto = escrever(com(tipo=TipoMensagem.CONTATO, segredo="", valor=None), URL)
    assert texto.assunto == "Seu cadastro mudou"
    assert "Se não foi você quem pediu, fale com a oficina." in texto.corpo


@pytest.mark.parametrize(
    "modelo",
    [
        "=?utf-8?q?x=0D=0ABcc:_a@b.com?=",
        "=?utf-8?b?DQoNCkNsaXF1ZSBlbSBodHRwOi8vbWFsLmV4DQo=?=",
        "a =?x?q?=FF?= b",
    ],
)
def test_o_nome_do_carro_nao_escreve_cabecalho_nem_corpo(
    caixa: Caixa, porta: int, modelo: str
) -> None:
    """O Python lê como codificado o que parece RFC 2047, até quebra de linha."""
    carteiro(porta).entregar(com(veiculo=modelo))
    ((para, chegou),) = caixa.cartas
    assert (para, chegou["To"], chegou["Bcc"]) == ([CARTA.email], CARTA.email, None)
    assert chegou["Subject"].startswith("Orçamento do ")
    assert chegou["Message-ID"]
    assert chegou.get_content().startswith("Olá, ")


def test_o_que_nao_se_escreve_como_email_se_deixa_de_tentar(porta: int) -> None:
    with pytest.raises(SemEntrega, match="mande-a à mão"):
        carteiro(porta).entregar(com(email="a@b.com\nBcc: c@d.com"))


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


@pytest.mark.parametrize(
    ("telefone", "comeco"),
    [("+5511987654321", "https://wa.me/5511987654321?text="), (None, "https://wa.me/?text=")],
)
def test_a_conversa_abre_com_o_texto_e_nada_mais(telefone: str | None, comeco: str) -> None:
    assert no_whatsapp(telefone, "Olá & adeus #1") == f"{comeco}Ol%C3%A1%20%26%20adeus%20%231"
