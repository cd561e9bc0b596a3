"""Vários balcões ao mesmo tempo: o que um grava o outro vê, e ninguém grava por cima."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from unittest.mock import AsyncMock

import pytest

from oficina_cli.tui.app import Balcao
from oficina_cli.tui.base import Tela
from oficina_cli.tui.fila import TelaFila
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque
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


@dataclass(frozen=True)
class Lugar:
    """Uma lista: o que já há nela, as teclas que levam à linha, e o que a empurraria para baixo."""

    ha: Callable[[Oficina], object]
    teclas: tuple[str, ...]
    fora: Callable[[Oficina], object]


def dois_enviados(oficina: Oficina) -> None:
    cenario.catalogo(oficina)
    cenario.enviado(oficina)
    outro_enviado(oficina, "XYZ9A87")


def outro_enviado(oficina: Oficina, placa: str) -> None:
    cenario.enviado(
        oficina, placa=placa, cliente=None, cliente_id=cenario.CPF_ANA, servicos=("OLEO",)
    )


def em_falta(oficina: Oficina, *codigos: str, minimo: int) -> None:
    for codigo in codigos:
        peca = cenario.peca(oficina, codigo)
        oficina.executar(DefinirPrateleira(peca_id=peca, minimo=Decimal(minimo)))


LUGARES = {
    "orçamentos": Lugar(
        dois_enviados, ("f4", "down"), lambda oficina: outro_enviado(oficina, "XYZ1B23")
    ),
    "estoque": Lugar(
        lambda oficina: (cenario.peca(oficina, "BRONZINA"), cenario.peca(oficina, "CORREIA")),
        ("f6", "down"),
        lambda oficina: cenario.peca(oficina, "ANEL"),
    ),
    "movimentos": Lugar(
        lambda oficina: cenario.peca(oficina, "FILTRO", estoque="10"),
        ("f6", "m"),
        lambda oficina: oficina.executar(EntradaEstoque(peca_id="FILTRO", quantidade=Decimal(3))),
    ),
    "cadastros": Lugar(
        lambda oficina: cenario.cliente(oficina, "Bruno"),
        ("f7",),
        lambda oficina: cenario.cliente(oficina, "Ana", cenario.CPF_BIA),
    ),
    "painel": Lugar(
        lambda oficina: em_falta(oficina, "BRONZINA", "CORREIA", minimo=2),
        ("f3", "g", "p", "down"),
        lambda oficina: em_falta(oficina, "ANEL", minimo=9),
    ),
}


@pytest.mark.parametrize("onde", LUGARES)
async def test_em_toda_lista_o_que_moveria_a_linha_espera_o_f5(
    oficina: Oficina, abrir: Abrir, onde: str
) -> None:
    lugar, lembrete = LUGARES[onde], "1 mudança em outro balcão · F5 mostra"
    lugar.ha(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, *lugar.teclas)
        antes = _linha_do_cursor(na_tela(piloto))
        lugar.fora(oficina)
        await ate(piloto, lambda: lembrete in na_tela(piloto))
        assert _linha_do_cursor(na_tela(piloto)) == antes
        assert isinstance(piloto.app.screen, Tela)
        piloto.app.screen.calar()
        assert piloto.app.screen.aviso == lembrete, "o que se disse passa; o lembrete, não"
        await teclar(piloto, "f5")
        assert "F5 mostra" not in na_tela(piloto)
        assert _linha_do_cursor(na_tela(piloto)) == (antes[0] + 1, antes[1])


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
