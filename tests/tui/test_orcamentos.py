"""A montagem do orçamento: o que se inclui, se muda e se tira, e o que se vê ao lado."""

from decimal import Decimal
from functools import partial

import pytest
from textual.pilot import Pilot

from oficina_cli.tui.orcamentos import TelaOrcamentos
from oficina_cli.tui.orcamentos_montagem import TelaOrcamento
from oficina_core.casos.kits import CriarKit, ItemPedido
from oficina_core.casos.orcamentos import EditarOrcamento, ListarOrcamentos, VerOrcamento
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens import FichaOrdem, ListarOrdens
from oficina_core.casos.ordens_encerramento import EntregarOrdem, FinalizarOrdem
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.orcamento import StatusOrcamento
from tests import cenario
from tests.conftest import Relogio
from tests.tui.conftest import Abrir, ate, na_tela, teclar

pytestmark = pytest.mark.anyio

LARGA = (120, 40)
FILTRO, PASTILHA = (
    ItemPedido(id=codigo, quantidade=Decimal(1)) for codigo in ("FILTRO", "PASTILHA")
)


async def test_mais_e_menos_mudam_a_quantidade_e_o_total_sem_outra_tela(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, pecas=(FILTRO,))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "tab", "plus", "plus")
        assert "3 un" in na_tela(piloto)
        assert "R$ 105,00" in na_tela(piloto)
        await teclar(piloto, "minus", "minus", "minus")
        assert "1 un" in na_tela(piloto), "de uma para baixo, tira-se a linha"
    (item,) = oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id)).itens
    assert item.quantidade == 1


async def test_a_quantidade_se_digita_e_a_que_nao_se_entende_diz_por_que(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    oleo = ItemPedido(id="OLEO-5W30", quantidade=Decimal(1))
    ordem = cenario.abrir(oficina, pecas=(oleo,))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "tab", "q", "!3,5x", "enter")
        assert "! Escreva a quantidade" in na_tela(piloto)
        assert "3,5x" in na_tela(piloto)
        await teclar(piloto, "backspace", "enter")
        assert "3,5 l" in na_tela(piloto)
        assert "R$ 139,65" in na_tela(piloto)


async def test_a_linha_se_tira_com_x(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO", "PAST"))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "tab", "down", "x")
        assert "linha tirada" in na_tela(piloto)
    (item,) = oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id)).itens
    assert item.descricao == "Troca de óleo"


async def test_a_linha_que_outro_tirou_nao_da_lugar_a_vizinha(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO", "PAST"))
    orcamento = ordem.orcamentos[0].id
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "tab")
        ficha = oficina.executar(VerOrcamento(orcamento_id=orcamento))
        oficina.executar(
            EditarOrcamento(
                orcamento_id=orcamento,
                versao=ficha.versao,
                descricao=ficha.descricao,
                servicos=("PAST",),
            )
        )
        await ate(piloto, lambda: "tirou essa linha" in na_tela(piloto))
        await teclar(piloto, "x", "backspace")
    itens = oficina.executar(VerOrcamento(orcamento_id=orcamento)).itens
    assert [item.descricao for item in itens] == ["Pastilhas"]


@pytest.mark.parametrize(
    ("dito", "total"), [("15", "R$ 60,00"), ("10%", "R$ 67,50"), ("=50", "R$ 50,00")]
)
async def test_o_desconto_se_diz_em_reais_em_porcentagem_ou_pelo_total(
    oficina: Oficina, abrir: Abrir, dito: str, total: str
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "f8", f"!{dito}", "enter")
        assert total in na_tela(piloto)
        assert "em 75,00" in na_tela(piloto)
        await teclar(piloto, "f8", "!0", "enter")
        assert "R$ 75,00" in na_tela(piloto)
        assert "em 75,00" not in na_tela(piloto)


