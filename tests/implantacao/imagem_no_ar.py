"""A imagem construída e posta no ar contra um MySQL: `nox -s imagem`, que é quem roda isto.

OFICINA_TESTE_CONTEINER é o programa que a constrói e roda, com as opções dele (sem dizer, o podman
ou o docker que houver); OFICINA_TESTE_CONSTRUIR, o que a construção pede a mais nesta máquina.
"""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from typing import Any

import pytest

from tests.api.elenco import SEGREDO
from tests.api.programa import PACIENCIA, Programa, identificar, pedir
from tests.implantacao.test_dockerfile import ENTRAM, RAIZ, fixadas
from tests.servidor_mysql import Servidor

# Lidos já: o ambiente de quem testa não chega aos testes.
PROGRAMA = shlex.split(os.environ.get("OFICINA_TESTE_CONTEINER", ""))
CONSTRUIR = shlex.split(os.environ.get("OFICINA_TESTE_CONSTRUIR", ""))

PORTA = 8000  # a que a imagem traz
ETIQUETA = "localhost/oficina:teste"
USUARIO = "10001"
FECHADO = (
    *("--network", "host", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),  # noqa: S108
    *("--security-opt", "no-new-privileges", "--memory", "512m"),
)
RODADAS = 5
EM_CURSO = 20
COMPILADORES = {"as", "c++", "cc", "clang", "cpp", "g++", "gcc", "ld", "make", "pip", "pip3"}
CLIENTE = json.dumps({"nome": "Em curso", "telefone": "(11) 98765-4321"}).encode()


def tentar(*argumentos: str) -> subprocess.CompletedProcess[str]:
    programa = PROGRAMA or [shutil.which("podman") or "docker"]
    return subprocess.run(
        [*programa, *argumentos], check=False, capture_output=True, text=True, cwd=RAIZ
    )


def conteiner(*argumentos: str) -> str:
    feito = tentar(*argumentos)
    assert feito.returncode == 0, feito.stderr
    return feito.stdout.strip()


def construir(etiqueta: str, *opcoes: str) -> str:
    conteiner("build", *CONSTRUIR, *opcoes, "--tag", etiqueta, ".")
    return etiqueta


@pytest.fixture(scope="session")
def imagem() -> str:
    return construir(ETIQUETA, "--build-arg", "REVISAO=de-teste")


@pytest.fixture(scope="session")
def banco(mysql: Servidor, imagem: str) -> Iterator[str]:
    """Um banco vazio que a própria imagem migrou."""
    nome = f"oficina_teste_imagem_{os.getpid()}"
    url = mysql.criar_banco(nome)
    conteiner("run", "--rm", *FECHADO, "--env", f"OFICINA_BANCO={url}", imagem, "banco", "migrar")
    yield url
    mysql.apagar_banco(nome)


@dataclass
class NoAr:
    """Um contêiner da API, com o comando que a imagem traz."""

    numero: str

    def rodar(self, *comando: str) -> subprocess.CompletedProcess[str]:
        return tentar("exec", self.numero, *comando)

    def aguardar(self, status: int = 200) -> None:
        """Espera que a prontidão responda assim."""
        fim = monotonic() + PACIENCIA
        while prontidao() != status:
            assert monotonic() < fim, conteiner("logs", self.numero)
            sleep(0.02)

    def despedir(self) -> None:
        conteiner("kill", "--signal", "TERM", self.numero)

    def saida(self) -> int:
        return int(conteiner("wait", self.numero))


def prontidao() -> int | None:
    try:
        return pedir(PORTA, "GET", "/health/ready").status
    except (OSError, HTTPException):
        return None


@contextmanager
def no_ar(imagem: str, url: str) -> Iterator[NoAr]:
    with socket.create_server(("127.0.0.1", PORTA)):
        pass  # a porta é desta prova: se é de outro programa, aqui se sabe
    ambiente = ("--env", f"OFICINA_BANCO={url}", "--env", f"JWT_SECRET={SEGREDO}")
    api = NoAr(conteiner("run", "--detach", *FECHADO, *ambiente, imagem))
    try:
        yield api
    finally:
        conteiner("rm", "--force", api.numero)


