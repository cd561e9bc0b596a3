"""O painel: os números do mês, o que pede atenção, e os meses que passaram."""

from decimal import Decimal

import pytest
from textual.pilot import Pilot

from oficina_cli.tui.estoque import TelaEstoque
from oficina_cli.tui.orcamentos_montagem import TelaOrcamento
from oficina_cli.tui.painel import TelaPainel
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.estoque import DefinirPrateleira
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import Papel
from tests import cenario
from tests.conftest import Relogio
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio

PAINEL = ("f3", "g", "p")


def movimentar(oficina: Oficina, relogio: Relogio) -> int:
    """Um carro entregue em outubro; em novembro, um pronto e um cujo orçamento vence amanhã."""
    cenario.catalogo(oficina)
    correia = cenario.peca(oficina, "CORREIA", "90.00", estoque="1", custo="40.00")
    oficina.executar(DefinirPrateleira(peca_id=correia, minimo=Decimal(3)))
    relogio.passar(days=-34)
    ordem = cenario.em_execucao(oficina)
    relogio.passar(hours=2)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    relogio.passar(days=28)
    ordem = cenario.em_execucao(oficina)
    relogio.passar(hours=3)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    vence = cenario.enviado(oficina)
    relogio.passar(days=5, hours=19)
    return vence.id


def cabe(piloto: Pilot[None]) -> bool:
    """Se nada do corpo fica atrás da moldura."""
    tela = piloto.app.screen
    corpo = tela.query_one("#corpo").region
    return all(
        corpo.contains_region(parte.region)
        for parte in tela.query("#numeros, #atencao, #falta, #vencendo")
    )


@pytest.mark.parametrize("tamanho", [(80, 24), (100, 30), (120, 40)])
async def test_o_mes_se_ve_inteiro(
    oficina: Oficina, abrir: Abrir, relogio: Relogio, tamanho: tuple[int, int]
) -> None:
    movimentar(oficina, relogio)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, *PAINEL)
        tela = na_tela(piloto)
        assert cabe(piloto)
    for dito in (
        *("Novembro de 2026 · de 1 a 23", "contra 1 a 23 de outubro"),
        *("Carros no mês", "o mesmo de antes", "R$ 249,65", "70 % peças", "1 ordem"),
        *("Em execução", "3 h 00", "metade dos carros leva menos"),
        *("Correia", "▼1 de 3", "1 peça"),
        *("ABC1D23", "← mês anterior", "→ seguinte", "r repor"),
    ):
        assert dito in tela, f"{dito}\n{tela}"
    assert ("Carros por dia" in tela) is (tamanho == (120, 40))
    assert ("Ana Conceição" in tela) is (tamanho[0] >= 100)


async def test_anda_pelos_meses_e_nao_passa_do_de_hoje(
    oficina: Oficina, abrir: Abrir, relogio: Relogio
) -> None:
    movimentar(oficina, relogio)
    async with abrir(oficina) as piloto:
        await teclar(piloto, *PAINEL, "right")
        assert "o seguinte ainda não chegou" in na_tela(piloto)
        await teclar(piloto, "left")
        tela = na_tela(piloto)
        assert "Outubro de 2026 · de 1 a 31" in tela
        assert "contra 1 a 30 de setembro" in tela
        assert comando(piloto) == "oficina relatorio painel --mes 2026-10"
        await teclar(piloto, "left", "left")
        assert "Agosto de 2026" in na_tela(piloto)
        await teclar(piloto, "right", "right", "right")
        assert "Novembro de 2026" in na_tela(piloto)
        assert comando(piloto) == "oficina relatorio painel"
        await teclar(piloto, "left", "g", "p")
        assert "Novembro de 2026" in na_tela(piloto)


def comando(piloto: Pilot[None]) -> str:
    assert isinstance(piloto.app.screen, TelaPainel)
    return piloto.app.screen.comando()


async def test_enter_abre_o_orcamento_que_vence_ou_as_pecas(
    oficina: Oficina, abrir: Abrir, relogio: Relogio
) -> None:
    orcamento = movimentar(oficina, relogio)
    async with abrir(oficina) as piloto:
        await teclar(piloto, *PAINEL, "enter")
        tela = piloto.app.screen
        assert isinstance(tela, TelaOrcamento)
        assert tela.ficha is not None
        assert tela.ficha.id == orcamento
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, TelaPainel)
        for teclas in (("tab", "enter"), ("r",)):
            await teclar(piloto, *teclas)
            assert isinstance(piloto.app.screen, TelaEstoque)
            assert "1 peça abaixo do mínimo" in na_tela(piloto)
            assert "CORREIA" in na_tela(piloto)
            assert "FILTRO" not in na_tela(piloto)
            await teclar(piloto, "slash", "!filtro", "enter", *PAINEL)
            assert isinstance(piloto.app.screen, TelaPainel)


async def test_o_que_falta_e_nao_cabe_no_painel_se_conta(oficina: Oficina, abrir: Abrir) -> None:
    for n in range(9):
        peca = cenario.peca(oficina, f"PECA-{n}")
        oficina.executar(DefinirPrateleira(peca_id=peca, minimo=Decimal(1)))
    async with abrir(oficina, (120, 40)) as piloto:
        await teclar(piloto, *PAINEL)
        assert "7 de 9 peças" in na_tela(piloto)
        await teclar(piloto, "r")
        assert "9 peças abaixo do mínimo" in na_tela(piloto)


async def test_a_oficina_nova_diz_por_onde_comecar(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, *PAINEL)
        tela = na_tela(piloto)
        assert "Ainda não há o que contar" in tela
        assert "F2      atender um cliente pela placa" in tela
        assert "Carros no mês" not in tela
        await teclar(piloto, "left")
        assert "Nada em outubro de 2026" in na_tela(piloto)
        await teclar(piloto, "right")
        cenario.catalogo(oficina)
        cenario.abrir(oficina)
        await teclar(piloto, "f5")
        assert "+1 carro" in na_tela(piloto)
        assert "nenhuma peça" in na_tela(piloto)
        assert "nenhum nos próximos 7 dias" in na_tela(piloto)


async def test_ao_mecanico_se_diz_com_calma_de_quem_e(
    url_sqlite: str, abrir: Abrir, relogio: Relogio
) -> None:
    local = OficinaLocal.em(url_sqlite, relogio)
    cenario.catalogo(local)
    mecanico = cenario.sujeito(cenario.funcionario(local, Papel.MECANICO))
    async with abrir(local.como(mecanico)) as piloto:
        await teclar(piloto, *PAINEL)
        tela = na_tela(piloto)
        assert "O painel é de quem cuida do balcão" in tela
        assert "chame o gerente" in tela
        assert "Carros no mês" not in tela
        await teclar(piloto, "left", "enter")
        assert "O painel é de quem cuida do balcão" in na_tela(piloto)
    local.fechar()
