"""A cópia de segurança: tudo o que a oficina guarda, de uma fotografia só, em um arquivo.

Serve a qualquer dos dois bancos, e tem dados pessoais: nasce só de quem a faz. Vão os cadastros, o
movimento, a auditoria, os resumos das senhas, para que a equipe entre depois, e as chaves dos
pedidos já atendidos: sem elas, quem repete depois da restauração um pedido que a cópia já tem o
faria duas vezes. Não vão os códigos de uma vez só nem a conta de quem anda a tentar entrar.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from sqlalchemy import Connection, Select, column, inspect, select, table

from oficina_core import arquivos
from oficina_core.banco import manutencao, verificacao
from oficina_core.banco.falhas import traduzindo
from oficina_core.banco.formato import LOTE, Cabecalho, Escritor, Registros
from oficina_core.banco.molde import PASSAGEIRAS
from oficina_core.banco.motor import aberto, lendo, mostrar
from oficina_core.dominio.erros import Conflito
from oficina_core.enderecos import arquivo_do_banco
from oficina_core.versao import instalada

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


def guardar(url: str, arquivo: Path, *, sobrescrever: bool = False, andar: Andar = parado) -> Copia:
    """Faz a cópia nesse arquivo; Conflito se ele já existe, a não ser que se mande sobrescrever."""
    arquivos.exigir_livre(arquivo, sobrescrever=sobrescrever)
    if (banco := arquivo_do_banco(url)) and arquivo.resolve() == banco.resolve():
        raise Conflito("Esse arquivo é o próprio banco; diga outro nome para a cópia.")
    with arquivos.novo(arquivo, sobrescrever=sobrescrever) as destino:
        return escrever(url, destino, str(arquivo), andar)


def escrever(url: str, destino: BinaryIO, nome: str = "-", andar: Andar = parado) -> Copia:
    """Faz a cópia em um fluxo; Indisponivel se o banco não existe, não se lê ou está vazio."""
    manutencao.exigir_arquivo(url)
    manutencao.exigir_conhecida(url)
    sem_prazo = aberto(url, para_migrar=True)
    with sem_prazo as motor, traduzindo(), lendo(motor) as conexao:
        revisao = str(conexao.scalar(manutencao.REVISAO))
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
