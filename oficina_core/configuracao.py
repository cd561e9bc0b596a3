"""Toda a configuração, lida uma vez: argumento, ambiente, arquivo de ambiente, TOML e padrão.

Os nomes são os do ambiente (`OFICINA_BANCO`, `DB_HOST`…); no `config.toml` do usuário são os
mesmos, em minúsculas. Só as superfícies leem daqui.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import quote

from platformdirs import user_config_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from oficina_core.dominio.valores import Opcao
from oficina_core.enderecos import ARQUIVO

NOME_MAXIMO = 230  # bytes; com o que o SQLite e a cópia lhe juntam, ainda cabe em qualquer disco
MOTIVOS = {
    "int_parsing": "deve ser um número inteiro",
    "greater_than_equal": "está abaixo do que se aceita",
    "less_than_equal": "está acima do que se aceita",
    "literal_error": "não é uma das opções",
    "bool_parsing": "é true ou false",
}


class Camada(Opcao):
    """Quem disse um ajuste; a primeira que o diz é a que vale."""

    OPCAO = "OPCAO", "opção"
    AMBIENTE = "AMBIENTE", "ambiente"
    ENV = "ENV", "arquivo (--env)"
    CONFIG = "CONFIG", "config.toml"
    PADRAO = "PADRAO", "padrão"


def arquivo_do_usuario() -> Path:
    return user_config_path("oficina", appauthor=False) / "config.toml"


def env_daqui() -> Path | None:
    """O `.env` da pasta em que se está, se há; só quem serve a API o lê sem que o digam."""
    env = Path(".env")
    return env if env.is_file() else None


class Configuracao(BaseSettings):
    """O que se pode escolher sem mudar o programa. Senha e token nunca se mostram."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True)

    db_host: str | None = None
    db_port: int = Field(3306, ge=1, le=65535)
    db_user: str | None = None
    db_password: SecretStr = SecretStr("")
    db_name: str | None = None
    db_ssl_ca: str | None = None  # o certificado da autoridade do servidor, se não é pública
    oficina_banco: SecretStr | None = None
    oficina_api: str | None = None
    oficina_token: SecretStr | None = None
    oficina_operador: str | None = None
    oficina_loja: int | None = Field(None, ge=1, le=2**63 - 1)
    oficina_conta_senha: SecretStr | None = None  # a da conta que `banco conta` prepara

    app_env: Literal["development", "production"] = "development"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    cors_origins: str = ""  # separadas por vírgula
    docs_abertos: bool | None = None  # sem dizer, só fora de produção
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(None, ge=1, le=65535)

    jwt_modo: Literal["hs256", "rs256"] = "hs256"
    jwt_secret: SecretStr | None = None
    jwt_secret_anterior: SecretStr | None = None
    jwt_jwks_url: str | None = None
    jwt_issuer: str = "oficina"
    jwt_audience: str = "oficina-api"
    jwt_ttl_seconds: int = Field(3600, ge=60, le=86400)
    auth_somente_cpf: bool = False

    oficina_url_publica: str | None = None  # onde o cliente abre o link
    smtp_host: str | None = None
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_de: str | None = None
    smtp_seguranca: Literal["starttls", "tls", "nenhuma"] = "starttls"
    webhook_url: str | None = None
    webhook_segredo: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        usuario = TomlConfigSettingsSource(settings_cls, arquivo_do_usuario())
        return init_settings, env_settings, dotenv_settings, usuario

    @classmethod
    def ler(cls, env: Path | None = None, **escolhas: Any) -> Self:
        """A configuração em vigor; `escolhas` são os argumentos, que valem mais que tudo.

        Levanta DadoInvalido com todos os problemas de uma vez, sem mostrar nenhum valor.
        """
        with _entendendo():
            if env and not env.is_file():
                raise DadoInvalido(f"O arquivo {env} não existe.", "env")
            return cls(_env_file=env, **_que_vencem(escolhas))  # type: ignore[call-arg]

    @classmethod
    def camadas(cls, env: Path | None = None, **escolhas: Any) -> dict[Camada, dict[str, Any]]:
        """O que cada camada diz, sem conferir os valores, da que mais vale à que menos.

        Na do `config.toml` vem tudo o que há nele, até o que não é daqui. Levanta DadoInvalido se
        um arquivo não se lê.
        """
        with _entendendo():
            return {
                Camada.OPCAO: _que_vencem(escolhas),
                Camada.AMBIENTE: EnvSettingsSource(cls)(),
                Camada.ENV: DotEnvSettingsSource(cls, env_file=env)(),
                Camada.CONFIG: TomlConfigSettingsSource(cls, arquivo_do_usuario())(),
            }

    @model_validator(mode="after")
    def _conferir(self) -> Self:
        partes = {"DB_HOST": self.db_host, "DB_USER": self.db_user, "DB_NAME": self.db_name}
        ditas = [nome for nome, valor in partes.items() if valor]
        if ditas and self.oficina_banco:
            raise ValueError(f"diga OFICINA_BANCO ou {', '.join(ditas)}; apague um dos dois")
        if ditas and (faltam := [nome for nome in partes if nome not in ditas]):
            raise ValueError(f"para usar MySQL falta {' e '.join(faltam)}")
        if self.db_ssl_ca and not self.db_host:
            raise ValueError("DB_SSL_CA vale com DB_HOST; em OFICINA_BANCO, diga ?ssl_ca=")
        if self.db_name and not re.fullmatch(r"[A-Za-z0-9_$-]{1,64}", self.db_name):
            raise ValueError("DB_NAME tem só letras, números, _ e -")
        return self

    @property
    def producao(self) -> bool:
        return self.app_env == "production"

    @property
    def documentos_abertos(self) -> bool:
        """Se /docs, /redoc e /openapi.json se mostram: em produção, só quando se diz."""
        return not self.producao if self.docs_abertos is None else self.docs_abertos

    @property
    def origens(self) -> tuple[str, ...]:
        """De que páginas o navegador pode chamar a API (CORS); nenhuma, se nada se disse."""
        ditas = (origem.strip() for origem in self.cors_origins.split(","))
        return tuple(origem for origem in ditas if origem)

    @property
    def escolhida(self) -> bool:
        """Se alguém já disse onde a oficina fica, ou se ela já existe neste computador."""
        return bool(self.oficina_api or self.oficina_banco or self.db_host) or (
            arquivo_padrao().exists()
        )

    def banco(self) -> str:
        """O endereço do banco, com a senha: só para quem conecta.

        Sem nenhum dito, é um arquivo SQLite na pasta de dados do usuário, criada aqui.
        """
        if not (self.oficina_banco or self.db_host):
            _criar_pasta(arquivo_padrao().parent)
        return self.endereco_do_banco()

    def endereco_do_banco(self) -> str:
        """O mesmo, sem criar nada: para quem só quer saber onde ele fica."""
        if self.oficina_banco is not None:
            return endereco(self.oficina_banco.get_secret_value())
        return self._mysql() if self.db_host else f"{ARQUIVO}{arquivo_padrao()}"

    def _mysql(self) -> str:
        host = f"[{self.db_host}]" if ":" in (self.db_host or "") else self.db_host
        senha = quote(self.db_password.get_secret_value(), safe="")
        conta = quote(self.db_user or "", safe="") + (f":{senha}" if senha else "")
        autoridade = f"?ssl_ca={quote(self.db_ssl_ca, safe='')}" if self.db_ssl_ca else ""
        return f"mysql+pymysql://{conta}@{host}:{self.db_port}/{self.db_name}{autoridade}"


