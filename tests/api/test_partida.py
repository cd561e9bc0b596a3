"""Em produção a API não parte com o que se sabe inseguro, e diz tudo de uma vez."""

import logging
import os
from typing import Any

import pytest

from oficina_api.partida import SAIDA, conferir
from oficina_core.configuracao import Configuracao
from oficina_core.dominio.erros import DadoInvalido

SEGREDO = "q3zV7xk1Wm9Tg5Lp2Rn8Yc4Hb6Jd0FsA"
OUTRO = "Ae8Nw2Xs6Zq0Bv4Cf9Gt3Hy7Ju1Km5Lp"
PUBLICA = "-----BEGIN PUBLIC KEY-----\n" + "MIIBIjANBgkqhk" * 4 + "\n-----END PUBLIC KEY-----\n"
BANCO = "mysql+pymysql://oficina:s3nh4@{}/oficina"
PRODUCAO = {
    "app_env": "production",
    "jwt_secret": SEGREDO,
    "oficina_banco": BANCO.format("db.exemplo"),
    "cors_origins": "https://painel.exemplo.com.br, https://loja.exemplo:8443",
    "oficina_url_publica": "https://oficina.exemplo",
}
RS256 = {"jwt_modo": "rs256", "jwt_jwks_url": "https://emissor.exemplo/jwks.json"}
MYSQL = {"oficina_banco": None, "db_user": "oficina", "db_name": "oficina", "db_password": "s3nh4"}


def problemas(**escolhas: Any) -> tuple[str, ...]:
    """O que se diz dessa configuração; nenhum valor dado pode aparecer."""
    try:
        conferir(Configuracao.ler(**escolhas))
    except DadoInvalido as recusa:
        erro = recusa
    else:
        return ()
    dito = repr((erro, erro.args, erro.detalhes))
    ditos = [valor for valor in escolhas.values() if isinstance(valor, str) and len(valor) > 7]
    assert not [valor for valor in ditos if valor in dito and valor != "production"]
    assert erro.detalhes
    return erro.detalhes


BONS: dict[str, dict[str, Any]] = {
    "inteira": {},
    "docs abertos com consentimento": {"docs_abertos": True},
    "troca de segredo": {"jwt_secret_anterior": OUTRO},
    "rs256 sem segredo": RS256 | {"jwt_secret": None},
    "rs256 com segredo de antes": RS256 | {"jwt_secret": "curto", "jwt_secret_anterior": "curto"},
    "banco na própria máquina": {"oficina_banco": BANCO.format("127.0.0.1")},
    "banco em partes": MYSQL | {"db_host": "db.exemplo"},
    "sem o que é opcional": dict.fromkeys(("cors_origins", "oficina_url_publica")),
    "IPv6": {"cors_origins": "https://[2001:db8::1]:8443"},
}


@pytest.mark.parametrize("mudancas", BONS.values(), ids=BONS)
def test_producao_em_ordem_parte(mudancas: dict[str, Any]) -> None:
    assert problemas(**(PRODUCAO | mudancas)) == ()


EXEMPLOS = (
    "sua_chave_secreta_muito_longa_123456",
    "SUA-CHAVE-SECRETA-aqui-0123456789abcdef",
    "sua chave de assinatura 0123456789abcdef",
    "secret-0123456789-abcdefghijklmnop",
    "supersecret0123456789abcdefghijklmnop",
    "your-256-bit-secret-0123456789-abcdef",
    "changeme-0123456789-abcdefghijklmn",
    "change_me_0123456789_abcdefghijklmn",
    "please-change-this-0123456789-abcdef",
    "Troque-por-um-valor-0123456789-abcd",
    "meu-segredo-0123456789-abcdefghijkl",
    "exemplo-de-chave-0123456789-abcdefg",
    "example-key-0123456789-abcdefghijkl",
    "password-0123456789-abcdefghijklmno",
    "minha_chave_0123456789_abcdefghijkl",
    "ab" * 32,
    "0123456789a" * 4,
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "zyxwvutsrqponmlkjihgfedcba9876543210",
    "Xy7!Kq2#Zw9$m" * 3,
    "MinhaOficina2026MinhaOficina2026!!",
)


