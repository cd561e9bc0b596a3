"""A ordem no balcão: da entrada à entrega, com o que se anota e se recebe no caminho."""

from decimal import Decimal
from typing import Any

import pytest

from oficina_cli.tui.ordens import TelaOrdem
from oficina_cli.tui.widgets.dialogo import Perguntar
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import (
    AnotarOrdem,
    AtribuirMecanico,
    FichaOrdem,
    VerHistoricoOrdem,
    VerOrdem,
)
from oficina_core.casos.ordens_encerramento import CancelarOrdem, FinalizarOrdem
from oficina_core.casos.pecas import FichaPeca, VerPeca
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Oficina, Pedido
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import RegraViolada
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.tui.conftest import Abrir, Lenta, NoMeio, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio


def filtro(oficina: Oficina, ordem: FichaOrdem) -> FichaPeca:
    itens = ordem.orcamentos[0].itens
    id = next(item.peca_id for item in itens if item.descricao == "Filtro")
    return oficina.executar(VerPeca(peca_id=id or 0))


class QueRecusa(NoMeio):
    """Uma oficina que recusa um caso, ou em que ele dá defeito."""

    def __init__(
        self, oficina: Oficina, caso: type[CasoDeUso[Any]], erro: Exception | None = None
    ) -> None:
        super().__init__(oficina)
        self._caso, self._erro = caso, erro or RegraViolada("Hoje não.")

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if isinstance(caso, self._caso):
            raise self._erro
        return super().executar(caso, pedido)


async def test_da_recepcao_a_entrega_cada_passo_e_uma_letra(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, kits=("TROCA-OLEO",))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "d")
        assert "Diagnóstico começado" in na_tela(piloto)
        await teclar(piloto, "a", "ctrl+s", "f", "ctrl+s")
        assert "Ordem finalizada" in na_tela(piloto)
        await teclar(piloto, "r", "p", "enter", "enter")
        assert "Recebido: R$ 249,65" in na_tela(piloto)
        await teclar(piloto, "e")
        assert "Carro entregue" in na_tela(piloto)
        assert "nada: a ordem acabou" in na_tela(piloto)
    ficha = oficina.executar(VerOrdem(ordem_id=ordem.id))
    assert (ficha.status, ficha.saldo) == (StatusOrdem.ENTREGUE, 0)
    assert [p.forma.rotulo.lower() for p in ficha.pagamentos] == ["pix"]
    assert filtro(oficina, ordem).estoque == 9


async def test_o_que_o_estado_nao_admite_nem_se_oferece_nem_se_faz(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    async with abrir(oficina, (120, 40)) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter")
        rodape = na_tela(piloto).splitlines()[-1]
        assert "diagnosticar" in rodape
        assert "finalizar" not in rodape
        await teclar(piloto, "f", "e")
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.RECEBIDA


async def test_a_anotacao_fica_com_quem_e_quando(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina, (120, 40)) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "n", "enter")
        assert "Escreva algo" in na_tela(piloto)
        await teclar(piloto, "![b]vela[/] gasta", "enter")
        assert "[b]vela[/] gasta" in na_tela(piloto)
        assert "Anotações" in na_tela(piloto)
    (nota,) = oficina.executar(VerOrdem(ordem_id=ordem.id)).anotacoes
    assert nota.texto == "[b]vela[/] gasta"


async def test_o_atendente_da_a_ordem_a_um_mecanico(local: OficinaLocal, abrir: Abrir) -> None:
    cenario.catalogo(local)
    ordem = cenario.em_execucao(local)
    atendente = cenario.funcionario(local, Papel.ATENDENTE)
    ze = cenario.funcionario(local, Papel.MECANICO, cenario.CPF_BIA)
    async with abrir(local.como(cenario.sujeito(atendente))) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "m", "z", "enter")
        assert "Mecânico: Zé mecânico." in na_tela(piloto)
    assert local.executar(VerOrdem(ordem_id=ordem.id)).mecanico == ze.nome


