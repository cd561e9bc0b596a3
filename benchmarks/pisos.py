"""Os pisos: a mesma resposta com FastAPI e PyMySQL à mão, sem camada nenhuma no meio.

Mandam ao banco o que `CriarOrcamento` e `ListarOrdens` mandam, na mesma ordem: `sequencia` confere.
O token se confere com o PyJWT. Nada aqui é exemplo de como fazer.
"""

import json
import os
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from threading import local
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

import jwt
import pymysql
from fastapi import FastAPI, Header, Response
from pydantic import BaseModel
from pymysql.cursors import DictCursor

Linhas = list[dict[str, Any]]

PAGINA = "MEDIDAS_PAGINA"  # o arquivo com a resposta pronta

ATOR = (
    "SELECT f.nome, f.papel, f.ativo, f.loja_id, l.id, l.fuso FROM funcionarios f "
    "JOIN lojas l ON f.loja_id IS NULL OR f.loja_id = l.id WHERE f.id = %s ORDER BY l.id LIMIT 2"
)
CHAVE = (
    "INSERT INTO idempotencia (quem, caso, chave, resumo, criado_em) VALUES (%s, %s, %s, %s, %s)"
)
VEICULO = (
    "SELECT id, versao, ativo, placa, placa_canonica, marca, modelo, ano, cor, km, cliente_id "
    "FROM veiculos WHERE id = %s"
)
SERVICOS = (
    "SELECT id, versao, ativo, codigo, nome, preco, tempo_estimado FROM servicos WHERE id IN %s"
)
SALDOS = (
    "SELECT loja_id, peca_id, estoque, reservado, custo, minimo, localizacao, prateleira, seq "
    "FROM estoques WHERE loja_id = %s AND peca_id IN %s"
)
PECAS = "SELECT id, versao, ativo, codigo, nome, unidade, preco FROM pecas WHERE id IN %s"
ORCAMENTO = (
    "INSERT INTO orcamentos (versao, loja_id, veiculo_id, cliente_id, ordem_id, complementar_de, "
    "revisao, substitui_id, descricao, status, valor_total, valor_aprovado, validade, motivo, "
    "decidido_por, decidido_em, decidido_meio, criado_em) VALUES (1, %s, %s, %s, NULL, NULL, 1, "
    "NULL, %s, 'RASCUNHO', %s, NULL, NULL, NULL, NULL, NULL, NULL, %s)"
)
ITENS = (
    "INSERT INTO orcamento_itens (orcamento_id, tipo, servico_id, peca_id, descricao, unidade, "
    "preco_unitario, quantidade, desconto, total, status, motivo, reservada, usada) VALUES "
    "(%s, %s, %s, %s, %s, %s, %s, %s, 0, %s, 'PENDENTE', NULL, 0, NULL)"
)
GRAVADOS = (
    "SELECT id, orcamento_id, tipo, servico_id, peca_id, descricao, unidade, preco_unitario, "
    "quantidade, desconto, total, status, motivo, reservada, usada FROM orcamento_itens "
    "WHERE orcamento_id = %s ORDER BY id"
)
CLIENTE = (
    "SELECT id, versao, ativo, tipo, documento, nome, email, telefone, criado_em FROM clientes "
    "WHERE id = %s"
)
SEGURA = "UPDATE clientes SET versao = versao WHERE id = %s AND versao = %s"
EVENTO = (
    "INSERT INTO eventos (loja_id, entidade, entidade_id, seq, acao, diferenca, ator_tipo, "
    "ator_id, ator_nome, requisicao, em) VALUES (%s, 'orcamentos', %s, 1, 'CriarOrcamento', %s, "
    "'FUNCIONARIO', %s, %s, %s, %s)"
)
RESPOSTA = "UPDATE idempotencia SET resposta = %s WHERE quem = %s AND caso = %s AND chave = %s"

