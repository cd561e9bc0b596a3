"""Quem atende os pedidos, aberto só quando o primeiro é feito."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from socket import gethostname
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from oficina_cli import SO_DIRETO
from oficina_cli.erros import dizer
from oficina_cli.opcoes import Formato
from oficina_core.casos.portas import Oficina, Recepcao
from oficina_core.dominio.acesso import SISTEMA
from oficina_core.dominio.erros import DadoInvalido, NaoIdentificado
from oficina_core.dominio.valores import CPF
from oficina_core.enderecos import abre_no_navegador, arquivo_do_banco

if TYPE_CHECKING:
    from oficina_cli.credenciais import Credencial
    from oficina_core.configuracao import Configuracao

COM_SENHA = re.compile("//[^/]*:[^/]+@")


@dataclass(kw_only=True)
class Conexao:
    """O que se escolheu antes do comando. Importa só o que a escolha precisa, e só ao usar.

    `pronta` é uma oficina já aberta por quem chama, como nos testes: para atender com ela, nem o
    ambiente se lê.
    """

    api: str | None = None
    banco: str | None = None
    loja: int | None = None
    env: Path | None = None
    saida: Formato | None = None
    sem_perguntas: bool = False
    pronta: Oficina | None = None
    _aberta: Oficina | None = None
    _abrindo: RLock = field(default_factory=RLock)  # no balcão, vários fios pedem ao mesmo tempo
    _ao_fechar: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.api and self.banco:
            raise DadoInvalido("Diga --api ou --banco, um dos dois.")

    @cached_property
    def configuracao(self) -> "Configuracao":
        from oficina_core.configuracao import Configuracao

        if self.banco and COM_SENHA.search(self.banco):
            dizer(
                "Aviso: a senha em --banco fica à vista de quem usa esta máquina; "
                "ponha o endereço em OFICINA_BANCO, ou a senha em DB_PASSWORD."
            )
        return Configuracao.ler(self.env, **self.escolhas)

    @property
    def escolhas(self) -> dict[str, Any]:
        """O que se disse na linha de comando, que vale mais que tudo."""
        return {
            "oficina_api": self.api,
            "oficina_banco": self.banco,
            "oficina_loja": self.loja,
        }

    @property
    def oficina(self) -> Oficina:
        """A de sempre; a primeira vez abre-a."""
        if self.pronta is not None:
            return self.pronta
        with self._abrindo:
            if self._aberta is None:
                self._aberta = self._remota() if self.configuracao.oficina_api else self._local()
            return self._aberta

    @property
    def por_escolher(self) -> bool:
        """Se ninguém disse ainda onde a oficina fica, e ela não está neste computador."""
        return self.pronta is None and not self.configuracao.escolhida

    def reler(self) -> None:
        """A configuração mudou: o que se abriu com a de antes já não vale."""
        self._aberta = None
        for lida in ("configuracao", "credencial"):
            self.__dict__.pop(lida, None)

    def ao_fechar(self, fazer: Callable[[], None]) -> None:
        """O que se desfaz quando o programa acaba; o último que se pediu é o primeiro."""
        self._ao_fechar.append(fazer)

    @property
    def onde(self) -> str:
        """Que oficina é, para não misturar as coisas de uma com as de outra; não se mostra."""
        if self.pronta is not None:
            return "pronta"
        return self.configuracao.oficina_api or self.configuracao.banco()

    def lembrar(self, resposta: object) -> None:
        """O que se mostrou, para oferecer a quem digitar depois."""
        if self.pronta is None and self.env is None:
            from oficina_cli.lembranca import lembrar

            lembrar(self.onde, resposta, [dita for dita in (self.api, self.banco) if dita])

    def entrar(self, cpf: str, senha: str) -> Oficina:
        """A oficina em nome de quem tem esse CPF e essa senha; a entrada não se guarda.

        Levanta NaoIdentificado ou, a quem errou demais, MuitasTentativas.
        """
        if self.pronta is None and self.configuracao.oficina_api:
            return self._entrar_na_api(cpf, senha)
        from oficina_core import senhas

        recepcao = cast("Recepcao", self.oficina).como(SISTEMA)  # direto no banco, sempre é uma
        return recepcao.como(senhas.entrar(recepcao, cpf, senha, origem=gethostname()))

    def loja_dita(self) -> int | None:
        """A loja em que se trabalha, se alguém a disse."""
        return self.loja if self.pronta is not None else self.configuracao.oficina_loja

    def banco_direto(self) -> str:
        """O endereço do banco, para o que só se faz direto nele."""
        self.exigir_direta()
        return self.configuracao.banco()

    def exigir_direta(self) -> None:
        """Levanta DadoInvalido se quem atende é uma API."""
        if self.pronta is None and self.configuracao.oficina_api:
            raise DadoInvalido(SO_DIRETO)

    def endereco_da_api(self) -> str:
        """O da API em que se entra; DadoInvalido se não se disse nenhuma."""
        if not self.configuracao.oficina_api:
            raise DadoInvalido(
                "Direto no banco não se entra; diga em que API, com --api ou OFICINA_API.", "api"
            )
        return self.configuracao.oficina_api

    def url_publica(self) -> str | None:
        """Onde o cliente abre um link: a dita ou, sem ela, a da API; None direto no banco.

        Levanta DadoInvalido se a dita não é um endereço.
        """
        dita = self.configuracao.oficina_url_publica
        if dita and not abre_no_navegador(dita):
            raise DadoInvalido("OFICINA_URL_PUBLICA é como https://oficina.exemplo.com.br.")
        return dita or self.configuracao.oficina_api

    @cached_property
    def credencial(self) -> "Credencial":
        """A que vale na API escolhida: um token nunca vai a outra origem."""
        from oficina_cli import credenciais, remota

        token = self.configuracao.oficina_token
        origem = remota.origem(self.endereco_da_api())
        return credenciais.em_vigor(token.get_secret_value() if token else None, origem)

    def fechar(self) -> None:
        for fechar in reversed(self._ao_fechar):
            fechar()

    def _remota(self) -> Oficina:
        from oficina_cli.remota import OficinaRemota

        credencial = self.credencial
        oficina = OficinaRemota.em(self.endereco_da_api(), credencial.token, credencial.como_entrar)
        self._ao_fechar.append(oficina.fechar)
        return oficina

    def _entrar_na_api(self, cpf: str, senha: str) -> Oficina:
        from oficina_cli import remota

        url = self.endereco_da_api()
        remota.exigir_protegida(url)
        porta = remota.OficinaRemota.em(url)
        try:
            entrada = porta.entrar({"cpf": CPF(cpf), "senha": senha})
        finally:
            porta.fechar()
        if entrada.token is None:
            raise NaoIdentificado(entrada.aviso)
        oficina = remota.OficinaRemota.em(url, entrada.token)
        self._ao_fechar.append(oficina.fechar)
        return oficina

    def _local(self) -> Oficina:
        from oficina_core.banco.local import OficinaLocal

        banco = self.configuracao.banco()
        arquivo = arquivo_do_banco(banco)
        if arquivo and not arquivo.exists() and sys.stderr.isatty():
            dizer(f"Banco novo, vazio, em {arquivo}")
        oficina = OficinaLocal.em(banco)
        self._ao_fechar.append(oficina.fechar)
        if cpf := self.configuracao.oficina_operador:
            return oficina.como(oficina.operador(cpf))
        return oficina
