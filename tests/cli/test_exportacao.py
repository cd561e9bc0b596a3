"""O que se exporta se importa de volta, igual: os cinco cadastros, em CSV e em NDJSON."""

import csv
import io
import os
import string
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import asdict
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oficina_cli.importacao import DE_PECAS, DE_SERVICOS, ESPECIES, ler
from oficina_cli.opcoes import Formato
from oficina_cli.saida import mostrar
from oficina_core.casos.clientes_importacao import LinhaClienteRevelado
from oficina_core.casos.kits_importacao import LinhaItemDeKit
from oficina_core.casos.paginas import Pagina
from oficina_core.casos.pecas import LinhaPeca
from oficina_core.casos.servicos import MINUTOS_MAXIMO, LinhaServico
from oficina_core.casos.veiculos_importacao import LinhaVeiculoRevelado
from oficina_core.dominio.dinheiro import REAIS_MAXIMO, Unidade
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.orcamento import TipoItem
from oficina_core.dominio.valores import CNPJ, CPF, Email, Placa, Telefone, nome
from oficina_core.dominio.veiculo import KM_MAXIMO
from oficina_core.texto import sem_acento

CASOS = int(os.environ.get("OFICINA_TESTE_CASOS", "200"))
AJUSTES = settings(
    max_examples=CASOS,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
HOSTIS = string.ascii_letters + string.digits + " áçõéÍ'\";,=+-@.%()[]/\\{}|*🚗中😀\u00a0\u0301"
CODIGOS = st.from_regex(r"[0-9A-Z][0-9A-Z._/\-]{0,29}", fullmatch=True)
REAIS = st.decimals(0, REAIS_MAXIMO, places=2)
QUANTIDADES = st.integers(0, 10**6).map(lambda base: Decimal(base) / 1000)
DIGITOS = st.text(string.digits, min_size=9, max_size=9).filter(lambda x: len(set(x)) > 1)
LETRAS_DE_CNPJ = st.text(string.digits + string.ascii_uppercase, min_size=12, max_size=12)


def nomes(maximo: int) -> st.SearchStrategy[str]:
    """Como o domínio os guarda; muitos começam como fórmula, com e sem os apóstrofos da guarda."""
    comecos = st.from_regex("'{0,3}[=+@-]?", fullmatch=True)
    textos = st.builds(str.__add__, comecos, st.text(HOSTIS, max_size=maximo - 4))
    return textos.map(lambda x: _no_dominio(x, maximo)).filter(bool)


def _no_dominio(texto: str, maximo: int) -> str:
    try:
        return nome(texto, maximo=maximo)
    except DadoInvalido:
        return ""


CPFS = DIGITOS.map(lambda base: CPF(base + CPF._verificadores(base)))
CNPJS = LETRAS_DE_CNPJ.filter(lambda base: len(set(base)) > 1).map(
    lambda base: CNPJ(base + CNPJ._verificadores(base))
)
TELEFONES = st.from_regex("[1-9][1-9](9[0-9]{8}|[2-5][0-9]{7})", fullmatch=True).map(Telefone)
EMAILS = st.from_regex(r"[a-z0-9=+'\-][a-z0-9._+\-]{0,20}@[a-z0-9\-]{1,9}\.com", fullmatch=True)
PLACAS = st.from_regex("[A-Z]{3}[0-9][0-9A-J][0-9]{2}", fullmatch=True).map(Placa)

LINHAS: dict[str, tuple[type, st.SearchStrategy[Any], str]] = {
    "pecas": (
        LinhaPeca,
        st.builds(
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
        ),
        "codigo",
    ),
    "servicos": (
        LinhaServico,
        st.builds(
            LinhaServico,
            id=st.just(1),
            codigo=CODIGOS,
            nome=nomes(120),
            preco=REAIS,
            tempo_estimado=st.integers(0, MINUTOS_MAXIMO),
            ativo=st.booleans(),
        ),
        "codigo",
    ),
    "clientes": (
        LinhaClienteRevelado,
        st.builds(
            LinhaClienteRevelado,
            id=st.just(1),
            nome=nomes(120),
            documento=CPFS | CNPJS,
            telefone=st.none() | TELEFONES,
            email=st.none() | EMAILS.map(Email),
            ativo=st.booleans(),
        )
        | st.builds(
            LinhaClienteRevelado,
            id=st.just(1),
            nome=nomes(120),
            documento=st.none(),
            telefone=TELEFONES,
            email=st.none() | EMAILS.map(Email),
            ativo=st.booleans(),
        ),
        "nome",
    ),
    "veiculos": (
        LinhaVeiculoRevelado,
        st.builds(
            LinhaVeiculoRevelado,
            id=st.just(1),
            placa=PLACAS,
            marca=nomes(40),
            modelo=nomes(60),
            ano=st.none() | st.integers(1885, 2100),
            cor=st.none() | nomes(30),
            km=st.none() | st.integers(0, KM_MAXIMO),
            cliente=nomes(120),
            documento=st.none() | CPFS | CNPJS,
            telefone=TELEFONES,
            ativo=st.booleans(),
        ),
        "placa",
    ),
}
ITENS = st.builds(
    LinhaItemDeKit,
    codigo=CODIGOS,
    nome=nomes(120),
    tipo=st.sampled_from(TipoItem),
    item=CODIGOS,
    quantidade=st.integers(1, 10**6).map(lambda base: Decimal(base) / 1000),
)


def exportar(caminho: Path, linhas: Iterable[Any], tipo: Any, formato: Formato) -> None:
    saida = io.StringIO(newline="")
    with redirect_stdout(saida):
        mostrar(Pagina(itens=tuple(linhas)), Pagina[tipo], formato, "")
    caminho.write_bytes(saida.getvalue().encode())


@pytest.mark.parametrize("formato", [Formato.CSV, Formato.CSV_EXCEL, Formato.NDJSON])
@pytest.mark.parametrize("cadastro", LINHAS)
@AJUSTES
@given(dados=st.data())
def test_cadastro(tmp_path: Path, cadastro: str, formato: Formato, dados: st.DataObject) -> None:
    caminho = tmp_path / "exportada"
    tipo, estrategia, chave = LINHAS[cadastro]
    unicas = st.lists(estrategia, min_size=1, max_size=4, unique_by=_canonica(chave))
    exportadas = dados.draw(unicas)
    exportar(caminho, exportadas, tipo, formato)
    lida: Any = ler(caminho, ESPECIES[cadastro])
    lida.exigir_inteira()
    for importada, exportada in zip(lida.linhas, exportadas, strict=True):
        dita = asdict(exportada)
        if cadastro == "veiculos":
            dita["cliente_id"] = dita.pop("documento")
        for campo in dita.keys() & asdict(importada).keys():
            assert getattr(importada, campo) == dita[campo], campo


def _canonica(chave: str) -> Any:
    if chave == "placa":
        return lambda linha: linha.placa.canonica
    if chave == "nome":
        return lambda linha: linha.documento or (sem_acento(linha.nome), linha.telefone)
    return attrgetter(chave)


@pytest.mark.parametrize("formato", [Formato.CSV, Formato.CSV_EXCEL, Formato.NDJSON])
@AJUSTES
@given(itens=st.lists(ITENS, min_size=1, max_size=6))
def test_kits(tmp_path: Path, formato: Formato, itens: list[LinhaItemDeKit]) -> None:
    caminho = tmp_path / "exportada"
    exportar(caminho, itens, LinhaItemDeKit, formato)
    kits: dict[str, Any] = {kit.codigo: kit for kit in ler(caminho, ESPECIES["kits"]).linhas}
    assert list(kits) == list(dict.fromkeys(item.codigo for item in itens))
    for item in itens:
        kit = kits[item.codigo]
        guardados = kit.pecas if item.tipo is TipoItem.PECA else kit.servicos
        assert (item.item, item.quantidade) in [(g.id, g.quantidade) for g in guardados]
        assert kit.nome == next(i.nome for i in itens if i.codigo == item.codigo)
    assert sum(len(kit.pecas) + len(kit.servicos) for kit in kits.values()) == len(itens)


@pytest.mark.parametrize(
    "texto", ["=1+1", "'=1+1", "''-2", "'@x", "'aspas'", "+", "'", "''", "007", "'007"]
)
def test_o_que_se_exporta_nunca_e_formula_e_volta_igual(tmp_path: Path, texto: str) -> None:
    caminho = tmp_path / "servicos.csv"
    servico = LinhaServico(
        id=1, codigo="X", nome=texto, preco=Decimal(1), tempo_estimado=0, ativo=True
    )
    for formato, separador in ((Formato.CSV, ","), (Formato.CSV_EXCEL, ";")):
        exportar(caminho, [servico], LinhaServico, formato)
        escrito = io.StringIO(caminho.read_text("utf-8-sig"))
        (linha,) = csv.DictReader(escrito, delimiter=separador)
        assert linha["nome"][0] not in "=+-@"
        (lido,) = ler(caminho, DE_SERVICOS).linhas
        assert lido.nome == texto


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
