"""Uma caixa de busca: placa, nome, telefone, documento ou número da ordem."""

import pytest

from oficina_cli.tui.atendimento import TelaAtendimento
from oficina_core.casos.busca import Buscar
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.ordens_encerramento import EntregarOrdem, FinalizarOrdem
from oficina_core.casos.portas import Oficina
from tests import cenario
from tests.tui.conftest import Abrir, Lenta, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio

LARGA = (120, 40)


@pytest.mark.parametrize(
    "dito", ["abc1d23", "ABC-1D23", "conceicao", "98765-4321", "529.982.247-25", "52998224725"]
)
async def test_o_carro_se_acha_por_placa_nome_telefone_e_cpf(
    oficina: Oficina, abrir: Abrir, dito: str
) -> None:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{dito}")
        assert "encontrado" in na_tela(piloto)
        assert "Ana Conceição" in na_tela(piloto)
        assert "982.247-25" not in na_tela(piloto).replace(dito, "")


async def test_quem_volta_de_um_carro_digita_a_placa_seguinte_no_lugar_da_de_antes(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina)
    for placa in ("ABC1D23", "LDN4T35"):
        cenario.veiculo(oficina, placa)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "escape", "!ldn4t35")
        assert "LDN4T35" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert "LDN4T35 · nova ordem" in na_tela(piloto)


async def test_a_placa_que_quase_existe_nao_se_cadastra_sem_que_se_veja_a_parecida(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d24", "enter", seguidas=True)
        tela = na_tela(piloto)
        assert "Seria um destes?" in tela
        assert "ABC1D23  VW Gol 1.0 · Ana Conceição" in tela
        await teclar(piloto, "enter")
        assert "Carro novo" in na_tela(piloto)


async def test_a_busca_de_que_se_desistiu_nao_abre_um_cadastro(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina)
    lenta = Lenta(oficina, Buscar)
    async with abrir(lenta) as piloto:
        await piloto.press("3", "enter")
        await ate(piloto, lenta.chegou.is_set)
        await piloto.press("escape", "4")
        lenta.deixar.set()
        await sossegar(piloto)
        assert isinstance(piloto.app.screen, TelaAtendimento)


async def test_o_que_se_recusou_antes_e_as_visitas_se_veem_ao_atender(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO", "PAST"))
    linhas = (ordem.orcamentos[0].itens[0].id,)
    oficina.executar(
        AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id, linhas=linhas, motivo="mês que vem")
    )
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    oficina.executar(EntregarOrdem(ordem_id=ordem.id))
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, "!abc1d23")
        tela = na_tela(piloto)
        assert "Recusado antes" in tela
        assert "Pastilhas" in tela
        assert "mês que vem" in tela
        assert "Barulho no freio" in tela
        await teclar(piloto, "enter")
        assert "Pastilhas" in na_tela(piloto), "e ao orçar, para se oferecer de novo"


async def test_o_carro_que_ja_esta_na_casa_abre_a_ordem_dele_e_ctrl_l_outra(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter")
        assert f"OS {ordem.id}" in na_tela(piloto).splitlines()[1]
        await teclar(piloto, "escape", "ctrl+l", "enter", "!troc", "enter", "f9")
        assert "enviado; espera a resposta" in na_tela(piloto)
    assert len(oficina.executar(ListarOrdens()).itens) == 2


async def test_quem_nao_se_acha_se_cadastra_com_o_que_se_digitou(
    oficina: Oficina, abrir: Abrir
) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87")
        assert "enter cadastra o XYZ9A87" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert "XYZ9A87" in na_tela(piloto)


async def test_o_rascunho_e_o_carro_pronto_se_oferecem_ao_abrir(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.abrir(oficina, servicos=("PAST",))
    pronto = cenario.em_execucao(
        oficina, placa="XYZ9A87", cliente=None, cliente_id=cenario.CPF_ANA, kits=("TROCA-OLEO",)
    )
    oficina.executar(FinalizarOrdem(ordem_id=pronto.id))
    async with abrir(oficina) as piloto:
        assert "Rascunhos por terminar" in na_tela(piloto)
        assert "Prontas para entregar" in na_tela(piloto)
        await teclar(piloto, "down", "down", "enter", "e", "tab", "enter")
        assert "Carro entregue" in na_tela(piloto)


async def test_a_ordem_de_um_algarismo_so_tambem_se_acha(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}")
        assert f"OS {ordem.id}" in na_tela(piloto)


async def test_duas_letras_bastam_e_uma_nao_busca(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!a")
        assert "encontrado" not in na_tela(piloto)
        await teclar(piloto, "!n")
        assert "encontrado" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "encontrado" not in na_tela(piloto)
