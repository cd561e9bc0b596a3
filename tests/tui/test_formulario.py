"""Sair de um formulário: o que se digitou não se perde, nem se grava sem que se saiba."""

import asyncio
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.events import Key
from textual.pilot import Pilot

from oficina_cli.tui.app import SAINDO, Balcao
from oficina_cli.tui.cadastro import Cadastro
from oficina_cli.tui.cadastros import TelaCadastros
from oficina_cli.tui.estoque import TelaEstoque
from oficina_cli.tui.estoque_formularios import NovaEntrada
from oficina_cli.tui.formulario import CONTINUA, GRAVANDO, PRESO, SUJO, TelaFormulario
from oficina_cli.tui.funcionarios import SenhaFuncionario
from oficina_cli.tui.rascunhos import Rascunhos
from oficina_cli.tui.widgets.conflito import Conflito
from oficina_core.casos.clientes import ListarClientes
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque
from oficina_core.casos.pecas import VerPeca
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Oficina, Pedido
from oficina_core.casos.servicos import (
    CriarServico,
    DesativarServico,
    ListarServicos,
    VerServico,
)
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import RegraViolada
from tests import cenario
from tests.tui.conftest import Abrir, NoMeio, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio
SENHA = "cavalo bateria grampo"


class QueDemora(NoMeio):
    """Uma oficina que só atende esse pedido quando se deixa, e então o recusa se se diz."""

    def __init__(self, oficina: Oficina, caso: type[CasoDeUso[Any]]) -> None:
        super().__init__(oficina)
        self._caso = caso
        self.chegou, self.pode, self.recusa = Event(), Event(), ""

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if isinstance(caso, self._caso):
            self.chegou.set()
            self.pode.wait(20)
            if self.recusa:
                raise RegraViolada(self.recusa)
        return super().executar(caso, pedido)


async def test_esc_avisa_outra_vez_a_quem_voltou_a_digitar(oficina: Oficina, abrir: Abrir) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n", "!Ana", "escape")
        assert SUJO in na_tela(piloto)
        await teclar(piloto, "! Lima")
        assert SUJO not in na_tela(piloto)
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, Cadastro)
        assert SUJO in na_tela(piloto)
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, TelaCadastros)


async def test_recusado_o_que_se_quis_gravar_ainda_se_avisa_e_se_sai(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "4", "n", "!oleo", "enter", "!Outro", "enter", "!90", "ctrl+s")
        assert "Já existe" in na_tela(piloto)
        await teclar(piloto, "escape")
        assert SUJO in na_tela(piloto)
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, TelaCadastros)


async def test_o_campo_que_ainda_se_digita_tambem_fica_em_disco(
    oficina: Oficina, abrir: Abrir
) -> None:
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n", "!Ana")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n")
        assert CONTINUA in na_tela(piloto)
        assert "Ana" in na_tela(piloto)
        await teclar(piloto, "home", "ctrl+k")
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n")
        assert CONTINUA not in na_tela(piloto)


async def test_quem_vai_a_outra_tela_acha_depois_o_que_digitou(
    oficina: Oficina, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_cli.tui.formulario.GUARDAR", 60)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "n")
        await piloto.press(*"Ana")
        for _ in range(2):
            assert await _formulario(piloto).largar_para_depois()
        await piloto.app.pop_screen()
        await teclar(piloto, "f7", "n")
        assert CONTINUA in na_tela(piloto)
        assert "Ana" in na_tela(piloto)


async def test_o_que_nao_se_guarda_so_se_larga_com_dois_esc(oficina: Oficina, abrir: Abrir) -> None:
    cenario.funcionario(oficina, Papel.MECANICO)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "6", "slash", "!mecanico", "enter", "s", f"!{SENHA}")
        for _ in range(2):
            assert not await _formulario(piloto).largar_para_depois()
            assert PRESO in na_tela(piloto)
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, SenhaFuncionario)
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, TelaCadastros)


