"""O que outro balcão muda se sabe em cada mundo, e nada se perde quando o banco ou a API caem."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event
from time import monotonic

import pytest

from oficina_api.montagem import montar
from oficina_cli.remota import OficinaRemota
from oficina_cli.tui.vigia import Posto, Vigia, vigia_de
from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.banco.unidade import UnidadeSQL
from oficina_core.casos.clientes import CriarCliente, EditarCliente
from oficina_core.casos.eventos import Aviso
from oficina_core.casos.lojas import ListarLojas
from oficina_core.casos.portas import Pedido
from oficina_core.dominio.acesso import Papel, Sujeito
from oficina_core.dominio.erros import Indisponivel
from tests.api.elenco import abrir_filial, configuracao
from tests.api.programa import Programa, contratar, token
from tests.api.servico import no_ar
from tests.conftest import MUNDOS
from tests.servidor_mysql import Servidor, ServidorProprio, iniciar
from tests.tui.test_posto import proximo

PACIENCIA = 60  # segundos; só não se espera para sempre
PRAZO = 2.0  # o que se promete, e que a melhor de umas poucas vezes tem de cumprir
CPFS = ("111.444.777-35", "390.533.447-05")


@dataclass
class Mundo:
    """Um banco, quem muda nele por fora e como se vigia."""

    url: str
    outra: OficinaLocal
    vigiar: Callable[..., Vigia]

    def cadastrar(self, nome: str = "Ana", loja: int | None = None) -> int:
        return cadastrar(self.outra, nome, loja)


def cadastrar(oficina: OficinaLocal, nome: str = "Ana", loja: int | None = None) -> int:
    caso = CriarCliente(nome=nome, telefone="(11) 98765-4321")
    return oficina.executar(caso, Pedido(loja=loja)).id


@pytest.fixture(params=MUNDOS)
def mundo(request: pytest.FixtureRequest) -> Iterator[Mundo]:
    banco = "mysql" if request.param == "local-mysql" else "sqlite"
    url = request.getfixturevalue(f"url_{banco}")
    with ExitStack() as pilha:
        outra, direta = OficinaLocal.em(url), OficinaLocal.em(url)
        pilha.callback(outra.fechar)
        pilha.callback(direta.fechar)
        if request.param == "remota":
            porta = pilha.enter_context(no_ar(montar(configuracao(url)))).porta

        def vigiar(funcionario: int | None = None, loja: int | None = None) -> Vigia:
            """Em nome desse funcionário; sem ele, de um gerente novo."""
            funcionario = funcionario or contratar(url)
            if request.param == "remota":
                entrada = token(url, f"funcionario:{funcionario}")
                remota = OficinaRemota.em(f"http://127.0.0.1:{porta}", entrada)
                pilha.callback(remota.fechar)
                vigia = vigia_de(remota, loja)
            else:
                vigia = vigia_de(direta.como(Sujeito.de(f"funcionario:{funcionario}")), loja)
            pilha.callback(vigia.parar)
            return vigia

        yield Mundo(url, outra, vigiar)


def ate(vigia: Vigia, cliente: int) -> list[Aviso]:
    """Os avisos de clientes, até o deste; as falhas se esperam, e tudo de novo não vale."""
    ouvidos: list[Aviso] = []
    fim = monotonic() + PACIENCIA
    while not any(aviso.entidade_id == cliente for aviso in ouvidos):
        assert monotonic() < fim, ouvidos
        try:
            lote = vigia.esperar()
        except Indisponivel:
            continue
        assert lote is not None
        ouvidos += [aviso for aviso in lote if aviso.entidade == "clientes"]
    return ouvidos


def ate_cair(vigia: Vigia) -> list[Aviso]:
    """O que ainda se ouviu antes de o banco ou a API faltar."""
    ouvidos: list[Aviso] = []
    fim = monotonic() + PACIENCIA
    while monotonic() < fim:
        try:
            ouvidos += vigia.esperar() or ()
        except Indisponivel:
            return ouvidos
    pytest.fail("ninguém disse que caiu")


def test_o_que_outro_muda_se_sabe_em_dois_segundos(mundo: Mundo) -> None:
    vigia = mundo.vigiar()
    ate(vigia, mundo.cadastrar("Antes"))
    demoras: list[float] = []
    for vez in range(4):
        numero = mundo.cadastrar(f"Cliente {vez}")
        gravou = monotonic()
        (aviso,) = ate(vigia, numero)
        demoras.append(monotonic() - gravou)
        assert (aviso.entidade, aviso.acao) == ("clientes", "CriarCliente")
    assert min(demoras) < PRAZO, demoras


def test_tambem_o_que_muda_em_outro_processo(mundo: Mundo) -> None:
    vigia = mundo.vigiar()
    argumentos = ("cliente", "criar", "--nome", "Ana", "--telefone", "11987654321", "-o", "json")
    programa = subprocess.run(
        [sys.executable, "-m", "oficina_cli", "--banco", mundo.url, *argumentos],
        check=True,
        capture_output=True,
        text=True,
    )
    ate(vigia, json.loads(programa.stdout)["id"])


def test_o_que_mudou_antes_da_primeira_espera_tambem_se_sabe(mundo: Mundo) -> None:
    vigia = mundo.vigiar()
    numero = mundo.cadastrar()
    (aviso,) = ate(vigia, numero)
    mundo.outra.executar(
        EditarCliente(cliente_id=numero, versao=1, nome="Bia", telefone="(11) 98765-4321")
    )
    (outro,) = ate(vigia, numero)
    assert (aviso.acao, outro.acao) == ("CriarCliente", "EditarCliente")


def test_so_o_da_propria_loja(mundo: Mundo) -> None:
    abrir_filial(mundo.url)
    matriz, filial = (loja.id for loja in mundo.outra.executar(ListarLojas()).itens)
    na_matriz, na_filial = (
        mundo.vigiar(contratar(mundo.url, Papel.MECANICO, cpf, loja))
        for cpf, loja in zip(CPFS, (matriz, filial), strict=True)
    )
    gerente = contratar(mundo.url)
    na_rede, na_escolhida = mundo.vigiar(gerente), mundo.vigiar(gerente, filial)
    numeros = [mundo.cadastrar(loja=loja) for loja in (filial, matriz, filial, matriz, filial)]
    da_filial, da_matriz = numeros[::2], numeros[1::2]
    esperados = (
        *((na_matriz, da_matriz), (na_filial, da_filial)),
        *((na_rede, numeros), (na_escolhida, da_filial)),
    )
    for vigia, esperado in esperados:
        ouvidos = [aviso.entidade_id for aviso in ate(vigia, esperado[-1])]
        assert ouvidos == esperado


def test_parar_e_ja_e_fecha_o_que_se_abriu(mundo: Mundo) -> None:
    vigia = mundo.vigiar()
    ate(vigia, mundo.cadastrar())
    assert isinstance(vigia, Posto)
    vigia.parar()
    vigia._fio.join(10)  # sem o corte, a transmissão calada esperaria 20 segundos
    assert not vigia._fio.is_alive()
    assert vigia.esperar() == ()


class Demorada(OficinaLocal):
    """A que escreve os eventos, toma os números deles, e só confirma quando se deixa."""

    escreveu, pode = Event(), Event()

    def _conferir_esquecidos(self, uow: UnidadeSQL) -> None:
        self.escreveu.set()
        self.pode.wait(PACIENCIA)


def test_no_mysql_o_que_se_confirma_fora_de_ordem_se_sabe_uma_vez_so(url_mysql: str) -> None:
    demorada = Demorada.em(url_mysql)
    direta, outra = OficinaLocal.em(url_mysql), OficinaLocal.em(url_mysql)
    vigia = vigia_de(direta)
    with ThreadPoolExecutor(1) as fio:
        primeira = fio.submit(cadastrar, demorada, "Primeira")
        assert Demorada.escreveu.wait(PACIENCIA)
        (segunda,) = ate(vigia, cadastrar(outra, "Segunda"))
        Demorada.pode.set()
        (atrasada,) = ate(vigia, primeira.result())
    assert atrasada.id < segunda.id
    terceira = cadastrar(outra, "Terceira")
    assert [aviso.entidade_id for aviso in ate(vigia, terceira)] == [terceira]
    vigia.parar()
    for oficina in (demorada, direta, outra):
        oficina.fechar()


@pytest.mark.parametrize("banco", ["sqlite", "mysql"])
def test_a_api_que_cai_e_volta_nao_perde_aviso(banco: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(f"url_{banco}")
    outra = OficinaLocal.em(url)
    with Programa(url) as api:
        api.aguardar()
        remota = OficinaRemota.em(api.endereco, token(url, f"funcionario:{contratar(url)}"))
        vigia = vigia_de(remota)
        ate(vigia, cadastrar(outra, "Antes"))
        for derrubar in (api.matar, api.despedir):
            derrubar()
            api.processo.wait(PACIENCIA)
            ate_cair(vigia)
            perdidos = [cadastrar(outra, f"Perdido {numero}") for numero in range(3)]
            api.ligar()
            assert [aviso.entidade_id for aviso in ate(vigia, perdidos[-1])] == perdidos
        vigia.parar()
        remota.fechar()
    outra.fechar()


@pytest.fixture
def servidor(mysql: Servidor) -> Iterator[ServidorProprio]:
    """Um MySQL só deste teste, que guarda o que confirmou."""
    with iniciar(duravel=True) as servidor:
        yield servidor


def test_o_mysql_que_cai_e_volta_nao_perde_aviso(servidor: ServidorProprio) -> None:
    """E quem começa sem ele, sem saber desde quando deixou de ver, lê tudo quando ele volta."""
    url = servidor.criar_banco("oficina_teste_vigia")
    manutencao.migrar(url)
    outra, direta = OficinaLocal.em(url), OficinaLocal.em(url)
    vigia = vigia_de(direta)
    ate(vigia, cadastrar(outra))
    for _ in range(2):
        antes = cadastrar(outra, "Antes")
        servidor.matar()
        ouvidos = ate_cair(vigia)
        servidor.religar()
        depois = cadastrar(outra, "Depois")
        ouvidos += ate(vigia, depois)
        assert [aviso.entidade_id for aviso in ouvidos if aviso.entidade == "clientes"] == [
            antes,
            depois,
        ]
    vigia.parar()
    servidor.matar()
    tardia = vigia_de(direta)
    assert ate_cair(tardia) == []
    servidor.religar()
    assert proximo(tardia) is None
    ate(tardia, cadastrar(outra, "Mais um"))
    tardia.parar()
    outra.fechar()
    direta.fechar()


def test_a_api_calada_nao_prende_quem_para() -> None:
    with socket.create_server(("127.0.0.1", 0)) as escuta:
        remota = OficinaRemota.em(f"http://127.0.0.1:{escuta.getsockname()[1]}")
        vigia = vigia_de(remota)
        conexao, _ = escuta.accept()
        assert vigia.esperar() == ()
        vigia.parar()
        assert vigia.esperar() == ()
        conexao.close()
    assert isinstance(vigia, Posto)
    vigia._fio.join(PACIENCIA)
    assert not vigia._fio.is_alive()
    remota.fechar()
