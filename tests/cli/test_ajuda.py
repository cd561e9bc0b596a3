"""A ajuda de cada comando: em português, inteira, e com exemplos que valem."""

import pkgutil
import shlex
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from oficina_cli import comandos as pasta
from oficina_cli.app import app
from oficina_cli.opcoes import COMUNS
from oficina_core.catalogo import PUBLICADAS
from oficina_core.dominio.acesso import Papel

RAIZ: Any = typer.main.get_command(app)
QUE_MOSTRAM = {("parametro",)}  # sozinhos na linha, fazem o que mais se pede deles
MAIORES = (("ordem", "abrir"), ("orcamento", "criar"), ("orcamento", "editar"))


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


def test_todo_caso_publicado_que_a_oficina_pede_tem_comando() -> None:
    """Módulo nenhum importa o que não usa: citar o caso é pedi-lo."""
    modulos = [
        import_module(f"{pasta.__name__}.{m.name}") for m in pkgutil.iter_modules(pasta.__path__)
    ]
    citados = [citado for modulo in modulos for citado in vars(modulo).values()]
    da_oficina = [rota.caso for rota in PUBLICADAS if any(papel in rota.papeis for papel in Papel)]
    assert [caso for caso in da_oficina if caso not in citados] == []


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
def test_a_ajuda_diz_tudo_em_80_colunas(caminho: tuple[str, ...]) -> None:
    alvo = comando(caminho)
    _, ajuda = rodar(*caminho, "--help")
    corrida = " ".join(ajuda.split())
    for paragrafo in alvo.help.split("\n\n"):
        assert " ".join(paragrafo.split()) in corrida
    for opcao in alvo.params:
        assert any(f"{nome} " in f"{corrida} " for nome in (opcao.metavar, *opcao.opts))
        assert opcao.rich_help_panel or opcao.help in corrida
    assert all(len(linha) <= 80 for linha in ajuda.partition("Exemplos:")[0].splitlines())


@pytest.mark.parametrize("caminho", TODOS, ids=" ".join)
def test_a_ajuda_cabe_em_uma_tela(caminho: tuple[str, ...]) -> None:
    _, ajuda = rodar(*caminho, "--help")
    assert len(ajuda.splitlines()) < (24 if caminho not in MAIORES else 32)


def test_a_raiz_explica_as_opcoes_comuns() -> None:
    _, ajuda = rodar("--help")
    corrida = " ".join(ajuda.split())
    for caminho in TODOS:
        for opcao in comando(caminho).params:
            if opcao.rich_help_panel == COMUNS:
                assert f"{opcao.opts[0]} " in corrida
                assert opcao.help in corrida


@pytest.mark.parametrize(
    "grupo",
    [(), *((nome,) for nome, c in RAIZ.commands.items() if hasattr(c, "commands"))],
    ids=" ".join,
)
def test_o_grupo_lista_o_que_ha_nele(grupo: tuple[str, ...]) -> None:
    codigo, ajuda = rodar(*grupo, "--help")
    assert codigo == 0
    if grupo not in QUE_MOSTRAM:
        assert rodar(*grupo) == (2, ajuda)
    for nome in comando(grupo).commands:
        assert f"\n  {nome} " in ajuda


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


@pytest.mark.parametrize(
    ("argumentos", "frase"),
    [
        (["os", "abrri"], 'Não há o comando "abrri"; seria oficina os abrir?'),
        (["orden", "fila"], 'Não há o comando "orden"; seria oficina ordem?'),
        (["fila"], 'Não há o comando "fila"; seria oficina ordem fila?'),
        (["ordem", "aprovar", "1"], 'Não há o comando "aprovar"; seria oficina orcamento aprovar?'),
        (["cliente", "xyz"], 'Não há o comando "xyz".'),
        (["os", "fila", "--limit", "3"], "Não há a opção --limit; seria --limite?"),
        (["os", "ver"], "Falta dizer ORDEM. O número da ordem, como em: oficina ordem fila"),
        (["cliente", "criar"], "Falta a opção --nome. Nome completo"),
        (["funcionario", "criar"], "Falta a opção --cpf. O CPF"),
        (["estoque", "entrada", "OLEO", "-30"], "Números e quantidades são positivos"),
        (["os", "fila", "-o", "xml"], "--saida: Escolha um de: tabela, json"),
        (["os", "fila", "--status"], "A opção --status pede um valor."),
        (["os", "fila", "--todas-lojas=1"], "A opção --todas-lojas não leva valor."),
        (["os", "fila", "agora"], "Sobrou na linha: agora."),
        (["os", "ver", "abc"], "ORDEM: Escreva o número, como 12"),
        (["cliente", "ver", "id:9223372036854775808"], "CLIENTE: O número é grande demais"),
    ],
)
def test_engano_de_digitacao_se_diz_em_portugues(argumentos: list[str], frase: str) -> None:
    codigo, dito = rodar(*argumentos)
    assert codigo == 2
    assert f"Erro: {frase}" in dito


@pytest.mark.parametrize(
    "argumentos",
    [
        ("peça", "listar"),
        ("ORÇAMENTO", "Listar"),
        ("os", "listar"),
        ("veículo", "criar"),
        ("cliente", "criar", "--nóme", "x"),
    ],
)
def test_acento_e_maiuscula_nao_atrapalham(argumentos: tuple[str, ...]) -> None:
    codigo, dito = rodar(*argumentos, "--help")
    assert codigo == 0, dito
