"""A linha de comando `oficina`."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn, TypeAlias, cast

import typer

from oficina_cli import INTERROMPIDO, opcoes, paginador
from oficina_cli.conexao import Conexao
from oficina_cli.conversa import Conversa
from oficina_cli.erros import dizer, explicar, recusar
from oficina_cli.portugues import Grupo, recusa
from oficina_cli.sumario import Sumario
from oficina_core.dominio.erros import DadoInvalido, ErroOficina
from oficina_core.texto import sem_acento


class Raiz(Grupo):
    """A porta de entrada: toda recusa vira uma frase em português e um código de saída."""

    def __init__(self, **opcoes: Any) -> None:
        super().__init__(**opcoes)
        self.commands = cast("Any", Sumario())

    def main(self, args: Sequence[str] | None = None, *outros: Any, **extra: Any) -> NoReturn:
        conversa = Conversa([])
        try:
            conversa.linha = [_em_utf8(arg) for arg in (sys.argv[1:] if args is None else args)]
            codigo = self._conversar(conversa, *outros, **{**extra, "standalone_mode": False})
        except ErroOficina as erro:
            codigo = recusar(erro)
        except typer.TyperException as erro:
            codigo = _explicar(erro)
        except KeyboardInterrupt:  # a uma pergunta nossa; dentro do comando, o Typer já o traduz
            codigo = INTERROMPIDO
        if codigo == INTERROMPIDO:
            dizer("\nInterrompido.")
        if codigo:
            conversa.como_repetir()
        sys.exit(codigo)

    def _conversar(self, conversa: Conversa, *outros: Any, **extra: Any) -> Any:
        """O comando, outra vez a cada resposta que lhe faltava."""
        while True:
            try:
                return super().main(list(conversa.linha), *outros, **extra)
            except (DadoInvalido, typer.TyperException) as erro:
                if not conversa.remendar(erro):
                    raise

    def invoke(self, ctx: Any) -> Any:
        """Quem lê a saída pode parar no meio, como o `head`: não é erro."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _em_utf8(argumento: str) -> str:
    """O que se digitou, ainda que a máquina não saiba em que língua está."""
    try:
        return os.fsencode(argumento).decode()
    except UnicodeDecodeError:
        raise DadoInvalido("O que se digitou não está em UTF-8; confira o terminal.") from None


def _explicar(erro: typer.TyperException) -> int:
    explicar(f"Erro: {recusa(erro)}")
    if contexto := getattr(erro, "ctx", None):
        dizer(f"Veja: {contexto.command_path} --help")
    return erro.exit_code


app = typer.Typer(
    cls=Raiz,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "token_normalize_func": sem_acento,
    },
    epilog="Exemplos:\n"
    "  oficina ordem abrir --placa ABC1D23 --kit TROCA-OLEO --enviar\n"
    "  oficina ordem fila\n"
    "  oficina orcamento aprovar 12 --meio whatsapp\n"
    "  oficina peca listar -o csv --tudo > pecas.csv",
)


def _versao(pedida: bool) -> None:  # noqa: FBT001
    if pedida:
        from oficina_core.versao import instalada

        sys.stdout.write(f"oficina {instalada()}\n")
        raise typer.Exit


Versao: TypeAlias = Annotated[
    bool,
    typer.Option("--version", callback=_versao, is_eager=True, help="Mostra a versão."),
]


@app.callback(invoke_without_command=True)
def raiz(
    ctx: typer.Context,
    *,
    api: opcoes.Api = None,
    banco: opcoes.Banco = None,
    env: opcoes.Env = None,
    loja: opcoes.Loja = None,
    saida: opcoes.Saida = None,
    sem_perguntas: opcoes.SemPerguntas = False,
    sem_pager: opcoes.SemPager = False,
    version: Versao = False,
) -> None:
    """Gestão de oficina mecânica: ordens de serviço, orçamentos, estoque e cadastros.

    Sem comando, em um terminal, abre o balcão em tela cheia.
    """
    ctx.obj = Conexao(
        api=api,
        banco=banco,
        loja=loja,
        env=env,
        saida=saida,
        sem_perguntas=sem_perguntas,
        pronta=ctx.obj,
    )
    ctx.call_on_close(ctx.obj.fechar)
    if sem_pager:
        paginador.dispensar()
    if ctx.invoked_subcommand is None:
        _sem_comando(ctx)


def _sem_comando(ctx: typer.Context) -> None:
    """Diante de um terminal, o balcão em tela cheia; sem ele, a ajuda."""
    if all(fluxo is not None and fluxo.isatty() for fluxo in (sys.stdin, sys.stdout)):
        from oficina_cli.tui.abertura import abrir

        raise typer.Exit(abrir(ctx.obj))
    sys.stdout.write(f"{ctx.get_help()}\n")
    raise typer.Exit(2)
