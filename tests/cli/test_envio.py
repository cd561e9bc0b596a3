"""O laço que esvazia a caixa: insiste com o banco fora, e para quando mandam."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from oficina_cli import envio
from oficina_cli.envio import Parada, Remessa, ao_mandarem_parar, vigiar
from oficina_core.banco import manutencao
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import DadosCliente
from oficina_core.casos.mensagens import Carta, ListarMensagens, TomarMensagem
from oficina_core.dominio.erros import Indisponivel
from oficina_core.dominio.mensagem import SituacaoMensagem
from tests import cenario
from tests.carteiros import CARTA, DE, URL, Caixa, correio, porta_livre


class OficinaDeAltosEBaixos:
    """Cada vez que se toma uma mensagem, o combinado: uma carta, nenhuma, ou o banco fora."""

    def __init__(self, *combinado: Carta | Exception | None) -> None:
        self._combinado = list(combinado)

    def executar(self, caso: Any, *_: object) -> Any:
        if not isinstance(caso, TomarMensagem):
            return None
        tomada = self._combinado.pop(0)
        if isinstance(tomada, Exception):
            raise tomada
        return tomada


class Entrega:
    def __init__(self) -> None:
        self.cartas: list[Carta] = []

    def entregar(self, carta: Carta) -> None:
        self.cartas.append(carta)


class ParadaContada(Parada):
    """Não espera; anota o que esperaria, e manda parar na última."""

    def __init__(self, rodadas: int) -> None:
        super().__init__()
        self.esperas: list[float] = []
        self._rodadas = rodadas

    def esperar(self, segundos: float) -> None:
        self.esperas.append(segundos)
        self.pedida = len(self.esperas) == self._rodadas


def rodar(
    rodadas: int, *combinado: Carta | Exception | None, intervalo: int = 10
) -> tuple[list[float], Remessa, list[Carta]]:
    parada, entrega, remessa = ParadaContada(rodadas), Entrega(), Remessa()
    oficina: Any = OficinaDeAltosEBaixos(*combinado)
    vigiar(oficina, entrega, remessa, parada, intervalo)
    return parada.esperas, remessa, entrega.cartas


def test_com_o_banco_fora_espera_cada_vez_mais_e_ao_voltar_entrega(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fora = Indisponivel("O banco não respondeu.")
    esperas, remessa, cartas = rodar(5, fora, fora, fora, CARTA, CARTA, None, None)
    assert [round(espera / 10) for espera in esperas[:2]] == [2, 4]
    assert esperas[0] < esperas[1] < esperas[2]
    assert all(10 <= espera <= 11 for espera in esperas[3:])
    assert (remessa.entregues, len(cartas)) == (2, 2)
    dito = capsys.readouterr().err
    assert "O banco não respondeu. Tenta-se de novo em 20 segundos." in dito
    assert "2 mensagens entregues, 0 falhas." in dito


def test_a_espera_tem_teto() -> None:
    fora = Indisponivel("x")
    esperas, _, _ = rodar(9, *[fora] * 9)
    assert max(esperas) <= envio.ESPERA_MAXIMA * 1.1


def test_o_que_se_entregou_antes_da_queda_conta(capsys: pytest.CaptureFixture[str]) -> None:
    _, remessa, _ = rodar(1, CARTA, Indisponivel("caiu"))
    assert remessa.entregues == 1
    assert "1 mensagem entregue" in capsys.readouterr().err


def test_mandado_parar_conclui_a_que_esta_no_meio_e_nao_toma_outra() -> None:
    parada, remessa = Parada(), Remessa()

    class Interrompida(Entrega):
        def entregar(self, carta: Carta) -> None:
            super().entregar(carta)
            parada.pedir()

    entrega = Interrompida()
    oficina: Any = OficinaDeAltosEBaixos(CARTA, CARTA)
    vigiar(oficina, entrega, remessa, parada, 10)
    assert (remessa.entregues, len(entrega.cartas)) == (1, 1)


def test_quem_manda_parar_duas_vezes_nao_espera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envio, "sleep", lambda _: pytest.fail("esperou"))
    with ao_mandarem_parar() as parada:
        signal.raise_signal(signal.SIGINT)
        assert parada.pedida
        parada.esperar(30)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_depois_os_sinais_voltam_a_ser_o_que_eram() -> None:
    antes = signal.getsignal(signal.SIGTERM)
    with ao_mandarem_parar():
        assert signal.getsignal(signal.SIGTERM) != antes
    assert signal.getsignal(signal.SIGTERM) == antes


@pytest.mark.skipif(sys.platform == "win32", reason="sinais do Unix")
@pytest.mark.parametrize("sinal", [signal.SIGTERM, signal.SIGINT])
def test_o_processo_entrega_espera_e_termina_bem(
    tmp_path: Path, url_sqlite: str, sinal: signal.Signals
) -> None:
    manutencao.migrar(url_sqlite)
    oficina = OficinaLocal.em(url_sqlite)
    cenario.catalogo(oficina)
    cliente = {"nome": "Ana", "documento": cenario.CPF_ANA, "email": "ana@exemplo.com.br"}
    cenario.enviado(oficina, cliente=DadosCliente(**cliente), kits=("TROCA-OLEO",))
    caixa, porta, chegou = Caixa(), porta_livre(), threading.Event()
    caixa.ao_receber = chegou.set
    with correio(caixa, porta):
        programa = subprocess.Popen(
            [
                *(sys.executable, "-m", "oficina_cli", "--banco", url_sqlite),
                *("mensagem", "enviar", "--continuo", "--intervalo", "1", "-o", "json"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "HOME": str(tmp_path),
                "OFICINA_URL_PUBLICA": URL,
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(porta),
                "SMTP_DE": DE,
                "SMTP_SEGURANCA": "nenhuma",
            },
        )
        assert chegou.wait(60)
        programa.send_signal(sinal)
        dito, erros = programa.communicate(timeout=30)
    assert programa.returncode == 0, erros
    assert '"entregues": 1' in dito
    assert "1 mensagem entregue, 0 falhas." in erros
    assert len(caixa.cartas) == 1
    (linha,) = oficina.executar(ListarMensagens()).itens
    assert linha.situacao is SituacaoMensagem.ENVIADA
    oficina.fechar()
