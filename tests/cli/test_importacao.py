"""Os comandos `importar`: o que entra, o que fica de fora e o que se devolve a quem corrige."""

import errno
import json
import os
import re
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from oficina_cli import progresso
from oficina_cli.app import app
from oficina_cli.importacao import DE_PECAS, ESPECIES, ler
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.tabelas import metadata
from oficina_core.casos.portas import Oficina
from tests import cenario
from tests.cli.conftest import Pedir, Rodar

CASOS = int(os.environ.get("OFICINA_TESTE_CASOS", "500"))
CLIENTES = (
    "Nome;CPF;Telefone;Obs\n"
    "Ana;529.982.247-25;;boa\n"
    "Bia;111.111.111-11;;=SOMA(A1)\n"
    "Caio;;11 3456-7890;\n"
    "Caio;;11 3456-7890;de novo\n"
)


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    return tmp_path / "planilha.csv"


@pytest.fixture
def fora(tmp_path: Path) -> Path:
    return tmp_path / "de-fora.csv"


def test_sem_parcial_uma_linha_ruim_recusa_tudo_e_diz_como_trazer_o_resto(
    rodar: Rodar, pedir: Pedir, arquivo: Path
) -> None:
    arquivo.write_text(CLIENTES, "utf-8")
    recusa = rodar("cliente", "importar", str(arquivo))
    assert recusa.exit_code == 2
    assert "2 linhas com problema; nada foi importado" in recusa.stderr
    assert "repita com --parcial" in recusa.stderr
    assert pedir("cliente", "listar") == []


def test_parcial_traz_o_que_serve_devolve_o_resto_e_sai_com_2(
    rodar: Rodar, pedir: Pedir, arquivo: Path, fora: Path
) -> None:
    arquivo.write_text(CLIENTES, "utf-8")
    feito = rodar(
        *("cliente", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora), "-o", "json")
    )
    assert feito.exit_code == 2
    resumo = json.loads(feito.stdout)
    assert (resumo["novos"], [x["linha"] for x in resumo["recusadas"]]) == (2, [3, 5])
    assert "2 linhas ficaram de fora; estão em" in feito.stderr
    assert [cliente["nome"] for cliente in pedir("cliente", "listar")] == ["Ana", "Caio"]
    assert fora.read_text("utf-8-sig").splitlines() == [
        "Nome;CPF;Telefone;Obs;motivo da recusa",
        (
            "Bia;111.111.111-11;;'=SOMA(A1);"
            '"o campo documento: Esse CPF não existe: os dígitos não conferem; verifique."'
        ),
        "Caio;;11 3456-7890;de novo;Caio, (**) *****-7890, já está na linha 4",
    ]
    assert stat.S_IMODE(fora.stat().st_mode) == 0o600


def test_o_que_se_devolve_se_corrige_e_se_importa(
    rodar: Rodar, pedir: Pedir, arquivo: Path, fora: Path
) -> None:
    arquivo.write_text(CLIENTES, "utf-8")
    rodar("cliente", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora))
    corrigida = fora.read_text("utf-8-sig").replace("111.111.111-11", "123.456.789-09")
    fora.write_text(corrigida, "utf-8-sig")
    assert pedir("cliente", "importar", str(fora))["novos"] == 1
    assert len(pedir("cliente", "listar")) == 3


def test_o_que_a_oficina_recusa_tambem_se_devolve(
    oficina: Oficina, rodar: Rodar, arquivo: Path, fora: Path
) -> None:
    cenario.catalogo(oficina)
    arquivo.write_text("codigo;nome;preco\nFILTRO;Filtro;1,00\nNOVA;Nova;2,00\n", "utf-8")
    feito = rodar("peca", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora))
    assert feito.exit_code == 2
    _, devolvida = fora.read_text("utf-8-sig").splitlines()
    assert devolvida == "FILTRO;Filtro;1,00;o código FILTRO: preço R$ 35,00 → R$ 1,00"