DO_STATUS = (
    "SELECT o.id, o.status, o.queixa, o.criado_em, o.loja_id, v.placa, v.marca, v.modelo, "
    "(SELECT c.nome FROM clientes c WHERE c.id = o.cliente_id) AS cliente, "
    "(SELECT f.nome FROM funcionarios f WHERE f.id = o.mecanico_id) AS mecanico "
    "FROM ordens_servico o JOIN veiculos v ON o.veiculo_id = v.id "
    "WHERE o.status = %s AND o.loja_id = %s ORDER BY o.criado_em, o.id LIMIT %s"
)
COBRADOS = (
    "SELECT p.ordem_id, i.tipo, i.peca_id, i.unidade, i.preco_unitario, i.quantidade, i.desconto, "
    "i.total, i.status, i.reservada, i.usada FROM orcamento_itens i "
    "JOIN orcamentos p ON i.orcamento_id = p.id "
    "WHERE p.ordem_id IN %s AND i.status = 'APROVADO'"
)
ABERTOS = (
    "SELECT ordem_id, id, substitui_id, status, valor_total, validade FROM orcamentos "
    "WHERE ordem_id IN %s AND status IN ('RASCUNHO', 'AGUARDANDO_APROVACAO')"
)
PAGOS = "SELECT ordem_id, valor FROM pagamentos WHERE ordem_id IN %s"
PARAMETROS = "SELECT id, versao, nome, valor FROM parametros"
FILA = ("EM_EXECUCAO", "AGUARDANDO_APROVACAO", "EM_DIAGNOSTICO", "RECEBIDA")

app = FastAPI()
_deste_fio = local()
_pagina = Path(os.environ[PAGINA]).read_bytes() if PAGINA in os.environ else b""


class Peca(BaseModel):
    id: int
    quantidade: Decimal = Decimal(1)


class NovoOrcamento(BaseModel):
    veiculo_id: int
    servicos: list[int]
    pecas: list[Peca]


@app.get("/")
async def raiz() -> dict[str, str]:
    return {}


@app.get("/pagina")
async def pagina() -> Response:
    """Os bytes da página, prontos: o que o FastAPI custa sem banco nem conta."""
    return Response(_pagina, media_type="application/json")


@app.post("/orcamentos", status_code=201)
def criar(novo: NovoOrcamento, authorization: Annotated[str, Header()]) -> Response:
    conexao = _conexao()
    try:
        corpo = _gravar(conexao, novo, _funcionario(authorization))
        conexao.commit()
    except BaseException:
        conexao.rollback()
        raise
    return Response(corpo, 201, media_type="application/json")


@app.get("/ordens")
def listar(limite: int, authorization: Annotated[str, Header()]) -> Response:
    """A fila, com as contas de cada ordem: uma página inteira do banco até os bytes."""
    conexao = _conexao()
    with conexao.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("START TRANSACTION READ ONLY")
        try:
            corpo = _ler_fila(cursor, _funcionario(authorization), limite)
        finally:
            conexao.commit()
    return Response(corpo, media_type="application/json")


def _conexao() -> "pymysql.Connection[DictCursor]":
    if not hasattr(_deste_fio, "conexao"):
        partes = urlsplit(os.environ["OFICINA_BANCO"])
        _deste_fio.conexao = pymysql.connect(
            host=partes.hostname,
            port=partes.port or 3306,
            user=partes.username,
            password=unquote(partes.password or ""),
            database=partes.path[1:],
            charset="utf8mb4",
            ssl_disabled=True,
            cursorclass=DictCursor,
            init_command="SET SESSION transaction_isolation = 'READ-COMMITTED'",
        )
    conexao: pymysql.Connection[DictCursor] = _deste_fio.conexao
    return conexao


def _funcionario(authorization: str) -> int:
    dados = jwt.decode(
        authorization.removeprefix("Bearer "),
        os.environ["JWT_SECRET"],
        algorithms=["HS256"],
        audience="oficina-api",
        issuer="oficina",
    )
    return int(dados["sub"].removeprefix("funcionario:"))


