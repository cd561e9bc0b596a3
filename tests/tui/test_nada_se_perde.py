"""O que se digitou não se perde: com a oficina fora, com a tela fechada, com o programa morto."""

from typing import Any

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import ListarClientes
from oficina_core.casos.ordens import ListarOrdens, VerOrdem
from oficina_core.casos.pecas import ListarPecas, VerPeca
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Oficina, Pedido
from oficina_core.dominio.erros import Indisponivel
from tests import cenario
from tests.tui.conftest import Abrir, NoMeio, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio
DO_CARRO = ("!Fiat", "enter", "!Uno", "enter", "enter", "enter", "enter", "enter")
DO_CLIENTE = ("!Rita Nova", "enter", "!11987654321", "enter", "enter")


class QueCai(NoMeio):
    """Uma oficina que some e volta; o que se pediu com ela fora não se sabe se aconteceu."""

    def __init__(self, oficina: Oficina) -> None:
        super().__init__(oficina)
        self.fora, self.engole, self.chaves = False, 0, list[str | None]()

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if self.fora:
            raise Indisponivel("O banco não respondeu.")
        resposta = super().executar(caso, pedido)
        if pedido.chave:
            self.chaves.append(pedido.chave)
            if self.engole:
                self.engole -= 1
                raise Indisponivel("A resposta se perdeu no caminho.")
        return resposta


async def test_com_a_oficina_fora_a_tela_diz_desde_quando_guarda_e_volta(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    frouxa = QueCai(oficina)
    async with abrir(frouxa) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "tab", "!barulho na frente")
        frouxa.fora = True
        await piloto.press("f9")
        await ate(piloto, lambda: "sem conexão desde" in na_tela(piloto))
        assert "barulho na frente" in na_tela(piloto)
        frouxa.fora = False
        await ate(piloto, lambda: "Próximo passo" in na_tela(piloto))
        assert "sem conexão" not in na_tela(piloto)
    (ordem,) = oficina.executar(ListarOrdens()).itens
    assert ordem.queixa == "barulho na frente"


async def test_a_resposta_que_se_perde_nao_faz_duas_vezes(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    frouxa = QueCai(oficina)
    async with abrir(frouxa) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "enter")
        frouxa.engole = 2
        await piloto.press(*"troc", "enter")
        await ate(piloto, lambda: "R$ 249,65" in na_tela(piloto))
    assert len(oficina.executar(ListarOrdens()).itens) == 1
    assert len(set(frouxa.chaves)) < len(frouxa.chaves)


async def _mandar_sem_saber(
    abrir: Abrir, frouxa: QueCai, digitar: tuple[str, ...], gravar: str
) -> None:
    """Manda gravar; a oficina grava, a resposta não chega, e fecha-se o balcão."""
    async with abrir(frouxa) as piloto:
        await teclar(piloto, *digitar)
        frouxa.engole = 99
        await piloto.press(gravar)
        await ate(piloto, lambda: bool(frouxa.chaves))
        await piloto.press("ctrl+q")
        await ate(piloto, lambda: piloto.app.return_code == 0)
    frouxa.engole = 0


@pytest.mark.parametrize(
    ("digitar", "gravar"),
    [
        (("f6", "e", "!7"), "ctrl+s"),
        (("f6", "j", "!3", "tab", "s", "tab", "!achada"), "ctrl+s"),
        (("f7", "n", "!Carla Nova", "enter", "enter", "!11987654321"), "ctrl+s"),
        (("!abc1d23", "enter", "tab", "!rangido"), "f9"),
        (("!xyz9a87", "enter", *DO_CARRO, *DO_CLIENTE, "!rangido"), "ctrl+s"),
    ],
    ids=["entrada", "ajuste", "cliente", "chegada", "recepção"],
)
async def test_o_que_se_mandou_sem_saber_se_ficou_nao_se_grava_duas_vezes(
    oficina: Oficina,
    abrir: Abrir,
    monkeypatch: pytest.MonkeyPatch,
    digitar: tuple[str, ...],
    gravar: str,
) -> None:
    monkeypatch.setattr("oficina_cli.tui.app.ESPERA_MAXIMA", 0.1)
    cenario.peca(oficina, "FILTRO", estoque="10")
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    await _mandar_sem_saber(abrir, QueCai(oficina), digitar, gravar)
    uma_vez = _contas(oficina)
    async with abrir(oficina) as piloto:
        assert "Ficou por gravar" in na_tela(piloto)
        await teclar(piloto, "down", "enter", gravar, "f2")
        assert "Ficou por gravar" not in na_tela(piloto)
    assert _contas(oficina) == uma_vez


