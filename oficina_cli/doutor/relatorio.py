"""O que se manda a quem ajuda: o exame, as versões, a configuração e o fim do registro, em um zip.

Nada pessoal e nenhum segredo: do que se configurou em texto livre vai só o nome, e o que disso
aparecer no resto se troca por ele.
"""

import json
import os
import platform
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import unquote

from oficina_cli import ajustes
from oficina_cli.conexao import Conexao
from oficina_cli.doutor.parecer import Achado
from oficina_cli.lugares import pasta
from oficina_core import arquivos
from oficina_core.configuracao import Camada, Configuracao
from oficina_core.dominio.erros import DadoInvalido, ErroOficina
from oficina_core.versao import instalada

NOMEIAM = {"entrada", "operador"}  # dizem quem é a pessoa
NAO_SE_MOSTRA = "(não se mostra)"
REGISTRO_MAXIMO = 64 * 1024  # bytes do fim
CURTO = 4  # o que tem menos letras não se acha no texto sem o estragar
TIPOS = Configuracao.model_fields
DE_TODOS = {"http", "https", "mysql", "mysql+pymysql", "sqlite", "localhost", "true", "false"}

Limpar = Callable[[str], str]


def gravar(arquivo: Path, achados: Iterable[Achado], conexao: Conexao) -> None:
    """Escreve o zip, que só quem o faz lê; Conflito se já há um arquivo com esse nome."""
    camadas = _camadas(conexao)
    limpar = limpador(camadas)
    partes = {
        "exame.json": _json([_achado(achado, limpar) for achado in achados]),
        "programa.json": _json(_programa()),
        "configuracao.json": _json([*_ajustes(conexao, camadas)]),
        "registro.txt": limpar(_registro()),
    }
    with arquivos.novo(arquivo) as aberto, zipfile.ZipFile(aberto, "w") as novo:
        for nome, conteudo in partes.items():
            novo.writestr(nome, conteudo, zipfile.ZIP_DEFLATED)


def limpador(camadas: Mapping[Camada, Mapping[str, Any]]) -> Limpar:
    """Troca pelo nome dele o que se configurou, e por ~ a pasta de quem usa."""
    ditos = {
        parte: f"({nome.upper()})"
        for camada in camadas.values()
        for nome, valor in camada.items()
        for parte in _partes(valor)
    }
    casa = os.path.expanduser("~")  # noqa: PTH111 — o Path.home levanta se não há nenhuma
    if len(casa) > 1:
        ditos[casa] = "~"
    if not ditos:
        return str
    maiores = sorted(ditos, key=len, reverse=True)
    achar = re.compile("|".join(map(re.escape, maiores)))
    return lambda texto: achar.sub(lambda achado: ditos[achado[0]], texto)


def _partes(valor: Any) -> Iterator[str]:
    """O texto inteiro e, se é um endereço, cada parte dele; o que todos dizem fica."""
    if isinstance(valor, Mapping):
        for dentro in valor.values():
            yield from _partes(dentro)
    if not isinstance(valor, str):
        return
    partes = {valor}
    if "://" in valor and not valor.startswith("sqlite:"):
        partes |= set(re.split(r"[/:@?&=#]+", valor))
    publicos = _publicos()
    for parte in partes | {unquote(parte) for parte in partes}:
        if len(parte) >= CURTO and parte not in publicos and not re.fullmatch("[0-9]{,5}", parte):
            yield parte


def _publicos() -> set[str]:
    """O que se acha em qualquer instalação: os padrões e as escolhas de cada ajuste."""
    padroes = {str(campo.default) for campo in TIPOS.values() if isinstance(campo.default, str)}
    escolhas = {str(opcao) for campo in TIPOS.values() for opcao in _escolhas(campo.annotation)}
    return DE_TODOS | padroes | escolhas


def _escolhas(tipo: Any) -> tuple[Any, ...]:
    return get_args(tipo) if get_origin(tipo) is Literal else ()


def _camadas(conexao: Conexao) -> dict[Camada, dict[str, Any]]:
    try:
        return Configuracao.camadas(conexao.env, **conexao.escolhas)
    except DadoInvalido:
        return {}


def _ajustes(
    conexao: Conexao, camadas: Mapping[Camada, Mapping[str, Any]]
) -> Iterator[dict[str, str | None]]:
    """Cada um, de onde vem e, se é número ou escolha, quanto vale."""
    try:
        vale = {a.nome: a.valor for a in ajustes.em_vigor(conexao.configuracao, camadas)}
    except ErroOficina:
        vale = {}
    for nome, campo in TIPOS.items():
        origem = ajustes.origem(nome, camadas)
        livre = not _escolhas(campo.annotation) and _e_texto(campo.annotation)
        valor = vale.get(nome.upper())
        if origem is not Camada.PADRAO and (livre or valor is None):
            valor = NAO_SE_MOSTRA
        yield {"nome": nome.upper(), "valor": valor, "origem": origem.rotulo}


def _e_texto(tipo: Any) -> bool:
    return not {int, bool} & {tipo, *get_args(tipo)}


def _achado(achado: Achado, limpar: Limpar) -> dict[str, str | None]:
    corpo = {nome: valor and limpar(valor) for nome, valor in asdict(achado).items()}
    return corpo | ({"achado": NAO_SE_MOSTRA} if achado.nome in NOMEIAM else {})


def _programa() -> dict[str, Any]:
    return {
        "oficina": instalada(),
        "python": platform.python_version(),
        "sistema": f"{platform.system()} {platform.release()} {platform.machine()}",
        "pacotes": dict(sorted((d.name.lower(), d.version) for d in distributions())),
    }


def _registro() -> str:
    """O fim do arquivo em que se anota o inesperado; vazio se não há, ou não se lê."""
    try:
        with (pasta("estado") / "oficina.log").open("rb") as aberto:
            aberto.seek(max(0, aberto.seek(0, os.SEEK_END) - REGISTRO_MAXIMO))
            return aberto.read().decode(errors="replace")
    except OSError:
        return ""


def _json(valor: Any) -> str:
    return json.dumps(valor, ensure_ascii=False, indent=2) + "\n"
