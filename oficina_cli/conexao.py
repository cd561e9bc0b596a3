"""Quem atende os pedidos, aberto só quando o primeiro é feito."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from oficina_cli.erros import dizer
from oficina_cli.opcoes import Formato
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.erros import DadoInvalido

if TYPE_CHECKING:
    from oficina_core.configuracao import Configuracao


@dataclass(kw_only=True)
class Conexao:
    """O que se escolheu antes do comando. Importa só o que a escolha precisa, e só ao usar.

    `pronta` é uma oficina já aberta por quem chama, como nos testes; com ela, nem o ambiente se lê.
    """

    api: str | None = None
    banco: str | None = None
    loja: int | None = None
    env: Path | None = None
    saida: Formato | None = None
    sem_perguntas: bool = False
    pronta: Oficina | None = None
    _ao_fechar: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.api and self.banco:
            raise DadoInvalido("Diga --api ou --banco, um dos dois.")

    @cached_property
    def configuracao(self) -> "Configuracao":
        from oficina_core.configuracao import Configuracao

        return Configuracao.ler(
            self.env, oficina_api=self.api, oficina_banco=self.banco, oficina_loja=self.loja
        )

    @cached_property
    def oficina(self) -> Oficina:
        if self.pronta is not None:
            return self.pronta
        return self._remota() if self.configuracao.oficina_api else self._local()

    def loja_dita(self) -> int | None:
        """A loja em que se trabalha, se alguém a disse."""
        return self.loja if self.pronta is not None else self.configuracao.oficina_loja

    def banco_direto(self) -> str:
        """O endereço do banco, para o que só se faz direto nele."""
        if self.configuracao.oficina_api:
            raise DadoInvalido("Isto se faz direto no banco; diga-o com --banco, sem OFICINA_API.")
        return self.configuracao.banco()

    def fechar(self) -> None:
        for fechar in self._ao_fechar:
            fechar()

    def _remota(self) -> Oficina:
        from oficina_cli.remota import OficinaRemota

        token = self.configuracao.oficina_token
        oficina = OficinaRemota.em(
            self.configuracao.oficina_api or "", token.get_secret_value() if token else None
        )
        self._ao_fechar.append(oficina.fechar)
        return oficina

    def _local(self) -> Oficina:
        from oficina_core.banco.local import OficinaLocal
        from oficina_core.banco.motor import ARQUIVO

        banco = self.configuracao.banco()
        arquivo = Path(banco.removeprefix(ARQUIVO))
        if banco.startswith(ARQUIVO) and not arquivo.exists() and sys.stderr.isatty():
            dizer(f"Banco novo, vazio, em {arquivo}")
        oficina = OficinaLocal.em(banco)
        self._ao_fechar.append(oficina.fechar)
        if cpf := self.configuracao.oficina_operador:
            return oficina.como(oficina.operador(cpf))
        return oficina
