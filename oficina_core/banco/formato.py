"""O arquivo da cópia de segurança: o mesmo em SQLite e em MySQL, e que se lê sem a oficina.

São linhas de JSON, em gzip. A primeira diz o formato, a revisão, quando se fez, e as colunas de
cada tabela; depois vem cada tabela, com o nome em uma linha e uma lista por registro, nos valores
que o SQLite guarda (inteiro, texto ou nulo; os instantes em UTC). A última diz quantos registros
há em cada tabela e o SHA-256 de tudo o que vem antes dela.

Quem lê não confia no arquivo: nada se descomprime além de uma linha, e a linha tem limite. Levanta
DadoInvalido ao primeiro sinal de que não é o que se escreveu.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeAlias, cast

from oficina_core.dominio.erros import DadoInvalido, ErroOficina, Indisponivel

FORMATO, VERSAO = "cópia da oficina", 1
LOTE = 1000  # registros, ou PESO bytes deles, por vez
PESO = 4 * 2**20
CABECALHO_MAXIMO, LINHA_MAXIMA = 2**20, 4 * 2**20  # bytes; nenhum texto da oficina chega perto
NIVEL = 6  # do gzip

ESTRANHO = "Esse arquivo não é uma cópia feita por: oficina banco backup"
INCOMPLETA = (
    "A cópia está incompleta, falta o fim dela; traga-a de novo de onde veio, ou use outra."
)
DANIFICADA = "A cópia está danificada ou foi alterada; traga-a de novo de onde veio, ou use outra."
ILEGIVEL = "O arquivo da cópia não se deixa ler; confira a permissão dele, e o disco em que está."
MAIS_NOVA = "A cópia é de uma versão mais nova da oficina; atualize o programa."

Confere: TypeAlias = Callable[[Any], bool]
Registros: TypeAlias = Iterable[Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Cabecalho:
    """De que banco se fez a cópia, e quando; as colunas de cada tabela, na ordem em que vêm."""

    programa: str
    revisao: str
    em: datetime
    tabelas: Mapping[str, Sequence[str]]


class Escritor:
    """Escreve a cópia; sem `fechar`, fica sem fim, e quem a lê a recusa."""

    def __init__(self, destino: BinaryIO, cabecalho: Cabecalho) -> None:
        self._gzip = gzip.GzipFile("", "wb", NIVEL, destino, mtime=0)
        self._resumo = sha256()
        self.registros: dict[str, int] = {}
        dito = {"formato": FORMATO, "versao": VERSAO, **vars(cabecalho)}
        self._escrever(_linha(dito))

    def tabela(self, nome: str, lotes: Iterable[Registros]) -> Iterator[int]:
        """Escreve cada lote, e diz quantos registros tinha; DadoInvalido se um não cabe."""
        self.registros[nome] = 0
        self._escrever(_linha(nome))
        for lote in lotes:
            linhas = [_linha(list(registro)) for registro in lote]
            if max(map(len, linhas), default=0) > LINHA_MAXIMA:
                raise DadoInvalido(f"Um registro de {nome} é grande demais para a cópia.")
            self._escrever(b"".join(linhas))
            self.registros[nome] += len(linhas)
            yield len(linhas)

    def fechar(self) -> None:
        self._escrever(_linha({"registros": self.registros, "sha256": self._resumo.hexdigest()}))
        self._gzip.close()

    def _escrever(self, dados: bytes) -> None:
        self._resumo.update(dados)
        self._gzip.write(dados)


class Leitor:
    """A cópia, do começo ao fim, uma vez; o cabeçalho já vem lido."""

    def __init__(self, arquivo: IO[bytes]) -> None:
        self._arquivo, self._resumo = arquivo, sha256()
        self._dados, self._linha = b"", cast("Any", None)
        with _desconfiar(ESTRANHO):
            self._avancar(CABECALHO_MAXIMO, ESTRANHO)
            self.cabecalho = _cabecalho(self._linha)

    def lotes(
        self, aceita: Mapping[str, Sequence[Confere]]
    ) -> Iterator[tuple[str, list[list[Any]]]]:
        """Os registros de cada tabela, conferidos um a um; depois deles, o fim do arquivo."""
        registros = dict.fromkeys(self.cabecalho.tabelas, 0)
        self._avancar()
        for nome in self.cabecalho.tabelas:
            _exigir(self._linha == nome)
            self._avancar()
            while lote := self._lote(aceita[nome]):
                registros[nome] += len(lote)
                yield nome, lote
        _exigir(self._linha == {"registros": registros, "sha256": self._resumo.hexdigest()})
        with _desconfiar(DANIFICADA):
            _exigir(not self._arquivo.read(1))

    def _lote(self, confere: Sequence[Confere]) -> list[list[Any]]:
        lote: list[list[Any]] = []
        peso = 0
        while isinstance(self._linha, list) and len(lote) < LOTE and peso < PESO:
            _exigir(len(self._linha) == len(confere))
            _exigir(all(serve(valor) for serve, valor in zip(confere, self._linha, strict=True)))
            lote.append(self._linha)
            peso += len(self._dados)
            self._avancar()
        return lote

    def _avancar(self, maximo: int = LINHA_MAXIMA, queixa: str = DANIFICADA) -> None:
        """Lê outra linha; o resumo é de tudo o que vem antes dela."""
        self._resumo.update(self._dados)
        with _desconfiar(queixa):
            self._dados = self._arquivo.readline(maximo + 1)
            if not self._dados:
                raise EOFError
            _exigir(len(self._dados) <= maximo, queixa)
            self._linha = json.loads(self._dados.decode())


@contextmanager
def ler(arquivo: Path) -> Iterator[Leitor]:
    """A cópia que está nesse arquivo; DadoInvalido se não há nenhuma."""
    if not _existe(arquivo):
        raise DadoInvalido(f"Não há o arquivo {arquivo}; confira o nome e a pasta.", "arquivo")
    with _desconfiar(ESTRANHO):
        aberto = gzip.open(arquivo)  # noqa: SIM115 — fecha-se a seguir
    with aberto:
        yield Leitor(cast("IO[bytes]", aberto))


def _existe(arquivo: Path) -> bool:
    try:
        return arquivo.is_file()
    except OSError:  # nem nome de arquivo é
        return False


@contextmanager
def _desconfiar(queixa: str) -> Iterator[None]:
    """O que o arquivo tem de estranho vira a queixa; o que lhe falta, e o que já se disse, não."""
    try:
        yield
    except ErroOficina:
        raise
    except EOFError:
        raise DadoInvalido(INCOMPLETA, "arquivo") from None
    except (gzip.BadGzipFile, zlib.error, ValueError, RecursionError):
        raise DadoInvalido(queixa, "arquivo") from None
    except OSError as erro:
        raise DadoInvalido(ILEGIVEL, "arquivo") from erro


def _exigir(certo: bool, queixa: str = DANIFICADA) -> None:  # noqa: FBT001
    if not certo:
        raise DadoInvalido(queixa, "arquivo")


def _cabecalho(dito: Any) -> Cabecalho:
    """O da cópia; Indisponivel se é de um programa mais novo, que a saberá ler."""
    _exigir(isinstance(dito, dict) and dito.get("formato") == FORMATO, ESTRANHO)
    _exigir(type(dito.get("versao")) is int)
    if dito["versao"] > VERSAO:
        raise Indisponivel(MAIS_NOVA)
    programa, revisao, em, tabelas = (dito.get(n) for n in ("programa", "revisao", "em", "tabelas"))
    _exigir(isinstance(programa, str) and isinstance(revisao, str) and isinstance(em, str))
    _exigir(isinstance(tabelas, dict) and all(map(_sao_nomes, tabelas.values())))
    quando = datetime.fromisoformat(em)
    _exigir(quando.tzinfo is not None)
    return Cabecalho(programa=programa, revisao=revisao, em=quando, tabelas=tabelas)


def _sao_nomes(colunas: Any) -> bool:
    return isinstance(colunas, list) and all(isinstance(nome, str) for nome in colunas)


def _simples(valor: Any) -> str:
    """Os instantes e as datas do MySQL, como o SQLite os guarda."""
    if isinstance(valor, datetime):
        return valor.isoformat(" " if valor.tzinfo is None else "T", "microseconds")
    if isinstance(valor, date):
        return valor.isoformat()
    raise TypeError(f"não se copia {type(valor).__name__}")


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_simples).encode


def _linha(valor: Any) -> bytes:
    return f"{_json(valor)}\n".encode()