async def test_o_mecanico_se_escolhe_pela_inicial_e_o_de_outro_balcao_nao_se_perde(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    ze = cenario.funcionario(oficina, Papel.MECANICO, cenario.CPF_BIA)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "m", "z", "enter")
        assert f"Mecânico: {ze.nome}." in na_tela(piloto)
        ficha = oficina.executar(VerOrdem(ordem_id=ordem.id))
        assert ficha.mecanico == ze.nome
        await teclar(piloto, "m")
        assert "Quem faz o serviço?" in na_tela(piloto)
        assert "ninguém ainda" in na_tela(piloto)
        oficina.executar(AtribuirMecanico(ordem_id=ordem.id, mecanico_id=None, versao=ficha.versao))
        await teclar(piloto, "z", "enter")
        assert "! " in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).mecanico is None


async def test_o_carro_que_deve_so_sai_depois_de_perguntar(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "e")
        assert f"Entregar a OS {ordem.id}?" in na_tela(piloto)
        assert "Falta receber R$ 249,65. O carro sai" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.FINALIZADA
        await teclar(piloto, "e", "tab", "enter")
        assert "Carro entregue. Falta receber R$ 249,65" in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.ENTREGUE


async def test_entregar_com_o_km_de_saida(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "ctrl+p", "!anotando o km", "enter")
        await teclar(piloto, "!muito", "enter")
        assert "número inteiro, como 98.500" in na_tela(piloto)
        await teclar(piloto, "home", "shift+end", "!98.500", "enter")
        assert "Carro entregue" in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).km_saida == 98500


async def test_finalizar_diz_o_que_da_baixa_e_aceita_que_se_usou_menos(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "f")
        assert "Finalizar a OS" in na_tela(piloto)
        assert "3,5 l" in na_tela(piloto)
        await teclar(piloto, "enter", "!2", "enter")
        assert "Aprovaram-se 1" in na_tela(piloto)
        await teclar(piloto, "escape", "down", "q", "!3", "enter")
        assert "de 3,5" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.EM_EXECUCAO
        await teclar(piloto, "f", "down", "q", "!3", "enter", "ctrl+s")
        assert "Ordem finalizada" in na_tela(piloto)
    itens = oficina.executar(VerOrdem(ordem_id=ordem.id)).orcamentos[0].itens
    assert [item.usada for item in itens if item.peca_id] == [1, 3]


async def test_usar_menos_mostra_ja_o_novo_total_e_o_orcamento_soma_as_linhas_dele(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "f")
        assert "Total R$ 249,65" in na_tela(piloto)
        await teclar(piloto, "q", "!-1", "enter")
        assert "! " in na_tela(piloto)
        await teclar(piloto, "home", "shift+end", "!0,5", "enter")
        assert "deve ser inteira" in na_tela(piloto)
        await teclar(piloto, "escape", "down", "q", "!3", "enter")
        assert "Total R$ 229,70, em vez de R$ 249,65" in na_tela(piloto)
        await teclar(piloto, "ctrl+s")
        assert "aprovado · 229,70" in na_tela(piloto)
        assert "249,65" not in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).total == Decimal("229.70")


async def test_o_pagamento_a_mais_pergunta_e_o_errado_se_estorna(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    receber = ("r", "p", "enter", "home", "shift+end", "!500", "enter")
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", *receber)
        assert "Receber mais do que falta?" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert "confira o valor" in na_tela(piloto)
        await teclar(piloto, "enter", "tab", "enter")
        assert "Recebido: R$ 500,00" in na_tela(piloto)
        await teclar(piloto, "ctrl+p", "!estornar", "enter")
        assert "Que pagamento se estorna?" in na_tela(piloto)
        await teclar(piloto, "enter", "tab", "enter")
        assert "Estornado: R$ 500,00" in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).pago == 0


