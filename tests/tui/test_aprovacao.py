"""A resposta do cliente: por linha, com o motivo do que se recusou e por onde ela veio."""

from decimal import Decimal
from unittest.mock import AsyncMock

import pytest

from oficina_cli.tui.app import Balcao
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos import (
    CancelarOrcamento,
    EditarOrcamento,
    FichaOrcamento,
    RevisarOrcamento,
    VerOrcamento,
)
from oficina_core.casos.ordens import VerOrdem
from oficina_core.casos.pecas import VerPeca
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.orcamento import Meio, StatusItem, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, teclar

pytestmark = pytest.mark.anyio


def agora(oficina: Oficina, orcamento: FichaOrcamento) -> FichaOrcamento:
    return oficina.executar(VerOrcamento(orcamento_id=orcamento.id))


async def test_por_linha_com_motivo_e_por_onde_veio(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "a", "end", "space")
        assert "recusado" in na_tela(piloto)
        assert "R$ 110,00" in na_tela(piloto)
        await teclar(piloto, "m", "!traz de casa", "enter", "w", "2", "enter", "p", "!Bia", "enter")
        assert "traz de casa" in na_tela(piloto)
        assert "Bia" in na_tela(piloto)
        await teclar(piloto, "ctrl+s")
        assert "em execução" in na_tela(piloto)
    orcamento = agora(oficina, enviado)
    assert [item.status for item in orcamento.itens] == [
        StatusItem.APROVADO,
        StatusItem.APROVADO,
        StatusItem.RECUSADO,
    ]
    assert orcamento.itens[-1].motivo == "traz de casa"
    assert (orcamento.decidido_meio, orcamento.decidido_por) == (Meio.WHATSAPP, "Bia")
    for item in orcamento.itens:
        if item.peca_id:
            separada = item.quantidade if item.status is StatusItem.APROVADO else 0
            assert oficina.executar(VerPeca(peca_id=item.peca_id)).reservado == separada


async def test_recusar_tudo_pede_o_motivo(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "a", "t", "ctrl+s", "escape")
        assert agora(oficina, enviado).status is StatusOrcamento.AGUARDANDO_APROVACAO
        await teclar(piloto, "ctrl+s", "!achou caro", "enter")
        assert f"Orçamento {enviado.id} recusado" in na_tela(piloto)
    orcamento = agora(oficina, enviado)
    assert (orcamento.status, orcamento.motivo) == (StatusOrcamento.RECUSADO, "achou caro")


async def test_sem_a_peca_pergunta_antes_e_o_botao_aceso_nao_aprova(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    duas = ItemPedido(id="PASTILHA", quantidade=Decimal(3))
    enviado = cenario.enviado(oficina, pecas=(duas,))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "a")
        assert "! falta 2 un" in na_tela(piloto)
        await teclar(piloto, "ctrl+s")
        assert "Aprovar assim mesmo?" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert agora(oficina, enviado).status is StatusOrcamento.AGUARDANDO_APROVACAO
        await teclar(piloto, "ctrl+s", "tab", "enter")
        assert "em execução" in na_tela(piloto)
    ordem = oficina.executar(VerOrdem(ordem_id=enviado.ordem_id or 0))
    assert (ordem.status, ordem.falta_peca) == (StatusOrdem.EM_EXECUCAO, True)


async def test_esc_com_a_resposta_por_gravar_avisa_antes(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "a", "space", "escape")
        assert "ainda não foi gravada" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "Próximo passo" in na_tela(piloto)
    assert agora(oficina, enviado).status is StatusOrcamento.AGUARDANDO_APROVACAO


async def test_esc_sai_tambem_depois_de_uma_recusa(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "a", "space")
        oficina.executar(CancelarOrcamento(orcamento_id=enviado.id, motivo="desistiu"))
        await teclar(piloto, "ctrl+s", "escape")
        assert "ainda não foi gravada" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "Próximo passo" in na_tela(piloto)


async def test_o_que_outro_mudou_se_ve_e_so_se_aprova_depois_de_conferir(
    oficina: Oficina, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Balcao, "_vigiar", AsyncMock())  # o aviso ainda não chegou a este
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",))
    rascunho = ordem.orcamentos[0]
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "a")
        ficha = oficina.executar(VerOrcamento(orcamento_id=rascunho.id))
        oficina.executar(
            EditarOrcamento(
                orcamento_id=ficha.id,
                versao=ficha.versao,
                descricao=ficha.descricao,
                servicos=("OLEO", "PAST"),
            )
        )
        await teclar(piloto, "ctrl+s")
        assert "mudou em outro balcão: confira" in na_tela(piloto)
        assert "R$ 225,00" in na_tela(piloto)
        await teclar(piloto, "ctrl+s")
    aprovado = oficina.executar(VerOrcamento(orcamento_id=rascunho.id))
    assert (aprovado.status, aprovado.valor_aprovado) == (StatusOrcamento.APROVADO, 225)


async def test_orcamento_que_outro_revisou_nao_se_aprova_pelo_que_se_via(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "a")
        oficina.executar(RevisarOrcamento(orcamento_id=enviado.id, enviar=True))
        await teclar(piloto, "ctrl+s")
        assert f"Orçamento {enviado.id} aprovado" not in na_tela(piloto)
        await teclar(piloto, "ctrl+s")
        assert "está substituído e não pode ser aprovado" in " ".join(na_tela(piloto).split())
    assert agora(oficina, enviado).status is StatusOrcamento.SUBSTITUIDO