@contextmanager
def _entendendo() -> Iterator[None]:
    """O que não se entende, dito em DadoInvalido, sem nenhum valor."""
    arquivo = arquivo_do_usuario()
    try:
        yield
    except ValidationError as erro:
        raise _problemas(erro) from None
    except tomllib.TOMLDecodeError as erro:
        raise DadoInvalido(f"O arquivo {arquivo} não é TOML: {erro}.") from None
    except RecursionError:
        raise DadoInvalido(f"O arquivo {arquivo} não é TOML.") from None
    except UnicodeDecodeError:
        raise DadoInvalido("O arquivo de configuração não está em UTF-8.") from None
    except OSError as erro:
        lugar = erro.filename or arquivo
        raise DadoInvalido(f"Não deu para ler {lugar}; confira a permissão dele.") from None


def _que_vencem(escolhas: dict[str, Any]) -> dict[str, Any]:
    """O banco dito na linha de comando vale também contra as outras formas de dizer onde fica."""
    ditas = {nome: valor for nome, valor in escolhas.items() if valor is not None}
    if "oficina_banco" in ditas:
        ditas |= dict.fromkeys(("db_host", "db_user", "db_name", "db_ssl_ca", "oficina_api"))
    return ditas


def arquivo_padrao() -> Path:
    """O banco que se usa quando não se diz nenhum."""
    return user_data_path("oficina", appauthor=False) / "oficina.db"


def _criar_pasta(pasta: Path) -> None:
    try:
        pasta.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as erro:
        raise Indisponivel(
            f"Não deu para criar a pasta {pasta}; diga outro arquivo com --banco."
        ) from erro


def endereco(dito: str) -> str:
    """O endereço completo: um caminho é um arquivo SQLite, e `mysql://` é pelo PyMySQL."""
    if not dito.strip():
        raise DadoInvalido("Diga o arquivo ou o endereço do banco, como oficina.db.", "banco")
    if "://" not in dito:
        return f"{ARQUIVO}{_absoluto(dito)}"
    return re.sub("^mysql://", "mysql+pymysql://", dito)


def _absoluto(caminho: str) -> Path:
    try:
        absoluto = Path(caminho).expanduser().absolute()
    except RuntimeError:
        raise DadoInvalido(
            "A pasta desse usuário não se acha; diga o caminho inteiro.", "banco"
        ) from None
    if any(len(os.fsencode(parte)) > NOME_MAXIMO for parte in absoluto.parts):
        raise DadoInvalido("O nome do arquivo do banco é comprido demais; encurte-o.", "banco")
    return absoluto


def _problemas(erro: ValidationError) -> DadoInvalido:
    return DadoInvalido(
        "A configuração tem problemas; corrija-os e repita.",
        detalhes=tuple(_problema(item["loc"], item) for item in erro.errors(include_input=False)),
    )


def _problema(local: tuple[int | str, ...], item: Any) -> str:
    motivo = item.get("ctx", {}).get("error") or MOTIVOS.get(item["type"], "não serve")
    return " ".join([*(str(parte).upper() for parte in local), str(motivo)])
