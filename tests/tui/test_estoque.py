"""O estoque no balcão: o que há, o que falta, e o que se grava a respeito."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input

from oficina_cli.tui.base import Tela
from oficina_cli.tui.estoque import TelaEstoque
from oficina_cli.tui.estoque_formularios import NovaPrateleira, NovoAjuste
from oficina_cli.tui.estoque_movimentos import TelaMovimentos
from oficina_cli.tui.widgets.lista import Lista
from oficina_cli.tui.widgets.moldura import Rodape
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque, ListarMovimentos
from oficina_core.casos.kits import ItemPedido
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.pecas import CriarPeca, EditarPeca, VerPeca
from oficina_core.casos.pecas_importacao import ImportarPecas, LinhaImportadaPeca
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import SISTEMA, Papel, Sujeito
from oficina_core.dominio.dinheiro import Unidade
from oficina_core.dominio.estoque import CausaMovimento
from tests import cenario
from tests.tui.conftest import Abrir, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio

HOSTIL = "[red]x[/] [@click=app.quit]sai[/]"
LARGA = (120, 40)


def prateleira(oficina: Oficina, codigo: str, minimo: str, lugar: str | None = None) -> None:
    oficina.executar(DefinirPrateleira(peca_id=codigo, minimo=Decimal(minimo), localizacao=lugar))


def aviso(piloto: Pilot[None]) -> str:
    tela = piloto.app.screen
    assert isinstance(tela, TelaEstoque | TelaMovimentos)
    return " ".join(tela.aviso.split())


def codigos(piloto: Pilot[None]) -> list[str]:
    return [peca.codigo for peca in piloto.app.screen.query_one(Lista).itens]


async def test_a_entrada_aumenta_o_saldo_e_diz_quem_esperava(
    oficina: Oficina, abrir: Abrir
) -> None:
    id = cenario.peca(oficina, "PASTILHA", "180.00", estoque="1")
    ordem = cenario.abrir(oficina, pecas=(ItemPedido(id=id, quantidade=Decimal(3)),))
    oficina.executar(AprovarOrcamento(orcamento_id=ordem.orcamentos[0].id, permitir_falta=True))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6")
        teclas = await teclar(piloto, "e", "!12", "enter", "!95,5", "ctrl+s")
        assert teclas == 9
        assert aviso(piloto) == (
            "Entrada de PASTILHA: +12 un; há 13 un, 10 sem reserva. "
            f"Quem esperava recebeu: OS {ordem.id} ABC1D23 (2 un)."
        )
        assert "13 un · reservado 3 un" in na_tela(piloto).splitlines()[1]
    ficha = oficina.executar(VerPeca(peca_id=id))
    assert (ficha.estoque, ficha.disponivel, ficha.custo) == (13, 10, Decimal("95.50"))


async def test_o_que_a_entrada_tem_de_errado_se_diz_no_campo_e_nada_se_perde(
    oficina: Oficina, abrir: Abrir
) -> None:
    id = cenario.peca(oficina, "FILTRO", estoque="10")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "e", "!2,5", "enter", "!9", "ctrl+s")
        assert "! A quantidade em un deve ser inteira." in na_tela(piloto)
        assert [campo.value for campo in piloto.app.screen.query(Input)] == ["2,5", "9,00", ""]
        await teclar(piloto, "home", "ctrl+k", "!4", "ctrl+s")
        assert "há 14 un" in aviso(piloto)
    assert oficina.executar(VerPeca(peca_id=id)).estoque == 14


async def test_a_conferencia_que_difere_vira_ajuste_e_a_que_bate_nao(
    oficina: Oficina, abrir: Abrir
) -> None:
    id = cenario.peca(oficina, "FILTRO", estoque="10")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6")
        assert await teclar(piloto, "j", "!8", "ctrl+s") == 3
        assert aviso(piloto) == "Ajuste de FILTRO: −2 un; há 8 un."
        await teclar(piloto, "j", "!8", "ctrl+s")
        assert aviso(piloto) == "A conferência bateu: há 8 un. Nada mudou."
        await teclar(piloto, "j", "!0", "ctrl+s")
    assert oficina.executar(VerPeca(peca_id=id)).estoque == 0
    movimentos = oficina.executar(ListarMovimentos(peca_id=id)).itens
    assert [(m.delta, m.motivo) for m in movimentos[:-1]] == [
        (-8, "conferência"),
        (-2, "conferência"),
    ]


async def test_a_falta_pede_motivo(oficina: Oficina, abrir: Abrir) -> None:
    id = cenario.peca(oficina, "OLEO", estoque="40", unidade=Unidade.L)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "j", "!1,5", "enter", "f", "ctrl+s")
        assert "motivo" in na_tela(piloto)
        assert oficina.executar(VerPeca(peca_id=id)).estoque == 40
        await teclar(piloto, "!vazou", "enter")
        assert "−1,5 l; há 38,5 l" in aviso(piloto)
    assert oficina.executar(ListarMovimentos(peca_id=id)).itens[0].motivo == "vazou"


async def test_a_prateleira_guarda_o_minimo_e_o_lugar(oficina: Oficina, abrir: Abrir) -> None:
    id = cenario.peca(oficina, "FILTRO", estoque="3")
    prateleira(oficina, "FILTRO", "2", "A1")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "p", "home", "ctrl+k", "!12", "enter", "end", "!-7", "ctrl+s")
        assert aviso(piloto) == "Prateleira de FILTRO: mínimo de 12 un, em A1-7."
        assert "▼3" in na_tela(piloto)
    ficha = oficina.executar(VerPeca(peca_id=id))
    assert (ficha.minimo, ficha.localizacao) == (12, "A1-7")


async def test_b_mostra_so_o_que_esta_abaixo_do_minimo(oficina: Oficina, abrir: Abrir) -> None:
    for codigo, ha in (("CHEIA", "9"), ("FALTA", "1"), ("JUSTA", "2")):
        cenario.peca(oficina, codigo, estoque=ha)
        prateleira(oficina, codigo, "2")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6")
        assert codigos(piloto) == ["CHEIA", "FALTA", "JUSTA"]
        await teclar(piloto, "b")
        assert codigos(piloto) == ["FALTA"]
        assert "1 peça abaixo do mínimo ▼" in na_tela(piloto)
        tela = piloto.app.screen
        assert isinstance(tela, TelaEstoque)
        assert tela.comando() == "oficina estoque listar --abaixo-do-minimo"
        await teclar(piloto, "e", "!5", "ctrl+s")
        assert "Nada abaixo do mínimo" in na_tela(piloto)
        assert "Entrada de FALTA" in aviso(piloto)
        await teclar(piloto, "b")
        assert codigos(piloto) == ["CHEIA", "FALTA", "JUSTA"]


async def test_o_filtro_ignora_acento_e_acha_codigo_nome_e_lugar(
    oficina: Oficina, abrir: Abrir
) -> None:
    for codigo, nome in (("AR-1", "Filtro de ar"), ("OL-1", "Óleo 5W30"), ("VE-1", "Vela")):
        oficina.executar(CriarPeca(codigo=codigo, nome=nome, preco=Decimal(10)))
    prateleira(oficina, "VE-1", "0", "Galpão B3")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "slash", "!OLEO")
        assert codigos(piloto) == ["OL-1"]
        await teclar(piloto, "escape", "slash", "!ar-")
        assert codigos(piloto) == ["AR-1"]
        await teclar(piloto, "escape", "slash", "!galpao b")
        assert codigos(piloto) == ["VE-1"]
        tela = piloto.app.screen
        assert isinstance(tela, TelaEstoque)
        assert tela.comando() == "oficina estoque listar 'galpao b'"
        await teclar(piloto, "!zzz")
        assert "Nenhuma peça com esse texto" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert codigos(piloto) == ["AR-1", "OL-1", "VE-1"]


async def test_o_comando_equivalente_leva_o_texto_tal_como_se_escreveu(
    oficina: Oficina, abrir: Abrir
) -> None:
    id = cenario.peca(oficina, "FILTRO")
    ficha = replace(oficina.executar(VerPeca(peca_id=id)), codigo="A; B")
    for da_peca in (NovoAjuste(ficha), NovaPrateleira(ficha), TelaMovimentos(ficha)):
        assert "'A; B'" in da_peca.comando()
    async with abrir(oficina) as piloto:
        for ir, dito in (("f2", "buscar"), ("f6", "estoque listar"), ("f7", "cliente listar")):
            await teclar(piloto, ir, *(["slash"] if ir != "f2" else []), "!-x y")
            tela = piloto.app.screen
            assert isinstance(tela, Tela)
            assert tela.comando() == f"oficina {dito} -- '-x y'"


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_cada_titulo_fica_sobre_a_sua_coluna(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    cenario.peca(oficina, "FILTRO", "35.00", estoque="10")
    prateleira(oficina, "FILTRO", "2", "B3")
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f6")
        linhas = na_tela(piloto).splitlines()
        titulos = next(linha for linha in linhas if "Lugar" in linha)
        valores = next(linha for linha in linhas if "▌ FILTRO" in linha)
        assert titulos.index("Lugar") == valores.index("B3")
        for titulo, valor in (("Disp.", " 10 "), ("Preço", " 35,00")):
            fim = titulos.index(titulo) + len(titulo)
            assert fim == valores.index(valor) + len(valor.rstrip()), titulo
        await teclar(piloto, "m")
        linhas = na_tela(piloto).splitlines()
        titulos = next(linha for linha in linhas if "Saldo" in linha)
        valores = next(linha for linha in linhas if "▌" in linha)
        for titulo, valor in (("Qtd", " +10"), ("Saldo", " 10 ")):
            fim = titulos.index(titulo) + len(titulo)
            assert fim == valores.index(valor) + len(valor.rstrip()), titulo


async def test_no_filtro_as_letras_sao_do_texto(oficina: Oficina, abrir: Abrir) -> None:
    cenario.peca(oficina, "EJMBP", estoque="1")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "slash", "!ejmbp")
        campo = piloto.app.screen.query_one("#filtro", Input)
        assert (campo.value, campo.has_focus) == ("ejmbp", True)
        assert "↓ lista" in na_tela(piloto).splitlines()[-1]
        assert "entrada" not in na_tela(piloto).splitlines()[-1]


@pytest.mark.parametrize("passa", ["enter", "down", "tab"])
async def test_a_tecla_logo_depois_do_filtro_age_na_peca_achada(
    oficina: Oficina, abrir: Abrir, passa: str
) -> None:
    cenario.peca(oficina, "AAA")
    cenario.peca(oficina, "ZZZ")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "slash")
        await piloto.press("z", passa, "e")
        await sossegar(piloto)
        assert "Entrada · ZZZ" in na_tela(piloto)


async def test_o_estorno_pede_motivo_e_desfaz_a_entrada(oficina: Oficina, abrir: Abrir) -> None:
    id = cenario.peca(oficina, "FILTRO", estoque="10")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "enter", "x")
        await teclar(piloto, "enter", "enter")
        assert isinstance(piloto.app.screen, TelaMovimentos), "sem motivo, o aceso é o seguro"
        await teclar(piloto, "x")
        await teclar(piloto, "tab", "tab", "enter")
        assert "Falta o motivo" in na_tela(piloto)
        assert oficina.executar(VerPeca(peca_id=id)).estoque == 10
        await teclar(piloto, "!nota errada", "enter", "enter")
        assert aviso(piloto) == "Estorno de FILTRO: −10 un; há 0 un."
        assert "estorno: nota errada" in na_tela(piloto)
        await teclar(piloto, "end", "x")
        await teclar(piloto, "!de novo", "enter", "enter")
        assert "já foi estornado" in aviso(piloto)
        await teclar(piloto, "home", "x")
        assert "Só entrada e ajuste se estornam" in aviso(piloto)
    ultimo = oficina.executar(ListarMovimentos(peca_id=id)).itens[0]
    assert (ultimo.causa, ultimo.delta) == (CausaMovimento.ESTORNO, -10)


async def test_o_que_o_papel_nao_pode_nao_se_oferece_nem_se_faz(
    em_nome_de: Callable[[Sujeito], Oficina], abrir: Abrir
) -> None:
    rede = em_nome_de(SISTEMA)
    id = cenario.peca(rede, "FILTRO", estoque="10")
    atendente = cenario.funcionario(rede, Papel.ATENDENTE)
    async with abrir(em_nome_de(cenario.sujeito(atendente))) as piloto:
        await teclar(piloto, "f6", "j", "p")
        assert isinstance(piloto.app.screen, TelaEstoque)
        assert "e entrada" in na_tela(piloto)
        assert "j ajuste" not in na_tela(piloto)
        await teclar(piloto, "m", "x")
        assert isinstance(piloto.app.screen, TelaMovimentos)
        assert "x estornar" not in na_tela(piloto)
        await teclar(piloto, "escape", "e", "!2", "ctrl+s")
        assert "há 12 un" in aviso(piloto)
    assert rede.executar(VerPeca(peca_id=id)).estoque == 12


async def test_a_recusa_do_nucleo_deixa_o_formulario_como_estava(
    em_nome_de: Callable[[Sujeito], Oficina], abrir: Abrir
) -> None:
    rede = em_nome_de(SISTEMA)
    cenario.peca(rede, "FILTRO", estoque="10")
    mecanico = cenario.funcionario(rede, Papel.MECANICO)
    async with abrir(em_nome_de(cenario.sujeito(mecanico))) as piloto:
        await teclar(piloto, "f6")
        piloto.app.perfil = None  # type: ignore[attr-defined]  # ainda não se sabe quem atende
        await teclar(piloto, "e", "!2", "enter", "!7", "ctrl+s")
        assert "! O papel mecânico não pode fazer isso; chame o gerente." in na_tela(piloto)
        assert [campo.value for campo in piloto.app.screen.query(Input)] == ["2", "7", ""]


@pytest.mark.parametrize("tamanho", [(80, 24), LARGA])
async def test_texto_hostil_fica_literal(
    oficina: Oficina, abrir: Abrir, tamanho: tuple[int, int]
) -> None:
    id = cenario.peca(oficina, "AAA")
    ficha = oficina.executar(VerPeca(peca_id=id))
    oficina.executar(
        EditarPeca(peca_id=id, versao=ficha.versao, codigo="AAA", nome=HOSTIL, preco=Decimal(1))
    )
    prateleira(oficina, "AAA", "0", "[b]")
    oficina.executar(EntradaEstoque(peca_id=id, quantidade=Decimal(1), motivo="[/] $texto"))
    async with abrir(oficina, tamanho) as piloto:
        await teclar(piloto, "f6")
        assert HOSTIL in na_tela(piloto).splitlines()[1]
        assert "[b]" in na_tela(piloto)
        await teclar(piloto, "m")
        assert "entrada: [/] $texto" in na_tela(piloto)
        await teclar(piloto, "x")
        assert "entrada: [/] $texto" in na_tela(piloto)
        await teclar(piloto, "escape")


async def test_ao_lado_ha_o_que_comprar_e_os_ultimos_movimentos(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.peca(oficina, "FILTRO", estoque="10")
    cenario.peca(oficina, "VELA", estoque="4")
    prateleira(oficina, "FILTRO", "12")
    async with abrir(oficina, LARGA) as piloto:
        await teclar(piloto, "f6")
        tela = na_tela(piloto)
        compra = next(linha for linha in tela.splitlines() if "Sugestão de compra" in linha)
        assert compra.rstrip().endswith("2 un")
        assert "+10" in tela
        await teclar(piloto, "down")
        assert "+4" in na_tela(piloto)
        assert "+10" not in na_tela(piloto)


async def test_sem_peca_nenhuma_se_diz_o_que_fazer(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "e", "j", "m", "p", "enter")
        assert "Nenhuma peça cadastrada" in na_tela(piloto)
        assert "F7" in na_tela(piloto)


async def test_a_ajuda_diz_todas_as_teclas(local: Oficina, abrir: Abrir) -> None:
    cenario.peca(local, "FILTRO")
    async with abrir(local) as piloto:
        await teclar(piloto, "f6", "f1")
        ajuda = na_tela(piloto)
    for tecla, nome in (("e", "entrada"), ("j", "ajuste"), ("m", "movimentos")):
        assert any(linha.split()[:2] == [tecla, nome] for linha in ajuda.splitlines())
    assert "estoque.prateleira" in ajuda


async def test_trezentas_pecas_se_leem_ao_rolar(oficina: Oficina, abrir: Abrir) -> None:
    linhas = tuple(
        LinhaImportadaPeca(linha=n, codigo=f"P{n:03}", nome=f"Peça {n}", preco=Decimal(n))
        for n in range(1, 301)
    )
    oficina.executar(ImportarPecas(linhas=linhas))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6")
        assert "100+ peças" in na_tela(piloto)
        await teclar(piloto, "end", "end", "end", "end")
        assert "300 peças" in na_tela(piloto)
        tela = piloto.app.screen
        assert isinstance(tela, TelaEstoque)
        assert tela.peca is not None
        assert tela.peca.codigo == "P300"
        assert "P300" in na_tela(piloto).splitlines()[1]


@pytest.mark.parametrize("tamanho", [(80, 24), (100, 30), LARGA])
async def test_nada_passa_da_margem(local: Oficina, abrir: Abrir, tamanho: tuple[int, int]) -> None:
    codigo = "X" * 30
    local.executar(CriarPeca(codigo=codigo, nome="Nome comprido " * 8, preco=Decimal("99999.99")))
    prateleira(local, codigo, "1000", "Y" * 30)
    local.executar(EntradaEstoque(peca_id=codigo, quantidade=Decimal(999), motivo="motivo " * 60))
    async with abrir(local, tamanho) as piloto:
        await teclar(piloto, "f6")
        teclas = [tecla for tecla, _, _ in piloto.app.screen.query_one(Rodape).pares()]
        assert teclas == ["e", "j", "m", "b"]
        for tecla in ("e", "j", "p", "m", "slash"):
            conferir_margem(piloto, tamanho[0])
            await teclar(piloto, tecla)
            conferir_margem(piloto, tamanho[0])
            await teclar(piloto, "escape")


def conferir_margem(piloto: Pilot[None], largura: int) -> None:
    tela, linhas = piloto.app.screen, na_tela(piloto).splitlines()
    assert all(len(linha) <= largura for linha in linhas)
    assert not any(map(str.isalnum, "".join(linha[largura - 2 :] for linha in linhas)))
    assert "ctrl+p tudo   F1 ajuda" in linhas[-1]
    assert 1 <= len(tela.query_one(Rodape).pares()) <= 4
    ligacoes = [b for b in type(tela).__dict__["BINDINGS"] if isinstance(b, Binding)]
    assert all(b.id and b.description for b in ligacoes)
