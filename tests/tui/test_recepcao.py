"""A chegada de quem não se conhece: um formulário, um pedido, e nada do que se digita se perde."""

import pytest
from textual.pilot import Pilot

from oficina_cli.tui.orcamentos_montagem import TelaOrcamento
from oficina_cli.tui.ordens import TelaOrdem
from oficina_cli.tui.recepcao import FALTA_QUEIXA, Recepcao, onde_cabe
from oficina_cli.tui.widgets.dialogo import Confirmar
from oficina_cli.tui.widgets.moldura import Rodape
from oficina_core.casos.clientes import DesativarCliente, ListarClientes, VerCliente
from oficina_core.casos.orcamentos import ListarOrcamentos
from oficina_core.casos.ordens import ListarOrdens, VerOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.casos.veiculos import ListarVeiculos, VerVeiculo
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio
CARRO = ("!Fiat", "enter", "!Uno", "enter", "!2014", "enter", "!prata", "enter", "!45.200")
CLIENTE = ("enter", "!52998224725", "enter", "!Ana", "enter", "!11987654321", "enter")


@pytest.mark.parametrize(
    ("buscado", "campo", "dito"),
    [
        ("xyz-9a87", "placa", "XYZ9A87"),
        ("xyz9", "placa", "XYZ9"),
        ("529.982.247-25", "documento", "52998224725"),
        ("11 98765-4321", "telefone", "+5511987654321"),
        ("Maria do Socorro", "nome", "Maria do Socorro"),
        ("123.456.789-00", "documento", "123.456.789-00"),
    ],
)
def test_o_que_se_procurou_vai_para_o_campo_em_que_cabe(
    buscado: str, campo: str, dito: str
) -> None:
    assert onde_cabe(buscado) == (campo, dito)


async def test_cliente_e_carro_novos_viram_uma_ordem_e_segue_nos_itens(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, *CLIENTE, "enter", "!barulho")
        await teclar(piloto, "enter")
        tela = piloto.app.screen
        assert isinstance(tela, TelaOrcamento), na_tela(piloto)
        (ordem,) = oficina.executar(ListarOrdens()).itens
        assert f"OS {ordem.id} aberta" in na_tela(piloto)
        await teclar(piloto, "!troca-oleo", "enter")
    (ordem,) = oficina.executar(ListarOrdens()).itens
    ficha = oficina.executar(VerOrdem(ordem_id=ordem.id))
    assert (ficha.placa, ficha.cliente, ficha.queixa) == ("XYZ9A87", "Ana", "barulho")
    assert ficha.km_entrada == 45200
    assert len(oficina.executar(ListarOrcamentos(ordem_id=ordem.id)).itens) == 1


async def test_sem_queixa_nada_se_grava(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, *CLIENTE, "ctrl+s")
        assert FALTA_QUEIXA in na_tela(piloto)
        assert piloto.app.screen.focused is piloto.app.screen.query_one("#campo-queixa")
    assert not oficina.executar(ListarClientes()).itens
    assert not oficina.executar(ListarVeiculos()).itens


async def test_cpf_errado_diz_por_que_sob_o_campo_e_guarda_o_digitado(
    oficina: Oficina, abrir: Abrir
) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, "enter", "!12345678900", "enter")
        assert "Esse CPF não existe" in na_tela(piloto)
        assert "12345678900" in na_tela(piloto)
        assert isinstance(piloto.app.screen, Recepcao)


async def test_o_rascunho_volta_depois_de_o_balcao_cair(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, "enter")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter")
        tela = na_tela(piloto)
        assert "Continua" in tela
        assert "Fiat" in tela
        assert "45.200" in tela


async def test_o_rascunho_de_outro_carro_se_anuncia_e_se_troca(
    oficina: Oficina, abrir: Abrir
) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, "enter")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!qqq1b11", "enter")
        assert "ctrl+l começa a de QQQ1B11" in na_tela(piloto)
        await teclar(piloto, "ctrl+l")
        assert "QQQ1B11" in na_tela(piloto)
        assert "Fiat" not in na_tela(piloto)


async def test_gravada_a_ordem_o_rascunho_some(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, *CLIENTE, "enter", "!barulho", "enter")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!qqq1b11", "enter")
        assert "Fiat" not in na_tela(piloto)