def _gravar(conexao: "pymysql.Connection[DictCursor]", novo: NovoOrcamento, quem: int) -> bytes:
    agora = datetime.now(UTC)
    instante, sem_fuso = agora.isoformat(), agora.replace(tzinfo=None)
    chave = (f"funcionario:{quem}", "CriarOrcamento", token_hex(16))
    resumo = sha256(novo.model_dump_json().encode()).hexdigest()
    with conexao.cursor() as cursor:
        cursor.execute(ATOR, (quem,))
        ator = cursor.fetchall()[0]
        cursor.execute(CHAVE, (*chave, resumo, sem_fuso))
        cursor.execute(VEICULO, (novo.veiculo_id,))
        carro = cursor.fetchall()[0]
        cursor.execute(CLIENTE, (carro["cliente_id"],))
        cliente = cursor.fetchall()[0]
        cursor.execute(SEGURA, (cliente["id"], cliente["versao"]))
        itens = _itens(cursor, novo)
        descricao = ", ".join(item["descricao"] for item in itens)[:200]
        total = sum(item["total"] for item in itens)
        raiz = (ator["id"], carro["id"], carro["cliente_id"])
        cursor.execute(ORCAMENTO, (*raiz, descricao, total, sem_fuso))
        numero = cursor.lastrowid
        cursor.executemany(ITENS, [(numero, *item.values()) for item in itens])
        cursor.execute(GRAVADOS, (numero,))
        gravados = cursor.fetchall()
        cursor.execute(SALDOS, (ator["id"], [peca.id for peca in novo.pecas]))
        ha = {saldo["peca_id"]: saldo["estoque"] - saldo["reservado"] for saldo in cursor}
        diferenca = {
            "loja_id": ator["id"],
            "veiculo_id": carro["id"],
            "cliente_id": carro["cliente_id"],
            "revisao": 1,
            "descricao": descricao,
            "status": "RASCUNHO",
            "valor_total": _reais(total),
            "criado_em": instante,
            "itens": {item["id"]: _diferenca(item) for item in gravados},
        }
        dados = (_json(diferenca), quem, ator["nome"], token_hex(16), sem_fuso)
        cursor.execute(EVENTO, (ator["id"], numero, *dados))
        resposta = _json(
            {
                "id": numero,
                "status": "RASCUNHO",
                "revisao": 1,
                "ordem_id": None,
                "complementar_de": None,
                "substitui_id": None,
                "placa": carro["placa"],
                "veiculo": f"{carro['marca']} {carro['modelo']}",
                "cliente": cliente["nome"],
                "descricao": descricao,
                "validade": None,
                "total_servicos": _reais(_soma(gravados, "SERVICO")),
                "total_pecas": _reais(_soma(gravados, "PECA")),
                "desconto": "0.00",
                "valor_total": _reais(total),
                "valor_aprovado": None,
                "decidido_por": None,
                "decidido_meio": None,
                "decidido_em": None,
                "motivo": None,
                "aviso": _aviso(gravados, ha),
                "itens": [_item(item, ha) for item in gravados],
                "criado_em": instante,
                "versao": 1,
            }
        )
        cursor.execute(RESPOSTA, (resposta, *chave))
    return resposta.encode()


def _itens(cursor: DictCursor, novo: NovoOrcamento) -> Linhas:
    """Cada linha, com as colunas na ordem em que se gravam."""
    cursor.execute(SERVICOS, (novo.servicos,))
    servicos = {servico["id"]: servico for servico in cursor.fetchall()}
    cursor.execute(PECAS, ([peca.id for peca in novo.pecas],))
    pecas = {peca["id"]: peca for peca in cursor.fetchall()}
    ditos = [("SERVICO", servicos[numero], Decimal(1)) for numero in novo.servicos]
    ditos += [("PECA", pecas[peca.id], peca.quantidade) for peca in novo.pecas]
    return [
        {
            "tipo": tipo,
            "servico_id": produto["id"] if tipo == "SERVICO" else None,
            "peca_id": produto["id"] if tipo == "PECA" else None,
            "descricao": produto["nome"],
            "unidade": produto.get("unidade", "un"),
            "preco_unitario": produto["preco"],
            "quantidade": int(quantidade),
            "total": int(produto["preco"] * quantidade),
        }
        for tipo, produto, quantidade in ditos
    ]


def _diferenca(item: dict[str, Any]) -> dict[str, Any]:
    fora = ("id", "orcamento_id")
    return {
        campo: _reais(valor) if campo in ("preco_unitario", "desconto", "total") else valor
        for campo, valor in item.items()
        if campo not in fora
    }


def _aviso(itens: Any, ha: dict[int, int]) -> str | None:
    curtas = [
        f"{item['descricao']} (pede {item['quantidade']} {item['unidade'].lower()}, "
        f"há {ha[item['peca_id']]} {item['unidade'].lower()})"
        for item in itens
        if item["peca_id"] and ha[item["peca_id"]] < item["quantidade"]
    ]
    *primeiras, ultima = curtas or [""]
    juntas = f"{', '.join(primeiras)} e {ultima}" if primeiras else ultima
    return f"Falta estoque: {juntas}." if curtas else None