@pytest.mark.parametrize("segredo", EXEMPLOS)
def test_segredo_que_se_adivinha_nao_parte(segredo: str) -> None:
    assert len(segredo) >= 32
    (atual,) = problemas(**(PRODUCAO | {"jwt_secret": segredo}))
    assert atual.startswith("JWT_SECRET se adivinha")
    (anterior,) = problemas(**(PRODUCAO | {"jwt_secret_anterior": segredo}))
    assert anterior.startswith("JWT_SECRET_ANTERIOR se adivinha")
    assert problemas(jwt_secret=segredo) == ()


RECUSADOS: dict[str, tuple[dict[str, Any], str]] = {
    "sem segredo": ({"jwt_secret": None}, "JWT_SECRET falta"),
    "segredo repetido": ({"jwt_secret_anterior": SEGREDO}, "JWT_SECRET_ANTERIOR é igual"),
    "sem emissor": ({"jwt_issuer": " "}, "JWT_ISSUER está vazio"),
    "sem público": ({"jwt_audience": ""}, "JWT_AUDIENCE está vazio"),
    "só CPF": ({"auth_somente_cpf": True}, "AUTH_SOMENTE_CPF"),
    "CORS *": ({"cors_origins": "https://a.exemplo,*"}, "CORS_ORIGINS tem *"),
    "CORS http": (
        {"cors_origins": "https://a.exemplo,http://b.exemplo"},
        "CORS_ORIGINS, na posição 2, não é https",
    ),
    "CORS http local": ({"cors_origins": "http://localhost:3000"}, "CORS_ORIGINS, na posição 1"),
    "sem banco": ({"oficina_banco": None}, "DB_HOST, ou OFICINA_BANCO, falta"),
    "SQLite": ({"oficina_banco": "sqlite:////dados/oficina.db"}, "OFICINA_BANCO é um SQLite"),
    "SQLite por caminho": ({"oficina_banco": "oficina-de-dados.db"}, "OFICINA_BANCO é um SQLite"),
    "banco torto": ({"oficina_banco": "postgres://oficina:s3nh4@db/x"}, "O banco não se abre"),
    "banco em branco": ({"oficina_banco": "  "}, "O banco não se abre"),
    "banco sem TLS": (
        {"oficina_banco": BANCO.format("db.exemplo") + "?ssl_disabled=true"},
        "O banco não se abre",
    ),
    "banco sem autoridade": (
        {"oficina_banco": BANCO.format("db.exemplo") + "?ssl_ca=/nao/existe.pem"},
        "O banco não se abre",
    ),
    "root": ({"oficina_banco": "mysql://root:s3nh4@db.exemplo/oficina"}, "A conta do banco"),
    "Admin": ({"oficina_banco": "mysql://Admin:s3nh4@db.exemplo/oficina"}, "A conta do banco"),
    "root escrito de outro jeito": (
        {"oficina_banco": "mysql://%72oot:s3nh4@db.exemplo/oficina"},
        "A conta do banco",
    ),
    "root em partes": (MYSQL | {"db_host": "db.exemplo", "db_user": "root"}, "A conta do banco"),
    "sem conta": ({"oficina_banco": "mysql://:s3nh4@db.exemplo/oficina"}, "A conta do banco"),
    "sem senha": ({"oficina_banco": "mysql://oficina@db.exemplo/oficina"}, "A senha do banco"),
    "senha vazia": (MYSQL | {"db_host": "db.exemplo", "db_password": ""}, "A senha do banco"),
    "DEBUG": ({"log_level": "DEBUG"}, "LOG_LEVEL=DEBUG"),
    "URL pública": ({"oficina_url_publica": "http://oficina.exemplo"}, "OFICINA_URL_PUBLICA"),
    "chaves na própria máquina": (
        RS256 | {"jwt_jwks_url": "http://127.0.0.1:8080/jwks.json"},
        "JWT_JWKS_URL é um endereço https",
    ),
}


@pytest.mark.parametrize(("mudancas", "dito"), RECUSADOS.values(), ids=RECUSADOS)
def test_producao_insegura_nao_parte(mudancas: dict[str, Any], dito: str) -> None:
    (problema,) = problemas(**(PRODUCAO | mudancas))
    assert problema.startswith(dito)


@pytest.mark.parametrize(("mudancas", "_"), RECUSADOS.values(), ids=RECUSADOS)
def test_em_desenvolvimento_o_mesmo_parte(mudancas: dict[str, Any], _: str) -> None:
    assert problemas(**(PRODUCAO | mudancas | {"app_env": "development"})) == ()


