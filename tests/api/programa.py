"""A API como se põe no ar: `python -m oficina_api`, em outro processo, sobre um banco."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

from oficina_api.tokens import Tokens
from oficina_core.banco.local import OficinaLocal
from oficina_core.casos.funcionarios import CriarFuncionario
from oficina_core.dominio.acesso import Papel
from tests.api.elenco import SEGREDO, configuracao
from tests.servidor_programa import porta_livre, vigiar

RAIZ = Path(__file__).parents[2]
PACIENCIA = 60  # segundos; nenhum teste mede por ela, só não espera para sempre


@dataclass(frozen=True)
class Resposta:
    """O que a API disse, já inteiro; os cabeçalhos em minúsculas."""

    status: int
    cabecalhos: dict[str, str]
    corpo: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.corpo)


@dataclass
class Programa:
    """Um processo da API, que se pode matar, mandar embora e ligar de novo na mesma porta."""

    url: str
    opcoes: tuple[str, ...] = ("--espera", "0")
    ambiente: dict[str, str] = field(default_factory=dict)
    porta: int = field(default_factory=porta_livre)

    def __enter__(self) -> Self:
        self._pasta = Path(tempfile.mkdtemp(prefix="oficina-api-"))
        self._vigia = vigiar(os.getpid(), self._pasta)  # se quem testa some, ele cai
        self.ligar()
        return self

    def __exit__(self, *_: object) -> None:
        self.matar()
        self._vigia.kill()
        self._vigia.wait()
        shutil.rmtree(self._pasta, ignore_errors=True)

    def ligar(self) -> None:
        """Nada do ambiente nem dos arquivos de quem testa entra."""
        ambiente = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(RAIZ),
            "HOME": str(self._pasta),
            "OFICINA_BANCO": self.url,
            "JWT_SECRET": SEGREDO,
        }
        with (self._pasta / "registro").open("ab") as registro:
            self.processo = subprocess.Popen(
                [sys.executable, "-m", "oficina_api", "--porta", str(self.porta), *self.opcoes],
                cwd=self._pasta,
                env=ambiente | self.ambiente,
                stdin=subprocess.DEVNULL,
                stdout=registro,
                stderr=registro,
            )
        (self._pasta / "pid").write_text(str(self.processo.pid), encoding="ascii")

    def aguardar(self, caminho: str = "/health/ready") -> Self:
        """Espera que ele atenda."""
        fim = monotonic() + PACIENCIA
        while not self.atende(caminho):
            assert self.processo.poll() is None, self.registro
            assert monotonic() < fim, self.registro
            sleep(0.02)
        return self

    def atende(self, caminho: str = "/health/ready") -> bool:
        try:
            return self.pedir("GET", caminho).status == 200
        except (OSError, HTTPException):
            return False

    def matar(self) -> None:
        """Derruba sem aviso (kill -9)."""
        self.processo.kill()
        self.processo.wait()

    def despedir(self) -> None:
        """SIGTERM, sem esperar que termine."""
        self.processo.terminate()

    @property
    def registro(self) -> str:
        return (self._pasta / "registro").read_text(encoding="utf-8")

    @property
    def endereco(self) -> str:
        return f"http://127.0.0.1:{self.porta}"

    def pedir(self, verbo: str, caminho: str, corpo: Any = None, **cabecalhos: str) -> Resposta:
        return pedir(self.porta, verbo, caminho, corpo, **cabecalhos)


def pedir(
    onde: int | HTTPConnection, verbo: str, caminho: str, corpo: Any = None, **cabecalhos: str
) -> Resposta:
    """Um pedido só, sem insistir; em uma porta, a conexão é nova e se fecha."""
    if isinstance(onde, HTTPConnection):
        return _pedir(onde, verbo, caminho, corpo, cabecalhos)
    http = HTTPConnection("127.0.0.1", onde, timeout=PACIENCIA)
    try:
        return _pedir(http, verbo, caminho, corpo, cabecalhos)
    finally:
        http.close()


def _pedir(
    http: HTTPConnection, verbo: str, caminho: str, corpo: Any, cabecalhos: dict[str, str]
) -> Resposta:
    nomes = {nome.replace("_", "-"): valor for nome, valor in cabecalhos.items()}
    if corpo is not None and not isinstance(corpo, bytes):
        corpo = json.dumps(corpo).encode()
    http.request(verbo, caminho, corpo, {"Content-Type": "application/json"} | nomes)
    resposta = http.getresponse()
    ditos = {nome.lower(): valor for nome, valor in resposta.getheaders()}
    return Resposta(resposta.status, ditos, resposta.read())


@contextmanager
def no_ar(url: str, quantos: int = 1, **outros: Any) -> Iterator[tuple[Programa, ...]]:
    """Tantos processos sobre o mesmo banco, todos já atendendo."""
    programas = tuple(Programa(url, **outros) for _ in range(quantos))
    abertos: list[Programa] = []
    try:
        abertos += [programa.__enter__() for programa in programas]
        yield tuple(programa.aguardar() for programa in programas)
    finally:
        for programa in abertos:
            programa.__exit__()


def contratar(
    url: str, papel: Papel = Papel.GERENTE, cpf: str = "935.411.347-80", loja: int | None = None
) -> int:
    """Um funcionário novo; quem o chama trata do token."""
    oficina = OficinaLocal.em(url)
    caso = CriarFuncionario(cpf=cpf, nome=f"Funcionário {papel.value}", papel=papel, loja_id=loja)
    numero = oficina.executar(caso).id
    oficina.fechar()
    return numero


def token(url: str, sujeito: str, prova: str = "pwd") -> str:
    return Tokens.de(configuracao(url)).emitir(sujeito, prova)[0]


def identificar(url: str, **quem: Any) -> dict[str, str]:
    """O cabeçalho de um funcionário novo."""
    return {"Authorization": f"Bearer {token(url, f'funcionario:{contratar(url, **quem)}')}"}
