"""Servidores de e-mail de mentira, e a carta que se entrega neles."""

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from oficina_core.casos.mensagens import Carta
from oficina_core.correio import CarteiroSMTP
from oficina_core.dominio.mensagem import TipoMensagem

URL = "https://oficina.exemplo.com.br"
DE = "Oficina do Zé <avisos@oficina.exemplo.com.br>"
CARTA = Carta(
    id=7,
    tipo=TipoMensagem.ORCAMENTO,
    nome="Ana Conceição",
    email="ana@exemplo.com.br",
    telefone="+5511987654321",
    segredo="s" * 43,
    orcamento_id=12,
    veiculo="VW Gol 1.0, placa ABC1D23",
    descricao="Troca de óleo",
    valor=Decimal("249.65"),
    vale_ate=None,
    prazo=datetime(2026, 11, 23, 12, tzinfo=UTC),
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


def carteiro(porta: int, **mais: Any) -> CarteiroSMTP:
    return CarteiroSMTP(URL, "127.0.0.1", porta, DE, **({"seguranca": "nenhuma"} | mais))


def com(**campos: Any) -> Carta:
    return Carta(**({nome: getattr(CARTA, nome) for nome in CARTA.__dataclass_fields__} | campos))
