"""Como um arquivo de banco toma o lugar de outro: o de agora fica guardado, e nunca faltam os dois.

Quem cai no meio deixa o de antes ou o novo, inteiros. Enquanto se troca, ninguém mais tem o arquivo
aberto: o que outro programa gravasse iria para o que se guardou.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from oficina_core.arquivos import PARCIAL, fixar
from oficina_core.banco import manutencao
from oficina_core.banco.falhas import codigo, traduzindo
from oficina_core.banco.motor import aberto, sem_transacao
from oficina_core.dominio.erros import Conflito, Indisponivel
from oficina_core.enderecos import ARQUIVO

OCUPADO = {5, 6}  # BUSY e LOCKED
INTEIRO = text("PRAGMA journal_mode = DELETE")  # junta o -wal ao arquivo, e só a sós
A_SOS = text("BEGIN EXCLUSIVE")
RESTOS = ("-wal", "-shm", "-journal")


def nome_livre(destino: Path) -> Path:
    """Com que nome se guarda o arquivo de agora, ao lado do novo."""
    base = f"{destino.stem}-ate-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
    nomes = (f"{base}{vez}{destino.suffix}" for vez in ("", *(f"-{n}" for n in range(2, 100))))
    return next(livre for nome in nomes if not (livre := destino.with_name(nome)).exists())


def exigir_nosso(destino: Path) -> None:
    """Levanta Conflito se no lugar há outra coisa que não um banco da oficina."""
    if not destino.exists():
        for resto in RESTOS:
            if (orfao := destino.with_name(destino.name + resto)).exists():
                raise Conflito(f"Há {orfao}, sem o banco de que era; mude-o de lugar e repita.")
        return
    try:
        manutencao.estado(f"{ARQUIVO}{destino}")
    except Indisponivel as erro:
        raise Conflito(
            f"O arquivo {destino} não se lê como um banco da oficina; mude-o de lugar e repita."
        ) from erro


@contextmanager
def ao_lado(destino: Path) -> Iterator[Path]:
    """Um arquivo de banco por nascer, em uma pasta só de quem a cria, que no fim se apaga."""
    pasta = tempfile.TemporaryDirectory(
        prefix=f"{destino.name}{PARCIAL}", dir=destino.parent, ignore_cleanup_errors=True
    )
    with pasta as nome:
        yield Path(nome) / destino.name


def tomar(destino: Path, novo: Path) -> Path | None:
    """O novo passa a ser o banco; devolve com que nome ficou o de antes, se havia.

    Levanta Indisponivel, e nada muda, se outro programa tem o de antes aberto.
    """
    exigir_nosso(destino)
    guardado = None
    if destino.exists():
        with _a_sos(destino) as conexao:
            guardado = nome_livre(destino)
            _dar_o_dono(destino, novo)
            if os.name == "nt":
                conexao.close()  # no Windows, o arquivo aberto não se troca
            _trocar(destino, novo, guardado)
    else:
        novo.replace(destino)
    fixar(destino.parent)
    return guardado


def _dar_o_dono(destino: Path, novo: Path) -> None:
    """Quem o usava continua a poder usá-lo, ainda que outro o restaure."""
    shutil.copymode(destino, novo)
    if hasattr(os, "chown"):
        dono = destino.stat()
        with suppress(OSError):
            os.chown(novo, dono.st_uid, dono.st_gid)


def _trocar(destino: Path, novo: Path, guardado: Path) -> None:
    """O de antes tem os dois nomes até que o novo tome o primeiro; há discos em que só se troca."""
    try:
        guardado.hardlink_to(destino)
    except OSError:
        destino.rename(guardado)
    try:
        novo.replace(destino)
    except OSError:
        if destino.exists():
            guardado.unlink()
        else:
            guardado.rename(destino)
        raise


@contextmanager
def _a_sos(destino: Path) -> Iterator[Connection]:
    with aberto(f"{ARQUIVO}{destino}") as motor, traduzindo(), sem_transacao(motor) as conexao:
        try:
            fechado = conexao.execute(INTEIRO).scalar() == "delete"
            conexao.execute(A_SOS)
        except DBAPIError as erro:
            if codigo(erro) not in OCUPADO:
                raise
            fechado = False
        if not fechado:
            raise Indisponivel(
                "Outro programa está com o banco aberto; feche a oficina nas outras janelas e "
                "repita."
            )
        yield conexao
