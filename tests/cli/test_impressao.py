"""O que se imprime, do jeito que se pede."""

import sys
from pathlib import Path

import pytest

from oficina_cli import impressao
from oficina_core.casos.orcamentos import VerOrcamento
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.erros import DadoInvalido
from tests.cenario import catalogo, enviado
from tests.cli.conftest import Pedir, Rodar


@pytest.fixture
def orcamento(oficina: Oficina) -> str:
    """O número de um orçamento enviado."""
    catalogo(oficina)
    return str(enviado(oficina).id)


@pytest.fixture
def ordem(oficina: Oficina, orcamento: str) -> str:
    """O da ordem dele."""
    return str(oficina.executar(VerOrcamento(orcamento_id=int(orcamento))).ordem_id)


@pytest.fixture(autouse=True)
def pasta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Onde se está, vazia."""
    vazia = tmp_path / "pasta"
    vazia.mkdir()
    monkeypatch.chdir(vazia)
    return vazia


def nomes(pasta: Path) -> list[str]:
    return sorted(arquivo.name for arquivo in pasta.iterdir())


def test_o_pdf_fica_nesta_pasta_com_o_numero(
    rodar: Rodar, pasta: Path, orcamento: str, ordem: str
) -> None:
    pedidos = {
        f"entrada-{ordem}.pdf": ("os", "pdf", ordem, "--via", "entrada"),
        f"orcamento-{orcamento}.pdf": ("orcamento", "pdf", orcamento),
        f"ordem-{ordem}.pdf": ("ordem", "pdf", ordem),
    }
    for nome, pedido in pedidos.items():
        resposta = rodar(*pedido)
        assert (resposta.exit_code, resposta.stdout) == (0, f"Arquivo  {nome}\n")
        assert (pasta / nome).read_bytes().startswith(b"%PDF-")
        assert (pasta / nome).stat().st_mode & 0o077 == 0
    assert nomes(pasta) == list(pedidos)


def test_o_arquivo_que_ja_existe_so_se_troca_pedindo(
    rodar: Rodar, pedir: Pedir, pasta: Path, orcamento: str
) -> None:
    arquivo = pasta / "meu.pdf"
    arquivo.write_text("outra coisa")
    resposta = rodar("orcamento", "pdf", orcamento, "meu.pdf")
    assert resposta.exit_code == 5
    assert "Já existe meu.pdf; diga outro nome." in resposta.stderr
    assert "Para isso, repita com --sobrescrever" in resposta.stderr
    assert arquivo.read_text() == "outra coisa"
    assert pedir("orcamento", "pdf", orcamento, "meu.pdf", "--sobrescrever") == {
        "arquivo": "meu.pdf"
    }
    assert arquivo.read_bytes().startswith(b"%PDF-")
    assert nomes(pasta) == ["meu.pdf"]


def test_o_pdf_sai_tambem_pela_saida_padrao(rodar: Rodar, pasta: Path, orcamento: str) -> None:
    resposta = rodar("orcamento", "pdf", orcamento, "-")
    assert resposta.exit_code == 0
    assert resposta.stdout_bytes.startswith(b"%PDF-")
    assert nomes(pasta) == []


def test_no_terminal_o_pdf_nao_se_despeja(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(DadoInvalido, match="O PDF não se lê no terminal"):
        impressao.escolher(Path("-"), sobrescrever=False)


@pytest.mark.parametrize(
    ("argumentos", "codigo", "frase"),
    [
        (["orcamento", "pdf", "NÚMERO", "nenhuma/x.pdf"], 2, "confira se a pasta existe"),
        (["orcamento", "pdf", "NÚMERO", "x" * 300], 2, "Não deu para gravar"),
        (["orcamento", "pdf", "NÚMERO", "."], 5, "diga outro nome"),
        (["orcamento", "pdf", "99999"], 3, "Não há orçamento 99999"),
        (["ordem", "pdf", "99999"], 3, "Não há ordem 99999"),
        (["ordem", "pdf", "1", "--via", "outra"], 2, "Escolha um de: ordem"),
        (["ordem", "imprimir", "99999"], 3, "Não há ordem 99999"),
        (["orcamento", "imprimir", "NÚMERO", "-o", "csv"], 2, "não cabe em CSV; use -o json"),
        (["orcamento", "imprimir", "NÚMERO", "-o", "csv-excel"], 2, "não cabe em CSV; use -o json"),
    ],
)
def test_o_que_nao_se_faz_se_diz_e_nada_fica(
    rodar: Rodar, orcamento: str, argumentos: list[str], codigo: int, frase: str
) -> None:
    resposta = rodar(*(orcamento if dito == "NÚMERO" else dito for dito in argumentos))
    assert resposta.exit_code == codigo
    assert frase in resposta.stderr
    assert nomes(Path()) == []


def test_sem_o_extra_se_diz_o_que_instalar(
    rodar: Rodar, pasta: Path, orcamento: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)
    resposta = rodar("orcamento", "pdf", orcamento)
    assert resposta.exit_code == 2
    assert "pip install 'oficina[pdf]'" in resposta.stderr
    assert rodar("orcamento", "imprimir", orcamento).exit_code == 0
    assert nomes(pasta) == []


def test_a_bobina_sai_em_texto(rodar: Rodar, orcamento: str, ordem: str) -> None:
    proposta = rodar("orcamento", "imprimir", orcamento)
    assert proposta.exit_code == 0
    assert f" Orçamento nº {orcamento}\n" in proposta.stdout
    assert "  OLEO-5W30 3,5 l x 39,90                 139,65\n" in proposta.stdout
    assert "TOTAL                                  R$ 249,65\n" in proposta.stdout
    inteira = rodar("ordem", "imprimir", ordem)
    assert "Aguardando aprovação, válido até" in inteira.stdout
    entrada = rodar("ordem", "imprimir", ordem, "--via", "entrada")
    assert "Queixa: Barulho no freio\n" in entrada.stdout
    assert "R$" not in entrada.stdout


def test_a_um_programa_se_da_a_ficha(pedir: Pedir, orcamento: str, ordem: str) -> None:
    ficha = pedir("orcamento", "imprimir", orcamento)
    assert ficha["documento"] == "52998224725"
    assert ficha["orcamentos"][0]["itens"][0]["codigo"] == "OLEO"
    assert pedir("ordem", "imprimir", ordem)["ordem"]["id"] == int(ordem)
