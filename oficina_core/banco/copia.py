"""A cópia de segurança: tudo o que a oficina guarda, de uma fotografia só, em um arquivo.

Serve a qualquer dos dois bancos, e tem dados pessoais: nasce só de quem a faz. Vão os cadastros, o
movimento, a auditoria, os resumos das senhas, para que a equipe entre depois, e as chaves dos
pedidos já atendidos: sem elas, quem repete depois da restauração um pedido que a cópia já tem o
faria duas vezes. Não vão os códigos de uma vez só nem a conta de quem anda a tentar entrar.
"""

import errno
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from sqlalchemy import Connection, Select, column, inspect, select, table

from oficina_core.banco import manutencao, verificacao
from oficina_core.banco.falhas import traduzindo
from oficina_core.banco.formato import LOTE, Cabecalho, Escritor, Registros
from oficina_core.banco.molde import PASSAGEIRAS
from oficina_core.banco.motor import ARQUIVO, abrir, lendo, mostrar
from oficina_core.dominio.erros import Conflito, Indisponivel
from oficina_core.versao import instalada

SEM_ESPACO = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
Andar: TypeAlias = Callable[[int], None]  # quantos registros a mais


@dataclass(frozen=True, kw_only=True)
class TabelaCopiada:
    """Quantos registros de uma tabela."""

    tabela: str
    registros: int


@dataclass(frozen=True, kw_only=True)
class Copia:
    """O que há na cópia que se fez; `aviso` se as contas do banco não fecham."""

    arquivo: str
    banco: str
    revisao: str
    em: datetime
    registros: int
    tabelas: tuple[TabelaCopiada, ...]
    aviso: str | None


def parado(_: int) -> None:
    """A quem não interessa o andamento."""


def guardar(url: str, arquivo: Path, *, substituir: bool = False, andar: Andar = parado) -> Copia:
    """Faz a cópia nesse arquivo: escreve ao lado, e só inteira ela toma o nome.

    Levanta Conflito se o arquivo já existe, a não ser que se mande substituir.
    """
    _exigir_livre(arquivo, substituir=substituir)
    if arquivo.resolve() == Path(url.removeprefix(ARQUIVO)).resolve():
        raise Conflito("Esse arquivo é o próprio banco; diga outro nome para a cópia.")
    with gravando(arquivo):
        with _ao_lado(arquivo) as (parcial, destino):
            copia = escrever(url, destino, str(arquivo), andar)
            destino.flush()
            os.fsync(destino.fileno())
            _exigir_livre(arquivo, substituir=substituir)
            parcial.replace(arquivo)
        fixar(arquivo.parent)
    return copia


def escrever(url: str, destino: BinaryIO, nome: str = "-", andar: Andar = parado) -> Copia:
    """Faz a cópia em um fluxo; Indisponivel se o banco não existe, não se lê ou está vazio."""
    manutencao.exigir_arquivo(url)
    manutencao.exigir_conhecida(url)
    motor = abrir(url, para_migrar=True)  # sem prazo
    try:
        with traduzindo(), lendo(motor) as conexao:
            revisao = str(conexao.scalar(manutencao.LEITURA))
            colunas, consultas = _tabelas(conexao)
            cabecalho = Cabecalho(
                programa=instalada(), revisao=revisao, em=datetime.now(UTC), tabelas=colunas
            )
            escritor = Escritor(destino, cabecalho)
            for tabela, consulta in consultas.items():
                for quantos in escritor.tabela(tabela, _lotes(conexao, consulta)):
                    andar(quantos)
            escritor.fechar()
            return Copia(
                arquivo=nome,
                banco=mostrar(motor.url),
                revisao=revisao,
                em=cabecalho.em,
                registros=sum(escritor.registros.values()),
                tabelas=contadas(escritor.registros),
                aviso=_aviso(conexao, revisao),
            )
    finally:
        motor.dispose()


def contadas(registros: dict[str, int]) -> tuple[TabelaCopiada, ...]:
    """As que têm algum."""
    return tuple(
        TabelaCopiada(tabela=tabela, registros=quantos)
        for tabela, quantos in registros.items()
        if quantos
    )


def _tabelas(
    conexao: Connection,
) -> tuple[dict[str, list[str]], dict[str, Select[*tuple[Any, ...]]]]:
    """As colunas de cada tabela do banco, na revisão em que ele está, e como se leem em ordem."""
    inspetor = inspect(conexao)
    colunas: dict[str, list[str]] = {}
    consultas: dict[str, Select[*tuple[Any, ...]]] = {}
    for nome in sorted(set(inspetor.get_table_names()) - PASSAGEIRAS):
        colunas[nome] = [coluna["name"] for coluna in inspetor.get_columns(nome)]
        chave = inspetor.get_pk_constraint(nome)["constrained_columns"]
        consultas[nome] = (
            select(*map(column, colunas[nome]))
            .select_from(table(nome))
            .order_by(*map(column, chave))
        )
    return colunas, consultas


def _lotes(conexao: Connection, consulta: Select[*tuple[Any, ...]]) -> Iterable[Registros]:
    """Um tanto por vez, sem que o driver traga tudo à memória."""
    return conexao.execute(consulta, execution_options={"yield_per": LOTE}).partitions()


def _aviso(conexao: Connection, revisao: str) -> str | None:
    """A cópia de um banco torto faz-se, mas não se restaura: melhor sabê-lo hoje."""
    if revisao != manutencao.revisao_do_programa() or not verificacao.examinar(conexao):
        return None
    return "As contas do banco não fecham, e assim a cópia não se restaura; veja: oficina verificar"


def _exigir_livre(arquivo: Path, *, substituir: bool) -> None:
    if arquivo.is_dir() or (arquivo.exists() and not substituir):
        raise Conflito(
            f"Já existe {arquivo}; diga outro nome, ou --substituir para o trocar por esta cópia."
        )


@contextmanager
def gravando(arquivo: Path) -> Iterator[None]:
    """O que o disco recusa, na frase da oficina."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as erro:
        if erro.errno in SEM_ESPACO:
            raise Indisponivel(
                f"Não há espaço para gravar {arquivo}; libere espaço e repita. Nada ficou gravado."
            ) from erro
        raise Indisponivel(
            f"Não deu para gravar {arquivo}; confira se a pasta existe e aceita gravação."
        ) from erro


@contextmanager
def _ao_lado(arquivo: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Um arquivo só de quem o cria (0600), que se apaga se não chega a tomar o nome do outro."""
    descritor, nome = tempfile.mkstemp(prefix=f".{arquivo.name}-", dir=arquivo.parent)
    parcial = Path(nome)
    try:
        with os.fdopen(descritor, "wb") as destino:
            yield parcial, destino
    finally:
        parcial.unlink(missing_ok=True)


def fixar(pasta: Path) -> None:
    """O nome novo chega ao disco; há sistemas em que a pasta não se abre, e lá não é preciso."""
    with suppress(OSError):
        descritor = os.open(pasta, os.O_RDONLY)
        try:
            os.fsync(descritor)
        finally:
            os.close(descritor)
