"""A montagem do orçamento: o que se vê ao lado dela."""

from decimal import Decimal

import pytest

from oficina_core.casos.kits import CriarKit, ItemPedido
from oficina_core.casos.portas import Oficina
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio


async def test_ao_lado_se_ve_o_que_o_kit_aceso_pede_e_o_que_ha(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    muitos = ItemPedido(id="FILTRO", quantidade=Decimal(11))
    oficina.executar(CriarKit(codigo="FROTA", nome="Filtros da frota", pecas=(muitos,)))
    ordem = cenario.abrir(oficina)
    async with abrir(oficina, (120, 40)) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "!troca-oleo")
        lado = [linha.partition("│")[2].split() for linha in na_tela(piloto).splitlines()]
        assert ["Kit", "TROCA-OLEO"] in [ditas[:2] for ditas in lado]
        assert ["Troca", "de", "óleo", "1"] in lado
        assert ["Filtro", "1", "un", "10"] in lado
        await teclar(piloto, "escape", "!frota")
        lado = [linha.partition("│")[2].split() for linha in na_tela(piloto).splitlines()]
        assert ["Filtro", "11", "un", "!", "10"] in lado
        await teclar(piloto, "escape")
        assert "pede" not in na_tela(piloto)


async def test_na_tela_estreita_o_kit_nao_se_le(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "!troca-oleo")
        assert "pede" not in na_tela(piloto)


async def test_o_salto_poe_as_letras_sobre_a_tela(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "ctrl+o")
        assert piloto.app.screen.is_modal
        await teclar(piloto, "s")
        focada = piloto.app.screen.focused
        assert focada
        assert focada.id == "itens"