async def test_o_desconto_em_porcentagem_continua_o_mesmo_quando_muda_a_quantidade(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",), pecas=(FILTRO,))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "f8", "!10%", "enter")
        await teclar(piloto, "tab", "down", "q", "!4", "enter")
        assert "Desconto de 10 % em 215,00" in na_tela(piloto)
        await teclar(piloto, "minus", "minus")
        assert "Desconto de 10 % em 145,00" in na_tela(piloto)


async def test_o_que_se_recusou_antes_se_inclui_sem_digitar(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO", "PAST"))
    linhas = (ordem.orcamentos[0].itens[0].id,)
    oficina.executar(
        AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id, linhas=linhas, motivo="caro")
    )
    oficina.executar(FinalizarOrdem(ordem_id=ordem.id))
    oficina.executar(EntregarOrdem(ordem_id=ordem.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "f10")
        assert "Pastilhas" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert "incluído: Pastilhas" in na_tela(piloto)
        await teclar(piloto, "f10")
        assert not piloto.app.screen.is_modal, "o que já está não se oferece"
    (nova,) = oficina.executar(ListarOrdens()).itens
    assert nova.queixa == "Pastilhas"


async def test_o_aprovado_em_parte_diz_o_que_se_aprovou_e_o_que_nao(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina, servicos=("OLEO", "PAST"))
    oficina.executar(
        AprovarOrcamento(orcamento_id=enviado.id, linhas=(enviado.itens[0].id,), motivo="caro")
    )
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter")
        assert "“caro”" in na_tela(piloto)
        await teclar(piloto, "v")
        tela = " ".join(na_tela(piloto).split())
        assert "Recusado 150,00" in tela
        assert "Aprovado R$ 75,00" in tela
        await teclar(piloto, "escape", "o")
        assert "complementar da OS" in na_tela(piloto)


async def test_desconto_maior_que_o_total_nao_se_grava_e_diz_por_que(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "f8", "!80", "enter")
        assert "! O desconto" in na_tela(piloto)
        assert "80" in na_tela(piloto)
    orcamento = oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id))
    assert (orcamento.desconto, orcamento.valor_total) == (0, 75)


async def test_o_que_falta_em_estoque_se_ve_na_linha_e_ao_enviar(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, pecas=(PASTILHA,))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o")
        assert "falta" not in na_tela(piloto)
        await teclar(piloto, "!2*pastilha", "enter")
        assert "! falta 2 un" in na_tela(piloto)
        await teclar(piloto, "f9")
        assert "Falta peça no estoque" in na_tela(piloto)


async def test_vezes_o_codigo_inclui_tantas(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "!4*filtro", "enter", "!filtro", "enter")
        assert "incluído: Filtro" in na_tela(piloto)
    itens = oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id)).itens
    assert [item.quantidade for item in itens] == [1, 5]


