"""O Typer em português: a ajuda é nossa, e as recusas se traduzem na frase já pronta."""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import typer
from typer._coercion import RuntimeParam  # a versão menor do Typer é fixa
from typer.core import TyperCommand, TyperGroup

from oficina_cli import ajuda
from oficina_core.dominio.erros import DadoInvalido
from oficina_core.texto import lista, sem_acento

SINONIMOS = {
    "os": "ordem",
    "listar": "fila",
    "parametros": "parametro",
    "doctor": "doutor",
    "help": "ajuda",
}
SEM_COMANDO = re.compile(r"No such command (['\"])(.+?)\1\..*", re.DOTALL)
PARECIDO = 0.7  # de 0 a 1: "orden" é ordem, e não onde
MUITOS = 3  # lugares com o mesmo nome: dizê-los já não ajuda

RECUSAS = (
    (r"Invalid value for '(.+?)'(?: / '.+?')*: (.+)", r"\1: \2"),
    (r"Missing option '(.+?)'.*\.", r"Falta a opção \1."),
    (r"Missing argument '(.+)'\.", r"Falta dizer \1."),
    (r"Missing command\.", "Falta o comando."),
    (
        r"No such option: -[0-9].*",
        "Números e quantidades são positivos: escreva sem o sinal de menos.",
    ),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"Não há a opção \1; seria \2?"),
    (r"No such option: (\S+)", r"Não há a opção \1."),
    (r"Option '(.+)' requires an argument\.", r"A opção \1 pede um valor."),
    (r"Option '(.+)' does not take a value\.", r"A opção \1 não leva valor."),
    (
        r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)",
        r"Sobrou na linha: \1. Um texto com espaços vai entre aspas.",
    ),
)


def recusa(erro: typer.TyperException) -> str:
    """A recusa do Typer, em português; a nossa, como veio."""
    frase, ctx = erro.format_message(), getattr(erro, "ctx", None)
    if ctx and (achado := SEM_COMANDO.fullmatch(frase)):
        return _sem_comando(achado[2], ctx)
    for ingles, nossa in RECUSAS:
        if achado := re.fullmatch(ingles, frase, re.DOTALL):
            frase = achado.expand(nossa)
            break
    if frase.startswith("Falta") and (parametro := getattr(erro, "param", None)):
        frase += f" {parametro.help}"
    return frase


def _sem_comando(dito: str, ctx: Any) -> str:
    """Diz onde há um comando com esse nome, ou quais se parecem."""
    nome = sem_acento(dito)
    lugares = [c for c in _caminhos(ctx.find_root().command, "oficina") if c.endswith(f" {nome}")]
    if not 0 < len(lugares) <= MUITOS:
        parecidos = get_close_matches(nome, ctx.command.commands, cutoff=PARECIDO)
        lugares = [f"{ctx.command_path} {parecido}" for parecido in parecidos]
    return f'Não há o comando "{dito}"' + (f"; seria {lista(lugares, 'ou')}?" if lugares else ".")


def _caminhos(grupo: Any, ate_aqui: str) -> Iterator[str]:
    for nome, comando in getattr(grupo, "commands", {}).items():
        yield f"{ate_aqui} {nome}"
        yield from _caminhos(comando, f"{ate_aqui} {nome}")


class Lido(RuntimeParam):
    """O que se digitou, entendido só pelo nosso leitor: sem isto, o Typer carrega o pydantic."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        ler = self.parameter_info.parser or str
        return [ler(cada) for cada in value] if isinstance(value, list | tuple) else ler(value)


def _ler_do_nosso_jeito(parametros: Iterable[Any]) -> None:
    for parametro in parametros:
        descrito = parametro.type_descriptor
        parametro._runtime_param = Lido(descrito.parameter_info, descrito.annotation)  # noqa: SLF001


class Explica:
    """O que um comando e um grupo têm em comum: a ajuda em português."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        ajuda.escrever(self, ctx, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        opcao = super().get_help_option(ctx)  # type: ignore[misc]
        _ler_do_nosso_jeito([opcao])
        return opcao


class FaltaDizer(DadoInvalido):
    """O que o comando recusou porque não se disse, e o `parametro` em que se diz."""

    def __init__(self, erro: DadoInvalido, parametro: Any) -> None:
        super().__init__(str(erro), erro.campo, detalhes=erro.detalhes, comando=erro.comando)
        self.parametro = parametro


def _cala(parametro: Any, ctx: Any) -> bool:
    um_valor = parametro.nargs == 1 and not parametro.multiple
    return um_valor and ctx.params.get(parametro.name) is None


class Comando(Explica, TyperCommand):
    """Um comando que se explica em português; com `-` no lugar do resto, faz muitos de uma vez.

    `responde` é o caso cuja resposta ele mostra, ou o tipo dela.
    """

    def __init__(
        self,
        name: str | None,
        em_fluxo: Callable[[], Any] | None = None,
        responde: Any = None,
        **opcoes: Any,
    ) -> None:
        super().__init__(name, **opcoes)
        self.em_fluxo, self.responde = em_fluxo, responde
        _ler_do_nosso_jeito(self.params)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except DadoInvalido as erro:
            calados = (p for p in self.params if p.name == erro.campo and _cala(p, ctx))
            if parametro := next(calados, None):
                raise FaltaDizer(erro, parametro) from erro
            raise

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if self.em_fluxo is None or "-" not in args:
            return super().parse_args(ctx, args)
        ctx.command = self.em_fluxo()
        restantes: list[str] = ctx.command.parse_args(ctx, [arg for arg in args if arg != "-"])
        return restantes


class Grupo(Explica, TyperGroup):
    """Um grupo de comandos; sozinho na linha, mostra o que há nele e sai com 2, se não faz nada."""

    def __init__(self, **opcoes: Any) -> None:
        super().__init__(**opcoes)
        _ler_do_nosso_jeito(self.params)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, cmd_name) or self.commands.get(SINONIMOS.get(cmd_name, ""))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not (args or ctx.resilient_parsing or self.invoke_without_command):
            typer.echo(self.get_help(ctx))
            raise typer.Exit(2)
        return super().parse_args(ctx, args)
