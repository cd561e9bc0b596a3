"""Os nomes do que há em um arquivo SQLite, lidos em um instante, sem o SQLAlchemy.

É para completar o que se digita: só lê, não espera por quem grava, e desiste depressa.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

PRAZO = 0.15  # segundos
PASSOS = 1_000  # da máquina do SQLite, entre um olhar ao relógio e outro
LIMITE = 60

# Cada uma devolve (valor, descrição) e recebe o começo do que se digitou, sem acento.
CONSULTAS = {
    "placa": "SELECT REPLACE(v.placa, '-', ''), v.marca || ' ' || v.modelo || ' · ' || c.nome "
    "FROM veiculos v JOIN clientes c ON c.id = v.cliente_id "
    "WHERE v.ativo = 1 AND INSTR(REPLACE(v.placa, '-', ''), UPPER(REPLACE(:comeco, '-', ''))) = 1 "
    "ORDER BY v.placa_canonica",
    "ordem": "SELECT o.id, v.placa || ' · ' || v.modelo || ' · ' || c.nome "
    "FROM ordens_servico o JOIN veiculos v ON v.id = o.veiculo_id "
    "JOIN clientes c ON c.id = o.cliente_id "
    "WHERE o.status NOT IN ('ENTREGUE', 'CANCELADA') AND INSTR(o.id, :comeco) = 1 "
    "ORDER BY o.id DESC",
    "orcamento": "SELECT o.id, v.placa || ' · ' || o.descricao "
    "FROM orcamentos o JOIN veiculos v ON v.id = o.veiculo_id "
    "WHERE o.status IN ('RASCUNHO', 'AGUARDANDO_APROVACAO') AND INSTR(o.id, :comeco) = 1 "
    "ORDER BY o.id DESC",
    "cliente": "SELECT 'id:' || id, nome FROM clientes WHERE ativo = 1 "
    "AND (INSTR(busca, :comeco) OR INSTR('id:' || id, :comeco) = 1) ORDER BY busca, id",
    "funcionario": "SELECT 'id:' || id, nome FROM funcionarios WHERE ativo = 1 "
    "AND (INSTR(busca, :comeco) OR INSTR('id:' || id, :comeco) = 1) ORDER BY busca, id",
    "mecanico": "SELECT 'id:' || id, nome FROM funcionarios WHERE ativo = 1 AND papel = 'MECANICO' "
    "AND (INSTR(busca, :comeco) OR INSTR('id:' || id, :comeco) = 1) ORDER BY busca, id",
    "peca": "SELECT codigo, nome FROM pecas WHERE ativo = 1 "
    "AND INSTR(codigo, UPPER(:comeco)) = 1 ORDER BY codigo",
    "servico": "SELECT codigo, nome FROM servicos WHERE ativo = 1 "
    "AND INSTR(codigo, UPPER(:comeco)) = 1 ORDER BY codigo",
    "kit": "SELECT codigo, nome FROM kits WHERE ativo = 1 "
    "AND INSTR(codigo, UPPER(:comeco)) = 1 ORDER BY codigo",
}


def comecados(arquivo: Path, tipo: str, comeco: str) -> Sequence[tuple[str, str]]:
    """Até 60 nomes desse tipo; nenhum se o tipo não se completa.

    Levanta sqlite3.Error se o arquivo não se lê, ou se a leitura passa do prazo.
    """
    if tipo not in CONSULTAS:
        return ()
    conexao = sqlite3.connect(f"{arquivo.absolute().as_uri()}?mode=ro", uri=True, timeout=PRAZO)
    try:
        fim = monotonic() + PRAZO
        conexao.set_progress_handler(lambda: monotonic() > fim, PASSOS)
        linhas = conexao.execute(CONSULTAS[tipo], {"comeco": comeco}).fetchmany(LIMITE)
        return [(str(valor), str(descricao)) for valor, descricao in linhas]
    finally:
        conexao.close()
