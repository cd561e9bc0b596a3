"""O que está em k8s/renderizado é o que o kustomize gera, e ele não gera nada pela metade."""

import os
import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.manifestos import (
    K8S,
    OVERLAYS,
    RENDERIZADO,
    SEGREDOS,
    do_sistema_ou_do_debian,
    preencher,
    renderizar,
    sortear,
)
from tests.servidor_debian import SemPrograma

Gerar = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def kubectl() -> tuple[str, ...]:
    try:
        return do_sistema_ou_do_debian()
    except SemPrograma as motivo:
        if os.environ.get("CI"):
            pytest.fail(str(motivo))
        pytest.skip(str(motivo))


@pytest.fixture
def limpa(tmp_path: Path) -> Path:
    """Os overlays como quem clona os recebe."""
    fora = shutil.ignore_patterns("segredos*", "*.pem", "nuvem.env", "eks.yaml", "local.yaml")
    shutil.copytree(K8S, tmp_path / "k8s", ignore=fora)
    (tmp_path / "k8s/overlays/eks/ambiente.env").unlink(missing_ok=True)
    return tmp_path / "k8s/overlays"


@pytest.fixture
def gerar(kubectl: tuple[str, ...], limpa: Path) -> Gerar:
    def rodar(overlay: str) -> "subprocess.CompletedProcess[str]":
        comando = (*kubectl, "kustomize", str(limpa / overlay))
        return subprocess.run(comando, capture_output=True, text=True, check=False, timeout=60)

    return rodar


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_o_que_esta_no_repositorio_e_o_que_se_gera(overlay: str, kubectl: tuple[str, ...]) -> None:
    guardado = (RENDERIZADO / f"{overlay}.yaml").read_text(encoding="utf-8")
    assert renderizar(overlay, kubectl) == guardado, "rode nox -s manifestos"


@pytest.mark.parametrize(("overlay", "falta"), [("local", "segredos"), ("eks", "ambiente.env")])
def test_sem_o_que_e_de_cada_instalacao_nada_se_gera(
    overlay: str, falta: str, gerar: Gerar
) -> None:
    gerado = gerar(overlay)
    assert (gerado.stdout, gerado.returncode) == ("", 1)
    assert falta in gerado.stderr


@pytest.mark.parametrize(
    ("arquivo", "falta"),
    [("ambiente.env", "OFICINA_URL_PUBLICA"), ("nuvem.env", "REDE_DO_BANCO")],
)
def test_o_exemplo_sem_preencher_nao_gera(
    arquivo: str, falta: str, limpa: Path, gerar: Gerar
) -> None:
    preencher(limpa)
    shutil.copy(limpa / f"eks/{arquivo}.exemplo", limpa / "eks" / arquivo)
    gerado = gerar("eks")
    assert (gerado.stdout, gerado.returncode) == ("", 1)
    assert f"data.{falta}` is missing" in gerado.stderr


@pytest.mark.parametrize("falta", ["DB_HOST", "CONFIA_EM"])
def test_o_que_o_programa_nao_dispensa_falta_ja_na_geracao(
    falta: str, limpa: Path, gerar: Gerar
) -> None:
    preencher(limpa)
    ambiente = limpa / "eks/ambiente.env"
    linhas = ambiente.read_text(encoding="utf-8").splitlines(keepends=True)
    ambiente.write_text("".join(linha for linha in linhas if not linha.startswith(falta)))
    assert f"data.{falta}` is missing" in gerar("eks").stderr


@pytest.mark.parametrize("nome", ["ambiente.env", "nuvem.env"])
def test_mudar_o_ambiente_muda_o_nome_dele_e_mudar_a_nuvem_nao(
    nome: str, limpa: Path, gerar: Gerar
) -> None:
    """É pelo nome que os pods veem que a configuração mudou."""
    preencher(limpa)
    antes = gerar("eks").stdout
    with (limpa / "eks" / nome).open("a", encoding="utf-8") as arquivo:
        arquivo.write("JWT_TTL_SECONDS=43200\n")
    assert (gerar("eks").stdout != antes) is (nome == "ambiente.env")


def test_a_imagem_do_eks_nao_existe_enquanto_ninguem_a_publica() -> None:
    """O domínio .invalid não existe nem pode existir (RFC 2606)."""
    texto = (RENDERIZADO / "eks.yaml").read_text(encoding="utf-8")
    imagens = {linha.split()[-1] for linha in texto.splitlines() if " image: " in linha}
    assert [imagem.partition("/")[0] for imagem in imagens] == ["registro.invalid"]


@pytest.fixture(scope="module")
def preparada(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("não há openssl nesta máquina")
    pasta = tmp_path_factory.mktemp("local")
    assert sortear(pasta).returncode == 0
    return pasta


def test_o_preparo_sorteia_o_que_os_manifestos_pedem(preparada: Path) -> None:
    segredos = preparada / "segredos"
    assert {arquivo.name for arquivo in segredos.iterdir()} == set(SEGREDOS)
    assert all(arquivo.stat().st_mode & 0o077 == 0 for arquivo in segredos.iterdir())
    for nome in (nome for nome in SEGREDOS if nome.endswith(".env")):
        escritas = (segredos / nome).read_text(encoding="utf-8").splitlines()
        chaves = [linha.partition("=")[0] for linha in escritas if not linha.startswith("#")]
        assert chaves == [linha.partition("=")[0] for linha in SEGREDOS[nome].splitlines()]


def test_o_preparo_nao_troca_o_que_ja_sorteou(preparada: Path) -> None:
    antes = (preparada / "segredos/jwt-secret.env").read_text(encoding="utf-8")
    feito = sortear(preparada)
    assert (feito.returncode, "já existe" in feito.stderr) == (1, True)
    assert (preparada / "segredos/jwt-secret.env").read_text(encoding="utf-8") == antes


def test_o_certificado_do_mysql_serve_para_o_nome_por_que_o_chamam(preparada: Path) -> None:
    assert _conversar(preparada / "segredos", "oficina-mysql") is None
    assert "Hostname mismatch" in str(_conversar(preparada / "segredos", "outro-mysql"))


def _conversar(segredos: Path, nome: str) -> Exception | None:
    """Um aperto de mãos de TLS, como o do programa com o banco; o erro de quem chama."""
    servidor = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    servidor.load_cert_chain(segredos / "servidor.pem", segredos / "servidor.key")
    cliente = ssl.create_default_context(cafile=str(segredos / "ca.pem"))
    cliente.verify_flags |= ssl.VERIFY_X509_STRICT  # o padrão do Python 3.13
    ida, volta = ssl.MemoryBIO(), ssl.MemoryBIO()
    chama = cliente.wrap_bio(volta, ida, server_hostname=nome)
    atende = servidor.wrap_bio(ida, volta, server_side=True)
    for _ in range(3):
        for lado in (chama, atende):
            try:
                lado.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as erro:
                return erro
    return None
