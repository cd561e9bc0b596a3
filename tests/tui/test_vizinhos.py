"""Vários balcões ao mesmo tempo: o que um grava o outro vê, e ninguém grava por cima."""

from decimal import Decimal
from unittest.mock import AsyncMock

import pytest

from oficina_cli.tui.app import Balcao
from oficina_cli.tui.fila import TelaFila
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import EditarOrcamento, EnviarOrcamento, VerOrcamento
from oficina_core.casos.ordens import IniciarDiagnostico
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.orcamento import StatusOrcamento
from tests import cenario
from tests.tui.conftest import Abrir, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio


async def test_a_ordem_aberta_noutro_balcao_aparece_sozinha(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.abrir(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f3")
        assert "XYZ9A87" not in na_tela(piloto)
        cenario.abrir(oficina, placa="XYZ9A87", cliente=None, cliente_id=cenario.CPF_ANA)
        await ate(piloto, lambda: "XYZ9A87" in na_tela(piloto))


async def test_o_que_muda_fora_nao_move_a_linha_do_cursor(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    primeira = cenario.abrir(oficina)
    segunda = cenario.abrir(oficina, placa="XYZ9A87", cliente=None, cliente_id=cenario.CPF_ANA)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f3", "down")
        antes = _linha_do_cursor(na_tela(piloto))
        assert "XYZ9A87" in antes[1]
        oficina.executar(IniciarDiagnostico(ordem_id=primeira.id))
        await ate(piloto, lambda: "mudança" in na_tela(piloto))
        assert _linha_do_cursor(na_tela(piloto)) == antes
        await teclar(piloto, "f5")
        assert "Em diagnóstico" in na_tela(piloto)
        tela = piloto.app.screen
        assert isinstance(tela, TelaFila)
        assert tela.ordem
        assert tela.ordem.id == segunda.id


async def test_gravar_sobre_versao_antiga_pergunta_o_que_fica(
    oficina: Oficina, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Balcao, "_vigiar", AsyncMock())  # o aviso ainda não chegou a este
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",))
    orcamento = ordem.orcamentos[0].id
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o")
        ficha = oficina.executar(VerOrcamento(orcamento_id=orcamento))
        oficina.executar(
            EditarOrcamento(
                orcamento_id=orcamento,
                versao=ficha.versao,
                descricao=ficha.descricao,
                servicos=("OLEO", "PAST"),
            )
        )
        await teclar(piloto, "!filtro", "enter")
        assert "mudou enquanto você editava" in na_tela(piloto)
        assert "Pastilhas" in na_tela(piloto)
        assert "Filtro" in na_tela(piloto)
        await teclar(piloto, "ctrl+s")
    codigos = {
        item.descricao for item in oficina.executar(VerOrcamento(orcamento_id=orcamento)).itens
    }
    assert codigos == {"Troca de óleo", "Pastilhas", "Filtro"}


async def test_orcamento_enviado_por_outro_nao_se_muda_em_silencio(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, pecas=(ItemPedido(id="FILTRO", quantidade=Decimal(1)),))
    orcamento = ordem.orcamentos[0].id
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o")
        oficina.executar(EnviarOrcamento(orcamento_id=orcamento))
        await teclar(piloto, "!past", "enter")
        await sossegar(piloto)
        assert "aguardando aprovação" in na_tela(piloto)
    ficha = oficina.executar(VerOrcamento(orcamento_id=orcamento))
    assert ficha.status is StatusOrcamento.AGUARDANDO_APROVACAO
    assert len(ficha.itens) == 1


def _linha_do_cursor(tela: str) -> tuple[int, str]:
    return next((n, texto[:40]) for n, texto in enumerate(tela.splitlines()) if "▌" in texto)
