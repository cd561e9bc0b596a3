"""O balcão por baixo das telas: as teclas à frente, em que loja se está, e o que dá errado."""

from typing import Any

import pytest
from sqlalchemy import text
from textual.events import Key

from oficina_cli.conexao import Conexao
from oficina_cli.tui.app import Balcao
from oficina_cli.tui.estoque import TelaEstoque
from oficina_cli.tui.fila import TelaFila
from oficina_cli.tui.ordens import TelaOrdem
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.motor import abrir as abrir_motor
from oficina_core.banco.motor import gravando
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.eventos import ListarEventos
from oficina_core.casos.orcamentos import VerOrcamento
from oficina_core.casos.ordens import ListarOrdens, VerHistoricoOrdem, VerOrdem
from oficina_core.casos.ordens_encerramento import FinalizarOrdem
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Oficina, Pedido
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import Indisponivel
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.tui.conftest import Abrir, Lenta, NoMeio, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio

LARGA = (120, 40)
ESPERANDO = "esperando a oficina… · esc desiste"
SENHA = "cavalo bateria grampo"


def abrir_filial(url: str) -> None:
    motor = abrir_motor(url)
    with gravando(motor) as conexao:
        conexao.execute(
            text("INSERT INTO lojas (id, nome, fuso, versao) VALUES (7, 'Filial', :fuso, 1)"),
            {"fuso": "America/Manaus"},
        )
    motor.dispose()


