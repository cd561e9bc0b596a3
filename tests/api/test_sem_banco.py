"""O banco some e volta: quem pede sabe logo que falta, e o programa não se reinicia por isso."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import pytest

from oficina_api.montagem import montar
from oficina_core.banco import manutencao
from oficina_core.banco import motor as motor_do_banco
from oficina_core.banco.silencio import Silencio
from tests.api.elenco import configuracao
from tests.api.escuta import Escuta
from tests.api.ponte import Modo, Ponte
from tests.api.programa import Resposta, identificar, no_ar, pedir
from tests.api.servico import no_ar as no_ar_aqui
from tests.servidor_mysql import SemMySQL, Servidor, ServidorProprio, iniciar

JUNTOS = 60
TETO = 5.0  # segundos
CLIENTE = {"nome": "Ana", "telefone": "(11) 98765-4321"}


@pytest.fixture
def servidor(mysql: Servidor) -> Iterator[ServidorProprio]:
    """Um servidor só deste teste, que se pode matar."""
    try:
        with iniciar(duravel=True) as proprio:
            yield proprio
    except SemMySQL as motivo:
        pytest.fail(str(motivo))


def cronometrar(pedido: Callable[[], Resposta]) -> tuple[float, Resposta]:
    inicio = monotonic()
    resposta = pedido()
    return monotonic() - inicio, resposta


def exigir_falta(porta: int, eu: dict[str, str], quantos: int, teto: float) -> None:
    """Tantos pedidos ao mesmo tempo: todos sabem, a tempo, que o banco falta e quando tentar."""

    def um(numero: int) -> tuple[float, Resposta]:
        if numero % 2:
            return cronometrar(lambda: pedir(porta, "GET", "/clientes", **eu))
        return cronometrar(lambda: pedir(porta, "POST", "/clientes", CLIENTE, **eu))

    with ThreadPoolExecutor(quantos) as fios:
        for demora, resposta in fios.map(um, range(quantos)):
            assert demora < teto
            assert resposta.status == 503
            assert resposta.cabecalhos["retry-after"] == "1"
            assert resposta.cabecalhos["content-type"] == "application/problem+json"
            assert resposta.json["codigo"] == "indisponivel"


def exigir_vida(porta: int) -> None:
    assert pedir(porta, "GET", "/health/live").status == 200


def ate_valer(pedido: Callable[[], Resposta]) -> None:
    """O pedido dá certo, a tempo."""
    inicio = monotonic()
    while pedido().status != 200:
        assert monotonic() - inicio < TETO


def test_servidor_do_banco_morto_e_religado(servidor: ServidorProprio) -> None:
    url = servidor.criar_banco("oficina_teste_sem_banco")
    manutencao.migrar(url)
    eu = identificar(url)
    with no_ar(url) as (api,), Escuta(api.porta, **eu) as escuta:
        pid = api.processo.pid
        assert escuta.proximo()
        assert api.pedir("GET", "/clientes", **eu).status == 200
        servidor.matar()
        exigir_falta(api.porta, eu, 12, TETO)
        exigir_vida(api.porta)
        while api.atende("/health/ready"):
            sleep(0.1)  # vale por dois segundos o que se soube
        assert api.pedir("GET", "/health/ready").status == 503
        servidor.religar()
        ate_valer(lambda: api.pedir("GET", "/clientes", **eu))
        ate_valer(lambda: api.pedir("GET", "/health/ready"))
        criado = api.pedir("POST", "/clientes", CLIENTE, **eu)
        assert criado.status == 201
        assert escuta.ate(criado.json["id"])
        assert api.processo.poll() is None
        assert api.processo.pid == pid


def test_do_servidor_que_virou_copia_nada_mais_se_le(servidor: ServidorProprio) -> None:
    """Na troca de quem grava, quem seguisse ligado ao de antes leria o passado."""
    url = servidor.criar_banco("oficina_teste_so_leitura")
    manutencao.migrar(url)
    eu = identificar(url)
    with no_ar(url) as (api,), servidor.conectar() as conexao, conexao.cursor() as cursor:
        assert api.pedir("GET", "/clientes", **eu).status == 200
        cursor.execute("SET GLOBAL super_read_only = ON")
        while api.atende("/health/ready"):
            sleep(0.1)
        assert api.pedir("GET", "/clientes", **eu).status == 503
        exigir_vida(api.porta)
        cursor.execute("SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF")
        ate_valer(lambda: api.pedir("GET", "/clientes", **eu))
        ate_valer(lambda: api.pedir("GET", "/health/ready"))


@pytest.fixture
def apressado(monkeypatch: pytest.MonkeyPatch) -> None:
    """O prazo do banco, de 15 s, aqui é de 1."""
    monkeypatch.setattr(motor_do_banco, "LEITURA_SEGUNDOS", 1)


@pytest.fixture
def mudo(url_mysql: str, apressado: None) -> Iterator[tuple[Any, ...]]:
    """A API, quem pede e a ponte até o banco, que emudeceu no meio do serviço."""
    eu = identificar(url_mysql)
    porta = int(url_mysql.rpartition(":")[2].partition("/")[0])
    with Ponte(lambda: porta) as ponte:
        pela_ponte = url_mysql.replace(f":{porta}/", f":{ponte.porta}/")
        with no_ar_aqui(montar(configuracao(pela_ponte))) as api:
            for _ in range(3):
                assert pedir(api.porta, "GET", "/clientes", **eu).status == 200
            ponte.mudar(Modo.EMUDECE)
            yield api, eu, ponte
            ponte.mudar(Modo.PASSA)


def test_banco_mudo_nao_prende_ninguem(mudo: tuple[Any, ...]) -> None:
    api, eu, ponte = mudo
    with ThreadPoolExecutor(1) as fio:
        todos = fio.submit(exigir_falta, api.porta, eu, JUNTOS, TETO)
        exigir_vida(api.porta)
        assert not todos.done(), "a vida não espera por quem espera o banco"
        todos.result()
    ponte.mudar(Modo.PASSA)
    ate_valer(lambda: pedir(api.porta, "GET", "/clientes", **eu))
    ate_valer(lambda: pedir(api.porta, "GET", "/health/ready"))


def test_sem_saber_do_silencio_a_fila_nao_anda(
    mudo: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """O controle: se cada pedido tenta por si, os últimos esperam pelos prazos de todos."""
    api, eu, ponte = mudo
    monkeypatch.setattr(Silencio, "exigir", lambda _: None)
    with ThreadPoolExecutor(1) as fio:
        todos = fio.submit(exigir_falta, api.porta, eu, JUNTOS, TETO)
        sleep(4)
        ponte.mudar(Modo.PASSA)  # quem ainda espera é atendido, e não soube da falta
        with pytest.raises(AssertionError):
            todos.result()
