"""O contrato do teclado: quantas teclas custa o que se faz o dia todo."""

import pytest

from oficina_core.casos.orcamentos import EnviarOrcamento
from oficina_core.casos.ordens import ListarOrdens, VerOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.orcamento import Meio, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio


async def test_da_placa_conhecida_ao_orcamento_enviado_em_21_teclas(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        teclas = await teclar(piloto, "!abc1d23", "enter", "!123456", "enter")
        teclas += await teclar(piloto, "!oleo", "enter", "f9")
        assert teclas <= 21
        assert "aguardando aprovação" in na_tela(piloto) or "enviado" in na_tela(piloto)
    (linha,) = oficina.executar(ListarOrdens()).itens
    assert linha.status is StatusOrdem.AGUARDANDO_APROVACAO
    ficha = oficina.executar(VerOrdem(ordem_id=linha.id))
    assert ficha.km_entrada == 123456
    assert ficha.orcamentos[0].status is StatusOrcamento.AGUARDANDO_APROVACAO
    _ = (EnviarOrcamento, FinalizarOrdem, Meio)
