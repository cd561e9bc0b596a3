"""Onde o programa guarda o que é seu. Olha, e não abre nem cria nada."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_config_path, user_data_path, user_state_path

from oficina_cli.conexao import Conexao
from oficina_core.dominio.erros import ErroOficina
from oficina_core.enderecos import arquivo_do_banco

UM_SERVIDOR = "um servidor MySQL"


@dataclass(frozen=True, kw_only=True)
class Lugar:
    """Uma coisa que o programa guarda; `existe` é nulo se não se sabe, ou se não é um arquivo."""

    nome: str
    caminho: str
    existe: bool | None
    bytes: int | None


PASTAS = {
    "dados": user_data_path,
    "configuração": user_config_path,
    "estado": user_state_path,
    "cache": user_cache_path,
}


def pasta(nome: str) -> Path:
    return PASTAS[nome]("oficina", appauthor=False)


def todos(conexao: Conexao) -> Iterator[Lugar]:
    yield ver("configuração", pasta("configuração") / "config.toml")
    yield _banco(conexao)
    yield ver("credenciais", pasta("dados") / "credenciais.json")
    yield ver("registro", pasta("estado") / "oficina.log")
    yield ver("rascunhos", pasta("estado") / "rascunhos")
    yield ver("cache", pasta("cache"))


def _banco(conexao: Conexao) -> Lugar:
    """O arquivo, se a oficina é um; o servidor ou a API dizem-se sem conta nem senha."""
    try:
        api = conexao.configuracao.oficina_api
        endereco = api or conexao.configuracao.endereco_do_banco()
    except ErroOficina:
        onde = "não se sabe: a configuração tem problemas; veja oficina doutor"
        return Lugar(nome="banco", caminho=onde, existe=None, bytes=None)
    if arquivo := arquivo_do_banco(endereco):
        return ver("banco", arquivo)
    servidor = sem_conta(endereco) or (UM_SERVIDOR if not api else "uma API")
    return Lugar(nome="API" if api else "banco", caminho=servidor, existe=None, bytes=None)


def sem_conta(endereco: str) -> str:
    """`mysql://servidor:3306/banco`; vazio se alguma parte da conta pode ter sobrado nele."""
    try:
        partes = urlsplit(endereco)
        host, porta = partes.hostname, partes.port
    except ValueError:
        return ""
    if not host or "@" in endereco.replace(partes.netloc, "", 1):
        return ""
    esquema = partes.scheme.partition("+")[0]
    return f"{esquema}://{host}{f':{porta}' if porta else ''}{partes.path}"


def ver(nome: str, caminho: Path) -> Lugar:
    try:
        tamanho = _tamanho(caminho)
    except FileNotFoundError:
        return Lugar(nome=nome, caminho=str(caminho), existe=False, bytes=None)
    except OSError:
        return Lugar(nome=nome, caminho=str(caminho), existe=None, bytes=None)
    return Lugar(nome=nome, caminho=str(caminho), existe=True, bytes=tamanho)


def _tamanho(caminho: Path) -> int:
    """Do arquivo, ou de todos os que há na pasta, sem seguir atalhos."""
    visto = caminho.stat()
    if not caminho.is_dir():
        return visto.st_size
    andados = os.walk(caminho)
    arquivos = (Path(raiz, nome) for raiz, _, nomes in andados for nome in nomes)
    return sum(arquivo.lstat().st_size for arquivo in arquivos)
