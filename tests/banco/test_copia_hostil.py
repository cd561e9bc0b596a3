"""Um arquivo que não é uma cópia inteira se recusa com uma frase, e nada muda no destino.

O que se estraga à sorte é o arquivo; o que se forja tem o resumo certo, como o faria quem quisesse
enganar.
"""

import gzip
import json
import os
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from oficina_core.banco import copia, formato, manutencao, restauracao
from oficina_core.banco import molde as molde_do_banco
from oficina_core.banco.local import OficinaLocal
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel
from tests.banco.casa_cheia import povoar

SORTEIOS = 500
SEMENTE = 20261126

Linhas: TypeAlias = list[Any]


@pytest.fixture(scope="module")
def banco(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('banco') / 'oficina.db'}"
    oficina = OficinaLocal.em(url)
    povoar(oficina)
    oficina.fechar()
    return url


@pytest.fixture(scope="module")
def boa(banco: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    arquivo = tmp_path_factory.mktemp("boa") / "boa.gz"
    copia.guardar(banco, arquivo)
    return arquivo.read_bytes()


@pytest.fixture(scope="module")
def molde(boa: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As migrações levam meio segundo, e são as mesmas para os quinhentos."""
    arquivo = tmp_path_factory.mktemp("molde") / "boa.gz"
    arquivo.write_bytes(boa)
    aceita = restauracao.conferir(f"sqlite:///{arquivo.parent}/x.db", arquivo).aceita
    with pytest.MonkeyPatch.context() as troca:
        troca.setattr(molde_do_banco, "_da_revisao", _ja_vista(aceita, boa))
        yield


def _ja_vista(aceita: Any, boa: bytes) -> Callable[[str], Any]:
    tabelas = json.loads(gzip.decompress(boa).splitlines()[0])["tabelas"]
    vista = {nome: dict(zip(tabelas[nome], aceita[nome], strict=True)) for nome in tabelas}
    de_verdade = molde_do_banco._da_revisao
    do_programa = manutencao.revisao_do_programa()
    return lambda revisao: vista if revisao == do_programa else de_verdade(revisao)


def _estragar(boa: bytes, sorte: random.Random) -> bytes:
    """Corta, troca uns bytes, ou põe outros no meio."""
    onde = sorte.randrange(len(boa))
    match sorte.randrange(4):
        case 0:
            return boa[:onde]
        case 1:
            return boa[:onde] + bytes([boa[onde] ^ sorte.randrange(1, 256)]) + boa[onde + 1 :]
        case 2:
            return boa[:onde] + sorte.randbytes(sorte.randrange(1, 64)) + boa[onde:]
        case _:
            return boa[:onde] + boa[min(len(boa), onde + sorte.randrange(1, 64)) :]


def _o_mesmo(estragada: bytes, boa: bytes) -> bool:
    """O gzip tem bytes que nada dizem, como a hora: mudá-los não muda a cópia."""
    try:
        return gzip.decompress(estragada) == gzip.decompress(boa)
    except (OSError, EOFError, zlib.error):
        return False


@pytest.mark.usefixtures("molde")
def test_quinhentos_arquivos_estragados_se_recusam_com_uma_frase(
    boa: bytes, tmp_path: Path
) -> None:
    sorte = random.Random(SEMENTE)  # noqa: S311 — sorteio, não segredo
    arquivo, destino = tmp_path / "copia.gz", tmp_path / "oficina.db"
    recusadas = 0
    for vez in range(SORTEIOS):
        estragada = _estragar(boa, sorte)
        if _o_mesmo(estragada, boa):
            continue
        arquivo.write_bytes(estragada)
        with pytest.raises(ErroOficina) as recusa:
            restauracao.conferir(f"sqlite:///{destino}", arquivo)
        assert str(recusa.value) in _FRASES, (vez, recusa.value)
        recusadas += 1
    assert recusadas > SORTEIOS * 0.95
    assert not destino.exists()


_FRASES = {formato.ESTRANHO, formato.INCOMPLETA, formato.DANIFICADA}


def test_o_que_nunca_foi_copia_diz_se_que_nao_e(banco: str, tmp_path: Path) -> None:
    estranhos = {
        "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "sqlite": Path(banco.removeprefix("sqlite:///")).read_bytes(),
        "outro gzip": gzip.compress(b"uma carta\n" * 50),
        "json": gzip.compress(b'{"formato":"outro"}\n'),
        "lista": gzip.compress(b"[]\n"),
        "texto": b"uma carta\n",
        "sem fim de linha": gzip.compress(b"x" * (formato.CABECALHO_MAXIMO + 10)),
    }
    for nome, conteudo in estranhos.items():
        (tmp_path / "x").write_bytes(conteudo)
        with pytest.raises(DadoInvalido, match="não é uma cópia"):
            restauracao.conferir(banco, tmp_path / "x")
        assert nome
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(DadoInvalido, match="incompleta"):
        restauracao.conferir(banco, tmp_path / "x")
    for nada in (tmp_path / "nada", tmp_path):
        with pytest.raises(DadoInvalido, match="Não há o arquivo"):
            restauracao.conferir(banco, nada)


def _forjar(boa: bytes, mudar: Callable[[Linhas], Any], texto: str = "") -> bytes:
    """A cópia com as linhas mudadas, os totais e o resumo refeitos, como se fosse de verdade."""
    linhas = [json.loads(linha) for linha in gzip.decompress(boa).splitlines()[:-1]]
    linhas = mudar(linhas) or linhas
    antes = b"".join(json.dumps(linha).replace('"@"', texto).encode() + b"\n" for linha in linhas)
    registros: dict[str, int] = {}
    for linha in linhas[1:]:
        if isinstance(linha, str):
            registros[linha] = 0
            atual = linha
        else:
            registros[atual] += 1
    fim = {"registros": registros, "sha256": sha256(antes).hexdigest()}
    return gzip.compress(antes + json.dumps(fim).encode() + b"\n")


def _no_cabecalho(**campos: Any) -> Callable[[Linhas], None]:
    return lambda linhas: linhas[0].update(campos)


def _em(tabela: str, coluna: str, valor: Any) -> Callable[[Linhas], None]:
    """Põe o valor no primeiro registro da tabela."""

    def mudar(linhas: Linhas) -> None:
        linhas[linhas.index(tabela) + 1][linhas[0]["tabelas"][tabela].index(coluna)] = valor

    return mudar


def _tabela_a_mais(linhas: Linhas) -> None:
    linhas[0]["tabelas"]["sqlite_master"] = ["sql"]
    linhas += ["sqlite_master", ["DROP TABLE lojas"]]


def _tabela_a_menos(linhas: Linhas) -> Linhas:
    del linhas[0]["tabelas"]["anotacoes"]
    resto = linhas.index("caixa_saida")
    return [linhas[0], *linhas[resto:]]


def _coluna_a_mais(linhas: Linhas) -> None:
    linhas[0]["tabelas"]["lojas"].append("nome; DROP TABLE lojas")
    linhas[linhas.index("lojas") + 1].append("x")


def _coluna_repetida(linhas: Linhas) -> None:
    colunas = linhas[0]["tabelas"]["lojas"]
    colunas[colunas.index("fuso")] = "nome"


def _tabela_repetida(linhas: Linhas) -> None:
    linhas += ["lojas"]


def _registro_curto(linhas: Linhas) -> None:
    linhas[linhas.index("lojas") + 1].pop()


def _registro_repetido(linhas: Linhas) -> None:
    linhas.insert(linhas.index("lojas") + 1, linhas[linhas.index("lojas") + 1])


def _sem_par(linhas: Linhas) -> None:
    _em("veiculos", "cliente_id", 9999)(linhas)


FORJADAS: dict[str, Callable[[Linhas], Any]] = {
    "texto onde vai número": _em("lojas", "versao", "1"),
    "número onde vai texto": _em("lojas", "nome", 1),
    "lógico onde vai número": _em("lojas", "versao", valor=True),
    "fração": _em("pecas", "preco", 1.5),
    "nulo": _em("lojas", "nome", None),
    "lista": _em("lojas", "nome", ["x"]),
    "número sem fim": _em("lojas", "versao", 2**70),
    "texto comprido": _em("lojas", "nome", "x" * 61),
    "meia letra": _em("lojas", "nome", "\ud800"),
    "data que não há": _em("clientes", "criado_em", "2026-02-30 00:00:00.000000"),
    "data de outro jeito": _em("clientes", "criado_em", "2026-W01-1"),
    "código que não há": _em("pecas", "unidade", "arroba"),
    "tabela a mais": _tabela_a_mais,
    "tabela a menos": _tabela_a_menos,
    "tabela repetida": _tabela_repetida,
    "coluna a mais": _coluna_a_mais,
    "coluna repetida": _coluna_repetida,
    "registro curto": _registro_curto,
    "revisão que nunca houve": _no_cabecalho(revisao="0000"),
    "revisão de outro jeito": _no_cabecalho(revisao="../../0001"),
    "revisão que não é texto": _no_cabecalho(revisao=6),
    "versão que não é número": _no_cabecalho(versao="1"),
    "tabelas que não são": _no_cabecalho(tabelas=["lojas"]),
    "hora sem fuso": _no_cabecalho(em="2026-11-26T12:00:00"),
}


@pytest.mark.usefixtures("molde")
@pytest.mark.parametrize("mudar", FORJADAS.values(), ids=FORJADAS)
def test_copia_forjada_se_recusa_antes_de_tocar_no_banco(
    boa: bytes, tmp_path: Path, mudar: Callable[[Linhas], Any]
) -> None:
    (tmp_path / "copia.gz").write_bytes(_forjar(boa, mudar))
    with pytest.raises(DadoInvalido) as recusa:
        restauracao.conferir(f"sqlite:///{tmp_path / 'oficina.db'}", tmp_path / "copia.gz")
    assert str(recusa.value) in _FRASES
    assert [caminho.name for caminho in tmp_path.iterdir()] == ["copia.gz"]


@pytest.mark.usefixtures("molde")
@pytest.mark.parametrize("texto", ["NaN", "Infinity", "1e400", "1" * 5000, "[" * 100_000, "{", ""])
def test_json_que_nao_e_de_registro_se_recusa(boa: bytes, tmp_path: Path, texto: str) -> None:
    forjada = _forjar(boa, _em("lojas", "versao", "@"), texto)
    (tmp_path / "copia.gz").write_bytes(forjada)
    with pytest.raises(DadoInvalido, match="danificada"):
        restauracao.conferir(f"sqlite:///{tmp_path / 'oficina.db'}", tmp_path / "copia.gz")


@pytest.mark.parametrize("banco_destino", ["sqlite", "mysql"])
@pytest.mark.parametrize(
    ("mudar", "serve"),
    [
        (_registro_repetido, False),
        (_sem_par, False),
        (_em("pecas", "preco", -1), False),
        (_em("veiculos", "placa_canonica", "ZZZ9Z99"), True),
    ],
    ids=["repetido", "sem par", "negativo", "controle"],
)
def test_o_que_o_banco_nao_aceita_nao_fica_pela_metade(
    boa: bytes,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    *,
    banco_destino: str,
    mudar: Callable[[Linhas], Any],
    serve: bool,
) -> None:
    """O controle também é forjado, mas são: entra."""
    url = f"sqlite:///{tmp_path / 'oficina.db'}"
    if banco_destino == "mysql":
        url = request.getfixturevalue("mysql").criar_banco(f"oficina_teste_forjada_{os.getpid()}")
    (tmp_path / "copia.gz").write_bytes(_forjar(boa, mudar))
    conferida = restauracao.conferir(url, tmp_path / "copia.gz")
    if serve:
        assert restauracao.restaurar(conferida).registros
        return
    with pytest.raises(DadoInvalido, match="não aceita o que está na cópia"):
        restauracao.restaurar(conferida)
    if banco_destino == "sqlite":
        assert [caminho.name for caminho in tmp_path.iterdir()] == ["copia.gz"]
    (tmp_path / "copia.gz").write_bytes(boa)
    assert restauracao.restaurar(restauracao.conferir(url, tmp_path / "copia.gz")).registros


def test_o_que_sobra_depois_do_fim_se_recusa(boa: bytes, tmp_path: Path) -> None:
    for sobra in (gzip.compress(b"[1]\n"), b"lixo"):
        (tmp_path / "copia.gz").write_bytes(boa + sobra)
        with pytest.raises(DadoInvalido, match="danificada"):
            restauracao.conferir(f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "copia.gz")


@pytest.mark.parametrize("campo", ["versao", "revisao"])
def test_copia_de_programa_mais_novo_pede_que_se_atualize(
    boa: bytes, tmp_path: Path, campo: str
) -> None:
    mais_nova = _no_cabecalho(**{campo: 2 if campo == "versao" else "9999"})
    (tmp_path / "copia.gz").write_bytes(_forjar(boa, mais_nova))
    with pytest.raises(Indisponivel, match="atualize o programa"):
        restauracao.conferir(f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "copia.gz")


@pytest.mark.usefixtures("molde")
def test_o_que_se_infla_sem_fim_nao_enche_a_memoria(boa: bytes, tmp_path: Path) -> None:
    """Meio gigabyte de uma linha só, em meio megabyte de arquivo."""
    linhas = gzip.decompress(boa).splitlines(keepends=True)
    bomba = zlib.compressobj(9, wbits=31)
    with (tmp_path / "copia.gz").open("wb") as arquivo:
        arquivo.write(bomba.compress(b"".join(linhas[:2]) + b'["'))
        for _ in range(512):
            arquivo.write(bomba.compress(b" " * 2**20))
        arquivo.write(bomba.flush())
    tracemalloc.start()
    with pytest.raises(DadoInvalido, match="danificada"):
        restauracao.conferir(f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "copia.gz")
    pico = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pico < 4 * formato.LINHA_MAXIMA
