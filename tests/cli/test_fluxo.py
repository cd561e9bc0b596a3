"""Muitos de uma vez: `criar -` lê uma linha de JSON por registro, e responde a cada uma."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oficina_core.casos.portas import Oficina
from oficina_core.catalogo import CORPO, ROTAS
from tests.cenario import catalogo
from tests.cli import test_ajuda
from tests.cli.conftest import Pedir, Rodar


def linhas(*corpos: Any) -> str:
    return "".join(f"{c if isinstance(c, str) else json.dumps(c)}\n" for c in corpos)


def peca(codigo: str, **outros: Any) -> dict[str, Any]:
    return {"codigo": codigo, "nome": f"Peça {codigo}", "preco": "10.00"} | outros


def respostas(saida: str) -> list[dict[str, Any]]:
    return [json.loads(linha) for linha in saida.splitlines()]


def test_cada_linha_e_um_registro_e_uma_resposta(rodar: Rodar, pedir: Pedir) -> None:
    entrada = linhas(peca("A1"), "", peca("A2", unidade="l"))
    resposta = rodar("peca", "criar", "-", entrada=entrada)
    assert (resposta.exit_code, resposta.stderr) == (0, "")
    feitas = respostas(resposta.stdout)
    assert [(f["linha"], f["resultado"]["codigo"]) for f in feitas] == [(1, "A1"), (3, "A2")]
    assert [p["codigo"] for p in pedir("peca", "listar")] == ["A1", "A2"]


def test_a_linha_ruim_diz_por_que_e_as_outras_seguem(rodar: Rodar, pedir: Pedir) -> None:
    entrada = linhas(
        peca("A1"), "nada", peca("a 2"), peca("A1"), peca("A3", cor="azul"), peca("A4")
    )
    resposta = rodar("peca", "criar", "-", entrada=entrada)
    assert resposta.exit_code == 2
    erros = {f["linha"]: f["erro"] for f in respostas(resposta.stdout) if "erro" in f}
    assert {n: e["codigo"] for n, e in erros.items()} == {
        2: "dado_invalido",
        3: "dado_invalido",
        4: "conflito",
        5: "dado_invalido",
    }
    assert erros[3]["campo"] == "codigo"
    assert [p["codigo"] for p in pedir("peca", "listar")] == ["A1", "A4"]


def test_com_a_mesma_chave_nada_se_grava_duas_vezes(
    oficina: Oficina, rodar: Rodar, pedir: Pedir
) -> None:
    catalogo(oficina)
    entrada = linhas({"peca_id": "FILTRO", "quantidade": 5}, {"peca_id": "FILTRO", "quantidade": 1})
    antes = pedir("peca", "ver", "FILTRO")["estoque"]
    uma = rodar("estoque", "entrada", "-", "--chave", "entrada-de-hoje", entrada=entrada)
    outra = rodar("estoque", "entrada", "-", "--chave", "entrada-de-hoje", entrada=entrada)
    assert uma.stdout == outra.stdout
    assert pedir("peca", "ver", "FILTRO")["estoque"] == antes + 6


def test_simular_nao_grava_nenhuma(rodar: Rodar, pedir: Pedir) -> None:
    resposta = rodar("peca", "criar", "-", "--simular", entrada=linhas(peca("A1"), peca("A2")))
    assert resposta.exit_code == 0
    assert respostas(resposta.stdout)[0]["resultado"]["efeitos"]
    assert pedir("peca", "listar") == []


def test_a_linha_sem_fim_se_recusa_e_as_outras_seguem(rodar: Rodar, pedir: Pedir) -> None:
    entrada = linhas("x" * (CORPO + 10), peca("A1"))
    resposta = rodar("peca", "criar", "-", entrada=entrada)
    assert resposta.exit_code == 2
    ruim, boa = respostas(resposta.stdout)
    assert "1 MiB" in ruim["erro"]["mensagem"]
    assert (boa["linha"], boa["resultado"]["codigo"]) == (2, "A1")


def test_texto_alheio_nao_comanda_o_terminal(rodar: Rodar) -> None:
    entrada = linhas(peca("A1", nome="x\u2028y"), peca("A2", nome="a\x1b[2Jb"), {"\x1b[2J": 1})
    resposta = rodar("peca", "criar", "-", entrada=entrada)
    assert not set(resposta.stdout) & {"\x1b", "\u2028"}


def test_todo_comando_que_cria_aceita_muitos() -> None:
    """Menos a importação, que já são muitos em um pedido só."""
    criam = {
        caso
        for caso, rota in ROTAS.items()
        if rota.verbo and rota.status == 201 and rota.limite == CORPO
    }
    aceitam = [c for c in map(test_ajuda.comando, test_ajuda.TODOS) if c.em_fluxo]
    assert {comando.responde for comando in aceitam} == criam
    assert all(comando.em_fluxo().help for comando in aceitam)


def test_o_que_nao_cria_nao_aceita(rodar: Rodar) -> None:
    assert rodar("peca", "listar", "-").exit_code == 0
    assert rodar("loja", "listar", "-").exit_code == 2


@pytest.mark.parametrize("chave", ["x" * 60, "curta"])
def test_a_chave_que_nao_serve_se_recusa_antes_da_primeira_linha(
    chave: str, rodar: Rodar, pedir: Pedir
) -> None:
    resposta = rodar("peca", "criar", "-", "--chave", chave, entrada=linhas(peca("A1")))
    assert resposta.exit_code == 2
    assert pedir("peca", "listar") == []


@pytest.mark.skipif(sys.platform == "win32", reason="canos do Unix")
def test_quem_para_de_ler_as_respostas_sabe_que_o_resto_nao_se_fez(tmp_path: Path) -> None:
    leitura, escrita = os.pipe()
    os.close(leitura)
    feito = subprocess.run(
        [sys.executable, "-m", "oficina_cli", "peca", "criar", "-", "--chave", "lote-de-hoje"],
        input=linhas(peca("A1"), peca("A2")).encode(),
        stdout=escrita,
        stderr=subprocess.PIPE,
        env={**os.environ, "OFICINA_BANCO": str(tmp_path / "x.db")},
        check=False,
    )
    os.close(escrita)
    assert feito.returncode == 7
    assert "Parou na linha 1" in feito.stderr.decode()
    assert "--chave lote-de-hoje" in feito.stderr.decode()
