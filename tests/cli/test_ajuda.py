"""A ajuda de cada comando: em português, inteira, e com exemplos que valem."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from oficina_cli.app import app

RAIZ: Any = typer.main.get_command(app)


def comandos(grupo: Any = RAIZ, caminho: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for nome, comando in grupo.commands.items():
        if hasattr(comando, "commands"):
            yield from comandos(comando, (*caminho, nome))
        else:
            yield (*caminho, nome)


def comando(caminho: tuple[str, ...]) -> Any:
    atual = RAIZ
    for nome in caminho:
        atual = atual.commands[nome]
    return atual


TODOS = list(comandos())


def rodar(*argumentos: str) -> tuple[int, str]:
    resposta = CliRunner().invoke(app, list(argumentos), prog_name="oficina")
    return resposta.exit_code, resposta.output


@pytest.mark.parametrize("caminho", TODOS, ids=" ".join)
def test_cada_comando_se_explica(caminho: tuple[str, ...]) -> None:
    codigo, ajuda = rodar(*caminho, "--help")
    assert codigo == 0
    assert f"Uso: oficina {' '.join(caminho)}" in ajuda
    assert "Exemplos:" in ajuda
    for ingles in (
        "Usage",
        "Options",
        "Arguments",
        "required",
        "Show this",
        "default:",
        "<str>",
        "<file>",
    ):
        assert ingles not in ajuda
    assert all(parametro.help for parametro in comando(caminho).params)


@pytest.mark.parametrize("caminho", TODOS, ids=" ".join)
def test_nada_da_ajuda_some_como_marcacao(caminho: tuple[str, ...]) -> None:
    alvo = comando(caminho)
    _, ajuda = rodar(*caminho, "--help")
    corrida = " ".join(ajuda.replace("│", " ").split())
    for paragrafo in alvo.help.replace(r"\[", "[").split("\n\n"):
        assert " ".join(paragrafo.split()) in corrida


@pytest.mark.parametrize("caminho", TODOS, ids=" ".join)
def test_todo_exemplo_se_entende(caminho: tuple[str, ...]) -> None:
    for linha in comando(caminho).epilog.splitlines()[1:]:
        programa, *argumentos = shlex.split(linha.partition(" > ")[0])
        assert programa == "oficina"
        assert tuple(argumentos[: len(caminho)])[-1] == caminho[-1]
        codigo, dito = rodar(*argumentos, "--help")
        assert codigo == 0, dito


def test_nenhum_comando_e_corrotina() -> None:
    for caminho in TODOS:
        assert comando(caminho).callback.__code__.co_flags & 0x80 == 0


def test_sozinho_mostra_a_ajuda_curta() -> None:
    codigo, ajuda = rodar()
    assert codigo == 2
    assert "Atendimento" in ajuda


@pytest.mark.parametrize(
    ("argumentos", "frase"),
    [
        (["os", "abrri"], "Não há o comando \"abrri\"; seria 'abrir'?"),
        (["os", "fila", "--limit", "3"], "Não há a opção --limit; seria --limite?"),
        (["os", "ver"], "Falta dizer ORDEM."),
        (["cliente", "criar"], "Falta a opção --nome."),
        (["os", "fila", "--status"], "A opção --status pede um valor."),
        (["os", "fila", "--todas-lojas=1"], "A opção --todas-lojas não leva valor."),
        (["os", "fila", "agora"], "Sobrou na linha: agora"),
        (["os", "ver", "abc"], "ORDEM: Escreva um número inteiro"),
        (["cliente", "ver", "id:9223372036854775808"], "CLIENTE: O número é grande demais"),
    ],
)
def test_engano_de_digitacao_se_diz_em_portugues(argumentos: list[str], frase: str) -> None:
    codigo, dito = rodar(*argumentos)
    assert codigo == 2
    assert f"Erro: {frase}" in dito
