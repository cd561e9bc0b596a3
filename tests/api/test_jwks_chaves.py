"""Que chaves do emissor externo servem, e em que tokens assinados por elas se acredita."""

from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from oficina_api.tokens import Tokens
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import DadoInvalido, NaoIdentificado, RegraViolada
from tests.api.emissor import FORJA, Cena, Fonte, chave, ficha, publica, servir
from tests.api.test_tokens import AGORA, INSTANTE, SEGREDO


def _pem(nome: str) -> bytes:
    return chave(nome).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _ec() -> dict[str, Any]:
    publica = ec.generate_private_key(ec.SECP256R1()).public_key()
    return ECAlgorithm.to_jwk(publica, as_dict=True) | {"kid": "a", "use": "sig"}


RUINS: dict[str, Callable[[], str]] = {
    "outra chave": lambda: ficha("b", kid="a"),
    "sem kid": lambda: jwt.encode(FORJA.dados(), chave("a"), "RS256"),
    "PS256": lambda: jwt.encode(FORJA.dados(), chave("a"), "PS256", {"kid": "a"}),
    "RS512": lambda: jwt.encode(FORJA.dados(), chave("a"), "RS512", {"kid": "a"}),
    "pública como segredo": lambda: FORJA.com(segredo=_pem("a")).ficha({"kid": "a"}),
    "pública como segredo, dita RS256": lambda: FORJA.com(segredo=_pem("a")).ficha(
        {"kid": "a", "alg": "RS256"}
    ),
    "vencido": lambda: ficha("a", exp=INSTANTE - 31, iat=INSTANTE - 60),
    "aud lista": lambda: ficha("a", aud=["oficina-api"]),
}

CHAVES_RUINS: dict[str, Callable[[], Any]] = {
    "1024 bits": lambda: publica("fraca", 1024),
    "sem kid": lambda: publica("a", kid=None),
    "kid número": lambda: publica("a", kid=1),
    "de cifrar": lambda: publica("a", use="enc"),
    "sem uso": lambda: publica("a", use=None),
    "RS512": lambda: publica("a", alg="RS512"),
    "HS256": lambda: publica("a", alg="HS256"),
    "oct": lambda: publica("a", kty="oct"),
    "n que não é base64": lambda: publica("a", n="!"),
    "n número": lambda: publica("a", n=3),
    "n vazio": lambda: publica("a", n=""),
    "e par": lambda: publica("a", e="Ag"),
    "sem n": lambda: {nome: valor for nome, valor in publica("a").items() if nome != "n"},
    "privada": lambda: RSAAlgorithm.to_jwk(chave("a"), as_dict=True) | {"kid": "a", "use": "sig"},
    "EC": _ec,
    "texto": lambda: "a",
    "nulo": lambda: None,
}


@pytest.fixture
def fonte() -> Iterator[Fonte]:
    with servir() as fonte:
        yield fonte


@pytest.fixture
def cena(fonte: Fonte) -> Cena:
    fonte.publicar(publica("a"))
    return Cena(fonte)


@pytest.mark.parametrize("nome", RUINS)
def test_rs256_tambem_recusa(cena: Cena, nome: str) -> None:
    assert cena.aceita(ficha("a"))
    assert not cena.aceita(RUINS[nome]())


def test_o_que_ja_se_recusa_pelo_cabecalho_nao_chega_a_fonte(cena: Cena) -> None:
    assert not cena.aceita(FORJA.com(segredo=b"x").ficha({"kid": "z"}))
    for kid in ("../z", "z\n", "", "z" * 33):
        assert not cena.aceita(jwt.encode(FORJA.dados(), chave("a"), "RS256", {"kid": kid}))
    assert not cena.aceita(jwt.encode(FORJA.dados(), chave("a"), "RS256", {"jku": "http://x"}))
    assert cena.fonte.pedidos == []


@pytest.mark.parametrize("nome", CHAVES_RUINS)
def test_chave_que_nao_serve_se_pula(cena: Cena, nome: str) -> None:
    cena.fonte.publicar(CHAVES_RUINS[nome](), publica("b"))
    assert cena.aceita(ficha("b"))
    assert set(cena.chaves._chaves) == {"b"}
    assert cena.falhas == 0


def test_alg_dito_ou_nao(cena: Cena) -> None:
    cena.fonte.publicar(publica("a", alg="RS256"))
    assert cena.aceita(ficha("a"))


def test_a_configuracao_escolhe_um_modo_e_so_um(fonte: Fonte) -> None:
    fonte.publicar(publica("a"))
    falhas: list[None] = []
    tokens = Tokens.de(
        Configuracao.ler(jwt_modo="rs256", jwt_jwks_url=fonte.url, jwt_secret=SEGREDO),
        lambda: AGORA,
        lambda: falhas.append(None),
    )
    assert tokens.ler(ficha("a")).sub == "funcionario:1"
    with pytest.raises(NaoIdentificado):
        tokens.ler(FORJA.com(segredo=SEGREDO.encode()).ficha())
    with pytest.raises(RegraViolada, match="outro emissor"):
        tokens.emitir("cliente:3", "pwd")
    fonte.status = 500
    tokens.chaves._pedidas_em = tokens.chaves._lidas_em = float("-inf")  # type: ignore[attr-defined]
    with pytest.raises(NaoIdentificado):
        tokens.ler(ficha("b"))
    assert falhas == [None]


def test_sem_endereco_das_chaves_nao_ha_rs256() -> None:
    with pytest.raises(DadoInvalido, match="JWT_JWKS_URL"):
        Tokens.de(Configuracao.ler(jwt_modo="rs256"))
