"""O token de quem pede: como se emite, e o que se exige para acreditar nele (RFC 8725).

O PyJWT confere a assinatura, com o algoritmo e a chave que a configuração deu. O resto se lê aqui:
ele aceita campo repetido, hora em texto ou fração e vida sem limite, e não usa outro relógio.
Quem o token diz ser ainda se procura no banco; dele não vem papel nem permissão.
"""

import json
import logging
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, Self

from jwt import InvalidSignatureError, PyJWTError

from oficina_api.chaves import ASSINATURA, Chaves, Segredos
from oficina_api.jwks import JWKS
from oficina_core.casos.traducao import carregar
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import DadoInvalido, NaoIdentificado

REGISTRO = logging.getLogger(__name__)
MENSAGEM = "Entre de novo: o token não vale ou venceu."
FOLGA = 30  # segundos que os relógios podem divergir
TOKEN_MAXIMO, CABECALHO_MAXIMO = 4096, 1024
INSTANTE_MAXIMO = 2**53  # daí em diante nem todo leitor de JSON guarda o número inteiro
FORMA = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
KID = re.compile("[A-Za-z0-9_-]{1,32}")
SUJEITO = re.compile("[!-~]{1,64}")  # vai ao banco e ao registro: nada que não se imprima
MEIO = re.compile("[!-~]{1,32}")

