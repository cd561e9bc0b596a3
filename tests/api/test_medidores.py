"""O que se olha ao colher: quão cheio está o processo, e o que espera na caixa de saída."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from urllib.request import urlopen

import anyio
import pytest
from anyio import to_thread
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from oficina_api import medidores
from oficina_api.app import FIOS
from oficina_api.medidores import Mensagens
from oficina_api.montagem import montar
from oficina_core import versao
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.clientes import CriarCliente
from oficina_core.casos.entrada import PedirCodigo
from oficina_core.casos.mensagens import CaixaDeSaida, ConcluirMensagem, TomarMensagem
from oficina_core.dominio.erros import Indisponivel
from tests import cenario
from tests.api.elenco import configuracao
from tests.api.servico import aguardar
from tests.conftest import Relogio
from tests.servidor_programa import porta_livre

SEGUNDO = timedelta(seconds=1)


@pytest.fixture
def colher(url: str) -> Iterator[Callable[[], dict[str, float]]]:
    """As medidas sem rótulo de uma API de verdade, como quem as colhe as lê."""
    porta = porta_livre()

    def ler() -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{porta}/metrics") as resposta:
            familias = text_string_to_metric_families(resposta.read().decode())
        return {
            amostra.name + "".join(amostra.labels.values()): amostra.value
            for familia in familias
            for amostra in familia.samples
            if len(amostra.labels) <= 1
        }

    with TestClient(montar(configuracao(url, metrics_port=porta))):
        yield ler


def test_diz_o_que_ha_e_o_que_se_usa(colher: Callable[[], dict[str, float]]) -> None:
    medidas = colher()
    assert medidas["oficina_fios_limite"] == FIOS
    assert (medidas["oficina_fios_em_uso"], medidas["oficina_fios_espera"]) == (0, 0)
    assert 0 <= medidas["oficina_banco_conexoes_em_uso"] < medidas["oficina_banco_conexoes_limite"]
    assert 0 < medidas["process_resident_memory_bytes"] < medidas["oficina_memoria_limite_bytes"]
    assert medidas["process_cpu_seconds_total"] > 0
    assert medidas[f"oficina_versao_info{versao.instalada()}"] == 1


def test_caixa_vazia_se_diz_vazia(colher: Callable[[], dict[str, float]]) -> None:
    medidas = colher()
    assert medidas["oficina_mensagensPENDENTE"] == medidas["oficina_mensagensFALHOU"] == 0
    assert medidas["oficina_mensagens_atraso_seconds"] == 0


async def _fios_cheios(oficina: OficinaLocal) -> dict[str, float]:
    """Mais pedidos do que fios, todos à espera do mesmo sinal."""
    fios = to_thread.current_default_thread_limiter()
    fios.total_tokens = 2
    solta = Event()
    registro = CollectorRegistry()
    nomes = ("em_uso", "espera", "limite")

    async def esperar() -> None:
        await to_thread.run_sync(solta.wait)

    async with anyio.create_task_group() as todos:
        for _ in range(5):
            todos.start_soon(esperar)
        with medidores.medindo(registro, oficina, fios):
            await anyio.wait_all_tasks_blocked()
            medidas = {nome: registro.get_sample_value(f"oficina_fios_{nome}") for nome in nomes}
        solta.set()
    return {nome: valor for nome, valor in medidas.items() if valor is not None}


def test_quem_espera_por_um_fio_se_conta(url_sqlite: str) -> None:
    oficina = OficinaLocal.em(url_sqlite)
    assert anyio.run(_fios_cheios, oficina) == {"em_uso": 2, "espera": 3, "limite": 2}
    oficina.fechar()


def test_conexao_emprestada_se_conta(local: OficinaLocal) -> None:
    local.caixa_de_saida()
    antes = local.conexoes()
    with local._motor.connect():
        assert local.conexoes().em_uso == antes.em_uso + 1
    assert local.conexoes() == antes


def test_caixa_de_saida_diz_o_que_espera_e_ha_quanto_tempo(
    local: OficinaLocal, relogio: Relogio
) -> None:
    assert local.caixa_de_saida() == CaixaDeSaida()
    local.executar(CriarCliente(nome="Ana", documento=cenario.CPF_ANA, email="ana@exemplo.com.br"))
    local.executar(PedirCodigo(cpf=cenario.CPF_ANA, origem="203.0.113.9"))
    relogio.passar(minutes=3)
    caixa = local.caixa_de_saida()
    assert (caixa.pendentes, caixa.falhas, caixa.atraso // SEGUNDO) == (1, 0, 180)
    carta = local.executar(TomarMensagem())
    assert carta is not None
    assert not local.caixa_de_saida().atraso, "alguém a tomou"
    desiste = ConcluirMensagem(
        mensagem_id=carta.id, prazo=carta.prazo, entregue=False, desistir=True
    )
    local.executar(desiste)
    caixa = local.caixa_de_saida()
    assert (caixa.pendentes, caixa.falhas) == (0, 1)


@dataclass
class Banco:
    """Responde o que o teste mandar, e conta as perguntas."""

    perguntas: int = 0
    fala: Event = field(default_factory=Event)
    falta: bool = False

    def __call__(self) -> CaixaDeSaida:
        self.perguntas += 1
        self.fala.wait()
        if self.falta:
            raise Indisponivel("O servidor do banco não respondeu.")
        return CaixaDeSaida(pendentes=self.perguntas)


def _pendentes(mensagens: Mensagens) -> float | None:
    registro = CollectorRegistry()
    registro.register(mensagens)
    return registro.get_sample_value("oficina_mensagens", {"situacao": "PENDENTE"})


@pytest.fixture
def banco() -> Iterator[Banco]:
    banco = Banco()
    banco.fala.set()
    yield banco
    banco.fala.set()


def test_pergunta_de_tempos_em_tempos(banco: Banco, monkeypatch: pytest.MonkeyPatch) -> None:
    mensagens = Mensagens(banco)
    assert [_pendentes(mensagens) for _ in range(3)] == [1, 1, 1]
    monkeypatch.setattr(Mensagens, "validade", 0.0)
    assert _pendentes(mensagens) == 2


def test_banco_mudo_nao_segura_a_colheita_nem_junta_perguntas(
    banco: Banco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mensagens, "prazo", 0.01)
    monkeypatch.setattr(Mensagens, "validade", 0.0)
    banco.fala.clear()
    mensagens = Mensagens(banco)
    assert [_pendentes(mensagens) for _ in range(3)] == [None, None, None]
    assert banco.perguntas == 1
    banco.fala.set()
    aguardar(lambda: _pendentes(mensagens) is not None)


def test_sem_banco_vale_a_anterior_ate_envelhecer(
    banco: Banco, monkeypatch: pytest.MonkeyPatch
) -> None:
    mensagens = Mensagens(banco)
    assert _pendentes(mensagens) == 1
    banco.falta = True
    monkeypatch.setattr(Mensagens, "validade", 0.0)
    assert _pendentes(mensagens) == 1
    monkeypatch.setattr(Mensagens, "esquecimento", 0.0)
    assert _pendentes(mensagens) is None
