"""A caixa de saída contra os dois bancos: o que falha volta, e ninguém recebe por engano."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.entrada import PedirCodigo
from oficina_core.casos.mensagens import Carta, LinhaMensagem, ListarMensagens
from oficina_core.casos.orcamentos import CriarOrcamento
from oficina_core.correio import CarteiroManual, Texto, despachar
from oficina_core.dominio.mensagem import FALHAS_MAXIMO, SituacaoMensagem
from tests import cenario
from tests.carteiros import DE, URL, Caixa, carteiro, correio, porta_livre
from tests.conftest import Relogio


@pytest.fixture
def caixa() -> Caixa:
    return Caixa()


@pytest.fixture
def porta(caixa: Caixa) -> Iterator[int]:
    """Onde atende um servidor de e-mail de verdade."""
    numero = porta_livre()
    with correio(caixa, numero):
        yield numero


def enviar_orcamentos(oficina: OficinaLocal, quantos: int = 1) -> None:
    cenario.catalogo(oficina)
    dono = CriarCliente(nome="Ana", documento=cenario.CPF_ANA, email="ana@exemplo.com.br")
    oficina.executar(dono)
    cenario.veiculo(oficina)
    for _ in range(quantos):
        oficina.executar(CriarOrcamento(veiculo_id=cenario.PLACA, servicos=("OLEO",), enviar=True))


def mensagens(oficina: OficinaLocal) -> tuple[LinhaMensagem, ...]:
    return oficina.executar(ListarMensagens(limite=100)).itens


def test_servidor_fora_do_ar_se_tenta_de_novo_cada_vez_mais_tarde(
    local: OficinaLocal, relogio: Relogio, caixa: Caixa
) -> None:
    enviar_orcamentos(local)
    numero = porta_livre()
    for espera in (30, 60, 120):
        assert despachar(local, carteiro(numero)) is False
        relogio.passar(seconds=espera - 5)
        assert despachar(local, carteiro(numero)) is None, "ainda não é hora"
        relogio.passar(seconds=10)
    with correio(caixa, numero):
        assert despachar(local, carteiro(numero)) is True
        assert despachar(local, carteiro(numero)) is None
    (linha,) = mensagens(local)
    assert (linha.situacao, linha.falhas) == (SituacaoMensagem.ENVIADA, 3)
    assert list(caixa.numeros.values()) == [1]


def test_depois_de_muitas_falhas_se_desiste_e_isso_se_ve(
    local: OficinaLocal, relogio: Relogio
) -> None:
    enviar_orcamentos(local)
    numero = porta_livre()
    for _ in range(FALHAS_MAXIMO):
        assert despachar(local, carteiro(numero)) is False
        relogio.passar(hours=3)
    assert despachar(local, carteiro(numero)) is None
    (linha,) = mensagens(local)
    assert linha.situacao is SituacaoMensagem.FALHOU


def test_quem_nao_tem_por_onde_receber_nao_se_tenta_de_novo(
    local: OficinaLocal, porta: int, caixa: Caixa
) -> None:
    cenario.catalogo(local)
    cenario.enviado(local)
    assert despachar(local, carteiro(porta)) is False
    assert despachar(local, carteiro(porta)) is None
    assert [linha.situacao for linha in mensagens(local)] == [SituacaoMensagem.FALHOU]
    assert caixa.cartas == []


def test_o_codigo_pedido_chega_ao_email(local: OficinaLocal, porta: int, caixa: Caixa) -> None:
    local.executar(CriarCliente(nome="Ana", documento=cenario.CPF_ANA, email="ana@exemplo.com.br"))
    local.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="127.0.0.1"))
    assert despachar(local, carteiro(porta)) is True
    ((_, carta),) = caixa.cartas
    assert re.search(r"Seu código é [0-9]{6}\.", carta.get_content())


def test_a_mao_quem_atende_ve_o_texto(local: OficinaLocal) -> None:
    enviar_orcamentos(local)
    vistas: list[tuple[Carta, Texto]] = []
    manual = CarteiroManual(URL, lambda *vista: vistas.append(vista))
    assert despachar(local, manual) is True
    ((carta, texto),) = vistas
    assert f"{URL}/aprovar/{carta.segredo}" in texto.corpo


def test_dois_que_enviam_ao_mesmo_tempo_entregam_cada_mensagem_uma_vez(
    local: OficinaLocal, porta: int, caixa: Caixa
) -> None:
    enviar_orcamentos(local, 12)
    encontro = threading.Barrier(2, timeout=30)

    class EmPar:
        """A primeira entrega de cada um espera a do outro: os dois trabalham de fato."""

        esperou = False

        def entregar(self, carta: Carta) -> None:
            if not self.esperou:
                self.esperou = True
                encontro.wait()
            carteiro(porta).entregar(carta)

    def esvaziar(meu: EmPar) -> int:
        return len(list(iter(lambda: despachar(local, meu), None)))

    with ThreadPoolExecutor(2) as dois:
        assert sum(dois.map(esvaziar, [EmPar(), EmPar()])) == 12
    assert sorted(caixa.numeros.values()) == [1] * 12
    assert {linha.situacao for linha in mensagens(local)} == {SituacaoMensagem.ENVIADA}


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL é do Unix")
def test_quem_cai_entre_entregar_e_anotar_entrega_de_novo_com_o_mesmo_numero(
    url: str, porta: int, caixa: Caixa
) -> None:
    agora = datetime.now(UTC)
    oficina = OficinaLocal.em(url)
    enviar_orcamentos(oficina)
    nascido = threading.Event()

    def derrubar() -> None:
        assert nascido.wait(30)
        programa.send_signal(signal.SIGKILL)

    caixa.ao_receber = derrubar
    programa = subprocess.Popen(
        [sys.executable, "-m", "oficina_cli", "--banco", url, "mensagem", "enviar"],
        env={
            **os.environ,
            "OFICINA_URL_PUBLICA": URL,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(porta),
            "SMTP_DE": DE,
            "SMTP_SEGURANCA": "nenhuma",
        },
    )
    nascido.set()
    assert programa.wait(60) == -signal.SIGKILL
    assert sum(caixa.numeros.values()) == 1
    caixa.ao_receber = lambda: None
    assert [linha.situacao for linha in mensagens(oficina)] == [SituacaoMensagem.PENDENTE]
    assert despachar(oficina, carteiro(porta)) is None, "ainda é de quem a tomou"
    depois = OficinaLocal.em(url, lambda: agora + timedelta(minutes=5))
    assert despachar(depois, carteiro(porta)) is True
    assert list(caixa.numeros.values()) == [2], "o mesmo Message-ID, duas vezes"
    assert [linha.situacao for linha in mensagens(oficina)] == [SituacaoMensagem.ENVIADA]
    for aberta in (oficina, depois):
        aberta.fechar()