def test_ndjson_recusado_se_devolve_em_ndjson(rodar: Rodar, arquivo: Path, fora: Path) -> None:
    arquivo.write_text(
        '{"codigo": "A", "nome": "x", "preco": 1.5, "minimo": -1}\n'
        '{"codigo": "B\\ud800", "nome": "x", "preco": 1}\n'
        '{"codigo": \n{"codigo": "C", "nome": "x", "preco": "1.00"}\n',
        "utf-8",
    )
    feito = rodar("peca", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora))
    assert feito.exit_code == 2
    devolvidas = [json.loads(linha) for linha in fora.read_text("utf-8").splitlines()]
    assert devolvidas[0]["preco"] == "1.5"
    assert devolvidas[0]["motivo"] == "O campo minimo não pode ser negativo."
    assert devolvidas[1]["codigo"] == "B\ud800"
    assert devolvidas[2]["linha"] == '{"codigo": '
    assert [x.linha for x in ler(fora, DE_PECAS).recusadas] == [1, 2, 3]


def test_kit_com_um_item_ruim_fica_inteiro_de_fora(
    oficina: Oficina, rodar: Rodar, pedir: Pedir, arquivo: Path, fora: Path
) -> None:
    cenario.catalogo(oficina)
    arquivo.write_text(
        "codigo;nome;tipo;item;qtd\n"
        "K1;Um;PECA;FILTRO;1\nK2;Dois;PECA;FILTRO;1\nk1;Um;PECA;PASTILHA;zero\n"
        "K3;Três;PECA;FILTRO;1\nK3;Três;PECA;NADA;1\n",
        "utf-8",
    )
    feito = rodar("kit", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora))
    assert feito.exit_code == 2
    assert {kit["codigo"] for kit in pedir("kit", "listar")} == {"K2", "TROCA-OLEO"}
    devolvidas = fora.read_text("utf-8-sig").splitlines()[1:]
    assert [linha.split(";")[0] for linha in devolvidas] == ["K1", "k1", "K3", "K3"]
    assert "kit K1: a linha 4, dele também, não serve" in devolvidas[0]


def test_parcial_sem_nenhuma_boa_nem_pede(rodar: Rodar, arquivo: Path) -> None:
    arquivo.write_text("Nome;CPF\nBia;111.111.111-11\n", "utf-8")
    feito = rodar("cliente", "importar", str(arquivo), "--parcial")
    assert feito.exit_code == 2
    assert "1 linha ficou de fora." in feito.stderr


def test_o_que_entrou_se_diz_ainda_que_as_rejeitadas_nao_caibam_no_disco(
    rodar: Rodar, pedir: Pedir, arquivo: Path, fora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encher(_: int) -> None:
        raise OSError(errno.ENOSPC, "sem espaço")

    arquivo.write_text(CLIENTES, "utf-8")
    monkeypatch.setattr("oficina_core.arquivos.os.fsync", encher)
    feito = rodar(
        *("cliente", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora), "-o", "json")
    )
    assert feito.exit_code == 7
    assert json.loads(feito.stdout)["novos"] == 2
    assert f"Não há espaço para gravar {fora}" in feito.stderr
    assert not fora.exists()
    assert [cliente["nome"] for cliente in pedir("cliente", "listar")] == ["Ana", "Caio"]


def test_sem_nada_de_fora_o_arquivo_nao_fica(rodar: Rodar, arquivo: Path, fora: Path) -> None:
    arquivo.write_text("Nome;CPF\nAna;529.982.247-25\n", "utf-8")
    feito = rodar("cliente", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora))
    assert feito.exit_code == 0
    assert not fora.exists()


def test_a_planilha_vem_tambem_pela_entrada_padrao(rodar: Rodar, pedir: Pedir) -> None:
    feito = rodar("cliente", "importar", "-", entrada="Nome;CPF\nAna;529.982.247-25\n")
    assert feito.exit_code == 0, feito.stderr
    assert [cliente["nome"] for cliente in pedir("cliente", "listar")] == ["Ana"]


def test_arquivo_que_ja_existe_nao_se_apaga_e_nada_se_importa(
    rodar: Rodar, pedir: Pedir, arquivo: Path
) -> None:
    arquivo.write_text(CLIENTES, "utf-8")
    feito = rodar("cliente", "importar", str(arquivo), "--parcial", "--rejeitadas", str(arquivo))
    assert feito.exit_code == 5
    assert f"Já existe {arquivo}; diga outro nome" in feito.stderr
    assert arquivo.read_text("utf-8") == CLIENTES
    assert pedir("cliente", "listar") == []
    feito = rodar("cliente", "importar", str(arquivo), "--parcial", "--rejeitadas", "/nada/x.csv")
    assert "confira se a pasta existe" in feito.stderr
    feito = rodar("cliente", "importar", str(arquivo), "--rejeitadas", "x.csv")
    assert "só se usa com --parcial" in feito.stderr