async def test_o_que_se_mudou_depois_de_mandar_e_outro_pedido(
    oficina: Oficina, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_cli.tui.app.ESPERA_MAXIMA", 0.1)
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    await _mandar_sem_saber(abrir, QueCai(oficina), ("f6", "e", "!7"), "ctrl+s")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "down", "enter", "home", "ctrl+k", "!1", "ctrl+s")
        assert "Entrada de FILTRO: +1 un" in na_tela(piloto)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 18


async def test_o_que_se_comeca_de_novo_e_outro_pedido(
    oficina: Oficina, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_cli.tui.app.ESPERA_MAXIMA", 0.1)
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    await _mandar_sem_saber(abrir, QueCai(oficina), ("f6", "e", "!7"), "ctrl+s")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "down", "enter", "ctrl+l", "!7", "ctrl+s")
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 24


def _contas(oficina: Oficina) -> tuple[Any, ...]:
    """O que gravar outra vez mudaria."""
    pecas = oficina.executar(ListarPecas()).itens
    clientes = oficina.executar(ListarClientes()).itens
    ordens = oficina.executar(ListarOrdens()).itens
    return [peca.estoque for peca in pecas], len(clientes), len(ordens)


async def test_a_queixa_sem_gravar_se_oferece_ao_reabrir(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "tab", "!rangido ao frear")
        await piloto.pause(0.7)
        await sossegar(piloto)
    async with abrir(oficina) as piloto:
        assert "Ficou por gravar" in na_tela(piloto)
        assert "ABC1D23 · Ana Conceição" in na_tela(piloto)
        await teclar(piloto, "down", "enter")
        assert "rangido ao frear" in na_tela(piloto)
        await teclar(piloto, "f9")
    (ordem,) = oficina.executar(ListarOrdens()).itens
    assert ordem.queixa == "rangido ao frear"
    async with abrir(oficina) as piloto:
        assert "Ficou por gravar" not in na_tela(piloto)


@pytest.mark.parametrize(
    ("ate_la", "titulo"),
    [
        (("f7", "n", "!Rita"), "Cliente · cadastro"),
        (("f7", "enter", "!x"), "Cliente "),
        (("f7", "2", "enter", "!x"), "Veículo "),
        (("f6", "e", "!7"), "Entrada · FILTRO"),
        (("f6", "j", "!7"), "Ajuste · FILTRO"),
        (("f6", "p", "!7"), "Prateleira · FILTRO"),
    ],
)
async def test_o_que_ficou_por_gravar_volta_ao_formulario_em_que_estava(
    local: OficinaLocal, abrir: Abrir, ate_la: tuple[str, ...], titulo: str
) -> None:
    cenario.peca(local, "FILTRO", estoque="10")
    cenario.cliente(local)
    cenario.veiculo(local)
    async with abrir(local) as piloto:
        await teclar(piloto, *ate_la, "tab")
    async with abrir(local) as piloto:
        await teclar(piloto, "down", "enter")
        assert titulo in na_tela(piloto)
        assert "Continua o que ficou sem gravar" in na_tela(piloto)


async def test_a_primeira_linha_ja_e_rascunho_gravado(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "enter", "!troc", "enter")
    async with abrir(oficina) as piloto:
        assert "Rascunhos por terminar" in na_tela(piloto)
        await teclar(piloto, "down", "enter")
        assert "R$ 249,65" in na_tela(piloto)
        await teclar(piloto, "f9")
        assert "enviado; espera a resposta" in na_tela(piloto)


async def test_esc_com_queixa_digitada_pergunta_antes_de_sair(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "tab", "!rangido", "escape")
        assert "Sair sem abrir a ordem?" in na_tela(piloto)
        await teclar(piloto, "enter")
        assert "rangido" in na_tela(piloto)
        await teclar(piloto, "escape", "tab", "enter")
        assert "Buscar" in na_tela(piloto)
    assert oficina.executar(ListarOrdens()).itens == ()


async def test_a_recusa_fica_a_vista_ate_a_acao_seguinte(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    cenario.complementar(oficina, ordem.id, "PASTILHA")
    async with abrir(oficina) as piloto:
        await teclar(piloto, f"!{ordem.id}", "enter", "f", "ctrl+s")
        assert "espera" in na_tela(piloto)
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status.rotulo == "em execução"
