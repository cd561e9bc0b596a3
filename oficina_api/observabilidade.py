"""O registro do que a API faz: uma linha de JSON por acontecimento, sem dado de ninguém.

O pedido que se atende vai em cada linha que se escreve enquanto isso. As máscaras são a última
barreira: quem escreve no registro já não deve pôr nele texto de pessoas.
"""

import logging
import logging.config
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.valores import documento

ATENDENDO: ContextVar[Mapping[str, str]] = ContextVar("atendendo", default={})  # noqa: B039

ENCADEADOS_MAXIMO = 8
OCULTO = "***"

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def _se_existe(achado: re.Match[str]) -> str:
    """Só o documento com os dígitos certos: os outros números podem ser de qualquer coisa."""
    try:
        documento(achado[0])
    except DadoInvalido:
        return achado[0]
    return OCULTO


MASCARAS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?i)\bbearer\s+\S+"), f"Bearer {OCULTO}"),
    (re.compile(r"eyJ[\w-]*\.[\w-]+(\.[\w-]*)?"), OCULTO),  # JWT
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])"), OCULTO),  # 256 bits em base64url: o link
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), OCULTO),
    (re.compile(r"(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)"), OCULTO),
    (re.compile(r"(?<!\w)\w{2}\.\w{3}\.\w{3}/\w{4}-\d{2}(?!\d)"), OCULTO),
    (re.compile(r"(?<!\w)(?:\d{11}|[0-9A-Za-z]{12}\d{2})(?!\w)"), _se_existe),
    (re.compile(r"(?<!\w)(?:\+?55)?[1-9][1-9](?:9\d{8}|[2-5]\d{7})(?!\w)"), OCULTO),
    (re.compile(r"(?<!\w)(?:\+55 ?)?\([1-9][1-9]\) ?9?\d{4}[- ]?\d{4}(?!\w)"), OCULTO),
    (re.compile(r"(?<![\w-])[1-9][1-9][ -]9?\d{4}-\d{4}(?![\w-])"), OCULTO),
)


def mascarar(texto: str) -> str:
    """O texto sem documentos, telefones, e-mails, tokens e links de aprovação."""
    for forma, troca in MASCARAS:
        texto = forma.sub(troca, texto)
    return texto


class UmaLinha(JsonFormatter):
    """Um registro em uma linha de JSON só com ASCII: nada nela mexe com o terminal de quem a lê."""

    def __init__(self) -> None:
        super().__init__(
            ("levelname", "name", "message"),
            timestamp=True,
            rename_fields={"levelname": "level", "name": "logger"},
            reserved_attrs=[
                *vars(logging.makeLogRecord({})),
                "message",
                "asctime",
                "color_message",
            ],
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        dados: dict[str, Any] = _mascarar_dentro({**log_data, **ATENDENDO.get()})
        return dados

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 — o nome é do logging
        return rastro(ei[1])


def rastro(erro: BaseException | None) -> str:
    """De onde veio o erro, sem a mensagem dele: a do banco cita os valores, e só vai o número."""
    from oficina_core.banco.falhas import numero_do_banco

    elos: list[str] = []
    while erro is not None and len(elos) < ENCADEADOS_MAXIMO:
        passos, trecho = [], erro.__traceback__
        while trecho is not None:
            onde = trecho.tb_frame.f_code
            passos.append(f"  {onde.co_filename}:{trecho.tb_lineno} {onde.co_qualname}")
            trecho = trecho.tb_next
        qual = f"{type(erro).__module__}.{type(erro).__qualname__}"
        if (do_banco := numero_do_banco(erro)) is not None:
            qual = f"{qual} {do_banco}"
        elos.append("\n".join([qual, *passos]))
        erro = erro.__cause__ or (None if erro.__suppress_context__ else erro.__context__)
    return "\n".join(elos)


def configurar(nivel: str = "INFO") -> None:
    """Tudo o que o processo registra passa a sair por aqui, na saída de erro.

    O acesso é a borda quem registra, pelo modelo da rota: o do uvicorn traria o endereço inteiro,
    e com ele o link de quem aprova.
    """
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"uma_linha": {"()": UmaLinha}},
            "handlers": {"saida": {"class": "logging.StreamHandler", "formatter": "uma_linha"}},
            "root": {"level": nivel, "handlers": ["saida"]},
            "loggers": {
                "uvicorn": {"handlers": [], "propagate": True, "level": "NOTSET"},
                "uvicorn.error": {"level": "NOTSET"},
                "uvicorn.access": {"handlers": [], "propagate": False},
            },
        }
    )


def _mascarar_dentro(valor: Any) -> Any:
    match valor:
        case None | bool() | float():
            return valor
        case int():
            texto = mascarar(str(valor))
            return valor if texto == str(valor) else texto
        case Mapping():
            return {mascarar(str(chave)): _mascarar_dentro(item) for chave, item in valor.items()}
        case list() | tuple():
            return [_mascarar_dentro(item) for item in valor]
        case datetime():
            return valor.isoformat()
        case _:
            return mascarar(str(valor))
