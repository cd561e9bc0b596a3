"""Senhas com Argon2id, nos parâmetros mínimos da OWASP: 19 MiB, duas voltas, um fio.

Um resumo gasta memória de propósito; por isso, no máximo dois ao mesmo tempo em cada processo.
"""

from contextlib import AbstractContextManager
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from oficina_core.casos.entrada import (
    ConcluirEntrada,
    ExaminarEntrada,
    Resumo,
    Senhas,
    exigir_vez,
)
from oficina_core.casos.portas import Oficina
from oficina_core.dominio.acesso import Sujeito, TipoAtor
from oficina_core.dominio.erros import NaoIdentificado

if TYPE_CHECKING:
    from argon2 import PasswordHasher

JUNTOS = 2
VEZ: AbstractContextManager[object] = BoundedSemaphore(JUNTOS)


@cache
def _argon() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _de_ninguem() -> str:
    """O resumo que se confere quando não há nenhum, para gastar o mesmo tempo."""
    return _argon().hash("ninguém tem esta senha")


class SenhasArgon:
    def resumir(self, senha: str, sal: bytes | None = None) -> Resumo:
        with VEZ:
            return Resumo(_argon().hash(senha, salt=sal))

    def confere(self, resumo: str | None, senha: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        with VEZ:
            try:
                _argon().verify(resumo or _de_ninguem(), senha)
            except (VerificationError, InvalidHashError):
                return False
        return resumo is not None

    def envelheceu(self, resumo: str) -> bool:
        return _argon().check_needs_rehash(resumo)


ARGON = SenhasArgon()


def entrar(oficina: Oficina, cpf: str, senha: str, origem: str, senhas: Senhas = ARGON) -> Sujeito:
    """O funcionário desse CPF, se a senha é a dele; `origem` é o endereço de onde se tenta.

    Levanta NaoIdentificado, com a mesma frase para CPF que não existe e senha errada, e
    MuitasTentativas quando é preciso esperar.
    """
    exame = oficina.executar(ExaminarEntrada(cpf=cpf, origem=origem))
    exigir_vez(exame.espera)
    confere = senhas.confere(exame.resumo, senha)
    if not confere or exame.funcionario_id is None or exame.resumo is None:
        raise NaoIdentificado("O CPF ou a senha não conferem; confira os dois e tente de novo.")
    novo = senhas.resumir(senha) if senhas.envelheceu(exame.resumo) else None
    oficina.executar(
        ConcluirEntrada(
            funcionario_id=exame.funcionario_id,
            cpf=cpf,
            origem=origem,
            lido=exame.resumo,
            resumo=novo,
        )
    )
    return Sujeito(tipo=TipoAtor.FUNCIONARIO, id=exame.funcionario_id)
