"""A importação de 10.000 peças com estoque, contra as mesmas linhas por um executemany por tabela.

O piso recebe as linhas prontas, lidas do que a nossa importação gravou, e só as manda ao banco com
o driver, em uma transação. Nada aqui é exemplo de como fazer.
"""

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import pymysql
from sqlalchemy import Table

from benchmarks.medida import Figura
from oficina_core.banco import manutencao, tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.importacao import Importacao
from oficina_core.casos.pecas_importacao import ImportarPecas, LinhaImportadaPeca
from tests.servidor_mysql import Servidor

PECAS = 10_000
RODADAS = 7
META = 2
AQUECER = 1
EM_ORDEM = (tabelas.pecas, tabelas.estoques, tabelas.movimentos, tabelas.eventos)
PELA_PECA = {"estoques": "peca_id"}  # o que cresce em cada tabela; nas outras, o id

Linhas = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, kw_only=True)
class Lado:
    """Um banco migrado, a oficina nele e o driver do piso, que grava em outro igual."""

    nome: str
    url: str
    nossa: Any
    piso: Any
    marca: str  # do parâmetro


def medir(servidor: Servidor, pasta: Path) -> Iterator[Figura]:
    for lado in (_mysql(servidor), _sqlite(pasta)):
        with closing(lado.nossa), closing(lado.piso):
            nossos, do_piso = _medir(lado)
        nome = f"Importar {PECAS} peças com estoque, {lado.nome}, contra um executemany por tabela"
        yield Figura.de(nome, "p50_ms", META, nossos, do_piso)


def _mysql(servidor: Servidor) -> Lado:
    nossa, piso = (servidor.criar_banco(f"oficina_teste_medidas_{n}") for n in ("nossa", "piso"))
    manutencao.migrar(nossa)
    manutencao.migrar(piso)
    conexoes = [
        pymysql.connect(
            host=servidor.host,
            port=servidor.porta,
            user=servidor.usuario,
            password=servidor.senha,
            database=url.partition("?")[0].rpartition("/")[2],
            charset="utf8mb4",
            ssl_disabled=True,
        )
        for url in (nossa, piso)
    ]
    return Lado(nome="MySQL", url=nossa, nossa=conexoes[0], piso=conexoes[1], marca="%s")


def _sqlite(pasta: Path) -> Lado:
    urls = [f"sqlite:///{pasta / nome}.db" for nome in ("nossa", "piso")]
    for url in urls:
        manutencao.migrar(url)
    nossa, piso = (sqlite3.connect(url.removeprefix("sqlite:///")) for url in urls)
    for regra in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        piso.execute(f"PRAGMA {regra}")
    return Lado(nome="SQLite", url=urls[0], nossa=nossa, piso=piso, marca="?")


def _medir(lado: Lado) -> tuple[dict[str, float], dict[str, float]]:
    """Uma importação de cada lado, por vez."""
    oficina = OficinaLocal.em(lado.url)
    tempos: tuple[list[Any], list[Any]] = ([], [])
    ate: dict[str, int] = {tabela.name: 0 for tabela in EM_ORDEM}
    for rodada in range(AQUECER + RODADAS):
        caso = ImportarPecas(linhas=_planilha(rodada))
        nosso = _cronometrar(lambda caso=caso: _importar(oficina, caso))  # type: ignore[misc]
        linhas = _gravadas(lado, ate)
        do_piso = _cronometrar(lambda linhas=linhas: _gravar(lado, linhas))  # type: ignore[misc]
        if rodada >= AQUECER:
            tempos[0].append(nosso)
            tempos[1].append(do_piso)
    oficina.fechar()
    return _resumo(tempos[0]), _resumo(tempos[1])


def _planilha(rodada: int) -> tuple[LinhaImportadaPeca, ...]:
    return tuple(
        LinhaImportadaPeca(
            linha=n + 2,
            codigo=f"R{rodada}-{n:05}",
            nome=f"Peça número {n} do fornecedor {n % 40}",
            preco=Decimal(n + 100) / 100,
            custo=Decimal(n + 50) / 100,
            estoque=Decimal(1 + n % 50),
            minimo=Decimal(n % 5),
            localizacao=f"A{n % 9}-{n % 30:02}",
        )
        for n in range(PECAS)
    )


def _importar(oficina: OficinaLocal, caso: ImportarPecas) -> None:
    assert oficina.executar(caso) == Importacao(novos=PECAS, atualizados=0, iguais=0)


def _gravadas(lado: Lado, ate: dict[str, int]) -> Linhas:
    """O que a nossa importação acaba de gravar, e até onde se leu."""
    lidas = {}
    with closing(lado.nossa.cursor()) as cursor:
        for tabela in EM_ORDEM:
            chave = PELA_PECA.get(tabela.name, "id")
            nomes, onde = _nomes(tabela), f"{chave} > {ate[tabela.name]}"
            cursor.execute(f"SELECT {nomes} FROM {tabela.name} WHERE {onde} ORDER BY {chave}")
            lidas[tabela.name] = [tuple(linha) for linha in cursor.fetchall()]
            ate[tabela.name] = lidas[tabela.name][-1][[*tabela.c.keys()].index(chave)]
    lado.nossa.commit()
    return lidas


def _gravar(lado: Lado, linhas: Linhas) -> None:
    with closing(lado.piso.cursor()) as cursor:
        for tabela in EM_ORDEM:
            marcas = ", ".join(lado.marca for _ in tabela.c)
            cursor.executemany(
                f"INSERT INTO {tabela.name} ({_nomes(tabela)}) VALUES ({marcas})",
                linhas[tabela.name],
            )
    lado.piso.commit()


def _nomes(tabela: Table) -> str:
    return ", ".join(tabela.c.keys())


def _cronometrar(fazer: Callable[[], None]) -> tuple[float, float]:
    gc.collect()
    gc.freeze()  # o que a bancada guarda não se varre no meio da medida
    parede, cpu = perf_counter(), process_time()
    fazer()
    return 1e3 * (perf_counter() - parede), 1e3 * (process_time() - cpu)


def _resumo(tempos: list[tuple[float, float]]) -> dict[str, float]:
    paredes, cpus = zip(*tempos, strict=True)
    return {
        "p50_ms": round(median(paredes), 1),
        "min_ms": round(min(paredes), 1),
        "cpu_ms": round(median(cpus), 1),
    }
