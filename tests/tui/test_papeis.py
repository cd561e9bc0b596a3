"""O que se oferece a cada papel: nada que a oficina lhe recuse, nem depois de tudo digitado."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from oficina_cli.tui.app import Balcao
from oficina_cli.tui.aprovacao import TelaAprovacao
from oficina_cli.tui.base import Tela
from oficina_cli.tui.cadastro import Cadastro
from oficina_cli.tui.cadastros import FICHARIOS, TelaCadastros
from oficina_cli.tui.estoque_formularios import FormularioPeca
from oficina_cli.tui.recepcao import Recepcao
from oficina_cli.tui.widgets.moldura import Rodape
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.entrada import DefinirSenha
from oficina_core.casos.orcamentos_decisao import AprovarOrcamento
from oficina_core.casos.ordens_abertura import AbrirOrdem
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido
from oficina_core.dominio.acesso import Papel
from oficina_core.dominio.erros import AcessoNegado, Indisponivel
from tests import cenario
from tests.tui.conftest import Abrir, NoMeio, ate, na_tela, sossegar, teclar

pytestmark = pytest.mark.anyio

TELAS = {
    "atendimento": ("f2",),
    "atendimento-achado": ("f2", "!abc1d23"),
    "atendimento-nada": ("f2", "!zzz"),
    "fila": ("f3",),
    "orçamentos": ("f4",),
    "orçamento": ("f4", "enter"),
    "ordem em execução": ("f2", "!abc1d23", "enter"),
    "ordem por aprovar": ("f2", "!xyz9a87", "enter"),
    "ordem recebida": ("f2", "!def4g56", "enter"),
    "estoque": ("f6",),
    "movimentos": ("f6", "m"),
    **{f"cadastro {n}": ("f7", n) for n in "136"},
}
SENHA = "cavalo bateria grampo"
NEGADO = "não pode fazer isso"
GRAVAM = {TelaAprovacao: AprovarOrcamento, Recepcao: AbrirOrdem}


class QueAnota(NoMeio):
    """Uma oficina que anota o que o papel de quem pede não admite."""

    def __init__(self, oficina: Any) -> None:
        super().__init__(oficina)
        self.negados = list[str]()

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        try:
            return super().executar(caso, pedido)
        except AcessoNegado as erro:
            if NEGADO in str(erro):
                self.negados.append(type(caso).__name__)
            raise


def oferecidas(piloto: Pilot[None]) -> list[str]:
    """As ações do rodapé e as da paleta."""
    balcao, tela = piloto.app, piloto.app.screen
    assert isinstance(balcao, Balcao)
    assert isinstance(tela, Tela)
    do_rodape = [acao for *_, acao in tela.query_one(Rodape).pares()]
    da_paleta = {comando.titulo for comando in balcao._comandos(tela)}
    return [*do_rodape, *(acao for titulo, acao in tela.COMANDOS if titulo in da_paleta)]


def o_que_grava(tela: Screen[Any]) -> type[CasoDeUso[Any]] | None:
    """O pedido com que o formulário aberto acaba."""
    if isinstance(tela, FormularioPeca):
        return tela.CASO
    if isinstance(tela, Cadastro):
        fichario = next(p for p in FICHARIOS if p.formulario is type(tela))
        return fichario.editar if tela.ficha else fichario.criar
    return GRAVAM.get(type(tela))


@pytest.fixture
def pronta(local: OficinaLocal) -> OficinaLocal:
    """Uma oficina com um pouco de tudo."""
    cenario.catalogo(local)
    cenario.em_execucao(local)
    cenario.enviado(local, placa="XYZ9A87", servicos=("OLEO",))
    cenario.abrir(local, placa="DEF4G56")
    return local


@pytest.mark.parametrize("tela", TELAS)
@pytest.mark.parametrize("papel", [Papel.ATENDENTE, Papel.MECANICO])
async def test_nada_do_que_se_oferece_e_recusado_pelo_papel(
    pronta: OficinaLocal, abrir: Abrir, papel: Papel, tela: str
) -> None:
    quem = cenario.funcionario(pronta, papel)
    oficina = QueAnota(pronta.como(cenario.sujeito(quem)))
    async with abrir(oficina, (120, 40)) as piloto:
        balcao = piloto.app
        assert isinstance(balcao, Balcao)
        await teclar(piloto, *TELAS[tela])
        for acao in oferecidas(piloto):
            aqui = balcao.screen
            await balcao.run_action(acao, aqui)
            await sossegar(piloto)
            grava = o_que_grava(balcao.screen)
            assert grava is None or balcao.pode(grava), acao
            assert NEGADO not in na_tela(piloto), acao
            if balcao.screen is not aqui:
                await teclar(piloto, "escape", "escape", *TELAS[tela])
        assert oficina.negados == []


def rodape(piloto: Pilot[None]) -> str:
    return na_tela(piloto).splitlines()[-1]


async def test_so_se_oferece_o_passo_que_o_papel_da(pronta: OficinaLocal, abrir: Abrir) -> None:
    atendente = cenario.funcionario(pronta, Papel.ATENDENTE)
    async with abrir(pronta.como(cenario.sujeito(atendente))) as piloto:
        await teclar(piloto, "f3", "end")
        assert "DEF4G56" in na_tela(piloto).splitlines()[1]
        assert "mover" not in rodape(piloto), "o diagnóstico é de quem está na bancada"
        await teclar(piloto, "up")
        assert "XYZ9A87" in na_tela(piloto).splitlines()[1]
        assert "mover" in rodape(piloto)


async def test_a_lista_que_o_papel_nao_ve_nao_tem_aba_nem_tecla(
    pronta: OficinaLocal, abrir: Abrir
) -> None:
    atendente = cenario.funcionario(pronta, Papel.ATENDENTE)
    async with abrir(pronta.como(cenario.sujeito(atendente))) as piloto:
        await teclar(piloto, "f7", "3", "6")
        assert "Peças" in na_tela(piloto)
        assert "Funcionários" not in na_tela(piloto)
        assert "FILTRO" in na_tela(piloto)
        await teclar(piloto, "1", "left")
        assert "TROCA-OLEO" in na_tela(piloto), "a anterior à primeira é a última que se vê"
        await teclar(piloto, "ctrl+p", "!cadastro")
        assert "Cadastro: kits" in na_tela(piloto)
        assert "Cadastro: funcionários" not in na_tela(piloto)


async def test_na_lista_vazia_so_se_convida_a_cadastrar_quem_pode(
    local: OficinaLocal, abrir: Abrir
) -> None:
    mecanico = cenario.funcionario(local, Papel.MECANICO)
    async with abrir(local.como(cenario.sujeito(mecanico))) as piloto:
        await teclar(piloto, "f7", "n")
        assert "Ainda não há clientes" in na_tela(piloto)
        assert "cadastra" not in na_tela(piloto)


class QueCai(NoMeio):
    fora = False

    def executar(self, caso: CasoDeUso[Any], pedido: Pedido = PEDIDO, /) -> Any:
        if self.fora:
            raise Indisponivel("O banco não respondeu.")
        return super().executar(caso, pedido)


async def test_a_aba_so_muda_quando_a_lista_chega(pronta: OficinaLocal, abrir: Abrir) -> None:
    oficina = QueCai(pronta)
    async with abrir(oficina) as piloto:
        await teclar(piloto, "f7", "3")
        tela = piloto.app.screen
        assert isinstance(tela, TelaCadastros)
        oficina.fora = True
        await piloto.press("4")
        await ate(piloto, lambda: "sem conexão" in na_tela(piloto))
        assert tela.fichario.nome == "Peças"
        assert "Disponível" in na_tela(piloto), "o cabeçalho é o da lista que se vê"
        assert "FILTRO" in na_tela(piloto)
        oficina.fora = False
        await ate(piloto, lambda: tela.fichario.nome == "Serviços")
        assert "Troca de óleo" in na_tela(piloto)


async def test_quem_entra_sem_poder_ver_a_lista_acha_outra_e_nenhum_ralho(
    pronta: OficinaLocal, abrir: Abrir
) -> None:
    ze = cenario.funcionario(pronta, Papel.ATENDENTE)
    pronta.executar(DefinirSenha(funcionario_id=ze.id, senha=SENHA))
    async with abrir(pronta) as piloto:
        await teclar(piloto, "f7", "6")
        assert "Zé atendente" in na_tela(piloto)
        await teclar(piloto, "ctrl+p", "!operador", "enter", f"!{cenario.CPF_ZE}", "enter")
        await teclar(piloto, f"!{SENHA}", "enter")
        assert "Quem atende agora é Zé" in na_tela(piloto)
        assert NEGADO not in na_tela(piloto)
        assert "Ana Conceição" in na_tela(piloto)
