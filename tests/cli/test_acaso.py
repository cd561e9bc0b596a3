"""Linhas de comando que ninguém escreveria: nada quebra, nada comanda o terminal, nada fica torto.

Na suíte, uma amostra; `nox -s acaso` roda 2.000 linhas e cada valor hostil em cada opção.
"""

import csv
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from oficina_cli import demonstracao
from oficina_cli.app import app
from oficina_cli.saida import FORMULA
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.verificacao import verificar
from tests.cli.test_ajuda import TODOS, comando
from tests.tui.hostis import HOSTIS

LINHAS = int(os.environ.get("OFICINA_TESTE_LINHAS", "250"))
SEMENTE = int(os.environ.get("OFICINA_TESTE_SEMENTE", "1"))
POR_OPCAO = 999 if os.environ.get("OFICINA_TESTE_EXAME") else 2
SAIDAS = {0, 2, 3, 4, 5, 6, 7}
COMANDA = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Ficam no ar, perguntam à rede, ou escrevem fora da oficina de quem testa.
DE_FORA = {("demo",), ("api", "servir"), ("mensagem", "enviar")}
COMANDOS = [caminho for caminho in TODOS if caminho not in DE_FORA and caminho[0] != "auth"]
SERVEM = {
    "placa": "LUJ4J63",
    "cliente": "id:1",
    "funcionário": "id:3",
    "cpf": "id:3",
    "peça": "FILTRO-OLEO",
    "serviço": "OLEO",
    "kit": "TROCA-OLEO",
    "código:qtd": "FILTRO-OLEO:1",
    "código": "TROCA-OLEO",
    "reais": "10,00",
    "qtd": "1",
    "dd/mm/aaaa": "31/12/2026",
    "linhas": "1-2",
    "linha:qtd": "1:1",
    "texto": "algo-comum",
    "nomes": "id",
}
FORMULAS = ("=1+1", "+x", "-x", "@x", "=cmd|'/c calc'!A1", "'=1", "''=1", "＝1", " =1")
CABEM = [
    texto
    for texto in HOSTIS
    if len(texto) < 100_000 and "\0" not in texto and not re.search("[\ud800-\udfff]", texto)
]


