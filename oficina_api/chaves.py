"""Com que se assina e se confere um token: o segredo em vigor e, durante a troca, o outro.

A troca não recusa ninguém, nem com várias réplicas, se for em três passos: o segredo novo entra em
JWT_SECRET_ANTERIOR, e todas passam a aceitá-lo; os dois trocam de lugar, e ele passa a assinar; um
JWT_TTL_SECONDS depois, o velho sai.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Protocol, Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError, PyJWS

from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.segredos import BYTES_MINIMOS

REGISTRO = logging.getLogger(__name__)
ASSINATURA = PyJWS(options={"verify_signature": True, "enforce_minimum_key_length": True})
LETRAS_DO_KID = 16


class Chaves(Protocol):
    """De onde vêm as chaves; cada origem tem um algoritmo só, e o token não o escolhe."""

    algoritmo: ClassVar[str]
    vem_da_rede: ClassVar[bool]  # `candidatas` pode demorar

    def candidatas(self, kid: str | None) -> Sequence[bytes | RSAPublicKey]:
        """As que podem ter assinado um token com esse `kid`; nenhuma, se ele não é conhecido."""
        ...

    def de_assinar(self) -> tuple[str, bytes]:
        """O `kid` e a chave dos tokens novos; RegraViolada se quem os emite é outro."""
        ...


@dataclass(frozen=True, slots=True)
class Segredos:
    """Os segredos do HS256: com o primeiro se assina, os dois se aceitam."""

    algoritmo: ClassVar[str] = "HS256"
    vem_da_rede: ClassVar[bool] = False

    atual: bytes = field(repr=False)
    anterior: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not all(map(serve, self._todos())):
            raise DadoInvalido(
                f"JWT_SECRET e JWT_SECRET_ANTERIOR têm {BYTES_MINIMOS} bytes ou mais, ao acaso.",
                "jwt_secret",
            )

    @classmethod
    def de(cls, configuracao: Configuracao) -> Self:
        """Os da configuração; em desenvolvimento, sem nenhum, um que morre com o processo."""
        if (atual := configuracao.jwt_secret) is None:
            if configuracao.producao:
                raise DadoInvalido("Falta JWT_SECRET, que assina os tokens.", "jwt_secret")
            REGISTRO.warning(
                "Sem JWT_SECRET, os tokens valem só neste processo e até ele terminar."
            )
            return cls(secrets.token_bytes(BYTES_MINIMOS))
        anterior = configuracao.jwt_secret_anterior
        return cls(
            atual.get_secret_value().encode(),
            None if anterior is None else anterior.get_secret_value().encode(),
        )

    def candidatas(self, kid: str | None) -> Sequence[bytes]:
        return [segredo for segredo in self._todos() if kid in (None, kid_de(segredo))]

    def de_assinar(self) -> tuple[str, bytes]:
        return kid_de(self.atual), self.atual

    def _todos(self) -> list[bytes]:
        return [self.atual] if self.anterior is None else [self.atual, self.anterior]


def kid_de(segredo: bytes) -> str:
    """Diz qual é o segredo sem dizer nada dele que a própria assinatura já não diga."""
    return sha256(b"oficina:kid:" + segredo).hexdigest()[:LETRAS_DO_KID]


def serve(segredo: bytes) -> bool:
    """Se o PyJWT aceita assinar com isto: tem tamanho, e não é uma chave pública ou certificado."""
    try:
        ASSINATURA.encode(b"", segredo, Segredos.algoritmo)
    except InvalidKeyError:
        return False
    return True