def test_simular_nao_escreve_as_rejeitadas_nem_manda_importar_so_elas(
    rodar: Rodar, arquivo: Path, fora: Path
) -> None:
    arquivo.write_text(CLIENTES, "utf-8")
    importar = ("cliente", "importar", str(arquivo), "--parcial", "--rejeitadas", str(fora))
    feito = rodar(*importar, "--simular")
    assert feito.exit_code == 2
    assert feito.stderr.endswith("Simulação: nada foi gravado; 2 linhas ficariam de fora.\n"), (
        feito.stderr
    )
    assert not fora.exists()
    assert rodar(*importar).exit_code == 2
    assert rodar(*importar, "--simular").exit_code == 5, "o nome já está tomado, e se diz antes"


def test_coluna_que_nao_se_le_se_diz(rodar: Rodar, arquivo: Path) -> None:
    arquivo.write_text("Nome;CPF;Nascimento;Cidade\nAna;529.982.247-25;1/2/1980;Itu\n", "utf-8")
    feito = rodar("cliente", "importar", str(arquivo))
    assert feito.exit_code == 0
    assert "não se leram as colunas Nascimento e Cidade" in feito.stderr
    exportada = rodar("cliente", "listar", "--revelar", "-o", "csv")
    arquivo.write_text(exportada.stdout, "utf-8")
    assert "não se le" not in rodar("cliente", "importar", str(arquivo)).stderr


def test_simular_diz_o_que_ficaria_de_fora(rodar: Rodar, pedir: Pedir, arquivo: Path) -> None:
    arquivo.write_text(CLIENTES, "utf-8")
    feito = rodar("cliente", "importar", str(arquivo), "--parcial", "--simular", "-o", "json")
    assert feito.exit_code == 2
    simulada = json.loads(feito.stdout)
    assert len(simulada["resultado"]["recusadas"]) == len(simulada["efeitos"]) == 2
    assert "Simulação: nada foi gravado; 2 linhas ficariam de fora." in feito.stderr
    assert pedir("cliente", "listar") == []


def test_o_que_se_entendeu_com_reserva_se_avisa(rodar: Rodar, arquivo: Path) -> None:
    arquivo.write_text("Nome;CPF\nAna;7148823056\n", "utf-8")
    feito = rodar("cliente", "importar", str(arquivo))
    assert feito.exit_code == 0
    assert "na linha 2, o documento veio sem os zeros da frente" in feito.stderr


def test_importar_veiculos_com_o_dono_dito_por_nome_e_telefone(
    rodar: Rodar, pedir: Pedir, arquivo: Path
) -> None:
    rodar("cliente", "criar", "--nome", "Zé", "--telefone", "11 3456-7890")
    arquivo.write_text(
        "Placa;Veículo;Proprietário;Fone\nabc 1234;VW/Gol 1.0;Zé;(11) 3456-7890\n", "utf-8"
    )
    assert pedir("veiculo", "importar", str(arquivo))["novos"] == 1
    assert pedir("veiculo", "ver", "ABC1C34")["cliente"] == "Zé"
    assert rodar("veiculo", "importar").exit_code == 2


ORDEM = (
    ("cliente", "--revelar"),
    ("veiculo", "--revelar"),
    ("peca",),
    ("servico",),
    ("kit", "--itens"),
)


