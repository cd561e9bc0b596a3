"""O que se mede: a API, por modelo de rota, e o andamento das ordens de serviço.

As das ordens se tiram do que os casos respondem e do histórico da ordem, e o núcleo não sabe que
alguém mede. Um pedido repetido com a mesma chave recebe a resposta guardada e não conta outra vez:
o que ela diz aconteceu antes de o pedido começar.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise, product
from socket import AF_INET, AF_INET6, SHUT_RDWR, socket
from socketserver import ThreadingMixIn
from threading import BoundedSemaphore, Thread, Timer
from typing import Any, Literal, TypeAlias
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    make_wsgi_app,
)

from oficina_core.casos.links import DecidirPeloLink, OrdemDoLink, PaginaDoLink
from oficina_core.casos.orcamentos import FichaOrcamento
from oficina_core.casos.ordens import FichaOrdem, LinhaHistorico, VerHistoricoOrdem
from oficina_core.casos.portas import CasoDeUso, Pedido, Recepcao
from oficina_core.catalogo import ROTAS
from oficina_core.dominio.acesso import SISTEMA
from oficina_core.dominio.erros import ErroOficina, Indisponivel, MuitasTentativas
from oficina_core.dominio.ordem import CAMINHOS

Integracao: TypeAlias = Literal["banco", "jwks"]

INTEGRACOES: tuple[Integracao, ...] = ("banco", "jwks")
VERBOS = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})
OUTRO = "outro"
SEGUNDOS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
HORA, DIA = 3600, 86400
FASES = (60, 600, HORA, 4 * HORA, 8 * HORA, DIA, 2 * DIA, 4 * DIA, 7 * DIA, 15 * DIA, 30 * DIA)
RECURSOS = ("/ordens", "/orcamentos")
ORDENS = "ordens_servico"  # como o histórico as chama
DE_QUE_SE_SAI = sorted({origem for origens, _ in CAMINHOS.values() for origem in origens})
DA_OFICINA = (ErroOficina.codigo, Indisponivel.codigo)  # as falhas que não são de quem pede

# Quando nasceu cada série: seriam o dobro delas, e ninguém as lê.
disable_created_metrics()  # type: ignore[no-untyped-call]


def relogio() -> datetime:
    return datetime.now(UTC)


class Metricas:
    """Um registro só desta aplicação; `agora` diz quando cada pedido começa."""

    def __init__(self, agora: Callable[[], datetime] = relogio) -> None:
        self._agora = agora
        self.registro = CollectorRegistry()
        self._medir_http()
        self._medir_ordens()
        self._integracoes = Counter(
            "oficina_integracao_falhas",
            "Vezes em que o que a oficina usa não respondeu",
            ("integracao",),
            registry=self.registro,
        )
        for integracao in INTEGRACOES:
            self._integracoes.labels(integracao)

    def _medir_http(self) -> None:
        self._http = Histogram(
            "oficina_http_duracao_seconds",
            "Quanto demora cada pedido, até o fim da resposta",
            ("metodo", "rota", "status"),
            buckets=SEGUNDOS,
            registry=self.registro,
        )
        self._em_curso = Gauge(
            "oficina_http_em_curso", "Pedidos que se atendem agora", registry=self.registro
        )

    def _medir_ordens(self) -> None:
        self._abertas = Counter(
            "oficina_os_abertas", "Ordens de serviço abertas", registry=self.registro
        )
        self._fases = Histogram(
            "oficina_os_fase_duracao_seconds",
            "Quanto tempo a ordem ficou no status de que sai",
            ("fase",),
            buckets=FASES,
            registry=self.registro,
        )
        for fase in DE_QUE_SE_SAI:
            self._fases.labels(fase)
        self._falhas = Counter(
            "oficina_os_falhas",
            "Pedidos sobre ordens e orçamentos que não se atenderam",
            ("caso", "codigo"),
            registry=self.registro,
        )
        for caso, codigo in product(ROTAS, DA_OFICINA):
            if _e_de_ordem(caso):
                self._falhas.labels(caso.__name__, codigo)

    @contextmanager
    def atendendo(self) -> Iterator[None]:
        with self._em_curso.track_inprogress():
            yield

    def respondeu(self, metodo: str, rota: str, status: int, segundos: float) -> None:
        conhecido = metodo if metodo in VERBOS else OUTRO
        self._http.labels(conhecido, rota, str(status)).observe(segundos)

    def falhou(self, integracao: Integracao) -> None:
        self._integracoes.labels(integracao).inc()

    def executar(
        self, balcao: Recepcao, caso: CasoDeUso[Any], pedido: Pedido
    ) -> tuple[Any, Callable[[], None] | None]:
        """O que o caso responde e, se há, o que falta medir: custa uma leitura, e fica para depois.

        Todo erro segue, contado.
        """
        inicio = self._agora()
        with self._vigiar(caso):
            resultado = balcao.executar(caso, pedido)
        ordem_id = self._movida(resultado, inicio) if ROTAS[type(caso)].escreve else None
        if ordem_id is None:
            return resultado, None
        return resultado, lambda: self._acompanhar(balcao, ordem_id, caso, inicio)

    @contextmanager
    def _vigiar(self, caso: CasoDeUso[Any]) -> Iterator[None]:
        try:
            yield
        except Exception as erro:
            if isinstance(erro, Indisponivel) and not isinstance(erro, MuitasTentativas):
                self.falhou("banco")
            if _e_de_ordem(type(caso)):
                codigo = getattr(erro, "codigo", ErroOficina.codigo)
                self._falhas.labels(type(caso).__name__, codigo).inc()
            raise

    def _movida(self, ficha: object, inicio: datetime) -> int | None:
        """A ordem que o pedido pode ter movido; a que acaba de nascer só se conta."""
        if isinstance(ficha, FichaOrcamento):
            return ficha.ordem_id
        if isinstance(ficha, PaginaDoLink):
            ficha = ficha.ordem
        if not isinstance(ficha, FichaOrdem | OrdemDoLink):
            return None
        if ficha.criado_em < inicio:
            return ficha.id
        self._abertas.inc()
        return None

    def _acompanhar(
        self, balcao: Recepcao, ordem_id: int, caso: CasoDeUso[Any], inicio: datetime
    ) -> None:
        """Mede as fases de que a ordem saiu neste pedido; é o histórico que sabe desde quando.

        Se o banco falta agora, essa medida se perde: o pedido já se atendeu.
        """
        with suppress(ErroOficina):
            historico = balcao.como(SISTEMA).executar(VerHistoricoOrdem(ordem_id=ordem_id))
            mudancas = [linha for linha in historico if _status(linha) is not None]
            for antes, depois in pairwise(mudancas):
                if depois.em >= inicio and depois.acao == type(caso).__name__:
                    segundos = (depois.em - antes.em).total_seconds()
                    self._fases.labels(_status(antes)).observe(segundos)

    @contextmanager
    def publicadas(self, porta: int, endereco: str = "127.0.0.1") -> Iterator[int]:
        """Em `/metrics`, em uma porta só delas, que se devolve: a pública não as mostra."""
        medidas = make_wsgi_app(self.registro)
        servidor = make_server(endereco, porta, medidas, Porta, handler_class=Calado)
        fio = Thread(target=servidor.serve_forever, daemon=True)
        fio.start()
        try:
            yield servidor.server_port
        finally:
            servidor.shutdown()
            servidor.server_close()
            fio.join()


class Porta(ThreadingMixIn, WSGIServer):
    """Quem colhe as medidas é um ou outro, e depressa: o que passa disso se fecha sem resposta."""

    daemon_threads = True
    conexoes_maximo = 4
    prazo = 5.0  # segundos, do começo do pedido ao fim da resposta

    def __init__(self, onde: tuple[str, int], atendente: type[WSGIRequestHandler]) -> None:
        self.address_family = AF_INET6 if ":" in onde[0] else AF_INET
        self._vagas = BoundedSemaphore(self.conexoes_maximo)
        super().__init__(onde, atendente)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return self._vagas.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        corte = Timer(self.prazo, _cortar, (request,))
        corte.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            corte.cancel()
            self._vagas.release()


class Calado(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nada: colhe-se a cada poucos segundos."""


def _cortar(conexao: socket) -> None:
    with suppress(OSError):  # já se foi
        conexao.shutdown(SHUT_RDWR)


def _e_de_ordem(caso: type[CasoDeUso[Any]]) -> bool:
    return caso is DecidirPeloLink or ROTAS[caso].caminho.startswith(RECURSOS)


def _status(linha: LinhaHistorico) -> str | None:
    """O status a que a ordem foi neste acontecimento."""
    mudou = json.loads(linha.diferenca).get("status") if linha.entidade == ORDENS else None
    return mudou[1] if isinstance(mudou, list) else mudou
