"""As chaves públicas de um emissor externo, lidas de JWT_JWKS_URL e de nenhum outro lugar.

Quem lê a rede é uma thread à parte: o pedido que já tem a chave nunca espera, e o que não a tem
espera no máximo PRAZO. Com a fonte fora do ar, as últimas chaves lidas ainda valem por TOLERANCIA;
depois, nenhum token entra. Chave que a fonte deixou de publicar cai na leitura seguinte.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, ClassVar, Never
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError
from jwt.algorithms import RSAAlgorithm

from oficina_core.casos.traducao import carregar
from oficina_core.dominio.erros import DadoInvalido, RegraViolada
from oficina_core.enderecos import segura

REGISTRO = logging.getLogger(__name__)
VALIDADE = 600  # segundos, como os demais
TOLERANCIA = 3600
ENTRE_LEITURAS = 60  # um kid inventado não faz a API bater sem parar na fonte
ENTRE_TENTATIVAS = 10  # sem chave fresca, espera-se menos
PRAZO = 3
TAMANHO = 256 * 1024
PARTE = 64 * 1024
BITS_MINIMOS = 2048
OK = 200


class JWKS:
    """As chaves do RS256, pelo `kid`, que aqui é obrigatório."""

    algoritmo: ClassVar[str] = "RS256"
    vem_da_rede: ClassVar[bool] = True

    def __init__(
        self,
        url: str,
        ao_falhar: Callable[[], None] | None = None,
        relogio: Callable[[], float] = monotonic,
    ) -> None:
        if not segura(url):
            raise DadoInvalido(
                "JWT_JWKS_URL é um endereço https://, ou http:// na própria máquina.",
                "jwt_jwks_url",
            )
        self._url, self._ao_falhar, self._relogio = url, ao_falhar, relogio
        self._trava = Lock()
        self._chaves: Mapping[str, RSAPublicKey] = {}
        self._lidas_em = self._pedidas_em = float("-inf")
        self._acabou = Event()

    def candidatas(self, kid: str | None) -> Sequence[RSAPublicKey]:
        if kid is None:
            return ()
        chave = self._vigentes().get(kid)
        acabou = self._pedir(conhecida=chave is not None)
        if chave is None:
            acabou.wait(PRAZO)
            chave = self._vigentes().get(kid)
        return () if chave is None else (chave,)

    def de_assinar(self) -> Never:
        raise RegraViolada(
            "Aqui os tokens vêm de outro emissor (JWT_MODO=rs256); peça o seu a ele."
        )

    def _vigentes(self) -> Mapping[str, RSAPublicKey]:
        with self._trava:
            return self._chaves if self._relogio() - self._lidas_em < TOLERANCIA else {}

    def _pedir(self, *, conhecida: bool) -> Event:
        """Começa outra leitura, se faz falta e é a vez; devolve o fim da última que começou."""
        with self._trava:
            agora = self._relogio()
            fresca = agora - self._lidas_em < VALIDADE
            espera = ENTRE_LEITURAS if fresca else ENTRE_TENTATIVAS
            if not (fresca and conhecida) and agora - self._pedidas_em >= espera:
                self._pedidas_em, self._acabou = agora, Event()
                Thread(target=self._buscar, args=(self._acabou,), daemon=True).start()
            return self._acabou

    def _buscar(self, acabou: Event) -> None:
        try:
            chaves = _ler(_baixar(self._url))
            with self._trava:
                self._chaves, self._lidas_em = chaves, self._relogio()
            if not chaves:
                self._avisar("nenhuma serve")
        except (OSError, HTTPException, ValueError) as erro:
            self._avisar(type(erro).__name__)
        finally:
            acabou.set()

    def _avisar(self, motivo: str) -> None:
        REGISTRO.warning("As chaves de JWT_JWKS_URL não se leram: %s.", motivo)
        if self._ao_falhar:
            self._ao_falhar()


def _baixar(url: str) -> bytes:
    """O corpo do endereço dado e de mais nenhum: sem desvio, sem intermediário, sem insistir."""
    rede = OpenerDirector()
    rede.add_handler(HTTPHandler())
    rede.add_handler(HTTPSHandler())
    fim, corpo = monotonic() + PRAZO, bytearray()
    with rede.open(url, timeout=PRAZO) as resposta:
        if resposta.status != OK:
            raise DadoInvalido("A fonte das chaves não respondeu 200.")
        while parte := resposta.read1(PARTE):
            corpo += parte
            if len(corpo) > TAMANHO or monotonic() > fim:
                raise DadoInvalido("A fonte das chaves manda demais, ou devagar demais.")
    return bytes(corpo)


def _ler(corpo: bytes) -> dict[str, RSAPublicKey]:
    """As chaves que servem, pelo kid; conjunto vazio é resposta: o emissor revogou todas."""
    conjunto = carregar(corpo)
    if not isinstance(conjunto, dict) or not isinstance(conjunto.get("keys"), list):
        raise DadoInvalido("A fonte das chaves não mandou um conjunto delas.")
    lidas = ((jwk["kid"], _chave(jwk)) for jwk in conjunto["keys"] if _de_conferir(jwk))
    return {kid: chave for kid, chave in lidas if chave is not None}


def _de_conferir(jwk: Any) -> bool:
    """Se se declara de conferir RS256."""
    return (
        isinstance(jwk, dict)
        and isinstance(jwk.get("kid"), str)
        and (jwk.get("use"), jwk.get("alg", "RS256")) == ("sig", "RS256")
    )


def _chave(jwk: dict[str, Any]) -> RSAPublicKey | None:
    """A chave, se é uma RSA pública e grande; a privada que alguém publicou já não prova nada."""
    try:
        chave = RSAAlgorithm.from_jwk(jwk)
    except (InvalidKeyError, TypeError, ValueError):
        return None
    return chave if isinstance(chave, RSAPublicKey) and chave.key_size >= BITS_MINIMOS else None
