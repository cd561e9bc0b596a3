"""O que um endereço da configuração promete."""

import pytest

from oficina_api.jwks import JWKS
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.enderecos import com_tls, propria_maquina, segura

COM_TLS = (
    "https://emissor.exemplo",
    "https://emissor.exemplo:8443/jwks.json?a=b",
    "https://[2001:db8::1]/x",
    "HTTPS://emissor.exemplo/x",
)
NA_MAQUINA = ("http://localhost:8080/x", "http://127.0.0.1/x", "http://127.9.9.9/x", "http://[::1]")
INSEGUROS = (
    "",
    "https:",
    "https://",
    "https:///x",
    "http://emissor.exemplo/jwks.json",
    "http://127.0.0.1.exemplo/x",
    "http://localhost.exemplo/x",
    "http://192.168.0.1/x",
    "http://0.0.0.0/x",
    "http://usuario:senha@127.0.0.1/x",
    "https://usuario:senha@emissor.exemplo/x",
    "https://[::1/x",
    "https://emissor.exemplo:99999/x",
    "https://emissor.exemplo:0/x",
    "https://emissor.exemplo/a b",
    "https://emissor.exemplo/a\n",
    "https://émissor.exemplo/",
    "//emissor.exemplo/x",
    "emissor.exemplo",
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "data:,{}",
)


@pytest.mark.parametrize("url", [*COM_TLS, *NA_MAQUINA, *INSEGUROS])
def test_com_tls_ou_na_propria_maquina(url: str) -> None:
    assert com_tls(url) == (url in COM_TLS)
    assert segura(url) == (url not in INSEGUROS)


@pytest.mark.parametrize("url", INSEGUROS)
def test_as_chaves_so_vem_de_endereco_seguro(url: str) -> None:
    with pytest.raises(DadoInvalido, match="JWT_JWKS_URL") as erro:
        JWKS(url)
    assert len(url) <= len("https://") or url not in str(erro.value)


@pytest.mark.parametrize("host", [None, "", "db", "10.0.0.1", "LOCALHOST.exemplo", "::"])
def test_fora_da_maquina(host: str | None) -> None:
    assert not propria_maquina(host)
