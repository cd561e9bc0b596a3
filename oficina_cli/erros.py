"""Como um erro termina: a frase na saída de erros e o código de saída."""

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from itertools import chain, repeat
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill

from oficina_core.arquivos import SEM_LUGAR
from oficina_core.dominio.erros import (
    AcessoNegado,
    Conflito,
    DadoInvalido,
    ErroOficina,
    Indisponivel,
    NaoEncontrado,
    NaoIdentificado,
    RegraViolada,
)
from oficina_core.texto import limpar

INESPERADO = 1

CODIGOS: dict[type[ErroOficina], int] = {
    DadoInvalido: 2,
    NaoEncontrado: 3,
    NaoIdentificado: 4,
    AcessoNegado: 4,
    Conflito: 5,
    RegraViolada: 6,
    Indisponivel: 7,
}


# Onde se acha o que a opção pede.
ONDE = {"--loja NÚMERO": ", ou ponha-a em OFICINA_LOJA; as que há: oficina loja listar"}


def codigo_de(erro: ErroOficina) -> int:
    """O código de saída do erro, ou do ancestral mais próximo que tem um."""
    return next((CODIGOS[tipo] for tipo in type(erro).__mro__ if tipo in CODIGOS), INESPERADO)


def dizer(texto: str) -> None:
    """Uma linha para a pessoa, na saída de erros."""
    sys.stderr.write(limpar(texto, linhas=True) + "\n")


def explicar(frase: str) -> None:
    """Uma frase; no terminal, dobra-se entre palavras."""
    if sys.stderr.isatty():
        recuo = " " * (len(frase) - len(frase.lstrip()))
        frase = fill(
            frase,
            get_terminal_size().columns,
            subsequent_indent=recuo,
            break_long_words=False,
            break_on_hyphens=False,
        )
    dizer(frase)


def sugerir(comandos: Iterable[str]) -> None:
    """O que costuma vir depois, a quem está diante do terminal."""
    if sys.stderr.isatty():
        for antes, comando in zip(chain(["Próximo passo"], repeat("Ou")), comandos, strict=False):
            dizer(f"{antes}: oficina {comando}")


def por_extenso(erro: ErroOficina) -> str:
    """A frase e tudo o que há a corrigir, para onde só cabe um parágrafo."""
    return " ".join([str(erro), *erro.detalhes])


def recusar(erro: ErroOficina) -> int:
    """Mostra o erro e tudo o que há a corrigir; devolve o código de saída."""
    explicar(f"Erro: {erro}")
    for detalhe in erro.detalhes:
        explicar(f"  {detalhe}")
    if erro.comando.startswith("--"):
        explicar(f"Para isso, repita com {erro.comando}{ONDE.get(erro.comando, '')}")
    elif erro.comando:
        explicar(f"Tente: oficina {erro.comando}")
    return codigo_de(erro)


def registrar(erro: Exception) -> int:
    """Guarda o inesperado no arquivo da máquina e diz à pessoa como citá-lo."""
    if isinstance(erro, OSError) and erro.errno in SEM_LUGAR:
        return recusar(Indisponivel("O disco encheu antes do fim da resposta; libere espaço."))
    dizer(f"Erro: {estranhar(erro)}")
    return INESPERADO


def estranhar(erro: Exception) -> str:
    """Guarda o inesperado no arquivo da máquina, e a frase que o conta e o cita."""
    import secrets

    numero = secrets.token_hex(3)
    try:
        onde = f"os detalhes estão em {_anotar(numero, erro)}"
    except OSError:
        onde = "e não deu para gravar os detalhes"
    return f"aconteceu algo que a oficina não esperava ({numero}); {onde}."


def _anotar(numero: str, erro: Exception) -> Path:
    from platformdirs import user_state_path

    arquivo = user_state_path("oficina", appauthor=False, ensure_exists=True) / "oficina.log"
    descritor = os.open(arquivo, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descritor, "a", encoding="utf-8", errors="replace") as log:
        log.write(f"{datetime.now().astimezone():%Y-%m-%dT%H:%M:%S%z} {numero}\n")
        log.writelines(_rastro(erro))
    return arquivo


def _rastro(erro: BaseException | None) -> list[str]:
    """Onde aconteceu e o tipo de cada erro da cadeia.

    As mensagens ficam de fora: podem citar o que se digitou, e com isso dados pessoais (LGPD).
    """
    import traceback

    if erro is None:
        return []
    causa = erro.__cause__ or (None if erro.__suppress_context__ else erro.__context__)
    quadros = traceback.extract_tb(erro.__traceback__).format()
    return [*_rastro(causa), *quadros, f"{type(erro).__module__}.{type(erro).__qualname__}\n"]
