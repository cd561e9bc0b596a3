"""O que mudou noutro balcão, sabido em até dois segundos, no banco ou pela API.

Um aviso só diz que é preciso ler de novo, e o que a própria tela gravou também se avisa. Quem abre
a tela começa a vigiar e depois lê: o que se confirmar daí em diante não se perde.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Protocol, TypeAlias, runtime_checkable

from oficina_cli.problemas import ESTRANHA, nao_se_entende
from oficina_cli.transmissao import Mensagem, Transmissao
from oficina_core.casos import traducao
from oficina_core.casos.eventos import EVENTOS_MAXIMO, Aviso, ListarEventos, Novidades
from oficina_core.casos.portas import Oficina, Pedido
from oficina_core.dominio.erros import ErroOficina

PASSO = 0.5  # segundos: de quanto em quanto tempo quem espera volta, mesmo sem novidade
ESPERAS = (1.0, 1.0, 2.0, 5.0)  # antes da ronda seguinte, pelas falhas que já vêm seguidas
PAGINAS_MAXIMO = 3  # além disso, ler tudo de novo custa menos que repetir o que se perdeu
FILA_MAXIMA = 1000  # avisos que ninguém veio buscar
LEMBRADOS = 5000
MARCA = re.compile("[0-9]{1,18}")

Lote: TypeAlias = tuple[Aviso, ...] | None  # None: é preciso ler tudo de novo


class Vigia(Protocol):
    """Quem avisa."""

    def esperar(self) -> Lote:
        """O que mudou, cada aviso uma vez; em até meio segundo, () se nada; None se é tudo.

        Levanta ErroOficina enquanto não há como saber (Indisponivel, se é o banco ou a API que
        falta), uma vez por segundo: basta chamar de novo. Depois de `parar`, é sempre ().
        """
        ...

    def parar(self) -> None:
        """De qualquer fio: solta já quem espera, e fecha o que se abriu."""
        ...


class Fonte(Protocol):
    """De onde se sabe o que mudou; cada ronda é uma olhada, ou uma transmissão até o fim."""

    def ronda(self) -> Iterator[Lote]:
        """Os lotes, também os vazios: cada um diz que se está a ver."""
        ...

    def cortar(self) -> None:
        """De outro fio: que a ronda em curso acabe, se espera por alguém."""
        ...

    def fechar(self) -> None: ...


class Pulso(Protocol):
    """O sinal barato de que alguém gravou."""

    def mudou(self) -> bool: ...
    def fechar(self) -> None: ...


@runtime_checkable
class ComPulso(Protocol):
    """A oficina que fala direto com o banco."""

    def pulso(self) -> Pulso: ...


@runtime_checkable
class Acompanhavel(Protocol):
    """A oficina do outro lado da rede."""

    def acompanhar(
        self, desde: str | None, loja: int | None
    ) -> AbstractContextManager[Transmissao]: ...


def vigia_de(oficina: Oficina, loja: int | None = None) -> Vigia:
    """Quem vigia essa oficina, em nome de quem ela atende; já começa."""
    if isinstance(oficina, Acompanhavel):
        return Posto(Escuta(oficina, loja))
    return Posto(
        Sondagem(oficina, loja, oficina.pulso() if isinstance(oficina, ComPulso) else None)
    )


class Posto:
    """Vigia em um fio só seu: quem espera por avisos nunca fica preso à rede ou ao banco."""

    def __init__(self, fonte: Fonte) -> None:
        self._fonte = fonte
        self._fim = Event()
        self._novidade = Condition()
        self._avisos: list[Aviso] = []
        self._vistos: dict[int, None] = {}  # em ordem: esquecem-se os mais velhos
        self._tudo = self._comecou = self._dita = False
        self._falha: ErroOficina | None = None
        self._fio = Thread(target=self._rondar, name="vigia", daemon=True)
        self._fio.start()

    def esperar(self) -> Lote:
        with self._novidade:
            # A falha que já se disse se repete depois de um tempo, se ainda for assim.
            self._novidade.wait_for(self._ha_o_que_dizer, ESPERAS[0] if self._dita else PASSO)
            if self._fim.is_set():
                return ()
            if self._tudo or self._avisos:
                lote = None if self._tudo else tuple(self._avisos)
                self._tudo, self._avisos = False, []
                return lote
            if self._falha is not None:
                self._dita = True
                raise self._falha.with_traceback(None)
            return ()

    def parar(self) -> None:
        self._fim.set()
        with self._novidade:
            self._novidade.notify_all()
        self._fonte.cortar()
        self._fio.join(PASSO)

    def _ha_o_que_dizer(self) -> bool:
        falhou = self._falha is not None and not self._dita
        return self._fim.is_set() or self._tudo or bool(self._avisos) or falhou

    def _rondar(self) -> None:
        falhas = 0
        while not self._fim.is_set():
            try:
                for lote in self._fonte.ronda():
                    falhas = 0
                    self._anotar(lote)
            except ErroOficina as erro:
                falhas += 1
                self._falhar(erro)
            except Exception as erro:  # noqa: BLE001 — sem este fio, a tela envelheceria calada
                falhas += 1
                self._falhar(_defeito(erro))
            self._fim.wait(ESPERAS[min(falhas, len(ESPERAS) - 1)])
        self._fonte.fechar()

    def _anotar(self, lote: Lote) -> None:
        with self._novidade:
            self._avisos += self._ineditos(lote or ())
            demais = lote is None or len(self._avisos) > FILA_MAXIMA
            cego = self._falha is not None and not self._comecou  # não se sabe desde quando
            if demais or cego:
                self._tudo, self._avisos = True, []
            self._falha, self._dita, self._comecou = None, False, True
            self._novidade.notify_all()

    def _ineditos(self, avisos: tuple[Aviso, ...]) -> list[Aviso]:
        """A marca para antes de um número que falta, e o que vem depois dele se repete."""
        ineditos = [aviso for aviso in avisos if aviso.id not in self._vistos]
        self._vistos.update((aviso.id, None) for aviso in ineditos)
        while len(self._vistos) > LEMBRADOS:
            del self._vistos[next(iter(self._vistos))]
        return ineditos

    def _falhar(self, erro: ErroOficina) -> None:
        with self._novidade:
            self._falha = erro
            self._novidade.notify_all()


def _defeito(erro: Exception) -> ErroOficina:
    falha = ErroOficina(
        "Não se vê o que muda nos outros balcões, por um defeito do programa; atualize a tela com "
        "F5 e avise quem cuida dele."
    )
    falha.__cause__ = erro
    return falha


@dataclass
class Sondagem:
    """Direto no banco: olha os eventos, mas só quando o pulso diz que alguém gravou."""

    oficina: Oficina
    loja: int | None
    pulso: Pulso | None
    _marca: int | None = None
    _deve: bool = False  # o pulso bateu, e ainda não se leu

    def ronda(self) -> Iterator[Lote]:
        self._deve |= self.pulso is None or self.pulso.mudou()
        lote = self._novidades() if self._deve else ()
        self._deve = False
        yield lote

    def cortar(self) -> None:
        """Nada espera aqui além do banco, que tem prazo."""

    def fechar(self) -> None:
        if self.pulso is not None:
            self.pulso.fechar()

    def _novidades(self) -> Lote:
        marca = self._ler(None).marca if self._marca is None else self._marca
        avisos: tuple[Aviso, ...] = ()
        depois = marca
        for _ in range(PAGINAS_MAXIMO):
            pagina = self._ler(depois)
            if depois == marca:  # só a que começa na marca pode levá-la adiante
                marca = pagina.marca
            avisos += pagina.avisos
            if len(pagina.avisos) < EVENTOS_MAXIMO:
                self._marca = marca
                return avisos
            depois = pagina.avisos[-1].id
        self._marca = self._ler(None).marca
        return None

    def _ler(self, marca: int | None) -> Novidades:
        return self.oficina.executar(ListarEventos(marca=marca), Pedido(loja=self.loja))


@dataclass
class Escuta:
    """Pela API: ouve a transmissão, e quando ela acaba recomeça do último aviso."""

    oficina: Acompanhavel
    loja: int | None
    _marca: str | None = None
    _transmissao: Transmissao | None = None
    _cortada: Event = field(default_factory=Event)

    def ronda(self) -> Iterator[Lote]:
        with self.oficina.acompanhar(self._marca, self.loja) as self._transmissao:
            if self._cortada.is_set():  # enquanto se ligava
                return
            for mensagem in self._transmissao.mensagens:
                yield self._entender(mensagem)

    def cortar(self) -> None:
        self._cortada.set()
        if self._transmissao is not None:
            self._transmissao.cortar()

    def fechar(self) -> None:
        """Cada transmissão se fecha ao acabar."""

    def _entender(self, mensagem: Mensagem) -> Lote:
        """Levanta Indisponivel se a API não fala assim; o tipo que não se conhece não faz mal."""
        lote: Lote = None if mensagem.tipo == "recarregar" else ()
        try:
            if mensagem.tipo == "mudou":
                lote = (traducao.ler_texto(Aviso, mensagem.dados),)
            if not MARCA.fullmatch(mensagem.id):
                raise ValueError(mensagem.id)
        except ESTRANHA as erro:
            raise nao_se_entende({}) from erro
        self._marca = mensagem.id
        return lote