async def test_letra_no_campo_e_letra_mesmo_com_linha_acesa(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO",))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "!xqva")
        assert "xqva" in na_tela(piloto)
    assert len(oficina.executar(VerOrcamento(orcamento_id=ordem.orcamentos[0].id)).itens) == 1


async def test_so_a_queixa_abre_a_ordem_e_sem_ela_se_diz_o_que_falta(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "f9")
        assert "diga a queixa" in na_tela(piloto)
        assert not oficina.executar(ListarOrdens()).itens
        await teclar(piloto, "!não pega de manhã", "f9")
        assert "aberta" in na_tela(piloto)
    (ordem,) = oficina.executar(ListarOrdens()).itens
    assert ordem.queixa == "não pega de manhã"


async def test_km_que_nao_se_entende_nao_abre_a_ordem_e_guarda_o_resto(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "!12x", "enter", "!troc", "enter")
        assert "número inteiro" in na_tela(piloto)
        assert "troc" in na_tela(piloto)
        assert not oficina.executar(ListarOrdens()).itens
        await teclar(piloto, "backspace", "enter", "enter")
        assert "R$ 249,65" in na_tela(piloto)
    assert len(oficina.executar(ListarOrdens()).itens) == 1


async def test_o_enviado_so_muda_em_outra_versao(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "o", "x", "plus")
        assert "R$ 249,65" in na_tela(piloto)
        await teclar(piloto, "v", "!past", "down", "enter")
        assert "Versão" in na_tela(piloto)
        await teclar(piloto, "f9")
    primeira = oficina.executar(VerOrcamento(orcamento_id=enviado.id))
    (segunda,) = oficina.executar(
        ListarOrcamentos(status=StatusOrcamento.AGUARDANDO_APROVACAO)
    ).itens
    assert primeira.status is StatusOrcamento.SUBSTITUIDO
    assert len(primeira.itens) == 3
    assert len(oficina.executar(VerOrcamento(orcamento_id=segunda.id)).itens) == 4


async def test_cancelar_pede_motivo_e_o_botao_seguro_nao_cancela(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "o")
        await teclar(piloto, "ctrl+p", "!cancelar o orc", "enter")
        assert f"Cancelar o orçamento {enviado.id}?" in na_tela(piloto)
        await teclar(piloto, "enter", "enter")
        assert "aguardando aprovação" in na_tela(piloto)
        await teclar(piloto, "ctrl+p", "!cancelar o orc", "enter")
        await teclar(piloto, "!desistiu", "enter", "enter")
        assert "Orçamento cancelado" in na_tela(piloto)
    cancelado = oficina.executar(VerOrcamento(orcamento_id=enviado.id))
    assert (cancelado.status, cancelado.motivo) == (StatusOrcamento.CANCELADO, "desistiu")


async def test_a_lista_mostra_um_estado_de_cada_vez_e_abre_o_aceso(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    esperando = cenario.enviado(oficina)
    rascunho = cenario.abrir(
        oficina, placa="XYZ9A87", cliente=None, cliente_id=cenario.CPF_ANA, servicos=("PAST",)
    ).orcamentos[0]
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f4")
        assert isinstance(piloto.app.screen, TelaOrcamentos)
        assert "ABC1D23" in na_tela(piloto)
        assert "XYZ9A87" not in na_tela(piloto)
        await teclar(piloto, "v")
        assert "XYZ9A87" in na_tela(piloto)
        await teclar(piloto, "enter", "f9")
        assert f"Orçamento {rascunho.id} enviado" in na_tela(piloto)
        await teclar(piloto, "escape", "v", "v", "v")
        assert {"ABC1D23", "XYZ9A87"} <= set(na_tela(piloto).split())
    for id in (esperando.id, rascunho.id):
        orcamento = oficina.executar(VerOrcamento(orcamento_id=id))
        assert orcamento.status is StatusOrcamento.AGUARDANDO_APROVACAO


async def test_ao_lado_se_ve_o_que_o_kit_aceso_pede_e_o_que_ha(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    muitos = ItemPedido(id="FILTRO", quantidade=Decimal(11))
    oficina.executar(CriarKit(codigo="FROTA", nome="Filtros da frota", pecas=(muitos,)))
    ordem = cenario.abrir(oficina)
    async with abrir(oficina, LARGA) as piloto:
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


@pytest.mark.parametrize(
    ("passaram", "dito"),
    [
        (9, "Vale até 03/12/2026 (1 dia)"),
        (10, "Vale até 03/12/2026 (vence hoje)"),
        (11, "Vale até venceu ontem"),
        (15, "Vale até venceu há 5 dias"),
    ],
)
async def test_a_validade_se_diz_em_palavras(
    oficina: Oficina, abrir: Abrir, relogio: Relogio, passaram: int, dito: str
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    relogio.passar(days=passaram)
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "o")
        assert dito in " ".join(na_tela(piloto).split())


async def test_ao_vencido_nao_se_responde_e_diz_se_ja_como_se_renova(
    oficina: Oficina, abrir: Abrir, relogio: Relogio
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    relogio.passar(days=15)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f4", "v", "v", "a")
        assert isinstance(piloto.app.screen, TelaOrcamentos)
        assert f"! O orçamento {enviado.id} venceu há 5 dias" in na_tela(piloto)
        assert "tecle v para fazer outra versão" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert "venceu há 5 dias" in na_tela(piloto)
        await teclar(piloto, "v", "f9")
        assert "enviado; espera a resposta" in na_tela(piloto)
        await teclar(piloto, "f2", f"!{enviado.ordem_id}", "enter", "a")
        assert "Quem aprovou" in na_tela(piloto)


async def test_na_ordem_o_orcamento_vencido_pede_que_se_renove(
    oficina: Oficina, abrir: Abrir, relogio: Relogio
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    relogio.passar(days=15)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter")
        assert f"renovar: o orçamento {enviado.id} venceu (o, depois v)" in na_tela(piloto)
        await teclar(piloto, "a")
        assert f"! O orçamento {enviado.id} venceu há 5 dias" in na_tela(piloto)


def _ve(piloto: Pilot[None], texto: str) -> bool:
    return texto in na_tela(piloto)


async def test_a_lista_vazia_diz_de_que_e_e_so_oferece_ir_a_outra(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    oficina.executar(AprovarOrcamento(orcamento_id=enviado.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f4")
        for nenhum in ("esperando resposta", "rascunho", "vencido"):
            await ate(piloto, partial(_ve, piloto, f"{nenhum}\n"))
            assert "Nenhum" in na_tela(piloto)
            assert "abrir" not in na_tela(piloto).splitlines()[-1]
            assert "aprovar" not in na_tela(piloto).splitlines()[-1]
            await teclar(piloto, "v")
        rodape = na_tela(piloto).splitlines()[-1]
        assert "abrir" in rodape
        assert "aprovar" not in rodape, "o aprovado já não espera resposta"
        cenario.abrir(
            oficina, placa="XYZ9A87", cliente=None, cliente_id=cenario.CPF_ANA, servicos=("PAST",)
        )
        await teclar(piloto, "f5", "home")
        assert "aprovar" in na_tela(piloto).splitlines()[-1]
        await teclar(piloto, "down")
        assert "aprovar" not in na_tela(piloto).splitlines()[-1]


async def test_o_que_nao_se_acha_se_diz_tambem_com_enter(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    nada = "Nada encontrado com «[b]nada[/]»: confira o código, ou cadastre em F7"
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "!2*[b]nada[/]", "enter")
        assert nada in na_tela(piloto)
        await teclar(piloto, "enter")
        assert nada in na_tela(piloto)
        await teclar(piloto, "escape", "!filtro")
        assert "Nada encontrado" not in na_tela(piloto)


def rodape(piloto: Pilot[None]) -> str:
    return na_tela(piloto).splitlines()[-1]


async def test_o_rodape_diz_para_onde_vai_tab(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter")
        assert "tab queixa" in rodape(piloto)
        await teclar(piloto, "tab")
        assert "tab incluir" in rodape(piloto)
        await teclar(piloto, "tab")
        assert "tab km" in rodape(piloto)
        await teclar(piloto, "!filtro", "enter")
        assert "tab itens" in rodape(piloto)
        await teclar(piloto, "tab")
        assert "tab incluir" in rodape(piloto)
        await teclar(piloto, "f1")
        assert "incluir" in next(linha for linha in na_tela(piloto).splitlines() if "tab" in linha)


async def test_sem_outra_area_tab_nao_se_oferece(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o")
        assert "tab" not in rodape(piloto)


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_enviar_se_ve_sempre_e_o_recusado_antes_se_ha_lugar(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    ordem = com_recusado(oficina)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o")
        for _ in range(2):
            assert "F9 enviar" in rodape(piloto)
            if tamanho == LARGA:
                assert "F10 recusados antes" in rodape(piloto)
            await teclar(piloto, "tab")


def com_recusado(oficina: Oficina) -> FichaOrdem:
    """Com a troca de óleo em rascunho, de um carro cujo dono recusou as pastilhas."""
    cenario.catalogo(oficina)
    antes = cenario.abrir(oficina, servicos=("OLEO", "PAST"))
    proposto = antes.orcamentos[0]
    linhas = (proposto.itens[0].id,)
    oficina.executar(AprovarOrcamento(orcamento_id=proposto.id, linhas=linhas, motivo="caro"))
    oficina.executar(FinalizarOrdem(ordem_id=antes.id))
    oficina.executar(EntregarOrdem(ordem_id=antes.id))
    return cenario.abrir(oficina, veiculo=None, cliente=None, servicos=("OLEO",))


async def test_o_comando_de_uma_ordem_ja_aberta_nao_abre_outra(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o")
        tela = piloto.app.screen
        assert isinstance(tela, TelaOrcamento)
        dito = f"oficina orcamento criar --ordem {ordem.id} --kit CÓDIGO --enviar"
        assert tela.comando() == dito
        await teclar(piloto, "!troc", "down", "enter")
        assert tela.ficha
        assert tela.comando() == f"oficina orcamento enviar {tela.ficha.id}"


async def test_o_kit_que_repete_o_que_ja_estava_diz_quantos_ficam(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.abrir(oficina, servicos=("OLEO", "PAST"))
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "o", "!troca-oleo", "enter")
        assert "Troca de óleo já estava: agora são 2 · rascunho guardado" in na_tela(piloto)
        assert "Pastilhas já estava" not in na_tela(piloto)


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_o_que_ja_esta_no_orcamento_enviado_nao_se_oferece_de_novo(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    ordem = com_recusado(oficina)
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter")
        assert "Recusado antes" in na_tela(piloto)
        await teclar(piloto, "o")
        assert "Recusado antes" in na_tela(piloto) or tamanho != LARGA
        await teclar(piloto, "f10", "enter", "f9")
        assert "enviado; espera a resposta" in na_tela(piloto)
        assert "Recusado antes" not in na_tela(piloto)
        await teclar(piloto, "escape")
        assert "Recusado antes" not in na_tela(piloto)


async def test_do_orcamento_aprovado_se_vai_a_ordem(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    enviado = cenario.enviado(oficina)
    oficina.executar(AprovarOrcamento(orcamento_id=enviado.id))
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{enviado.ordem_id}", "enter", "v")
        assert "o ordem" in rodape(piloto)
        await teclar(piloto, "o")
        assert "Próximo passo" in na_tela(piloto)