NUNCA: dict[str, tuple[dict[str, Any], str]] = {
    "rs256 sem endereço": ({"jwt_modo": "rs256"}, "JWT_JWKS_URL falta"),
    "chaves sem TLS": (
        RS256 | {"jwt_jwks_url": "http://emissor.exemplo/jwks.json"},
        "JWT_JWKS_URL é um endereço https://, ou http://",
    ),
    "segredo curto": ({"jwt_secret": SEGREDO[:31]}, "JWT_SECRET tem 32 bytes"),
    "segredo vazio": ({"jwt_secret": ""}, "JWT_SECRET tem 32 bytes"),
    "chave pública": ({"jwt_secret": PUBLICA}, "JWT_SECRET tem 32 bytes"),
    "anterior curto": ({"jwt_secret_anterior": "x" * 31}, "JWT_SECRET_ANTERIOR tem 32 bytes"),
} | {
    f"origem {origem}": (
        {"cors_origins": f"https://a.exemplo,{origem}"},
        "CORS_ORIGINS, na posição 2, não é uma origem",
    )
    for origem in (
        "https://a.exemplo https://b.exemplo",
        "https://b.exemplo/",
        "https://b.exemplo/painel",
        "https://*.b.exemplo",
        "https://B.exemplo",
        "https://u@b.exemplo",
        "https://b.exemplo?x",
        "https://",
        "b.exemplo",
        "ftp://b.exemplo",
        "null",
        "**",
    )
}


@pytest.mark.parametrize("ambiente", ["development", "production"])
@pytest.mark.parametrize(("mudancas", "dito"), NUNCA.values(), ids=NUNCA)
def test_o_que_nunca_funciona_nao_parte(mudancas: dict[str, Any], dito: str, ambiente: str) -> None:
    (problema,) = problemas(**(PRODUCAO | mudancas | {"app_env": ambiente}))
    assert problema.startswith(dito)


def test_desenvolvimento_parte_sem_dizer_nada() -> None:
    assert problemas() == ()


def test_todos_os_problemas_de_uma_vez() -> None:
    ditos = problemas(
        app_env="production",
        jwt_secret=SEGREDO[:6],
        auth_somente_cpf=True,
        cors_origins="*,http://b.exemplo,c",
        oficina_banco="mysql://root@db.exemplo/oficina",
        log_level="DEBUG",
        oficina_url_publica="http://oficina.exemplo",
    )
    nomes = [dito.split(" ")[0].rstrip(",") for dito in ditos]
    assert nomes == [
        *("JWT_SECRET", "CORS_ORIGINS", "AUTH_SOMENTE_CPF", "A", "A", "CORS_ORIGINS"),
        *("CORS_ORIGINS", "LOG_LEVEL=DEBUG", "OFICINA_URL_PUBLICA"),
    ]


@pytest.mark.parametrize(
    "todos", ["*", "10.0.0.1, *", "0.0.0.0/0", "::/0", "0.0.0.0/1,128.0.0.0/1"]
)
def test_em_producao_nao_se_acredita_em_qualquer_um(todos: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        conferir(Configuracao.ler(None, **PRODUCAO), todos)
    assert recusa.value.detalhes == (
        "--confia-em é quase todos, e cada um diria vir de onde quisesse",
    )
    conferir(Configuracao.ler(), todos)


@pytest.mark.parametrize("torto", ["proxy", "10.0.0.300", "10.0.0.1,", "10.0.0.1/8"])
def test_o_proxy_se_diz_por_endereco(torto: str) -> None:
    with pytest.raises(DadoInvalido) as recusa:
        conferir(Configuracao.ler(), torto)
    assert recusa.value.detalhes == (
        "--confia-em é o IP do proxy, ou a rede dele, como 10.0.0.0/16",
    )


def test_em_producao_sem_proxy_se_avisa(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    conferir(Configuracao.ler(None, **PRODUCAO), "10.0.0.0/16, ::1")
    assert caplog.messages == []
    conferir(Configuracao.ler(None, **PRODUCAO))
    assert caplog.messages == [
        "Sem --confia-em, o proxy parece quem pede: todos contam como um só."
    ]


def test_sair_por_configuracao_tem_codigo_proprio() -> None:
    assert SAIDA == os.EX_CONFIG
