"""Os assuntos da ajuda: leem-se como estão, e tudo o que mandam digitar existe."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from oficina_cli import temas
from oficina_cli.app import app
from oficina_cli.erros import CODIGOS

RAIZ: Any = typer.main.get_command(app)
NA_LINHA = re.compile(r"\boficina(?: (?:\\\n|[^|>;\n])*)?")


def rodar(*argumentos: str) -> Result:
    return CliRunner().invoke(app, list(argumentos), prog_name="oficina")


def ditos(tema: str) -> Iterator[list[str]]:
    """Os comandos que o texto manda digitar: estão recuados em quatro espaços."""
    for bloco in re.findall(r"(?:^ {4}.*\n?)+", temas.ler(tema), re.MULTILINE):
        for achado in NA_LINHA.finditer(bloco):
            limpo = achado[0].replace("\\\n", " ")
            if not re.search(r"\.(com|gz|db|zip)$", limpo.partition(" ")[0]):
                yield shlex.split(limpo)[1:]


def entender(argumentos: list[str]) -> None:
    """Lê a linha inteira como o programa a leria, sem fazer nada."""
    contexto = RAIZ.make_context("oficina", list(argumentos))
    while hasattr(contexto.command, "commands"):
        resto = [*contexto._protected_args, *contexto.args]
        if not resto:
            return
        nome, comando, resto = contexto.command.resolve_command(contexto, resto)
        contexto = comando.make_context(nome, resto, parent=contexto)


COMANDOS = [(tema, comando) for tema in temas.TEMAS for comando in ditos(tema)]


def test_cada_texto_e_um_assunto() -> None:
    assert sorted(arquivo.stem for arquivo in temas.PASTA.iterdir()) == sorted(temas.TEMAS)


def test_sem_assunto_lista_todos_com_uma_linha_cada() -> None:
    resposta = rodar("ajuda")
    assert resposta.exit_code == 0
    for tema in temas.TEMAS:
        assert re.search(rf"^  {tema} +\S.*$", resposta.stdout, re.MULTILINE)


@pytest.mark.parametrize("tema", temas.TEMAS)
def test_o_texto_se_le_como_esta_em_80_colunas(tema: str) -> None:
    texto = temas.ler(tema)
    assert texto.startswith("# ")
    assert texto.endswith("\n")
    assert all(len(linha) <= 80 for linha in texto.splitlines())
    assert rodar("ajuda", tema).stdout == texto


@pytest.mark.parametrize(("tema", "comando"), COMANDOS, ids=lambda v: " ".join(v)[:60])
def test_o_que_se_manda_digitar_existe(tema: str, comando: list[str]) -> None:
    entender(comando)


def test_quase_todo_texto_manda_digitar_alguma_coisa() -> None:
    """Controle: se a leitura deixar de achar os comandos, os outros testes não diriam nada."""
    assert {tema for tema, _ in COMANDOS} == set(temas.TEMAS)
    assert ["banco", "backup", "/copias/oficina-$(date +\\%F).gz"] in [c for _, c in COMANDOS]
    with pytest.raises(typer.TyperException):
        entender(["ordem", "fila", "--nao-ha"])
    with pytest.raises(typer.TyperException):
        entender(["ordem", "pagar", "7", "--pix", "10.50"])


def test_os_codigos_de_saida_sao_os_do_programa() -> None:
    citados = {int(n) for n in re.findall(r"^  (\d+) ", temas.ler("codigos"), re.MULTILINE)}
    assert {0, 1, 78, 130, *CODIGOS.values()} == citados


@pytest.mark.parametrize("dito", ["Saída", "SAIDA", "primeiros passos"])
def test_acento_maiuscula_e_espaco_nao_atrapalham(dito: str) -> None:
    assert rodar("ajuda", *dito.split()).exit_code == 0


@pytest.mark.parametrize("caminho", ["ordem", "ordem fila", "os fila", "peça importar", "doctor"])
def test_um_comando_tambem_e_assunto(caminho: str) -> None:
    nomes = caminho.split()
    assert rodar("ajuda", *nomes).stdout == rodar(*nomes, "--help").stdout


@pytest.mark.parametrize(
    ("dito", "frase"),
    [
        ("codgos", 'Não há o assunto "codgos"; seria codigos?'),
        ("ordens", "; seria ordem?"),
        ("xyzw", 'Não há o assunto "xyzw"; veja os que há.'),
        ("ordem voar", 'Não há o assunto "ordem voar"'),
        ("buscar fila", 'Não há o assunto "buscar fila"'),
    ],
)
def test_assunto_que_nao_ha_diz_os_parecidos(dito: str, frase: str) -> None:
    resposta = rodar("ajuda", *dito.split())
    assert resposta.exit_code == 3
    assert frase in resposta.stderr
    assert "Tente: oficina ajuda" in resposta.stderr
