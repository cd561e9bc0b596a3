"""O que se exporta em CSV se importa de volta, igual."""

import csv
import io
import string
from contextlib import redirect_stdout
from decimal import Decimal
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oficina_cli.importacao import DE_PECAS, DE_SERVICOS, ler
from oficina_cli.opcoes import Formato
from oficina_cli.saida import mostrar
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.pecas import LinhaPeca
from oficina_core.casos.servicos import MINUTOS_MAXIMO, LinhaServico
from oficina_core.dominio.dinheiro import REAIS_MAXIMO, Unidade
from oficina_core.dominio.erros import DadoInvalido

LETRAS = string.ascii_letters + string.digits + " áçõéÍ'\";,=+-@.%()[]/"
CODIGOS = st.from_regex(r"[0-9A-Z][0-9A-Z._/\-]{0,29}", fullmatch=True)
REAIS = st.decimals(0, REAIS_MAXIMO, places=2)
QUANTIDADES = st.integers(0, 10**6).map(lambda base: Decimal(base) / 1000)
AJUSTES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def nomes(maximo: int) -> st.SearchStrategy[str]:
    """Textos de uma linha; muitos começam como fórmula, com e sem os apóstrofos da guarda."""
    comecos = st.from_regex("'{0,3}[=+@-]?", fullmatch=True)
    textos = st.builds(str.__add__, comecos, st.text(LETRAS, max_size=maximo - 4))
    return textos.map(lambda x: " ".join(x.split())).filter(bool)


PECAS = st.builds(
    LinhaPeca,
    id=st.just(1),
    codigo=CODIGOS,
    nome=nomes(120),
    unidade=st.just(Unidade.L),
    preco=REAIS,
    estoque=QUANTIDADES,
    disponivel=QUANTIDADES,
    minimo=QUANTIDADES,
    localizacao=st.none() | nomes(30),
    ativo=st.booleans(),
)
SERVICOS = st.builds(
    LinhaServico,
    id=st.just(1),
    codigo=CODIGOS,
    nome=nomes(120),
    preco=REAIS,
    tempo_estimado=st.integers(0, MINUTOS_MAXIMO),
    ativo=st.booleans(),
)


def exportar(caminho: Path, pagina: Pagina[LinhaPeca] | Pagina[LinhaServico], tipo: object) -> None:
    saida = io.StringIO(newline="")
    with redirect_stdout(saida):
        mostrar(pagina, tipo, Formato.CSV, "")
    caminho.write_bytes(saida.getvalue().encode())


@AJUSTES
@given(pecas=st.lists(PECAS, min_size=1, max_size=5, unique_by=attrgetter("codigo")))
def test_pecas(tmp_path: Path, pecas: list[LinhaPeca]) -> None:
    caminho = tmp_path / "pecas.csv"
    exportar(caminho, Pagina(itens=tuple(pecas), proximo=None), Pagina[LinhaPeca])
    for lida, peca in zip(ler(caminho, DE_PECAS).linhas, pecas, strict=True):
        for campo in ("codigo", "nome", "unidade", "preco", "estoque", "minimo", "localizacao"):
            assert getattr(lida, campo) == getattr(peca, campo)


@AJUSTES
@given(servicos=st.lists(SERVICOS, min_size=1, max_size=5, unique_by=attrgetter("codigo")))
def test_servicos(tmp_path: Path, servicos: list[LinhaServico]) -> None:
    caminho = tmp_path / "servicos.csv"
    exportar(caminho, Pagina(itens=tuple(servicos), proximo=None), Pagina[LinhaServico])
    for lido, servico in zip(ler(caminho, DE_SERVICOS).linhas, servicos, strict=True):
        for campo in ("codigo", "nome", "preco", "tempo_estimado"):
            assert getattr(lido, campo) == getattr(servico, campo)


@pytest.mark.parametrize("nome", ["=1+1", "'=1+1", "''-2", "'@x", "'aspas'", "+", "'", "''"])
def test_o_que_se_exporta_nunca_e_formula_e_volta_igual(tmp_path: Path, nome: str) -> None:
    caminho = tmp_path / "servicos.csv"
    servico = LinhaServico(
        id=1, codigo="X", nome=nome, preco=Decimal(1), tempo_estimado=0, ativo=True
    )
    exportar(caminho, Pagina(itens=(servico,), proximo=None), Pagina[LinhaServico])
    (linha,) = csv.DictReader(io.StringIO(caminho.read_text("utf-8")))
    assert linha["nome"][0] not in "=+-@"
    (lido,) = ler(caminho, DE_SERVICOS).linhas
    assert lido.nome == nome


@pytest.mark.parametrize(
    "cabecalho", ["id;codigo;nome;un;preco;estoque", "codigo,id,nome,un,preco,estoque"]
)
def test_ponto_decimal_so_se_aceita_da_nossa(tmp_path: Path, cabecalho: str) -> None:
    caminho = tmp_path / "alheia.csv"
    linha = "1;OLEO;Óleo;l;34.90;1.234" if ";" in cabecalho else "OLEO,1,Óleo,l,34.90,1.234"
    caminho.write_text(f"{cabecalho}\n{linha}\n", "utf-8")
    with pytest.raises(DadoInvalido) as erro:
        ler(caminho, DE_PECAS).exigir_inteira()
    assert "Use vírgula para os centavos" in erro.value.detalhes[0]
