"""O que se digitou e ainda não se gravou, em disco: nem a queda do programa o perde.

São dados de clientes: a pasta e os arquivos são só de quem os escreve, e somem ao gravar.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

NOME = re.compile("[a-z0-9-]{1,60}")
GUARDAR = 0.5  # segundos sem teclar antes de guardar em disco


@dataclass(frozen=True)
class Rascunho:
    """O que se digitou em uma tela, campo por campo; `titulo` é como se oferece continuar.

    De um registro que se editava vão só os campos em que se mexeu: os outros, repostos, desfariam o
    que outro gravou. `versao` é a dele: se mudou, gravar pergunta o que fica.
    """

    nome: str
    titulo: str
    campos: Mapping[str, str]
    versao: int | None = None


CHEGADA = "chegada-"


class Rascunhos:
    """Uma pasta de rascunhos; a pasta só se decide ao usar.

    `anotar` se chama no laço da tela, na ordem do que se fez, e não toca no disco; o resto se chama
    em fios, que podem chegar em qualquer ordem: o que vale é sempre o último que se anotou.
    """

    def __init__(self, pasta: Callable[[], Path]) -> None:
        self._onde = pasta
        self._anotados: dict[str, Rascunho | None] = {}
        self._disco = Lock()

    def anotar(self, nome: str, rascunho: Rascunho | None) -> None:
        """O que há de ficar com esse nome; None é nada."""
        self._anotados[_arquivo(nome)] = rascunho

    def gravar(self) -> None:
        """Põe em disco o que se anotou; o que não se pôde fica anotado. OSError se não coube."""
        falha = None
        with self._disco:
            for nome in list(self._anotados):
                rascunho = self._anotados.pop(nome)
                try:
                    self._por_em_disco(nome, rascunho)
                except OSError as erro:
                    falha = erro if rascunho else falha
                    self._anotados.setdefault(nome, rascunho)  # entretanto, outro o pode ter mudado
        if falha:
            raise falha

    def _por_em_disco(self, nome: str, rascunho: Rascunho | None) -> None:
        if rascunho:
            self._escrever(rascunho)
        else:
            (self._onde() / f"{nome}.json").unlink(missing_ok=True)

    def _escrever(self, rascunho: Rascunho) -> None:
        """Grava inteiro ou não grava: troca o arquivo de uma vez."""
        pasta = self._onde()
        pasta.mkdir(mode=0o700, parents=True, exist_ok=True)
        novo = pasta / f"{_arquivo(rascunho.nome)}.novo"
        conteudo = json.dumps(
            {
                "titulo": rascunho.titulo,
                "campos": dict(rascunho.campos),
                "versao": rascunho.versao,
            }
        )
        descritor = os.open(novo, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descritor, "w", encoding="utf-8") as aberto:
            aberto.write(conteudo)
            aberto.flush()
            os.fsync(aberto.fileno())
        novo.replace(pasta / f"{rascunho.nome}.json")

    def ler(self, nome: str) -> Rascunho | None:
        """O guardado com esse nome; o que não se entende é como se não houvesse."""
        self._tentar_gravar()
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            dito = json.loads((self._onde() / f"{_arquivo(nome)}.json").read_text("utf-8"))
            campos = {str(campo): str(valor) for campo, valor in dito["campos"].items()}
            versao = None if dito["versao"] is None else int(dito["versao"])
            return Rascunho(nome, str(dito["titulo"]), campos, versao)
        return None

    def todos(self) -> list[Rascunho]:
        """Do mais novo para o mais antigo."""
        self._tentar_gravar()
        with suppress(OSError):
            arquivos = sorted(self._onde().glob("*.json"), key=lambda a: -a.stat().st_mtime)
            return [lido for arquivo in arquivos if (lido := self.ler(arquivo.stem))]
        return []

    def _tentar_gravar(self) -> None:
        with suppress(OSError):
            self.gravar()


def _arquivo(nome: str) -> str:
    if not NOME.fullmatch(nome):
        raise ValueError(nome)
    return nome