# `at+jwt` (RFC 9068) é o que se emite, para que nenhum outro token com a mesma chave passe por
# este; emissores de antes escrevem JWT, ou nada.
TIPO = "at+jwt"
TIPOS = (TIPO, "JWT")
# O que mandaria buscar chave em outro lugar, ou ler o resto de outro modo.
PROIBIDOS = frozenset({"jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"})
# Onde cada emissor diz para que o token serve, e como diz que é para isto.
USOS = ("uso", "typ", "token_use")
DE_ACESSO = ("acesso", "access", "Bearer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lido:
    """O que um token em que se acredita diz; `amr` vazio é só identificação, sem prova de posse."""

    sub: str
    amr: tuple[str, ...]
    iat: datetime
    exp: datetime


class Recusado(Exception):
    """O motivo, em um código que vai ao registro; quem apresentou o token não o vê."""


def relogio() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """Emite e lê os tokens de um emissor para um público, com vida de até `ttl` segundos."""

    emissor: str
    publico: str
    ttl: int
    chaves: Chaves
    agora: Callable[[], datetime] = relogio

    @classmethod
    def de(
        cls,
        configuracao: Configuracao,
        agora: Callable[[], datetime] = relogio,
        ao_falhar: Callable[[], None] | None = None,
    ) -> Self:
        """Os da configuração; `ao_falhar` é chamada a cada vez que JWT_JWKS_URL não se lê."""
        chaves: Chaves
        if configuracao.jwt_modo == "rs256":
            chaves = JWKS(configuracao.jwt_jwks_url or "", ao_falhar)
        else:
            chaves = Segredos.de(configuracao)
        return cls(
            emissor=configuracao.jwt_issuer,
            publico=configuracao.jwt_audience,
            ttl=configuracao.jwt_ttl_seconds,
            chaves=chaves,
            agora=agora,
        )

    def emitir(self, sujeito: str, autenticado_por: str) -> tuple[str, int]:
        """O token e em quantos segundos vence; `autenticado_por` é "pwd", "otp" ou "cpf".

        Levanta RegraViolada se os tokens vêm de um emissor externo.
        """
        kid, chave = self.chaves.de_assinar()
        agora = int(self.agora().timestamp())
        dados = {
            "iss": self.emissor,
            "aud": self.publico,
            "sub": sujeito,
            "iat": agora,
            "exp": agora + self.ttl,
            "jti": token_urlsafe(16),
            "amr": [autenticado_por],
        }
        conteudo = json.dumps(dados).encode()
        cabecalho = {"kid": kid, "typ": TIPO}
        return ASSINATURA.encode(conteudo, chave, self.chaves.algoritmo, cabecalho), self.ttl

    def ler(self, token: str) -> Lido:
        """O que o token diz; NaoIdentificado, sempre com a mesma frase, se não se acredita nele."""
        try:
            return self._acreditar(token)
        except Recusado as recusa:
            motivo = str(recusa)
        except DadoInvalido:
            motivo = "formato"
        REGISTRO.warning("Token recusado: %s.", motivo)
        raise NaoIdentificado(MENSAGEM)  # fora do except: o erro não leva pedaço do token

    def _acreditar(self, token: str) -> Lido:
        cabecalho = self._cabecalho(token)
        dados = _objeto(self._assinado(token, cabecalho.get("kid")))
        if dados.get("iss") != self.emissor:
            raise Recusado("iss")
        if dados.get("aud") != self.publico:  # lista não serve, nem de um só
            raise Recusado("aud")
        if any(dados[nome] not in DE_ACESSO for nome in USOS if nome in dados):
            raise Recusado("uso")
        iat, exp = self._vida(dados)
        return Lido(sub=_sujeito(dados), amr=_meios(dados), iat=iat, exp=exp)

    def _cabecalho(self, token: str) -> Mapping[str, Any]:
        """O cabeçalho, que ninguém assinou ainda: dele só se usa o kid, e já conferido."""
        forma = FORMA.fullmatch(token) if len(token) <= TOKEN_MAXIMO else None
        if forma is None:
            raise Recusado("formato")
        cabecalho = _objeto(_bytes(forma[1]))
        if cabecalho.get("alg") != self.chaves.algoritmo:
            raise Recusado("algoritmo")
        if PROIBIDOS & cabecalho.keys():
            raise Recusado("cabecalho")
        if cabecalho.get("typ", TIPO) not in TIPOS:
            raise Recusado("tipo")
        kid = cabecalho.get("kid", "ausente")
        if not isinstance(kid, str) or not KID.fullmatch(kid):
            raise Recusado("kid")
        return cabecalho

    def _assinado(self, token: str, kid: str | None) -> bytes:
        """O conteúdo, depois de achar a chave que o assinou."""
        candidatas = self.chaves.candidatas(kid)
        for chave in candidatas:
            try:
                conteudo: bytes = ASSINATURA.decode(token, chave, [self.chaves.algoritmo])
            except InvalidSignatureError:
                continue
            except PyJWTError:
                raise Recusado("formato") from None
            return conteudo
        raise Recusado("assinatura" if candidatas else "kid")

    def _vida(self, dados: Mapping[str, Any]) -> tuple[datetime, datetime]:
        """De quando é e quando vence."""
        agora = self.agora().timestamp()
        exp, iat = _instante(dados, "exp"), _instante(dados, "iat")
        if exp <= agora - FOLGA:
            raise Recusado("vencido")
        nbf = _instante(dados, "nbf") if "nbf" in dados else iat
        if max(iat, nbf) > agora + FOLGA:
            raise Recusado("cedo")
        if exp - iat > self.ttl + FOLGA:
            raise Recusado("longo")
        return datetime.fromtimestamp(iat, UTC), datetime.fromtimestamp(exp, UTC)


def _bytes(segmento: str) -> bytes:
    try:
        valor = urlsafe_b64decode(segmento + "=" * (-len(segmento) % 4))
    except ValueError:
        raise Recusado("formato") from None
    if len(valor) > CABECALHO_MAXIMO:
        raise Recusado("formato")
    return valor


def _objeto(texto: bytes) -> dict[str, Any]:
    """O objeto JSON, em UTF-8 e sem campo repetido, em qualquer profundidade."""
    valor = carregar(texto)
    if not isinstance(valor, dict):
        raise Recusado("formato")
    return valor


def _sujeito(dados: Mapping[str, Any]) -> str:
    sub = dados.get("sub")
    if not isinstance(sub, str) or not SUJEITO.fullmatch(sub):
        raise Recusado("sub")
    return sub


def _meios(dados: Mapping[str, Any]) -> tuple[str, ...]:
    amr = dados.get("amr", [])
    if not isinstance(amr, list) or not all(isinstance(m, str) and MEIO.fullmatch(m) for m in amr):
        raise Recusado("amr")
    return tuple(amr)


def _instante(dados: Mapping[str, Any], nome: str) -> int:
    valor = dados.get(nome)
    if type(valor) is not int or not 0 <= valor <= INSTANTE_MAXIMO:
        raise Recusado("tempo")
    return valor
