"""Sair de um formulário: o que se digitou não se perde, nem se grava sem que se saiba."""

import asyncio
import errno
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.events import Key
from textual.pilot import Pilot

from oficina_cli.tui.ajuda import TelaAjuda
from oficina_cli.tui.app import AINDA, SAINDO, Balcao
from oficina_cli.tui.atendimento import TelaAtendimento
from oficina_cli.tui.cadastro import Cadastro
from oficina_cli.tui.cadastros import TelaCadastros
from oficina_cli.tui.estoque import TelaEstoque
from oficina_cli.tui.estoque_formularios import NovaEntrada
from oficina_cli.tui.formulario import CONTINUA, GRAVANDO, PRESO, SUJO, TelaFormulario
from oficina_cli.tui.funcionarios import SenhaFuncionario
from oficina_cli.tui.rascunhos import Rascunhos
from oficina_cli.tui.widgets.conflito import Conflito
from oficina_cli.tui.widgets.paleta import Paleta
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import ListarClientes
from oficina_core.casos.estoque import DefinirPrateleira, EntradaEstoque
from oficina_core.casos.ordens import ListarOrdens
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.pecas import VerPeca
from oficina_core.casos.portas import CasoDeUso, Oficina
from oficina_core.casos.servicos import (
    CriarServico,
    DesativarServico,
    ListarServicos,
    VerServico,
)
from oficina_core.dominio.acesso import Papel
from tests import cenario
from tests.tui.conftest import Abrir, Lenta, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio
SENHA = "cavalo bateria grampo"