async def test_esc_com_algo_digitado_pergunta_antes(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", "!Fiat", "escape")
        assert isinstance(piloto.app.screen, Recepcao)
        assert "esc de novo descarta" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert not isinstance(piloto.app.screen, Recepcao)


async def test_placa_de_outro_pergunta_se_o_carro_mudou_de_dono(
    oficina: Oficina, abrir: Abrir
) -> None:
    dono = cenario.cliente(oficina, "Zé Antigo", cenario.CPF_ZE)
    carro = cenario.veiculo(oficina, "XYZ9A87", dono.id)
    ana = cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{cenario.CPF_ANA}", "enter", "!xyz9a87", "enter", "!VW", "enter")
        await teclar(piloto, "!Gol 1.0", "tab", "tab", "tab", "tab", "!barulho")
        await teclar(piloto, "enter")
        assert isinstance(piloto.app.screen, Confirmar)
        assert "O veículo é de Zé Antigo" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert isinstance(piloto.app.screen, Recepcao)
        assert "O veículo é de Zé Antigo" in na_tela(piloto)
        assert "Gol 1.0" in na_tela(piloto)
        assert not oficina.executar(ListarOrdens()).itens
        await teclar(piloto, "ctrl+s")
        await piloto.press("tab")
        await teclar(piloto, "enter")
        assert isinstance(piloto.app.screen, TelaOrcamento)
    assert oficina.executar(VerVeiculo(veiculo_id=carro.id)).cliente_id == ana.id


async def test_placa_de_um_carro_diferente_pergunta_se_e_ele(
    oficina: Oficina, abrir: Abrir
) -> None:
    carro = cenario.veiculo(oficina, "XYZ9A87", cenario.cliente(oficina, "Ana").id)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{cenario.CPF_BIA}", "enter", "!xyz9a87", "enter", *CARRO)
        await teclar(piloto, "tab", "home", "shift+end", *CLIENTE[1:], "enter", "!barulho")
        await teclar(piloto, "enter")
        assert "O veículo dessa placa é VW Gol 1.0 2015" in na_tela(piloto)
        await piloto.press("tab")
        await teclar(piloto, "enter")
        assert isinstance(piloto.app.screen, TelaOrcamento), na_tela(piloto)
    (ordem,) = oficina.executar(ListarOrdens()).itens
    assert ordem.placa == carro.placa
    assert oficina.executar(VerVeiculo(veiculo_id=carro.id)).modelo == "Gol 1.0"


async def test_documento_de_outro_nome_diz_de_quem_e_e_guarda_tudo(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina, "Beatriz Lima")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, *CLIENTE, "enter", "!barulho", "enter")
        tela = piloto.app.screen
        assert isinstance(tela, Recepcao)
        assert "já é de Beatriz Lima" in na_tela(piloto)
        assert tela.formulario.digitado()["queixa"] == "barulho"


async def test_do_documento_conhecido_se_escreve_o_nome_e_o_segundo_carro_e_dele(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina, "Transportes Silva Ltda")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, "enter", "!52998224725", "enter")
        assert "Esse documento já é de Transportes Silva Ltda." in na_tela(piloto)
        await teclar(piloto, "enter", "enter", "enter", "!revisão", "enter")
        assert "aberta." in na_tela(piloto)
    (carro,) = oficina.executar(ListarVeiculos()).itens
    assert carro.cliente == "Transportes Silva Ltda"
    assert len(oficina.executar(ListarClientes()).itens) == 1


async def test_do_telefone_que_ja_e_de_outro_se_diz_de_quem(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, "enter", "enter", "!Mariazinha", "enter")
        await teclar(piloto, "!11987654321", "enter")
        assert "Esse telefone já é de Ana Conceição; confira." in na_tela(piloto)


async def test_cliente_desativado_se_reativa_e_a_ordem_se_abre(
    oficina: Oficina, abrir: Abrir
) -> None:
    ana = cenario.cliente(oficina, "Ana")
    oficina.executar(DesativarCliente(cliente_id=ana.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter", *CARRO, *CLIENTE, "enter", "!barulho")
        await teclar(piloto, "enter")
        assert "Reativar Ana?" in na_tela(piloto)
        await piloto.press("tab")
        await teclar(piloto, "enter")
        assert isinstance(piloto.app.screen, TelaOrcamento)
    assert oficina.executar(VerCliente(cliente_id=ana.id)).ativo


async def test_o_cliente_com_carros_escolhe_qual_veio(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await _ir_ao_cliente(piloto)
        tela = na_tela(piloto)
        assert "Que carro veio?" in tela
        assert "ABC1D23" in tela
        assert "***.982.247-**" in tela
        assert "529.982" not in tela
        await teclar(piloto, "enter")
        atendida = piloto.app.screen
        assert isinstance(atendida, TelaOrcamento)
        assert atendida.carro.chegando


async def test_o_carro_que_ja_esta_na_casa_mostra_a_ordem_dele(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.abrir(oficina)
    async with abrir(oficina) as piloto:
        await _ir_ao_cliente(piloto)
        await teclar(piloto, "enter")
        assert isinstance(piloto.app.screen, TelaOrdem)


async def test_outro_carro_do_cliente_so_pergunta_o_carro(oficina: Oficina, abrir: Abrir) -> None:
    ana = cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await _ir_ao_cliente(piloto)
        await teclar(piloto, "down", "enter")
        assert "Nome do cliente" not in na_tela(piloto)
        await teclar(piloto, "!qqq1b11", "enter", *CARRO, "enter", "!barulho", "enter")
        assert isinstance(piloto.app.screen, TelaOrcamento), na_tela(piloto)
    (ordem,) = oficina.executar(ListarOrdens()).itens
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).cliente_id == ana.id


async def test_nome_hostil_e_texto(oficina: Oficina, abrir: Abrir) -> None:
    cenario.cliente(oficina, "[red]Ana[/] [@click=app.quit]x[/]")
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{cenario.CPF_ANA}", "enter")
        assert "[red]Ana[/] [@click=app.quit]x[/]" in na_tela(piloto)


async def test_o_rodape_cabe_e_diz_como_gravar(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!xyz9a87", "enter")
        rodape = piloto.app.screen.query_one(Rodape)
        assert rodape._largura(rodape.pares()) <= 76
        assert "ctrl+s gravar" in na_tela(piloto)


async def _ir_ao_cliente(piloto: Pilot[None]) -> None:
    """Do atendimento a quem tem o CPF: o cliente vem depois dos carros dele."""
    await teclar(piloto, f"!{cenario.CPF_ANA}")
    await piloto.pause(0.3)
    await teclar(piloto, "down", "enter")