async def test_do_dinheiro_a_mais_se_da_o_troco_e_so_fica_o_que_faltava(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    receber = ("r", "d", "enter", "home", "shift+end", "!300", "enter")
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", *receber)
        assert "Troco: R$ 50,35" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "Faltam R$ 249,65: confira o valor" in na_tela(piloto)
        assert oficina.executar(VerOrdem(ordem_id=ordem.id)).pago == 0
        await teclar(piloto, "enter", "enter")
        assert "Recebido: R$ 249,65" in na_tela(piloto)
    ficha = oficina.executar(VerOrdem(ordem_id=ordem.id))
    assert (ficha.saldo, [p.valor for p in ficha.pagamentos]) == (0, [ficha.total])


async def test_ao_mecanico_nao_se_oferece_o_que_o_papel_dele_nao_pode(
    local: OficinaLocal, abrir: Abrir
) -> None:
    cenario.catalogo(local)
    ordem = cenario.em_execucao(local)
    ze = cenario.funcionario(local, Papel.MECANICO)
    async with abrir(local.como(cenario.sujeito(ze)), (120, 40)) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter")
        rodape = na_tela(piloto).splitlines()[-1]
        assert "finalizar" in rodape
        assert "receber" not in rodape


async def test_na_paleta_receber_se_chama_receber_e_o_que_nao_ha_se_diz(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "ctrl+p", "!receb")
        assert "Receber um pagamento F8" in " ".join(na_tela(piloto).split())
        assert "Nada com esse nome" not in na_tela(piloto)
        await teclar(piloto, "!xyz", "enter")
        assert "Nada com esse nome" in na_tela(piloto)
        await teclar(piloto, "backspace", "backspace", "backspace", "enter")
        assert "De que forma?" in na_tela(piloto)


async def test_o_mesmo_pagamento_duas_vezes_pergunta_antes(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    receber = ("r", "p", "enter", "home", "shift+end", "!50", "enter")
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", *receber, *receber)
        assert "Receber outro igual?" in na_tela(piloto)
        await teclar(piloto, "enter", *receber, "tab", "enter")
        assert "Recebido: R$ 50,00" in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).pago == 100


async def test_cancelar_pede_motivo_devolve_as_pecas_e_o_botao_aceso_e_o_seguro(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "ctrl+p", "!cancelar a ordem", "enter")
        assert "2 peças separadas voltam ao estoque" in " ".join(na_tela(piloto).split())
        await teclar(piloto, "enter", "enter")
        assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.EM_EXECUCAO
        await teclar(piloto, "ctrl+p", "!cancelar a ordem", "enter")
        await teclar(piloto, "!cliente desistiu", "enter", "enter")
        assert "Ordem cancelada" in na_tela(piloto)
        assert "cliente desistiu" in na_tela(piloto)
    assert filtro(oficina, ordem).disponivel == 10


async def test_cancelar_sem_peca_separada_nao_fala_do_estoque(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.peca(oficina, "RADIADOR", "500.00")
    ordem = cenario.abrir(oficina, pecas=("RADIADOR",))
    orcamento = ordem.orcamentos[0].id
    oficina.executar(AprovarOrcamento(orcamento_id=orcamento, permitir_falta=True))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "ctrl+p", "!cancelar a ordem", "enter")
        assert "A ordem continua no histórico." in na_tela(piloto)
        assert "ao estoque" not in na_tela(piloto)


async def test_a_linha_do_tempo_conta_o_que_se_fez(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina, (120, 40)) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "f", "ctrl+s")
        tela = piloto.app.screen
        assert isinstance(tela, TelaOrdem)
        assert len(tela.historico) == len(oficina.executar(VerHistoricoOrdem(ordem_id=ordem.id)))
        assert "finalizou" in na_tela(piloto).lower()


async def test_a_nota_recusada_fica_no_dialogo_com_o_porque(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(QueRecusa(oficina, AnotarOrdem)) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "n", "!vela gasta", "enter")
        assert "vela gasta" in na_tela(piloto)
        assert "Hoje não." in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "Próximo passo" in na_tela(piloto)