async def test_o_que_se_teclou_a_frente_de_um_esc_nao_age_na_tela_de_tras(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    ordem = cenario.em_execucao(oficina)
    lenta = Lenta(oficina, VerHistoricoOrdem)
    async with abrir(lenta) as piloto:
        lenta.deixar.set()
        await teclar(piloto, "f3", "enter")
        lenta.deixar.clear()
        await piloto.press("f5", "o", "greater_than_sign", "escape")
        lenta.deixar.set()
        await sossegar(piloto)
        assert isinstance(piloto.app.screen, TelaFila)
        assert not piloto.app.screen.is_modal
    assert oficina.executar(VerOrdem(ordem_id=ordem.id)).status is StatusOrdem.EM_EXECUCAO


async def test_da_oficina_que_demora_se_diz_e_esc_desiste_do_que_so_se_lia(
    oficina: Oficina, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_cli.tui.app.DEMORA", 0.05)
    cenario.catalogo(oficina)
    cenario.em_execucao(oficina)
    lenta = Lenta(oficina, VerOrdem)
    async with abrir(lenta) as piloto:
        await teclar(piloto, "f3")
        await piloto.press("enter")
        await ate(piloto, lambda: ESPERANDO in na_tela(piloto))
        await piloto.press("escape", "f6")
        await ate(piloto, lambda: isinstance(piloto.app.screen, TelaEstoque))
        lenta.deixar.set()
        await sossegar(piloto)
        assert isinstance(piloto.app.screen, TelaEstoque), "o que se largou não se abre depois"
        assert ESPERANDO not in na_tela(piloto)
        await teclar(piloto, "f3", "enter")
        assert isinstance(piloto.app.screen, TelaOrdem)


async def test_esc_nao_larga_a_acao_que_ja_gravou(oficina: Oficina, abrir: Abrir) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    lenta = Lenta(oficina, VerOrcamento)  # o que se lê depois de abrir a ordem
    async with abrir(lenta) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "enter")
        await piloto.press(*"past", "enter")
        await ate(piloto, lenta.chegou.is_set)
        await piloto.press("escape")
        lenta.deixar.set()
        await sossegar(piloto)
        assert "R$ 150,00" in na_tela(piloto)
    assert len(oficina.executar(ListarOrdens()).itens) == 1


async def test_de_quem_nao_atende_se_diz_por_que_ao_insistir(
    local: OficinaLocal, abrir: Abrir
) -> None:
    class Velho(NoMeio):
        velho = False

        def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
            if self.velho:
                raise Indisponivel("O banco é de uma versão mais nova da oficina.")
            return super().executar(caso, pedido)

    velho = Velho(local)
    async with abrir(velho) as piloto:
        velho.velho = True
        await piloto.press("f3")
        await ate(piloto, lambda: "é de uma versão mais nova" in " ".join(na_tela(piloto).split()))
        velho.velho = False
        await ate(piloto, lambda: "sem conexão" not in na_tela(piloto))


async def test_se_so_dos_outros_balcoes_nao_se_sabe_tambem_se_diz(
    local: OficinaLocal, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina_cli.tui.app.FALHAS", 2)

    class Surda(NoMeio):
        surda = False

        def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
            if self.surda and isinstance(caso, ListarEventos):
                raise Indisponivel("A conexão caiu.")
            return super().executar(caso, pedido)

    surda = Surda(local)
    async with abrir(surda) as piloto:
        surda.surda = True
        cenario.cliente(local)
        await ate(piloto, lambda: "sem saber dos outros balcões desde" in na_tela(piloto))
        surda.surda = False
        await ate(piloto, lambda: "sem saber" not in na_tela(piloto))


async def test_a_tecla_que_sai_nao_passa_a_frente_da_que_grava(
    oficina: Oficina, abrir: Abrir
) -> None:
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "!abc1d23", "enter", "tab", "!rangido")
        for tecla in ("f", "f9", "ctrl+q"):
            piloto.app.post_message(Key(tecla, tecla if len(tecla) == 1 else None))
        await ate(piloto, lambda: piloto.app.return_code == 0)
    (linha,) = oficina.executar(ListarOrdens()).itens
    assert oficina.executar(VerOrdem(ordem_id=linha.id)).queixa == "rangidof"


@pytest.mark.parametrize("dita", [None, 1])
async def test_trocar_de_loja_muda_o_que_todas_as_abas_mostram(
    url_sqlite: str, abrir: Abrir, dita: int | None
) -> None:
    oficina = OficinaLocal.em(url_sqlite)
    cenario.catalogo(oficina)
    cenario.em_execucao(oficina)
    abrir_filial(url_sqlite)
    conexao = Conexao(banco=url_sqlite, loja=dita)
    async with abrir(oficina, LARGA, conexao=conexao) as piloto:
        if dita is None:
            await teclar(piloto, "m", "enter")
        await teclar(piloto, "f3")
        assert "ABC1D23" in na_tela(piloto)
        await teclar(piloto, "f2", "ctrl+p", "!trocar de loja", "enter", "f", "enter")
        assert "Filial" in na_tela(piloto).splitlines()[0]
        await teclar(piloto, "f3")
        assert "ABC1D23" not in na_tela(piloto)
        assert "Nenhum carro na oficina" in na_tela(piloto)
    conexao.fechar()
    oficina.fechar()


async def test_o_que_se_pediu_antes_de_trocar_de_operador_e_de_quem_pediu(
    local: OficinaLocal, abrir: Abrir
) -> None:
    cenario.catalogo(local)
    ordem = cenario.em_execucao(local)
    ze = cenario.funcionario(local, Papel.GERENTE)
    local.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA))

    class Cai(NoMeio):
        fora = False

        def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
            if self.fora and isinstance(caso, FinalizarOrdem):
                raise Indisponivel("O banco não respondeu.")
            return super().executar(caso, pedido)

    cai = Cai(local)
    async with abrir(cai) as piloto:
        app = piloto.app
        assert isinstance(app, Balcao)
        await teclar(piloto, f"!{ordem.id}", "enter")
        cai.fora = True
        await teclar(piloto, "f")
        await piloto.press("ctrl+s")
        await ate(piloto, lambda: "sem conexão desde" in na_tela(piloto))
        app.oficina = local.como(cenario.sujeito(ze))
        cai.fora = False
        await ate(piloto, lambda: "Ordem finalizada" in na_tela(piloto))
    historico = local.executar(VerHistoricoOrdem(ordem_id=ordem.id))
    assert next(linha.ator for linha in historico if linha.acao == "FinalizarOrdem") != ze.nome


async def test_o_que_da_errado_ao_chegar_se_diz(
    local: OficinaLocal, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quebrar(_: Balcao) -> None:
        raise ValueError("relógio quebrado")

    monkeypatch.setattr(Balcao, "_vigiar", quebrar)
    with pytest.raises(ValueError, match="relógio"):
        async with abrir(local) as piloto:
            assert "a oficina não esperava" in na_tela(piloto)


async def test_acao_com_defeito_se_diz_e_nao_derruba_o_balcao(
    local: OficinaLocal, abrir: Abrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quebrar(_: TelaFila) -> None:
        raise IndexError("sem lista")

    async def seguir() -> None:
        async with abrir(local) as piloto:
            await teclar(piloto, "f3", "v")
            assert "a oficina não esperava" in " ".join(na_tela(piloto).split())
            await teclar(piloto, "f2")
            assert "Buscar" in na_tela(piloto)

    monkeypatch.setattr(TelaFila, "action_visao", quebrar)
    with pytest.raises(IndexError, match="sem lista"):
        await seguir()


async def test_a_fila_que_ainda_se_monta_nao_tem_ordem() -> None:
    assert TelaFila().ordem is None
