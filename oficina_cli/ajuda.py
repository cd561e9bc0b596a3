"""A ajuda de um comando, que cabe na tela: o que é só dele, por inteiro; o resto, em uma linha."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any

from oficina_cli.opcoes import COMUNS

LARGURA = 80
COLUNA = 26  # o nome mais largo que isto fica sozinho na linha


def escrever(comando: Any, ctx: Any, formatador: Any) -> None:
    """O uso, o que faz, as opções, os comandos e os exemplos: o fim é o que fica na tela."""
    largura = min(get_terminal_size().columns, LARGURA)
    blocos = [_dobrar(f"Uso: {ctx.command_path} {' '.join(_uso(comando))}", largura)]
    blocos += [_dobrar(paragrafo, largura) for paragrafo in comando.help.split("\n\n")]
    blocos += _opcoes_da_raiz(comando, largura) if ctx.parent is None else _opcoes(comando, largura)
    for titulo, subcomandos in _paineis(_subcomandos(comando)).items():
        tabela = _tabela([(c.name, _frase(c)) for c in subcomandos], largura)
        blocos.append(f"{titulo or 'Comandos'}:\n{tabela}")
    formatador.write("\n\n".join([*blocos, *filter(None, [comando.epilog])]))


def _opcoes(comando: Any, largura: int) -> Iterator[str]:
    """As próprias, e em uma linha as que se explicam pelo nome ou em outro lugar."""
    paineis = _paineis(comando.params)
    if proprias := paineis.pop(None, []):
        yield _tabela(map(_linha, proprias), largura)
    em_uma_linha = [
        _dobrar(
            f"{titulo}: {' '.join(_curto(opcao) or opcao.opts[0] for opcao in opcoes)}", largura
        )
        for titulo, opcoes in paineis.items()
    ]
    if em_uma_linha:
        yield "\n".join(em_uma_linha)


def _opcoes_da_raiz(raiz: Any, largura: int) -> Iterator[str]:
    """Aqui se explicam também as comuns, de todos os comandos."""
    proprias = _paineis(raiz.params)[None]
    comuns = {opcao.name: opcao for opcao in _de_todos(raiz) if opcao.rich_help_panel == COMUNS}
    for titulo, opcoes in (
        ("Opções, antes do comando", proprias),
        ("Opções comuns, nos comandos a que servem", comuns.values()),
    ):
        yield f"{titulo}:\n{_tabela(map(_linha, opcoes), largura)}"


def _subcomandos(comando: Any) -> Iterable[Any]:
    return getattr(comando, "commands", {}).values()


def _de_todos(comando: Any) -> Iterator[Any]:
    """As opções deste comando e dos que há nele."""
    yield from comando.params
    for subcomando in _subcomandos(comando):
        yield from _de_todos(subcomando)


def _paineis(membros: Iterable[Any]) -> dict[str | None, list[Any]]:
    paineis = defaultdict(list)
    for membro in membros:
        if not membro.hidden:
            paineis[membro.rich_help_panel].append(membro)
    return paineis


def _uso(comando: Any) -> Iterator[str]:
    """O que não pode faltar, e o que pode."""
    for parametro in comando.params:
        if parametro.required:
            yield _nome(parametro)
        elif parametro.param_type_name == "argument":
            yield f"[{_nome(parametro)}]"
    if comando.params:
        yield "[OPÇÕES]"
    if _subcomandos(comando):
        yield "COMANDO ..."


def _frase(comando: Any) -> str:
    """A primeira, até o ponto e vírgula."""
    return str(comando.help).partition("\n\n")[0].partition(";")[0].removesuffix(".")


def _linha(parametro: Any) -> tuple[str, str]:
    curto = _curto(parametro)
    return f"{curto}, {_nome(parametro)}" if curto else _nome(parametro), parametro.help


def _curto(parametro: Any) -> str:
    """O nome de uma letra, como `-o`, se há um."""
    return next((nome for nome in parametro.opts if re.fullmatch("-.", nome)), "")


def _nome(parametro: Any) -> str:
    """O primeiro; os outros nomes da opção valem, mas não se mostram."""
    if parametro.param_type_name == "argument":
        return str(parametro.metavar)
    return f"{parametro.opts[0]} {parametro.metavar or ''}".rstrip()


def _tabela(linhas: Iterable[tuple[str, str]], largura: int) -> str:
    linhas = list(linhas)
    coluna = max(len(nome) for nome, _ in linhas if len(nome) <= COLUNA) + 4
    return "\n".join(
        _dobrar(texto, largura, f"  {nome}".ljust(coluna - 1) + " ", " " * coluna)
        for nome, texto in linhas
    )


def _dobrar(texto: str, largura: int, antes: str = "", depois: str = "") -> str:
    """Sem partir palavra: `--sem-perguntas` se copia como está."""
    partes = wrap(
        " ".join(texto.split()),
        largura,
        initial_indent=antes,
        subsequent_indent=depois,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return "\n".join(partes)
