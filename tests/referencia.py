"""O que se guarda dos comandos, tirado dos de verdade: `python -m tests.referencia` o refaz.

São a ajuda geral e a árvore que o completamento lê sem carregar o programa; e, para se ler sem
instalar nada, `docs/comandos.md` e `docs/formatos.json`, a forma de cada resposta em JSON.
"""

import json
import sys
import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer
from typer.testing import CliRunner

from oficina_cli.app import app
from oficina_cli.atalhos import AJUDA, LARGURA
from oficina_cli.completamento import COMANDOS
from oficina_cli.saida import FORMAS, linha_de
from oficina_core.banco.nomes import CONSULTAS
from oficina_core.casos.paginas import Pagina
from oficina_core.catalogo import ROTAS
from oficina_core.dominio.valores import Opcao
from oficina_core.texto import sem_acento

DOCS = Path(__file__).parents[1] / "docs"
DOCUMENTO = DOCS / "comandos.md"
FORMATOS = DOCS / "formatos.json"
CABECALHO = """# Comandos

Esta página se refaz com `python -m tests.referencia`; é o que `--help` diz.
"""


def ajuda(*caminho: str) -> str:
    ambiente = {"COLUMNS": str(LARGURA)}
    return CliRunner().invoke(app, [*caminho, "--help"], prog_name="oficina", env=ambiente).stdout


def comandos() -> str:
    return json.dumps(_no(_raiz()), ensure_ascii=False, separators=(",", ":")) + "\n"


def documento() -> str:
    partes = [CABECALHO, _secao(())]
    for nome, comando in _raiz().commands.items():
        partes.append(_secao((nome,)))
        partes += [_secao((nome, filho)) for filho in getattr(comando, "commands", {})]
    return "\n".join(partes)


def _raiz() -> Any:
    return typer.main.get_command(app)


def _secao(caminho: tuple[str, ...]) -> str:
    titulo = "#" * (len(caminho) + 2)
    return f"{titulo} {' '.join(('oficina', *caminho))}\n\n```text\n{ajuda(*caminho)}```\n"


def _no(comando: Any) -> dict[str, Any]:
    opcoes = [p for p in comando.params if p.param_type_name == "option" and not p.hidden]
    no: dict[str, Any] = {
        "ajuda": comando.help.partition("\n")[0].removesuffix("."),
        "opcoes": {nome: _valor(opcao) for opcao in opcoes for nome in opcao.opts},
    }
    no["opcoes"]["--help"] = {"ajuda": "Mostra a ajuda"}
    if filhos := getattr(comando, "commands", None):
        return no | {"comandos": {nome: _no(filho) for nome, filho in filhos.items()}}
    return no | {"argumentos": [_valor(p) for p in comando.params if p not in opcoes]}


def _valor(parametro: Any) -> dict[str, Any]:
    """A ajuda e, se leva um valor, o que se sabe oferecer nele."""
    dito = {"ajuda": parametro.help.partition(";")[0].removesuffix(".")}
    if getattr(parametro, "is_flag", False):
        return dito
    contexto = typer.Context(typer.main.get_command(app))
    codigos = [item.value for item in parametro.shell_complete(contexto, "")]
    metavar = sem_acento(parametro.metavar or "")
    for nome in (metavar, *(opcao.lstrip("-") for opcao in parametro.opts)):
        if nome in CONSULTAS and metavar != "texto":
            return dito | {"valor": metavar, "tipo": nome}
    extra: dict[str, Any] = {"codigos": codigos} if codigos else {}
    if metavar == "arquivo" or "--banco" in parametro.opts:
        extra = {"arquivo": True}
    return dito | {"valor": metavar} | extra


SIMPLES = {str: "texto", bool: "booleano", int: "inteiro", datetime: "instante", date: "data"}


def formatos() -> dict[str, Any]:
    """De cada comando que responde um caso, os campos e o que há em cada um."""
    formas = {}
    for nome, comando in _raiz().commands.items():
        for filho, dele in getattr(comando, "commands", {"": comando}).items():
            if rota := ROTAS.get(dele.responde):
                formas[f"{nome} {filho}".strip()] = _forma(rota.resultado)
    return {"versao": FORMAS, "formas": formas}


def _forma(tipo: Any) -> Any:
    if get_origin(tipo) in (tuple, Pagina):
        return [_forma(linha_de(tipo))]
    if get_origin(tipo) is Annotated:
        return get_args(tipo)[1]
    if get_origin(tipo) in (Union, types.UnionType):
        return " ou ".join("null" if t is type(None) else str(_forma(t)) for t in get_args(tipo))
    if is_dataclass(tipo):
        tipos = get_type_hints(tipo, include_extras=True)
        return {campo.name: _forma(tipos[campo.name]) for campo in fields(tipo)}
    if issubclass(tipo, Opcao):
        return "|".join(tipo)
    return next(nome for simples, nome in SIMPLES.items() if issubclass(tipo, simples))


def perdidos(antes: Any, agora: Any, onde: str = "") -> list[str]:
    """O que um programa que lia a forma de antes deixaria de achar."""
    match antes, agora:
        case dict(), dict():
            return [
                perdido
                for campo, forma in antes.items()
                for perdido in perdidos(forma, agora.get(campo), f"{onde}.{campo}".lstrip("."))
            ]
        case [antiga], [nova]:
            return perdidos(antiga, nova, f"{onde}[]")
    return [] if antes == agora else [onde]


def escrever() -> None:
    AJUDA.write_text(ajuda(), encoding="utf-8", newline="\n")
    COMANDOS.write_text(comandos(), encoding="utf-8", newline="\n")
    DOCUMENTO.write_text(documento(), encoding="utf-8", newline="\n")
    novos = formatos()
    antes = json.loads(FORMATOS.read_text(encoding="utf-8"))
    quebrados = perdidos(antes["formas"], novos["formas"])
    if quebrados and antes["versao"] == FORMAS:
        sys.exit(f"Mudam de forma, e FORMAS em oficina_cli/saida.py continua: {quebrados}")
    texto = json.dumps(novos, ensure_ascii=False, indent=1)
    FORMATOS.write_text(f"{texto}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    escrever()