async def test_o_que_se_tecla_enquanto_o_dialogo_grava_e_da_tela_que_fica(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    lenta = Lenta(oficina, AnotarOrdem)
    async with abrir(lenta) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "n", "!vela gasta")
        await piloto.press("enter")
        await ate(piloto, lenta.chegou.is_set)
        await piloto.press("f")
        lenta.deixar.set()
        await sossegar(piloto)
        assert f"Finalizar a OS {ordem.id}" in na_tela(piloto)


async def test_o_dialogo_que_se_confirma_duas_vezes_grava_uma_e_devolve_as_teclas(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "n", "!vela gasta")
        dialogo = piloto.app.screen
        assert isinstance(dialogo, Perguntar)
        for _ in range(2):
            dialogo.concluir("vela gasta")
        await sossegar(piloto)
        await teclar(piloto, "f")
        assert f"Finalizar a OS {ordem.id}" in na_tela(piloto)
    (nota,) = oficina.executar(VerOrdem(ordem_id=ordem.id)).anotacoes
    assert nota.texto == "vela gasta"


async def test_o_defeito_ao_gravar_de_um_dialogo_se_diz_nele_e_a_nota_fica(
    local: OficinaLocal, abrir: Abrir
) -> None:
    cenario.catalogo(local)
    ordem = cenario.em_execucao(local)

    async def anotar() -> None:
        async with abrir(QueRecusa(local, AnotarOrdem, ValueError("defeito"))) as piloto:
            await teclar(piloto, f"!{ordem.id}", "enter", "n", "!vela gasta", "enter")
            assert "vela gasta" in na_tela(piloto)
            assert "a oficina não esperava" in " ".join(na_tela(piloto).split())
            await teclar(piloto, "escape")
            assert "Próximo passo" in na_tela(piloto)

    with pytest.raises(ValueError, match="defeito"):
        await anotar()


async def test_a_ordem_cancelada_nao_diz_que_lhe_falta_peca(oficina: Oficina, abrir: Abrir) -> None:
    ordem = esperando_peca(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter")
        assert "! falta 2 un" in na_tela(piloto)
        oficina.executar(CancelarOrdem(ordem_id=ordem.id, motivo="a peça não vem"))
        await teclar(piloto, "f5")
        assert "Cancelada" in na_tela(piloto)
        assert "falta" not in na_tela(piloto)
        await teclar(piloto, "v")
        assert "Pastilha" in na_tela(piloto)
        assert "falta" not in na_tela(piloto)


async def test_o_carro_cuja_peca_nao_vem_se_finaliza_com_o_que_se_usou(
    oficina: Oficina, abrir: Abrir
) -> None:
    ordem = esperando_peca(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter")
        assert "ou finalizar com o que se usou (f)" in " ".join(na_tela(piloto).split())
        await teclar(piloto, "f", "ctrl+s")
        assert "! Falta peça: 2 un de Pastilha" in na_tela(piloto)
        await teclar(piloto, "q", "!1", "enter", "ctrl+s")
        assert "Ordem finalizada" in na_tela(piloto)
    ficha = oficina.executar(VerOrdem(ordem_id=ordem.id))
    assert (ficha.status, ficha.total) == (StatusOrdem.FINALIZADA, 180)


def esperando_peca(oficina: Oficina) -> FichaOrdem:
    """Em execução, com uma das três pastilhas aprovadas."""
    cenario.catalogo(oficina)
    tres = ItemPedido(id="PASTILHA", quantidade=Decimal(3))
    ordem = cenario.abrir(oficina, pecas=(tres,))
    orcamento = ordem.orcamentos[0].id
    return oficina.executar(AprovarOrcamento(orcamento_id=orcamento, permitir_falta=True))


async def test_em_execucao_o_rodape_mostra_que_se_troca_o_mecanico(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    async with abrir(oficina, (120, 40)) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter")
        assert "m mecânico" in na_tela(piloto).splitlines()[-1]
