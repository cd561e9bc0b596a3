"""O commit de cada ação é o da versão escrita ao lado: aqui, em repositórios feitos na hora."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.implantacao.ferramentas import ferramenta
from tests.implantacao.fluxos import Fluxos

conferencia = ferramenta("conferir_acoes")


@pytest.fixture
def commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Uma ação com a v1.0.0 solta e a v2.0.0 anotada, no lugar do GitHub."""
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{tmp_path}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/")
    acao = tmp_path / "dono/acao"
    acao.mkdir(parents=True)

    def git(*argumentos: str) -> str:
        quem = ("-c", "user.name=Ana", "-c", "user.email=ana@exemplo.com.br")
        comando = ("git", "-C", str(acao), *quem, *argumentos)
        return subprocess.run(comando, capture_output=True, text=True, check=True).stdout

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message=A primeira")
    git("tag", "v1.0.0")
    git("tag", "--annotate", "--message=A segunda", "v2.0.0")
    return git("rev-parse", "HEAD").strip()


@pytest.mark.parametrize("versao", ["v1.0.0", "v2.0.0"])
@pytest.mark.parametrize("acao", ["dono/acao", "dono/acao/pasta"])
def test_o_commit_da_etiqueta_passa(commit: str, acao: str, versao: str) -> None:
    assert conferencia.conferir([f"- uses: {acao}@{commit} # {versao}"]) == []


def test_outro_commit_ou_outra_versao_nao_passa(commit: str) -> None:
    outro = "0" * 40
    texto = f"uses: dono/acao@{outro} # v1.0.0\nuses: dono/acao@{commit} # v3.0.0\n"
    assert conferencia.conferir([texto]) == [
        f"dono/acao v1.0.0 não é {outro}",
        f"dono/acao v3.0.0 não é {commit}",
    ]


def test_nenhuma_acao_dos_fluxos_lhe_escapa() -> None:
    for texto in Fluxos.daqui().textos.values():
        assert len(conferencia.ACAO.findall(texto)) == len(re.findall(r"uses: (?!\./)", texto))