async def test_esc_enquanto_grava_espera_a_resposta(oficina: Oficina, abrir: Abrir) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = QueDemora(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _gravando_a_entrada(piloto, lenta)
        for _ in range(2):
            await piloto.press("escape")
            assert isinstance(piloto.app.screen, NovaEntrada)
            assert GRAVANDO in na_tela(piloto)
        lenta.pode.set()
        await sossegar(piloto)
        assert isinstance(piloto.app.screen, TelaEstoque)
        assert "Entrada de FILTRO: +10 un" in na_tela(piloto)
        await teclar(piloto, "e")
        assert CONTINUA not in na_tela(piloto)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 20


async def test_a_quem_saiu_enquanto_gravava_se_diz_o_que_deu(
    oficina: Oficina, abrir: Abrir
) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = QueDemora(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _sair_gravando_a_entrada(piloto, lenta)
        lenta.pode.set()
        await ate(piloto, lambda: "Entrada de FILTRO: +10 un" in na_tela(piloto))
        await teclar(piloto, "e")
        assert CONTINUA not in na_tela(piloto)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 20


async def test_quem_fecha_o_balcao_enquanto_grava_nao_acha_depois_o_que_ficou_gravado(
    oficina: Oficina, abrir: Abrir, tmp_path: Path
) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta, guardados = QueDemora(oficina, EntradaEstoque), Rascunhos(lambda: tmp_path / "rascunhos")
    async with abrir(lenta) as piloto:
        await _gravando_a_entrada(piloto, lenta)
        assert guardados.todos()
        piloto.app.post_message(Key("ctrl+q", None))
        await asyncio.sleep(0.5)  # o piloto esperaria pela aplicação, que espera a resposta
        assert SAINDO in na_tela(piloto)
        assert piloto.app.return_code is None
        lenta.pode.set()
        await ate(piloto, lambda: piloto.app.return_code == 0)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 20
    assert guardados.todos() == []


async def test_a_quem_saiu_e_a_oficina_recusou_fica_o_rascunho(
    oficina: Oficina, abrir: Abrir
) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = QueDemora(oficina, EntradaEstoque)
    lenta.recusa = "Não cabe na prateleira."
    async with abrir(lenta) as piloto:
        await _sair_gravando_a_entrada(piloto, lenta)
        lenta.pode.set()
        await ate(piloto, lambda: "não se gravou: Não cabe na prateleira." in na_tela(piloto))
        await teclar(piloto, "e")
        assert CONTINUA in na_tela(piloto)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 10


async def test_a_quem_ja_saiu_nao_se_pergunta_nada(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    servico = next(s for s in oficina.executar(ListarServicos()).itens if s.codigo == "OLEO")
    oficina.executar(DesativarServico(servico_id=servico.id))
    lenta = QueDemora(oficina, CriarServico)
    async with abrir(lenta) as piloto:
        await teclar(piloto, "f7", "4", "n", "!oleo", "enter", "!Outro", "enter", "!90")
        await piloto.press("ctrl+s")
        await ate(piloto, lenta.chegou.is_set)
        assert await _formulario(piloto).largar_para_depois()
        await piloto.app.pop_screen()
        lenta.pode.set()
        await ate(piloto, lambda: "não se gravou: Já existe" in na_tela(piloto))
        assert isinstance(piloto.app.screen, TelaCadastros)
    assert not oficina.executar(VerServico(servico_id=servico.id)).ativo


async def test_gravar_duas_vezes_seguidas_e_gravar_uma(oficina: Oficina, abrir: Abrir) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = QueDemora(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _gravando_a_entrada(piloto, lenta)
        _balcao(piloto).soltar()  # como faz a oficina que não responde
        await piloto.press("ctrl+s")
        assert GRAVANDO in na_tela(piloto)
        lenta.pode.set()
        await sossegar(piloto)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 20


async def test_o_disco_que_recusa_o_rascunho_nao_impede_de_gravar(
    oficina: Oficina, abrir: Abrir, tmp_path: Path
) -> None:
    cheio = tmp_path / "cheio"
    cheio.write_text("não é uma pasta")
    async with abrir(oficina) as piloto:
        _balcao(piloto).rascunhos = Rascunhos(lambda: cheio)
        await teclar(piloto, "f7", "n", "!Ana")
        assert "Não deu para guardar o rascunho: " in na_tela(piloto)
        assert not await _formulario(piloto).largar_para_depois()
        await teclar(piloto, "enter", "enter", "!11987654321", "ctrl+s")
        assert isinstance(piloto.app.screen, TelaCadastros)
    assert oficina.executar(ListarClientes()).itens[0].nome == "Ana"


async def test_o_lugar_que_outro_deu_a_peca_nao_se_desfaz(oficina: Oficina, abrir: Abrir) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="3")
    oficina.executar(DefinirPrateleira(peca_id=peca, minimo=Decimal(2), localizacao="A1"))
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f6", "p", "home", "ctrl+k", "!12")
        oficina.executar(DefinirPrateleira(peca_id=peca, minimo=Decimal(2), localizacao="B2"))
        await piloto.press("ctrl+s")
        await ate(piloto, lambda: isinstance(piloto.app.screen, Conflito))
        await teclar(piloto, "ctrl+s")
        assert "mínimo de 12 un, em B2" in na_tela(piloto)
    ficha = oficina.executar(VerPeca(peca_id=peca))
    assert (ficha.minimo, ficha.localizacao) == (12, "B2")


def _balcao(piloto: Pilot[None]) -> Balcao:
    assert isinstance(piloto.app, Balcao)
    return piloto.app


def _formulario(piloto: Pilot[None]) -> TelaFormulario:
    assert isinstance(piloto.app.screen, TelaFormulario)
    return piloto.app.screen


async def _gravando_a_entrada(piloto: Pilot[None], lenta: QueDemora) -> None:
    """A entrada de dez, que a oficina já recebeu e a que ainda não respondeu."""
    await teclar(piloto, "f6", "e", "!10")
    await piloto.press("ctrl+s")
    await ate(piloto, lenta.chegou.is_set)


async def _sair_gravando_a_entrada(piloto: Pilot[None], lenta: QueDemora) -> None:
    await _gravando_a_entrada(piloto, lenta)
    assert await _formulario(piloto).largar_para_depois()
    await piloto.app.pop_screen()
    assert isinstance(piloto.app.screen, TelaEstoque)
