"""De uma função a um comando.

Um comando traduz o que se digitou em um caso de uso e o devolve; quem lhe acrescenta as opções
comuns e o entrega ao atendimento é daqui. O tipo devolvido diz tudo: o catálogo sabe se ele grava,
o dataclass sabe se tem páginas ou versão, e a docstring é a ajuda.
"""

import inspect
import re
from collections.abc import Callable, Collection, Iterable
from copy import copy
from dataclasses import fields
from functools import partial
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

import typer

from oficina_cli import paginador
from oficina_cli.atendimento import Atendimento, Como
from oficina_cli.opcoes import Comuns
from oficina_cli.portugues import Comando, Grupo
from oficina_core.catalogo import CORPO, ROTAS

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=Any)

CRIADO = 201
DO_FLUXO = ("loja", "simular", "chave", "sem_perguntas")
TIPOS_COMUNS = get_type_hints(Comuns, include_extras=True)
PADROES = {campo.name: campo.default for campo in fields(Comuns)}
DE_QUEM_GRAVA = {"simular", "chave", "sem_perguntas"}


def grupo(ajuda: str) -> typer.Typer:
    return typer.Typer(cls=Grupo, help=ajuda)


def mudado(caso: type[C], atual: Any, **ditos: Any) -> C:
    """O pedido de edição: o que se disse, e o resto como está."""
    editado: C = caso(
        **{
            campo.name: getattr(atual, campo.name) if dito is None else dito
            for campo in fields(caso)
            for dito in [ditos.get(campo.name)]
        }
    )
    return editado


def comando(
    app: typer.Typer,
    *exemplos: str,
    pergunta: str = "",
    sem: Collection[str] = (),
    painel: str | None = None,
    como: Como | None = None,
    caso: Any = None,
) -> Callable[[F], F]:
    """Publica a função como comando do grupo.

    `pergunta` é o que se confirma antes de fazer; `sem`, os campos que a resposta a pessoas
    dispensa; `como`, quem mostra a resposta, se ela não basta; `caso`, o que a função mesma atende,
    em vez de o devolver.
    """

    def publicar(funcao: F) -> F:
        feito = caso or _principal(inspect.signature(funcao).return_annotation)
        app.command(
            cls=cast("Any", partial(Comando, em_fluxo=_em_fluxo(feito), responde=feito)),
            rich_help_panel=painel,
            help=_ajuda(funcao if funcao.__doc__ else feito),
            epilog=_exemplos(exemplos),
        )(_montar(funcao, feito, pergunta, sem, como))
        return funcao

    return publicar


def _em_fluxo(caso: Any) -> Callable[[], Any] | None:
    """O comando que faz muitos de uma vez, se o caso cria um; a planilha já é muitos."""
    rota = ROTAS.get(caso)
    if rota is None or rota.status != CRIADO or rota.limite != CORPO:
        return None

    def executar(ctx: typer.Context, **valores: Any) -> None:
        from oficina_cli import fluxo

        codigo = fluxo.atender(Atendimento(ctx.obj, Comuns(**valores)), caso)
        raise typer.Exit(codigo)

    def montar() -> Any:
        app = typer.Typer()
        executar.__signature__ = _assinatura(map(_parametro, DO_FLUXO))  # type: ignore[attr-defined]
        app.command(cls=Comando, help=_ajuda(caso))(executar)
        return typer.main.get_command(app)

    return montar


def _principal(devolvido: Any) -> Any:
    """O caso que o comando faz; de vários, o primeiro, que é o que se explica."""
    return next(iter(get_args(devolvido)), devolvido)


def _montar(
    funcao: Callable[..., Any],
    caso: Any,
    pergunta: str,
    sem: Collection[str],
    como: Como | None,
) -> Callable[..., None]:
    proprios = dict(inspect.signature(funcao).parameters)
    comuns = _comuns(caso, pergunta)
    atendentes = [nome for nome, p in proprios.items() if p.annotation is Atendimento]

    def executar(ctx: typer.Context, **valores: Any) -> None:
        atendimento = Atendimento(ctx.obj, Comuns(**{nome: valores.pop(nome) for nome in comuns}))
        if atendimento.comuns.sem_pager:
            paginador.dispensar()
        pedido = funcao(**valores, **dict.fromkeys(atendentes, atendimento))
        if pedido is None:
            return
        if caso in ROTAS:
            atendimento.atender(pedido, pergunta.format(**valores), sem, como)
        else:
            atendimento.mostrar(pedido)

    parametros = [p for nome, p in proprios.items() if nome not in atendentes]
    parametros += [_parametro(nome) for nome in comuns]
    executar.__name__ = funcao.__name__
    executar.__signature__ = _assinatura(parametros)  # type: ignore[attr-defined]
    return executar


def _assinatura(parametros: Iterable[inspect.Parameter]) -> inspect.Signature:
    contexto = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    return inspect.Signature([contexto, *map(_para_o_typer, parametros)])


def _comuns(caso: Any, pergunta: str) -> list[str]:
    """As opções comuns que servem a este caso, na ordem em que a ajuda as mostra."""
    if caso not in ROTAS:
        return ["saida", "campos", "sem_pager"]
    do_caso = {campo.name for campo in fields(caso)} & {"limite", "cursor", "versao"}
    nomes = {"saida", "campos", "loja", *do_caso}
    if "cursor" in do_caso:
        nomes.add("tudo")
    nomes |= DE_QUEM_GRAVA if ROTAS[caso].escreve else {"sem_pager"}
    if pergunta:
        nomes.add("sim")
    return [nome for nome in TIPOS_COMUNS if nome in nomes]


def _parametro(nome: str) -> inspect.Parameter:
    return inspect.Parameter(
        nome,
        inspect.Parameter.KEYWORD_ONLY,
        default=PADROES[nome],
        annotation=TIPOS_COMUNS[nome],
    )


def _para_o_typer(parametro: inspect.Parameter) -> inspect.Parameter:
    """O leitor faz o trabalho: ao Typer basta saber se é opção sem valor, lista ou texto."""
    if get_origin(parametro.annotation) is not Annotated:
        return parametro.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    tipo, opcao = get_args(parametro.annotation)[:2]
    opcao = copy(opcao)
    if any(get_origin(parte) is list for parte in (tipo, *get_args(tipo))):
        tipo = list[str]
    elif tipo is not bool:
        tipo, opcao.parser = str, opcao.parser or str
    return parametro.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[tipo, opcao])


def _ajuda(caso: Any) -> str:
    """A docstring, com o nome do campo na forma da opção."""
    return re.sub(
        r"`([a-z_]+)`", lambda campo: f"--{campo[1].replace('_', '-')}", inspect.getdoc(caso) or ""
    )


def _exemplos(exemplos: tuple[str, ...]) -> str | None:
    linhas = "\n".join(f"  oficina {exemplo}" for exemplo in exemplos)
    return f"Exemplos:\n{linhas}" if exemplos else None
