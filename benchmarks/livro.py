"""O livro do estoque de muitos anos, e quanto custa conferi-lo inteiro.

O piso é a soma que qualquer conferência tem de fazer, uma vez, na mesma transação de leitura.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import Connection, func, insert, select

from benchmarks.medida import Figura
from oficina_core.banco import manutencao, tabelas
from oficina_core.banco.motor import abrir, gravando, lendo
from oficina_core.banco.verificacao import examinar
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.estoque import CausaMovimento
from tests.servidor_mysql import Servidor

MOVIMENTOS, PECAS = 1_000_000, 2_000
PRECO, CUSTO = Decimal(10), Decimal(5)
LOTE = 10_000
VEZES = 5
COMECO = datetime(2016, 1, 4, 11, tzinfo=UTC)
LIVRO = tabelas.movimentos
SOMA = select(func.sum(LIVRO.c.delta)).group_by(LIVRO.c.loja_id, LIVRO.c.peca_id)


def medir(servidor: Servidor, pasta: Path) -> Iterator[Figura]:
    # Só para que um milhão caiba na memória, como em um servidor de verdade; fica, e serve a todos.
    with servidor.conectar() as direta, direta.cursor() as cursor:
        cursor.execute("SET GLOBAL innodb_buffer_pool_size = 1073741824")
    for banco, url in (
        ("SQLite", f"sqlite:///{pasta / 'livro.db'}"),
        ("MySQL", servidor.criar_banco("oficina_teste_medidas_livro")),
    ):
        encher(url)
        motor = abrir(url, para_migrar=True)
        with lendo(motor) as conexao:
            nossos, do_piso = _alternar(conexao, _verificar, _somar)
        motor.dispose()
        nome = f"verificar, {banco}, {MOVIMENTOS} movimentos, contra a soma deles"
        yield Figura.de(nome, "p50_ms", 6, nossos, do_piso)


def encher(url: str, movimentos: int = MOVIMENTOS) -> None:
    """Cada peça recebe dois e perde um, vez após vez, misturadas como no dia a dia."""
    manutencao.migrar(url)
    motor = abrir(url)
    vezes = movimentos // PECAS
    with gravando(motor) as conexao:
        conexao.execute(insert(tabelas.pecas), [_peca(numero) for numero in range(1, PECAS + 1)])
        saldos = [_saldo(numero, vezes) for numero in range(1, PECAS + 1)]
        conexao.execute(insert(tabelas.estoques), saldos)
        for primeiro in range(0, movimentos, LOTE):
            lote = [_movimento(n) for n in range(primeiro, min(primeiro + LOTE, movimentos))]
            conexao.execute(insert(LIVRO), lote)
    with gravando(motor) as conexao:
        mysql = conexao.dialect.name == "mysql"
        conexao.exec_driver_sql(f"ANALYZE TABLE {LIVRO.name}" if mysql else "ANALYZE")
    motor.dispose()


def _peca(numero: int) -> dict[str, object]:
    nome = f"Peça {numero}"
    return {
        "versao": 1,
        "ativo": True,
        "busca": nome.lower(),
        "codigo": f"P{numero}",
        "nome": nome,
        "unidade": Unidade.UN,
        "preco": PRECO,
    }


def _saldo(numero: int, vezes: int) -> dict[str, object]:
    return {
        "loja_id": 1,
        "peca_id": numero,
        "estoque": _soma(vezes),
        "reservado": 0,
        "custo": CUSTO,
        "minimo": 0,
        "prateleira": 0,
        "seq": vezes,
    }


def _movimento(n: int) -> dict[str, object]:
    seq = n // PECAS + 1
    entra = seq % 2 == 1
    return {
        "loja_id": 1,
        "peca_id": n % PECAS + 1,
        "seq": seq,
        "delta": 2 if entra else -1,
        "saldo_apos": _soma(seq),
        "custo_unitario": CUSTO,
        "causa": CausaMovimento.ENTRADA if entra else CausaMovimento.AJUSTE,
        "motivo": None if entra else "contagem da prateleira",
        "ator": "sistema",
        "em": COMECO + timedelta(minutes=n),
    }


def _soma(vezes: int) -> int:
    return vezes // 2 + vezes % 2 * 2


def _alternar(
    conexao: Connection, *medidos: Callable[[Connection], None]
) -> list[dict[str, float]]:
    """Um de cada, por vez; a primeira vez de cada um só aquece."""
    tempos: list[list[float]] = [[] for _ in medidos]
    for _ in range(VEZES + 1):
        for anotados, medido in zip(tempos, medidos, strict=True):
            inicio = perf_counter()
            medido(conexao)
            anotados.append(1e3 * (perf_counter() - inicio))
    return [
        {"p50_ms": round(median(anotados[1:]), 1), "min_ms": round(min(anotados[1:]), 1)}
        for anotados in tempos
    ]


def _verificar(conexao: Connection) -> None:
    assert examinar(conexao) == ()


def _somar(conexao: Connection) -> None:
    assert len(conexao.execute(SOMA).all()) == PECAS
