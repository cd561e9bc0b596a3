"""O arquivo SQLite em que se mede: o mesmo cenário do MySQL, com as cópias feitas pelo SQLite."""

import sqlite3
from pathlib import Path

from benchmarks.cenario import ATE, CARROS, cadastrar, modelar
from oficina_core.banco import manutencao, tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.dominio.ordem import FILA, StatusOrdem

Modelo = tuple[int, int]


def preparar(arquivo: Path, ordens: int, na_fila: int) -> str:
    """O endereço do arquivo; `na_fila` são quantas há em cada status dela, e o resto é entregue."""
    url = f"sqlite:///{arquivo}"
    manutencao.migrar(url)
    oficina = OficinaLocal.em(url)
    cadastrar(oficina)
    modelos = {status: modelar(oficina, fazer) for status, fazer in ATE.items()}
    oficina.fechar()
    feitas = len(modelos)
    with sqlite3.connect(arquivo) as banco:
        entregues = ordens - feitas - na_fila * len(FILA)
        quantas = {**dict.fromkeys(FILA, na_fila), StatusOrdem.ENTREGUE: entregues}
        for status, copias in quantas.items():
            _copiar(banco, modelos[status], feitas, copias)
            feitas += copias
        banco.execute("ANALYZE")
    banco.close()
    return url


def _copiar(banco: sqlite3.Connection, modelo: Modelo, base: int, quantas: int) -> None:
    ordem, orcamento = modelo
    for tabela, dono, qual in (
        (tabelas.ordens, "id", ordem),
        (tabelas.orcamentos, "id", orcamento),
        (tabelas.orcamento_itens, "orcamento_id", orcamento),
        (tabelas.pagamentos, "ordem_id", ordem),
    ):
        trocas = {
            "id": f"{base} + n",
            "ordem_id": f"IIF(m.ordem_id IS NULL, NULL, {base} + n)",
            "orcamento_id": f"IIF(m.orcamento_id IS NULL, NULL, {base} + n)",
            "veiculo_id": f"1 + (n + {base}) % {CARROS}",
            "cliente_id": f"1 + (n + {base}) % {CARROS}",
            "criado_em": (
                f"strftime('%Y-%m-%d %H:%M:%f000', m.criado_em, -(n + {base}) || ' minutes')"
            ),
        }
        solta = tabela in (tabelas.orcamento_itens, tabelas.pagamentos)
        colunas = [c.name for c in tabela.c if not (solta and c.name == "id")]
        valores = ", ".join(trocas.get(coluna, f"m.{coluna}") for coluna in colunas)
        banco.execute(
            "WITH RECURSIVE numeros (n) AS "
            "(SELECT 1 UNION ALL SELECT n + 1 FROM numeros WHERE n < ?) "
            f"INSERT INTO {tabela.name} ({', '.join(colunas)}) SELECT {valores} "
            f"FROM {tabela.name} m CROSS JOIN numeros WHERE m.{dono} = ?",
            (quantas, qual),
        )
