"""O que o titular dos dados pede, pela linha de comando: o arquivo dele, e ser esquecido."""

import json
import stat
from pathlib import Path

import pytest

from oficina_cli import pergunta
from oficina_core.casos import clientes_exportacao
from oficina_core.casos.clientes import FichaCliente, VerCliente
from oficina_core.casos.portas import Oficina
from tests import cenario
from tests.cli.conftest import Rodar

NOME = "Ana Conceição"


@pytest.fixture
def ana(oficina: Oficina, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FichaCliente:
    monkeypatch.chdir(tmp_path)
    cenario.catalogo(oficina)
    return cenario.cliente(oficina)


def nome(oficina: Oficina, ana: FichaCliente) -> str:
    return oficina.executar(VerCliente(cliente_id=ana.id)).nome


def digitar(monkeypatch: pytest.MonkeyPatch, dito: str) -> None:
    monkeypatch.setattr(pergunta, "ha_alguem", lambda: True)
    monkeypatch.setattr(pergunta, "_ouvir", lambda: f"{dito}\n")


def test_o_arquivo_nasce_so_de_quem_o_fez_com_todas_as_partes(
    rodar: Rodar, oficina: Oficina, ana: FichaCliente, monkeypatch: pytest.MonkeyPatch
) -> None:
    for placa in ("AAA1A11", "BBB2B22", "CCC3C33"):
        cenario.veiculo(oficina, placa)
        cenario.abrir(oficina, placa=placa, cliente=None, veiculo=None)
    monkeypatch.setattr(clientes_exportacao, "PARTE", 2)
    resposta = rodar("cliente", "exportar", cenario.CPF_ANA)
    assert (resposta.exit_code, resposta.stdout) == (0, "")
    arquivo = Path(f"cliente-{ana.id}.json")
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600
    documento = json.loads(arquivo.read_text(encoding="utf-8"))
    assert (documento["formato"], documento["cliente"]["nome"]) == ("oficina/cliente/1", NOME)
    assert [len(documento[s]) for s in ("veiculos", "ordens", "orcamentos")] == [3, 3, 0]
    assert "proximo" not in documento


def test_o_arquivo_que_existe_fica_como_esta_e_nada_se_pede(
    rodar: Rodar, oficina: Oficina, ana: FichaCliente
) -> None:
    Path("dados.json").write_text("outro")
    resposta = rodar("cliente", "exportar", f"id:{ana.id}", "dados.json")
    assert (resposta.exit_code, Path("dados.json").read_text()) == (5, "outro")
    assert "Já existe dados.json; diga outro nome" in resposta.stderr
    for argumentos, motivo in (
        (("nao/ha/dados.json",), "confira se a pasta existe"),
        (("x.json", "-o", "csv"), "sempre JSON"),
    ):
        resposta = rodar("cliente", "exportar", f"id:{ana.id}", *argumentos)
        assert resposta.exit_code == 2
        assert motivo in resposta.stderr
    assert oficina.executar(VerCliente(cliente_id=ana.id)).versao == 1, "não se exportou nada"


def test_o_que_nao_da_certo_nao_deixa_arquivo(rodar: Rodar, ana: FichaCliente) -> None:
    assert rodar("cliente", "exportar", f"id:{ana.id + 1}", "dados.json").exit_code == 3
    assert list(Path().glob("*.json")) == []


def test_o_documento_cabe_em_um_cano(rodar: Rodar, ana: FichaCliente) -> None:
    resposta = rodar("cliente", "exportar", f"id:{ana.id}", "-")
    assert json.loads(resposta.stdout)["cliente"]["documento"] == "52998224725"
    assert list(Path().glob("*.json")) == []


def anonimizar(rodar: Rodar, ana: FichaCliente, *mais: str) -> tuple[int, str]:
    resposta = rodar("cliente", "anonimizar", f"id:{ana.id}", "--motivo", "pediu", *mais)
    return resposta.exit_code, resposta.stderr


def test_so_anonimiza_quem_digita_o_nome(
    rodar: Rodar, oficina: Oficina, ana: FichaCliente, monkeypatch: pytest.MonkeyPatch
) -> None:
    for dito in ("", "s", "Ana", "Ana Conceição da Silva"):
        digitar(monkeypatch, dito)
        codigo, erro = anonimizar(rodar, ana)
        assert (codigo, nome(oficina, ana)) == (2, NOME)
        assert "não se desfaz" in erro
        assert "nada foi feito" in erro
    digitar(monkeypatch, "  ana   conceicao ")
    assert anonimizar(rodar, ana)[0] == 0
    assert nome(oficina, ana) == f"Cliente anonimizado {ana.id}"


@pytest.mark.parametrize("mais", [(), ("--sem-perguntas",)])
def test_sem_ninguem_a_perguntar_diz_como_confirmar(
    rodar: Rodar, oficina: Oficina, ana: FichaCliente, mais: tuple[str, ...]
) -> None:
    codigo, erro = anonimizar(rodar, ana, *mais)
    assert (codigo, nome(oficina, ana)) == (2, NOME)
    assert "--confirmar" in erro
    codigo, erro = anonimizar(rodar, ana, *mais, "--confirmar", "Bia")
    assert (codigo, nome(oficina, ana)) == (2, NOME)
    assert f"cliente ver id:{ana.id}" in erro
    assert anonimizar(rodar, ana, *mais, "--confirmar", NOME)[0] == 0
    assert anonimizar(rodar, ana, *mais)[0] == 0, "de quem já não tem nome, não se pede"


def test_simular_mostra_os_efeitos_sem_perguntar(
    rodar: Rodar, oficina: Oficina, ana: FichaCliente
) -> None:
    cenario.veiculo(oficina)
    resposta = rodar("cliente", "anonimizar", f"id:{ana.id}", "--motivo", "pediu", "--simular")
    assert resposta.exit_code == 0
    assert "Textos limpos" in resposta.stdout
    assert "ativo: sim → não" in resposta.stdout
    assert nome(oficina, ana) == NOME


def test_quem_ainda_tem_ordem_diz_qual_e_o_que_fazer(
    rodar: Rodar, oficina: Oficina, ana: FichaCliente
) -> None:
    ordem = cenario.abrir(oficina)
    codigo, erro = anonimizar(rodar, ana, "--confirmar", NOME)
    assert codigo == 5
    assert f"ordem {ordem.id}, recebida: falta começar o diagnóstico" in erro
    assert f"oficina ordem diagnosticar {ordem.id}" in erro


def test_o_historico_diz_o_que_mudou_sem_o_que_se_escreveu(
    rodar: Rodar, oficina: Oficina, ana: FichaCliente
) -> None:
    ordem = cenario.abrir(oficina, queixa="Ana ouve um barulho", km=50_000)
    historico = rodar("ordem", "historico", str(ordem.id)).stdout
    assert "queixa; km na entrada: 50000" in historico
    assert "barulho" not in historico
