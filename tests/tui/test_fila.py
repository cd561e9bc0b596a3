"""A fila: onde está cada carro, e o que o cursor faz com ele."""

import pytest
from textual.pilot import Pilot

from oficina_cli.tui.fila import TelaFila
from oficina_core.casos.clientes import DadosCliente
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio

LARGA = (120, 40)


def acesa(piloto: Pilot[None]) -> StatusOrdem:
    tela = piloto.app.screen
    assert isinstance(tela, TelaFila)
    assert tela.ordem
    return tela.ordem.status


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_mover_leva_a_ordem_ao_passo_seguinte(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, kits=("TROCA-OLEO",))
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f3", "greater_than_sign")
        assert acesa(piloto) is StatusOrdem.EM_DIAGNOSTICO
        await teclar(piloto, "greater_than_sign", "ctrl+s")
        assert acesa(piloto) is StatusOrdem.EM_EXECUCAO
        await teclar(piloto, "greater_than_sign")
        assert "finalizada, pronta para entregar" in na_tela(piloto)
        await teclar(piloto, "v")
        assert acesa(piloto) is StatusOrdem.FINALIZADA
        await teclar(piloto, "greater_than_sign")
        assert "entregue" in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.ENTREGUE


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
@pytest.mark.parametrize("dito", ["xyz", "conceicao", "barulho"])
async def test_o_filtro_acha_por_placa_cliente_e_queixa_e_esc_o_limpa(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int], dito: str
) -> None:
    cenario.catalogo(oficina)
    cenario.abrir(
        oficina, cliente=DadosCliente(nome="Bruno", documento=cenario.CPF_BIA), queixa="Pneu"
    )
    cenario.abrir(oficina, placa="XYZ9A87")
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f3", "slash", f"!{dito}", "enter")
        assert "XYZ9A87" in na_tela(piloto)
        assert "ABC1D23" not in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "ABC1D23" in na_tela(piloto)
        await teclar(piloto, "slash", "!nada disso", "enter")
        assert "Nada com esse filtro" in na_tela(piloto)


async def test_as_entregues_e_canceladas_estao_a_um_v(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    oficina.executar(CancelarOrdem(ordem_id=ordem.id, motivo="desistiu"))
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, "f3")
        assert "Nenhum carro na oficina" in na_tela(piloto)
        await teclar(piloto, "v", "v", "v")
        assert "ABC1D23" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "Nenhum carro na oficina" in na_tela(piloto)


async def test_no_quadro_as_setas_andam_pelas_colunas_que_tem_carro(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.abrir(oficina, placa="XYZ9A87")
    cenario.em_execucao(oficina, cliente=None, cliente_id=cenario.CPF_ANA, kits=("TROCA-OLEO",))
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, "f3")
        assert acesa(piloto) is StatusOrdem.RECEBIDA
        await teclar(piloto, "right")
        assert acesa(piloto) is StatusOrdem.EM_EXECUCAO
        await teclar(piloto, "right", "left")
        assert acesa(piloto) is StatusOrdem.RECEBIDA


async def test_ao_mudar_a_janela_o_quadro_vira_lista_e_volta(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.abrir(oficina)
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, "f3")
        for largura, altura in ((80, 24), LARGA, (80, 24)):
            await piloto.resize_terminal(largura, altura)
            await teclar(piloto, "down")
            assert "ABC1D23" in na_tela(piloto)
            assert len(piloto.app.screen.query("#em-lista, #em-quadro")) == 1
