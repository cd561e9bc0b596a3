"""Os relatórios da demonstração, refeitos à mão das linhas cruas do banco, em Python e frações."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oficina_cli.demonstracao import preparar
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.lojas import EditarLoja
from oficina_core.casos.relatorios import VerPainel
from oficina_core.casos.relatorios_estoque import VerGiroEstoque
from oficina_core.casos.relatorios_faturamento import VerFaturamento
from oficina_core.casos.relatorios_produtividade import VerProdutividade
from oficina_core.casos.relatorios_tempos import VerTempos
from oficina_core.dominio.periodo import Passo

AGORA = datetime(2026, 11, 26, 15, tzinfo=UTC)
MESES = {
    "2026-10": (date(2026, 10, 1), date(2026, 10, 31)),
    "2026-11": (date(2026, 11, 1), date(2026, 11, 26)),
}
COM_VERAO = "America/New_York"  # ali o 1º de novembro de 2026 teve 25 horas

Linhas = list[dict[str, Any]]


@pytest.fixture(scope="module")
def demonstracao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OficinaLocal, Path]]:
    caminho = tmp_path_factory.mktemp("demonstracao") / "oficina.db"
    oficina = preparar(caminho, agora=lambda: AGORA)
    yield oficina, caminho
    oficina.fechar()


@pytest.fixture(params=["America/Sao_Paulo", COM_VERAO, "Asia/Tokyo"])
def loja(
    request: pytest.FixtureRequest, demonstracao: tuple[OficinaLocal, Path]
) -> tuple[OficinaLocal, "Cru"]:
    """A mesma oficina, com a meia-noite em outro lugar."""
    oficina, caminho = demonstracao
    cru = Cru(caminho, ZoneInfo(request.param))
    (versao,) = {linha["versao"] for linha in cru.ler("SELECT versao FROM lojas")}
    oficina.executar(EditarLoja(loja_id=1, versao=versao, nome="Matriz", fuso=request.param))
    return oficina, cru


class Cru:
    """O banco sem a oficina: linhas, e o dia de cada instante em um fuso."""

    def __init__(self, caminho: Path, fuso: ZoneInfo) -> None:
        self._caminho, self._fuso = caminho, fuso

    def ler(self, sql: str) -> Linhas:
        with sqlite3.connect(self._caminho) as conexao:
            conexao.row_factory = sqlite3.Row
            return [dict(linha) for linha in conexao.execute(sql)]

    def no_mes(self, linhas: Linhas, coluna: str, mes: str) -> Linhas:
        de, ate = MESES[mes]
        return [linha for linha in linhas if de <= self.dia(linha[coluna]) <= ate]

    def dia(self, escrito: str) -> date:
        return instante(escrito).astimezone(self._fuso).date()

    def faturadas(self, mes: str) -> Linhas:
        linhas = self.ler(
            "SELECT o.id AS ordem, o.mecanico_id, o.data_inicio, o.data_fim, i.* "
            "FROM ordens_servico o JOIN orcamentos q ON q.ordem_id = o.id "
            "JOIN orcamento_itens i ON i.orcamento_id = q.id "
            "WHERE i.status = 'APROVADO' AND o.data_fim IS NOT NULL"
        )
        return self.no_mes(linhas, "data_fim", mes)


def instante(escrito: str) -> datetime:
    return datetime.fromisoformat(escrito).replace(tzinfo=UTC)


def fator(linha: dict[str, Any]) -> int:
    return 1 if linha["unidade"] == "un" else 1000


def reais(centavos: Fraction | int) -> Decimal:
    """Meio centavo para cima."""
    exato = Fraction(centavos)
    inteiro = Decimal(exato.numerator) / Decimal(exato.denominator)
    return inteiro.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)


def cobrado(item: dict[str, Any]) -> Decimal:
    if item["tipo"] == "SERVICO":
        return reais(item["total"])
    usada, todo = Fraction(item["usada"]), item["quantidade"]
    preco = Fraction(item["preco_unitario"], fator(item))
    return reais(preco * usada - item["desconto"] * usada / todo)


def do_tipo(itens: Linhas, tipo: str) -> Decimal:
    return sum((cobrado(item) for item in itens if item["tipo"] == tipo), Decimal(0))


def minutos(tempo: timedelta) -> int:
    return tempo // timedelta(minutes=1)


@pytest.mark.parametrize("mes", MESES)
def test_o_faturamento_e_o_das_linhas_cruas(loja: tuple[OficinaLocal, Cru], mes: str) -> None:
    oficina, cru = loja
    ficha = oficina.executar(VerFaturamento(mes=mes))
    itens = cru.faturadas(mes)
    ordens = {item["ordem"] for item in itens}
    assert len(ordens) > 5
    assert ficha.ordens == len(ordens)
    assert ficha.mao_de_obra == do_tipo(itens, "SERVICO")
    assert ficha.pecas == do_tipo(itens, "PECA")
    assert ficha.faturado == ficha.mao_de_obra + ficha.pecas
    painel = oficina.executar(VerPainel(mes=mes))
    assert (ficha.faturado, ficha.pecas) == (painel.faturado, painel.faturado_pecas)
    por_dia: dict[date, Decimal] = defaultdict(Decimal)
    for item in itens:
        por_dia[cru.dia(item["data_fim"])] += cobrado(item)
    dias = oficina.executar(VerFaturamento(mes=mes, passo=Passo.DIA)).por_periodo
    assert {linha.de: linha.faturado for linha in dias if linha.faturado} == por_dia

    pagamentos = cru.ler("SELECT * FROM pagamentos")
    recebido = sum(p["valor"] for p in cru.no_mes(pagamentos, "em", mes))
    assert ficha.recebido == reais(recebido)
    falta = Decimal(0)
    for ordem in ordens:
        custou = sum((cobrado(item) for item in itens if item["ordem"] == ordem), Decimal(0))
        pago = reais(sum(p["valor"] for p in pagamentos if p["ordem_id"] == ordem))
        falta += max(custou - pago, Decimal(0))
    assert ficha.a_receber == falta

    respostas = cru.no_mes(
        cru.ler(
            "SELECT i.*, q.decidido_em FROM orcamentos q JOIN orcamento_itens i "
            "ON i.orcamento_id = q.id WHERE q.decidido_em IS NOT NULL"
        ),
        "decidido_em",
        mes,
    )
    recusadas = [item for item in respostas if item["status"] == "RECUSADO"]
    assert (ficha.linhas_respondidas, ficha.linhas_recusadas) == (len(respostas), len(recusadas))
    assert ficha.respondido == reais(sum(item["total"] for item in respostas))
    assert ficha.recusado == reais(sum(item["total"] for item in recusadas))


def test_cada_dia_que_se_pede_sozinho_e_o_das_linhas_cruas(loja: tuple[OficinaLocal, Cru]) -> None:
    """A meia-noite é a da loja: em Tóquio, no meio da tarde de São Paulo."""
    oficina, cru = loja
    faturado: dict[date, Decimal] = defaultdict(Decimal)
    for item in (item for mes in MESES for item in cru.faturadas(mes)):
        faturado[cru.dia(item["data_fim"])] += cobrado(item)
    recebido: dict[date, int] = defaultdict(int)
    for pagamento in cru.ler("SELECT * FROM pagamentos"):
        recebido[cru.dia(pagamento["em"])] += pagamento["valor"]
    for dia in (date(2026, 10, 12) + timedelta(days=n) for n in range(46)):
        ficha = oficina.executar(VerFaturamento(de=dia, ate=dia))
        assert (ficha.faturado, ficha.recebido) == (faturado[dia], reais(recebido[dia])), dia


@pytest.mark.parametrize("mes", MESES)
def test_a_produtividade_e_a_das_linhas_cruas(loja: tuple[OficinaLocal, Cru], mes: str) -> None:
    oficina, cru = loja
    ficha = oficina.executar(VerProdutividade(mes=mes))
    nomes = {p["id"]: p["nome"] for p in cru.ler("SELECT id, nome FROM funcionarios")}
    estimados = {s["id"]: s["tempo_estimado"] for s in cru.ler("SELECT * FROM servicos")}
    dele: dict[str | None, Linhas] = defaultdict(list)
    for item in cru.faturadas(mes):
        dele[nomes.get(item["mecanico_id"])].append(item)
    assert {linha.mecanico for linha in ficha.mecanicos} == dele.keys()
    for linha in ficha.mecanicos:
        itens = dele[linha.mecanico]
        ordens = {item["ordem"]: item for item in itens}
        tempos = [instante(o["data_fim"]) - instante(o["data_inicio"]) for o in ordens.values()]
        assert linha.ordens == len(ordens)
        assert linha.mao_de_obra == do_tipo(itens, "SERVICO")
        assert linha.minutos_vendidos == sum(
            estimados[item["servico_id"]] * item["quantidade"]
            for item in itens
            if item["tipo"] == "SERVICO"
        )
        assert linha.minutos_execucao == minutos(sum(tempos, timedelta()))


@pytest.mark.parametrize("mes", MESES)
def test_os_tempos_sao_os_da_auditoria(loja: tuple[OficinaLocal, Cru], mes: str) -> None:
    """Com o status e o instante de cada evento, na ordem em que se escreveram."""
    oficina, cru = loja
    de, ate = MESES[mes]
    passos: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for evento in cru.ler(
        "SELECT entidade_id, em, json_extract(diferenca, '$.status') AS nasceu, "
        "json_extract(diferenca, '$.status[1]') AS mudou FROM eventos "
        "WHERE entidade = 'ordens_servico' ORDER BY entidade_id, seq"
    ):
        if evento["nasceu"] is not None:
            status = evento["mudou"] or evento["nasceu"]
            passos[evento["entidade_id"]].append((status, instante(evento["em"])))
    tempos: dict[str, list[timedelta]] = defaultdict(list)
    for mudancas in passos.values():
        ficou: dict[str, timedelta] = defaultdict(timedelta)
        saiu: dict[str, date] = {}
        for (status, entrada), (_, saida) in pairwise(mudancas):
            dia = saida.astimezone(cru._fuso).date()
            if dia <= ate:
                ficou[status] += saida - entrada
                saiu[status] = dia
        for status, dia in saiu.items():
            if dia >= de:
                tempos[status].append(ficou[status])
    for linha in oficina.executar(VerTempos(mes=mes)).por_status:
        segundos = [tempo.total_seconds() for tempo in tempos[linha.status.value]]
        assert linha.ordens == len(segundos)
        assert linha.minutos_medios == int(mean(segundos) // 60)
        assert linha.minutos_medianos == int(median(segundos) // 60)


@pytest.mark.parametrize("mes", MESES)
def test_o_giro_e_o_do_livro_de_movimentos(loja: tuple[OficinaLocal, Cru], mes: str) -> None:
    oficina, cru = loja
    ficha = oficina.executar(VerGiroEstoque(mes=mes, limite=100, parada_ha=30))
    livro = cru.ler(
        "SELECT m.*, p.codigo, p.unidade FROM movimentos_estoque m JOIN pecas p ON p.id = m.peca_id"
    )
    saidas = [m for m in livro if m["causa"] == "SAIDA_OS"]
    custo: dict[str, Fraction] = defaultdict(Fraction)
    for m in cru.no_mes(saidas, "em", mes):
        custo[m["codigo"]] += Fraction(-m["delta"] * (m["custo_unitario"] or 0), fator(m))
    assert {linha.codigo: linha.consumido for linha in ficha.curva} == {
        codigo: reais(valor) for codigo, valor in custo.items()
    }
    assert ficha.consumido == sum(map(reais, custo.values()), Decimal(0))
    assert ficha.consumido == oficina.executar(VerFaturamento(mes=mes)).custo_pecas

    corte = AGORA.astimezone(cru._fuso).date() - timedelta(days=30)
    inicio = datetime.combine(corte, time.min, cru._fuso)
    saiu = {m["peca_id"] for m in saidas if instante(m["em"]) >= inicio}
    havia = {m["peca_id"] for m in livro if m["seq"] == 1 and instante(m["em"]) < inicio}
    saldos = cru.ler(
        "SELECT s.*, p.codigo, p.unidade FROM estoques s JOIN pecas p ON p.id = s.peca_id "
        "WHERE s.estoque > 0"
    )
    valores = {
        s["peca_id"]: reais(Fraction(s["estoque"] * (s["custo"] or 0), fator(s))) for s in saldos
    }
    paradas = [valor for peca, valor in valores.items() if peca in havia - saiu]
    assert ficha.valor_em_estoque == sum(valores.values(), Decimal(0))
    assert (ficha.pecas_paradas, ficha.valor_parado) == (len(paradas), sum(paradas, Decimal(0)))
    assert [linha.valor for linha in ficha.paradas] == sorted(paradas, reverse=True)
