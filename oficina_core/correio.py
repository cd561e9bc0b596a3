"""Como uma mensagem chega ao cliente: por e-mail, por um webhook assinado, ou à mão.

Quem envia pode cair entre entregar e anotar que entregou; por isso a mesma mensagem leva sempre o
mesmo número (Message-ID, Idempotency-Key), e quem a recebe duas vezes sabe que é a mesma.
"""

import hmac
import json
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from oficina_core.casos.mensagens import Carta, ConcluirMensagem, TomarMensagem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.erros import ErroOficina, Indisponivel, RegraViolada
from oficina_core.dominio.mensagem import TipoMensagem
from oficina_core.texto import reais

PRAZO = 10  # segundos, por entrega
PERMANENTE = 500  # daí em diante o SMTP diz que repetir não adianta
CONTATO_MUDOU = (
    "O documento, o telefone ou o e-mail do seu cadastro na oficina mudou. "
    "Se não foi você quem pediu, fale com a oficina."
)


class SemEntrega(RegraViolada):
    """O cliente não tem por onde receber, ou quem entrega recusou de vez: insistir não adianta."""


class Carteiro(Protocol):
    """Entrega uma carta.

    Levanta Indisponivel se não deu agora, e então se tenta mais tarde; SemEntrega, se nunca dará.
    """

    def entregar(self, carta: Carta, /) -> None: ...


@dataclass(frozen=True)
class Texto:
    """O que se diz ao cliente."""

    assunto: str
    corpo: str


def escrever(carta: Carta, url_publica: str) -> Texto:
    if carta.tipo is TipoMensagem.CODIGO:
        return Texto(
            "Seu código de acesso",
            f"Seu código é {carta.segredo}. Vale por 10 minutos; não o passe a ninguém.",
        )
    if carta.tipo is TipoMensagem.CONTATO:
        return Texto("Seu cadastro mudou", CONTATO_MUDOU)
    proposta = f"{carta.descricao}, {reais(carta.valor)}" if carta.valor is not None else ""
    endereco = endereco_do_link(url_publica, carta.segredo)
    veiculo = carta.veiculo or ""
    return Texto(f"Orçamento do {veiculo}", convite(carta.nome, veiculo, proposta, endereco))


def endereco_do_link(url_publica: str, segredo: str) -> str:
    return f"{url_publica.rstrip('/')}/aprovar/{segredo}"


def convite(nome: str, veiculo: str, proposta: str, endereco: str) -> str:
    """O carro vai dito: é por ele que o cliente sabe que a mensagem é da oficina dele."""
    primeiro, *_ = nome.split()
    return f"Olá, {primeiro}! Orçamento do {veiculo}: {proposta}. Veja e responda: {endereco}"


def no_whatsapp(telefone: str | None, texto: str) -> str:
    """O endereço que abre a conversa com o texto pronto; sem telefone, escolhe-se o contato."""
    return f"https://wa.me/{(telefone or '').removeprefix('+')}?text={quote(texto)}"


@dataclass(frozen=True)
class CarteiroManual:
    """Quem atende copia o texto e manda: o padrão, quando nada se configurou."""

    url_publica: str
    mostrar: Callable[[Carta, Texto], None]

    def entregar(self, carta: Carta) -> None:
        self.mostrar(carta, escrever(carta, self.url_publica))


