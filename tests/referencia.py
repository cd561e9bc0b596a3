"""O que se guarda dos comandos, tirado dos de verdade: `python -m tests.referencia` o refaz.

São a ajuda geral e a árvore que o completamento lê sem carregar o programa, e o `docs/comandos.md`
que se lê sem instalar nada.
"""

import json
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from oficina_cli.app import app
from oficina_cli.atalhos import AJUDA, LARGURA
from oficina_cli.completamento import COMANDOS
from oficina_core.banco.nomes import CONSULTAS
from oficina_core.texto import sem_acento

DOCUMENTO = Path(__file__).parents[1] / "docs" / "comandos.md"
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


def escrever() -> None:
    AJUDA.write_text(ajuda(), encoding="utf-8", newline="\n")
    COMANDOS.write_text(comandos(), encoding="utf-8", newline="\n")
    DOCUMENTO.write_text(documento(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    escrever()
