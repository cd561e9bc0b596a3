"""O balcão em um terminal de verdade: um dia inteiro só no teclado, e o que o derruba."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.clientes import ListarClientes, VerCliente
from oficina_core.casos.orcamentos import FichaOrcamento, VerOrcamento
from oficina_core.casos.ordens import LinhaOrdem, ListarOrdens, VerOrdem
from oficina_core.casos.paginas import LIMITE_MAXIMO
from oficina_core.casos.veiculos import ListarVeiculos, VerHistoricoVeiculo
from oficina_core.dominio.orcamento import StatusItem
from oficina_core.dominio.ordem import StatusOrdem
from tests import cenario
from tests.api.programa import contratar, no_ar, token
from tests.servidor_mysql import SemMySQL, ServidorProprio, iniciar
from tests.tui.terminal import PACIENCIA, Terminal, ambiente_limpo

MUNDOS = ("sqlite", "mysql", "remota")

SEGUNDOS = float(os.environ.get("OFICINA_TESTE_SEGUNDOS", "8"))
CARROS = 10 + int(SEGUNDOS)  # de cada um dos que atendem juntos

CARRO = ("!Fiat", "enter", "!Uno", "enter", "!2014", "enter", "!prata", "enter", "!45.200")
CLIENTE = ("enter", "!52998224725", "enter", "!Ana Conceição", "enter", "!11987654321", "enter")


@dataclass
class Casa:
    """Uma oficina, o terminal de quem atende nela, e o banco por trás, para conferir."""

    url: str
    ambiente: dict[str, str]
    pasta: Path
    oficina: OficinaLocal

    def terminal(self, posto: str = "posto", tamanho: tuple[int, int] = (80, 24)) -> Terminal:
        return Terminal(self.pasta / posto, self.ambiente, tamanho=tamanho)


@pytest.fixture(params=MUNDOS)
def casa(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casa]:
    """A oficina com o catálogo, em cada mundo; no fim, as contas fecham."""
    banco = "mysql" if request.param == "mysql" else "sqlite"
    url = request.getfixturevalue(f"url_{banco}")
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    if request.param == "remota":
        entrada = token(url, f"funcionario:{contratar(url)}")
        with no_ar(url) as (api,):
            ambiente = {"OFICINA_API": api.endereco, "OFICINA_TOKEN": entrada}
            yield Casa(url, ambiente, tmp_path, oficina)
    else:
        yield Casa(url, {"OFICINA_BANCO": url}, tmp_path, oficina)
    oficina.fechar()
    assert verificar(url) == ()


def test_um_dia_inteiro_so_no_teclado(casa: Casa) -> None:
    with casa.terminal() as t:
        t.ate("Buscar").teclar("!xyz9a87").ate("cadastra o XYZ9A87")
        t.teclar("enter").ate("Carro novo")
        t.teclar(*CARRO, *CLIENTE, "enter", "!barulho na frente", "enter").ate("aberta.")
        t.ate("Ana Conceição · XYZ9A87 · OS ")
        t.teclar("!troca-oleo", "enter").ate("incluído: kit Troca de óleo 1.0", "R$ 249,65")
        t.teclar("!pastilha", "enter").ate("incluído: Pastilha", "R$ 429,65")
        t.teclar("f9").ate("enviado; espera a resposta")
        t.teclar("a").ate("Ao confirmar", "reserva 3 peças")
        t.teclar("end", "space").ate("Recusado 180,00", "reserva 2 peças")
        t.teclar("m").ate("Por que recusou?").teclar("!só no mês que vem", "enter")
        t.ate("só no mês que vem", sem="Por que recusou?")
        t.teclar("ctrl+s").ate("finalizar: dá baixa em 2 peças")
        t.teclar("n").ate("Anotar na ordem").teclar("!pneu careca", "enter").ate("Anotado.")
        t.teclar("f").ate("Finalizar a OS", "3,5 l").teclar("ctrl+s")
        t.ate("falta receber R$ 249,65", sem="Finalizar a OS")
        t.teclar("f8").ate("De que forma?").teclar("p", "enter").ate("Quanto")
        t.teclar("enter").ate("Recebido: R$ 249,65")
        t.teclar("e").ate("Carro entregue", "nada: a ordem acabou")
        t.teclar("f2").ate("Buscar").teclar("!xyz9a87").ate("Fiat Uno", sem="cadastra")
        t.teclar("enter").ate("nova ordem", "Recusado antes", "Pastilha", "180,00")
        t.sair()

    (linha,) = casa.oficina.executar(ListarOrdens(status=StatusOrdem.ENTREGUE)).itens
    ordem = casa.oficina.executar(VerOrdem(ordem_id=linha.id))
    assert (ordem.placa, ordem.queixa, ordem.km_entrada) == ("XYZ9A87", "barulho na frente", 45200)
    assert ordem.total == cenario.reais("249.65")
    assert ordem.saldo == 0
    assert [nota.texto for nota in ordem.anotacoes] == ["pneu careca"]
    (orcamento,) = ordem.orcamentos
    ditos = {item.descricao: item.status for item in orcamento.itens}
    assert ditos.pop("Pastilha") is StatusItem.RECUSADO
    assert set(ditos.values()) == {StatusItem.APROVADO}
    (carro,) = casa.oficina.executar(ListarVeiculos()).itens
    historico = casa.oficina.executar(VerHistoricoVeiculo(veiculo_id=carro.id))
    (sugestao,) = historico.recusados
    assert (sugestao.descricao, sugestao.motivo) == ("Pastilha", "só no mês que vem")
    assert casa.oficina.executar(VerCliente(cliente_id=ordem.cliente_id)).nome == "Ana Conceição"


# ── kill -9 no meio ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def com_carro(casa: Casa) -> Casa:
    cenario.cliente(casa.oficina)
    cenario.veiculo(casa.oficina)
    return casa


def test_morto_a_meio_da_queixa_o_resto_se_oferece_e_segue(com_carro: Casa) -> None:
    with com_carro.terminal() as t:
        t.ate("Buscar").teclar("!abc1d23", "enter").ate("nova ordem")
        t.teclar("!98765", "tab", "!rangido ao fre").ate("98765", "rangido ao fre").guardado(
            "98765"
        )
        t.matar()
    with com_carro.terminal() as t:
        t.ate("Ficou por gravar", "ABC1D23 · Ana Conceição").teclar("down", "enter")
        t.ate("Continua o que ficou sem gravar", "98765")
        t.teclar("tab", "end", "!ar", "f9").ate("Próximo passo")
        t.sair()
    (linha,) = com_carro.oficina.executar(ListarOrdens()).itens
    ordem = com_carro.oficina.executar(VerOrdem(ordem_id=linha.id))
    assert ordem.km_entrada == 98765
    assert ordem.queixa in ("rangido ao frear", "ar")


def test_morto_a_meio_da_recepcao_o_resto_se_oferece_e_segue(casa: Casa) -> None:
    with casa.terminal() as t:
        t.ate("Buscar").teclar("!xyz9a87").ate("cadastra o XYZ9A87").teclar("enter")
        t.ate("Carro novo").teclar(*CARRO, "enter", "!52998224725", "enter", "!Ana Con")
        t.ate("Fiat", "Uno", "2014", "prata", "45.200", "529.982.247-25", "Ana Con")
        t.guardado("529.982.247-25")
        t.matar()
    with casa.terminal() as t:
        t.ate("Ficou por gravar", "Carro novo").teclar("down", "enter")
        t.ate("Fiat", "Uno", "2014", "prata", "45.200", "529.982.247-25")
        t.teclar(*["enter"] * 7, "end", "!Conceição", "enter", "!11987654321", "enter", "enter")
        t.teclar("!barulho", "enter").ate("aberta.")
        t.sair()
    (linha,) = casa.oficina.executar(ListarOrdens()).itens
    assert (linha.placa, linha.queixa) == ("XYZ9A87", "barulho")
    with casa.terminal() as t:
        t.ate("Buscar", sem="Ficou por gravar").sair()


def test_morto_a_meio_do_orcamento_as_linhas_ja_estao_gravadas(com_carro: Casa) -> None:
    with com_carro.terminal() as t:
        t.ate("Buscar").teclar("!abc1d23", "enter").ate("nova ordem").teclar("enter")
        t.teclar("!past", "enter").ate("incluído: Pastilhas")
        t.teclar("!filtro", "enter").ate("incluído: Filtro", "R$ 185,00").teclar("!ole")
        t.matar()
    with com_carro.terminal() as t:
        t.ate("Rascunhos por terminar", sem="Ficou por gravar").teclar("down", "enter")
        t.ate("Pastilhas", "Filtro", "R$ 185,00")
        t.teclar("f9").ate("enviado; espera a resposta")
        t.sair()
    (linha,) = com_carro.oficina.executar(ListarOrdens()).itens
    assert linha.a_aprovar == cenario.reais("185.00")


# ── o terminal ───────────────────────────────────────────────────────────────────────────────


so_aqui = pytest.mark.parametrize("casa", ["sqlite"], indirect=True)


@so_aqui
def test_fechada_a_janela_o_programa_acaba_e_o_digitado_fica(com_carro: Casa) -> None:
    with com_carro.terminal() as t:
        t.ate("Buscar").teclar("!abc1d23", "enter").ate("nova ordem")
        t.teclar("tab", "!rangido", "enter").ate("rangido").guardado("rangido")
        t.desligar()
        t.processo.wait(20)
    with com_carro.terminal() as t:
        t.ate("Ficou por gravar").teclar("down", "enter").ate("rangido")


@so_aqui
@pytest.mark.parametrize("sinal", [signal.SIGTERM, signal.SIGHUP])
def test_a_quem_se_manda_acabar_guarda_o_digitado_e_devolve_o_terminal(
    com_carro: Casa, sinal: signal.Signals
) -> None:
    with com_carro.terminal() as t:
        t.ate("Buscar").teclar("f7").ate("Ana").teclar("n").ate("Nome *")
        t.teclar("!Zeca Dias").ate("Zeca Dias")
        t.processo.send_signal(sinal)
        assert t.acabar() == 0
        assert t.restaurado
        t.guardado("Zeca Dias")


@so_aqui
def test_o_que_um_balcao_digita_nao_e_do_outro_ate_que_ele_caia(com_carro: Casa) -> None:
    with com_carro.terminal() as um, com_carro.terminal() as outro:
        um.ate("Buscar").teclar("f7").ate("Ana").teclar("n").ate("Nome *")
        um.teclar("!Zeca Dias").guardado("Zeca Dias")
        outro.ate("Buscar").teclar("f7").ate("Ana").teclar("n").ate("Nome *")
        outro.teclar("!Rita Nova", "enter", "enter", "!11987654321", "ctrl+s").ate("Gravado")
        um.matar()
        outro.teclar("f2").ate("Ficou por gravar").teclar("down", "enter").ate("Zeca Dias")


SEM_AVISO = """
import sys
from oficina_cli.conexao import Conexao
from oficina_cli.tui import app
app.RELOGIO = 0.5
app.Balcao(Conexao(banco=sys.argv[1])).run()
"""


def test_se_o_terminal_some_sem_que_ninguem_avise_o_programa_acaba(
    url_sqlite: str, tmp_path: Path
) -> None:
    mestre, escravo = pty.openpty()
    processo = subprocess.Popen(
        [sys.executable, "-c", SEM_AVISO, url_sqlite],
        stdin=escravo,
        stdout=escravo,
        stderr=escravo,
        env=ambiente_limpo(tmp_path),
        start_new_session=True,  # e o terminal não é o de controle: não há SIGHUP
    )
    try:
        os.close(escravo)
        assert b"Buscar" in _ate(mestre, b"Buscar")
        os.close(mestre)
        processo.wait(20)
    finally:
        processo.kill()
        processo.wait()


def _ate(mestre: int, texto: bytes) -> bytes:
    lido = b""
    while texto not in lido and select.select([mestre], [], [], PACIENCIA)[0]:
        lido += os.read(mestre, 65536)
    return lido


@so_aqui
def test_a_janela_que_encolhe_e_volta_nao_derruba_nem_perde(casa: Casa) -> None:
    cenario.enviado(casa.oficina)
    with casa.terminal(tamanho=(120, 40)) as t:
        t.ate("Buscar")
        for chegar, visto in (
            (("f2",), "Buscar"),
            (("f3",), "ABC1D23"),
            (("enter",), "Próximo passo"),
            (("o",), "Troca de óleo"),
            (("a",), "Ao confirmar"),
            (("escape",), "outra versão"),
            (("f6",), "FILTRO"),
            (("f7",), "Clientes"),
            (("f2", "!xyz9a87", "enter"), "Carro novo"),
            (("enter", "!Fiat"), "Fiat"),
            (("ctrl+p",), "O que você quer fazer?"),
        ):
            t.teclar(*chegar).ate(visto)
            for tamanho in ((60, 15), (20, 5), (200, 60), (80, 24), (120, 40)):
                t.dimensionar(*tamanho)
            t.ate(visto)
            t.ate_que(lambda: max(map(len, t.tela.splitlines())) > 80, "usar a largura")
        t.dimensionar(60, 15)
        t.teclar("escape").ate("Fiat", sem="O que você quer fazer?")
        t.teclar("enter", "!Uno").ate("Uno")
        t.teclar("escape").ate("esc de novo descarta").teclar("escape").ate("Buscar")
        t.sair()


@so_aqui
def test_a_janela_que_muda_depressa_acaba_desenhada_no_tamanho_que_tem(casa: Casa) -> None:
    with casa.terminal(tamanho=(120, 40)) as t:
        t.ate("Buscar")
        for _ in range(60):
            for tamanho in ((60, 15), (20, 5), (200, 60), (80, 24), (120, 40)):
                t.dimensionar(*tamanho)
            t.ate_que(lambda: 100 < max(map(len, t.tela.splitlines())) <= 120, "caber", em=20)
        t.sair()


@so_aqui
def test_ctrl_c_e_ctrl_z_nao_fazem_mal(com_carro: Casa) -> None:
    with com_carro.terminal() as t:
        t.ate("Buscar").teclar("ctrl+c", "ctrl+z", "!abc1d23", "enter").ate("nova ordem")
        t.teclar("tab", "!rangido", "ctrl+c", "ctrl+z", "ctrl+c", "! forte").ate("rangido forte")
        t.teclar("f9").ate("Próximo passo").teclar("ctrl+c", "ctrl+z", "n").ate("Anotar na ordem")
        t.teclar("!ok", "ctrl+z", "ctrl+c", "enter").ate("Anotado.")
        t.sair()
    (linha,) = com_carro.oficina.executar(ListarOrdens()).itens
    assert linha.queixa == "rangido forte"


@so_aqui
def test_o_que_se_cola_entra_inteiro(com_carro: Casa) -> None:
    with com_carro.terminal() as t:
        t.ate("Buscar").colar("abc1d23").teclar("enter").ate("nova ordem").teclar("tab")
        t.colar("\nbarulho ao frear\r\ne ao virar à direita\n").teclar("f9")
        t.ate("Próximo passo")
        t.sair()
    (linha,) = com_carro.oficina.executar(ListarOrdens()).itens
    assert linha.queixa == "barulho ao frear e ao virar à direita"


# ── juntos ───────────────────────────────────────────────────────────────────────────────────


def quantas(t: Terminal, nome: str) -> int:
    """Quantas dessa peça o orçamento à vista tem."""
    achada = re.search(rf"{nome} +([0-9]+) un", t.tela)
    return int(achada[1]) if achada else 0


def incluir(t: Terminal, codigo: str, feitas: int) -> None:
    """Mais uma peça; se outro gravou antes, fica o que só aqui se mudou."""
    nome = codigo.capitalize()
    conflito = "mudou enquanto você editava"
    t.teclar(f"!{codigo.lower()}", "enter")
    fim = monotonic() + PACIENCIA
    while quantas(t, nome) <= feitas or conflito in t.corrida:
        if conflito in t.corrida:  # se há outro logo a seguir, é a mesma resposta
            t.teclar("ctrl+s")
            sleep(0.5)
        assert monotonic() < fim, t.tela
        sleep(0.05)
    t.ate_que(lambda: "guardado às" in t.corrida or conflito in t.corrida, "dizer que gravou")


def no_balcao(t: Terminal, orcamento: FichaOrcamento, codigo: str, fim: float) -> tuple[int, int]:
    """Abre, aprova e finaliza ordens, e inclui no orçamento de todos; quantas de cada."""
    ordens = pecas = 0
    while monotonic() < fim:
        placa = f"{codigo}{ordens:04}"
        t.teclar("f2").ate("Buscar").teclar(f"!{placa}").ate(f"{placa} ")
        t.teclar("enter").ate("nova ordem", placa).teclar("enter", "!past", "enter")
        t.ate("incluído: Pastilhas").teclar("f9").ate("enviado; espera a resposta")
        t.teclar("a").ate("Ao confirmar").teclar("ctrl+s").ate("finalizar: dá baixa")
        t.teclar("f").ate("Finalizar a OS").teclar("ctrl+s")
        t.ate("A receber 150,00", sem="Finalizar a OS")
        ordens += 1
        t.teclar("f2").ate("Buscar").teclar(f"!{orcamento.ordem_id}", "enter")
        t.ate(f"OS {orcamento.ordem_id}", "Próximo passo").teclar("o").ate("Incluir")
        for _ in range(3):
            incluir(t, codigo, pecas)
            pecas += 1
    return ordens, pecas


def na_linha_de_comando(casa: Casa, orcamento: int, codigo: str, fim: float) -> tuple[int, int]:
    ordens = pecas = 0
    while monotonic() < fim:
        placa = f"{codigo}{ordens:04}"
        pedido = ("--placa", placa, "--queixa", "freio", "--servico", "PAST", "--enviar")
        abriu = comando(casa, "ordem", "abrir", *pedido)
        ordem = int(abriu["id"])
        comando(casa, "orcamento", "aprovar", str(abriu["orcamentos"][0]["id"]))
        comando(casa, "ordem", "finalizar", str(ordem))
        ordens += 1
        while comando(casa, "orcamento", "editar", str(orcamento), "--peca", codigo) is None:
            pass
        pecas += 1
    return ordens, pecas


def comando(casa: Casa, *argumentos: str) -> Any:
    """O que o comando responde; None se outro gravou antes."""
    feito = subprocess.run(
        [sys.executable, "-m", "oficina_cli", "-o", "json", *argumentos],
        env=ambiente_limpo(casa.pasta / "comando") | casa.ambiente,
        cwd=casa.pasta,
        capture_output=True,
        text=True,
        timeout=PACIENCIA,
        check=False,
    )
    assert feito.returncode in (0, 5), feito.stderr
    return json.loads(feito.stdout) if feito.returncode == 0 else None


def mostra(t: Terminal, ditas: Mapping[str, tuple[int, int]]) -> bool:
    """Se a tela tem tudo o que cada um incluiu."""
    return all(quantas(t, codigo.capitalize()) == pecas for codigo, (_, pecas) in ditas.items())


def finalizadas(oficina: OficinaLocal) -> Iterator[LinhaOrdem]:
    cursor = None
    while True:
        caso = ListarOrdens(status=StatusOrdem.FINALIZADA, limite=LIMITE_MAXIMO, cursor=cursor)
        pagina = oficina.executar(caso)
        yield from pagina.itens
        if (cursor := pagina.proximo) is None:
            return


@pytest.mark.parametrize("casa", ["sqlite", "mysql"], indirect=True)
def test_dois_balcoes_e_a_linha_de_comando_juntos_nao_perdem_nada(com_carro: Casa) -> None:
    oficina, codigos = com_carro.oficina, ("AAA", "BBB", "CCC")
    for codigo in codigos:
        cenario.peca(oficina, codigo, estoque="100000", custo="1.00")
        for n in range(CARROS):
            cenario.veiculo(oficina, f"{codigo}{n:04}")
    enviada = cenario.abrir(oficina, kits=("TROCA-OLEO",))
    todos = oficina.executar(VerOrcamento(orcamento_id=enviada.orcamentos[0].id))
    fim = monotonic() + SEGUNDOS
    with (
        com_carro.terminal("um", (100, 30)) as um,
        com_carro.terminal("outro", (100, 30)) as outro,
        ThreadPoolExecutor(3) as fios,
    ):
        feitos = [
            fios.submit(no_balcao, um, todos, "AAA", fim),
            fios.submit(no_balcao, outro, todos, "BBB", fim),
            fios.submit(na_linha_de_comando, com_carro, todos.id, "CCC", fim),
        ]
        ditas = dict(zip(codigos, [feito.result() for feito in feitos], strict=True))
        for t in (um, outro):  # o que um fez aparece no outro, e cada um ainda responde
            t.ate_que(partial(mostra, t, ditas), f"mostrar {ditas}")
            t.teclar("f1").ate("Ajuda", em=10).teclar("escape").ate("Incluir", em=10)
            t.teclar("f3").ate("ABC1D23", em=10).sair()
    agora = oficina.executar(VerOrcamento(orcamento_id=todos.id))
    ficaram = {item.descricao: item.quantidade for item in agora.itens}
    prontas = [linha.placa for linha in finalizadas(oficina)]
    for codigo, (ordens, pecas) in ditas.items():
        assert ordens
        assert ficaram[codigo.capitalize()] == pecas
        assert sum(placa.startswith(codigo) for placa in prontas) == ordens


# ── o banco que para ─────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def servidor() -> Iterator[ServidorProprio]:
    """Um MySQL só destes testes, que guarda o que confirmou mesmo se derrubado."""
    try:
        proprio = iniciar(duravel=True)
    except SemMySQL as motivo:
        if os.environ.get("CI"):
            pytest.fail(str(motivo))
        pytest.skip(str(motivo))
    with proprio:
        yield proprio


@pytest.fixture
def no_proprio(servidor: ServidorProprio, tmp_path: Path) -> Iterator[Casa]:
    url = servidor.criar_banco("oficina_teste_terminal")
    manutencao.migrar(url)
    oficina = OficinaLocal.em(url)
    cenario.catalogo(oficina)
    cenario.cliente(oficina)
    cenario.veiculo(oficina)
    yield Casa(url, {"OFICINA_BANCO": url}, tmp_path, oficina)
    oficina.fechar()
    assert verificar(url) == ()


@contextmanager
def parado(servidor: ServidorProprio) -> Iterator[None]:
    """O servidor aceita a conexão e não responde nada."""
    assert servidor._processo is not None
    servidor._processo.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        servidor._processo.send_signal(signal.SIGCONT)


@contextmanager
def fora(servidor: ServidorProprio) -> Iterator[None]:
    """O servidor caiu; no fim, volta com o que tinha confirmado."""
    servidor.matar()
    try:
        yield
    finally:
        servidor.religar()


def test_com_o_banco_parado_ctrl_q_sai_logo(no_proprio: Casa, servidor: ServidorProprio) -> None:
    with no_proprio.terminal() as t, parado(servidor):
        t.ate("Atendimento")
        t.sair()
    with no_proprio.terminal() as t:
        t.ate("Buscar", "sistema ·").teclar("!abc1d23").ate("Ana Conceição")
        with parado(servidor):
            t.teclar("enter", "f3", "f4")
            t.sair()


def test_com_o_banco_parado_sai_se_tambem_do_que_espera_por_ele(
    no_proprio: Casa, servidor: ServidorProprio
) -> None:
    with no_proprio.terminal() as t:
        t.ate("Buscar").teclar("!abc1d23", "enter").ate("nova ordem")
        t.teclar("tab", "!rangido").ate("rangido")
        with parado(servidor):
            t.teclar("f9", "ctrl+q")
            assert t.acabar(20) == 0
            assert t.restaurado
    with no_proprio.terminal() as t:
        t.ate("Ficou por gravar").teclar("down", "enter").ate("rangido")
        t.teclar("escape").ate("Sair sem abrir a ordem?").teclar("tab", "enter").ate("Buscar")
        t.sair()


def test_com_o_banco_fora_sai_se_do_formulario_e_o_digitado_se_oferece_depois(
    no_proprio: Casa, servidor: ServidorProprio
) -> None:
    with no_proprio.terminal() as t:
        t.ate("Buscar").teclar("!xyz9a87").ate("cadastra o XYZ9A87").teclar("enter")
        t.ate("Carro novo").teclar(*CARRO, *CLIENTE, "enter", "!barulho").ate("barulho")
        with fora(servidor):
            t.teclar("ctrl+s").ate("sem conexão desde", "barulho")
            t.teclar("escape").ate("Gravando… espere a resposta.", "barulho")
            t.sair()
    with no_proprio.terminal() as t:
        t.ate("Ficou por gravar", "Carro novo").teclar("down", "enter")
        t.ate("XYZ9A87", "Fiat", "Ana Conceição")
        t.teclar("ctrl+s").ate("aberta.").sair()
    (linha,) = no_proprio.oficina.executar(ListarOrdens()).itens
    assert (linha.placa, linha.queixa) == ("XYZ9A87", "barulho")


def test_o_banco_que_cai_sob_um_formulario_nao_perde_nada_e_grava_uma_vez(
    no_proprio: Casa, servidor: ServidorProprio
) -> None:
    with no_proprio.terminal() as t:
        t.ate("Buscar").teclar("!xyz9a87").ate("cadastra o XYZ9A87").teclar("enter")
        t.ate("Carro novo").teclar(*CARRO, "enter", "!11144477735", "enter", "!Zé")
        t.teclar("enter", "!11987654321", "enter", "enter", "!barulho").ate("barulho")
        with fora(servidor):
            t.teclar("ctrl+s").ate("sem conexão desde", "45.200", "111.444.777-35", "barulho")
        t.ate("aberta.", sem="sem conexão")
        t.sair()
    (linha,) = no_proprio.oficina.executar(ListarOrdens()).itens
    assert (linha.placa, linha.cliente, linha.queixa) == ("XYZ9A87", "Zé", "barulho")
    assert len(no_proprio.oficina.executar(ListarClientes()).itens) == 2


def test_o_banco_que_cai_sob_um_orcamento_nao_perde_nada_e_grava_uma_vez(
    no_proprio: Casa, servidor: ServidorProprio
) -> None:
    with no_proprio.terminal() as t:
        t.ate("Buscar").teclar("!abc1d23", "enter").ate("nova ordem").teclar("enter")
        t.teclar("!past", "enter").ate("incluído: Pastilhas")
        with fora(servidor):
            t.teclar("!2*filtro", "enter").ate("sem conexão desde", "2*filtro", "Pastilhas")
        t.ate("incluído: Filtro", "R$ 220,00", sem="sem conexão")
        with fora(servidor):
            t.teclar("f9").ate("sem conexão desde")
        t.ate("enviado; espera a resposta", sem="sem conexão")
        t.sair()
    (linha,) = no_proprio.oficina.executar(ListarOrdens()).itens
    (orcamento,) = no_proprio.oficina.executar(VerOrdem(ordem_id=linha.id)).orcamentos
    quantas = {item.descricao: item.quantidade for item in orcamento.itens}
    assert quantas == {"Pastilhas": 1, "Filtro": 2}