@dataclass(frozen=True)
class CarteiroSMTP:
    """Por e-mail. Fora da própria máquina, o servidor se confere por TLS."""

    url_publica: str
    host: str
    porta: int
    de: str
    usuario: str | None = None
    senha: str | None = field(default=None, repr=False)
    seguranca: str = "starttls"

    def entregar(self, carta: Carta) -> None:
        if not carta.email:
            raise SemEntrega("O cliente não tem e-mail.")
        try:
            mensagem = self._escrever(carta)
            with self._conectar() as servidor:
                if self.usuario:
                    servidor.login(self.usuario, self.senha or "")
                servidor.send_message(mensagem)
        except (OSError, smtplib.SMTPException) as erro:
            if _recusou_de_vez(erro):
                raise SemEntrega("O servidor de e-mail recusou de vez a mensagem.") from erro
            raise Indisponivel("O servidor de e-mail não aceitou a mensagem.") from erro
        except (ValueError, MessageError) as erro:
            raise SemEntrega("A mensagem não se escreve como e-mail; mande-a à mão.") from erro

    def _escrever(self, carta: Carta) -> EmailMessage:
        texto = escrever(carta, self.url_publica)
        dominio = parseaddr(self.de)[1].rpartition("@")[2]
        mensagem = EmailMessage()
        assunto = texto.assunto.replace("=?", "= ?")  # senão o Python o lê como RFC 2047
        mensagem["Subject"], mensagem["From"], mensagem["To"] = assunto, self.de, carta.email
        mensagem["Message-ID"] = f"<mensagem-{carta.id}@{dominio}>"
        mensagem["Date"] = formatdate()
        mensagem.set_content(texto.corpo)
        return mensagem

    def _conectar(self) -> smtplib.SMTP:
        contexto = ssl.create_default_context() if self.seguranca != "nenhuma" else None
        if self.seguranca == "tls":
            return smtplib.SMTP_SSL(self.host, self.porta, timeout=PRAZO, context=contexto)
        servidor = smtplib.SMTP(self.host, self.porta, timeout=PRAZO)
        if self.seguranca == "starttls":
            servidor.starttls(context=contexto)
        return servidor


def _recusou_de_vez(erro: Exception) -> bool:
    """Se o 5xx é do destinatário ou do texto (RFC 5321 § 4.2.1).

    O do remetente ou o da senha é da configuração: quem a corrige ainda quer a mensagem entregue.
    """
    match erro:
        case smtplib.SMTPRecipientsRefused():
            return all(numero >= PERMANENTE for numero, _ in erro.recipients.values())
        case smtplib.SMTPDataError():
            return erro.smtp_code >= PERMANENTE
    return False


class _SemDesvio(HTTPRedirectHandler):
    """O webhook é o endereço configurado, e nenhum outro a que ele mande ir."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class CarteiroWebhook:
    """Entrega a um endereço da oficina, assinado: HMAC-SHA256 do corpo em X-Oficina-Assinatura."""

    url_publica: str
    url: str
    segredo: str = field(repr=False)

    def entregar(self, carta: Carta) -> None:
        texto = escrever(carta, self.url_publica)
        dados = {
            "id": carta.id,
            "tipo": carta.tipo.value,
            "nome": carta.nome,
            "telefone": carta.telefone,
            "email": carta.email,
            "texto": texto.corpo,
        }
        corpo = json.dumps(dados, ensure_ascii=False).encode()
        assinatura = hmac.new(self.segredo.encode(), corpo, sha256).hexdigest()
        pedido = Request(  # noqa: S310 — o esquema se conferiu na partida
            self.url,
            corpo,
            {
                "Content-Type": "application/json",
                "Idempotency-Key": f"mensagem-{carta.id}",
                "X-Oficina-Assinatura": f"sha256={assinatura}",
            },
        )
        try:
            with build_opener(_SemDesvio).open(pedido, timeout=PRAZO) as resposta:
                if resposta.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise Indisponivel("O webhook não aceitou a mensagem.")
        except (OSError, HTTPException) as erro:
            raise Indisponivel("O webhook não aceitou a mensagem.") from erro


def despachar(
    oficina: Oficina,
    carteiro: Carteiro,
    ao_falhar: Callable[[Carta, ErroOficina], None] = lambda *_: None,
) -> bool | None:
    """Entrega a próxima mensagem: se deu certo, ou None se não há nenhuma por enviar.

    São duas transações com a entrega entre elas: a mensagem tomada é só deste processo por dois
    minutos, e volta à fila se ele cair.
    """
    carta = oficina.executar(TomarMensagem())
    if carta is None:
        return None
    concluir = partial(ConcluirMensagem, mensagem_id=carta.id, prazo=carta.prazo)
    try:
        carteiro.entregar(carta)
    except (Indisponivel, SemEntrega) as erro:
        ao_falhar(carta, erro)
        desistir = isinstance(erro, SemEntrega)
        oficina.executar(concluir(entregue=False, desistir=desistir))
        return False
    oficina.executar(concluir(entregue=True))
    return True
