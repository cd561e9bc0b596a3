"""Quem vigia, por dentro: o que se repete, o que falha e o que não se prende."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from threading import Event, Thread
from time import monotonic

import httpx2
import pytest

from oficina_cli.tui import vigia as modulo
from oficina_cli.tui.vigia import Escuta, Lote, Posto, Sondagem, Vigia
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos import eventos as casos
from oficina_core.casos.clientes import CriarCliente, ListarClientes
from oficina_core.casos.eventos import Aviso
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido, R, Simulacao
from oficina_core.dominio.erros import ErroOficina, Indisponivel, NaoIdentificado
from tests.cli.rede import Rede
from tests.cli.test_transmissao import TIPO

PACIENCIA = 30  # segundos; só não se espera para sempre
FOLGA = 0.05  # o relógio da espera e o da medida não são o mesmo
EM = datetime(2026, 11, 23, 12, tzinfo=UTC)
CAIU = Indisponivel("O banco não respondeu.")
ANA = CriarCliente(nome="Ana", telefone="(11) 98765-4321")


def aviso(id: int) -> Aviso:
    return Aviso(id=id, entidade="clientes", entidade_id=id, acao="CriarCliente", em=EM)


def avisos(*ids: int) -> tuple[Aviso, ...]:
    return tuple(map(aviso, ids))


@dataclass
class Roteiro:
    """Uma fonte combinada: uma ronda por item, e depois nada."""

    itens: list[Lote | Exception]
    rondas: int = 0
    acabou: Event = field(default_factory=Event)
    fechada: Event = field(default_factory=Event)

    def ronda(self) -> Iterator[Lote]:
        self.rondas += 1
        if not self.itens:
            self.acabou.set()
            return
        item = self.itens.pop(0)
        if isinstance(item, Exception):
            raise item
        yield item

    def cortar(self) -> None:
        """Nada espera."""

    def fechar(self) -> None:
        self.fechada.set()


@pytest.fixture
def apressado(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modulo, "ESPERAS", (0.01, 0.01))


@pytest.fixture
def postar() -> Iterator[Callable[..., Posto]]:
    postos: list[Posto] = []

    def abrir(*itens: Lote | Exception) -> Posto:
        postos.append(Posto(Roteiro(list(itens))))
        return postos[-1]

    yield abrir
    for posto in postos:
        posto.parar()
        posto._fio.join(PACIENCIA)
        assert isinstance(posto._fonte, Roteiro)
        assert posto._fonte.fechada.is_set()


def terminar(posto: Posto) -> None:
    assert isinstance(posto._fonte, Roteiro)
    assert posto._fonte.acabou.wait(PACIENCIA)


def ate_falhar(posto: Posto) -> None:
    fim = monotonic() + PACIENCIA
    while monotonic() < fim:
        assert posto.esperar() == ()


def proximo(posto: Vigia) -> Lote:
    """O que não é vazio; as falhas se esperam."""
    fim = monotonic() + PACIENCIA
    while monotonic() < fim:
        try:
            if (lote := posto.esperar()) != ():
                return lote
        except ErroOficina:
            pass
    pytest.fail("nada chegou")


@pytest.mark.usefixtures("apressado")
def test_o_que_se_acumula_se_entrega_junto_e_uma_vez_so(postar: Callable[..., Posto]) -> None:
    posto = postar(avisos(1, 3), avisos(1, 2, 3, 4), avisos(4))
    terminar(posto)
    assert posto.esperar() == avisos(1, 3, 2, 4)
    assert posto.esperar() == ()


@pytest.mark.usefixtures("apressado")
def test_ler_tudo_de_novo_dispensa_os_avisos(postar: Callable[..., Posto]) -> None:
    posto = postar(avisos(1), None, avisos(2))
    terminar(posto)
    assert posto.esperar() is None
    assert posto.esperar() == ()


@pytest.mark.usefixtures("apressado")
def test_quem_nao_vem_buscar_le_tudo(
    postar: Callable[..., Posto], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modulo, "FILA_MAXIMA", 3)
    posto = postar(avisos(1, 2), avisos(3, 4))
    terminar(posto)
    assert posto.esperar() is None
    assert posto._avisos == []


@pytest.mark.usefixtures("apressado")
def test_a_memoria_tem_teto(postar: Callable[..., Posto], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modulo, "LEMBRADOS", 2)
    posto = postar(avisos(1, 2, 3), avisos(3, 2), avisos(1))
    terminar(posto)
    assert posto.esperar() == avisos(1, 2, 3, 1)
    assert list(posto._vistos) == [3, 1]


@pytest.mark.usefixtures("apressado")
def test_quem_nunca_viu_nao_sabe_desde_quando(postar: Callable[..., Posto]) -> None:
    posto = postar(CAIU, (), avisos(1))
    terminar(posto)
    assert posto.esperar() is None


@pytest.mark.usefixtures("apressado")
def test_quem_ja_via_continua_de_onde_parou(postar: Callable[..., Posto]) -> None:
    posto = postar((), CAIU, avisos(1))
    assert proximo(posto) == avisos(1)


def test_sem_novidade_volta_de_meio_em_meio_segundo(postar: Callable[..., Posto]) -> None:
    inicio = monotonic()
    posto = postar(*[()] * 9)
    assert [posto.esperar() for _ in range(4)] == [()] * 4
    passou = monotonic() - inicio
    assert passou > 4 * (modulo.PASSO - FOLGA)
    assert isinstance(posto._fonte, Roteiro)
    assert posto._fonte.rondas <= 1 + passou / (modulo.ESPERAS[0] - FOLGA)


def test_a_falha_se_diz_uma_vez_por_segundo_ate_passar(postar: Callable[..., Posto]) -> None:
    posto = postar(*[CAIU] * 3, avisos(1))
    ditas: list[float] = []
    lote: Lote = ()
    while lote == () and len(ditas) < 60:
        try:
            lote = posto.esperar()
        except Indisponivel:
            ditas.append(monotonic())
    assert lote is None
    assert len(ditas) >= 2
    assert all(depois - antes > 1 - FOLGA for antes, depois in pairwise(ditas))
    assert ditas[-1] - ditas[0] < PACIENCIA


def test_falha_apos_falha_a_ronda_espera_mais(
    postar: Callable[..., Posto], monkeypatch: pytest.MonkeyPatch
) -> None:
    esperadas: list[float] = []

    def esperar(self: Event, segundos: float | None = None) -> bool:
        assert segundos is not None
        esperadas.append(segundos)
        if len(esperadas) == 7:
            self.set()
        return self.is_set()

    with monkeypatch.context() as troca:
        troca.setattr(modulo, "Event", type("Apressado", (Event,), {"wait": esperar}))
        posto = postar(CAIU, CAIU, CAIU, CAIU, (), CAIU, ())
    posto._fio.join(PACIENCIA)
    assert esperadas == [1, 2, 5, 5, 1, 1, 1]


@pytest.mark.usefixtures("apressado")
def test_defeito_do_programa_se_diz_e_nao_cega(postar: Callable[..., Posto]) -> None:
    motivo = RuntimeError("defeito")
    posto = postar((), *[motivo] * 500)
    with pytest.raises(ErroOficina, match="F5") as falha:
        ate_falhar(posto)
    assert falha.value.__cause__ is motivo


class Presa(Roteiro):
    """A que fica presa à rede."""

    presa, solta = Event(), Event()

    def ronda(self) -> Iterator[Lote]:
        self.presa.set()
        self.solta.wait(PACIENCIA)
        yield ()


def test_parar_solta_quem_espera_mesmo_com_a_rede_presa() -> None:
    fonte = Presa([])
    posto = Posto(fonte)
    assert fonte.presa.wait(PACIENCIA)
    recebidos: list[Lote] = []

    def esperar() -> None:
        while not posto._fim.is_set():
            recebidos.append(posto.esperar())

    fio = Thread(target=esperar)
    fio.start()
    inicio = monotonic()
    posto.parar()
    fio.join()
    assert monotonic() - inicio < PACIENCIA / 2
    assert set(recebidos) <= {()}
    assert posto.esperar() == ()
    posto.parar()
    assert not fonte.fechada.is_set()
    fonte.solta.set()
    assert fonte.fechada.wait(PACIENCIA)


class Contada:
    """A oficina que conta quantas vezes se leem os eventos, e falha quando se quer."""

    def __init__(self, oficina: OficinaLocal) -> None:
        self.oficina, self.lidas, self.falha = oficina, 0, False

    def executar(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> R:
        self.lidas += 1
        if self.falha:
            raise CAIU
        return self.oficina.executar(caso, pedido)

    def simular(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO, /) -> Simulacao[R]:
        raise NotImplementedError


@pytest.fixture
def direta(url_sqlite: str) -> Iterator[OficinaLocal]:
    oficina = OficinaLocal.em(url_sqlite)
    yield oficina
    oficina.fechar()


def test_no_sqlite_so_se_leem_os_eventos_quando_alguem_gravou(direta: OficinaLocal) -> None:
    contada = Contada(direta)
    sondagem = Sondagem(contada, None, direta.pulso())
    assert list(sondagem.ronda()) == [()]
    lidas = contada.lidas
    for _ in range(50):
        direta.executar(ListarClientes())
        assert list(sondagem.ronda()) == [()]
    assert contada.lidas == lidas
    numero = direta.executar(ANA).id
    contada.falha = True
    with pytest.raises(Indisponivel):
        list(sondagem.ronda())
    contada.falha = False
    ((visto,),) = sondagem.ronda()  # type: ignore[misc]  # a leitura que falhou ainda se deve
    assert visto.entidade_id == numero
    sondagem.fechar()


def test_pagina_por_pagina_ate_o_fim_e_o_que_e_demais_se_le_de_novo(
    direta: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for onde in (modulo, casos):
        monkeypatch.setattr(onde, "EVENTOS_MAXIMO", 2)
    sondagem = Sondagem(direta, None, None)
    assert list(sondagem.ronda()) == [()]
    numeros = [direta.executar(ANA).id for _ in range(5)]
    ((*lidos,),) = sondagem.ronda()  # type: ignore[misc]
    assert [lido.entidade_id for lido in lidos] == numeros
    for _ in range(6):
        direta.executar(ANA)
    assert list(sondagem.ronda()) == [None]
    ultimo = direta.executar(ANA).id
    ((*lidos,),) = sondagem.ronda()  # type: ignore[misc]
    assert lidos[-1].entidade_id == ultimo


def test_falha_entre_paginas_nao_perde_a_que_se_leu(
    direta: OficinaLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for onde in (modulo, casos):
        monkeypatch.setattr(onde, "EVENTOS_MAXIMO", 2)
    contada = Contada(direta)
    sondagem = Sondagem(contada, None, None)
    list(sondagem.ronda())
    numeros = [direta.executar(ANA).id for _ in range(3)]
    ler = Sondagem._ler

    def cair_na_segunda(self: Sondagem, marca: int | None) -> casos.Novidades:
        resposta = ler(self, marca)
        contada.falha = True
        return resposta

    with monkeypatch.context() as queda:
        queda.setattr(Sondagem, "_ler", cair_na_segunda)
        with pytest.raises(Indisponivel):
            list(sondagem.ronda())
    contada.falha = False
    ((*lidos,),) = sondagem.ronda()  # type: ignore[misc]
    assert [lido.entidade_id for lido in lidos] == numeros


BOM = (
    '{"id":9,"entidade":"clientes","entidade_id":1,"acao":"CriarCliente",'
    '"em":"2026-11-23T12:00:00Z"}'
)


def transmitir(*mensagens: tuple[str, str, str]) -> httpx2.Response:
    corpo = "".join(f"id: {id}\nevent: {tipo}\ndata: {dados}\n\n" for id, tipo, dados in mensagens)
    return httpx2.Response(200, headers=TIPO, text=corpo)


def test_ouve_e_continua_da_ultima_marca() -> None:
    rede = Rede(
        transmitir(("5", "inicio", "{}"), ("7", "mudou", BOM), ("8", "de_outra_versao", "?")),
        transmitir(("8", "inicio", "{}"), ("12", "recarregar", "{}")),
        transmitir(("12", "inicio", "{}")),
    )
    escuta = Escuta(rede.oficina, 2)
    lotes = [list(escuta.ronda()) for _ in range(3)]
    (um,) = lotes[0][1] or ()
    assert (um.id, um.entidade, um.em) == (9, "clientes", EM)
    assert lotes == [[(), (um,), ()], [(), None], [()]]
    assert [pedido.headers.get("Last-Event-ID") for pedido in rede.pedidos] == [None, "8", "12"]
    assert {pedido.headers["X-Loja"] for pedido in rede.pedidos} == {"2"}


@pytest.mark.parametrize(
    "mensagem",
    [
        *(("", "inicio", "{}"), ("-1", "inicio", "{}"), ("ç", "inicio", "{}")),
        *(("9" * 19, "mudou", BOM), ("1", "mudou", "{}"), ("1", "mudou", "[" * 50_000)),
        *(("1", "mudou", "nada"), ("1", "mudou", BOM.replace("9", "1e999", 1))),
        *(("1", "mudou", BOM.replace("9", '"9"', 1)), ("1", "mudou", BOM.replace("Z", ""))),
        ("1", "mudou", BOM.replace("acao", "x")),
    ],
    ids=lambda mensagem: " ".join(mensagem)[:60],
)
def test_aviso_que_nao_se_entende_e_falta_da_api(mensagem: tuple[str, str, str]) -> None:
    rede = Rede(transmitir(("5", "inicio", "{}"), mensagem))
    escuta = Escuta(rede.oficina, None)
    ronda = escuta.ronda()
    assert next(ronda) == ()
    with pytest.raises(Indisponivel, match="não entende"):
        next(ronda)
    assert escuta._marca == "5"


def test_quem_precisa_entrar_de_novo_fica_sabendo() -> None:
    corpo = {"codigo": NaoIdentificado.codigo, "detail": "A entrada venceu.", "erros": []}
    posto = Posto(Escuta(Rede(httpx2.Response(401, json=corpo)).oficina, None))
    with pytest.raises(NaoIdentificado, match="venceu"):
        ate_falhar(posto)
    posto.parar()
