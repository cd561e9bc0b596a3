"""A mesma Idempotency-Key, ao mesmo tempo, em dois processos sobre o mesmo MySQL: um efeito só.

Quem chega com uma chave em curso espera por quem a tomou: se ele confirma, leva a resposta dele; se
ele desfaz, é a sua vez. Depois de três esperas de 5 s por essa trava, a resposta é 503.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection, RemoteDisconnected
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import Connection

from oficina_core.banco.idempotencia import Chave
from oficina_core.banco.motor import abrir, gravando
from oficina_core.banco.verificacao import verificar
from oficina_core.casos.clientes import CriarCliente, FichaCliente
from oficina_core.casos.traducao import canonico
from tests.api.ponte import Modo, Ponte
from tests.api.programa import PACIENCIA, Programa, Resposta, contratar, no_ar, pedir, token
from tests.exemplos import exemplo

REMETENTES = 12
CHAVES = 40
CRIADO, RECUSADO = 201, 422
EM_CURSO = "chave-em-curso"


@pytest.fixture(scope="module")
def dupla(banco_mysql: str) -> Iterator[tuple[Programa, ...]]:
    with no_ar(banco_mysql, quantos=2) as programas:
        yield programas


@pytest.fixture
def gerente(url_mysql: str) -> int:
    return contratar(url_mysql)


@pytest.fixture
def eu(url_mysql: str, gerente: int) -> Iterator[dict[str, str]]:
    yield {"Authorization": f"Bearer {token(url_mysql, f'funcionario:{gerente}')}"}
    assert verificar(url_mysql) == ()


def mandar(
    dupla: tuple[Programa, ...], eu: dict[str, str], chave: Callable[[int], dict[str, str]]
) -> list[list[Resposta]]:
    """O que cada remetente ouviu de cada pedido; metade fala com um processo, metade com o outro.

    Cada um começa por um ponto da fila: as chaves se encontram em curso, e não só já respondidas.
    """
    largada = Barrier(REMETENTES)

    def remeter(quem: int) -> list[Resposta]:
        http = HTTPConnection("127.0.0.1", dupla[quem % 2].porta, timeout=PACIENCIA)
        largada.wait()
        ouvidas: dict[int, Resposta] = {}
        for passo in range(CHAVES):
            numero = (passo + quem // 4) % CHAVES
            corpo = cliente(f"Cliente {numero}")
            ouvidas[numero] = pedir(http, "POST", "/clientes", corpo, **eu, **chave(numero))
        http.close()
        return [ouvidas[numero] for numero in range(CHAVES)]

    with ThreadPoolExecutor(REMETENTES) as fios:
        return list(fios.map(remeter, range(REMETENTES)))


def cliente(nome: str) -> dict[str, str]:
    return {"nome": nome, "telefone": "(11) 98765-4321"}


def clientes(dupla: tuple[Programa, ...], eu: dict[str, str]) -> list[str]:
    """O nome de todos, página por página."""
    nomes: list[str] = []
    caminho = "/clientes?limite=100"
    while caminho:
        resposta = dupla[0].pedir("GET", caminho, **eu)
        nomes += [cliente["nome"] for cliente in resposta.json]
        caminho = resposta.cabecalhos.get("link", "").partition(">")[0].removeprefix("<")
    return nomes


def test_a_mesma_chave_em_dois_processos_faz_uma_vez_e_responde_igual(
    dupla: tuple[Programa, ...], eu: dict[str, str]
) -> None:
    ouvidas = mandar(dupla, eu, lambda numero: {"Idempotency-Key": f"chave-{numero:08}"})
    for de_todos in zip(*ouvidas, strict=True):
        assert {resposta.status for resposta in de_todos} == {CRIADO}
        assert len({(resposta.corpo, resposta.cabecalhos["etag"]) for resposta in de_todos}) == 1
    assert sorted(clientes(dupla, eu)) == sorted(f"Cliente {n}" for n in range(CHAVES))


def test_sem_chave_cada_pedido_e_outro(dupla: tuple[Programa, ...], eu: dict[str, str]) -> None:
    """O controle: é a chave que faz dos doze um só."""
    ouvidas = mandar(dupla, eu, lambda _: {})
    assert {resposta.status for de_um in ouvidas for resposta in de_um} == {CRIADO}
    assert len(clientes(dupla, eu)) == REMETENTES * CHAVES


def test_a_mesma_chave_com_outro_corpo_e_recusada_no_outro_processo(
    dupla: tuple[Programa, ...], eu: dict[str, str]
) -> None:
    chave = {"Idempotency-Key": "chave-de-um-corpo"}
    assert dupla[0].pedir("POST", "/clientes", cliente("Ana"), **eu, **chave).status == CRIADO
    recusa = dupla[1].pedir("POST", "/clientes", cliente("Bia"), **eu, **chave)
    assert (recusa.status, recusa.json["erros"]) == (RECUSADO, [{"campo": "chave"}])
    assert dupla[1].pedir("POST", "/clientes", cliente("Ana"), **eu, **chave).status == CRIADO
    assert clientes(dupla, eu) == ["Ana"]


def com_a_chave(programa: Programa, eu: dict[str, str], nome: str) -> Resposta:
    return programa.pedir("POST", "/clientes", cliente(nome), **eu, Idempotency_Key=EM_CURSO)


def em_curso(
    dupla: tuple[Programa, ...],
    gerente: int,
    eu: dict[str, str],
    nome: str,
    terminar: Callable[[Chave, Connection], None],
) -> list[Resposta]:
    """Os dois processos, com uma chave que outro tomou para fazer Ana e ainda não confirmou."""
    motor = abrir(dupla[0].url)
    chave = Chave.de(f"funcionario:{gerente}", CriarCliente(**cliente("Ana")), EM_CURSO, None)
    with ThreadPoolExecutor(2) as fios, motor.connect() as conexao:
        with gravando(conexao):
            chave.tomar(conexao, datetime.now(UTC))
            pedidos = [fios.submit(com_a_chave, programa, eu, nome) for programa in dupla]
            sleep(0.5)
            assert not any(map(Future.done, pedidos))
            terminar(chave, conexao)
        respostas = [pedido.result() for pedido in pedidos]
    motor.dispose()
    return respostas


def test_chave_em_curso_que_se_confirma(
    dupla: tuple[Programa, ...], gerente: int, eu: dict[str, str]
) -> None:
    guardada = exemplo(FichaCliente)

    def confirmar(chave: Chave, conexao: Connection) -> None:
        chave.responder(conexao, guardada)

    respostas = em_curso(dupla, gerente, eu, "Ana", confirmar)
    assert {resposta.status for resposta in respostas} == {CRIADO}
    assert {resposta.corpo for resposta in respostas} == {canonico(guardada).encode()}
    outras = [com_a_chave(programa, eu, "Bia") for programa in dupla]
    assert {resposta.status for resposta in outras} == {RECUSADO}
    assert clientes(dupla, eu) == []


@pytest.mark.parametrize("nome", ["Ana", "Bia"], ids=["o mesmo corpo", "outro corpo"])
def test_chave_em_curso_que_se_desfaz(
    dupla: tuple[Programa, ...], gerente: int, eu: dict[str, str], nome: str
) -> None:
    def desfazer(_: Chave, conexao: Connection) -> None:
        conexao.rollback()

    respostas = em_curso(dupla, gerente, eu, nome, desfazer)
    assert {resposta.status for resposta in respostas} == {CRIADO}
    assert len({resposta.corpo for resposta in respostas}) == 1
    assert clientes(dupla, eu) == [nome]


def test_resposta_perdida_no_caminho_se_pede_de_novo_com_a_mesma_chave(
    dupla: tuple[Programa, ...], eu: dict[str, str]
) -> None:
    """A chave é do pedido, e não da tentativa; o controle, sem ela, faz dois."""
    for chave in ({"Idempotency-Key": "chave-perdida"}, {}):
        antes = len(clientes(dupla, eu))
        with Ponte(lambda: dupla[0].porta) as ponte:
            ponte.mudar(Modo.PERDE)
            with pytest.raises(RemoteDisconnected):
                pedir(ponte.porta, "POST", "/clientes", cliente("Ana"), **eu, **chave)
        de_novo = dupla[1].pedir("POST", "/clientes", cliente("Ana"), **eu, **chave)
        assert de_novo.status == CRIADO
        assert len(clientes(dupla, eu)) - antes == (1 if chave else 2)
