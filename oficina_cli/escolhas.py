"""O que se escolhe na tela e fica escrito no `config.toml` do usuário."""

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from oficina_core.dominio.erros import DadoInvalido, Indisponivel

TABELA = re.compile(r"^\s*\[", re.MULTILINE)


def guardar(escolhas: Mapping[str, str | int]) -> Path:
    """Troca só essas chaves no arquivo, que fica só de quem o escreve; devolve onde ele está.

    Levanta DadoInvalido se não se sabe mudá-lo sem perder o resto, e Indisponivel se não se grava.
    """
    from oficina_core.configuracao import arquivo_do_usuario

    caminho = arquivo_do_usuario()
    try:
        antes = caminho.read_text("utf-8") if caminho.exists() else ""
        _gravar(caminho.resolve(), _trocar(antes, escolhas, caminho))
    except OSError as erro:
        raise Indisponivel(f"Não deu para escrever em {caminho}; confira a pasta.") from erro
    return caminho


def _trocar(antes: str, escolhas: Mapping[str, str | int], caminho: Path) -> str:
    """O texto com as chaves novas em cima, antes de qualquer tabela."""
    achada = TABELA.search(antes)
    fim = achada.start() if achada else len(antes)
    nomes = "|".join(map(re.escape, escolhas))
    ficam = re.sub(rf"(?m)^[ \t]*({nomes})[ \t]*=.*\n?", "", antes[:fim])
    novas = "".join(f"{nome} = {_valor(valor)}\n" for nome, valor in escolhas.items())
    texto = novas + ficam + antes[fim:]
    try:
        certo = tomllib.loads(texto) == tomllib.loads(antes) | dict(escolhas)
    except tomllib.TOMLDecodeError:
        certo = False
    if not certo:
        raise DadoInvalido(
            f"Não deu para mudar {caminho} sem perder o que há nele; escreva nele: "
            f"{', '.join(escolhas)}."
        )
    return texto


def _valor(valor: str | int) -> str:
    """Como JSON, que o TOML entende, menos no DEL e no que passa de 16 bits, que vai inteiro."""
    return json.dumps(valor, ensure_ascii=False).replace("\x7f", "\\u007f")


def _gravar(caminho: Path, texto: str) -> None:
    """De uma vez: ou o arquivo inteiro, ou o de antes; já nasce fechado aos outros."""
    caminho.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descritor, provisorio = tempfile.mkstemp(dir=caminho.parent, prefix=".config-")
    try:
        with os.fdopen(descritor, "w", encoding="utf-8") as novo:
            novo.write(texto)
            novo.flush()
            os.fsync(descritor)
        Path(provisorio).replace(caminho)
    except BaseException:
        with suppress(OSError):
            Path(provisorio).unlink()
        raise
