"""A tabela de erros dos bancos: o que se repete, o que se recusa e o que é falta de banco.

Repetir é sempre o caso inteiro, em outra transação; quem
perdeu a conexão no COMMIT repete com a mesma chave, e a resposta guardada diz se já valeu.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from ssl import SSLCertVerificationError
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as FilaCheia

from oficina_core.dominio.erros import (
    Conflito,
    DadoInvalido,
    ErroOficina,
    Indisponivel,
    VersaoAntiga,
)

R = TypeVar("R")


class Reacao(Enum):
    REPETIR = auto()  # a transação perdeu a vez
    REPETIR_POUCO = auto()  # esperou demais por uma trava
    RECONECTAR = auto()  # a conexão caiu
    OCUPADO = auto()  # o banco não atende agora
    REPETIDO = auto()  # já existe outro igual
    GUARDA = auto()  # o banco barrou o que o caso devia ter barrado
    INVALIDO = auto()  # o valor não cabe
    DEFEITO = auto()  # erro do programa


TENTATIVAS = {
    Reacao.REPETIR: 8,
    Reacao.REPETIR_POUCO: 2,
    Reacao.RECONECTAR: 5,
    Reacao.REPETIDO: 3,  # da outra vez, o caso acha quem cadastrou primeiro e responde por ele
}
TENTATIVAS_DE_VERSAO = 40
ESPERA_MINIMA, ESPERA_MAXIMA = 0.01, 0.16  # segundos
PRAZO = 8  # segundos; depois dele não se começa outra tentativa, que outros também esperam

MYSQL = {
    1213: Reacao.REPETIR,
    1020: Reacao.REPETIR,
    1317: Reacao.REPETIR,
    1412: Reacao.REPETIR,  # outro migrou o banco
    1205: Reacao.REPETIR_POUCO,
    2006: Reacao.RECONECTAR,
    2013: Reacao.RECONECTAR,
    2014: Reacao.RECONECTAR,
    2055: Reacao.RECONECTAR,
    3100: Reacao.RECONECTAR,  # o grupo não pôde confirmar
    3101: Reacao.RECONECTAR,
    1290: Reacao.RECONECTAR,
    1836: Reacao.RECONECTAR,
    1053: Reacao.RECONECTAR,
    1062: Reacao.REPETIDO,
    3819: Reacao.GUARDA,
    4025: Reacao.GUARDA,
    1451: Reacao.GUARDA,
    1452: Reacao.GUARDA,
    1264: Reacao.INVALIDO,
    1366: Reacao.INVALIDO,
    1406: Reacao.INVALIDO,
    1021: Reacao.OCUPADO,
    1026: Reacao.OCUPADO,
    1030: Reacao.OCUPADO,
    1037: Reacao.OCUPADO,
    1038: Reacao.OCUPADO,
    1041: Reacao.OCUPADO,
    1135: Reacao.OCUPADO,
    1180: Reacao.OCUPADO,
    1040: Reacao.OCUPADO,
    1044: Reacao.OCUPADO,
    1045: Reacao.OCUPADO,
    1049: Reacao.OCUPADO,
    1146: Reacao.OCUPADO,
    1114: Reacao.OCUPADO,
    1129: Reacao.OCUPADO,
    1130: Reacao.OCUPADO,
    1142: Reacao.OCUPADO,
    1203: Reacao.OCUPADO,
    1226: Reacao.OCUPADO,
    1227: Reacao.OCUPADO,
    1698: Reacao.OCUPADO,
    1862: Reacao.OCUPADO,
    1969: Reacao.OCUPADO,
    2003: Reacao.OCUPADO,
    2026: Reacao.OCUPADO,
    3024: Reacao.OCUPADO,
    3032: Reacao.OCUPADO,
    3118: Reacao.OCUPADO,
    3955: Reacao.OCUPADO,
    0: Reacao.RECONECTAR,  # o PyMySQL já sabe que a conexão morreu
}

SQLITE = {
    5: Reacao.REPETIR_POUCO,  # BUSY
    6: Reacao.REPETIR_POUCO,  # LOCKED
    8: Reacao.OCUPADO,  # READONLY
    9: Reacao.OCUPADO,  # INTERRUPT: passou do prazo
    10: Reacao.OCUPADO,  # IOERR
    11: Reacao.OCUPADO,  # CORRUPT
    13: Reacao.OCUPADO,  # FULL
    14: Reacao.OCUPADO,  # CANTOPEN
    26: Reacao.OCUPADO,  # NOTADB
    275: Reacao.GUARDA,  # CHECK
    787: Reacao.GUARDA,  # FOREIGNKEY
    1555: Reacao.REPETIDO,  # PRIMARYKEY
    2067: Reacao.REPETIDO,  # UNIQUE
}

SQLITE_LEU_ANTES = 517  # BUSY_SNAPSHOT: leu sem pegar a vez, e isso é defeito
SEM_SERVIDOR, CERTIFICADO = 2003, 2026

SEM_DIREITO = "O usuário do banco não tem direito a isso; fale com quem cuida dele."
BLOQUEADO = "O usuário do banco está bloqueado; fale com quem cuida dele."
DEMOROU = "A consulta demorou demais; peça menos de uma vez."
MOTIVOS = {
    1045: "O banco recusou o usuário ou a senha; confira DB_USER e DB_PASSWORD.",
    1044: "O usuário não tem direito a esse banco; confira DB_USER e DB_NAME.",
    1130: "O servidor do banco não aceita esta máquina; fale com quem cuida dele.",
    1142: SEM_DIREITO,
    1227: SEM_DIREITO,
    1698: "O banco recusou o usuário ou a senha; confira DB_USER e DB_PASSWORD.",
    1114: "O disco do servidor está cheio; fale com quem cuida dele.",
    1021: "O disco do servidor está cheio; fale com quem cuida dele.",
    1049: "Esse banco não existe no servidor; crie-o, ou confira DB_NAME.",
    1146: "O banco ainda não tem as tabelas; rode: oficina banco migrar",
    2003: "O servidor do banco não respondeu; confira DB_HOST e DB_PORT, e se ele está ligado.",
    1969: DEMOROU,
    3024: DEMOROU,
    1862: "A senha do usuário do banco venceu; fale com quem cuida dele.",
    2026: "A conexão segura (TLS) com o servidor do banco não se fez; confira o certificado.",
    3118: BLOQUEADO,
    3955: BLOQUEADO,  # por senhas erradas seguidas
    1205: "Outra pessoa está gravando há muito tempo; tente de novo em instantes.",
    5: "Outro programa está gravando no arquivo do banco; tente de novo em instantes.",
    8: "O arquivo do banco não aceita gravação; confira a permissão dele e da pasta.",
    9: DEMOROU,
    10: "O disco falhou ou está cheio; libere espaço e tente de novo.",
    11: "O arquivo do banco está danificado; restaure uma cópia de segurança.",
    13: "O disco está cheio; libere espaço e tente de novo.",
    14: "Não foi possível abrir o arquivo do banco; confira se a pasta existe e aceita gravação.",
    26: "Esse arquivo não é um banco da oficina; confira o caminho.",
}
NAO_SERVE = "Quem está nesse endereço não atendeu como banco; confira DB_HOST, DB_PORT e DB_NAME."
SEM_RESPOSTA = "O banco de dados não respondeu a tempo; tente de novo em instantes."


def codigo(erro: DBAPIError) -> int:
    """O número do erro no MySQL, ou o do SQLite; -1 quando não há."""
    origem = erro.orig
    if (do_sqlite := getattr(origem, "sqlite_errorcode", None)) is not None:
        return int(do_sqlite)
    if isinstance(getattr(origem, "original_exception", None), SSLCertVerificationError):
        return CERTIFICADO  # o PyMySQL diz que ninguém respondeu
    primeiro = origem.args[0] if origem is not None and origem.args else None
    return primeiro if isinstance(primeiro, int) else -1


def numero_do_banco(erro: BaseException | None) -> int | None:
    """O do banco, para o registro; None se o erro não é dele."""
    return codigo(erro) if isinstance(erro, DBAPIError) else None


def reacao(erro: DBAPIError) -> Reacao:
    tabela = SQLITE if hasattr(erro.orig, "sqlite_errorcode") else MYSQL
    numero = codigo(erro)
    if numero == SQLITE_LEU_ANTES:
        return Reacao.DEFEITO
    if numero in tabela:
        return tabela[numero]
    if tabela is SQLITE and (numero & 0xFF) in tabela:
        return tabela[numero & 0xFF]
    if erro.connection_invalidated:
        return Reacao.RECONECTAR
    return Reacao.OCUPADO if _ao_conectar(erro) else Reacao.DEFEITO


def anotar(contexto: ExceptionContext) -> None:
    """Guarda no erro se ele é de ligar ao banco; o da confirmação também não tem comando."""
    if contexto.sqlalchemy_exception is not None:
        contexto.sqlalchemy_exception.ao_conectar = contexto.connection is None  # type: ignore[attr-defined]


def _ao_conectar(erro: DBAPIError) -> bool:
    """Se nem houve transação: quem atendeu, ou não atendeu, é que não serve."""
    return bool(getattr(erro, "ao_conectar", False))


def traduzir(erro: DBAPIError) -> ErroOficina | None:
    """O erro como a oficina o diz; None para defeito do programa."""
    match reacao(erro):
        case Reacao.REPETIDO:
            return Conflito("Já existe um registro igual; veja o que está cadastrado.")
        case Reacao.GUARDA:
            return Conflito("O banco recusou a mudança para não ficar errado; veja e repita.")
        case Reacao.INVALIDO:
            return DadoInvalido("Um dos valores não cabe no banco; confira o que digitou.")
        case Reacao.DEFEITO:
            return None
        case _:
            numero = codigo(erro)
            basico = numero & 0xFF if hasattr(erro.orig, "sqlite_errorcode") else numero
            padrao = NAO_SERVE if _ao_conectar(erro) else SEM_RESPOSTA
            return Indisponivel(MOTIVOS.get(basico, padrao))


@contextmanager
def traduzindo() -> Iterator[None]:
    """Para o que não se repete: o erro do banco, já na frase da oficina."""
    try:
        yield
    except DBAPIError as erro:
        if (dito := traduzir(erro)) is None:
            raise
        raise dito from erro


def insistir(tentar: Callable[[], R], *, versao_dita: bool) -> R:
    """Tenta o caso inteiro de novo enquanto a tabela diz que vale a pena.

    Com `versao_dita`, a versão antiga é resposta para quem pediu; sem ela, é só outra pessoa que
    gravou primeiro, e o caso relê e repete.
    """
    feitas: dict[Reacao, int] = {}
    versoes = 0
    prazo = monotonic() + PRAZO
    while True:
        try:
            return tentar()
        except VersaoAntiga:
            versoes += 1
            if versao_dita or versoes > TENTATIVAS_DE_VERSAO:
                raise
        except FilaCheia as erro:
            raise Indisponivel(SEM_RESPOSTA) from erro
        except DBAPIError as erro:
            qual = reacao(erro)
            feitas[qual] = feitas.get(qual, 0) + 1
            perdeu = Reacao.RECONECTAR in feitas and codigo(erro) == SEM_SERVIDOR
            limite = TENTATIVAS[Reacao.RECONECTAR] if perdeu else TENTATIVAS.get(qual, 0)
            if feitas[qual] > limite or monotonic() > prazo:
                if (dito := traduzir(erro)) is None:
                    raise
                raise dito from erro
        sleep(random.uniform(ESPERA_MINIMA, ESPERA_MAXIMA))  # noqa: S311 — sorteio, não segredo
