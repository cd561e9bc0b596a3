"""O que a API confere antes de partir: em produção, nada que se saiba inseguro.

Todos os problemas se dizem de uma vez, e nenhum valor aparece.
"""

import logging
import re
from collections.abc import Iterator
from ipaddress import ip_network

from pydantic import SecretStr

from oficina_api.chaves import serve
from oficina_core.banco.motor import aberto
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import DadoInvalido, ErroOficina
from oficina_core.enderecos import com_tls, segura
from oficina_core.segredos import BYTES_MINIMOS, adivinhavel

REGISTRO = logging.getLogger(__name__)
REDE_MAIOR = 8  # bits; 10.0.0.0/8 é a maior rede de uma casa
SAIDA = 78  # EX_CONFIG: quem supervisiona sabe que tentar de novo não adianta
CONTAS_DE_TODO_PODER = ("root", "admin", "oficina_migracao")
# Como o navegador escreve Origin: sem caminho, sem barra no fim, em minúsculas, sem curinga.
ORIGEM = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


def conferir(configuracao: Configuracao, confia_em: str | None = None) -> None:
    """Levanta DadoInvalido, com todos os problemas em `detalhes`, se não é para partir.

    `confia_em` são os proxies, separados por vírgula, de quem se aceita de onde vem um pedido: é
    por isso que se contam as tentativas de entrar.
    """
    redes = [_bits(rede.strip()) for rede in confia_em.split(",")] if confia_em else []
    problemas = [*_nunca_serve(configuracao)]
    if None in redes:
        problemas.append("--confia-em é o IP do proxy, ou a rede dele, como 10.0.0.0/16")
    if configuracao.producao:
        problemas += [*_tokens(configuracao), *_banco(configuracao), *_superficie(configuracao)]
        if any(bits is not None and bits < REDE_MAIOR for bits in redes):
            problemas.append("--confia-em é quase todos, e cada um diria vir de onde quisesse")
        if not redes:
            REGISTRO.warning("Sem --confia-em, o proxy parece quem pede: todos contam como um só.")
    if problemas:
        raise DadoInvalido(
            "A API não parte com esta configuração; corrija o que segue e repita.",
            detalhes=tuple(problemas),
        )


def _bits(rede: str) -> int | None:
    """Quantos bits do endereço a rede fixa: nenhum, se é de todos; None se não é uma rede."""
    try:
        return 0 if rede == "*" else ip_network(rede).prefixlen
    except ValueError:
        return None


def _nunca_serve(configuracao: Configuracao) -> Iterator[str]:
    """O que não funciona em ambiente nenhum."""
    if configuracao.jwt_modo == "rs256":
        if not configuracao.jwt_jwks_url:
            yield "JWT_JWKS_URL falta: é de onde vêm as chaves de JWT_MODO=rs256"
        elif not segura(configuracao.jwt_jwks_url):
            yield "JWT_JWKS_URL é um endereço https://, ou http:// na própria máquina"
    for nome, segredo in _segredos(configuracao):
        if not serve(segredo):
            yield f"{nome} tem {BYTES_MINIMOS} bytes ou mais, ao acaso, e não é uma chave pública"
    for posicao, origem in enumerate(configuracao.origens, start=1):
        if origem != "*" and not ORIGEM.fullmatch(origem):
            yield (
                f"CORS_ORIGINS, na posição {posicao}, não é uma origem como "
                "https://painel.exemplo.com.br, sem caminho, e vírgula entre elas"
            )


def _tokens(configuracao: Configuracao) -> Iterator[str]:
    ditos = dict(_segredos(configuracao))
    if configuracao.jwt_modo == "hs256" and "JWT_SECRET" not in ditos:
        yield "JWT_SECRET falta: é o que assina os tokens"
    for nome, segredo in ditos.items():
        if serve(segredo) and adivinhavel(segredo):
            yield f"{nome} se adivinha: é de exemplo ou repete poucos caracteres; sorteie outro"
    if len(ditos) > len(set(ditos.values())):
        yield "JWT_SECRET_ANTERIOR é igual a JWT_SECRET; apague-o ou diga o outro"
    if configuracao.jwt_modo == "rs256" and segura(url := configuracao.jwt_jwks_url or ""):
        yield from _exigir_https("JWT_JWKS_URL", url)
    if not configuracao.jwt_issuer.strip():
        yield "JWT_ISSUER está vazio: diga quem emite os tokens"
    if not configuracao.jwt_audience.strip():
        yield "JWT_AUDIENCE está vazio: diga para quem são os tokens"
    if configuracao.auth_somente_cpf:
        yield "AUTH_SOMENTE_CPF é só de desenvolvimento: um CPF não prova quem pede"


def _banco(configuracao: Configuracao) -> Iterator[str]:
    """O endereço como o próprio banco o entende: fora da própria máquina, ele só abre com TLS."""
    if not (configuracao.db_host or configuracao.oficina_banco):
        yield "DB_HOST, ou OFICINA_BANCO, falta: SQLite não serve a mais de uma réplica"
        return
    try:
        with aberto(configuracao.banco()) as motor:
            url = motor.url
    except ErroOficina as erro:
        yield f"O banco não se abre. {erro}"
        return
    if url.drivername == "sqlite":
        yield "OFICINA_BANCO é um SQLite, que não serve a mais de uma réplica; use MySQL"
        return
    if (url.username or "").lower() in ("", *CONTAS_DE_TODO_PODER):
        yield "A conta do banco (DB_USER) pode tudo, ou ninguém a disse; use uma só da oficina"
    if not url.password:
        yield "A senha do banco (DB_PASSWORD) está vazia"


def _superficie(configuracao: Configuracao) -> Iterator[str]:
    for posicao, origem in enumerate(configuracao.origens, start=1):
        if origem == "*":
            yield "CORS_ORIGINS tem *: diga que páginas podem chamar a API"
        elif ORIGEM.fullmatch(origem) and not origem.startswith("https:"):
            yield f"CORS_ORIGINS, na posição {posicao}, não é https://"
    if configuracao.log_level == "DEBUG":
        yield "LOG_LEVEL=DEBUG escreve dado de cliente no registro; use INFO"
    if (url := configuracao.oficina_url_publica) is not None:
        yield from _exigir_https("OFICINA_URL_PUBLICA", url)


def _exigir_https(nome: str, url: str) -> Iterator[str]:
    if not com_tls(url):
        yield f"{nome} é um endereço https://"


def _segredos(configuracao: Configuracao) -> Iterator[tuple[str, bytes]]:
    """Os que assinam tokens; no RS256 quem assina é outro, e eles não se usam."""
    if configuracao.jwt_modo == "rs256":
        return
    if configuracao.jwt_secret is not None:
        yield "JWT_SECRET", _bytes(configuracao.jwt_secret)
    if configuracao.jwt_secret_anterior is not None:
        yield "JWT_SECRET_ANTERIOR", _bytes(configuracao.jwt_secret_anterior)


def _bytes(segredo: SecretStr) -> bytes:
    return segredo.get_secret_value().encode()