def _item(item: dict[str, Any], ha: dict[int, int]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "tipo": item["tipo"],
        "descricao": item["descricao"],
        "quantidade": item["quantidade"],
        "unidade": item["unidade"],
        "disponivel": ha.get(item["peca_id"]),
        "preco_unitario": _reais(item["preco_unitario"]),
        "desconto": _reais(item["desconto"]),
        "total": _reais(item["total"]),
        "status": item["status"],
        "motivo": item["motivo"],
        "falta": 0,
        "usada": None,
        "cobrado": None,
        "servico_id": item["servico_id"],
        "peca_id": item["peca_id"],
    }


def _soma(itens: Any, tipo: str) -> int:
    return sum(item["total"] for item in itens if item["tipo"] == tipo)


def _ler_fila(cursor: DictCursor, quem: int, limite: int) -> bytes:
    cursor.execute(ATOR, (quem,))
    ator = cursor.fetchall()[0]
    linhas: Linhas = []
    for status in FILA:
        cursor.execute(DO_STATUS, (status, ator["id"], limite + 1 - len(linhas)))
        linhas += cursor.fetchall()
        if len(linhas) > limite:
            break
    ids = [linha["id"] for linha in linhas]
    itens, abertos, pagos = (_por_ordem(cursor, sql, ids) for sql in (COBRADOS, ABERTOS, PAGOS))
    cursor.execute(PARAMETROS)
    dias = {linha["nome"]: linha["valor"] for linha in cursor.fetchall()}.get("atraso_dias", 3)
    agora = datetime.now(UTC).replace(tzinfo=None)
    fichas = []
    for linha in linhas[:limite]:
        atrasada = linha["criado_em"] < agora - timedelta(days=dias)
        contas = (itens[linha["id"]], abertos[linha["id"]], pagos[linha["id"]])
        fichas.append(_linha(linha, *contas, agora.date()) | {"atrasada": atrasada})
    return _json(fichas).encode()


def _por_ordem(cursor: DictCursor, sql: str, ids: list[int]) -> dict[int, Linhas]:
    cursor.execute(sql, (ids,))
    achados: dict[int, Linhas] = defaultdict(list)
    for linha in cursor.fetchall():
        achados[linha["ordem_id"]].append(linha)
    return achados


def _linha(
    linha: dict[str, Any], itens: Linhas, abertos: Linhas, pagos: Linhas, hoje: date
) -> dict[str, Any]:
    total = sum(item["total"] for item in itens)
    revisados = {aberto["substitui_id"] for aberto in abertos}
    executa = linha["status"] == "EM_EXECUCAO"
    esperam = [aberto for aberto in abertos if aberto["status"] == "AGUARDANDO_APROVACAO"]
    return {
        "id": linha["id"],
        "status": linha["status"],
        "placa": linha["placa"],
        "veiculo": f"{linha['marca']} {linha['modelo']}",
        "cliente": linha["cliente"],
        "queixa": linha["queixa"],
        "mecanico": linha["mecanico"],
        "a_aprovar": _reais(sum(a["valor_total"] for a in abertos if a["id"] not in revisados)),
        "total": _reais(total),
        "saldo": _reais(total - sum(pago["valor"] for pago in pagos)),
        "aguarda_complementar": executa and bool(esperam),
        "falta_peca": executa and any(_falta(item) for item in itens),
        "orcamento_vencido": any(a["validade"] < hoje for a in esperam if a["validade"]),
        "atrasada": False,
        "criado_em": f"{linha['criado_em'].isoformat()}+00:00",
        "loja_id": linha["loja_id"],
    }


def _falta(item: dict[str, Any]) -> bool:
    if item["peca_id"] is None or item["usada"] is not None:
        return False
    return bool(item["quantidade"] > item["reservada"])


def _reais(centavos: int) -> str:
    return f"{centavos // 100}.{centavos % 100:02}"


def _json(valor: Any) -> str:
    return json.dumps(valor, ensure_ascii=False, separators=(",", ":"))
