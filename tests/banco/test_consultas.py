"""As consultas de todo dia usam os índices, e quantas são não depende de quantas linhas há.

Os planos se pedem aos bancos com milhares de linhas por tabela, de uma rede de duas lojas; as
consultas são as que os casos de uso mandam, com os valores que mandam, na primeira página e na
segunda. As contas de comandos comparam o mesmo pedido com 1 e com 20 linhas.
"""

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, event, insert

from oficina_core.banco import manutencao, tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.casos.desfazer import ListarDesfaziveis
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque, ListarMovimentos
from oficina_core.casos.eventos import ListarEventos
from oficina_core.casos.itens import BuscarItens
from oficina_core.casos.kits import CriarKit, ItemPedido, ListarKits
from oficina_core.casos.kits_importacao import ImportarKits, LinhaImportadaKit
from oficina_core.casos.links import CriarLink
from oficina_core.casos.mensagens import TomarMensagem
from oficina_core.casos.orcamentos import (
    CriarOrcamento,
    EditarOrcamento,
    EnviarOrcamento,
    ListarOrcamentos,
    RevisarOrcamento,
)
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento, RecusarOrcamento
from oficina_core.casos.ordens import ListarOrdens, VerHistoricoOrdem, VerOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.pecas import ListarPecas
from oficina_core.casos.pecas_importacao import ImportarPecas, LinhaImportadaPeca
from oficina_core.casos.perfil import AcompanharOrdens
from oficina_core.casos.portas import CasoDeUso, Oficina, Pedido
from oficina_core.casos.relatorios import VerPainel
from oficina_core.casos.relatorios_estoque import VerGiroEstoque
from oficina_core.casos.relatorios_faturamento import VerFaturamento
from oficina_core.casos.relatorios_produtividade import VerProdutividade
from oficina_core.casos.relatorios_tempos import VerTempos
from oficina_core.casos.reposicao import ListarReposicao
from oficina_core.casos.veiculos import ListarVeiculos, VerHistoricoVeiculo
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito, TipoAtor
from oficina_core.dominio.cliente import TipoCliente
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.estoque import CausaMovimento
from oficina_core.dominio.mensagem import SituacaoMensagem, TipoMensagem
from oficina_core.dominio.orcamento import StatusItem, StatusOrcamento, TipoItem
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.servidor_mysql import Servidor, eh_mariadb

C, S = CausaMovimento, SituacaoMensagem
ACABADAS = (StatusOrdem.FINALIZADA, StatusOrdem.ENTREGUE)
LINHAS = 2000
LOJAS = 2
DO_ORCAMENTO = {
    StatusOrdem.RECEBIDA: StatusOrcamento.RASCUNHO,
    StatusOrdem.EM_DIAGNOSTICO: StatusOrcamento.RASCUNHO,
    StatusOrdem.AGUARDANDO_APROVACAO: StatusOrcamento.AGUARDANDO_APROVACAO,
    StatusOrdem.EM_EXECUCAO: StatusOrcamento.APROVADO,
    StatusOrdem.FINALIZADA: StatusOrcamento.APROVADO,
    StatusOrdem.ENTREGUE: StatusOrcamento.APROVADO,
    StatusOrdem.CANCELADA: StatusOrcamento.RECUSADO,
}
DO_ITEM = {
    StatusOrcamento.APROVADO: StatusItem.APROVADO,
    StatusOrcamento.RECUSADO: StatusItem.RECUSADO,
}


def _em(n: int) -> datetime:
    return datetime(2026, 1, 2, 11, tzinfo=UTC) + timedelta(hours=n)


def _status(n: int) -> StatusOrdem:
    """As últimas 200 se repartem pela fila; das outras, quase todas já se entregaram."""
    if n > LINHAS - 200:
        return list(StatusOrdem)[n % 5]
    return StatusOrdem.CANCELADA if n % 20 == 0 else StatusOrdem.ENTREGUE


def _orcado(n: int) -> StatusOrcamento:
    return DO_ORCAMENTO[_status(n)]


def _numero(n: int) -> int:
    return n


def _loja(n: int) -> int:
    return 1 + n % LOJAS


