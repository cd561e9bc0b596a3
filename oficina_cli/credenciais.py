"""O token com que se entra em cada API: onde fica guardado, e qual vale.

Um arquivo, que só o dono lê, tem uma linha por origem: o token ou, se ele está no chaveiro do
sistema, nada. Assim se sabe onde está o mais novo, e o chaveiro só se abre quando há o que buscar.
"""

import base64
import json
import os
import re
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Any, TypeAlias

from platformdirs import user_data_path

from oficina_core.dominio.erros import DadoInvalido, Indisponivel
from oficina_core.dominio.valores import Opcao

SERVICO = "oficina"
RECOMENDADO = 1  # abaixo disto, o próprio keyring diz que o lugar não é seguro, ou que não há
DOS_OUTROS = 0o077
ILEGIVEL = (ValueError, LookupError, TypeError, OverflowError, OSError, RecursionError)

Guardadas: TypeAlias = dict[str, str | None]


class Fonte(Opcao):
    AMBIENTE = "OFICINA_TOKEN", "OFICINA_TOKEN"
    CHAVEIRO = "CHAVEIRO", "chaveiro do sistema"
    ARQUIVO = "ARQUIVO", "arquivo"


ENTRE = "Falta entrar: oficina auth entrar"
ENTRE_DE_NOVO = "A entrada guardada já não vale; entre de novo com: oficina auth entrar"
COMO_ENTRAR = {
    None: ENTRE,
    Fonte.AMBIENTE: "O token de OFICINA_TOKEN não serve a esta API; troque-o, ou apague-o e entre "
    "com: oficina auth entrar",
    Fonte.CHAVEIRO: ENTRE_DE_NOVO,
    Fonte.ARQUIVO: ENTRE_DE_NOVO,
}


@dataclass(frozen=True)
class Credencial:
    """Um token e de onde ele veio; sem nenhum, ainda não se entrou."""

    token: str | None = field(default=None, repr=False)
    fonte: Fonte | None = None

    @property
    def como_entrar(self) -> str:
        """O que dizer a quem a API não reconhece com esta credencial."""
        return COMO_ENTRAR[self.fonte]

    @property
    def vence_em(self) -> datetime | None:
        """Quando o token diz que vence; None se ele não é um JWT, ou não diz.

        Não se confere a assinatura, que é com a API: serve só para mostrar.
        """
        try:
            _, corpo, _ = (self.token or "").split(".")
            dito = json.loads(base64.urlsafe_b64decode(corpo + "=" * (-len(corpo) % 4)))
            return datetime.fromtimestamp(dito["exp"], UTC)
        except ILEGIVEL:
            return None


def em_vigor(do_ambiente: str | None, origem: str) -> Credencial:
    """A credencial desta origem: a do ambiente ou, sem ela, a guardada.

    Levanta DadoInvalido se o token do ambiente não cabe em um cabeçalho.
    """
    if do_ambiente:
        if not re.fullmatch("[!-~]+", do_ambiente):
            raise DadoInvalido(
                "OFICINA_TOKEN tem espaço, acento ou quebra de linha, que nenhum token tem; "
                "copie-o de novo, inteiro."
            )
        return Credencial(do_ambiente, Fonte.AMBIENTE)
    guardadas = _ler()
    if origem not in guardadas:
        return Credencial()
    if (token := guardadas[origem]) is not None:
        return Credencial(token, Fonte.ARQUIVO)
    token = _chaveiro("get_password", origem)
    return Credencial(token, Fonte.CHAVEIRO) if token else Credencial()


def guardar(origem: str, token: str) -> Fonte:
    """Guarda o token desta origem, no lugar do anterior: no chaveiro, se ele o devolve."""
    guardadas = _ler()
    _chaveiro("set_password", origem, token)
    no_chaveiro = _chaveiro("get_password", origem) == token
    _gravar(guardadas | {origem: None if no_chaveiro else token})
    return Fonte.CHAVEIRO if no_chaveiro else Fonte.ARQUIVO


def esquecer(origem: str) -> bool:
    """Esquece o token desta origem; falso se não havia."""
    guardadas = _ler()
    if origem not in guardadas:
        return False
    _chaveiro("delete_password", origem)
    _gravar({dita: token for dita, token in guardadas.items() if dita != origem})
    return True


def _chaveiro(acao: str, *dados: str) -> Any:
    """O que o chaveiro do sistema responde; None se não há, está trancado ou não é seguro."""
    try:
        import keyring

        chaveiro = keyring.get_keyring()
        if chaveiro.priority >= RECOMENDADO:
            return getattr(chaveiro, acao)(SERVICO, *dados)
    except Exception:  # noqa: BLE001 — cada sistema falha com um erro seu; o arquivo sempre serve
        return None
    return None


def arquivo() -> Path:
    return user_data_path("oficina", appauthor=False) / "credenciais.json"


def _ler() -> Guardadas:
    """O que está no arquivo; DadoInvalido se outra pessoa o pode ler, ou não se entende."""
    caminho = arquivo()
    try:
        descritor = os.open(caminho, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return {}
    except OSError as erro:
        raise _sem_arquivo(caminho) from erro
    with os.fdopen(descritor, encoding="utf-8") as aberto:
        if os.name == "posix" and stat.S_IMODE(os.fstat(descritor).st_mode) & DOS_OUTROS:
            raise DadoInvalido(
                f"Outras pessoas podem ler {caminho}, onde fica o seu token; feche-o com: "
                f"chmod 600 {quote(str(caminho))}"
            )
        try:
            guardadas = json.load(aberto)
        except ValueError:
            guardadas = None
    if not _sao_guardadas(guardadas):
        raise DadoInvalido(f"Não se entende {caminho}; apague-o e entre de novo.")
    lidas: Guardadas = guardadas
    return lidas


def _sao_guardadas(lidas: Any) -> bool:
    return isinstance(lidas, dict) and all(
        token is None or (isinstance(token, str) and re.fullmatch("[!-~]+", token))
        for token in lidas.values()
    )


def _gravar(guardadas: Guardadas) -> None:
    """Troca o arquivo de uma vez; ele nasce já fechado aos outros."""
    caminho = arquivo()
    try:
        caminho.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descritor, provisorio = tempfile.mkstemp(dir=caminho.parent, prefix=".credenciais-")
        try:
            with os.fdopen(descritor, "w", encoding="utf-8") as novo:
                json.dump(guardadas, novo)
                novo.flush()
                os.fsync(descritor)
            Path(provisorio).replace(caminho)
        except BaseException:
            with suppress(OSError):
                Path(provisorio).unlink()
            raise
    except OSError as erro:
        raise _sem_arquivo(caminho) from erro


def _sem_arquivo(caminho: Path) -> Indisponivel:
    return Indisponivel(f"Não deu para usar {caminho}; confira a pasta, ou use OFICINA_TOKEN.")