@pytest.mark.parametrize("formato", ["csv", "csv-excel", "ndjson"])
def test_uma_oficina_inteira_se_leva_para_outra(
    oficina: Oficina, rodar: Rodar, tmp_path: Path, outra: Rodar, formato: str
) -> None:
    """O que uma exporta a outra importa; e o que a outra exporta é o mesmo."""
    cenario.catalogo(oficina)
    cenario.abrir(oficina)
    rodar("cliente", "criar", "--nome", "'=Zé", "--telefone", "11 3456-7890")
    rodar("veiculo", "criar", "--placa", "DEF4G56", "--marca", "VW", "--modelo", "Gol", *DO_ZE)
    for nome, *como in ORDEM:
        exportada = rodar(nome, "listar", *como, "--tudo", "-o", formato).stdout
        arquivo = tmp_path / nome
        arquivo.write_text(exportada, "utf-8", newline="")
        trazida = outra(nome, "importar", str(arquivo))
        assert trazida.exit_code == 0, trazida.stderr
        de_volta = outra(nome, "listar", *como, "--tudo", "-o", formato).stdout
        assert _sem_numero(de_volta, formato) == _sem_numero(exportada, formato)
        repetida = outra(nome, "importar", str(arquivo), "-o", "json").stdout
        assert json.loads(repetida)["novos"] == 0


DO_ZE = ("--cliente", "id:2")


def _sem_numero(texto: str, formato: str) -> list[Any]:
    if formato == "ndjson":
        return [json.loads(linha) | {"id": 0} for linha in texto.splitlines()]
    tem_id = texto.lstrip("\ufeff").startswith("id")
    separador = ";" if formato == "csv-excel" else ","
    return [linha.partition(separador)[2] if tem_id else linha for linha in texto.splitlines()]


@pytest.fixture
def outra(modelo_sqlite: Path, tmp_path: Path) -> Any:
    """Outra oficina, vazia."""
    arquivo = tmp_path / "outra.db"
    arquivo.write_bytes(modelo_sqlite.read_bytes())
    oficina = OficinaLocal.em(f"sqlite:///{arquivo}")

    def chamar(*argumentos: str) -> Result:
        return CliRunner().invoke(app, list(argumentos), prog_name="oficina", obj=oficina)

    yield chamar
    oficina.fechar()


class Terminal:
    """Uma saída de erros que é um terminal."""

    def __init__(self) -> None:
        self.escrito = ""

    def isatty(self) -> bool:
        return True

    def write(self, texto: str) -> int:
        self.escrito += texto
        return len(texto)

    def flush(self) -> None: ...


def test_o_andamento_so_se_ve_no_terminal_e_se_apaga(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progresso, "DEMORA", 0)
    monkeypatch.setattr(progresso, "PASSO", 0)
    assert list(progresso.contar("abc", "Lendo", 3)) == ["a", "b", "c"]
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progresso.contar("abc", "Lendo", 3)) == ["a", "b", "c"]
    assert "Lendo ██████░░░░░░░░░░░░░░ 1 de 3" in terminal.escrito
    assert terminal.escrito.endswith(progresso.APAGAR)
    with progresso.esperando("Importando"):
        assert terminal.escrito.endswith("Importando…")
    assert terminal.escrito.endswith(progresso.APAGAR)


BOAS = {
    "cliente": "id,nome,documento,telefone,email\n1,Ana,52998224725,'+5511987654321,a@b.co\n",
    "veiculo": "placa;marca;modelo;cpf\nABC1D23;VW;Gol;529.982.247-25\n",
    "peca": 'codigo;nome;preco;un;estoque\nA;"Peça; boa";10,50;un;3\nB;Óleo;1,00;l;2,5\n',
    "servico": "código\tserviço\tvalor\nOLEO\tTroca\t75,00\n",
    "kit": "codigo;nome;tipo;item;qtd\nK;Kit;PECA;FILTRO;1\n",
}
EM_NDJSON = {
    "cliente": '{"nome": "Ana", "documento": "52998224725", "telefone": null}\n',
    "veiculo": '{"placa": "ABC1D23", "marca": "VW", "modelo": "Gol", "documento": "52998224725"}\n',
    "peca": '{"codigo": "A", "nome": "Peça", "preco": "10.50", "estoque": 2.5, "unidade": "l"}\n',
    "servico": '{"codigo": "OLEO", "nome": "Troca", "preco": "75.00", "tempo_estimado": 30}\n',
    "kit": '{"codigo": "K", "nome": "Kit", "tipo": "PECA", "item": "FILTRO", "quantidade": 1}\n',
}
VENENOS = (
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"\\ud800",
    b"NaN",
    b"1e999",
    b"-",
    b"'",
    b"=cmd()",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"{",
    b"}" * 5,
    b'{"a":' * 3_000,
    b"[" * 3_000,
    b"9" * 5_000,
    b"PK\x03\x04",
    b"\x1b[2J",
    "\u202e".encode(),
    "x".encode("utf-16"),
    b'"nome": "outro", ',
)


