"""Os dias e as lojas de um relatório: como se pedem, e onde cada coisa conta."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from oficina_core.banco import tabelas
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir, gravando
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.casos.relatorios_estoque import VerGiroEstoque
from oficina_core.casos.relatorios_faturamento import VerFaturamento
from oficina_core.casos.relatorios_produtividade import VerProdutividade
from oficina_core.casos.relatorios_tempos import VerTempos
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.dominio.pagamento import FormaPagamento
from tests import cenario
from tests.conftest import Relogio

DO_PERIODO = (VerFaturamento, VerProdutividade, VerTempos, VerGiroEstoque)
VIRADA = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)  # já dezembro na matriz, e não na filial


@pytest.fixture(params=DO_PERIODO)
def caso(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def rede(local: OficinaLocal, url: str, relogio: Relogio) -> tuple[int, int]:
    """A matriz, com uma ordem, e a filial, uma hora atrás, com duas, finalizadas na virada."""
    (matriz,) = local.executar(ListarLojas()).itens
    cenario.catalogo(local)
    motor = abrir(url)
    with gravando(motor) as conexao:
        nova = insert(tabelas.lojas).values(nome="Filial", fuso="America/Manaus", versao=1)
        filial = int(conexao.execute(nova).lastrowid)
        vazios = [
            {"loja_id": filial, "peca_id": peca, "estoque": 0, "reservado": 0, "minimo": 0}
            | {"prateleira": 1, "seq": 0}
            for (peca,) in conexao.execute(
                tabelas.pecas.select().with_only_columns(tabelas.pecas.c.id)
            )
        ]
        conexao.execute(insert(tabelas.estoques), vazios)
    motor.dispose()
    cenario.cliente(local)
    cenario.veiculo(local)
    entrada = EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(9), custo=Decimal("30.00"))
    local.executar(entrada, Pedido(loja=filial))
    relogio.agora = VIRADA
    for loja in (matriz.id, filial, filial):
        fazer(local, loja)
    return matriz.id, filial


def fazer(oficina: OficinaLocal, loja: int) -> None:
    """Uma mão de obra de R$ 75,00 e um filtro de R$ 35,00, paga metade."""
    pedido = Pedido(loja=loja)
    proposta = CriarOrcamento(
        veiculo_id=cenario.PLACA, servicos=("OLEO",), pecas=("FILTRO",), enviar=True
    )
    orcamento = oficina.executar(proposta, pedido)
    ordem = oficina.executar(AprovarOrcamento(orcamento_id=orcamento.id), pedido)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id), pedido)
    pago = RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal(55))
    oficina.executar(pago, pedido)


@pytest.mark.parametrize(
    ("pedido", "frase"),
    [
        ({"mes": "11/2026"}, "como 2026-11"),
        ({"mes": ""}, "como 2026-11"),
        ({"mes": "2026-11", "de": date(2026, 11, 1)}, "o mês ou os dias"),
        ({"mes": "2026-11", "ate": date(2026, 11, 1)}, "o mês ou os dias"),
        ({"ate": date(2026, 11, 1)}, "o dia em que o período começa"),
        ({"de": date(2026, 11, 2), "ate": date(2026, 11, 1)}, "antes de começar"),
        ({"de": date(1026, 11, 2)}, "de 2000 a 2099"),
        ({"mes": "2026-12"}, "ainda não chegou"),
        ({"de": date(2026, 11, 24)}, "ainda não chegou"),
        ({"de": date(2025, 1, 1)}, "mais que 366 dias"),
    ],
)
def test_periodo_que_nao_serve_se_recusa_dizendo_por_que(
    oficina: Oficina, caso: Any, pedido: dict[str, Any], frase: str
) -> None:
    with pytest.raises(DadoInvalido, match=frase):
        oficina.executar(caso(**pedido))


@pytest.mark.parametrize(
    ("pedido", "de", "ate"),
    [
        ({}, "2026-11-01", "2026-11-23"),
        ({"mes": "2026-10"}, "2026-10-01", "2026-10-31"),
        ({"de": date(2026, 10, 7)}, "2026-10-07", "2026-11-23"),
        ({"de": date(2026, 10, 7), "ate": date(2026, 10, 9)}, "2026-10-07", "2026-10-09"),
        ({"de": date(2026, 11, 7), "ate": date(2026, 12, 31)}, "2026-11-07", "2026-11-23"),
    ],
)
def test_o_periodo_e_o_que_se_pediu_ate_hoje(
    oficina: Oficina, caso: Any, pedido: dict[str, Any], de: str, ate: str
) -> None:
    ficha = oficina.executar(caso(**pedido))
    assert (f"{ficha.de}", f"{ficha.ate}") == (de, ate)


def test_cada_loja_no_seu_mes_e_a_rede_soma_as_duas(
    local: OficinaLocal, rede: tuple[int, int]
) -> None:
    matriz, filial = rede

    def do_mes(mes: str, loja: int | None = None, **mais: Any) -> Any:
        return local.executar(VerFaturamento(mes=mes, **mais), Pedido(loja=loja))

    assert [do_mes("2026-12", matriz).ordens, do_mes("2026-11", matriz).ordens] == [1, 0]
    assert do_mes("2026-11", filial).ordens == 2
    for ficha in (do_mes("2026-11"), do_mes("2026-11", matriz, todas_lojas=True)):
        assert (ficha.ordens, ficha.faturado, ficha.custo_pecas) == (2, 220, 60)
        assert (ficha.recebido, ficha.a_receber, ficha.respondido) == (110, 110, 220)
        assert [(linha.loja, linha.ordens, linha.faturado) for linha in ficha.por_loja] == [
            ("Filial", 2, 220),
            ("Matriz", 0, 0),
        ]
    novembro, dezembro = date(2026, 11, 30), date(2026, 12, 1)
    todas = local.executar(VerFaturamento(de=novembro, ate=dezembro, todas_lojas=True))
    assert (todas.ordens, todas.faturado, todas.custo_pecas) == (3, 330, 80)
    assert [linha.ordens for linha in todas.por_periodo] == [2, 1]
    assert [(linha.forma, linha.recebido) for linha in todas.por_forma] == [
        (FormaPagamento.PIX, 165)
    ]


def test_a_rede_junta_o_que_cada_loja_tem_e_o_que_lhe_falta(
    local: OficinaLocal, rede: tuple[int, int], relogio: Relogio
) -> None:
    matriz, filial = rede
    minimo = DefinirPrateleira(peca_id="FILTRO", minimo=Decimal(8))
    local.executar(minimo, Pedido(loja=filial))
    local.executar(DefinirPrateleira(peca_id="PASTILHA", minimo=Decimal(2)), Pedido(loja=matriz))
    giro = local.executar(VerGiroEstoque(de=date(2026, 11, 30), todas_lojas=True))
    assert [(linha.codigo, linha.quantidade, linha.consumido) for linha in giro.curva] == [
        ("FILTRO", 3, 80)
    ]
    # 9 filtros a 20,00 e 7 a 30,00; 40 l de óleo a 25,00; uma pastilha de 100,00.
    assert (giro.pecas_em_estoque, giro.valor_em_estoque) == (3, 1490)
    assert [(linha.codigo, linha.loja) for linha in giro.em_falta] == [
        ("PASTILHA", "Matriz"),
        ("FILTRO", "Filial"),
    ]
    so_a_filial = local.executar(VerGiroEstoque(), Pedido(loja=filial))
    assert [(linha.codigo, linha.loja) for linha in so_a_filial.em_falta] == [("FILTRO", None)]
    assert so_a_filial.valor_em_estoque == 210


def test_a_rede_junta_os_mecanicos_e_os_tempos(local: OficinaLocal, rede: tuple[int, int]) -> None:
    pedido: dict[str, Any] = {"de": date(2026, 11, 30), "todas_lojas": True}
    produtividade = local.executar(VerProdutividade(**pedido))
    assert [(linha.mecanico, linha.ordens) for linha in produtividade.mecanicos] == [(None, 3)]
    tempos = local.executar(VerTempos(**pedido))
    assert [linha.ordens for linha in tempos.por_status] == [0, 0, 0, 3]


def test_o_gerente_de_uma_loja_so_ve_a_dele(local: OficinaLocal, rede: tuple[int, int]) -> None:
    _, filial = rede
    gerente = local.executar(
        CriarFuncionario(cpf=cenario.CPF_BIA, nome="Bia", papel=Papel.GERENTE, loja_id=filial)
    )
    dele = local.como(cenario.sujeito(gerente))
    ficha = dele.executar(VerFaturamento(de=date(2026, 11, 30), todas_lojas=True))
    assert (ficha.ordens, ficha.por_loja) == (2, ())
