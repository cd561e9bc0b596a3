"""O arquivo novo: de quem o faz, inteiro ou nenhum, e nunca no lugar de outro."""

import errno
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from oficina_core import arquivos
from oficina_core.dominio.erros import Conflito, DadoInvalido, Indisponivel


def escrever(
    arquivo: Path,
    conteudo: bytes = b"novo",
    *,
    no_meio: Callable[[], object] = bool,
    sobrescrever: bool | None = None,
) -> None:
    with arquivos.novo(arquivo, sobrescrever=sobrescrever) as aberto:
        aberto.write(conteudo)
        no_meio()


def cair(erro: BaseException) -> Callable[[], object]:
    def no_meio() -> None:
        raise erro

    return no_meio


def test_nasce_inteiro_e_so_de_quem_o_faz(tmp_path: Path) -> None:
    arquivo = tmp_path / "arquivo"
    escrever(arquivo, no_meio=lambda: pytest.fail("nasceu") if arquivo.exists() else None)
    assert arquivo.read_bytes() == b"novo"
    assert stat.S_IMODE(arquivo.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [arquivo]


def test_o_que_para_no_meio_ou_fica_vazio_nao_nasce(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        escrever(tmp_path / "metade", no_meio=cair(KeyboardInterrupt()))
    escrever(tmp_path / "vazio", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("mandado", "comando"), [(None, ""), (False, "--sobrescrever")])
def test_o_que_existe_fica_e_a_recusa_diz_o_que_fazer(
    tmp_path: Path,
    mandado: bool | None,  # noqa: FBT001
    comando: str,
) -> None:
    arquivo = tmp_path / "arquivo"
    arquivo.write_text("antigo")
    with pytest.raises(Conflito, match="diga outro nome") as recusa:
        escrever(arquivo, sobrescrever=mandado)
    assert recusa.value.comando == comando
    assert arquivo.read_text() == "antigo"


def test_o_que_nasceu_enquanto_se_escrevia_fica(tmp_path: Path) -> None:
    arquivo = tmp_path / "arquivo"
    with pytest.raises(Conflito):
        escrever(arquivo, no_meio=lambda: arquivo.write_text("o primeiro"))
    assert arquivo.read_text() == "o primeiro"
    assert list(tmp_path.iterdir()) == [arquivo]


def test_mandando_troca_se_o_arquivo_e_so_o_arquivo(tmp_path: Path) -> None:
    arquivo, pasta, atalho = tmp_path / "arquivo", tmp_path / "pasta", tmp_path / "atalho"
    arquivo.write_text("antigo")
    escrever(arquivo, sobrescrever=True)
    assert arquivo.read_bytes() == b"novo"
    pasta.mkdir()
    atalho.symlink_to("nada")
    for outro in (pasta, atalho):
        with pytest.raises(Conflito) as recusa:
            escrever(outro, sobrescrever=True)
        assert recusa.value.comando == ""


@pytest.mark.parametrize("nome", ["nenhuma/x", "x" * 300])
def test_onde_nao_se_grava_se_diz(tmp_path: Path, nome: str) -> None:
    with pytest.raises(DadoInvalido, match="confira se a pasta existe"):
        escrever(tmp_path / nome)


def test_disco_cheio_nao_e_culpa_do_que_se_digitou(tmp_path: Path) -> None:
    with pytest.raises(Indisponivel, match="libere espaço"):
        escrever(tmp_path / "x", no_meio=cair(OSError(errno.ENOSPC, "sem espaço")))
    assert list(tmp_path.iterdir()) == []