def estragar(boa: bytes, sorte: Random) -> bytes:
    """De um a quatro estragos: corta, troca, repete ou põe veneno."""
    ruim = bytearray(boa)
    for _ in range(sorte.randint(1, 4)):
        onde = sorte.randrange(len(ruim) + 1)
        match sorte.randrange(5):
            case 0:
                del ruim[onde:]
            case 1:
                ruim[onde : onde + 1] = bytes([sorte.randrange(256)])
            case 2:
                ruim[onde:onde] = ruim[: sorte.randrange(len(ruim) + 1)]
            case _:
                ruim[onde:onde] = sorte.choice(VENENOS)
    return bytes(ruim)


class Bancada:
    """Uma oficina em arquivo: importa bytes, e conta tudo o que nela se gravou."""

    def __init__(self, pasta: Path, modelo: Path) -> None:
        self._arquivo, banco = pasta / "arquivo", pasta / "oficina.db"
        banco.write_bytes(modelo.read_bytes())
        self.oficina = OficinaLocal.em(f"sqlite:///{banco}")
        self._banco = sqlite3.connect(banco)

    def importar(self, nome: str, conteudo: bytes, *opcoes: str) -> Result:
        self._arquivo.write_bytes(conteudo)
        argumentos = [nome, "importar", str(self._arquivo), *opcoes]
        return CliRunner().invoke(app, argumentos, prog_name="oficina", obj=self.oficina)

    def gravado(self) -> tuple[int, ...]:
        contas = (f"SELECT COUNT(*) FROM {tabela}" for tabela in metadata.tables)  # noqa: S608
        return tuple(self._banco.execute(conta).fetchone()[0] for conta in contas)

    def fechar(self) -> None:
        self._banco.close()
        self.oficina.fechar()


@pytest.fixture(scope="module")
def bancada(modelo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bancada]:
    pronta = Bancada(tmp_path_factory.mktemp("estragos"), modelo_sqlite)
    cenario.catalogo(pronta.oficina)
    yield pronta
    pronta.fechar()


@settings(
    max_examples=CASOS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    nome=st.sampled_from([*BOAS]),
    de=st.sampled_from([BOAS, EM_NDJSON]),
    codificacao=st.sampled_from(["utf-8", "utf-8", "cp1252", "utf-16"]),
    semente=st.integers(0, 2**32),
    opcoes=st.sampled_from([(), ("--parcial",), ("--atualizar",)]),
)
def test_arquivo_estragado_nunca_quebra_nem_entra_pela_metade(
    *,
    bancada: Bancada,
    nome: str,
    de: dict[str, str],
    codificacao: str,
    semente: int,
    opcoes: tuple[str, ...],
) -> None:
    conteudo = estragar(de[nome].encode(codificacao), Random(semente))  # noqa: S311
    antes = bancada.gravado()
    feito = bancada.importar(nome, conteudo, *opcoes, "-o", "json")
    assert feito.exit_code in (0, 2, 3, 5, 6), (conteudo, feito.stderr, feito.exception)
    assert "Traceback" not in feito.output
    assert not {"\x1b", "\0", "\u202e"} & set(feito.output)
    if feito.exit_code and "--parcial" not in opcoes:
        assert re.match(r"(Aviso: .*\n)*Erro: ", feito.stderr)
        assert feito.stdout == ""
        assert bancada.gravado() == antes


@pytest.mark.parametrize("nome", BOAS)
@pytest.mark.parametrize("de", [BOAS, EM_NDJSON], ids=["csv", "ndjson"])
def test_o_que_se_estraga_era_bom(tmp_path: Path, nome: str, de: dict[str, str]) -> None:
    """Sem isto, a prova dos estragos nada provaria."""
    arquivo = tmp_path / "boa"
    arquivo.write_text(de[nome], "utf-8")
    plural = {"cliente": "clientes", "veiculo": "veiculos", "peca": "pecas", "kit": "kits"}
    ler(arquivo, ESPECIES[plural.get(nome, "servicos")]).exigir_inteira()