@pytest.fixture(scope="module")
def modelo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Uma oficina com seis semanas de movimento."""
    arquivo = tmp_path_factory.mktemp("acaso") / "modelo.db"
    demonstracao.preparar(arquivo, 1).fechar()
    return arquivo


@pytest.fixture
def banco(modelo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    arquivo = tmp_path / "oficina.db"
    shutil.copy(modelo, arquivo)
    monkeypatch.setenv("OFICINA_BANCO", str(arquivo))
    monkeypatch.chdir(tmp_path)
    yield arquivo
    assert verificar(f"sqlite:///{arquivo}") == ()


def rodar(oficina: OficinaLocal, argumentos: list[str]) -> Result:
    """Roda e confere o que vale para qualquer linha."""
    resposta = CliRunner().invoke(app, argumentos, prog_name="oficina", obj=oficina, input="")
    dito = f"{argumentos!r}: {resposta.output[-500:]}"
    assert resposta.exception is None or isinstance(resposta.exception, SystemExit), dito
    assert resposta.exit_code in SAIDAS, dito
    assert not COMANDA.search(resposta.stdout + resposta.stderr), dito
    return resposta


def test_linhas_ao_acaso_saem_com_um_codigo_da_tabela(banco: Path) -> None:
    sorteio = Random(SEMENTE)  # noqa: S311
    oficina = OficinaLocal.em(f"sqlite:///{banco}")
    for _ in range(LINHAS):
        rodar(oficina, sortear(sorteio))
    oficina.fechar()


@pytest.mark.parametrize("caminho", COMANDOS, ids=" ".join)
def test_valor_hostil_em_cada_opcao_nao_quebra_nem_comanda(
    caminho: tuple[str, ...], banco: Path
) -> None:
    sorteio = Random(f"{SEMENTE} {caminho}")  # noqa: S311
    oficina = OficinaLocal.em(f"sqlite:///{banco}")
    parametros = [p for p in comando(caminho).params if not getattr(p, "is_flag", False)]
    for alvo in parametros:
        for hostil in sorteio.sample(CABEM, min(POR_OPCAO, len(CABEM))):
            linha = [*caminho]
            for outro in parametros:
                if outro is alvo or outro.required:
                    linha += dizer(outro, hostil if outro is alvo else que_serve(outro))
            rodar(oficina, linha)
    oficina.fechar()


def test_nenhuma_celula_exportada_roda_como_formula(banco: Path) -> None:
    oficina = OficinaLocal.em(f"sqlite:///{banco}")
    for n, hostil in enumerate(FORMULAS):
        telefone = f"1199999{n:04}"
        for linha in (
            ["cliente", "criar", f"--nome={hostil}", "--telefone", telefone],
            ["peca", "criar", f"--codigo=X{n}", f"--nome={hostil}", "--preco=1,00"],
            ["ordem", "abrir", "--placa", "LUJ4J63", f"--queixa={hostil}"],
        ):
            assert rodar(oficina, linha).exit_code == 0
    guardadas = 0
    for caminho in COMANDOS:
        for formato, separador in (("csv", ","), ("csv-excel", ";")):
            if caminho[-1] not in ("listar", "fila", "movimentos"):
                continue
            tudo = ["--tudo"] * any(p.name == "tudo" for p in comando(caminho).params)
            saida = rodar(oficina, [*caminho, "-o", formato, *tudo]).stdout.removeprefix("\ufeff")
            for celulas in csv.reader(io.StringIO(saida), delimiter=separador):
                for celula in celulas:
                    numero = re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", celula)
                    assert numero or not FORMULA.match(celula) or celula.startswith("'"), celulas
                    guardadas += celula.startswith("'")
    assert guardadas > len(FORMULAS)
    oficina.fechar()


def sortear(sorteio: Random) -> list[str]:
    """Um comando, com opções que servem, que não servem, que faltam e que sobram."""
    caminho = sorteio.choice(COMANDOS)
    linha = [*caminho]
    if sorteio.random() < 0.05:
        linha[-1] = linha[-1][::-1]
    for parametro in comando(caminho).params:
        if sorteio.random() < (0.9 if parametro.required else 0.25):
            linha += dizer(parametro, valor(sorteio, parametro))
    if sorteio.random() < 0.3:
        linha += ["-o", sorteio.choice(["json", "ndjson", "csv", "csv-excel", "tabela", "x"])]
    if sorteio.random() < 0.1:
        linha.insert(
            sorteio.randrange(len(linha) + 1), sorteio.choice(["--", "-", "--x", "", "--"])
        )
    return linha


def valor(sorteio: Random, parametro: Any) -> str:
    sorte = sorteio.random()
    if sorte < 0.6:
        return que_serve(parametro)
    if sorte < 0.8:
        return str(sorteio.choice([0, 1, 7, 29, 99, -1, 2**63, 10**30]))
    return sorteio.choice(CABEM)


def que_serve(parametro: Any) -> str:
    """Um valor da forma que a opção pede; número, se não se conhece outra."""
    oferecidos = getattr(parametro, "_custom_shell_complete", None)
    if oferecidos and (codigos := oferecidos(None, parametro, "")):
        return str(getattr(codigos[0], "value", codigos[0]))
    return SERVEM.get((parametro.metavar or "texto").lower(), "1")


def dizer(parametro: Any, dito: str) -> list[str]:
    if parametro.param_type_name == "argument":
        return [dito]
    if getattr(parametro, "is_flag", False):
        return [parametro.opts[0]]
    return [f"{parametro.opts[0]}={dito}"]
