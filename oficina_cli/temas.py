"""Os assuntos de `oficina ajuda`, que são textos, e a ajuda de um comando dita pelo nome dele."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from oficina_cli.atalhos import DADOS
from oficina_cli.portugues import PARECIDO
from oficina_core.dominio.erros import NaoEncontrado
from oficina_core.texto import lista, sem_acento

PASTA = DADOS / "ajuda"
TEMAS = (
    "primeiros-passos",
    "teclas",
    "saida",
    "codigos",
    "configuracao",
    "remoto",
    "lojas",
    "importar",
    "copias",
    "lgpd",
    "scripts",
)


def listar() -> str:
    """Uma linha por assunto: o título dele."""
    coluna = max(map(len, TEMAS))
    linhas = [f"  {tema:{coluna}}  {_titulo(tema)}" for tema in TEMAS]
    comeco = "Assuntos, que se leem com oficina ajuda TEMA:"
    fim = "Um comando também serve de TEMA, como em: oficina ajuda ordem abrir"
    return "\n".join([comeco, "", *linhas, "", fim, ""])


def explicar(ditos: Sequence[str]) -> str:
    """O texto do assunto, ou a ajuda do comando; NaoEncontrado, com os parecidos, se não há."""
    dito = " ".join(ditos)
    nome = sem_acento("-".join(ditos))
    if nome in TEMAS:
        return ler(nome)
    if (do_comando := _do_comando(ditos)) is not None:
        return do_comando
    parecidos = get_close_matches(nome, [*TEMAS, *_raiz().commands], cutoff=PARECIDO)
    seria = f"; seria {lista(parecidos, 'ou')}?" if parecidos else "; veja os que há."
    raise NaoEncontrado(f'Não há o assunto "{dito}"{seria}', comando="ajuda")


def ler(tema: str) -> str:
    return (PASTA / f"{tema}.md").read_text(encoding="utf-8")


def _titulo(tema: str) -> str:
    return ler(tema).partition("\n")[0].removeprefix("# ")


def _do_comando(nomes: Sequence[str]) -> str | None:
    """A ajuda do comando, como ele a diz; None se não há um com esse nome."""
    import typer

    contexto: Any = typer.Context(_raiz(), info_name="oficina")
    for nome in nomes:
        grupo = contexto.command
        comando = hasattr(grupo, "commands") and grupo.get_command(contexto, sem_acento(nome))
        if not comando:
            return None
        contexto = typer.Context(comando, parent=contexto, info_name=sem_acento(nome))
    return f"{contexto.get_help()}\n"


def _raiz() -> Any:
    import typer

    from oficina_cli.app import app

    return typer.main.get_command(app)