@pytest.fixture
def api(imagem: str, banco: str) -> Iterator[NoAr]:
    with no_ar(imagem, banco) as atende:
        atende.aguardar()
        yield atende


@pytest.fixture
def contar(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """O que se mediu, dito a quem roda."""

    def dizer(linha: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {linha}\n")

    return dizer


@contextmanager
def arquivos(imagem: str, pasta: Path) -> Iterator[list[tarfile.TarInfo]]:
    """Tudo o que a imagem tem, sem a rodar."""
    numero, tar = conteiner("create", imagem), pasta / "imagem.tar"
    try:
        conteiner("export", "--output", str(tar), numero)
    finally:
        conteiner("rm", numero)
    with tarfile.open(tar) as aberto:
        yield aberto.getmembers()
    tar.unlink()


def test_so_o_que_se_diz_entra_na_construcao(tmp_path: Path, imagem: str) -> None:
    receita = tmp_path / "Dockerfile"
    receita.write_text(f"FROM {imagem}\nCOPY . /contexto\n", "utf-8")
    etiqueta = construir("localhost/oficina:contexto", "--file", str(receita))
    with arquivos(etiqueta, tmp_path) as todos:
        nomes = [Path(m.name).parts[1:] for m in todos if m.name.startswith("contexto/")]
    conteiner("rmi", etiqueta)
    assert {partes[0] for partes in nomes if partes} == ENTRAM
    assert not [partes for partes in nomes if {"__pycache__", "tests", ".env"} & {*partes}]


def test_a_imagem_so_tem_o_que_roda_e_nada_que_quem_roda_escreva(
    tmp_path: Path, imagem: str, contar: Callable[[str], None]
) -> None:
    with arquivos(imagem, tmp_path) as todos:
        donos = {m.name for m in todos if str(m.uid) == USUARIO or str(m.gid) == USUARIO}
        abertos = {m.name for m in todos if m.mode & 0o002 and (m.isfile() or not m.mode & 0o1000)}
        abertos -= {m.name for m in todos if m.issym() or m.isdev()}
        da_oficina = [m for m in todos if m.name.startswith("oficina/")]
        nomes = {m.name for m in todos}
    assert not donos
    assert not abertos
    assert {(m.uid, m.gid) for m in da_oficina} == {(0, 0)}
    assert not {Path(nome).name for nome in nomes if "/bin/" in f"/{nome}"} & COMPILADORES
    proprios = [n for n in nomes if "site-packages/oficina_" in n]
    assert proprios
    assert not [n for n in proprios if {"tests", ".git", ".env"} & {*Path(n).parts}]
    assert not {"montagem", "tests", ".git", ".env", "root/.cache"} & nomes
    assert {n.removesuffix(".py") for n in proprios if n.endswith(".py")} == {
        n.replace("/__pycache__", "").removesuffix(".cpython-312.pyc")
        for n in proprios
        if n.endswith(".pyc")
    }
    tamanho = int(conteiner("image", "inspect", "--format", "{{.Size}}", imagem))
    nossos = sum(m.size for m in da_oficina)
    contar(f"tamanho: {tamanho / 1e6:.0f} MB, dos quais {nossos / 1e6:.0f} MB em /oficina")


def test_a_lista_de_componentes_e_o_que_esta_instalado(imagem: str) -> None:
    ler = ("--entrypoint", "cat", imagem, "/oficina/sbom.cdx.json")
    lista = json.loads(conteiner("run", "--rm", "--network", "none", *ler))
    assert lista["bomFormat"] == "CycloneDX"
    ditos = {
        c["name"].lower().replace("_", "-").replace(".", "-"): c["version"]
        for c in lista["components"]
    }
    travados = fixadas("requirements-imagem.lock")
    assert ditos.items() <= travados.items()
    assert travados.keys() - ditos.keys() <= {
        "colorama",
        "httpx2-jsfetch",
        "tzdata",
    }  # só no Windows e no navegador


def test_os_rotulos_e_o_usuario_sao_os_ditos(imagem: str) -> None:
    (ficha,) = json.loads(conteiner("image", "inspect", imagem))
    assert ficha["Config"]["User"] == f"{USUARIO}:{USUARIO}"
    assert ficha["Config"]["Labels"]["org.opencontainers.image.revision"] == "de-teste"


def test_atende_fechada_e_com_o_usuario_que_nao_pode_nada(api: NoAr) -> None:
    assert api.rodar("id", "-u").stdout.strip() == USUARIO
    assert api.rodar("id", "-g").stdout.strip() == USUARIO
    for lugar in ("/", "/oficina", "/oficina/lib", "/var/tmp/x", "/home"):  # noqa: S108
        assert api.rodar("touch", f"{lugar}/x").returncode, lugar
    situacao = api.rodar("cat", "/proc/1/status").stdout
    assert "CapEff:\t0000000000000000" in situacao
    assert "NoNewPrivs:\t1" in situacao


def test_a_vida_da_imagem_ve_a_api_e_a_falta_dela(imagem: str, api: NoAr) -> None:
    (ficha,) = json.loads(conteiner("image", "inspect", imagem))
    saude: dict[str, Any] = ficha.get("Healthcheck") or ficha["Config"]["Healthcheck"]
    vida = saude["Test"][1:]
    assert api.rodar(*vida).returncode == 0
    sem_ninguem = ("run", "--rm", "--network", "none", "--entrypoint", vida[0], imagem, *vida[1:])
    assert tentar(*sem_ninguem).returncode == 1


def test_ao_sigterm_o_que_esta_em_curso_termina(api: NoAr, banco: str) -> None:
    eu = identificar(banco)
    with ExitStack() as abertas:
        em_curso = [abertas.enter_context(comecar(eu)) for _ in range(EM_CURSO)]
        api.despedir()
        api.aguardar(503)
        with ThreadPoolExecutor(EM_CURSO) as fios:
            ouvidos = list(fios.map(terminar, em_curso))
    assert ouvidos == [201] * EM_CURSO
    assert api.saida() == 0


def test_ao_sigterm_quem_ainda_parte_desiste(imagem: str, banco: str) -> None:
    """Insistindo: antes de o programa começar, o primeiro processo não ouve nada."""
    with no_ar(imagem, banco) as partindo:
        while tentar("kill", "--signal", "TERM", partindo.numero).returncode == 0:
            sleep(0.05)
        assert partindo.saida() == 128 + signal.SIGTERM


@contextmanager
def comecar(eu: dict[str, str]) -> Iterator[HTTPConnection]:
    """Um pedido que já se mandou, menos o fim dele."""
    http = HTTPConnection("127.0.0.1", PORTA, timeout=PACIENCIA)
    http.putrequest("POST", "/clientes")
    for nome, valor in ({"Content-Type": "application/json"} | eu).items():
        http.putheader(nome, valor)
    http.putheader("Content-Length", str(len(CLIENTE)))
    http.endheaders(CLIENTE[:10])
    yield http
    http.close()


def terminar(http: HTTPConnection) -> int:
    http.send(CLIENTE[10:])
    return http.getresponse().status


def test_o_rastro_se_liga_sem_outra_imagem(imagem: str) -> None:
    rastrear = ("--entrypoint", "ddtrace-run", "--env", "DD_TRACE_ENABLED=false")
    dito = conteiner("run", "--rm", *FECHADO, *rastrear, imagem, "oficina", "--version")
    assert dito.startswith("oficina ")


def test_quanto_leva_ate_atender(imagem: str, banco: str, contar: Callable[[str], None]) -> None:
    """Só se conta: a máquina de quem roda não é a de ninguém."""
    da_imagem, do_programa = [], []
    for _ in range(RODADAS):
        inicio = monotonic()
        with no_ar(imagem, banco) as atende:
            atende.aguardar()
            da_imagem.append(monotonic() - inicio)
        inicio = monotonic()
        with Programa(banco) as nu:
            nu.aguardar()
            do_programa.append(monotonic() - inicio)
    contar(f"até atender, pela imagem: {segundos(da_imagem)}")
    contar(f"até atender, o programa só: {segundos(do_programa)}")
    contar(f"razão das medianas: {median(da_imagem) / median(do_programa):.2f}")


def segundos(tempos: Sequence[float]) -> str:
    return " ".join(f"{tempo:.2f}" for tempo in sorted(tempos)) + " s"
