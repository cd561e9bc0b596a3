"""Tokens em que não se deve acreditar, feitos à mão, sem a biblioteca que os lê.

O nome de cada um começa pelo motivo que vai ao registro, antes do primeiro traço.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256, sha384, sha512
from typing import Any, Self

HASHES = {"HS256": sha256, "HS384": sha384, "HS512": sha512}
ALHEIO = b"outro segredo, de outra oficina, com 32 bytes"
ANO = 365 * 24 * 3600
SEM = object()  # o campo que se tira


@dataclass(frozen=True, kw_only=True)
class Forja:
    """Quem assina como o emissor assinaria; `agora` é o instante em segundos."""

    segredo: bytes
    agora: int
    emissor: str = "oficina"
    publico: str = "oficina-api"
    ttl: int = 3600
    sub: Any = "funcionario:1"

    def com(self, **mudancas: Any) -> Self:
        return replace(self, **mudancas)

    def dados(self, **mudancas: Any) -> dict[str, Any]:
        dados = {
            "iss": self.emissor,
            "aud": self.publico,
            "sub": self.sub,
            "iat": self.agora,
            "exp": self.agora + self.ttl,
            **mudancas,
        }
        return {nome: valor for nome, valor in dados.items() if valor is not SEM}

    def ficha(self, cabecalho: Mapping[str, Any] | None = None, **mudancas: Any) -> str:
        """Um token com estes campos a mais, ou outros, no cabeçalho e no conteúdo."""
        topo = {"alg": "HS256", "typ": "JWT", **(cabecalho or {})}
        return self.crua(json.dumps(topo), json.dumps(self.dados(**mudancas)), str(topo["alg"]))

    def crua(self, cabecalho: str, conteudo: str, alg: str = "HS256") -> str:
        """Um token com estes textos, tal como estão; a assinatura é a que `alg` diz, se diz."""
        texto = f"{base64(cabecalho)}.{base64(conteudo)}"
        return f"{texto}.{self.assinatura(texto, alg)}"

    def assinatura(self, texto: str, alg: str = "HS256") -> str:
        return base64(hmac.digest(self.segredo, texto.encode(), HASHES.get(alg, sha256)))

    def tempo(self, nome: str, valor: str) -> str:
        """Um token em que esse instante se escreve exatamente assim."""
        conteudo = json.dumps(self.dados(**{nome: "AQUI"})).replace('"AQUI"', valor)
        return self.crua('{"alg":"HS256"}', conteudo)


def base64(valor: str | bytes) -> str:
    bruto = valor.encode() if isinstance(valor, str) else valor
    return urlsafe_b64encode(bruto).rstrip(b"=").decode()


def _partes(forja: Forja) -> list[str]:
    return forja.ficha().split(".")


def _repetido(forja: Forja, onde: str) -> str:
    """Quem lê o primeiro vê um valor, quem lê o último vê outro; os dois estão assinados."""
    conteudo, cabecalho = json.dumps(forja.dados()), '{"alg":"HS256"}'
    if onde == "cabecalho":
        cabecalho = '{"alg":"none","alg":"HS256"}'
    elif onde == "dentro":
        conteudo = conteudo[:-1] + ',"extra":{"a":1,"a":2}}'
    else:
        conteudo = '{"sub":"funcionario:99",' + conteudo[1:]
    return forja.crua(cabecalho, conteudo)


def _trocada(forja: Forja) -> str:
    """O cabeçalho e o conteúdo de um, a assinatura de outro igualmente bom."""
    *inicio, _ = _partes(forja)
    return ".".join([*inicio, _partes(forja.com(agora=forja.agora - 1))[2]])


def _adulterada(forja: Forja) -> str:
    cabecalho, _, assinatura = _partes(forja)
    return f"{cabecalho}.{base64(json.dumps(forja.dados(sub='funcionario:2')))}.{assinatura}"


def _bits_de_sobra(forja: Forja) -> str:
    """A mesma assinatura com outro último caractere: decodifica igual, e não é canônica."""
    token = forja.ficha()
    alfabeto = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alfabeto[alfabeto.index(token[-1]) ^ 1]


def _utf16(forja: Forja) -> str:
    texto = f"{_partes(forja)[0]}.{base64(json.dumps(forja.dados()).encode('utf-16'))}"
    return f"{texto}.{forja.assinatura(texto)}"


Fabrica = Callable[[Forja], str]

FORMATO: dict[str, Fabrica] = {
    "formato-vazio": lambda _: "",
    "formato-palavra": lambda _: "null",
    "formato-um-segmento": lambda f: _partes(f)[0],
    "formato-dois-segmentos": lambda f: ".".join(_partes(f)[:2]),
    "formato-quatro-segmentos": lambda f: f"{f.ficha()}.{_partes(f)[2]}",
    "formato-cinco-segmentos": lambda f: ".".join([*_partes(f), *_partes(f)[:2]]),
    "formato-assinatura-vazia": lambda f: ".".join([*_partes(f)[:2], ""]),
    "formato-none-sem-assinatura": lambda f: f.ficha({"alg": "none"}).rpartition(".")[0] + ".",
    "formato-conteudo-vazio": lambda f: "{0}..{2}".format(*_partes(f)),
    "formato-base64-de-fora": lambda f: "*" + f.ficha()[1:],
    "formato-base64-comum": lambda f: "+/" + f.ficha(),
    "formato-base64-sobra-um": lambda f: f"{_partes(f)[0]}A.{_partes(f)[1]}.{_partes(f)[2]}",
    "formato-base64-com-enchimento": lambda f: f.ficha() + "=",
    "formato-base64-nao-canonico": _bits_de_sobra,
    "formato-espaco-antes": lambda f: " " + f.ficha(),
    "formato-linha-depois": lambda f: f.ficha() + "\n",
    "formato-nao-ascii": lambda f: f.ficha() + "é",
    "formato-substituto": lambda f: f.ficha() + "\ud800",
    "formato-cabecalho-lista": lambda f: f.crua('["HS256"]', json.dumps(f.dados())),
    "formato-cabecalho-nao-json": lambda f: f.crua("HS256", json.dumps(f.dados())),
    "formato-cabecalho-grande": lambda f: f.ficha({"cty": "x" * 1024}),
    "formato-cabecalho-fundo": lambda f: f.crua("[" * 1000, json.dumps(f.dados())),
    "formato-conteudo-texto": lambda f: f.crua('{"alg":"HS256"}', '"funcionario:1"'),
    "formato-conteudo-nao-json": lambda f: f.crua('{"alg":"HS256"}', "sub=funcionario:1"),
    "formato-conteudo-nan": lambda f: f.tempo("exp", "NaN"),
    "formato-conteudo-utf16": _utf16,
    "formato-token-grande": lambda f: f.ficha(extra="x" * 4096),
    "formato-kid-10-kB": lambda f: f.ficha({"kid": "k" * 10_000}),
    "formato-repetido-no-cabecalho": lambda f: _repetido(f, "cabecalho"),
    "formato-repetido-no-conteudo": lambda f: _repetido(f, "conteudo"),
    "formato-repetido-dentro": lambda f: _repetido(f, "dentro"),
}

CABECALHO: dict[str, Fabrica] = {
    **{
        f"algoritmo-{alg}": lambda f, alg=alg: f.ficha({"alg": alg})  # type: ignore[misc]
        for alg in ("none", "None", "NONE", "hs256", "HS384", "HS512", "RS256", "ES256", "", None)
    },
    "algoritmo-ausente": lambda f: f.crua('{"typ":"JWT"}', json.dumps(f.dados())),
    "algoritmo-lista": lambda f: f.ficha({"alg": ["HS256"]}),
    "cabecalho-jku": lambda f: f.ficha({"jku": "https://mal.exemplo/jwks.json"}),
    "cabecalho-x5u": lambda f: f.ficha({"x5u": "https://mal.exemplo/x.pem"}),
    "cabecalho-jwk": lambda f: f.ficha({"jwk": {"kty": "oct", "k": base64(f.segredo)}}),
    "cabecalho-x5c": lambda f: f.ficha({"x5c": ["MIIB"]}),
    "cabecalho-crit": lambda f: f.ficha({"crit": ["exp"], "exp": 1}),
    "cabecalho-b64": lambda f: f.ficha({"b64": True}),
    "cabecalho-zip": lambda f: f.ficha({"zip": "DEF"}),
    "tipo-de-renovar": lambda f: f.ficha({"typ": "rt+jwt"}),
    "tipo-de-aprovar": lambda f: f.ficha({"typ": "aprovacao"}),
    "tipo-de-sair": lambda f: f.ficha({"typ": "logout+jwt"}),
    "tipo-nulo": lambda f: f.ficha({"typ": None}),
    "tipo-lista": lambda f: f.ficha({"typ": ["JWT"]}),
    "kid-que-sobe-pastas": lambda f: f.ficha({"kid": "../../etc/passwd"}),
    "kid-que-e-sql": lambda f: f.ficha({"kid": "' OR 1=1"}),
    "kid-de-33": lambda f: f.ficha({"kid": "k" * 33}),
    "kid-vazio": lambda f: f.ficha({"kid": ""}),
    "kid-nulo": lambda f: f.ficha({"kid": None}),
    "kid-numero": lambda f: f.ficha({"kid": 1}),
    "kid-com-linha": lambda f: f.ficha({"kid": "atual\n"}),
    "kid-desconhecido": lambda f: f.ficha({"kid": "desconhecido"}),
    "assinatura-de-outro-segredo": lambda f: f.com(segredo=ALHEIO).ficha(),
    "assinatura-de-outro-token": _trocada,
    "assinatura-de-conteudo-trocado": _adulterada,
    "assinatura-pela-metade": lambda f: f.ficha()[:-19],
    "assinatura-hs512": lambda f: f.crua('{"alg":"HS256"}', json.dumps(f.dados()), "HS512"),
}

CONTEUDO: dict[str, Fabrica] = {
    "iss-outro": lambda f: f.ficha(iss="outra"),
    "iss-ausente": lambda f: f.ficha(iss=SEM),
    "iss-pedaco": lambda f: f.ficha(iss=f.emissor[:-1]),
    "iss-com-mais": lambda f: f.ficha(iss=f.emissor + ".mal.exemplo"),
    "iss-lista": lambda f: f.ficha(iss=[f.emissor]),
    "aud-outro": lambda f: f.ficha(aud="outra-api"),
    "aud-ausente": lambda f: f.ficha(aud=SEM),
    "aud-nulo": lambda f: f.ficha(aud=None),
    "aud-vazio": lambda f: f.ficha(aud=""),
    "aud-lista": lambda f: f.ficha(aud=[f.publico]),
    "aud-lista-de-dois": lambda f: f.ficha(aud=[f.publico, "outra-api"]),
    "aud-objeto": lambda f: f.ficha(aud={f.publico: True}),
    "uso-de-renovar": lambda f: f.ficha(uso="renovacao"),
    "uso-de-aprovar": lambda f: f.ficha(uso="aprovacao"),
    "uso-typ-refresh": lambda f: f.ficha(typ="Refresh"),
    "uso-token-use-id": lambda f: f.ficha(token_use="id"),  # noqa: S106 (não é senha)
    "uso-lista": lambda f: f.ficha(uso=["acesso"]),
    "sub-ausente": lambda f: f.ficha(sub=SEM),
    "sub-numero": lambda f: f.ficha(sub=1),
    "sub-vazio": lambda f: f.ficha(sub=""),
    "sub-nulo": lambda f: f.ficha(sub=None),
    "sub-lista": lambda f: f.ficha(sub=["funcionario:1"]),
    "sub-de-65": lambda f: f.ficha(sub="f" * 65),
    "sub-com-linha": lambda f: f.ficha(sub="funcionario:1\n"),
    "sub-com-espaco": lambda f: f.ficha(sub="funcionario: 1"),
    "sub-algarismo-arabe": lambda f: f.ficha(sub="funcionario:١"),
    "sub-substituto": lambda f: f.ficha(sub="\ud800"),
    "amr-texto": lambda f: f.ficha(amr="pwd"),
    "amr-numero": lambda f: f.ficha(amr=[1]),
    "amr-vazio-dentro": lambda f: f.ficha(amr=["pwd", ""]),
    "amr-comprido": lambda f: f.ficha(amr=["p" * 33]),
    "vencido-ha-31-s": lambda f: f.ficha(exp=f.agora - 31, iat=f.agora - 60),
    "vencido-ha-30-s": lambda f: f.ficha(exp=f.agora - 30, iat=f.agora - 60),
    "vencido-zero": lambda f: f.ficha(exp=0),
    "cedo-nbf": lambda f: f.ficha(nbf=f.agora + 31),
    "cedo-iat": lambda f: f.ficha(iat=f.agora + 31),
    "cedo-iat-depois-do-nbf": lambda f: f.ficha(iat=f.agora + 31, nbf=f.agora),
    "longo-dez-anos": lambda f: f.ficha(exp=f.agora + 10 * ANO),
    "longo-por-um-segundo": lambda f: f.ficha(exp=f.agora + f.ttl + 31),
    "longo-de-antes": lambda f: f.ficha(iat=f.agora - f.ttl),
    "longo-2-elevado-a-53": lambda f: f.ficha(exp=2**53),
}

TEMPO: dict[str, Fabrica] = {
    f"tempo-{nome}-{rotulo}": lambda f, nome=nome, valor=valor: f.tempo(
        nome, valor.format(f.agora + (60 if nome == "exp" else 0))
    )
    for nome in ("exp", "iat", "nbf")
    for rotulo, valor in {
        "fracao": "{}.5",
        "fracao-inteira": "{}.0",
        "expoente": "17e8",
        "texto": '"{}"',
        "logico": "true",
        "nulo": "null",
        "lista": "[{}]",
        "negativo": "-1",
        "2-elevado-a-63": str(2**63),
        "mais-de-2-elevado-a-53": str(2**53 + 1),
        "infinito": "1e400",
    }.items()
} | {
    "tempo-exp-ausente": lambda f: f.ficha(exp=SEM),
    "tempo-iat-ausente": lambda f: f.ficha(iat=SEM),
}

FABRICAS = FORMATO | CABECALHO | CONTEUDO | TEMPO


def fichas_ruins(forja: Forja) -> list[tuple[str, str]]:
    """Cada (nome, token), para quem assina como `forja`; nenhum pode ser aceito."""
    return [(nome, fabrica(forja)) for nome, fabrica in FABRICAS.items()]
