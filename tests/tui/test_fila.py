"""A fila: onde está cada carro, e o que o cursor faz com ele."""

from collections import Counter
from typing import Any

import pytest
from textual.pilot import Pilot

from oficina_cli.tui.fila import TelaFila
from oficina_core.casos.clientes import DadosCliente
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import IniciarDiagnostico, VerOrdem
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.tui.conftest import Abrir, ate, na_tela, teclar

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
        await teclar(piloto, "greater_than_sign", "ctrl+s")
        assert "finalizada, pronta para entregar" in na_tela(piloto)
        await teclar(piloto, "v")
        assert acesa(piloto) is StatusOrdem.FINALIZADA
        await teclar(piloto, "greater_than_sign", "tab", "enter")
        assert f"OS {ordem.id}: entregue." in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.ENTREGUE


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_o_que_nao_se_desfaz_pergunta_e_enter_nao_o_faz(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f3", "greater_than_sign")
        assert f"Finalizar a OS {ordem.id}?" in na_tela(piloto)
        assert "ABC1D23 · VW Gol 1.0 · Ana Conceição" in na_tela(piloto)
        assert "Dá baixa no estoque" in na_tela(piloto)
        await teclar(piloto, "enter", "escape", "escape")
        assert acesa(piloto) is StatusOrdem.EM_EXECUCAO
        oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
        await teclar(piloto, "f5", "v", "greater_than_sign")
        assert f"Entregar a OS {ordem.id}?" in na_tela(piloto)
        assert "Falta receber R$ 249,65. O carro sai da oficina" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert acesa(piloto) is StatusOrdem.FINALIZADA
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.FINALIZADA


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_a_tecla_repetida_move_uma_ordem_so(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.catalogo(oficina)
    primeira, *outras = abertas(oficina, kits=("TROCA-OLEO",))
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f3")
        await teclar(piloto, *["greater_than_sign"] * 4, seguidas=True)
        await teclar(piloto, "escape")
        assert acesa(piloto) is StatusOrdem.EM_DIAGNOSTICO
        assert status_de(oficina, primeira) is StatusOrdem.EM_DIAGNOSTICO
        assert {status_de(oficina, ordem) for ordem in outras} == {StatusOrdem.RECEBIDA}
        for ordem in (primeira, *outras):
            orcamento = oficina.executar(VerOrdem(ordem_id=ordem)).orcamentos[0].id
            oficina.executar(AprovarOrcamento(orcamento_id=orcamento))
        await teclar(piloto, "f5", "home")
        await teclar(piloto, *["greater_than_sign"] * 4, seguidas=True)
        await teclar(piloto, "ctrl+s")
    assert Counter(status_de(oficina, ordem) for ordem in (primeira, *outras)) == {
        StatusOrdem.FINALIZADA: 1,
        StatusOrdem.EM_EXECUCAO: 2,
    }


async def test_no_quadro_a_tecla_repetida_para_ainda_que_a_ordem_va_para_longe(
    oficina: Oficina, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_cli.tui.fila.LIMITE_PADRAO", 1)
    cenario.catalogo(oficina)
    *em_diagnostico, move, fica = abertas(oficina, *(f"AAA{n}A00" for n in range(8)))
    for ordem in em_diagnostico:
        oficina.executar(IniciarDiagnostico(ordem_id=ordem))
    async with abrir(oficina, (120, 14)) as piloto:
        await teclar(piloto, "f3")
        await teclar(piloto, *["greater_than_sign"] * 3, seguidas=True)
        assert move not in mostradas(piloto), "está em uma página que ainda não se leu"
    assert status_de(oficina, move) is StatusOrdem.EM_DIAGNOSTICO
    assert status_de(oficina, fica) is StatusOrdem.RECEBIDA


def abertas(oficina: Oficina, *placas: str, **proposta: Any) -> list[int]:
    """Ordens do mesmo cliente, da mais velha para a mais nova."""
    primeira, *outras = placas or ("ABC1D23", "XYZ9A87", "XYZ1B23")
    do_mesmo = proposta | {"cliente": None, "cliente_id": cenario.CPF_ANA}
    return [
        cenario.abrir(oficina, placa=primeira, **proposta).id,
        *(cenario.abrir(oficina, placa=placa, **do_mesmo).id for placa in outras),
    ]


def status_de(oficina: Oficina, ordem: int) -> StatusOrdem:
    return oficina.executar(VerOrdem(ordem_id=ordem)).status


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_ler_de_novo_mantem_o_filtro_e_mostra_o_que_mudou_fora(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.catalogo(oficina)
    de_fora, andou, parada = abertas(oficina)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f3", "slash", "!xyz", "enter")
        assert mostradas(piloto) == [andou, parada]
        oficina.executar(IniciarDiagnostico(ordem_id=andou))
        oficina.executar(IniciarDiagnostico(ordem_id=de_fora))
        await teclar(piloto, "f5")
        assert mostradas(piloto) == ([parada, andou] if tamanho == LARGA else [andou, parada])
        nova = cenario.abrir(oficina, placa="XYZ2C34", cliente=None, cliente_id=cenario.CPF_ANA).id
        await ate(piloto, lambda: nova in mostradas(piloto))
        assert de_fora not in mostradas(piloto)
        await teclar(piloto, "escape")
        assert sorted(mostradas(piloto)) == [de_fora, andou, parada, nova]


def mostradas(piloto: Pilot[None]) -> list[int]:
    """Os números das ordens nas listas à vista, da esquerda para a direita."""
    tela = piloto.app.screen
    assert isinstance(tela, TelaFila)
    return [ordem.id for lista in tela.listas() for ordem in lista.itens]


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_a_tecla_logo_depois_do_filtro_age_na_ordem_achada(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.catalogo(oficina)
    primeira, segunda, terceira = abertas(oficina)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f3", "slash")
        await teclar(piloto, "!xyz1", "enter", "greater_than_sign", seguidas=True)
    assert status_de(oficina, terceira) is StatusOrdem.EM_DIAGNOSTICO
    assert status_de(oficina, primeira) is status_de(oficina, segunda) is StatusOrdem.RECEBIDA


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


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_aprovar_so_se_oferece_no_que_espera_resposta(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.catalogo(oficina)
    executa = cenario.em_execucao(oficina)
    outra = {"cliente": None, "cliente_id": cenario.CPF_ANA, "servicos": ("PAST",)}
    cenario.abrir(oficina, placa="XYZ9A87", **outra)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f3")
        oferece = {}
        for _ in range(2):
            oferece[acesa(piloto)] = "a aprovar" in na_tela(piloto).splitlines()[-1]
            await teclar(piloto, "right", "down")
        assert oferece == {StatusOrdem.EM_EXECUCAO: False, StatusOrdem.RECEBIDA: True}
        cenario.complementar(oficina, executa.id, "FILTRO")
        await teclar(piloto, "f5", "home")
        assert acesa(piloto) is StatusOrdem.EM_EXECUCAO
        assert "a aprovar" in na_tela(piloto).splitlines()[-1]
