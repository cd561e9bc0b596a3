"""Um caso de uso dentro do processo, contra o driver mandando os mesmos comandos às mesmas linhas.

O piso não se escreve à mão: grava-se o que o caso manda ao banco, duas vezes, e o que muda de uma
para a outra (a chave, os números que o banco dá) se troca ao repetir. Os comandos dos dois lados
são por isso os mesmos, e cada UPDATE tem de achar tantas linhas quantas achou na gravação.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import unquote, urlsplit

import pymysql
from pymysql.constants import CLIENT
from sqlalchemy import event

from benchmarks.medida import Figura
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import SQLITE_AO_CONECTAR, abrir
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.portas import Pedido

AQUECER, MEDIDOS = 20, 200
CORPO: dict[str, Any] = {"veiculo_id": 1, "servicos": (1, 2), "pecas": (1, 2)}


@dataclass
class Comando:
    sql: str
    valores: Any
    muitos: bool
    novo: int | None = None  # o número que o banco deu
    mudou: int | None = None  # quantas linhas, se é um UPDATE


@dataclass(frozen=True)
class Banco:
    """Um dos dois: como o núcleo o abre e como o driver o abre."""

    nome: str
    oficina: OficinaLocal
    motor: Any
    conectar: Callable[[], Any]


@dataclass
class Gravacao:
    """O que um caso manda, e onde está cada valor que muda de uma vez para outra."""

    comandos: list[Comando]
    trocas: dict[tuple[int, int, int], str] = field(default_factory=dict)

    @classmethod
    def de(cls, vezes: Sequence[tuple[list[Comando], Mapping[str, Any]]]) -> "Gravacao":
        """De duas gravações com nomes diferentes para os mesmos valores."""
        (uma, nomes_de_uma), (outra, nomes_de_outra) = (
            (comandos, {**nomes, **_dados_pelo_banco(comandos)}) for comandos, nomes in vezes
        )
        if [c.sql for c in uma] != [c.sql for c in outra]:
            raise RuntimeError("o caso não manda sempre o mesmo")
        gravacao = cls(uma)
        for lugar, antes, depois in _pares(uma, outra):
            for nome, valor in nomes_de_uma.items():
                if antes == valor and depois == nomes_de_outra[nome] and antes != depois:
                    gravacao.trocas[lugar] = nome
        return gravacao

    def repetir(self, conexao: Any, nomes: Mapping[str, Any]) -> None:
        """Manda tudo de novo, com estes nomes e os números que o banco der."""
        ditos = dict(nomes)
        cursor = conexao.cursor()
        for numero, comando in enumerate(self.comandos):
            linhas = [
                tuple(
                    ditos[self.trocas[onde]] if (onde := (numero, i, j)) in self.trocas else valor
                    for j, valor in enumerate(linha)
                )
                for i, linha in enumerate(_linhas(comando))
            ]
            ditas = [_como_veio(comando, linha) for linha in linhas]
            if comando.muitos:
                cursor.executemany(comando.sql, ditas)
            else:
                cursor.execute(comando.sql, ditas[0])
                if cursor.description:
                    cursor.fetchall()
            if comando.novo is not None:
                ditos[f"novo {numero}"] = cursor.lastrowid
            if comando.mudou not in (None, cursor.rowcount):
                raise RuntimeError(f"o piso muda {cursor.rowcount} linhas: {comando.sql}")
        conexao.commit()


def medir(mysql: str, arquivo: Path) -> Iterator[Figura]:
    for banco, metas in ((_mysql(mysql), (2.0, 2.5)), (_sqlite(arquivo), (2.5, 2.5))):
        with _fechando(banco):
            yield _criar(banco, metas[0])
            yield _aprovar(banco, metas[1])


def _criar(banco: Banco, meta: float) -> Figura:
    chaves = (f"medida-criar-{banco.nome}-{n}" for n in count())

    def preparar() -> dict[str, Any]:
        return {"chave": next(chaves)}

    def fazer(nomes: Mapping[str, Any]) -> None:
        banco.oficina.executar(CriarOrcamento(**CORPO), Pedido(chave=nomes["chave"]))

    nome = f"CriarOrcamento em {banco.nome}, contra o driver"
    return _comparar(nome, banco, preparar, fazer, meta)


def _aprovar(banco: Banco, meta: float) -> Figura:
    """De balcão: aprovar abre a ordem, e não reserva (não há peça que chegue para todas)."""
    chaves = (f"medida-aprovar-{banco.nome}-{n}" for n in count())

    def preparar() -> dict[str, Any]:
        ficha = banco.oficina.executar(CriarOrcamento(**CORPO, enviar=True))
        itens = {f"item {n}": item.id for n, item in enumerate(ficha.itens)}
        return {"chave": next(chaves), "orcamento": ficha.id, **itens}

    def fazer(nomes: Mapping[str, Any]) -> None:
        caso = AprovarOrcamento(orcamento_id=nomes["orcamento"], permitir_falta=True)
        banco.oficina.executar(caso, Pedido(chave=nomes["chave"]))

    nome = f"AprovarOrcamento em {banco.nome}, contra o driver"
    return _comparar(nome, banco, preparar, fazer, meta)


def _comparar(
    nome: str,
    banco: Banco,
    preparar: Callable[[], dict[str, Any]],
    fazer: Callable[[Mapping[str, Any]], None],
    meta: float,
) -> Figura:
    for _ in range(AQUECER):
        fazer(preparar())
    gravacao = Gravacao.de([_gravar(banco, preparar, fazer) for _ in range(2)])
    conexao = banco.conectar()
    nossos, do_piso = list[float](), list[float]()
    for _ in range(MEDIDOS):
        nossos.append(_tempo(fazer, preparar()))
        do_piso.append(_tempo(partial(gravacao.repetir, conexao), preparar()))
    conexao.close()
    comandos = len(gravacao.comandos)
    lados = ({**_resumo(tempos), "comandos": comandos} for tempos in (nossos, do_piso))
    return Figura.de(nome, "p50_us", meta, *lados)


def _gravar(
    banco: Banco, preparar: Callable[[], dict[str, Any]], fazer: Callable[[Mapping[str, Any]], None]
) -> tuple[list[Comando], Mapping[str, Any]]:
    comandos: list[Comando] = []

    def antes(_c: Any, _cursor: Any, sql: str, valores: Any, _x: Any, muitos: bool) -> None:
        comandos.append(Comando(sql, valores, muitos))

    def depois(_c: Any, cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith("INSERT") and not comandos[-1].muitos and cursor.lastrowid:
            comandos[-1].novo = cursor.lastrowid
        if sql.startswith("UPDATE") and not comandos[-1].muitos:
            comandos[-1].mudou = cursor.rowcount

    nomes = preparar()
    event.listen(banco.motor, "before_cursor_execute", antes)
    event.listen(banco.motor, "after_cursor_execute", depois)
    fazer(nomes)
    event.remove(banco.motor, "before_cursor_execute", antes)
    event.remove(banco.motor, "after_cursor_execute", depois)
    return comandos, nomes


def _dados_pelo_banco(comandos: Sequence[Comando]) -> dict[str, Any]:
    return {f"novo {n}": c.novo for n, c in enumerate(comandos) if c.novo is not None}


def _pares(
    uma: Sequence[Comando], outra: Sequence[Comando]
) -> Iterator[tuple[tuple[int, int, int], Any, Any]]:
    for numero, (esta, aquela) in enumerate(zip(uma, outra, strict=True)):
        for i, (linha, par) in enumerate(zip(_linhas(esta), _linhas(aquela), strict=True)):
            for j, (antes, depois) in enumerate(zip(linha, par, strict=True)):
                yield (numero, i, j), antes, depois


def _linhas(comando: Comando) -> list[tuple[Any, ...]]:
    """Os valores, em linhas; dos ditos por nome, só os valores."""
    return [
        tuple(linha.values() if isinstance(linha, dict) else linha) for linha in _ditas(comando)
    ]


def _como_veio(comando: Comando, linha: tuple[Any, ...]) -> Any:
    """A linha como o driver a pede: por nome, se era por nome."""
    (primeira, *_) = _ditas(comando)
    return dict(zip(primeira, linha, strict=True)) if isinstance(primeira, dict) else linha


def _ditas(comando: Comando) -> Sequence[Any]:
    valores = comando.valores or ()
    return valores if comando.muitos else [valores]


def _tempo(fazer: Callable[[Mapping[str, Any]], Any], nomes: Mapping[str, Any]) -> float:
    inicio = time.perf_counter()
    fazer(nomes)
    return 1e6 * (time.perf_counter() - inicio)


def _resumo(tempos: Sequence[float]) -> dict[str, float]:
    return {"p50_us": round(median(tempos), 1), "min_us": round(min(tempos), 1)}


@contextmanager
def _fechando(banco: Banco) -> Iterator[None]:
    try:
        yield
    finally:
        banco.oficina.fechar()


def _mysql(url: str) -> Banco:
    motor, partes = abrir(url), urlsplit(url)

    def conectar() -> Any:
        return pymysql.connect(
            host=partes.hostname,
            port=partes.port or 3306,
            user=partes.username,
            password=unquote(partes.password or ""),
            database=partes.path[1:],
            charset="utf8mb4",
            ssl_disabled=True,
            client_flag=CLIENT.FOUND_ROWS,  # como o SQLAlchemy: as que achou, e não as que mudou
            init_command="SET SESSION transaction_isolation = 'READ-COMMITTED'",
        )

    return Banco("MySQL", OficinaLocal(motor), motor, conectar)


def _sqlite(arquivo: Path) -> Banco:
    motor = abrir(f"sqlite:///{arquivo}")

    def conectar() -> Any:
        conexao = sqlite3.connect(arquivo, isolation_level=None)
        for comando in SQLITE_AO_CONECTAR:
            conexao.execute(comando)
        return conexao

    return Banco("SQLite", OficinaLocal(motor), motor, conectar)
