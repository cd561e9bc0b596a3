"""O contrato do teclado: quantas teclas custa o que se faz o dia todo."""

from decimal import Decimal

import pytest

from oficina_core.casos.orcamentos import VerOrcamento
from oficina_core.casos.ordens import ListarOrdens, VerOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.pagamentos import RegistrarPagamento
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.orcamento import Meio, StatusOrcamento
from oficina_core.dominio.ordem import StatusOrdem
from oficina_core.dominio.pagamento import FormaPagamento
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
        teclas += await teclar(piloto, "!troc", "enter", "f9")
        assert "enviado; espera a resposta" in na_tela(piloto)
    assert teclas <= 21
    (linha,) = oficina.executar(ListarOrdens()).itens
    ficha = oficina.executar(VerOrdem(ordem_id=linha.id))
    assert linha.status is StatusOrdem.AGUARDANDO_APROVACAO
    assert (ficha.queixa, ficha.km_entrada) == ("Troca de óleo 1.0", 123456)
    assert ficha.orcamentos[0].status is StatusOrcamento.AGUARDANDO_APROVACAO


async def test_quem_tecla_sem_esperar_a_tela_faz_o_mesmo(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(
            piloto, "!abc1d23", "enter", "!123456", "enter", "!troc", "enter", "f9", seguidas=True
        )
        assert "enviado; espera a resposta" in na_tela(piloto)
    (linha,) = oficina.executar(ListarOrdens()).itens
    assert oficina.executar(VerOrdem(ordem_id=linha.id)).km_entrada == 123456


async def test_o_que_ainda_nao_se_escolheu_nao_deixa_enviar(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("PAST",))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "!nada disso", "f9")
        assert "antes de enviar" in na_tela(piloto)
        assert "nada disso" in na_tela(piloto)
    orcamento = oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id))
    assert orcamento.status is StatusOrcamento.RASCUNHO


@pytest.mark.parametrize("onde", ["f2", "f3"])
async def test_qualquer_ordem_se_acha_em_8_teclas(
    oficina: Oficina, abrir: Abrir, onde: str
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, onde)
        teclas = await teclar(piloto, "f2", f"!{ordem.id}", "enter")
        assert f"OS {ordem.id}" in na_tela(piloto).splitlines()[1]
        assert "Próximo passo" in na_tela(piloto)
    assert teclas - len(str(ordem.id)) + len("4118") <= 8


async def test_o_carro_pronto_se_entrega_em_6_teclas(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    oficina.executar(
        RegistrarPagamento(ordem_id=ordem.id, forma=FormaPagamento.PIX, valor=Decimal("249.65"))
    )
    async with abrir(oficina) as piloto:
        teclas = await teclar(piloto, f"!{ordem.id}", "enter", "e")
        assert "Carro entregue" in na_tela(piloto)
    assert teclas - len(str(ordem.id)) + len("4118") <= 6
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.ENTREGUE


async def test_o_carro_que_ainda_deve_tambem_se_entrega_em_6_teclas_com_a_pergunta(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    async with abrir(oficina) as piloto:
        teclas = await teclar(piloto, "f3", "v", "greater_than_sign")
        assert "Falta receber R$ 249,65" in na_tela(piloto)
        teclas += await teclar(piloto, "tab", "enter")
        assert "entregue." in na_tela(piloto)
    assert teclas <= 6
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.ENTREGUE


async def test_o_orcamento_que_espera_se_aprova_do_quadro_em_4_teclas(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina, (120, 40)) as piloto:
        await teclar(piloto, "f3")
        teclas = await teclar(piloto, "a", "ctrl+s")
        assert "em execução" in na_tela(piloto)
    assert teclas <= 4
    ficha = oficina.executar(VerOrcamento(orcamento_id=enviado.id))
    assert ficha.status is StatusOrcamento.APROVADO
    assert ficha.decidido_meio is Meio.BALCAO