def _semear(conexao: Connection) -> None:
    """Direto nas tabelas: `verificar` não se aplica, só os tamanhos e a repartição importam."""

    def por(tabela: Table, **campos: Any) -> None:
        linhas = [
            {nome: valor(n) if callable(valor) else valor for nome, valor in campos.items()}
            for n in range(1, LINHAS + 1)
        ]
        conexao.execute(insert(tabela), linhas)

    cadastro: dict[str, Any] = {"versao": 1, "ativo": True}
    dela: dict[str, Any] = {"ordem_id": _numero, "ator": "sistema", "em": _em}
    do_carro: dict[str, Any] = {"versao": 1, "loja_id": _loja}
    do_carro["veiculo_id"] = do_carro["cliente_id"] = lambda n: n % 500 + 1
    filial = {"versao": 1, "nome": "Filial", "fuso": "America/Sao_Paulo"}
    conexao.execute(insert(tabelas.lojas), filial)
    # Poucos, como em quase toda oficina: até três, o MySQL preferiria ler todos a cada junção.
    mecanico = cadastro | {"busca": "mecânico", "nome": "Mecânico", "papel": Papel.MECANICO}
    for n in (1, 2):
        pessoa = mecanico | {"cpf": f"{n:011}", "loja_id": 1}
        conexao.execute(insert(tabelas.funcionarios), pessoa)
    por(
        tabelas.clientes,
        **cadastro,
        id=_numero,
        busca=lambda n: f"cliente {n:04}",
        nome=lambda n: f"Cliente {n:04}",
        documento=lambda n: f"{n:011}",
        tipo=TipoCliente.PF,
        criado_em=_em,
    )
    por(
        tabelas.veiculos,
        **cadastro,
        id=_numero,
        busca=lambda n: f"abc{n:04}",
        placa=lambda n: f"ABC{n:04}",
        placa_canonica=lambda n: f"ABC{n:04}",
        marca="VW",
        modelo="Gol",
        cliente_id=_numero,
    )
    por(
        tabelas.pecas,
        **cadastro,
        id=_numero,
        busca=lambda n: f"p{n:04} peca",
        codigo=lambda n: f"P{n:04}",
        nome="Peça",
        unidade=Unidade.UN,
        preco=Decimal(10),
    )
    movimento: dict[str, Any] = {"saldo_apos": 10, "ator": "sistema", "em": _em}
    for loja in range(1, LOJAS + 1):
        da_loja: dict[str, Any] = {"loja_id": loja, "peca_id": _numero}
        saldo: dict[str, Any] = {"estoque": 20, "reservado": 0, "minimo": 2, "seq": 2}
        por(tabelas.estoques, **da_loja, **saldo, prateleira=1)
        for seq, causa, delta in ((1, C.ENTRADA, 20), (2, C.SAIDA_OS, -10)):
            por(tabelas.movimentos, **da_loja, **movimento, seq=seq, causa=causa, delta=delta)
    por(
        tabelas.ordens,
        **do_carro,
        id=_numero,
        status=_status,
        queixa="barulho",
        mecanico_id=lambda n: n % 3 or None,
        criado_em=_em,
        data_inicio=_em,
        data_fim=lambda n: _em(6 * n) if _status(n) in ACABADAS else None,
    )
    orcamento = do_carro | {"revisao": 1, "descricao": "revisão", "criado_em": _em}
    orcamento["validade"] = lambda n: date(2026, 6, 1) + timedelta(days=n % 300)
    orcamento["valor_total"] = Decimal(30)
    por(
        tabelas.orcamentos,
        **orcamento,
        id=_numero,
        ordem_id=_numero,
        status=_orcado,
        decidido_em=_em,
    )
    for _ in range(4):  # com poucos, o MySQL prefere pôr em ordem os da loja: custa 4 ms
        por(tabelas.orcamentos, **orcamento, status=StatusOrcamento.CANCELADO)
    for vez in range(3):
        por(
            tabelas.orcamento_itens,
            orcamento_id=_numero,
            tipo=TipoItem.PECA,
            peca_id=lambda n, vez=vez: (n * 3 + vez) % 300 + 1,
            descricao="Peça",
            unidade=Unidade.UN,
            preco_unitario=Decimal(10),
            quantidade=1,
            desconto=Decimal(0),
            total=Decimal(10),
            status=lambda n: DO_ITEM.get(_orcado(n), StatusItem.PENDENTE),
            reservada=0,
        )
    por(tabelas.pagamentos, **dela, forma=FormaPagamento.PIX, valor=Decimal(30))
    por(tabelas.anotacoes, **dela, texto="nota")
    por(
        tabelas.links,
        versao=1,
        orcamento_id=_numero,
        resumo=lambda n: f"{n:064}",
        conteudo="",
        vale_ate=_em,
        criado_em=_em,
    )
    por(
        tabelas.mensagens,
        tipo=TipoMensagem.ORCAMENTO,
        cliente_id=lambda n: n % 500 + 1,
        orcamento_id=_numero,
        situacao=lambda n: S.PENDENTE if n > LINHAS - 20 else S.ENVIADA,
        falhas=0,
        proxima_em=_em,
        criado_em=_em,
    )
    for entidade in ("ordens_servico", "orcamentos", "pagamentos"):
        por(
            tabelas.eventos,
            loja_id=_loja,
            entidade=entidade,
            entidade_id=_numero,
            seq=1,
            acao="AbrirOrdem",
            diferenca='{"status":"RECEBIDA"}',
            ator_tipo=TipoAtor.SISTEMA,
            ator_nome="sistema",
            em=_em,
        )


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def cheio(
    request: pytest.FixtureRequest, modelo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Um banco de alguns anos, com as estatísticas em dia no servidor, que as faz sozinho."""
    nome = f"oficina_teste_consultas_{os.getpid()}"
    if request.param == "sqlite":
        caminho = tmp_path_factory.mktemp("consultas") / "oficina.db"
        shutil.copy(modelo_sqlite, caminho)
        url = f"sqlite:///{caminho}"
    else:
        servidor: Servidor = request.getfixturevalue("mysql")
        url = servidor.criar_banco(nome)
        manutencao.migrar(url)
    motor = abrir(url)
    with gravando(motor) as conexao:
        _semear(conexao)
    if request.param == "mysql":
        with motor.connect() as conexao:
            for tabela in tabelas.metadata.tables:
                conexao.exec_driver_sql(f"ANALYZE TABLE {tabela}").all()
    yield motor
    motor.dispose()
    if request.param == "mysql":
        servidor.apagar_banco(nome)


Comando = tuple[str, Any]


class Escuta:
    """Os comandos que uma oficina manda ao banco enquanto se escuta."""

    def __init__(self, oficina: OficinaLocal) -> None:
        self.ouvidos: list[Comando] = []
        event.listen(oficina._motor, "before_cursor_execute", self._ouvir)

    def _ouvir(self, _: Any, __: Any, comando: str, valores: Any, *___: Any) -> None:
        self.ouvidos.append((" ".join(comando.split()), valores))


@dataclass(frozen=True)
class Passo:
    """Como o banco lê uma tabela; `varre` é passar por ela toda."""

    tabela: str
    indice: str
    varre: bool


@dataclass(frozen=True)
class Plano:
    passos: tuple[Passo, ...]
    ordena: bool  # depois de ler, põe em ordem o que o índice não deu em ordem

    def de(self, tabela: str) -> Passo:
        (passo,) = (passo for passo in self.passos if passo.tabela == tabela)
        return passo


def _plano(motor: Engine, comando: Comando) -> Plano:
    with motor.connect() as conexao:
        if motor.dialect.name == "sqlite":
            return _do_sqlite(
                [
                    linha.detail
                    for linha in conexao.exec_driver_sql(
                        f"EXPLAIN QUERY PLAN {comando[0]}", comando[1]
                    )
                ]
            )
        return _do_mysql(
            [
                dict(linha)
                for linha in conexao.exec_driver_sql(
                    f"EXPLAIN FORMAT=TRADITIONAL {comando[0]}", comando[1]
                ).mappings()
            ]
        )


def _do_sqlite(detalhes: list[str]) -> Plano:
    """Percorrer um índice em ordem, e parar no fim da página, não é varrer."""
    montado, ordena = False, False
    leituras = []
    for detalhe in detalhes:
        modo, _, leitura = detalhe.partition(" ")
        if modo in ("SCAN", "SEARCH"):
            montado = leitura.startswith(("anon_", "(subquery"))  # o que o próprio plano montou
            leituras += [] if montado else [(modo, leitura)]
        ordena = ordena or ("TEMP B-TREE FOR ORDER BY" in detalhe and not montado)
    passos = []
    for modo, leitura in leituras:
        tabela, *resto = leitura.split(" ")
        indice = "PRIMARY"
        if "INDEX" in resto:
            indice = resto[resto.index("INDEX") + 1]
        em_ordem = "INDEX" in resto and not ordena
        passos.append(Passo(tabela, indice, varre=modo == "SCAN" and not em_ordem))
    return Plano(tuple(passos), ordena)


def _do_mysql(linhas: list[dict[str, Any]]) -> Plano:
    """Menos o que o próprio plano montou, que tem o tamanho de uma página."""
    lidas = [linha for linha in linhas if linha["table"] and not linha["table"].startswith("<")]
    passos = [
        Passo(
            linha["table"],
            linha["key"] or "",
            varre=linha["type"] == "ALL" or (linha["type"] == "index" and linha["rows"] > 200),
        )
        for linha in lidas
    ]
    ordena = any("filesort" in (linha["Extra"] or "") for linha in lidas)
    return Plano(tuple(passos), ordena)


@dataclass(frozen=True)
class Quente:
    """Um caso de todo dia: a tabela principal da consulta e o índice por que ela se lê."""

    caso: CasoDeUso[Any]
    tabela: str
    indice: str
    no_sqlite: str = ""  # o nome lá, se é o de uma restrição
    outro: str = ""  # o índice das outras consultas do caso que começam pela mesma tabela
    ou_pelo_numero: bool = False  # a chave primária dá a mesma ordem
    em_ordem: bool = True
    quem: Sujeito = SISTEMA


O_CLIENTE = Sujeito(tipo=TipoAtor.CLIENTE, id=7)
DA_FILA = "ix_ordens_servico_loja_id_status_criado_em_id"
UMA_SEMANA: dict[str, Any] = {"de": date(2026, 1, 5), "ate": date(2026, 1, 11)}
QUENTES = {
    "fila": Quente(ListarOrdens(limite=10), "ordens_servico", DA_FILA),
    "em execução": Quente(
        ListarOrdens(status=StatusOrdem.EM_EXECUCAO, limite=10), "ordens_servico", DA_FILA
    ),
    "entregues": Quente(ListarOrdens(status=StatusOrdem.ENTREGUE), "ordens_servico", DA_FILA),
    "visitas do veículo": Quente(
        VerHistoricoVeiculo(veiculo_id=7),
        "ordens_servico",
        "ix_ordens_servico_veiculo_id_criado_em",
    ),
    "orçamentos": Quente(
        ListarOrcamentos(), "orcamentos", "ix_orcamentos_loja_id_id", ou_pelo_numero=True
    ),
    "orçamentos que esperam": Quente(
        ListarOrcamentos(status=StatusOrcamento.AGUARDANDO_APROVACAO, limite=5),
        "orcamentos",
        "ix_orcamentos_loja_id_status_id",
    ),
    "orçamentos vencidos": Quente(
        ListarOrcamentos(status=StatusOrcamento.EXPIRADO, limite=5),
        "orcamentos",
        "ix_orcamentos_loja_id_status_id",
    ),
    "orçamentos do veículo": Quente(
        ListarOrcamentos(veiculo_id=7), "orcamentos", "ix_orcamentos_veiculo_id_id"
    ),
    "orçamentos da ordem": Quente(
        ListarOrcamentos(ordem_id=7), "orcamentos", "ix_orcamentos_ordem_id"
    ),
    "peças": Quente(ListarPecas(), "pecas", "uq_pecas_codigo", "sqlite_autoindex_pecas_1"),
    "veículos": Quente(
        ListarVeiculos(), "veiculos", "uq_veiculos_placa_canonica", "sqlite_autoindex_veiculos_1"
    ),
    "movimentos": Quente(
        ListarMovimentos(),
        "movimentos_estoque",
        "ix_movimentos_estoque_loja_id_id",
        ou_pelo_numero=True,
    ),
    "linhas que esperam peça": Quente(
        EntradaEstoque(peca_id=7, quantidade=Decimal(1)),
        "orcamento_itens",
        "ix_orcamento_itens_peca_id_status",
        em_ordem=False,  # a ordem é a da aprovação
    ),
    "história da ordem": Quente(
        VerHistoricoOrdem(ordem_id=7),
        "eventos",
        "uq_eventos_entidade_entidade_id_seq",
        "sqlite_autoindex_eventos_1",
        em_ordem=False,  # são de várias entidades
    ),
    "veículos do cliente": Quente(
        ListarVeiculos(),
        "veiculos",
        "ix_veiculos_cliente_id",
        em_ordem=False,  # são poucos, e se põem em ordem de placa
        quem=O_CLIENTE,
    ),
    "orçamentos do cliente": Quente(
        ListarOrcamentos(limite=5), "orcamentos", "ix_orcamentos_cliente_id_id", quem=O_CLIENTE
    ),
    "ordens do cliente": Quente(
        ListarOrdens(limite=1),
        "ordens_servico",
        "ix_ordens_servico_cliente_id_criado_em",
        quem=O_CLIENTE,
    ),
    "entregues do cliente": Quente(
        ListarOrdens(status=StatusOrdem.ENTREGUE, limite=1),
        "ordens_servico",
        "ix_ordens_servico_cliente_id_criado_em",
        quem=O_CLIENTE,
    ),
    "andamento": Quente(
        AcompanharOrdens(limite=1),
        "ordens_servico",
        "ix_ordens_servico_cliente_id_criado_em",
        em_ordem=False,  # são poucas, e se põem em ordem de número
        quem=O_CLIENTE,
    ),
    "ordens abertas e acabadas no mês, e as mudanças delas": Quente(
        VerPainel(mes="2026-01"),
        "ordens_servico",
        DA_FILA,
        outro="ix_ordens_servico_loja_id_data_fim",
    ),
    "ordens faturadas, e o pago delas": Quente(
        VerFaturamento(**UMA_SEMANA),
        "ordens_servico",
        "ix_ordens_servico_loja_id_data_fim",
        em_ordem=False,  # somam-se por ordem
    ),
    "o recebido": Quente(
        VerFaturamento(**UMA_SEMANA),
        "pagamentos",
        "ix_pagamentos_em",
        em_ordem=False,  # somam-se por forma
    ),
    "o respondido": Quente(
        VerFaturamento(**UMA_SEMANA),
        "orcamentos",
        "ix_orcamentos_loja_id_decidido_em",
        em_ordem=False,  # somam-se por motivo
    ),
    "o consumo das peças": Quente(
        VerGiroEstoque(**UMA_SEMANA),
        "movimentos_estoque",
        "ix_movimentos_estoque_loja_id_causa_em_peca_id",
        em_ordem=False,  # somam-se por peça
    ),
    "o estoque, o parado e o que falta": Quente(
        VerGiroEstoque(**UMA_SEMANA),
        "estoques",
        "PRIMARY",
        "sqlite_autoindex_estoques_1",
        em_ordem=False,  # somam-se por peça
    ),
    "os tempos": Quente(
        VerTempos(**UMA_SEMANA),
        "ordens_servico",
        DA_FILA,
        outro="ix_ordens_servico_loja_id_data_fim",
    ),
    "a produtividade": Quente(
        VerProdutividade(**UMA_SEMANA), "ordens_servico", "ix_ordens_servico_loja_id_data_fim"
    ),
    "orçamentos vencendo": Quente(
        VerPainel(mes="2026-01"),
        "orcamentos",
        "ix_orcamentos_loja_id_status_id",
        em_ordem=False,  # são poucos, e se põem em ordem de validade
    ),
    "peças abaixo do mínimo": Quente(
        VerPainel(mes="2026-01"),
        "estoques",
        "PRIMARY",
        "sqlite_autoindex_estoques_1",
        em_ordem=False,  # o que falta mais, antes
    ),
    "o que comprar": Quente(
        ListarReposicao(limite=10), "pecas", "uq_pecas_codigo", "sqlite_autoindex_pecas_1"
    ),
    "o que falta às ordens": Quente(ListarReposicao(), "ordens_servico", DA_FILA, em_ordem=False),
    "eventos depois da marca": Quente(
        ListarEventos(marca=3 * LINHAS - 50),
        "eventos",
        "ix_eventos_loja_id_id",
        ou_pelo_numero=True,
    ),
    "últimos eventos": Quente(
        ListarEventos(), "eventos", "ix_eventos_loja_id_id", ou_pelo_numero=True
    ),
    "ações que se desfazem": Quente(
        ListarDesfaziveis(), "eventos", "ix_eventos_loja_id_id", ou_pelo_numero=True
    ),
    "próximas mensagens": Quente(
        TomarMensagem(), "caixa_saida", "ix_caixa_saida_situacao_proxima_em_id"
    ),
    "links do orçamento": Quente(
        CriarLink(orcamento_id=LINHAS - 3),
        "links_aprovacao",
        "ix_links_aprovacao_orcamento_id_criado_em",
    ),
}


def _planos(motor: Engine, quente: Quente) -> Iterator[Plano]:
    """Os planos das consultas de um caso que começam por uma tabela, em duas páginas."""
    caso, tabela = quente.caso, quente.tabela
    oficina = OficinaLocal(motor, quente.quem)
    escuta = Escuta(oficina)
    for _ in range(2):
        resposta = oficina.executar(caso, Pedido(loja=1))
        if not (cursor := getattr(resposta, "proximo", None)):
            break
        caso = replace(caso, cursor=cursor)  # type: ignore[type-var]
    event.remove(motor, "before_cursor_execute", escuta._ouvir)
    for comando in escuta.ouvidos:
        if comando[0].startswith("SELECT ") and _de(comando[0]) == tabela:
            yield _plano(motor, comando)


def _de(comando: str) -> str:
    """A tabela por que a consulta começa, sem contar as subconsultas do que se mostra."""
    por_fora, dentro = comando, 1
    while dentro:
        por_fora, dentro = re.subn(r"\([^()]*\)", "", por_fora)
    comecos = (re.search(r" FROM (\w+)", texto) for texto in (por_fora, comando))
    return next((achado[1] for achado in comecos if achado), "")


@pytest.mark.parametrize("nome", QUENTES)
def test_a_consulta_de_todo_dia_le_pelo_indice(cheio: Engine, nome: str) -> None:
    if eh_mariadb(cheio):
        pytest.skip("o MariaDB escolhe outros planos, e o alvo é o MySQL")
    quente = QUENTES[nome]
    no_sqlite = cheio.dialect.name == "sqlite" and quente.no_sqlite
    servem = {no_sqlite or quente.indice, quente.outro or quente.indice} | (
        {"PRIMARY"} if quente.ou_pelo_numero else set()
    )
    planos = list(_planos(cheio, quente))
    assert planos
    for plano in planos:
        assert not [passo for passo in plano.passos if passo.varre], plano
        assert servem & {p.indice for p in plano.passos if p.tabela == quente.tabela}, plano
        assert not (quente.em_ordem and plano.ordena), plano


VARIAS = 20
# O que cresce com as linhas, e por quê: cada peça tem a sua trava, a linha de estoques, que se toma
# em ordem; quem a move relê o saldo e escreve um movimento; e cada linha do orçamento guarda a sua
# decisão, a sua reserva e o que se usou.
POR_PECA = {
    "UPDATE estoques",
    "SELECT estoques",
    "INSERT movimentos_estoque",
    "UPDATE orcamento_itens",
}


def _rotulo(comando: str) -> str:
    verbo, *resto = comando.split(" ")
    match verbo:
        case "SELECT":
            return f"SELECT {_de(comando)}"
        case "UPDATE":
            return f"UPDATE {resto[0]}"
        case "INSERT" | "DELETE":
            return f"{verbo} {resto[1]}"
    return verbo


def _comandos(oficina: OficinaLocal, caso: CasoDeUso[Any]) -> Counter[str]:
    escuta = Escuta(oficina)
    oficina.executar(caso)
    event.remove(oficina._motor, "before_cursor_execute", escuta._ouvir)
    rotulos = Counter(_rotulo(comando) for comando, _ in escuta.ouvidos)
    del rotulos["PRAGMA"]  # não vai a servidor nenhum
    return rotulos


def _codigos(quantas: int) -> tuple[str, ...]:
    return tuple(f"P{n:02}" for n in range(quantas))


Preparo = Callable[[Oficina, int], CasoDeUso[Any]]


def _rascunho(oficina: Oficina, quantas: int) -> int:
    return cenario.abrir(oficina, pecas=_codigos(quantas)).orcamentos[0].id


def _executando(oficina: Oficina, quantas: int) -> int:
    return cenario.em_execucao(oficina, pecas=_codigos(quantas)).id


def _orcar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    return CriarOrcamento(veiculo_id=cenario.PLACA, pecas=_codigos(quantas))


def _enviar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    return EnviarOrcamento(orcamento_id=_rascunho(oficina, quantas))


def _editar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    """Troca a quantidade de todas as linhas."""
    pecas = tuple(ItemPedido(id=codigo, quantidade=Decimal(2)) for codigo in _codigos(quantas))
    return EditarOrcamento(
        orcamento_id=_rascunho(oficina, quantas), versao=1, descricao="outra", pecas=pecas
    )


def _revisar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    orcamento = _rascunho(oficina, quantas)
    oficina.executar(EnviarOrcamento(orcamento_id=orcamento))
    return RevisarOrcamento(orcamento_id=orcamento)


def _aprovar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    orcamento = _rascunho(oficina, quantas)
    oficina.executar(EnviarOrcamento(orcamento_id=orcamento))
    return AprovarOrcamento(orcamento_id=orcamento)


def _recusar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    orcamento = _rascunho(oficina, quantas)
    oficina.executar(EnviarOrcamento(orcamento_id=orcamento))
    return RecusarOrcamento(orcamento_id=orcamento, motivo="caro")


def _finalizar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    return FinalizarOrdem(ordem_id=_executando(oficina, quantas))


def _cancelar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    return CancelarOrdem(ordem_id=_executando(oficina, quantas), motivo="desistiu")


def _pagar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    ordem = _executando(oficina, quantas)
    return RegistrarPagamento(ordem_id=ordem, forma=FormaPagamento.PIX, valor=Decimal(1))


def _ver(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    return VerOrdem(ordem_id=_executando(oficina, quantas))


def _historico(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    for _ in range(quantas):
        ordem = cenario.abrir(oficina, pecas=("P00",))
    return VerHistoricoVeiculo(
        veiculo_id=oficina.executar(ListarVeiculos(busca=ordem.placa)).itens[0].id
    )


def _fila(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    _historico(oficina, quantas)
    return ListarOrdens()


def _orcamentos(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    _historico(oficina, quantas)
    return ListarOrcamentos()


def _itens(oficina: Oficina, quantos: int) -> CasoDeUso[Any]:
    """Tantos kits, e sempre as mesmas peças."""
    pecas = ("P00", "P01")
    kits = tuple(
        LinhaImportadaKit(linha=n, codigo=f"PK{quantos}-{n}", nome="Kit", pecas=pecas)
        for n in range(quantos)
    )
    oficina.executar(ImportarKits(kits=kits))
    return BuscarItens(texto="p", limite=100)


def _kits(oficina: Oficina, quantos: int) -> CasoDeUso[Any]:
    _itens(oficina, quantos)
    return ListarKits()


def _painel(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
    """Ordens acabadas e abertas, orçamentos que vencem e peças que faltam."""
    for codigo in _codigos(quantas):
        oficina.executar(DefinirPrateleira(peca_id=codigo, minimo=Decimal(9999)))
        cenario.enviado(oficina, pecas=("P00",))
        cenario.em_execucao(oficina, pecas=("P00",))
        oficina.executar(_finalizar(oficina, 1))
    return VerPainel()


def _relatorio(caso: type[CasoDeUso[Any]]) -> Preparo:
    def preparar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
        """Ordens acabadas e pagas, peças que saíram e que faltam, e propostas recusadas."""
        for codigo in _codigos(quantas):
            oficina.executar(DefinirPrateleira(peca_id=codigo, minimo=Decimal(9999)))
            ordem = cenario.em_execucao(oficina, pecas=(codigo,)).id
            oficina.executar(FinalizarOrdem(ordem_id=ordem))
            oficina.executar(_pagar(oficina, 1))
            oficina.executar(_recusar(oficina, 1))
        return caso()

    return preparar


LEITURAS: dict[str, Preparo] = {
    "ver a ordem": _ver,
    "a história do veículo": _historico,
    "a fila": _fila,
    "os orçamentos": _orcamentos,
    "o que se orça": _itens,
    "os kits": _kits,
    "o painel": _painel,
    "o faturamento": _relatorio(VerFaturamento),
    "o giro do estoque": _relatorio(VerGiroEstoque),
    "a produtividade": _relatorio(VerProdutividade),
    "os tempos": _relatorio(VerTempos),
}
GRAVACOES: dict[str, Preparo] = {
    "orçar": _orcar,
    "enviar": _enviar,
    "editar": _editar,
    "revisar": _revisar,
    "aprovar": _aprovar,
    "recusar": _recusar,
    "finalizar": _finalizar,
    "cancelar": _cancelar,
    "pagar": _pagar,
}


@pytest.fixture
def com_pecas(local: OficinaLocal) -> OficinaLocal:
    linhas = tuple(
        LinhaImportadaPeca(
            linha=n, codigo=codigo, nome="Peça", preco=Decimal(10), estoque=Decimal(1000)
        )
        for n, codigo in enumerate(_codigos(VARIAS), 2)
    )
    local.executar(ImportarPecas(linhas=linhas))
    cenario.cliente(local)
    cenario.veiculo(local)
    return local


def _cresce(oficina: OficinaLocal, preparar: Preparo) -> Counter[str]:
    """Os comandos a mais que 20 linhas pedem, sobre os de uma."""
    uma = _comandos(oficina, preparar(oficina, 1))
    return _comandos(oficina, preparar(oficina, VARIAS)) - uma


@pytest.mark.parametrize("nome", LEITURAS)
def test_ler_da_os_mesmos_comandos_com_uma_linha_ou_vinte(
    com_pecas: OficinaLocal, nome: str
) -> None:
    assert _cresce(com_pecas, LEITURAS[nome]) == Counter()


@pytest.mark.parametrize("nome", GRAVACOES)
def test_gravar_so_repete_por_linha_o_que_trava_peca_por_peca(
    com_pecas: OficinaLocal, nome: str
) -> None:
    """As linhas novas de um orçamento têm o seu próprio teste."""
    cresce = _cresce(com_pecas, GRAVACOES[nome])
    assert set(cresce) - {"INSERT orcamento_itens"} <= POR_PECA
    assert all(vezes <= 2 * (VARIAS - 1) for vezes in cresce.values()), cresce


def test_as_linhas_de_um_orcamento_entram_em_um_comando_so(com_pecas: OficinaLocal) -> None:
    """Os filhos de um agregado se escrevem em um INSERT de várias linhas."""
    assert _cresce(com_pecas, _orcar)["INSERT orcamento_itens"] == 0


def test_o_kit_se_grava_sem_um_comando_por_item(com_pecas: OficinaLocal) -> None:
    def criar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
        return CriarKit(codigo=f"KIT{quantas}", nome="Kit", pecas=_codigos(quantas))

    assert _cresce(com_pecas, criar) == Counter()


def _importar_pecas(_: Oficina, quantas: int) -> CasoDeUso[Any]:
    return ImportarPecas(
        linhas=tuple(
            LinhaImportadaPeca(
                linha=n, codigo=f"{quantas}-{n}", nome="Peça", preco=Decimal(10), estoque=Decimal(3)
            )
            for n in range(2, quantas + 2)
        )
    )


def _importar_kits(_: Oficina, quantos: int) -> CasoDeUso[Any]:
    """Cada um cita outras peças: nem os kits nem os itens custam comandos."""
    codigos = _codigos(VARIAS)
    return ImportarKits(
        kits=tuple(
            LinhaImportadaKit(
                linha=n, codigo=f"K{quantos}-{n}", nome="Kit", pecas=codigos[n : n + 3]
            )
            for n in range(quantos)
        )
    )


@pytest.mark.parametrize("importar", [_importar_pecas, _importar_kits])
def test_importar_da_os_mesmos_comandos_com_uma_linha_ou_varias(
    com_pecas: OficinaLocal, importar: Preparo
) -> None:
    assert _cresce(com_pecas, importar) == Counter()


def test_atualizar_pela_planilha_grava_em_ordem_de_numero(com_pecas: OficinaLocal) -> None:
    """A ordem da planilha é de quem a fez, e duas em ordem trocada se travariam."""
    linhas = tuple(
        LinhaImportadaPeca(linha=n, codigo=codigo, nome="Outra", preco=Decimal(1))
        for n, codigo in enumerate(reversed(_codigos(VARIAS)), 2)
    )
    gravados: list[int] = []

    @event.listens_for(com_pecas._motor, "before_execute")
    def ver(_: Any, comando: Any, __: Any, valores: dict[str, Any], ___: Any) -> None:
        if getattr(comando, "is_update", False) and comando.table is tabelas.pecas:
            gravados.append(valores["este"])

    com_pecas.executar(ImportarPecas(linhas=linhas, atualizar=True))
    assert len(gravados) == VARIAS
    assert gravados == sorted(gravados)


def test_a_entrada_so_repete_a_reserva_de_cada_linha_que_esperava(com_pecas: OficinaLocal) -> None:
    """Uma gravação por linha atendida: é a `reservada` dela."""

    def entrar(oficina: Oficina, quantas: int) -> CasoDeUso[Any]:
        codigo = f"FALTA{quantas}"
        cenario.peca(oficina, codigo)
        for _ in range(quantas):
            orcamento = cenario.enviado(oficina, pecas=(codigo,))
            oficina.executar(AprovarOrcamento(orcamento_id=orcamento.id, permitir_falta=True))
        return EntradaEstoque(peca_id=codigo, quantidade=Decimal(quantas))

    assert _cresce(com_pecas, entrar) == Counter({"UPDATE orcamento_itens": VARIAS - 1})


TETO = {
    "ver a ordem": 11,
    "a história do veículo": 11,
    "a fila": 12,
    "os orçamentos": 5,
    "o que se orça": 9,
    "os kits": 6,
    "orçar": 13,
    "enviar": 16,
    "editar": 16,
    "revisar": 19,
    "o painel": 12,
    "aprovar": 22,
    "recusar": 16,
    "finalizar": 26,
    "cancelar": 24,
    "pagar": 19,
}


@pytest.mark.parametrize("nome", TETO)
def test_cada_caso_de_todo_dia_tem_um_teto_de_comandos(com_pecas: OficinaLocal, nome: str) -> None:
    """Com uma linha só; o servidor pode estar a milissegundos daqui."""
    comandos = _comandos(com_pecas, (LEITURAS | GRAVACOES)[nome](com_pecas, 1))
    assert comandos.total() <= TETO[nome], comandos
