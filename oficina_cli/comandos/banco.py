"""Comandos que se fazem direto no banco."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer import Argument, Option

from oficina_cli import opcoes, saida
from oficina_cli.atendimento import Atendimento
from oficina_cli.comando import comando, grupo
from oficina_cli.erros import CODIGOS, dizer
from oficina_cli.pergunta import ler_segredo, pedir
from oficina_cli.progresso import contando
from oficina_cli.rotulos import FUSO
from oficina_cli.senha import SenhaStdin
from oficina_core.arquivos import ao_gravar
from oficina_core.dominio.erros import DadoInvalido, Indisponivel, RegraViolada

if TYPE_CHECKING:
    from oficina_core.banco.contas import FichaConta
    from oficina_core.banco.copia import Copia
    from oficina_core.banco.exame import FichaBanco
    from oficina_core.banco.manutencao import EstadoBanco

app = grupo("O banco de dados: em que revisão está, a cópia de segurança e a restauração.")
raiz = typer.Typer()


class Mudanca(NamedTuple):
    """Como se pede o nome do banco que se vai mudar inteiro."""

    aviso: str
    falta: str
    outro: str


TROCAR = Mudanca(
    "O banco de agora fica guardado ao lado. Para o trocar pela cópia",
    "Já há um banco nesse lugar; para o trocar pela cópia",
    "O banco que se trocaria",
)
VOLTAR = Mudanca(
    "O que só as revisões de depois guardam se perde. Para voltar",
    "O que só as revisões de depois guardam se perde; para voltar",
    "O banco que voltaria",
)
PESSOAL = "A cópia tem dados de clientes e da equipe; guarde-a onde só quem deve a leia."


@comando(app, "banco status")
def status(atendimento: Atendimento) -> "FichaBanco":
    """Mostra qual é o banco, o que tem, em que revisão está e qual o programa espera."""
    from oficina_core.banco.exame import Exame

    with Exame(atendimento.conexao.banco_direto()) as exame:
        estado = exame.estado()
        vista = exame.ficha(estado)
    if estado.porque_nao_serve:
        dizer(estado.porque_nao_serve)
    return vista


@comando(app, "banco migrar")
def migrar(atendimento: Atendimento) -> "EstadoBanco":
    """Leva o banco à revisão do programa; repetir não faz mal."""
    from oficina_core.banco import manutencao

    return manutencao.migrar(atendimento.conexao.banco_direto())


@comando(app, "banco voltar 0008")
def voltar(
    atendimento: Atendimento,
    revisao: Annotated[str, Argument(metavar="REVISÃO", help="Uma anterior, como 0008.")],
    *,
    confirmar: Annotated[
        str | None, Option(metavar="NOME", help="O nome do banco que volta, para não o perguntar.")
    ] = None,
    sem_perguntas: opcoes.SemPerguntas = False,
) -> "EstadoBanco":
    """Leva o banco a uma revisão anterior; o que só as de depois guardam se perde.

    Voltar à versão anterior do programa não pede isto: ela trabalha no banco novo. Antes, faça uma
    cópia (`oficina banco backup`); depois, este programa só usa o banco se o migrarem outra vez.
    """
    from oficina_core.banco import manutencao

    url = atendimento.conexao.banco_direto()
    manutencao.exigir_arquivo(url)
    nome = manutencao.nome_do_banco(url)
    pode_perguntar = atendimento.pode_perguntar and not sem_perguntas
    _exigir_nome(nome, confirmar, VOLTAR, pode_perguntar=pode_perguntar)
    return manutencao.voltar(url, revisao)


@comando(app, "banco conta oficina_app")
def conta(
    atendimento: Atendimento,
    conta: Annotated[str, Argument(metavar="CONTA", help="O nome dela no MySQL.")],
    *,
    encerrar_anterior: Annotated[
        bool, Option("--encerrar-anterior", help="A senha que se trocou deixa de entrar.")
    ] = False,
    senha_stdin: SenhaStdin = False,
) -> "FichaConta":
    """Dá a uma conta do MySQL só os direitos que o programa usa, e a cria se for o caso.

    Roda com a conta que migra, e de novo a cada versão, depois de migrar. A senha se diz com
    `--senha-stdin`, ou em OFICINA_CONTA_SENHA; se é outra, a de antes continua a entrar até que se
    peça, em outra vez, `--encerrar-anterior`, e assim se troca a senha de quem está no ar.
    """
    from oficina_core.banco import contas

    dita = atendimento.conexao.configuracao.oficina_conta_senha
    senha = dita.get_secret_value() if dita else None
    if senha_stdin:
        senha = ler_segredo()
    url = atendimento.conexao.banco_direto()
    return contas.preparar(url, conta, senha=senha, encerrar=encerrar_anterior)


@comando(app, "banco backup", "banco backup /media/pendrive/oficina.gz")
def backup(
    atendimento: Atendimento,
    arquivo: Annotated[
        Path | None,
        Argument(
            parser=Path,
            metavar="ARQUIVO",
            help="Onde fica; sem dizer, oficina-AAAA-MM-DD-HHMM.gz nesta pasta; - é a saída.",
        ),
    ] = None,
    *,
    sobrescrever: opcoes.Sobrescrever = False,
) -> None:
    """Guarda em um arquivo tudo o que a oficina tem, ainda que haja gente gravando.

    A cópia serve a SQLite e a MySQL, qualquer que seja o banco de que se fez, e só quem a faz a lê:
    tem dados pessoais. Não leva códigos de acesso nem tentativas de entrar. Para a conferir, e ver
    o que tem, `oficina banco restaurar ARQUIVO --simular`.
    """
    from oficina_core.banco import copia

    saida.conferir(copia.Copia, atendimento.formato, atendimento.campos)
    url = atendimento.conexao.banco_direto()
    with contando("Copiando") as andar:
        if arquivo == opcoes.PADRAO:
            feita = _na_saida(url, andar)
        else:
            feita = copia.guardar(
                url, arquivo or _de_agora(), sobrescrever=sobrescrever, andar=andar
            )
    if arquivo == opcoes.PADRAO:
        if feita.aviso:
            dizer(f"Aviso: {feita.aviso}")
        return
    _mostrar(atendimento, feita)
    if sys.stderr.isatty():
        dizer(PESSOAL)


@comando(
    app,
    "banco restaurar oficina-2026-11-26-1830.gz --simular",
    "banco restaurar oficina-2026-11-26-1830.gz",
)
def restaurar(
    atendimento: Atendimento,
    arquivo: Annotated[
        Path, Argument(parser=Path, metavar="ARQUIVO", help="A cópia que oficina banco backup fez.")
    ],
    *,
    confirmar: Annotated[
        str | None,
        Option(
            metavar="NOME", help="O nome do arquivo de banco que se troca, para não o perguntar."
        ),
    ] = None,
    simular: Annotated[
        bool, Option("--simular", help="Confere a cópia e diz o que faria, sem gravar nada.")
    ] = False,
    sem_perguntas: opcoes.SemPerguntas = False,
) -> None:
    """Põe no banco o que uma cópia guardou: tudo, ou nada.

    Confere a cópia inteira antes de tocar no banco. O arquivo SQLite que já existe só se troca
    depois de se escrever o nome dele, com a oficina fechada nas outras janelas, e fica guardado ao
    lado, com a data. No MySQL, o banco tem de estar vazio. A cópia de uma versão anterior do
    programa se restaura, e se migra.
    """
    from oficina_core.banco import restauracao

    url = atendimento.conexao.banco_direto()
    with contando("Conferindo") as andar:
        conferida = restauracao.conferir(url, arquivo, andar)
    if simular:
        _mostrar(atendimento, conferida.ficha)
        dizer("Simulação: nada foi gravado.")
        return
    if conferida.destino and conferida.destino.exists():
        pode_perguntar = atendimento.pode_perguntar and not sem_perguntas
        nome = conferida.destino.name
        _exigir_nome(nome, confirmar, TROCAR, pode_perguntar=pode_perguntar)
    with contando("Restaurando") as andar:
        feita = restauracao.restaurar(conferida, andar)
    _mostrar(atendimento, feita)


@comando(raiz, "verificar", "verificar -o json", painel="A casa")
def verificar(atendimento: Atendimento) -> None:
    """Refaz as contas do banco e aponta o que não fecha.

    Sai com 0 se tudo confere e com 6 se algo diverge. De cada regra, mostra até 100 divergências, e
    diz quantas mais há.
    """
    from oficina_core.banco import verificacao

    divergencias = verificacao.verificar(atendimento.conexao.banco_direto())
    tipo = tuple[verificacao.Divergencia, ...]
    atendimento.mostrar(divergencias, tipo, vazio="Tudo confere.")
    if divergencias:
        raise typer.Exit(CODIGOS[RegraViolada])


def _mostrar(atendimento: Atendimento, ficha: Any) -> None:
    """As horas são as desta máquina: perguntá-las à loja abriria, e migraria, o banco."""
    FUSO.set(lambda: None)
    saida.mostrar(ficha, type(ficha), atendimento.formato, "", campos=atendimento.campos)


def _de_agora() -> Path:
    return Path(f"oficina-{datetime.now().astimezone():%Y-%m-%d-%H%M}.gz")


def _na_saida(url: str, andar: Callable[[int], None]) -> "Copia":
    """Por um fluxo à parte: o que a saída de sempre guarda se escreveria depois do erro."""
    from oficina_core.banco import copia

    if sys.stdout.isatty():
        raise DadoInvalido(
            "A cópia não se mostra em um terminal; diga o ARQUIVO, ou mande-a a outro programa.",
            "arquivo",
        )
    if sys.__stdout__ is None:
        raise DadoInvalido("A saída está fechada; diga o ARQUIVO da cópia.", "arquivo")
    try:
        with ao_gravar("a cópia"), os.fdopen(os.dup(1), "wb") as destino:
            return copia.escrever(url, destino, andar=andar)
    except BrokenPipeError:
        raise Indisponivel("Quem recebia a cópia parou antes do fim dela; repita.") from None


def _exigir_nome(nome: str, dito: str | None, mudanca: Mudanca, *, pode_perguntar: bool) -> None:
    """Quem muda um banco inteiro sabe qual: escreve o nome dele."""
    if dito is None:
        dito = pedir(
            f"{mudanca.aviso}, escreva {nome}",
            pode_perguntar=pode_perguntar,
            falta=f"{mudanca.falta}, --confirmar {nome}",
        )
        if dito != nome:
            dizer("Nada foi feito.")
            raise typer.Exit(1)
    elif dito != nome:
        raise DadoInvalido(f"{mudanca.outro} é {nome}; para isso, --confirmar {nome}", "confirmar")
