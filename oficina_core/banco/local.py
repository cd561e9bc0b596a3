"""A oficina que fala direto com o banco: uma transação por caso de uso, e só aqui."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event
from time import monotonic
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as FilaCheia

from oficina_core.banco import idempotencia, identidade, manutencao
from oficina_core.banco.falhas import Reacao, insistir, reacao
from oficina_core.banco.idempotencia import Chave
from oficina_core.banco.motor import (
    CONSULTA_SEGUNDOS,
    Conexoes,
    abrir,
    conexoes,
    gravando,
    lendo,
)
from oficina_core.banco.pulso import Pulso
from oficina_core.banco.repositorios import entrada
from oficina_core.banco.repositorios.mensagens import ver_caixa
from oficina_core.banco.unidade import UnidadeSQL
from oficina_core.casos import traducao
from oficina_core.casos.entrada import ComSenha, Senhas
from oficina_core.casos.eventos import TRANSACAO_MAXIMA
from oficina_core.casos.mensagens import CaixaDeSaida
from oficina_core.casos.portas import PEDIDO, CasoDeUso, Pedido, R, Simulacao
from oficina_core.catalogo import CATALOGO, ROTAS, Rota
from oficina_core.dominio.acesso import SISTEMA, Ator, Sujeito, recusa
from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel
from oficina_core.senhas import ARGON

A = TypeVar("A")

SAL = 16  # bytes, o que o Argon2 recomenda
INTERNOS = frozenset(rota.acao for rota in CATALOGO if not rota.verbo)
SEM_SIMULAR = (
    "O que mostra os dados de alguém não se simula, porque fica no registro quem os viu; "
    "peça sem simular."
)
LIMPEZA = 256  # uma gravação em tantas esquece as chaves vencidas


def relogio() -> datetime:
    return datetime.now(UTC)


class OficinaLocal:
    """Executa cada pedido em uma transação: confirma no fim, desfaz no erro, repete se perdeu."""

    unidade = UnidadeSQL

    def __init__(
        self,
        motor: Engine,
        sujeito: Sujeito = SISTEMA,
        agora: Callable[[], datetime] = relogio,
        conferido: Event | None = None,
        senhas: Senhas = ARGON,
    ) -> None:
        self._motor, self._sujeito, self._agora, self._senhas = motor, sujeito, agora, senhas
        self._conferido = conferido or Event()  # o banco já se sabe na revisão certa

    @classmethod
    def em(cls, url: str, agora: Callable[[], datetime] = relogio) -> Self:
        return cls(abrir(url), agora=agora)

    def como(self, sujeito: Sujeito) -> Self:
        return type(self)(self._motor, sujeito, self._agora, self._conferido, self._senhas)

    def operador(self, cpf: str) -> Sujeito:
        """O funcionário desse CPF; NaoIdentificado se ninguém o tem."""
        return self._achar(lambda conexao: identidade.procurar_operador(conexao, cpf))

    def link(self, resumo: str) -> Sujeito:
        """O link de aprovação com esse resumo; NaoEncontrado se não há."""
        return self._achar(lambda conexao: identidade.procurar_link(conexao, resumo))

    def _achar(self, procurar: Callable[[Connection], A]) -> A:
        def ler() -> A:
            with lendo(self._em_dia(), segundos=CONSULTA_SEGUNDOS) as conexao:
                return procurar(conexao)

        return insistir(ler, versao_dita=False)

    def pulso(self) -> Pulso:
        """Se alguém grava no banco desta oficina; quem o pede o fecha."""
        return Pulso(self._motor)

    def conexoes(self) -> Conexoes:
        return conexoes(self._motor)

    def caixa_de_saida(self) -> CaixaDeSaida:
        """De todas as lojas: é de quem cuida do programa, não de quem trabalha em uma."""
        return self._achar(lambda conexao: ver_caixa(conexao, self._agora()))

    def largar_conexoes(self) -> None:
        """As que se usam acabam o que fazem; as seguintes se ligam de novo a quem atende."""
        self._motor.dispose()

    def fechar(self) -> None:
        self._motor.dispose()

    def executar(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO) -> R:
        """Sem chave dita, uma só desta chamada: quem perde a confirmação acha o que fez."""
        rota = ROTAS[type(caso)]
        versao_dita = getattr(caso, "versao", None) is not None
        if not rota.escreve:
            traducao.escrever(caso)
            return insistir(lambda: self._ler(rota, caso, pedido), versao_dita=versao_dita)
        dita = pedido.chave or secrets.token_hex(16)
        caso = self._preparar(rota, caso, pedido, dita)
        chave = Chave.de(str(self._sujeito), caso, dita, pedido.loja)
        resposta = insistir(
            lambda: self._gravar(rota, caso, pedido, chave), versao_dita=versao_dita
        )
        if not secrets.randbelow(LIMPEZA):
            self._limpar()
        return resposta

    def _preparar(self, rota: Rota, caso: CasoDeUso[R], pedido: Pedido, chave: str) -> CasoDeUso[R]:
        """O caso com a senha já resumida: antes da transação, que é lento, e só para quem pode.

        O sal é da chave: a mesma senha dá o mesmo resumo, e outra, com a mesma chave, se percebe.
        """
        if not isinstance(caso, ComSenha):
            return caso
        traducao.escrever(caso)
        self._achar(lambda conexao: self._unidade(conexao, rota, pedido))
        sal = sha256(f"{self._sujeito}:{type(caso).__name__}:{chave}".encode()).digest()
        preparado: CasoDeUso[R] = caso.preparar(self._senhas, sal[:SAL], self)
        return preparado

    def simular(self, caso: CasoDeUso[R], pedido: Pedido = PEDIDO) -> Simulacao[R]:
        """O que mudaria, sem gravar nada; DadoInvalido se o caso só lê, ou mostra o de alguém.

        Quem vê dados de pessoas fica no registro, e o que se simula não deixa nenhum. A senha que
        se confere conta no freio, como de verdade: sem isso, simular seria um modo de adivinhá-la
        sem limite.
        """
        rota = ROTAS[type(caso)]
        traducao.escrever(caso)
        if not rota.escreve:
            raise DadoInvalido("Só se simula o que grava; esse pedido só lê.")
        caso = self._preparar(rota, caso, pedido, secrets.token_hex(16))

        def tentar() -> Simulacao[R]:
            with gravando(self._em_dia()) as conexao:
                try:
                    uow = self._unidade(conexao, rota, pedido)
                    if traducao.passageira(rota.resultado):
                        raise DadoInvalido(SEM_SIMULAR)
                    resultado = caso.executar(uow)
                    return Simulacao(resultado=resultado, efeitos=uow.efeitos(type(caso).__name__))
                finally:
                    conexao.rollback()

        return insistir(tentar, versao_dita=getattr(caso, "versao", None) is not None)

    def _ler(self, rota: Rota, caso: CasoDeUso[R], pedido: Pedido) -> R:
        with lendo(self._em_dia(), segundos=CONSULTA_SEGUNDOS) as conexao:
            return caso.executar(self._unidade(conexao, rota, pedido))

    def _gravar(self, rota: Rota, caso: CasoDeUso[R], pedido: Pedido, chave: Chave) -> R:
        with self._em_dia().connect() as conexao:
            if chave.dada and (feita := self._lembrar(conexao, rota, chave)):
                valeu: R = feita[0]
                return valeu
            try:
                with gravando(conexao):
                    return self._transacao(conexao, rota, caso, pedido, chave)
            except IntegrityError as erro:
                if reacao(erro) is not Reacao.REPETIDO:
                    raise
                lembrada = self._lembrar(conexao, rota, chave)
                if lembrada is None:
                    raise
                resposta: R = lembrada[0]
                return resposta

    def _transacao(
        self,
        conexao: Connection,
        rota: Rota,
        caso: CasoDeUso[R],
        pedido: Pedido,
        chave: Chave,
    ) -> R:
        """Nesta ordem: quem pede, a chave, o caso, os eventos e a resposta guardada."""
        inicio = monotonic()
        uow = self._unidade(conexao, rota, pedido)
        chave.tomar(conexao, self._agora())
        resposta = caso.executar(uow)
        uow.escrever_eventos(type(caso).__name__, pedido.requisicao)
        chave.responder(conexao, resposta)
        if monotonic() - inicio > TRANSACAO_MAXIMA.total_seconds():
            raise Indisponivel("O pedido demorou demais e nada se gravou; divida-o e repita.")
        self._conferir_esquecidos(uow)
        return resposta

    def _lembrar(self, conexao: Connection, rota: Rota, chave: Chave) -> tuple[Any] | None:
        with gravando(conexao):
            return chave.lembrar(conexao, rota.resultado)

    def _unidade(self, conexao: Connection, rota: Rota, pedido: Pedido) -> UnidadeSQL:
        ator, fuso = identidade.identificar(conexao, self._sujeito, pedido.loja)
        return self.unidade(conexao, _autorizar(ator, rota), fuso, self._agora())

    def _conferir_esquecidos(self, uow: UnidadeSQL) -> None:
        """Nada em produção; nos testes, falha se um caso mudou e não salvou."""

    def _em_dia(self) -> Engine:
        """O motor, depois de saber que o banco serve a este programa."""
        if not self._conferido.is_set():
            manutencao.conferir(self._motor)
            self._conferido.set()
        return self._motor

    def _limpar(self) -> None:
        """Se falha, a gravação já valeu, e outra limpa depois."""
        with (
            suppress(DBAPIError, FilaCheia, ErroOficina),
            gravando(self._em_dia()) as conexao,
        ):
            idempotencia.limpar(conexao, self._agora(), INTERNOS)
            entrada.limpar(conexao, self._agora())


def _autorizar(ator: Ator, rota: Rota) -> Ator:
    """O ator com o alcance do papel neste caso; AcessoNegado se o catálogo não o admite."""
    alcance = rota.papeis.get(ator.papel)
    if alcance is None:
        raise recusa(ator.papel)
    return replace(ator, alcance=alcance)
