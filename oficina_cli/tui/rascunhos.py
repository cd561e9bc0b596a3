"""O que se digitou e ainda não se gravou, em disco: nem a queda do programa o perde.

São dados de clientes: a pasta e os arquivos são só de quem os escreve, e somem ao gravar.
"""

import errno
import json
import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

if sys.platform != "win32":
    import fcntl

NOME = re.compile("[a-z0-9-]{1,60}")
GUARDAR = 0.5  # segundos sem teclar antes de guardar em disco
MAXIMO = 1_000_000  # bytes que se leem de um rascunho
SEM_SURPRESA = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no Windows, não há
NAO_SE_LE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)
PORQUES = {
    errno.ENOSPC: "o disco está cheio",
    errno.EDQUOT: "o disco está cheio",
    errno.EROFS: "o disco só deixa ler",
    errno.EACCES: "falta permissão na pasta dos rascunhos",
    errno.EPERM: "falta permissão na pasta dos rascunhos",
}


def por_que(erro: OSError) -> str:
    """Por que não se guardou, em português, e como se sai mesmo assim."""
    porque = PORQUES.get(erro.errno or 0, "o disco não o aceitou")
    return (
        f"Não deu para guardar o rascunho: {porque}. "
        "Grave, ou descarte com esc; ctrl+q duas vezes sai sem ele."
    )


def semear() -> str:
    """Uma semente que nenhum outro rascunho tem."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Rascunho:
    """O que se digitou em uma tela, campo por campo; `titulo` é como se oferece continuar.

    De um registro que se editava vão só os campos em que se mexeu: os outros, repostos, desfariam o
    que outro gravou. `versao` é a dele: se mudou, gravar pergunta o que fica. `semente` é de onde
    saem as chaves do que se manda gravar: mandado outra vez, é o mesmo pedido.
    """

    nome: str
    titulo: str
    campos: Mapping[str, str]
    versao: int | None = None
    semente: str = ""


CHEGADA = "chegada-"


class Rascunhos:
    """Uma pasta de rascunhos; a pasta só se decide ao usar.

    `anotar` se chama no laço da tela, na ordem do que se fez, e não toca no disco; o resto se chama
    em fios, que podem chegar em qualquer ordem: o que vale é sempre o último que se anotou.

    O que outro processo guardou é dele enquanto vive: nem se oferece, nem se troca, nem se apaga. O
    que ficou de um que acabou é de quem primeiro o retomar.
    """

    def __init__(self, pasta: Callable[[], Path]) -> None:
        self.gravando = set[str]()  # os que se mandou gravar, e ainda não se sabe se ficaram
        self._onde = pasta
        self._dono = secrets.token_hex(8)
        self._posse: int | None = None
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
            self._meu(nome).unlink(missing_ok=True)

    def _escrever(self, rascunho: Rascunho) -> None:
        """Grava inteiro ou não grava: troca o arquivo de uma vez."""
        self._tomar_posse()
        meu = self._meu(rascunho.nome)
        novo = meu.with_suffix(".novo")
        novo.unlink(missing_ok=True)
        conteudo = {
            "titulo": rascunho.titulo,
            "campos": dict(rascunho.campos),
            "versao": rascunho.versao,
            "semente": rascunho.semente,
        }
        descritor = os.open(novo, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descritor, "w", encoding="utf-8") as aberto:
            json.dump(conteudo, aberto)
            aberto.flush()
            os.fsync(aberto.fileno())
        novo.replace(meu)

    def ler(self, nome: str) -> Rascunho | None:
        """O guardado com esse nome, que passa a ser deste processo.

        O que não se entende é como se não houvesse.
        """
        self._tentar_gravar()
        with self._disco, suppress(OSError):
            for arquivo, lido in self._ao_alcance():
                if lido.nome == nome:
                    with suppress(OSError):  # o que não se pode tomar ainda se lê
                        self._tomar_posse()
                        arquivo.replace(self._meu(nome))
                    return lido
        return None

    def todos(self) -> list[Rascunho]:
        """Os que se podem retomar: os deste processo primeiro, e do mais novo ao mais antigo."""
        self._tentar_gravar()
        with suppress(OSError):
            lidos = (lido for _, lido in self._ao_alcance())
            return [lido for lido in lidos if lido.nome not in self.gravando]
        return []

    def fechar(self) -> None:
        """O que ficou é de quem abrir a seguir."""
        with self._disco:
            if self._posse is not None:
                self._marca(self._dono).unlink(missing_ok=True)
                os.close(self._posse)
                self._posse = None

    def _tentar_gravar(self) -> None:
        with suppress(OSError):
            self.gravar()

    # ── de quem é cada um ────────────────────────────────────────────────────────────────────

    def _meu(self, nome: str) -> Path:
        return self._onde() / f"{_arquivo(nome)}.{self._dono}.json"

    def _marca(self, dono: str) -> Path:
        return self._onde() / f"{dono}.dono"

    def _ao_alcance(self) -> Iterator[tuple[Path, Rascunho]]:
        """Os que se leem e que ninguém mais segura, um de cada nome, na ordem de `todos`."""
        vistos = set[str]()
        arquivos = self._onde().glob("*.json")
        for _, dono, nome, arquivo in sorted(map(self._ficha, arquivos), reverse=True):
            if nome in vistos or not NOME.fullmatch(nome) or self._de_outro(dono):
                continue
            if lido := _lido(nome, arquivo):
                vistos.add(nome)
                yield arquivo, lido

    def _ficha(self, arquivo: Path) -> tuple[tuple[bool, float], str, str, Path]:
        nome, _, dono = arquivo.stem.partition(".")
        return (dono == self._dono, arquivo.lstat().st_mtime), dono, nome, arquivo

    def _tomar_posse(self) -> None:
        """Quem segura a marca vive; quem cai, seja como for, larga-a."""
        pasta = self._onde()
        for cada in [*reversed(pasta.parents), pasta]:
            cada.mkdir(mode=0o700, exist_ok=True)
        if self._posse is None:
            marca = self._marca(self._dono)
            self._posse = os.open(marca, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            if sys.platform != "win32":
                with suppress(OSError):  # há discos em que ninguém segura nada
                    fcntl.flock(self._posse, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _de_outro(self, dono: str) -> bool:
        """Se é de outro processo, e ele vive."""
        if dono == self._dono or sys.platform == "win32":
            return False
        marca = self._marca(dono)
        with suppress(OSError, ValueError), _aberto(marca) as aberta:
            try:
                fcntl.flock(aberta, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            marca.unlink()
        return False


def _lido(nome: str, arquivo: Path) -> Rascunho | None:
    with suppress(*NAO_SE_LE), _aberto(arquivo) as aberto:
        dito = json.loads(os.read(aberto, MAXIMO))
        campos = {str(campo): str(valor) for campo, valor in dito["campos"].items()}
        versao = None if dito["versao"] is None else int(dito["versao"])
        return Rascunho(nome, str(dito["titulo"]), campos, versao, str(dito.get("semente", "")))
    return None


@contextmanager
def _aberto(arquivo: Path) -> Iterator[int]:
    """Só um arquivo mesmo: nem atalho para outro, nem o que faria esperar por quem escreva."""
    descritor = os.open(arquivo, os.O_RDONLY | SEM_SURPRESA)
    try:
        if not stat.S_ISREG(os.fstat(descritor).st_mode):
            raise ValueError(arquivo)
        yield descritor
    finally:
        os.close(descritor)


def _arquivo(nome: str) -> str:
    if not NOME.fullmatch(nome):
        raise ValueError(nome)
    return nome