@pytest.fixture
def sem_pressa(sem_medir: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """O que se digita só vai ao disco quando algo o pede."""
    for tela in ("formulario", "orcamentos_chegada"):
        monkeypatch.setattr(f"oficina_cli.tui.{tela}.GUARDAR", 60)


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


@pytest.mark.usefixtures("sem_pressa")
async def test_quem_vai_a_outra_tela_acha_depois_o_que_digitou(
    oficina: Oficina, abrir: Abrir
) -> None:
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
    lenta = Lenta(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _gravando_a_entrada(piloto, lenta)
        for _ in range(2):
            await piloto.press("escape")
            assert isinstance(piloto.app.screen, NovaEntrada)
            assert GRAVANDO in na_tela(piloto)
        lenta.deixar.set()
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
    lenta = Lenta(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _sair_gravando_a_entrada(piloto, lenta)
        lenta.deixar.set()
        await ate(piloto, lambda: "Entrada de FILTRO: +10 un" in na_tela(piloto))
        await teclar(piloto, "e")
        assert CONTINUA not in na_tela(piloto)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 20


async def test_quem_fecha_o_balcao_enquanto_grava_nao_acha_depois_o_que_ficou_gravado(
    oficina: Oficina, abrir: Abrir, tmp_path: Path
) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = Lenta(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _gravando_a_entrada(piloto, lenta)
        assert _em_disco(tmp_path)
        piloto.app.post_message(Key("ctrl+q", None))
        await asyncio.sleep(0.5)  # o piloto esperaria pela aplicação, que espera a resposta
        assert SAINDO in na_tela(piloto)
        assert piloto.app.return_code is None
        lenta.deixar.set()
        await ate(piloto, lambda: piloto.app.return_code == 0)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 20
    assert not _em_disco(tmp_path)


@pytest.mark.parametrize(
    ("caso", "teclas"),
    [
        (EntradaEstoque, ("f6", "e", "7", "ctrl+s")),
        (AbrirOrdem, ("!abc1d23", "enter", "tab", "x", "f9")),
    ],
)
@pytest.mark.usefixtures("sem_pressa")
async def test_o_rascunho_esta_em_disco_antes_de_o_pedido_ir(
    local: OficinaLocal,
    abrir: Abrir,
    tmp_path: Path,
    caso: type[CasoDeUso[Any]],
    teclas: tuple[str, ...],
) -> None:
    cenario.peca(local, "FILTRO", estoque="10")
    cenario.cliente(local)
    cenario.veiculo(local)
    lenta = Lenta(local, caso)
    async with abrir(lenta) as piloto:
        await teclar(piloto, *teclas[:-2])
        await piloto.press(*teclas[-2:])
        await ate(piloto, lenta.chegou.is_set)
        assert _em_disco(tmp_path)
        lenta.deixar.set()


async def test_o_que_ainda_se_grava_nao_se_oferece_nem_se_manda_outra_vez(
    oficina: Oficina, abrir: Abrir
) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = Lenta(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _sair_gravando_a_entrada(piloto, lenta)
        await teclar(piloto, "e")
        assert isinstance(piloto.app.screen, TelaEstoque)
        assert AINDA in na_tela(piloto)
        await teclar(piloto, "f2")
        assert "Ficou por gravar" not in na_tela(piloto)
        lenta.deixar.set()
        await ate(piloto, lambda: "Entrada de FILTRO: +10 un" in na_tela(piloto))
        await teclar(piloto, "f6", "e")
        assert isinstance(piloto.app.screen, NovaEntrada)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 20


async def test_a_ordem_que_ainda_se_abre_nao_se_abre_outra_vez(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    lenta = Lenta(oficina, AbrirOrdem)
    async with abrir(lenta) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "tab", "!rangido")
        await piloto.press("f9")
        await ate(piloto, lenta.chegou.is_set)
        await piloto.press("escape")
        assert GRAVANDO in na_tela(piloto)
        await _balcao(piloto).action_ir("atendimento")
        await teclar(piloto, "enter")
        assert isinstance(piloto.app.screen, TelaAtendimento)
        assert AINDA in na_tela(piloto)
        lenta.deixar.set()
        await ate(piloto, lambda: "aberta." in na_tela(piloto))
    assert len(oficina.executar(ListarOrdens()).itens) == 1


async def test_a_quem_saiu_e_a_oficina_recusou_fica_o_rascunho(
    oficina: Oficina, abrir: Abrir
) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = Lenta(oficina, EntradaEstoque)
    lenta.recusa = "Não cabe na prateleira."
    async with abrir(lenta) as piloto:
        await _sair_gravando_a_entrada(piloto, lenta)
        lenta.deixar.set()
        await ate(piloto, lambda: "não se gravou: Não cabe na prateleira." in na_tela(piloto))
        await teclar(piloto, "e")
        assert CONTINUA in na_tela(piloto)
    assert oficina.executar(VerPeca(peca_id=peca)).estoque == 10


async def test_a_quem_ja_saiu_nao_se_pergunta_nada(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    servico = next(s for s in oficina.executar(ListarServicos()).itens if s.codigo == "OLEO")
    oficina.executar(DesativarServico(servico_id=servico.id))
    lenta = Lenta(oficina, CriarServico)
    async with abrir(lenta) as piloto:
        await teclar(piloto, "f7", "4", "n", "!oleo", "enter", "!Outro", "enter", "!90")
        await piloto.press("ctrl+s")
        await ate(piloto, lenta.chegou.is_set)
        assert await _formulario(piloto).largar_para_depois()
        await piloto.app.pop_screen()
        lenta.deixar.set()
        await ate(piloto, lambda: "não se gravou: Já existe" in na_tela(piloto))
        assert isinstance(piloto.app.screen, TelaCadastros)
    assert not oficina.executar(VerServico(servico_id=servico.id)).ativo


async def test_gravar_duas_vezes_seguidas_e_gravar_uma(oficina: Oficina, abrir: Abrir) -> None:
    peca = cenario.peca(oficina, "FILTRO", estoque="10")
    lenta = Lenta(oficina, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _gravando_a_entrada(piloto, lenta)
        _balcao(piloto).soltar()  # como faz a oficina que não responde
        await piloto.press("ctrl+s")
        assert GRAVANDO in na_tela(piloto)
        lenta.deixar.set()
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


async def test_com_o_disco_cheio_diz_se_em_portugues_e_sai_se_da_segunda_vez(
    local: OficinaLocal, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sem_lugar(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", sem_lugar)
    async with abrir(local) as piloto:
        await teclar(piloto, "f7", "n", "!Ana")
        assert "Não deu para guardar o rascunho: o disco está cheio." in na_tela(piloto)
        assert "ctrl+q duas vezes sai sem ele" in na_tela(piloto)
        await teclar(piloto, "ctrl+q")
        assert piloto.app.return_code is None
        await teclar(piloto, "ctrl+q")
        assert piloto.app.return_code == 0


async def test_o_defeito_ao_retomar_diz_se_e_o_balcao_continua(
    local: OficinaLocal, abrir: Abrir
) -> None:
    def quebrar(_: str) -> None:
        raise RuntimeError

    async with abrir(local) as piloto:
        _balcao(piloto).rascunhos.ler = quebrar  # type: ignore[method-assign,assignment]
        await teclar(piloto, "f7", "n", "!Ana")
        assert "Ana" in na_tela(piloto)
        assert len(_balcao(piloto).estranhos) == 1
        _balcao(piloto).estranhos.clear()


async def test_esc_sai_na_hora_e_a_tecla_seguinte_ja_e_da_outra_tela(
    local: OficinaLocal, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    cenario.peca(local, "FILTRO", estoque="10")
    livre = Event()
    async with abrir(local) as piloto:
        await teclar(piloto, "f6", "p")
        monkeypatch.setattr(_balcao(piloto).rascunhos, "gravar", lambda: livre.wait(20))
        piloto.app.post_message(Key("escape", None))
        piloto.app.post_message(Key("ctrl+p", None))
        await ate(piloto, lambda: isinstance(piloto.app.screen, Paleta))
        assert isinstance(piloto.app.screen_stack[-2], TelaEstoque)
        livre.set()
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, TelaEstoque)


async def test_o_que_se_gravou_com_a_ajuda_por_cima_fecha_se_com_ela(
    local: OficinaLocal, abrir: Abrir
) -> None:
    cenario.peca(local, "FILTRO", estoque="10")
    lenta = Lenta(local, EntradaEstoque)
    async with abrir(lenta) as piloto:
        await _gravando_a_entrada(piloto, lenta)
        _balcao(piloto).soltar()  # como faz a oficina que não responde
        await piloto.press("f1")
        await ate(piloto, lambda: isinstance(piloto.app.screen, TelaAjuda))
        lenta.deixar.set()
        await sossegar(piloto)
        assert isinstance(piloto.app.screen, TelaAjuda)
        await teclar(piloto, "escape")
        assert isinstance(piloto.app.screen, TelaEstoque)


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


def _em_disco(pasta: Path) -> list[Path]:
    return list(pasta.glob("rascunhos/*.json"))


def _balcao(piloto: Pilot[None]) -> Balcao:
    assert isinstance(piloto.app, Balcao)
    return piloto.app


def _formulario(piloto: Pilot[None]) -> TelaFormulario:
    assert isinstance(piloto.app.screen, TelaFormulario)
    return piloto.app.screen


async def _gravando_a_entrada(piloto: Pilot[None], lenta: Lenta) -> None:
    """A entrada de dez, que a oficina já recebeu e a que ainda não respondeu."""
    await teclar(piloto, "f6", "e", "!10")
    await piloto.press("ctrl+s")
    await ate(piloto, lenta.chegou.is_set)


async def _sair_gravando_a_entrada(piloto: Pilot[None], lenta: Lenta) -> None:
    await _gravando_a_entrada(piloto, lenta)
    assert await _formulario(piloto).largar_para_depois()
    await piloto.app.pop_screen()
    assert isinstance(piloto.app.screen, TelaEstoque)
