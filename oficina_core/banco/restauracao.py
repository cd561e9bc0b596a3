"""A restauração: confere a cópia inteira antes de tocar em qualquer coisa, e grava tudo ou nada.

No SQLite, o banco se refaz em uma pasta ao lado e só pronto e conferido toma o nome; o que havia
fica guardado com outro. No MySQL, o banco tem de estar vazio, e a carga é uma transação só: o que
falha, ou morre no meio, deixa-o vazio. A cópia de uma revisão anterior passa antes por um SQLite
passageiro, que se migra.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    column,
    func,
    inspect,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from oficina_core.arquivos import ao_gravar
from oficina_core.banco import copia, formato, lugar, manutencao, molde, verificacao
from oficina_core.banco.copia import Andar, TabelaCopiada, parado
from oficina_core.banco.falhas import Reacao, reacao, traduzindo
from oficina_core.banco.formato import Cabecalho, Confere
from oficina_core.banco.motor import aberto, abrir, gravando, lendo, mostrar
from oficina_core.banco.tabelas import lojas, metadata
from oficina_core.dominio.erros import Conflito, DadoInvalido, RegraViolada
from oficina_core.enderecos import ARQUIVO, arquivo_do_banco

MOSTRADAS = 5  # divergências que se dizem
OCUPADO = (
    "O banco já tem dados, e uma cópia só se restaura em um vazio; crie outro banco no servidor e "
    "diga-o em DB_NAME."
)
RECUSADA = "O banco não aceita o que está na cópia: não é uma cópia que a oficina tenha feito."
SEM_CHAVES = text("SET foreign_key_checks = 0")
RECUSAS = {Reacao.REPETIDO, Reacao.GUARDA, Reacao.INVALIDO}

# A carga não olha as chaves, para que a ordem não importe: quem ficou sem par se procura depois.
SEM_PAR: dict[str, tuple[Executable, ...]] = {
    "sqlite": (manutencao.SEM_PAR,),
    "mysql": tuple(
        select(func.count())
        .select_from(filha.outerjoin(mae := chave.column.table.alias(), mae.c.id == chave.parent))
        .where(chave.parent.is_not(None), mae.c.id.is_(None))
        for filha in metadata.sorted_tables
        for chave in filha.foreign_keys
    ),
}


@dataclass(frozen=True, kw_only=True)
class Restauracao:
    """O que a cópia tem, e onde fica; `guardado` é o nome que toma o banco de agora."""

    arquivo: str
    em: datetime
    revisao: str
    banco: str
    guardado: str | None
    registros: int
    tabelas: tuple[TabelaCopiada, ...]


@dataclass(frozen=True, kw_only=True)
class Conferida:
    """Uma cópia lida do começo ao fim, e para onde vai."""

    url: str
    arquivo: Path
    cabecalho: Cabecalho
    aceita: dict[str, list[Confere]]
    registros: dict[str, int]

    @property
    def destino(self) -> Path | None:
        """O arquivo do banco; None se ele é de um servidor."""
        arquivo = arquivo_do_banco(self.url)
        return arquivo and arquivo.resolve()

    @property
    def ficha(self) -> Restauracao:
        destino = self.destino
        return Restauracao(
            arquivo=str(self.arquivo),
            em=self.cabecalho.em,
            revisao=self.cabecalho.revisao,
            banco=_mostrar(self.url),
            guardado=str(lugar.nome_livre(destino)) if destino and destino.exists() else None,
            registros=sum(self.registros.values()),
            tabelas=copia.contadas(self.registros),
        )


def conferir(url: str, arquivo: Path, andar: Andar = parado) -> Conferida:
    """Lê a cópia inteira e vê se o destino a recebe; nada muda.

    Levanta DadoInvalido se o arquivo não é uma cópia, ou não está inteiro e igual ao que se
    escreveu; Indisponivel se é de um programa mais novo; Conflito se o destino não a recebe.
    """
    conferida = _ler(url, arquivo, andar)
    if conferida.destino:
        lugar.exigir_nosso(conferida.destino)
    else:
        _exigir_servidor_vazio(url)
    return conferida


def restaurar(conferida: Conferida, andar: Andar = parado) -> Restauracao:
    """Põe a cópia no destino; RegraViolada, e nada muda, se as contas dela não fecham."""
    ficha = conferida.ficha
    if destino := conferida.destino:
        with ao_gravar(destino), lugar.ao_lado(destino) as novo:
            _refazer(novo, conferida, andar)
            guardado = lugar.tomar(destino, novo)
        return replace(ficha, guardado=str(guardado) if guardado else None)
    with _de_hoje(conferida) as atual:
        _carregar_no_servidor(atual, andar)
    return ficha


def _ler(url: str, arquivo: Path, andar: Andar) -> Conferida:
    with formato.ler(arquivo) as leitor:
        cabecalho = leitor.cabecalho
        aceita, registros = molde.de(cabecalho), dict.fromkeys(cabecalho.tabelas, 0)
        for tabela, lote in leitor.lotes(aceita):
            registros[tabela] += len(lote)
            andar(len(lote))
    return Conferida(
        url=url, arquivo=arquivo, cabecalho=cabecalho, aceita=aceita, registros=registros
    )


def _mostrar(url: str) -> str:
    motor = abrir(url)
    return mostrar(motor.url)


def _refazer(novo: Path, conferida: Conferida, andar: Andar) -> None:
    """O banco inteiro, na revisão do programa e conferido."""
    url = f"{ARQUIVO}{novo}"
    manutencao.migrar(url, conferida.cabecalho.revisao)
    with aberto(url, para_migrar=True) as motor:
        with traduzindo(), gravando(motor) as conexao:
            _carregar(conexao, conferida, andar)
        if conferida.cabecalho.revisao != manutencao.revisao_do_programa():
            manutencao.migrar(url)
        with traduzindo(), lendo(motor) as conexao:
            _exigir_sao(conexao)


@contextmanager
def _de_hoje(conferida: Conferida) -> Iterator[Conferida]:
    """A cópia na revisão do programa: a que já está nela é ela mesma."""
    if conferida.cabecalho.revisao == manutencao.revisao_do_programa():
        yield conferida
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as pasta:
        banco, arquivo = Path(pasta) / "oficina.db", Path(pasta) / "atual.gz"
        _refazer(banco, conferida, parado)
        copia.guardar(f"{ARQUIVO}{banco}", arquivo)
        yield _ler(conferida.url, arquivo, parado)


def _carregar_no_servidor(conferida: Conferida, andar: Andar) -> None:
    manutencao.migrar(conferida.url)
    with (
        aberto(conferida.url, para_migrar=True) as motor,
        traduzindo(),
        motor.connect() as conexao,
        manutencao.a_sos(conexao),
        gravando(conexao),
    ):
        _exigir_vazio(conexao)
        conexao.execute(SEM_CHAVES)
        _carregar(conexao, conferida, andar)
        _exigir_sao(conexao)


def _carregar(conexao: Connection, conferida: Conferida, andar: Andar) -> None:
    """Os registros da cópia, no lugar da loja com que o banco nasce; confere-a outra vez.

    No fim, nada falta, nada sobra, e cada um tem o seu par.
    """
    conexao.execute(lojas.delete())
    with formato.ler(conferida.arquivo) as leitor:
        if leitor.cabecalho != conferida.cabecalho:
            raise DadoInvalido(formato.DANIFICADA, "arquivo")
        for tabela, lote in leitor.lotes(conferida.aceita):
            colunas = conferida.cabecalho.tabelas[tabela]
            comando = table(tabela, *map(column, colunas)).insert()
            _inserir(conexao, comando, [dict(zip(colunas, um, strict=True)) for um in lote])
            andar(len(lote))
    for tabela, quantos in conferida.registros.items():
        if conexao.scalar(select(func.count()).select_from(table(tabela))) != quantos:
            raise Conflito("Outro programa gravou no banco durante a restauração; repita.")
    if any(conexao.scalar(consulta) for consulta in SEM_PAR[conexao.dialect.name]):
        raise DadoInvalido(RECUSADA, "arquivo")


def _inserir(conexao: Connection, comando: Insert, registros: list[dict[str, Any]]) -> None:
    try:
        conexao.execute(comando, registros)
    except DBAPIError as erro:
        if isinstance(erro, IntegrityError) or reacao(erro) in RECUSAS:
            raise DadoInvalido(RECUSADA, "arquivo") from erro
        raise


def _exigir_sao(conexao: Connection) -> None:
    if divergencias := verificacao.examinar(conexao):
        ditas = (f"{d.entidade} {d.id}: {d.detalhe}" for d in divergencias[:MOSTRADAS])
        raise RegraViolada(
            "As contas da cópia não fecham, e nada se restaurou; use outra.", detalhes=tuple(ditas)
        )


def _exigir_servidor_vazio(url: str) -> None:
    manutencao.estado(url)
    with aberto(url) as motor, traduzindo(), lendo(motor) as conexao:
        _exigir_vazio(conexao)


def _exigir_vazio(conexao: Connection) -> None:
    """Nada além da loja com que o banco nasce; Conflito se há."""
    for tabela in set(inspect(conexao).get_table_names()) - molde.PASSAGEIRAS:
        admitidos = 1 if tabela == lojas.name else 0
        algum = select(literal(1)).select_from(table(tabela)).limit(admitidos + 1)
        if len(conexao.execute(algum).all()) > admitidos:
            raise Conflito(OCUPADO)
